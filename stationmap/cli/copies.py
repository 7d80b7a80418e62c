"""The commands ``backup`` and ``restore``."""

from pathlib import Path

import click

from stationmap.cli.told import Command, option, say


@click.command(
    cls=Command,
    help="Copy the ledger into one file while it is in use; the copy is proved sound before it counts.",
    examples=("stationmap backup /var/backups/stationmap-2026-11-20.sqlite",),
)
@click.argument("file", type=click.Path(path_type=Path))
@option("--force", is_flag=True, help="Replace a file that is there.")
def backup(file: Path, force: bool) -> None:
    """Make a copy and tell what is in it."""
    from stationmap.register.copies import back_up
    from stationmap.register.database import default_database

    made = back_up(default_database(), file, overwrite=force)
    say(
        "{file}: revision {revision}, {count} stations, {size} MB. Put it back with: stationmap restore {file}",
        file=str(file),
        revision=made.revision,
        count=made.stations,
        size=f"{made.size_bytes / 1e6:.1f}",
    )


@click.command(
    cls=Command,
    help="Put a copy in the place of the ledger; a server that runs goes on and shows it within seconds.",
    examples=("stationmap restore /var/backups/stationmap-2026-11-20.sqlite --force",),
)
@click.argument("file", type=click.Path(path_type=Path))
@option("--force", is_flag=True, help="Replace the ledger that is there; a copy of it is kept beside it.")
def restore(file: Path, force: bool) -> None:
    """Put a copy back and tell where the former ledger is kept."""
    from stationmap.register.copies import put_back
    from stationmap.register.database import default_database

    done = put_back(file, default_database(), force=force)
    revision, count = done.copy.revision, done.copy.stations
    say("The ledger stands at revision {revision} again, with {count} stations.", revision=revision, count=count)
    if done.before is not None:
        say("What stood there before is kept as {file}.", file=str(done.before.file))
