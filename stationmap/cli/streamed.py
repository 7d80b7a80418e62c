"""Coverage of demand that is too large for memory: totals and areas, streamed from GeoParquet, here or on a cluster."""

import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stationmap.catalogue import tell
from stationmap.cli.asked import ledger_of, refused_facts, sources_of, spec_values, tell_refused
from stationmap.cli.told import language, note, say
from stationmap.errors import InvalidValue, Message

if TYPE_CHECKING:
    from stationmap.runs.streamed import Streamed

EXIT_REJECTED, EXIT_STOPPED = 3, 130
_NOT_STREAMED = (
    "network",
    "slope",
    "area",
    "changes",
    "layer",
    "nodata",
    "by_code",
    "cell_m",
    "order",
    "profile",
    "sets_out",
)


def streamed(
    given: Mapping[str, Any], engine: str, keep: Path | None, out: Path | None, *, force: bool, as_json: bool
) -> int:
    """Carry a run out block by block, print it, and return the exit code.

    Parameters
    ----------
    given : Mapping
        The options of the question.
    engine : str
        ``direct`` or ``dask``.
    keep : Path or None
        Where a stopped run is kept.
    out : Path or None
        A folder for the JSON.
    force, as_json : bool
        Write over files; print JSON.
    """
    from stationmap.files.folder import together
    from stationmap.planning.scale.run import Stopped
    from stationmap.report.facts import streamed_facts

    _refuse(given)
    with ExitStack() as held:
        stop = held.enter_context(_interrupted())
        try:
            found = _run(given, engine, keep, stop, held)
        except Stopped as stopped:
            note("{remark}", remark=stopped.message)
            return EXIT_STOPPED
    told = streamed_facts(found, language()) | {"rejected": refused_facts(found.refused)}
    content = json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False)
    if as_json:
        click.echo(content)
    else:
        _show(found)
        tell_refused(found.refused)
    if out is not None:
        with together(out, ["coverage.json"], force=force) as place:
            (place / "coverage.json").write_text(content + "\n", encoding="utf-8")
        note("Written to {folder}: {names}.", folder=out, names="coverage.json")
    return EXIT_REJECTED if found.refused else 0


def _refuse(given: Mapping[str, Any]) -> None:
    stray = next((name for name in _NOT_STREAMED if given[name]), None)
    if stray is None and given["mode"] not in (None, "air"):
        stray = "mode"
    if stray is not None:
        raise InvalidValue("A streamed run is by air and of all demand. Leave {option} out.", option=_spelled(stray))


def _spelled(name: str) -> str:
    return "--" + {"cell_m": "cell", "changes": "change"}.get(name, name).replace("_", "-")


def _run(
    given: Mapping[str, Any], engine: str, keep: Path | None, stop: threading.Event, held: ExitStack
) -> "Streamed":
    from stationmap.runs.spec import Spec
    from stationmap.runs.streamed import stream

    spec = Spec.of(spec_values(given))
    return stream(
        sources_of(given),
        spec,
        ledger_of(held),
        engine=engine,
        kept=keep,
        progress=held.enter_context(_progress()),
        cancelled=stop.is_set,
    )


@contextmanager
def _interrupted() -> Iterator[threading.Event]:
    """Give an event that Ctrl+C sets, so that what was counted is kept; a second Ctrl+C ends at once."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    before = signal.getsignal(signal.SIGINT)

    def ask(*_: object) -> None:
        asked.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], object]]:
    """Give a bar on standard error; it stays hidden where nobody looks."""
    words = tell(Message("counting"), language())
    with click.progressbar(length=1000, label=words, file=sys.stderr, hidden=not sys.stderr.isatty()) as steps:

        def step(done: int, of: int) -> None:
            steps.update(int(1000 * done / max(of, 1)) - steps.pos)

        yield step


def _show(found: "Streamed") -> None:
    from stationmap.cli.shown import show_areas, show_sentences, show_totals
    from stationmap.report.phrases import WAYS, question_words, weight_words

    chosen = language()
    click.echo(question_words(found.question, chosen))
    names = tuple(found.told["demand_file"])[:3]
    who = weight_words(found.weight, chosen)
    say("{who} of {demand}, {way}", who=who, demand=", ".join(names), way=WAYS["air"])
    show_totals(found.totals)
    show_areas(found.by_area)
    show_sentences(Message("To be known of it:"), [tell(each, chosen) for each in found.notes])
