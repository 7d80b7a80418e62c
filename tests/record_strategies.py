"""Records of every shape for hypothesis: all that the schema allows, likely values more often than odd ones."""

from datetime import date

from hypothesis import strategies as st

from stationmap.schema.records import Answer, Basis, Host, Hours, Location, Makeup, Provenance, Service, Station
from stationmap.schema.vocabulary import ACCESS_MODES, HOST_TYPES, KINDS, SERVICES

DAYS = st.dates(date(2020, 1, 1), date(2027, 12, 31))
WORDS = st.just("") | st.sampled_from(["二七区", "爱心驿站", "大学路1号", "0371-1", "a | b", "'; --", "“引”\n\t"])
TEXTS = WORDS | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
METRES = st.floats(0, 1e6)
PROVENANCES = st.builds(
    Provenance, st.sampled_from(Basis), st.sampled_from(["", "甲.xlsx", "乙.csv"]), st.none() | DAYS
)
LOCATIONS = st.builds(
    Location,
    lon=st.floats(-180, 180),
    lat=st.floats(-90, 90),
    received_x=st.floats(-2e7, 2e7),
    received_y=st.floats(-2e7, 2e7),
    received_datum=st.sampled_from(["wgs84", "gcj02", "bd09", "bd09mc"]),
    provenance=PROVENANCES,
)
HOURS = st.builds(
    Hours,
    text=TEXTS,
    osm=st.sampled_from(["", "24/7", "Mo-Fr 08:00-17:00"]),
    unread=st.lists(TEXTS, max_size=2).map(tuple),
    uncertain=st.booleans(),
    makeup=st.sampled_from(Makeup),
    provenance=PROVENANCES,
)


def _codes(vocabulary, most=3):
    return st.lists(st.sampled_from(sorted(vocabulary)), unique=True, max_size=most).map(tuple)


@st.composite
def _services(draw):
    """Return services in the order the ledger keeps them in: by code, none twice."""
    return tuple(
        draw(
            st.builds(
                Service,
                code=st.just(code),
                answer=st.sampled_from(Answer),
                hours_text=TEXTS,
                hours_osm=st.sampled_from(["", "Mo-Fr 11:00-13:00"]),
                nearby_m=st.none() | METRES,
                outage_until=st.none() | DAYS,
                provenance=PROVENANCES,
            )
        )
        for code in sorted(draw(_codes(dict.fromkeys(list(SERVICES)[:6]))))
    )


def stations(key="s1", **given):
    """Return a strategy for stations of one id."""
    facts = {
        **dict.fromkeys(("name", "address", "area_name", "adcode", "floor", "serves", "host_name", "phone"), TEXTS),
        **dict.fromkeys(("build_mode", "parent_id", "note", "confirmed_by", "list_name", "list_key"), TEXTS),
        "kinds": _codes(KINDS),
        "access": _codes(ACCESS_MODES),
        "location": st.none() | LOCATIONS,
        "hours": HOURS,
        "services": _services(),
        "members_only": st.sampled_from(Answer),
        "host_type": st.sampled_from(["", *HOST_TYPES]),
        "seats": st.none() | st.integers(0, 500),
        "area_m2": st.none() | METRES,
        "timezone": st.sampled_from(["Asia/Shanghai", "Asia/Urumqi", "Europe/Paris"]),
        "fictional": st.booleans(),
        "confirmed_on": st.none() | DAYS,
        "provenance": PROVENANCES,
        "removed": st.booleans(),
    }
    return st.builds(Station, id=st.just(key), **{**facts, **given})


def hosts(key="h1", **given):
    """Return a strategy for hosts of one id."""
    facts = {
        **dict.fromkeys(("name", "type_text", "address", "area_name", "adcode", "phone"), TEXTS),
        **dict.fromkeys(("list_name", "list_key"), TEXTS),
        "host_type": st.sampled_from(["", *HOST_TYPES]),
        "location": st.none() | LOCATIONS,
        "hours": HOURS,
        "fictional": st.booleans(),
        "provenance": PROVENANCES,
        "removed": st.booleans(),
    }
    return st.builds(Host, id=st.just(key), **{**facts, **given})
