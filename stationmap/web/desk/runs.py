"""Runs at the desk: saved, named, shown by link with the revisions of their inputs, in the background, compared."""

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for

from stationmap.catalogue import fiction, tell
from stationmap.errors import InvalidValue, Message
from stationmap.register.plans.runs import Run, RunState
from stationmap.report.charts.steps import steps_chart
from stationmap.report.packing import pack
from stationmap.runs.compare import Difference, difference
from stationmap.runs.keeping import Kept, unpacked
from stationmap.runs.spec import Spec
from stationmap.web import language
from stationmap.web.desk import wording as words
from stationmap.web.desk.answering import Answer, gaps_on_map, rendered
from stationmap.web.desk.door import guard
from stationmap.web.desk.form import Form
from stationmap.web.desk.pages import NO_PLACES, places, settings, settled, stock
from stationmap.web.desk.stock import TooLong, Working
from stationmap.web.desk.view import view
from stationmap.web.present import live

SCRIPT = "deskrun.js"
_ZONE = ZoneInfo("Asia/Shanghai")
_STATES = {
    RunState.WAITING: Message("waits for its turn"),
    RunState.RUNNING: Message("is being worked out"),
    RunState.DONE: Message("done"),
    RunState.CANCELLED: Message("cancelled"),
    RunState.FAILED: Message("failed"),
}
_STEPS = {
    "asked": Message("The question"),
    "demand": Message("Demand"),
    "stations": Message("Stations"),
    "hours": Message("Opening hours"),
    "services": Message("Services of stations"),
    "kinds": Message("Kinds of stations"),
    "rest": Message("Method and the rest"),
}

blueprint = Blueprint("desk_runs", __name__)
blueprint.before_request(guard)


@blueprint.get("/desk/runs")
def listed() -> Response:
    """Return all runs that are kept, the newest first."""
    runs = live().ask(lambda ledger: ledger.runs.all())
    return _sent(render_template("desk_runs.html", runs=[_words(run) for run in runs], **_usual()))


@blueprint.post("/desk/runs")
def save() -> Response:
    """Keep the run that the form asks for; one that takes longer goes to the background. The link follows."""
    form = settled()
    spec = form.spec()
    try:
        carried = stock().carried(spec)
    except (TooLong, Working):
        run = live().keep(lambda ledger: ledger.runs.add(spec.values(), name=form.name))
    else:
        result = pack(carried)
        run = live().keep(lambda ledger: ledger.runs.keep(carried.spec.values(), carried.told, result, name=form.name))
    return _to(run.id)


@blueprint.get("/desk/runs/<run_id>")
def one(run_id: str) -> Response:
    """Return a run: what came out, or how far it is."""
    run = live().ask(lambda ledger: ledger.runs.one(run_id))
    spoken = language.chosen()
    kept = _kept(run) if run.state is RunState.DONE else None
    form = Form.of(Spec.of(run.asked))
    found = None if kept is None else _answer(kept, spoken)
    others = [_words(each) for each in live().ask(lambda ledger: ledger.runs.all()) if each.state is RunState.DONE]
    page = render_template(
        "desk_run.html",
        run=_words(run),
        answer=found,
        shown=rendered(found, form, spoken) if found is not None else {},
        address=form.address,
        changes=_changes(kept, form, spoken),
        moved=_moved(kept, spoken) if kept is not None else "",
        others=[(each["id"], each["name"]) for each in others if each["id"] != run.id] if kept is not None else [],
        legend=[(reason.value, words.LEGEND[reason]) for reason in words.LEGEND],
        settings=settings(SCRIPT),
        **_usual(),
    )
    return _sent(page)


@blueprint.post("/desk/runs/<run_id>/<any(name, cancel, discard):what>")
def change(run_id: str, what: str) -> Response:
    """Rename, cancel or remove a run."""
    if what == "discard":
        live().keep(lambda ledger: ledger.runs.discard(run_id))
        return cast(Response, redirect(url_for("desk_runs.listed"), 303))
    if what == "cancel":
        live().keep(lambda ledger: ledger.runs.cancel(run_id))
    else:
        live().keep(lambda ledger: ledger.runs.rename(run_id, request.form.get("name", "")))
    return _to(run_id)


@blueprint.get("/desk/api/runs/<run_id>")
def api_one(run_id: str) -> Response:
    """Return how far a run is."""
    run = live().ask(lambda ledger: ledger.runs.one(run_id))
    told = _words(run)
    response = jsonify({name: told[name] for name in ("underway", "steps", "of", "progress")})
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/desk/api/runs/<run_id>/map")
def api_map(run_id: str) -> Response:
    """Return what the map of a run shows: places and stations as they were, and how they stand."""
    run = live().ask(lambda ledger: ledger.runs.one(run_id))
    kept, supply = _kept(run), _kept(run).supply
    drawn = places(kept.demand, kept.rings) if kept.demand is not None else NO_PLACES
    stations = {name: getattr(supply, f"{name}s").tolist() for name in ("id", "name")}
    stations |= {name: getattr(supply, name).tolist() for name in ("lon", "lat")}
    gaps = gaps_on_map(kept.facts[language.chosen()]["gaps"])
    shown = {"reasons": kept.reasons, "stations": kept.standings, "extra": [], "gaps": gaps, "vs": None}
    response = jsonify({**shown, "places": drawn, "where": stations})
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@blueprint.get("/desk/compare")
def compare() -> Response:
    """Return why the number changed between two runs."""
    first, second = (request.args.get(name, "") for name in ("a", "b"))
    runs = live().ask(lambda ledger: [ledger.runs.one(first), ledger.runs.one(second)])
    kept = [_kept(run) for run in runs]
    spoken = language.chosen()
    found = difference(kept[0], kept[1], calendar=live().picture().calendar, network=stock().network)
    steps = [_step_words(step.code, step, spoken) for step in found.steps]
    ends = zip(runs, kept, (found.before, found.after), strict=True)
    sides = [{**_words(run), "share": _share(total), "people": _people(total, one, spoken)} for run, one, total in ends]
    page = render_template(
        "desk_compare.html",
        first=sides[0],
        second=sides[1],
        steps=steps,
        whole=_step_words("rest", _whole(found), spoken),
        compared=_compared(found, spoken),
        chart=_chart(found, spoken),
        limits=[tell(limit, spoken) for limit in found.limits],
        **_usual(),
    )
    return _sent(page)


def _kept(run: Run) -> Kept:
    result = live().ask(lambda ledger: ledger.runs.result(run.id))
    if result is None:
        raise InvalidValue("The run {id} has no result: {state}.", id=repr(run.id[:40]), state=_STATES[run.state])
    return unpacked(result)


def _answer(kept: Kept, spoken: str) -> Answer:
    facts = {**kept.facts[spoken], "inputs": kept.told}
    return Answer(view(facts, kept.points, spoken), None, "", {})


def _moved(kept: Kept, spoken: str) -> str:
    """Return that the register, or the demand, is no longer what it was; "" where both are."""
    now = live().picture().snapshot.revision
    known = {each.name: each.sha256 for each in stock().demands()}
    parts = []
    if kept.told["revision"] != now:
        sentence = "This is of revision {revision} of the register; it stands at {now} today."
        parts.append(tell(sentence, spoken, revision=kept.told["revision"], now=now))
    if kept.spec.demand not in known:
        parts.append(tell("The demand it counts is no longer kept.", spoken))
    elif known[kept.spec.demand] != kept.told["demand_sha256"]:
        parts.append(tell("The demand of that name is another one today.", spoken))
    return " ".join(parts)


def _changes(kept: Kept | None, form: Form, spoken: str) -> list[str]:
    if kept is None:
        return []
    names = dict(zip(kept.supply.ids.tolist(), kept.supply.names.tolist(), strict=True))
    return words.changes_words(form.changed, names, spoken)


def _words(run: Run) -> dict[str, Any]:
    """Return a run as the pages show it."""
    spoken = language.chosen()
    question = _question(run.asked, spoken)
    at = run.ended_at or run.created_at
    underway = run.state in (RunState.WAITING, RunState.RUNNING)
    fault = tell(run.fault, spoken) if run.fault is not None else ""
    state = tell(_STATES[run.state], spoken)
    return {
        "id": run.id,
        "given": run.name,
        "name": run.name or question,
        "question": question,
        "state": state,
        "at": at.astimezone(_ZONE).strftime("%Y-%m-%d %H:%M") if at is not None else "",
        "revision": run.inputs.get("revision"),
        "done": run.state is RunState.DONE,
        "underway": underway,
        "steps": run.done,
        "of": run.of,
        "fault": fault,
        "progress": _progress(run, state, fault, spoken),
    }


def _question(asked: Mapping[str, Any], spoken: str) -> str:
    """Return what a run asks in a line, also where another version of the program asked it."""
    try:
        spec = Spec.of(asked)
    except InvalidValue:
        return tell("a question of another version of the program", spoken)
    facts = {"kinds": spec.kinds, "needs": spec.needs, "time": _time(asked), "weight": spec.weight}
    question = words.question_words({**facts, "reaches_m": spec.reaches_m, "way": spec.way}, spoken)
    if spec.changes:
        question += " · " + tell("{count} changes of stations", spoken, count=len(spec.changes))
    return question


def _progress(run: Run, state: str, fault: str, spoken: str) -> str:
    if fault:
        return tell("The run failed: {fault}", spoken, fault=fault)
    if run.state is RunState.RUNNING and run.of:
        return tell("The run is being worked out: {done} of {of} steps.", spoken, done=run.done, of=run.of)
    return tell("The run {state}.", spoken, state=state)


def _time(asked: Mapping[str, Any]) -> dict[str, Any] | None:
    if "week_hour" in asked:
        return {"week_hour": int(asked["week_hour"])}
    return {"date": asked["date"], "hour": int(asked["hour"])} if asked.get("date") else None


def _share(total: Any) -> str:
    share = total.share
    return words.shares(None if share is None else {"lower": share[0], "upper": share[1]})


def _people(total: Any, kept: Kept, spoken: str) -> str:
    covered = words.several({"lower": total.lower, "upper": total.upper})
    who = words.weight_words(kept.spec.weight, spoken)
    return tell("{covered} of {all} {who}", spoken, covered=covered, all=words.people(total.demand), who=who)


def _whole(found: Difference) -> Any:
    """Return all steps as one."""
    names = ("lower", "upper", "share_lower", "share_upper")
    sums = {name: sum(getattr(step, name) for step in found.steps) for name in names}
    return type(found.steps[0])("rest", **sums, told=())


def _step_words(code: str, step: Any, spoken: str) -> dict[str, Any]:
    return {
        "words": tell(_STEPS[code], spoken),
        "told": "; ".join(tell(each, spoken) for each in step.told) or tell("as before", spoken),
        "nothing": not (step.told or step.lower or step.upper),
        "lower": words.signed(step.lower),
        "upper": words.signed(step.upper),
        "points": words.signed(100 * step.share_lower, 1),
    }


def _compared(found: Difference, spoken: str) -> str:
    whole = _whole(found)
    main = max(found.steps, key=lambda step: abs(step.lower))
    if not main.lower:
        return tell("The number of those who are served for certain is the same.", spoken)
    sentence = "{people} people served for certain ({points} points); most of it by: {step} ({effect})."
    return tell(
        sentence,
        spoken,
        people=words.signed(whole.lower),
        points=words.signed(100 * whole.share_lower, 1),
        step=_STEPS[main.code],
        effect=words.signed(main.lower),
    )


def _chart(found: Difference, spoken: str) -> str:
    shown = [(tell(_STEPS[step.code], spoken), step.lower) for step in found.steps if step.told or step.lower]
    before, after = (tell("First", spoken), found.before.lower), (tell("Second", spoken), found.after.lower)
    return steps_chart(before, shown, after, spoken, title=tell("People served for certain, step by step", spoken))


def _to(run_id: str) -> Response:
    return cast(Response, redirect(f"/desk/runs/{quote(run_id, safe='')}", 303))


def _usual() -> dict[str, Any]:
    picture = live().picture()
    return {
        "languages": list(language.NAMES.items()),
        "fiction": fiction(picture.fictional, len(picture.snapshot)),
    }


def _sent(page: str) -> Response:
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return language.remember(response)
