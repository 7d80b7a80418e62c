"""Lists of candidate hosts on their way in: Amap's lists of Shanghai, OSM tags, and what is peculiar to hosts."""

from collections import Counter
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest

from stationmap.errors import InvalidValue
from stationmap.files.read import read
from stationmap.files.table import Table
from stationmap.geo.areas import AreaTree, areas_from_features
from stationmap.register.hosts import read_hosts
from stationmap.register.identity import Identities, KnownRecord
from stationmap.schema.faults import Severity
from stationmap.schema.records import Basis


def table(columns: str, *rows: tuple[object, ...]) -> Table:
    names = tuple(columns.split())
    return Table(
        name="网点",
        columns=names,
        cells=pd.DataFrame([list(row) for row in rows], columns=list(names), dtype=object),
        row_numbers=np.arange(2, len(rows) + 2, dtype=np.int64),
        geometry=None,
        crs="",
        notes=(),
        source="网点.csv",
        sha256="",
        encoding="utf-8",
    )


def test_a_row_becomes_a_host_with_its_type() -> None:
    made = table(
        "name address adname pname type tel 营业时间 lon lat",
        (
            "建设银行人民路支行",
            "人民路1号",
            "二七区",
            "河南省",
            "金融保险服务;银行;中国建设银行",
            "95533",
            "09:00-17:00",
            113.65,
            34.75,
        ),
    )
    (host,) = read_hosts(made, datum="wgs84").hosts
    assert (host.name, host.host_type, host.type_text) == (
        "建设银行人民路支行",
        "bank",
        "金融保险服务;银行;中国建设银行",
    )
    assert (host.address, host.area_name, host.phone, host.hours.osm) == ("人民路1号", "二七区", "95533", "09:00-17:00")
    assert host.location is not None
    assert host.provenance.basis is Basis.FOUND


def test_the_type_comes_from_the_column_then_the_name_then_the_default() -> None:
    made = table(
        "名称 地址 类型", ("甲店", "一", "药房"), ("乙大药房", "二", ""), ("丙", "三", ""), ("丁", "四", "风景名胜")
    )
    found = [host.host_type for host in read_hosts(made, datum=None).hosts]
    assert found == ["pharmacy", "pharmacy", "", "other"]
    given = [host.host_type for host in read_hosts(made, datum=None, default_type="shop").hosts]
    assert given == ["pharmacy", "pharmacy", "shop", "shop"]
    with pytest.raises(InvalidValue):
        read_hosts(made, datum=None, default_type="castle")


def test_osm_tags_are_types() -> None:
    made = table("name amenity shop", ("A", "fuel", None), ("B", None, "bakery"), ("C", "fountain", None))
    hosts = read_hosts(made, datum=None).hosts
    assert [(host.host_type, host.type_text) for host in hosts] == [
        ("petrol_station", "amenity=fuel"),
        ("shop", "shop=bakery"),
        ("other", "amenity=fountain"),
    ]


def test_stops_of_one_name_on_both_sides_of_a_street_stay_two() -> None:
    rows = [("城隍庙(公交站)", "932路", 121.4887, 31.2315), ("城隍庙(公交站)", "932路", 121.4887, 31.2311)]
    result = read_hosts(table("name address lon lat", *rows), datum="wgs84")
    assert len({host.id for host in result.hosts}) == 2
    assert [(duplicate.row, duplicate.other_row) for duplicate in result.duplicates] == [(3, 2)]


@pytest.mark.real
def test_all_of_shanghais_lists_go_in_with_the_datum_proved(real_data: Path) -> None:
    frame = geopandas.read_file(real_data / "china_admin_datav" / "province" / "310000.json")
    shanghai = AreaTree(areas_from_features(frame, datum="gcj02"))
    types: Counter[str] = Counter()
    rows = 0
    for path in sorted((real_data / "shanghai_amap_poi").glob("*.csv")):
        result = read_hosts(read(path), datum=None, areas=shanghai)
        assert (result.datum, result.rejected, result.unlocated, result.generated) == ("wgs84", (), 0, 0)
        assert result.rows == result.accepted
        assert len({host.id for host in result.hosts}) == result.accepted
        assert sum(host.adcode.startswith("310") for host in result.hosts) > 0.98 * result.rows
        types.update(host.host_type for host in result.hosts)
        rows += result.rows
    assert rows == 48_030
    assert types["school"] > 12_000
    assert types["transport_station"] == 10_635
    assert types[""] + types["other"] == 0


@pytest.mark.real
def test_a_list_of_shanghai_again_finds_every_host(real_data: Path) -> None:
    bus = read(real_data / "shanghai_amap_poi" / "shanghai_bus.csv")
    first = read_hosts(bus, datum="wgs84").hosts
    known = Identities(
        KnownRecord(h.id, h.name, h.address, h.area_name, "", "", h.location.lon, h.location.lat)
        for h in first
        if h.location
    )
    assert read_hosts(bus, datum="wgs84", known=known).hosts == first


@pytest.mark.real
def test_named_places_of_an_osm_extract_go_in_and_nameless_ones_are_told(real_data: Path) -> None:
    extract = read(real_data / "osm_population_r5r" / "poa" / "poa_osm.pbf", layer="amenity;shop")
    result = read_hosts(extract, datum=None)
    assert result.datum == "wgs84"
    assert result.accepted == extract.cells["name"].notna().sum() > 40
    assert {fault.column for fault in result.faults if fault.severity is Severity.ERROR} == {"name"}
    types = {host.type_text: host.host_type for host in result.hosts}
    assert types["amenity=fuel"] == "petrol_station"
    assert types["amenity=bank"] == "bank"
    assert all(host.list_key.startswith(("node/", "way/", "relation/")) for host in result.hosts)
