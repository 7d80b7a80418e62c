"""OGC API - Features, Part 1 and Part 2: each abstract test of the standard has a test of ours, named in its mark.

The standard's texts are not part of this repository. Where the folder of real input is there, its list of abstract
tests, its schemas and its examples are read in place: a new abstract test without one of ours fails.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import numpy as np
import pytest
import shapely
import yaml
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate as validate_openapi
from pyproj import Transformer
from shapely.geometry import shape
from werkzeug.test import TestResponse

from stationmap.web.app import Settings, create_app
from stationmap.web.ogc.asked import MOST_LIMIT
from tests import ogc_town as town

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
COVERED: dict[str, list[str]] = {}
NOT_OURS = {
    "gmlsf0": "no GML is made",
    "gmlsf2": "no GML is made",
    "oas30": "the description is OpenAPI 3.1; conformance to oas30 is not declared",
}

Test = Callable[..., None]


def ats(*names: str) -> Callable[[Test], Test]:
    """Mark a test of ours with the abstract tests that it exercises."""

    def marked(test: Test) -> Test:
        for name in names:
            COVERED.setdefault(name, []).append(test.__name__)
        return test

    return marked


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    ledger = town.build(tmp_path_factory.mktemp("ogc") / "world.sqlite")
    made = create_app(Settings(database=ledger, clock=lambda: town.NOW))
    made.testing = False
    yield made
    made.extensions["live"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def get(client: FlaskClient, path: str = "", status: int = 200, **asked: Any) -> TestResponse:
    address = path if path.startswith("http") else f"/ogc{path}"
    if asked:
        address += ("&" if "?" in address else "?") + urlencode(asked, doseq=True, safe=":/,")
    response = client.get(address)
    assert response.status_code == status, response.text
    return response


def links(body: Any, rel: str) -> list[dict[str, str]]:
    return [link for link in body["links"] if link["rel"] == rel]


def items(client: FlaskClient, collection: str = "stations", **asked: Any) -> Any:
    return get(client, f"/collections/{collection}/items", **asked).json


def ids(body: Any) -> list[str]:
    return [feature["id"] for feature in body["features"]]


def whole(client: FlaskClient, collection: str = "stations", **asked: Any) -> list[Any]:
    """Follow the next links to the end."""
    found, body = [], items(client, collection, **asked)
    while True:
        found += body["features"]
        following = links(body, "next")
        if not following:
            return found
        body = get(client, following[0]["href"]).json


# The landing page, the description, the conformance declaration


@ats("core/root-op", "core/root-success", "core/http")
def test_the_landing_page_leads_everywhere(client: FlaskClient) -> None:
    for path in ("", "/"):
        body = get(client, path).json
        for rel, kind in (
            ("service-desc", "application/vnd.oai.openapi+json;version=3.1"),
            ("service-doc", "text/html"),
            ("conformance", "application/json"),
            ("data", "application/json"),
        ):
            (link,) = links(body, rel)
            assert link["type"] == kind
            assert get(client, link["href"]).content_type.replace("; charset=utf-8", "") == kind
        assert body["title"]
        assert body["description"]


@ats("core/api-definition-op", "core/api-definition-success", "oas31/definition-1", "oas31/definition-2")
def test_the_description_is_sound_openapi_and_there_in_json_and_html(client: FlaskClient) -> None:
    document = get(client, "/api").json
    validate_openapi(document)
    assert document["openapi"].startswith("3.1")
    page = get(client, "/api", f="html")
    assert page.mimetype == "text/html"
    assert all(path in page.text for path in document["paths"])


@ats("core/conformance-op", "core/conformance-success")
def test_conformance_is_declared(client: FlaskClient) -> None:
    told = get(client, "/conformance").json["conformsTo"]
    for name in ("core", "geojson", "html", "oas31"):
        assert f"http://www.opengis.net/spec/ogcapi-features-1/1.1/conf/{name}" in told
    assert "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs" in told
    assert not [uri for uri in told if "oas30" in uri or "gml" in uri]


def operations(client: FlaskClient) -> dict[str, Any]:
    document = get(client, "/api").json
    parameters = document["components"]["parameters"]
    return {
        path: {
            "parameters": [parameters[each["$ref"].rsplit("/", 1)[1]] for each in operation["get"]["parameters"]],
            "responses": operation["get"]["responses"],
        }
        for path, operation in document["paths"].items()
    }


def filled(path: str) -> str:
    """Return a path of the description with the id of a feature that is there."""
    return path.replace("{featureId}", "410100" if "/areas/" in path else "st-001")


@ats("oas31/oas-impl", "oas31/security")
def test_every_path_of_the_description_answers_as_it_says(client: FlaskClient) -> None:
    document = get(client, "/api").json
    assert "securitySchemes" not in document["components"]  # and no address asks for a key
    for path, operation in document["paths"].items():
        response = get(client, filled(path))
        good = operation["get"]["responses"]["200"]["content"]
        assert response.content_type in good
        schema = good[response.content_type]["schema"]
        Draft202012Validator({**schema, "components": document["components"]}).validate(response.json)
        assert get(client, filled(path), f="html").mimetype in good


@ats("oas31/completeness", "oas31/exception-codes")
def test_every_status_that_is_answered_is_described(client: FlaskClient) -> None:
    for path, told in operations(client).items():
        address = "/ogc" + filled(path)
        asked: list[tuple[str, dict[str, str]]] = [
            ("", {}),
            ("f=xml", {}),
            ("odd=1", {}),
            ("", {"Accept": "image/png"}),
        ]
        seen = {str(client.get(f"{address}?{query}", headers=headers).status_code) for query, headers in asked}
        seen.add(str(client.get("/ogc" + path.replace("{featureId}", "none")).status_code))
        assert seen <= set(told["responses"]), path
        assert {"400", "406"} <= seen


def test_the_description_names_every_route(app: Flask, client: FlaskClient) -> None:
    described = {
        re.sub(r"/(stations|areas)(?=/|$)", "/*", path).replace("{featureId}", "*") for path in operations(client)
    }
    routes = {
        re.sub(r"<[^>]+>", "*", rule.rule).removeprefix("/ogc") or "/"
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("ogc.")
    }
    assert described == routes


@ats("core/fc-bbox-definition", "core/fc-limit-definition", "core/fc-time-definition")
def test_parameters_are_defined_as_the_standard_writes_them(client: FlaskClient) -> None:
    for path, told in operations(client).items():
        if not path.endswith("/items"):
            continue
        by_name = {each["name"]: each for each in told["parameters"]}
        for name in ("bbox", "limit", "datetime"):
            assert (by_name[name]["in"], by_name[name]["required"]) == ("query", False)
            assert (by_name[name]["style"], by_name[name]["explode"]) == ("form", False)
        assert by_name["bbox"]["schema"]["type"] == "array"
        assert [one["minItems"] for one in by_name["bbox"]["schema"]["oneOf"]] == [4, 6]
        assert [one["maxItems"] for one in by_name["bbox"]["schema"]["oneOf"]] == [4, 6]
        assert by_name["limit"]["schema"]["type"] == "integer"
        assert by_name["datetime"]["schema"]["type"] == "string"


# The collections


@ats("core/fc-md-op", "core/fc-md-success", "core/fc-md-items", "core/fc-md-links", "core/fc-md-items-links")
def test_the_collections_are_told_with_their_links(client: FlaskClient) -> None:
    body = get(client, "/collections").json
    assert links(body, "self")[0]["type"] == "application/json"
    assert links(body, "alternate")[0]["type"] == "text/html"
    assert [each["id"] for each in body["collections"]] == ["stations", "areas"]
    for each in body["collections"]:
        assert {link["type"] for link in links(each, "items")} == {"application/geo+json", "text/html"}
        assert all(link["rel"] and link["type"] for link in each["links"])
        for link in links(each, "items"):
            assert get(client, link["href"]).mimetype == link["type"]


@ats("core/fc-md-extent", "core/fc-md-extent-multi")
def test_an_extent_holds_all_that_is_in_its_collection(client: FlaskClient) -> None:
    for each in get(client, "/collections").json["collections"]:
        (bbox,) = each["extent"]["spatial"]["bbox"]
        assert each["extent"]["spatial"]["crs"] == CRS84
        assert "temporal" not in each["extent"]
        assert all(shapely.box(*bbox).covers(shape(one["geometry"])) for one in whole(client, each["id"]))


@ats("core/sfc-md-op", "core/sfc-md-success")
def test_a_collection_tells_the_same_alone(client: FlaskClient) -> None:
    for each in get(client, "/collections").json["collections"]:
        alone = get(client, f"/collections/{each['id']}").json
        for name in ("id", "title", "description", "extent", "itemType", "crs", "storageCrs"):
            assert alone[name] == each[name]
        assert all(link in alone["links"] for link in each["links"])
    assert get(client, "/collections/streets", status=404).json["detail"].count("stations")


# Features


@ats("core/fc-op", "core/fc-response", "core/fc-numberReturned", "core/fc-numberMatched", "core/fc-timeStamp")
def test_features_are_told_and_counted(client: FlaskClient) -> None:
    body = items(client, limit=7)
    assert body["type"] == "FeatureCollection"
    assert body["numberReturned"] == len(body["features"]) == 7
    assert body["numberMatched"] == town.COUNT
    assert datetime.fromisoformat(body["timeStamp"]) - town.NOW < timedelta(seconds=1)


@ats("core/fc-links")
def test_a_page_of_features_links_to_itself_and_its_twin(client: FlaskClient) -> None:
    body = items(client, limit=7, bbox="113,34,114,35")
    assert all(link["rel"] and link["type"] for link in body["links"])
    again = get(client, links(body, "self")[0]["href"]).json
    assert ids(again) == ids(body)
    assert get(client, links(body, "alternate")[0]["href"]).mimetype == "text/html"


@ats("core/fc-limit-response")
def test_a_limit_is_kept(client: FlaskClient) -> None:
    for limit in (1, 3, 259, 260, 261):
        assert len(items(client, limit=limit)["features"]) == min(limit, town.COUNT)
    assert items(client, limit=MOST_LIMIT + 1)["numberReturned"] == town.COUNT
    for limit in ("0", "-1", "1.5", "ten", "", "９", "9" * 30):
        assert "limit" in get(client, "/collections/stations/items", status=400, limit=limit).json["detail"]


def test_next_links_lead_through_all_in_the_order_of_ids(client: FlaskClient) -> None:
    for limit in (1000, 100, 37):
        assert [one["id"] for one in whole(client, limit=limit)] == [f"st-{i:03d}" for i in range(town.COUNT)]
    assert ids(items(client, after="st-099x", limit=1)) == ["st-100"]  # one that is gone since is no hindrance


@ats("core/fc-bbox-response")
@settings(max_examples=60, deadline=None)
@given(st.tuples(st.floats(112.9, 114.1), st.floats(33.9, 35.1), st.floats(112.9, 114.1), st.floats(33.9, 35.1)))
def test_a_window_gives_what_intersects_it(app: Flask, corners: tuple[float, float, float, float]) -> None:
    west, east = sorted(corners[0::2])
    south, north = sorted(corners[1::2])
    window = shapely.box(west, south, east, north)
    client = app.test_client()
    for collection in ("stations", "areas"):
        expected = [one["id"] for one in whole(client, collection) if window.intersects(shape(one["geometry"]))]
        bbox = f"{west!r},{south!r},{east!r},{north!r}"
        assert [one["id"] for one in whole(client, collection, bbox=bbox)] == expected
        with_heights = f"{west!r},{south!r},-10,{east!r},{north!r},9000"
        assert [one["id"] for one in whole(client, collection, bbox=with_heights)] == expected


def test_a_window_may_cross_the_antimeridian(client: FlaskClient) -> None:
    assert ids(items(client, bbox="179.65,-18,-179.75,-16")) == [f"st-{i:03d}" for i in (2, 3, 4, 5, 6, 7)]
    assert ids(items(client, bbox="-180,-18,180,-16")) == [f"st-{i:03d}" for i in range(10)]
    assert items(client, bbox="-200,-100,200,100")["numberMatched"] == town.COUNT  # what lies beyond the edge is cut


def test_edges_are_inside(client: FlaskClient) -> None:
    lon, lat = town.place(42)
    assert "st-042" in ids(items(client, bbox=f"{lon!r},{lat!r},{lon!r},{lat!r}"))


@pytest.mark.parametrize(
    "bbox",
    [
        "",
        "1",
        "1,2,3",
        "1,2,3,4,5",
        "a,b,c,d",
        "nan,1,2,3",
        "inf,1,2,3",
        "1,9,2,3",
        "1,2,3,4,5,6,7",
        "1" * 4000,
        "☃,1,2,3",
    ],
)
@ats("core/query-param-invalid")
def test_a_window_that_is_none_is_refused(client: FlaskClient, bbox: str) -> None:
    assert "bbox" in get(client, "/collections/stations/items", status=400, bbox=bbox).json["detail"]


@ats("core/query-param-unknown")
def test_a_strange_parameter_is_refused(client: FlaskClient) -> None:
    for path in operations(client):
        told = get(client, filled(path), status=400, colour="red")
        assert told.mimetype == "application/problem+json"
        assert "colour" in told.json["detail"]
    assert get(client, "/collections/areas/items", status=400, kind="rest_station")


@ats("core/fc-time-response")
def test_features_have_no_time_and_match_every_time(client: FlaskClient) -> None:
    moment, later = "2018-02-12T23:20:50Z", "2018-03-18T12:31:12+08:00"
    for text in (moment, f"{moment}/{later}", f"../{later}", f"/{later}", f"{moment}/..", f"{moment}/", "2018-02-12"):
        assert items(client, datetime=text, bbox="113,34,114,35", limit=1)["numberMatched"] == town.COUNT - 10
    for text in (
        "",
        "..",
        "../..",
        "/",
        "yesterday",
        f"{later}/{moment}",
        f"{moment}/{later}/..",
        "2018-13-01",
        "9" * 5000,
    ):
        assert get(client, "/collections/stations/items", status=400, datetime=text)


@ats("core/crs84")
def test_coordinates_are_longitude_and_latitude(client: FlaskClient) -> None:
    for one in whole(client):
        assert one["geometry"] == {"type": "Point", "coordinates": list(town.place(int(one["id"][3:])))}


@ats("core/f-op", "core/f-success", "core/f-links", "geojson/content")
def test_one_feature_is_told_with_its_links(client: FlaskClient) -> None:
    for collection in ("stations", "areas"):
        for one in whole(client, collection)[::13]:
            body = get(client, f"/collections/{collection}/items/{one['id']}").json
            assert {name: body[name] for name in one} == one
            assert links(body, "self")[0]["href"].endswith(f"/{one['id']}?f=json")
            assert get(client, links(body, "alternate")[0]["href"]).mimetype == "text/html"
            assert links(body, "collection")[0]["href"].endswith(f"/collections/{collection}")
            assert all(link["rel"] and link["type"] for link in body["links"])
    for strange in ("gone", "nowhere", "madeup", "st-1", "%00", "x" * 900):
        assert get(client, f"/collections/stations/items/{strange}", status=404).mimetype == "application/problem+json"


@ats("geojson/definition", "html/definition", "html/content")
def test_every_address_answers_in_the_form_that_is_asked_for(client: FlaskClient) -> None:
    for path in operations(client):
        json_kind = "application/geo+json" if "/items" in path else "application/json"
        if path == "/api":
            json_kind = "application/vnd.oai.openapi+json"
        accepted = {
            json_kind: json_kind,
            "text/html": "text/html",
            "text/html,application/xhtml+xml,*/*;q=0.8": "text/html",
            "*/*": json_kind,
            "application/json;q=0.5,text/html;q=0.4": json_kind if path != "/api" else "application/json",
        }
        for accept, kind in accepted.items():
            response = client.get(f"/ogc{filled(path)}", headers={"Accept": accept})
            assert (response.status_code, response.mimetype) == (200, kind), (path, accept)
            assert "Accept" in response.vary
            if kind == "text/html":
                assert response.text.startswith("<!doctype html>")
                assert "<b>&amp;" not in response.text  # a hostile name stays text
        assert client.get(f"/ogc{filled(path)}", headers={"Accept": "image/png"}).status_code == 406
        assert client.get(f"/ogc{filled(path)}?f=html", headers={"Accept": "image/png"}).status_code == 200


def test_properties_are_flat_and_true(client: FlaskClient) -> None:
    told = {one["id"]: one["properties"] for one in whole(client)}
    assert (told["st-000"]["services"], told["st-000"]["services_not"]) == ("microwave", None)
    assert (told["st-005"]["services"], told["st-005"]["services_not"]) == (None, "microwave")
    assert (told["st-001"]["services"], told["st-001"]["services_not"]) == (None, None)
    assert [told[f"st-00{i}"]["state"] for i in range(4)] == ["open", "open", "unknown", "closed"]
    assert told["st-001"]["until"] == "2026-10-09T12:30:00+08:00"
    assert told["st-003"]["opens_at"] == "2026-10-09T14:00:00+08:00"
    assert told["st-002"]["hours_osm"] is None
    assert told["st-000"]["kinds"] == "book_corner,worker_home"
    assert all(isinstance(value, str | bool | None) for one in told.values() for value in one.values())
    assert client.get(told["st-000"]["page"]).status_code == 200


def test_filters_choose_stations(client: FlaskClient) -> None:
    def numbers(**asked: Any) -> list[int]:
        return [int(one["id"][3:]) for one in whole(client, **asked)]

    every = range(town.COUNT)
    assert numbers(kind="book_corner") == [i for i in every if i % 2 == 0]
    assert numbers(kind="book_corner,rest_station") == list(every)
    assert numbers(service="microwave") == [i for i in every if i % 3 == 0]
    assert numbers(state="unknown") == [i for i in every if i % 4 == 2]
    assert numbers(adcode="410105") == [i for i in every if i % 2]
    assert numbers(adcode="411000") == [i for i in every if i % 2 == 0]
    assert numbers(adcode="410000") == list(every)
    assert numbers(adcode="41") == list(every)
    assert numbers(adcode="120000") == []
    assert numbers(service="microwave", state="open", kind="rest_station") == [
        i for i in every if i % 12 in (9,) or i % 12 == 9
    ]
    for name, value in (("kind", "castle"), ("service", "moat"), ("state", "ajar"), ("adcode", "x"), ("adcode", "")):
        assert value in get(client, "/collections/stations/items", status=400, **{name: value}).json["detail"]


# Reference systems


def known_crs(client: FlaskClient) -> list[str]:
    (listed,) = {tuple(each["crs"]) for each in get(client, "/collections").json["collections"]}
    return list(listed)


def from_crs84(uri: str) -> Transformer:
    code = "OGC:CRS84" if uri == CRS84 else f"EPSG:{uri.rsplit('/', 1)[1]}"
    return Transformer.from_crs("OGC:CRS84", code, always_xy=False)


@ats("crs/crs-uri", "crs/default-crs", "crs/storageCrs")
def test_reference_systems_are_named_by_uri(client: FlaskClient) -> None:
    body = get(client, "/collections").json
    for each in [*body["collections"], get(client, "/collections/stations").json]:
        assert CRS84 in each["crs"]
        assert each["storageCrs"] in each["crs"]
        assert all(re.fullmatch(r"http://www\.opengis\.net/def/crs/(OGC|EPSG)/[\d.]+/\w+", uri) for uri in each["crs"])


@ats("crs/crs-parameter", "crs/crs-parameter-default", "crs/crs-parameter-transform")
def test_geometries_are_told_in_the_system_that_is_asked_for(client: FlaskClient) -> None:
    for collection, feature in (("stations", "st-042"), ("areas", "410100")):
        for path in (f"/collections/{collection}/items", f"/collections/{collection}/items/{feature}"):
            usual = get(client, path)
            assert usual.headers["Content-Crs"] == f"<{CRS84}>"
            for uri in known_crs(client):
                response = get(client, path, crs=uri)
                assert response.headers["Content-Crs"] == f"<{uri}>"
                for told, plain in zip(features(response.json), features(usual.json), strict=True):
                    points = np.array(shapely.get_coordinates(shape(plain["geometry"])))
                    expected = np.column_stack(from_crs84(uri).transform(points[:, 0], points[:, 1]))
                    got = shapely.get_coordinates(shape(told["geometry"]))
                    assert np.allclose(np.unique(got, axis=0), np.unique(expected, axis=0), rtol=0, atol=1e-6)


def features(body: Any) -> list[Any]:
    return body["features"] if body["type"] == "FeatureCollection" else [body]


@ats("crs/crs-parameter-invalid", "crs/bbox-crs-parameter-invalid")
def test_a_system_that_is_not_offered_is_refused(client: FlaskClient) -> None:
    for uri in ("", "EPSG:4326", EPSG + "2000", CRS84 + "x", "GCJ-02", "x" * 3000):
        for collection, feature in (("stations", "st-042"), ("areas", "410100")):
            for path in (f"/collections/{collection}/items", f"/collections/{collection}/items/{feature}"):
                assert "crs" in get(client, path, status=400, crs=uri).json["detail"]
            asked = {"bbox": "1,2,3,4", "bbox-crs": uri}
            assert get(client, f"/collections/{collection}/items", status=400, **asked)


@ats("crs/bbox-crs-parameter", "crs/bbox-crs-parameter-default")
@settings(max_examples=40, deadline=None)
@given(st.tuples(st.floats(113, 114), st.floats(34, 35), st.floats(113, 114), st.floats(34, 35)))
def test_a_window_may_be_told_in_each_system(app: Flask, corners: tuple[float, float, float, float]) -> None:
    (west, east), (south, north) = sorted(corners[0::2]), sorted(corners[1::2])
    client = app.test_client()
    plain = [one["id"] for one in whole(client, bbox=f"{west!r},{south!r},{east!r},{north!r}")]
    for uri in known_crs(client):
        x, y = from_crs84(uri).transform([west, east], [south, north])
        bbox = ",".join(repr(float(number)) for number in (x[0], y[0], x[1], y[1]))
        found = whole(client, bbox=bbox, **{"bbox-crs": uri})
        if uri == CRS84:
            assert [one["id"] for one in found] == plain
        wide = shapely.box(west, south, east, north).buffer(1e-9)
        assert all(wide.covers(shape(one["geometry"])) for one in found)
        narrow = shapely.box(west, south, east, north).buffer(-1e-9)
        inside = {one["id"] for one in whole(client) if narrow.covers(shape(one["geometry"]))}
        assert inside <= {one["id"] for one in found}


# The standard's own lists, schemas and examples, read in place


@pytest.mark.real
def test_every_abstract_test_has_a_test_of_ours(real_data: Path) -> None:
    folder = real_data / "ogcapi_features_spec"
    files = [*folder.glob("core/standard/abstract_tests/*/*.adoc"), *folder.glob("extensions/crs/**/crs/ATS_*.adoc")]
    names = {f"{file.parent.name}/{file.stem.removeprefix('ATS_')}" for file in files}
    assert len(names) > 60
    ours = {name for name in names if name.split("/")[0] not in NOT_OURS}
    assert ours - set(COVERED) == set()
    assert set(COVERED) - names == set()


@pytest.mark.real
def test_answers_keep_the_schemas_of_the_standard(real_data: Path, client: FlaskClient) -> None:
    file = real_data / "ogcapi_features_spec" / "core" / "openapi" / "ogcapi-features-1-oas31.yaml"
    text = file.read_text(encoding="utf-8").replace("type: null", 'type: "null"')  # YAML's null is no name of a type
    components = yaml.safe_load(text)["components"]
    cases = {
        "landingPage": [""],
        "confClasses": ["/conformance"],
        "collections": ["/collections"],
        "collection": ["/collections/stations", "/collections/areas"],
        "featureCollectionGeoJSON": ["/collections/stations/items?limit=2000", "/collections/areas/items"],
        "featureGeoJSON": ["/collections/stations/items/st-007", "/collections/areas/items/410000"],
    }
    for name, paths in cases.items():
        checker = Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": components})
        for path in paths:
            checker.validate(get(client, path).json)


@pytest.mark.real
def test_our_answers_have_what_the_examples_of_the_standard_have(real_data: Path, client: FlaskClient) -> None:
    folder = real_data / "ogcapi_features_spec" / "core" / "examples" / "json"
    # ConformsTo.json and Collection.json lack a comma, and are no JSON
    for name, path in (("LandingPage", ""), ("Collections", "/collections")):
        example = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        body = get(client, path).json
        assert set(example) <= set(body) | {"temporal"}, name
        rels = {link["rel"] for link in example.get("links", ())} - {"describedby"}  # of a schema; optional
        renamed = {"service": "service-desc"}  # what drafts of the standard called it
        assert {renamed.get(rel, rel) for rel in rels} <= {link["rel"] for link in body["links"]}


def test_nothing_is_written_here(client: FlaskClient) -> None:
    for path in ("/ogc", "/ogc/", "/ogc/collections", "/ogc/collections/stations/items"):
        answer = client.put(path)
        assert answer.status_code == 405
        assert "GET" in answer.headers["Allow"]


def test_addresses_are_absolute_and_within_the_site(client: FlaskClient) -> None:
    for path in ("", "/collections", "/collections/stations/items?limit=3"):
        for link in get(client, path).json["links"]:
            assert urlsplit(link["href"]).netloc == "localhost"


def test_the_links_of_a_page_keep_what_was_asked(client: FlaskClient) -> None:
    page = get(client, "/collections/stations/items", f="html", limit=3, after="st-010", kind="book_corner").text
    for changed in ("lang=en", "theme=sun"):
        (link,) = re.findall(rf'href="(\?[^"]*{changed}[^"]*)"', page)
        again = get(client, f"/collections/stations/items{unescape(link)}").text
        assert "st-012" in again
        assert "st-011" not in again
        assert "st-018" not in again
    for link in re.findall(r'<td><a href="([^"]+)"', get(client, "/api", f="html").text):
        assert get(client, unescape(link)).mimetype == "text/html"
