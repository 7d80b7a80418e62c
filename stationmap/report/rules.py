"""What rules of spread say of a run, as tables: units without a station, services alone, spacing, evenness."""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from stationmap.catalogue import label, tell
from stationmap.errors import Message
from stationmap.planning.coverage.shares import Total
from stationmap.planning.equity.groups import Unevenness
from stationmap.planning.gaps.overlaps import Overlap
from stationmap.planning.gaps.places import Near
from stationmap.planning.gaps.spacing import Stretch
from stationmap.planning.gaps.units import Quota, Unit
from stationmap.planning.standing import Why
from stationmap.report.phrases import weight_words
from stationmap.runs.carry import Carried
from stationmap.runs.norms import Norms
from stationmap.schema.vocabulary import KINDS, SERVICES

QUOTAS: Mapping[Quota, Message] = MappingProxyType({
    Quota.UNMET: Message("none that serves"),
    Quota.MAY: Message("perhaps: something is not known"),
    Quota.MET: Message("has one"),
})  # fmt: skip
_INFINITE = "\u221e"


def unit_frame(carried: Carried, found: Norms, lang: str) -> pd.DataFrame:
    """Return every unit of the level: whether it has a station that serves, the nearest one, a candidate."""
    weight = carried.found.asked.weight
    units = found.units.units if found.units is not None else ()
    return pd.DataFrame([_unit(unit, weight, lang) for unit in units])


def alone_frame(found: Norms, lang: str) -> pd.DataFrame:
    """Return what each kind and each service alone covers within the first reach."""
    rows = [_alone(label(KINDS[code], lang), total) for code, total in found.by_kind.items()]
    rows += [_alone(label(SERVICES[code], lang), total) for code, total in found.by_service.items()]
    return pd.DataFrame(rows)


def spacing_frame(carried: Carried, found: Norms) -> pd.DataFrame:
    """Return neighbouring stations farther apart than the rule allows, and stations nearer than they should be."""
    weight = carried.found.asked.weight
    names = dict(zip(carried.inputs.supply.ids.tolist(), carried.inputs.supply.names.tolist(), strict=True))
    told: list[Stretch | Overlap] = [*(found.spacing.stretches if found.spacing is not None else ()), *found.overlaps]
    pairs = [(each.first, each.second, each.metres, each.weights[weight]) for each in told]
    return pd.DataFrame(
        [
            {"first": names[first], "second": names[second], "apart_m": metres, "demand": people}
            for first, second, metres, people in pairs
        ]
    )


def evenness_frame(carried: Carried, found: Norms, lang: str) -> pd.DataFrame:
    """Return how evenly access is spread, by area and by weight, and for all; what is infinite is a sign, no number."""
    areas = carried.inputs.areas
    names = {area.adcode: area.name for area in areas.areas} if areas is not None else {}
    rows = [(weight_words(each.label, lang), each) for each in found.groups.rows]
    if found.areas is not None:
        rows += [(names.get(each.label) or each.label or tell("in no area", lang), each) for each in found.areas.rows]
        rows.append((tell("all together", lang), found.areas.whole))
    return pd.DataFrame([_evenness(name, each) for name, each in rows if each.people > 0])


def _unit(unit: Unit, weight: str, lang: str) -> dict[str, Any]:
    return {
        "adcode": unit.adcode,
        "name": unit.name,
        "quota": tell(QUOTAS[unit.quota], lang),
        "serving": unit.stations[Why.SERVES],
        "unsure": unit.stations[Why.UNKNOWN],
        "demand": unit.weights[weight],
        **_near("serving", unit.serving),
        **_near("host", unit.host),
    }


def _near(what: str, near: Near | None) -> dict[str, Any]:
    told = (None, None) if near is None else (near.name or near.id, near.metres)
    return dict(zip((f"{what}_name", f"{what}_m"), told, strict=True))


def _alone(name: str, total: Total) -> dict[str, Any]:
    low, high = total.share or (None, None)
    return {
        "name": name,
        "served_lower": total.lower,
        "served_upper": total.upper,
        "demand": total.demand,
        "share_lower": low,
        "share_upper": high,
    }


def _evenness(name: str, row: Unevenness) -> dict[str, Any]:
    measures = {"gini": row.gini, "palma": row.palma, "theil_t": row.theil_t, "theil_l": row.theil_l}
    signs = {key: _INFINITE if value is not None and math.isinf(value) else value for key, value in measures.items()}
    return {"name": name, "demand": row.people, "unserved": row.unserved, "mean": row.mean, **signs}
