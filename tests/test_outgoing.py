"""The list that goes out is the list that comes in: a round trip through the intake loses nothing it carries."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from stationmap.files.read import read
from stationmap.files.write import write
from stationmap.register.identity import Identities, KnownRecord
from stationmap.register.intake import read_stations
from stationmap.register.outgoing import COLUMNS, service_text, station_frame
from stationmap.schema.records import Answer, Basis, Hours, Location, Makeup, Provenance, Service, Station

INFERRED = Provenance(Basis.INFERRED, "worked out")
FULL = Station(
    id="0123456789",
    name="暖心驿站(东门)",
    address="东门路1号",
    area_name="东城区",
    kinds=("rest_station", "book_corner"),
    location=Location(116.4166, 39.9286, 116.4166, 39.9286, "wgs84"),
    hours=Hours(text="周一至周五 9:00-17:00", osm="Mo-Fr 09:00-17:00", makeup=Makeup.WORK),
    services=(
        Service("hot_water", Answer.YES, hours_text="8:00-17:00", hours_osm="08:00-17:00"),
        Service("toilet", Answer.YES, nearby_m=200),
        Service("microwave", Answer.YES, outage_until=date(2026, 12, 1)),
        Service("shower", Answer.NO),
        Service("seats", Answer.YES),
        Service("wifi", Answer.YES, provenance=INFERRED),
    ),
    access=("qr_code",),
    members_only=Answer.NO,
    floor="1楼",
    serves="户外劳动者",
    host_type="bank",
    host_name="云渡银行",
    build_mode="hosted",
    phone="0990-1234567",
    seats=6,
    area_m2=12.5,
    confirmed_on=date(2026, 10, 1),
    note="门口有坡道",
)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_full_record_comes_back_whole(tmp_path: pytest.TempPathFactory, lang: str, suffix: str) -> None:
    path = tmp_path / f"list.{suffix}"  # type: ignore[operator]
    write(station_frame([FULL], lang), path)
    known = Identities(
        [KnownRecord(FULL.id, FULL.name, FULL.address, FULL.area_name, "", "", 116.4166, 39.9286, False)]
    )
    result = read_stations(read(path), datum="wgs84", known=known)
    assert [str(fault.message) for fault in result.faults] == []
    (back,) = result.stations
    same = ("id", "name", "address", "area_name", "kinds", "access", "members_only", "floor", "serves", "host_type",
            "host_name", "build_mode", "phone", "seats", "area_m2", "confirmed_on", "note")  # fmt: skip
    assert {name: getattr(back, name) for name in same} == {name: getattr(FULL, name) for name in same}
    assert (back.hours.osm, back.hours.makeup) == (FULL.hours.osm, FULL.hours.makeup)

    def plain(services: tuple[Service, ...]) -> list[Service]:
        bare = [replace(s, provenance=Provenance(s.provenance.basis)) for s in services]
        return sorted(bare, key=lambda service: service.code)

    assert plain(back.services) == plain(FULL.services)


def test_headings_are_told_apart() -> None:
    for headings in ([c.zh for c in COLUMNS], [c.en for c in COLUMNS]):
        assert len(set(headings)) == len(headings)


def test_an_unknown_answer_has_no_word() -> None:
    assert service_text(Service("toilet", Answer.UNKNOWN), "zh") == ""


def test_no_station_gives_an_empty_list_with_its_headings() -> None:
    frame = station_frame([], "zh")
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == [c.zh for c in COLUMNS]
