"""How the server is: ``/healthz``, for whoever runs it."""

from flask import Blueprint, Response, jsonify

from stationmap.web.present import live

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def health() -> Response:
    """Return what is served and whether the ledger can be read: 200, else 503.

    ``writable`` is false while what workers say cannot be kept, ``names_kept`` while the index of names has no file to
    stand in: the site is served all the same.
    """
    watched = live()
    status = watched.status()
    response = jsonify(
        status="ok" if status.readable else "unreadable",
        revision=status.revision,
        stations=status.stations,
        age_s=None if status.age_s is None else round(status.age_s, 1),
        writable=status.writable,
        names_kept=watched.names.kept(),
    )
    response.status_code = 200 if status.readable else 503
    response.headers["Cache-Control"] = "no-store"
    return response
