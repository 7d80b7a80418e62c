"""``report``: a run to hand on, as sheet, PDF, map, workbook and GeoPackage."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stationmap.cli.asked import answered, question, tell_refused
from stationmap.cli.told import Command, language, note, option, say
from stationmap.errors import InvalidValue, UnusableInput

if TYPE_CHECKING:
    from stationmap.runs.carry import Carried
    from stationmap.runs.files import Refused

EXIT_REJECTED = 3
_NOT_OF_A_RUN = (
    *(
        "demand",
        "stations",
        "areas",
        "weights",
        "reaches",
        "kinds",
        "needs",
        "at",
        "area",
        "changes",
        "hours",
        "profile",
        "sets_out",
    ),
    *("cell_m", "by_code", "generated"),
)


@click.command(
    cls=Command,
    help="Write a report to hand on: a two-page sheet (HTML, PDF), a map, a workbook, a GeoPackage.",
    examples=(
        "stationmap report --demand 云渡市（示例） --weight couriers --need 微波炉 --at 2026-10-12T12:00 --out report",
        "stationmap report --run RUN --out report --form sheet,pdf",
    ),
)
@question
@option("--out", type=click.Path(path_type=Path), required=True, help="The folder to write to.")
@option("--form", "forms", multiple=True, help="sheet, pdf, map, workbook, gpkg, with commas between (default: all).")
@option("--run", help="A run that the desk saved, by its id: asked again of the present register.")
@option("--title", default="", help="What the report is called.")
@option("--force", is_flag=True, help="Write over files that are there.")
@click.pass_context
def report(
    ctx: click.Context,
    /,
    out: Path,
    forms: tuple[str, ...],
    run: str | None,
    title: str,
    force: bool,
    **given: Any,
) -> None:
    """Carry a run out and write its report."""
    from stationmap.report.handing import write_report

    wanted = _forms(forms)
    carried, refused = _of_run(run, given) if run else _of_call(given)
    names = write_report(carried, out, wanted, language(), title=title, force=force)
    tell_refused(refused)
    say("Written to {folder}: {names}.", folder=out, names=tuple(names))
    ctx.exit(EXIT_REJECTED if refused else 0)


def _forms(given: tuple[str, ...]) -> list[str]:
    """Return the forms that are asked; where none is named, all that can be made here."""
    from stationmap.report.handing import FORMS
    from stationmap.report.pdf import require_pdf

    named = [form.strip() for text in given for form in text.split(",") if form.strip()]
    wanted = named or list(FORMS)
    if "pdf" in wanted:
        try:
            require_pdf()
        except UnusableInput as fault:
            if named:
                raise
            note("{remark}", remark=fault.message)
            wanted.remove("pdf")
    return wanted


def _of_call(given: dict[str, Any]) -> "tuple[Carried, tuple[Refused, ...]]":
    found = answered(given)
    return found.carried, found.refused


def _of_run(run_id: str, given: dict[str, Any]) -> "tuple[Carried, tuple[Refused, ...]]":
    """Ask a saved run again of the present register."""
    from stationmap.cli.asked import sources_of
    from stationmap.register.ledger import Ledger
    from stationmap.report.tables import ordered
    from stationmap.runs.carry import carry
    from stationmap.runs.files import network_of
    from stationmap.runs.inputs import from_ledger
    from stationmap.runs.spec import Spec

    stray = next((name for name in _NOT_OF_A_RUN if given[name]), None)
    if stray is not None:
        raise InvalidValue("--run has its question already. Leave {option} out.", option=stray)
    with Ledger.open(create=False) as ledger:
        saved = ledger.runs.one(run_id)
        spec = Spec.of(saved.asked)
        streets = network_of(sources_of(given)).thing
        carried = carry(from_ledger(ledger, spec.demand, hours=spec.hours, network=streets), spec)
    before, now = saved.inputs.get("revision"), carried.told.get("revision")
    if before is not None and before != now:
        note(
            "The run was of revision {before} of the register; this report is of revision {now}.",
            before=before,
            now=now,
        )
    return ordered(carried, given["order"]), ()
