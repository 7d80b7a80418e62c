"""The command line: every command of stationmap, its exit codes, and faults told without a traceback.

Exit codes: 0 done; 1 the ledger or the machine will not serve; 2 unusable input or a wrong call; 3 some rows rejected.
"""

import os
import re
import sys
from collections.abc import Sequence
from itertools import pairwise

import click

from stationmap import __version__
from stationmap.catalogue import DEFAULT_LANGUAGE, LANGUAGES, tell
from stationmap.cli import (
    ask,
    board,
    copies,
    coverage,
    desk,
    intake,
    keep,
    loading,
    network,
    places,
    programme,
    reference,
    report,
    serve,
)
from stationmap.cli.told import Group, called, language
from stationmap.errors import LedgerUnavailable, Message, StationmapError, why

EXIT_UNAVAILABLE, EXIT_UNUSABLE = 1, 2
_UNKNOWN_COMMAND = re.compile(r"^No such command '(.*?)'\.")
_TOO_MANY_WORDS = re.compile(r"^Got unexpected extra arguments? \((.*)\)$", re.DOTALL)


@click.group(
    cls=Group,
    help="Stationmap finds the nearest station a worker can enter now, and keeps the register of stations true.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    no_args_is_help=True,
)
@click.version_option(__version__, "--version", message="stationmap %(version)s")
def stationmap() -> None:
    """Hold the commands."""


for command in (
    keep.init,
    keep.sample,
    intake.import_,
    loading.load,
    loading.demand,
    keep.export,
    keep.remove,
    keep.check,
    desk.reports,
    board.notice,
    programme.events,
    board.photo,
    ask.find,
    places.places,
    ask.hours,
    reference.calendar,
    reference.convert,
    coverage.coverage,
    network.network,
    report.report,
    copies.backup,
    copies.restore,
    serve.serve,
):
    stationmap.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave with its exit code; any fault is one sentence on standard error."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        sys.exit(stationmap.main(arguments, prog_name="stationmap", standalone_mode=False) or 0)
    except StationmapError as fault:
        _fail(
            fault.message,
            EXIT_UNAVAILABLE if isinstance(fault, LedgerUnavailable) else EXIT_UNUSABLE,
            arguments,
        )
    except click.exceptions.NoArgsIsHelpError as fault:
        click.echo(fault.format_message(), err=True)
        sys.exit(EXIT_UNUSABLE)
    except click.ClickException as fault:
        _fail(usage_fault(fault), EXIT_UNUSABLE, arguments)
    except (click.Abort, KeyboardInterrupt):
        _fail(Message("Stopped. Nothing half done was kept."), 130, arguments)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as fault:
        _fail(
            Message(
                "The machine refused: {reason} ({path}).",
                {"reason": why(fault), "path": fault.filename or ""},
            ),
            EXIT_UNAVAILABLE,
            arguments,
        )


def usage_fault(fault: click.ClickException) -> Message:
    """Return what click found wrong with a call, as a sentence of the catalogue."""
    if isinstance(fault, click.NoSuchOption):
        return Message("There is no option {option}. See --help.", {"option": fault.option_name})
    if isinstance(fault, click.MissingParameter) and fault.param is not None and fault.param.name == "datum":
        return Message(
            "--datum is missing: gcj02 (Amap, Tencent, DataV), bd09 (Baidu), wgs84 (GPS, OpenStreetMap) or EPSG:n."
        )
    if isinstance(fault, click.MissingParameter):
        return Message("{option} is missing. See --help.", {"option": called(fault.param)})
    if isinstance(fault, click.BadOptionUsage):
        return Message("{option} needs a value after it. See --help.", {"option": fault.option_name})
    if isinstance(fault, click.BadParameter):
        name = fault.param.opts[0] if fault.param is not None else ""
        return Message("{option} cannot be used: {reason}", {"option": name, "reason": fault.message})
    word = _UNKNOWN_COMMAND.search(fault.message)
    if word:
        return Message("There is no command {command!r}. See --help.", {"command": word[1]})
    words = _TOO_MANY_WORDS.search(fault.message)
    if words:
        return Message(
            "The call has words too many: {words}. Put a text of several words in quotes.", {"words": words[1]}
        )
    return Message("The call cannot be understood: {reason} See --help.", {"reason": fault.format_message()})


def _fail(message: Message, code: int, arguments: Sequence[str]) -> None:
    click.echo(tell(Message("Error: {sentence}", {"sentence": message}), _language_of(arguments)), err=True)
    sys.exit(code)


def _language_of(arguments: Sequence[str]) -> str:
    """Return the language asked for in a call that may not even parse."""
    named = [after for flag, after in pairwise(arguments) if flag == "--lang"]
    named += [word.removeprefix("--lang=") for word in arguments if word.startswith("--lang=")]
    chosen = named[-1] if named else os.environ.get("STATIONMAP_LANG", language())
    return chosen if chosen in LANGUAGES else DEFAULT_LANGUAGE


if __name__ == "__main__":
    main()
