"""What makes the site an app of the phone: the service worker, the manifest, and the page for a lost line.

The worker keeps the shell of one version of the front-end: the finder and the page for a lost line, each in the
caller's language, with all they need. A new version is a new script here, which the browser fetches in the background.
"""

import json
from typing import Any

from flask import Blueprint, Response, make_response, render_template, url_for
from werkzeug.exceptions import NotFound as NoSuchAddress

from stationmap.catalogue import label, tell
from stationmap.schema.vocabulary import ACCESS_MODES, KINDS, SERVICES
from stationmap.web import language, wording
from stationmap.web.assets import Asset, Assets
from stationmap.web.present import assets
from stationmap.web.stations.say import KINDS as WRONG

blueprint = Blueprint("worker", __name__)
SCRIPT = "built/worker.js"
PAGES = ("main.js", "offline.js")
STYLES = ("built/find.css", "built/offline.css", "built/map.css")
ICONS = (
    ("icons/app-192.png", 192, "any"),
    ("icons/app-512.png", 512, "any"),
    ("icons/maskable-512.png", 512, "maskable"),
)


@blueprint.get("/sw.js")
def service_worker() -> Response:
    """Return the service worker, told what it is to keep; asked for anew each time, answered by its tag."""
    files = assets()
    script = files.get(SCRIPT)
    if script is None:
        raise NoSuchAddress
    shell = {
        "version": files.version,
        "pages": [url_for("pages.start"), url_for("worker.unreached")],
        "files": shell_files(files),
    }
    body = f"self.shell={json.dumps(shell)};\n".encode() + script.body
    response = Asset.of(body, "text/javascript").response(lasting=False)
    response.headers["Service-Worker-Allowed"] = "/"
    return response


def shell_files(files: Assets) -> list[str]:
    """Return the addresses of all that the pages of the shell need: scripts, styles and what these show."""
    names = [f"built/{name}" for page in PAGES for name in files.parts_of(page).all if not name.endswith(".map")]
    images = [name for name in sorted(files.names) if name.startswith("built/images/")]
    wanted = dict.fromkeys([*names, *STYLES, *images, "icons/stationmap.svg"])
    return [files.url(name) for name in wanted if name in files.names]


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """Return how the site stands on a phone's home screen, in the language that the address names."""
    spoken = language.chosen()
    body = {
        "id": "/",
        "name": tell("Stationmap", spoken),
        "short_name": tell("Stationmap", spoken),
        "description": tell("Nearest stations you can enter now", spoken),
        "lang": "zh-CN" if spoken == "zh" else spoken,
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#e9edef",
        "theme_color": "#0a3f73",
        "categories": ["navigation", "utilities"],
        "icons": [
            {"src": assets().url(name), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
            for name, size, purpose in ICONS
        ],
    }
    text = json.dumps(body, ensure_ascii=False).encode()
    response = Asset.of(text, "application/manifest+json").response(lasting=False)
    response.vary.update(("Accept-Language", "Cookie"))
    return response


@blueprint.get("/offline")
def unreached() -> Response:
    """Return the page that stands in for any other while there is no line: a station as the phone has kept it."""
    spoken = language.chosen()
    page = render_template(
        "offline.html",
        wrong=[(str(kind), tell(text, spoken)) for kind, text in WRONG.items()],
        services=[(code, label(SERVICES[code], spoken)) for code in wording.ORDERED_SERVICES],
        settings=_settings(spoken),
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-cache"
    response.vary.update(("Accept-Language", "Cookie"))
    return language.remember(response)


def _settings(spoken: str) -> dict[str, Any]:
    return {
        "language": spoken,
        "words": wording.shipped(assets().sources("offline.js"), spoken),
        "labels": {
            "services": {code: label(term, spoken) for code, term in SERVICES.items()},
            "access": {code: label(term, spoken) for code, term in ACCESS_MODES.items()},
            "kinds": {code: label(term, spoken) for code, term in KINDS.items()},
        },
        "common": wording.COMMON_SERVICES,
    }
