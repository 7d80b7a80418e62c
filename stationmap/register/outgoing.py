"""The register as a list that a clerk can open, mend and send back: the columns are those that the intake finds."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from stationmap.catalogue import label
from stationmap.schema.records import Answer, Basis, Hours, Makeup, Service, Station
from stationmap.schema.vocabulary import ACCESS_MODES, BUILD_MODES, HOST_TYPES, KINDS, SERVICES, Vocabulary

if TYPE_CHECKING:
    import geopandas

Cell = str | int | float | None
SEPARATOR = "|"
_PLACE = (("经度", "longitude"), ("纬度", "latitude"))


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the list: its heading in each language and what stands in it."""

    zh: str
    en: str
    cell: Callable[[Station, str], Cell]


def _words(vocabulary: Vocabulary, codes: Sequence[str], lang: str) -> str:
    return SEPARATOR.join(label(vocabulary[code], lang) for code in codes if code in vocabulary)


def _hours(hours: Hours, basis: tuple[Basis, ...]) -> str:
    return (hours.text or hours.osm) if hours.provenance.basis in basis else ""


_MAKEUP: Mapping[Makeup, Mapping[str, str]] = {
    Makeup.WORK: {"zh": "上班", "en": "work"},
    Makeup.WEEKEND: {"zh": "休息", "en": "weekend"},
    Makeup.UNKNOWN: {"zh": "", "en": ""},
}
_ANSWER: Mapping[Answer, Mapping[str, str]] = {
    Answer.YES: {"zh": "是", "en": "yes"},
    Answer.NO: {"zh": "否", "en": "no"},
    Answer.UNKNOWN: {"zh": "", "en": ""},
}
_DOUBTFUL = (Basis.INFERRED, Basis.GENERATED)


def service_text(service: Service, lang: str) -> str:
    """Return one service as lists write it: 无厕所, 热水(8:00-17:00), 厕所(附近200米), 微波炉(维修中至2026-12-01).

    An answer that is unknown has no word in a list: it is left out, as unknown as before.
    """
    word = label(SERVICES[service.code], lang)
    if service.answer is Answer.UNKNOWN:
        return ""
    if service.answer is Answer.NO:
        return f"无{word}" if lang == "zh" else f"no {word}"
    remarks = []
    if service.hours_text or service.hours_osm:
        remarks.append(service.hours_text or service.hours_osm)
    if service.nearby_m is not None:
        remarks.append(f"附近{service.nearby_m:g}米" if lang == "zh" else f"nearby {service.nearby_m:g} m")
    if service.outage_until is not None:
        until = service.outage_until.isoformat()
        remarks.append(f"维修中至{until}" if lang == "zh" else f"out of order until {until}")
    return word + "".join(f"({remark})" for remark in remarks)


def _services(station: Station, basis: tuple[Basis, ...], lang: str) -> str:
    texts = [service_text(one, lang) for one in station.services if one.provenance.basis in basis]
    return SEPARATOR.join(text for text in texts if text)


COLUMNS: tuple[Column, ...] = (
    Column("编号", "id", lambda s, _: s.id),
    Column("名称", "name", lambda s, _: s.name),
    Column("类型", "kind", lambda s, lang: _words(KINDS, s.kinds, lang) if lang == "zh" else SEPARATOR.join(s.kinds)),
    Column("地址", "address", lambda s, _: s.address),
    Column("所属区", "district", lambda s, _: s.area_name),
    Column("经度", "longitude", lambda s, _: round(s.location.lon, 7) if s.location else None),
    Column("纬度", "latitude", lambda s, _: round(s.location.lat, 7) if s.location else None),
    Column("坐标系", "datum", lambda s, _: "WGS84" if s.location else ""),
    Column("坐标来源", "coord_source", lambda s, _: s.location.provenance.source if s.location else ""),
    Column("开放时间", "opening_hours", lambda s, _: _hours(s.hours, (Basis.FOUND,))),
    Column("开放时间(推断)", "opening_hours_inferred", lambda s, _: _hours(s.hours, _DOUBTFUL)),
    Column("调休上班日", "makeup", lambda s, lang: _MAKEUP[s.hours.makeup][lang]),
    Column("服务", "services", lambda s, lang: _services(s, (Basis.FOUND,), lang)),
    Column("服务(推断)", "services_inferred", lambda s, lang: _services(s, _DOUBTFUL, lang)),
    Column("进入方式", "access", lambda s, lang: _words(ACCESS_MODES, s.access, lang)),
    Column("仅限会员", "members_only", lambda s, lang: _ANSWER[s.members_only][lang]),
    Column("楼层", "floor", lambda s, _: s.floor),
    Column("服务对象", "serves", lambda s, _: s.serves),
    Column("托管单位类型", "host_type", lambda s, lang: _words(HOST_TYPES, [s.host_type], lang)),
    Column("托管单位", "host_name", lambda s, _: s.host_name),
    Column("建设方式", "build_mode", lambda s, lang: _words(BUILD_MODES, [s.build_mode], lang)),
    Column("电话", "phone", lambda s, _: s.phone),
    Column("座位数", "seats", lambda s, _: s.seats),
    Column("面积", "area_m2", lambda s, _: s.area_m2),
    Column("核实日期", "confirmed_on", lambda s, _: s.confirmed_on.isoformat() if s.confirmed_on else ""),
    Column("核实人", "confirmed_by", lambda s, _: s.confirmed_by),
    Column("数据来源", "source", lambda s, _: s.provenance.source),
    Column("备注", "note", lambda s, _: s.note),
)


def station_frame(stations: Iterable[Station], lang: str) -> pd.DataFrame:
    """Return stations as a list, WGS 84, one row each in the order given.

    Parameters
    ----------
    stations : iterable of Station
        The records.
    lang : str
        ``zh`` or ``en``: headings and vocabulary; both are found again by the intake.

    Returns
    -------
    pandas.DataFrame
        One column for each of :data:`COLUMNS`; a cell that is not known is None.
    """
    records = list(stations)
    return pd.DataFrame(
        {
            (column.zh if lang == "zh" else column.en): pd.Series(
                [cell if (cell := column.cell(record, lang)) != "" else None for record in records], dtype=object
            )
            for column in COLUMNS
        }
    )


def open_frame(stations: Iterable[Station], lang: str) -> pd.DataFrame:
    """Return stations as a list to give away: without who confirmed them, and with a mark on those that do not exist.

    Parameters and answer as :func:`station_frame`; the last column says yes for the sample city.
    """
    records = list(stations)
    frame = station_frame(records, lang).drop(columns=["核实人" if lang == "zh" else "confirmed_by"])
    mark = _ANSWER[Answer.YES][lang]
    frame["虚构" if lang == "zh" else "fictional"] = [mark if record.fictional else None for record in records]
    return frame


def as_layer(frame: pd.DataFrame) -> "geopandas.GeoDataFrame":
    """Return a list as a layer of points, WGS 84; a row without a place has no point."""
    import geopandas

    lon, lat = (frame[next(name for name in names if name in frame)].astype(float) for names in _PLACE)
    points = geopandas.GeoSeries(geopandas.points_from_xy(lon, lat), index=frame.index, crs="EPSG:4326")
    return geopandas.GeoDataFrame(frame, geometry=points.where(lon.notna(), None))


def host_frame(hosts: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return candidate hosts as a list, WGS 84, in the order given; the intake finds its columns again.

    Parameters
    ----------
    hosts : pandas.DataFrame
        As :meth:`stationmap.register.ledger.Ledger.hosts` returns them.
    lang : str
        ``zh`` or ``en``.
    """
    found = hosts["hours_basis"] == Basis.FOUND.value
    columns = {
        ("编号", "id"): hosts["id"],
        ("名称", "name"): hosts["name"],
        ("类型", "type"): hosts["host_type"].map(lambda code: _words(HOST_TYPES, [code], lang)),
        ("地址", "address"): hosts["address"],
        ("所属区", "district"): hosts["area_name"],
        ("经度", "longitude"): hosts["lon"].round(7),
        ("纬度", "latitude"): hosts["lat"].round(7),
        ("坐标系", "datum"): hosts["lon"].notna().map({True: "WGS84", False: ""}),
        ("开放时间", "opening_hours"): hosts["hours_text"].where(found, ""),
        ("电话", "phone"): hosts["phone"],
    }
    frame = pd.DataFrame({(zh if lang == "zh" else en): cells for (zh, en), cells in columns.items()}).astype(object)
    return frame.mask(frame.isna() | (frame == ""), None)
