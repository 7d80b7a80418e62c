"""The command ``serve``: the site and its API on this machine."""

from pathlib import Path

import click

from stationmap.cli.told import Command, Number, OneOf, language, option


@click.command(
    cls=Command,
    help="Serve the map app and its API; the address is printed.",
    examples=(
        "stationmap serve",
        "stationmap serve --host 0.0.0.0 --port 8080 --threads 8",
        "STATIONMAP_TIANDITU_KEY=… stationmap serve --basemap tianditu --map-approval 'GS(2024)0568号'",
    ),
)
@option("--host", default="127.0.0.1", help="Address to listen on (default 127.0.0.1: this machine only).")
@option("--port", type=Number(0, 65535, whole=True), default=8601, help="Port (default 8601; 0: any free one).")
@option("--threads", type=Number(1, 64, whole=True), default=4, help="How many requests at once (default 4).")
@option(
    "--basemap",
    type=OneOf(["none", "tianditu", "amap", "osm", "tiles"]),
    default="none",
    envvar="STATIONMAP_BASEMAP",
    help="Base map: none (default: our own, no other host is asked), tianditu, amap, osm or tiles (your own).",
)
@option("--tianditu-key", default="", envvar="STATIONMAP_TIANDITU_KEY", help="Key (tk) of Tianditu.")
@option(
    "--tiles-url",
    default="",
    envvar="STATIONMAP_TILES_URL",
    help="Address of your own tiles, such as https://tiles.example.cn/{z}/{x}/{y}.png.",
)
@option(
    "--tiles-subdomains",
    default="",
    envvar="STATIONMAP_TILES_SUBDOMAINS",
    help="Letters that stand for {s} in the address of your own tiles (default abc).",
)
@option(
    "--tiles-datum",
    default="",
    envvar="STATIONMAP_TILES_DATUM",
    help="What your own tiles are drawn in: wgs84 (default) or gcj02.",
)
@option("--map-credit", default="", envvar="STATIONMAP_MAP_CREDIT", help="Whose base map it is, as the map shows it.")
@option("--map-approval", default="", envvar="STATIONMAP_MAP_APPROVAL", help="Review number of the base map (审图号).")
@option(
    "--public-url",
    default="",
    envvar="STATIONMAP_PUBLIC_URL",
    help="Where people reach the site, such as https://map.example.cn: for QR codes, signs and canonical links.",
)
@option(
    "--behind-proxy",
    default="",
    envvar="STATIONMAP_BEHIND_PROXY",
    help="IP address of the reverse proxy before this server, such as 127.0.0.1; it alone is believed about callers.",
)
@option("--licence", default="", envvar="STATIONMAP_LICENCE", help="Licence under which the register is given away.")
@option(
    "--desk",
    default="off",
    envvar="STATIONMAP_DESK",
    help="The planner's desk at /desk: off (default), open (for all who reach the site) or token.",
)
@option(
    "--desk-token",
    default="",
    envvar="STATIONMAP_DESK_TOKEN",
    help="The token that opens the desk (12 characters or more).",
)
@option(
    "--network",
    type=click.Path(path_type=Path),
    default=None,
    envvar="STATIONMAP_NETWORK",
    help="Streets for ways on foot or by e-bike at the desk: a file of stationmap network build.",
)
@option("--licence-url", default="", envvar="STATIONMAP_LICENCE_URL", help="Where that licence stands in full.")
def serve(
    host: str,
    port: int,
    threads: int,
    basemap: str,
    tianditu_key: str,
    tiles_url: str,
    tiles_subdomains: str,
    tiles_datum: str,
    map_credit: str,
    map_approval: str,
    public_url: str,
    behind_proxy: str,
    licence: str,
    licence_url: str,
    desk: str,
    desk_token: str,
    network: Path | None,
) -> None:
    """Open the ledger and serve until stopped."""
    from stationmap.planning.network.stored import load
    from stationmap.web import tiles
    from stationmap.web.app import Settings
    from stationmap.web.desk.door import Door
    from stationmap.web.licence import NONE_NAMED, Licence
    from stationmap.web.serve import serve as run

    chosen = tiles.choose(
        basemap,
        key=tianditu_key,
        url=tiles_url,
        subdomains=tiles_subdomains,
        datum=tiles_datum,
        credit=map_credit,
        approval=map_approval,
    )
    given = Licence(licence or NONE_NAMED, licence_url)
    settings = Settings(
        basemap=chosen,
        public_url=public_url,
        licence=given,
        desk=Door(desk, desk_token),
        network=load(network) if network is not None else None,
    )
    run(settings, host=host, port=port, threads=threads, proxy=behind_proxy, lang=language())
