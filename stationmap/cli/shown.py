"""A run on the terminal: totals, areas, largest gaps, week, limits; columns stand under one another in Chinese too."""

import unicodedata
from collections.abc import Sequence

import click

from stationmap.catalogue import tell
from stationmap.cli.told import language, say
from stationmap.errors import Message
from stationmap.planning.coverage.areas import AreaTable
from stationmap.planning.coverage.shares import Total
from stationmap.planning.gaps.patches import Patch
from stationmap.planning.moments import WEEK_HOURS
from stationmap.report.charts.week import DAYS
from stationmap.report.phrases import (
    STEPS,
    WAYS,
    amount,
    extremes,
    hours_words,
    interval,
    metres,
    near_words,
    place_words,
    question_words,
    reach_words,
    reason_words,
    share,
    weight_words,
)
from stationmap.report.tables import brief_areas, said, steps
from stationmap.runs.carry import Carried

MOST_AREAS = 24
MOST_GAPS = 5


def show(carried: Carried, *, week: bool) -> None:
    """Print a run."""
    found, chosen = carried.found, language()
    way, weight = found.gaps.way, found.asked.weight
    click.echo(question_words(found.asked.question, chosen))
    say("{who} of {demand}, {way}", who=weight_words(weight, chosen), demand=carried.spec.demand, way=WAYS[way])
    show_totals(found.coverage.totals)
    _show_ladder(carried)
    _show_arrival(carried)
    show_areas(found.coverage.by_area)
    if week:
        _show_week(carried)
    _show_gaps(carried)
    alone = found.coverage
    if alone.unreachable_weight > 0:
        say(
            "{people} {who} in {count} places have no such station within {reach}.",
            people=amount(alone.unreachable_weight),
            who=weight_words(weight, chosen),
            count=f"{len(alone.unreachable):,}",
            reach=metres(alone.reach.reach_m, chosen),
        )
    show_sentences(Message("To be known of it:"), said(carried, chosen))


def show_totals(totals: Sequence[Total]) -> None:
    """Print what is covered within each reach."""
    chosen = language()
    head = [tell(each, chosen) for each in (Message("within"), Message("served"), Message("of"), Message("share"))]
    rows = [
        [reach_words(total.reach_m, chosen), interval(total.lower, total.upper), amount(total.demand), share(total)]
        for total in totals
    ]
    click.echo()
    show_columns([head, *rows], left=1)


def show_areas(found: AreaTable | None) -> None:
    """Print a table by area, the deepest levels left out where it would be long."""
    chosen = language()
    rows = brief_areas(found, MOST_AREAS)
    if not rows or found is None:
        return
    reaches = [reach_words(reach, chosen) for reach in found.reaches_m]
    table = [[tell("area", chosen), tell("all", chosen), *reaches]]
    table += [[area.name, amount(totals[0].demand), *map(share, totals)] for area, totals in rows]
    outside = found.elsewhere
    if outside[0].demand > 0:
        table.append([tell("in no area", chosen), amount(outside[0].demand), *map(share, outside)])
    click.echo()
    show_columns(table, left=1)


def show_sentences(heading: Message, sentences: Sequence[str]) -> None:
    """Print sentences under a heading, nothing when there are none."""
    if sentences:
        click.echo()
        say(heading.text)
    for each in sentences:
        click.echo(f"  · {each}")


def show_columns(rows: Sequence[Sequence[str]], *, left: int) -> None:
    """Print rows of cells under one another: the first ``left`` columns to the left, numbers to the right."""
    widths = [max(breadth(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell + " " * (width - breadth(cell)) if column < left else " " * (width - breadth(cell)) + cell
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        click.echo("  " + "   ".join(cells).rstrip())


def breadth(text: str) -> int:
    """Return how many columns of a terminal a text takes: a Chinese character two, a combining mark none.

    Examples
    --------
    >>> breadth("东城区"), breadth("1 km")
    (6, 4)
    """
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def _show_ladder(carried: Carried) -> None:
    chosen, asked = language(), steps(carried)
    if not asked:
        return
    click.echo()
    say("Within {reach}, from what stands there to what serves:", reach=metres(carried.found.asked.reach_m, chosen))
    rows = [[tell(STEPS[name], chosen), interval(each.lower, each.upper), share(each)] for name, each in asked.items()]
    show_columns(rows, left=1)


def _show_arrival(carried: Carried) -> None:
    """Print who finds a station open on arrival, where that is asked, and who has two to choose from."""
    chosen, found = language(), carried.found
    if found.arrival and carried.spec.sets_out is not None:
        click.echo()
        say(
            "Setting out at {time}, they find a station open on arrival:",
            time=f"{carried.spec.sets_out:%Y-%m-%d %H:%M}",
        )
        rows = [
            [reach_words(each.reach_m, chosen), interval(each.lower, each.upper), share(each)] for each in found.arrival
        ]
        show_columns(rows, left=1)
    if len(found.backup) > 1 and found.backup[1].share is not None:
        click.echo()
        say(
            "Two stations or more within {reach}: {share}.",
            reach=metres(found.asked.reach_m, chosen),
            share=share(found.backup[1]),
        )


def _show_week(carried: Carried) -> None:
    chosen, week = language(), carried.found.week
    lower, upper = week.lower[0].tolist(), week.upper[0].tolist()
    click.echo()
    say("The week within {reach}, in tenths served for certain (. nobody there):", reach=metres(week.reach_m, chosen))
    click.echo("      " + "".join(f"{hour:<3}" for hour in range(0, 24, 3)))
    tenths = [_tenth(lower[hour], float(week.demand[hour])) for hour in range(WEEK_HOURS)]
    for day, name in enumerate(DAYS):
        label = tell(name, chosen)
        click.echo("  " + label + " " * max(4 - breadth(label), 1) + "".join(tenths[24 * day :][:24]))
    for sentence in extremes(lower, upper, week.demand.tolist(), chosen):
        click.echo(f"  {sentence}")


def _tenth(lower: float, demand: float) -> str:
    if demand <= 0:
        return "."
    return str(min(int(lower / demand * 10), 9))


def _show_gaps(carried: Carried) -> None:
    chosen, found = language(), carried.found
    patches = found.gaps.patches
    if not patches:
        click.echo()
        say("There is no gap: all are served within {reach}.", reach=metres(found.asked.reach_m, chosen))
        return
    click.echo()
    say("The largest of {count} gaps within {reach}:", count=len(patches), reach=metres(found.asked.reach_m, chosen))
    for patch in patches[:MOST_GAPS]:
        _show_gap(patch, found.asked.weight)


def _show_gap(patch: Patch, weight: str) -> None:
    chosen, people = language(), patch.weights[weight]
    who = weight_words(weight, chosen)
    click.echo(f"  {patch.rank}. {place_words(patch, chosen)}  {interval(people.lower, people.upper)} {who}")
    words = hours_words(patch, chosen)
    click.echo("     " + (words or reason_words(patch, chosen)))
    near = tell("nearest station: {near}", chosen, near=near_words(patch.standing, chosen))
    if patch.host is not None:
        near += "；" if chosen == "zh" else "; "
        near += tell("nearest candidate: {near}", chosen, near=near_words(patch.host, chosen))
    click.echo("     " + near)
