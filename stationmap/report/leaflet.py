"""Leaflet put into a folium page itself: the file opens with no network and asks nothing of anybody."""

import base64
import re
from importlib.resources import files
from pathlib import Path

import folium

from stationmap.errors import NotFound

_IMAGES = re.compile(r"url\(images/[^)]*\)")
"""Pictures of controls and markers that these maps do not have: a file beside the page would be looked for."""


def embed(drawn: folium.Map) -> None:
    """Put Leaflet into the page of a map, in the place of the content networks that folium names.

    Call it when everything is on the map: whatever its children would fetch is taken out too.

    Raises
    ------
    NotFound
        When the library was not fetched at set-up.
    """
    library = _library()
    script = (library / "leaflet.js").read_text(encoding="utf-8")
    style = _IMAGES.sub("none", (library / "leaflet.css").read_text(encoding="utf-8"))
    drawn.default_js = [("leaflet", _data_url("text/javascript", script))]
    drawn.default_css = [("leaflet_css", _data_url("text/css", style))]
    for child in drawn._children.values():
        for links in ("default_js", "default_css"):
            if hasattr(child, links):
                setattr(child, links, [])


def _data_url(media_type: str, text: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(text.encode()).decode()}"


def _library() -> Path:
    package = Path(str(files("stationmap")))
    for folder in (package.parent / "static" / "vendor" / "leaflet", package / "static" / "vendor" / "leaflet"):
        if (folder / "leaflet.js").is_file():
            return folder
    raise NotFound("The map library is missing beside {package}. Run `make run` once to fetch it.", package=package)
