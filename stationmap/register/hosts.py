"""A list of places that might host a station (banks, shops, petrol stations …) on its way in."""

from collections.abc import Mapping, Sequence

from stationmap.files.table import Table
from stationmap.geo.areas import AreaTree
from stationmap.register.identity import Identities
from stationmap.register.intake import Intake, summed_up
from stationmap.register.lists import cells, kinds
from stationmap.register.lists.entry import Entry, Settled, enter, settle
from stationmap.register.lists.facts import tags_of
from stationmap.schema.records import Host
from stationmap.schema.vocabulary import HOST_TYPES, require

_OTHER = "other"


def read_hosts(
    table: Table,
    *,
    datum: str | None,
    column_map: Mapping[str, str] | None = None,
    default_type: str | None = None,
    areas: AreaTree | None = None,
    known: Identities | None = None,
    list_name: str = "",
    source: str = "",
    fictional: bool = False,
    keep_generated: bool = True,
) -> Intake:
    """Read a list of candidate hosts.

    The type is the most specific word of the type column that names one (Amap's levels
    ``餐饮服务;中餐厅;火锅店`` run from wide to narrow, OSM tags are ``amenity=bank``), else the last one
    that the name speaks of, else ``default_type``; ``other`` where a type is given that names none. The
    text of the type is kept.

    Parameters
    ----------
    table : Table
        As it was read.
    default_type : str, optional
        Type of the rows that speak of none.
    datum, column_map, areas, known, list_name, source, fictional, keep_generated
        As for :func:`stationmap.register.intake.read_stations`, which tells what is raised too.
    """
    default = require(HOST_TYPES, default_type, "host type").code if default_type else ""
    entry = enter(
        table,
        datum=datum,
        column_map=column_map or {},
        areas=areas,
        list_name=list_name,
        source=source,
        fictional=fictional,
    )
    texts = _type_texts(entry)
    types = _types(entry, texts, default)
    nothing: list[tuple[str, ...]] = [()] * len(entry.names)
    settled = settle(entry, nothing, known=known or Identities(), list_name=list_name, fictional=fictional)
    phones = entry.sheet.texts("phone")
    hosts = [
        _host(entry, settled, n, types[i], texts[i], phones[i], fictional)
        for n, i in enumerate(settled.rows)
        if keep_generated or not entry.generated[i]
    ]
    return summed_up(entry, settled, hosts=hosts)


def _type_texts(entry: Entry) -> list[str]:
    sheet = entry.sheet
    texts = [kind or host for kind, host in zip(sheet.texts("kind"), sheet.texts("host_type"), strict=True)]
    return [text or "|".join(tags) for text, tags in zip(texts, tags_of(sheet), strict=True)]


def _types(entry: Entry, texts: Sequence[str], default: str) -> list[str]:
    by_text = cells.each(texts, kinds.host_of_type)
    return [
        by_text[i] or kinds.host_of_place(entry.names[i]) or default or (_OTHER if text else "")
        for i, text in enumerate(texts)
    ]


def _host(entry: Entry, settled: Settled, n: int, host_type: str, type_text: str, phone: str, fictional: bool) -> Host:
    i, record = settled.rows[n], settled.records[n]
    return Host(
        id=record.id,
        name=record.name,
        host_type=host_type,
        type_text=type_text,
        address=record.address,
        area_name=record.area_name,
        adcode=entry.places.adcode[i],
        location=entry.locations[i],
        phone=phone,
        hours=entry.hours[i],
        fictional=fictional,
        list_name=record.list_name,
        list_key=record.list_key,
        provenance=entry.provenance[i],
        removed=entry.removed[i],
    )
