"""The resources of OGC API - Features, Part 1: landing page, conformance, API, collections, items, one item."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

import numpy as np
import shapely
from flask import Blueprint, Response, request, url_for
from shapely.geometry import mapping

from stationmap.catalogue import tell
from stationmap.errors import NotFound
from stationmap.web import language
from stationmap.web.live import Picture
from stationmap.web.ogc.answers import (
    GEOJSON,
    HTML,
    JSON,
    OPENAPI,
    Link,
    Page,
    address,
    answer,
    description_type,
    link,
    own_links,
)
from stationmap.web.ogc.asked import ALWAYS, ITEM, crs_of, read, refuse_strange
from stationmap.web.ogc.collections import Collection, collections
from stationmap.web.ogc.crs import CRS84, SYSTEMS, Crs
from stationmap.web.ogc.description import describe
from stationmap.web.present import live, now

blueprint = Blueprint("ogc", __name__, url_prefix="/ogc")
_PART_1 = "http://www.opengis.net/spec/ogcapi-features-1"
CONFORMS_TO = (
    *(f"{_PART_1}/1.0/conf/{name}" for name in ("core", "geojson", "html")),
    *(f"{_PART_1}/1.1/conf/{name}" for name in ("core", "geojson", "html", "oas31")),
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
)


@blueprint.get("")
@blueprint.get("/")
def landing() -> Response:
    """Return the landing page: what there is, and where."""
    refuse_strange(request.args, ALWAYS)
    title = _told("Stationmap: service positions for workers")
    words = _told("The register as features, for QGIS, GDAL and any program that speaks OGC API - Features.")
    links = [
        *own_links(JSON, "landing"),
        link("service-desc", address("api", f="json"), OPENAPI, _told("The API, described for machines")),
        link("service-doc", address("api", f="html"), HTML, _told("The API, described for people")),
        link("conformance", address("conformance"), JSON, _told("What it conforms to")),
        link("data", address("data"), JSON, _told("The collections")),
    ]
    return answer({"title": title, "description": words, "links": links}, Page(title, words))


@blueprint.get("/conformance")
def conformance() -> Response:
    """Return the conformance classes that are implemented."""
    refuse_strange(request.args, ALWAYS)
    body = {"links": own_links(JSON, "conformance"), "conformsTo": CONFORMS_TO}
    rows = [(uri, (uri,)) for uri in CONFORMS_TO]
    return answer(body, Page(_told("What it conforms to"), columns=("URI",), rows=rows))


@blueprint.get("/api")
def api() -> Response:
    """Return the OpenAPI 3.1 description, or a page that tells it."""
    refuse_strange(request.args, ALWAYS)
    document = describe(address("landing").rstrip("/"), collections(live().picture()))
    rows = [
        (
            document["servers"][0]["url"] + path.removesuffix("/{featureId}") + "?f=html",
            (f"GET {path}", operation["get"]["summary"]),
        )
        for path, operation in document["paths"].items()
    ]
    page = Page(document["info"]["title"], document["info"]["description"], columns=("", ""), rows=rows)
    return answer(document, page, kind=description_type())


@blueprint.get("/collections")
def data() -> Response:
    """Return all collections."""
    refuse_strange(request.args, ALWAYS)
    known = collections(live().picture())
    told = [_told_collection(collection, [_self_link(collection)]) for collection in known.values()]
    body = {"links": own_links(JSON, "data"), "crs": list(SYSTEMS), "collections": told}
    rows = [(address("collection", id=each["id"], f="html"), (each["title"], each["description"])) for each in told]
    return answer(body, Page(_told("The collections"), columns=("", ""), rows=rows))


@blueprint.get("/collections/<id>")
def collection(id: str) -> Response:  # noqa: A002 the field's own word
    """Return one collection."""
    refuse_strange(request.args, ALWAYS)
    known = _known(live().picture(), id)
    body = _told_collection(known, [*own_links(JSON, "collection", id=id), _self_link(known)])
    facts = {"id": known.id, _told("Features"): len(known), "bbox (CRS84)": known.extent, "CRS": ", ".join(body["crs"])}
    return answer(body, Page(body["title"], body["description"], facts))


@blueprint.get("/collections/<id>/items")
def items(id: str) -> Response:  # noqa: A002
    """Return one page of the features of a collection, ordered by id; ``next`` leads on."""
    picture = live().picture()
    known = _known(picture, id)
    asked = read(request.args, known, picture.snapshot, now())
    rows = np.flatnonzero(asked.matched[asked.start :])[: asked.limit + 1] + asked.start
    shown, more = rows[: asked.limit], len(rows) > asked.limit
    links = [*own_links(GEOJSON, "items", id=id), link("collection", address("collection", id=id), JSON)]
    if more:
        kept = {name: request.args.getlist(name) for name in request.args if name != "after"}
        href = address("items", id=id, **kept, after=known.ids[shown[-1]])
        kind = HTML if request.args.get("f") == "html" else GEOJSON
        links.append(link("next", href, kind, _told("The next features")))
    features = [_feature(known, int(row), asked.crs) for row in shown]
    matched = int(asked.matched.sum())
    body = {
        "type": "FeatureCollection",
        "timeStamp": now().astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "numberMatched": matched,
        "numberReturned": len(features),
        "links": links,
        "features": features,
    }
    return answer(body, _table(known, features, matched), GEOJSON, _content_crs(asked.crs))


@blueprint.get("/collections/<id>/items/<feature_id>")
def item(id: str, feature_id: str) -> Response:  # noqa: A002
    """Return one feature."""
    known = _known(live().picture(), id)
    refuse_strange(request.args, ITEM)
    crs = crs_of(request.args)
    position = known.position(feature_id)
    if position is None:
        raise NotFound("There is no feature {id} here. Look for one in the collection.", id=feature_id[:100])
    feature = _feature(known, position, crs)
    links = [
        *own_links(GEOJSON, "item", id=id, feature_id=feature_id),
        link("collection", address("collection", id=id), JSON, _told(known.title.text)),
    ]
    facts = {"id": feature["id"], "geometry": shapely.to_wkt(known.geometry(position))[:200], **feature["properties"]}
    page = Page(str(feature["properties"].get("name") or feature_id), facts=facts)
    return answer({**feature, "links": links}, page, GEOJSON, _content_crs(crs))


def _known(picture: Picture, id: str) -> Collection:  # noqa: A002
    known = collections(picture)
    if id not in known:
        raise NotFound("There is no collection {id}. Known: {known}.", id=id[:100], known=", ".join(known))
    return known[id]


def _told(sentence: str) -> str:
    return tell(sentence, language.chosen())


def _self_link(known: Collection) -> Link:
    return link("self", address("collection", id=known.id), JSON, _told("This collection"))


def _told_collection(known: Collection, links: list[Link]) -> dict[str, Any]:
    """Return the description of a collection; ``links`` stand before those to its features."""
    title = tell(known.title, language.chosen())
    extent = {"spatial": {"bbox": [list(known.extent)], "crs": CRS84}} if known.extent else None
    unique = {link["href"]: link for link in links}.values()
    return {
        "id": known.id,
        "title": title,
        "description": tell(known.description, language.chosen()),
        "itemType": "feature",
        **({"extent": extent} if extent else {}),
        "crs": list(SYSTEMS),
        "storageCrs": CRS84,
        "links": [
            *unique,
            link("items", address("items", id=known.id, f="json"), GEOJSON, title),
            link("items", address("items", id=known.id, f="html"), HTML, title),
        ],
    }


def _feature(known: Collection, position: int, crs: Crs) -> dict[str, Any]:
    identity = known.ids[position]
    properties: dict[str, Any] = dict(known.properties(position, now()))
    if known.id == "stations":
        properties["page"] = url_for("station_page.one", id=identity, _external=True)
    geometry = shapely.orient_polygons(crs.transform(known.geometry(position)))
    return {"type": "Feature", "id": identity, "geometry": mapping(geometry), "properties": properties}


def _content_crs(crs: Crs) -> Mapping[str, str]:
    return {"Content-Crs": f"<{crs.uri}>"}


def _table(known: Collection, features: list[dict[str, Any]], matched: int) -> Page:
    columns = ("id", *features[0]["properties"]) if features else ()
    rows = [
        (
            address("item", id=known.id, feature_id=feature["id"], f="html"),
            (feature["id"], *feature["properties"].values()),
        )
        for feature in features
    ]
    told = tell("{count} features match; {shown} stand here.", language.chosen(), count=matched, shown=len(rows))
    return Page(_told(known.title.text), told, columns=columns, rows=rows)
