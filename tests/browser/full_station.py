"""One station of which everything is known, put beside those of the town: hours of services, events, notices, photos.

``full`` stands 900 m north of the corner; ``branch`` belongs to it. Noon is that of the town: Friday 2026-10-09, the day
after the National Day holiday; Saturday 2026-10-10 is a make-up working day.
"""

import io
from datetime import UTC, date, datetime
from pathlib import Path

from PIL import Image, ImageDraw

from stationmap.files.photo import reencode
from stationmap.register.desk.events import Event
from stationmap.register.ledger import Ledger
from stationmap.schema.records import Answer, Basis, Hours, Makeup, Provenance, Service
from tests.browser import town

LISTED = Provenance(Basis.FOUND, "市总工会名单", date(2026, 9, 1))
SEEN = Provenance(Basis.FOUND, "实地核实", date(2026, 10, 7))
_HOURS = "周一至周五 8:30-17:30，周六 9:00-12:00，法定节假日休息"


def picture(width_px: int = 640, height_px: int = 480) -> bytes:
    """Return a plain JPEG that may be published."""
    image = Image.new("RGB", (width_px, height_px), "#8fb3d9")
    pen = ImageDraw.Draw(image)
    pen.rectangle((width_px // 4, height_px // 3, width_px * 3 // 4, height_px), fill="#d9b38f")
    out = io.BytesIO()
    image.save(out, "JPEG")
    return reencode(out.getvalue())


STATION = town.station(
    "full",
    "中山路户外劳动者驿站",
    9,
    "",
    Service("hot_water", Answer.YES, provenance=LISTED),
    Service("microwave", Answer.YES, hours_text="11:00-13:30", hours_osm="11:00-13:30", provenance=SEEN),
    Service("phone_charging", Answer.YES, provenance=LISTED),
    Service("air_conditioning", Answer.YES, outage_until=date(2026, 10, 20), provenance=LISTED),
    Service("toilet", Answer.YES, nearby_m=120.0, provenance=LISTED),
    Service("shower", Answer.NO, provenance=LISTED),
    Service("first_aid", Answer.YES, provenance=Provenance(Basis.INFERRED, "同类站点")),
    hours=Hours(
        text=_HOURS,
        osm="Mo-Fr 08:30-17:30; Sa 09:00-12:00; PH off",
        makeup=Makeup.WORK,
        provenance=LISTED,
    ),
    address="小城西区中山路9号（工商银行旁）",
    area_name="西区",
    kinds=("rest_station", "book_corner"),
    access=("open_door", "ask_staff"),
    members_only=Answer.NO,
    floor="一楼临街",
    serves="户外劳动者",
    host_type="bank",
    host_name="工商银行中山路支行",
    phone="12351",
    seats=12,
    area_m2=30.0,
    note="门口可停电动车",
    confirmed_on=date(2026, 9, 27),
    confirmed_by="西区总工会",
    list_name="市总工会名单",
    provenance=LISTED,
)
BRANCH = town.station("branch", "中山路小站", 10, "24/7", parent_id="full")
EVENTS = (
    Event("", "full", "读书会", text="自带杯子", hours_text="每周三 14:00-16:00", source="工会通知"),
    Event("", "full", "义诊", first=date(2026, 10, 15), last=date(2026, 10, 15), hours_text="上午"),
    Event("", "full", "去年的活动", first=date(2025, 10, 1), last=date(2025, 10, 2)),
)


def build(file: Path) -> Path:
    """Make the ledger of the town with the full station, its events, a closing notice, a photo and confirmations."""
    town.build(file)
    with Ledger.open(file) as ledger:
        ledger.put([STATION, BRANCH], actor="小王", reason="建站")
        ledger.events.put(EVENTS, "小王", "活动")
        ledger.notices.put(
            "10月19日停电检修，当天关闭。",
            text_en="Closed on 19 October: power works.",
            starts_at=datetime(2026, 10, 18, 16, tzinfo=UTC),
            ends_at=datetime(2026, 10, 19, 16, tzinfo=UTC),
            actor="小王",
            station_id="full",
            closes=True,
        )
        ledger.photos.add(
            "full", picture(), actor="小王", caption="门口", taken_on=date(2026, 9, 27), source="西区总工会"
        )
        for number in range(5):
            ledger.confirmations.confirm("full", day=date(2026, 10, 6), token=f"seen-{number}")
    return file
