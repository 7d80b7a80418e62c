"""The command ``serve``: the site and its API on this machine."""

import click

from stationmap.cli.told import Command, Number, language, option


@click.command(
    cls=Command,
    help="Serve the map app and its API; the address is printed.",
    examples=("stationmap serve", "stationmap serve --host 0.0.0.0 --port 8080 --threads 8"),
)
@option("--host", default="127.0.0.1", help="Address to listen on (default 127.0.0.1: this machine only).")
@option("--port", type=Number(0, 65535, whole=True), default=8601, help="Port (default 8601; 0: any free one).")
@option("--threads", type=Number(1, 64, whole=True), default=4, help="How many requests at once (default 4).")
def serve(host: str, port: int, threads: int) -> None:
    """Open the ledger and serve until stopped."""
    from stationmap.web.app import Settings
    from stationmap.web.serve import serve as run

    run(Settings(), host=host, port=port, threads=threads, lang=language())
