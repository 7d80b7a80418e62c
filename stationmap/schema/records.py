"""One station as a record: every fact that may be doubted carries its provenance."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Basis(StrEnum):
    """How a fact came to be known. Only ``found`` facts decide a state or answer a need."""

    FOUND = "found"
    INFERRED = "inferred"
    GENERATED = "generated"


class Answer(StrEnum):
    """Yes, no, or not known; never turned into one another."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Makeup(StrEnum):
    """What a station does on a make-up working day (调休上班日)."""

    WORK = "work"
    WEEKEND = "weekend"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a fact comes from: basis, source in words, and the date it was so."""

    basis: Basis = Basis.FOUND
    source: str = ""
    asof: date | None = None


@dataclass(frozen=True, slots=True)
class Location:
    """Where a station stands: WGS 84 degrees, and the coordinates as received with their datum beside them."""

    lon: float
    lat: float
    received_x: float
    received_y: float
    received_datum: str
    provenance: Provenance = field(default_factory=Provenance)


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours: the text as listed, its OSM form, what was not read, and the make-up day habit.

    ``uncertain`` is true when an unread part may change the hours: then they decide no state.
    """

    text: str = ""
    osm: str = ""
    unread: tuple[str, ...] = ()
    uncertain: bool = False
    makeup: Makeup = Makeup.UNKNOWN
    provenance: Provenance = field(default_factory=Provenance)


@dataclass(frozen=True, slots=True)
class Service:
    """One service of a station: yes, no or unknown, perhaps with hours of its own, nearby, or out of order.

    ``code`` is a code of :data:`stationmap.schema.vocabulary.SERVICES`; ``nearby_m`` is None when it is on the
    spot; ``outage_until`` is the last day of an outage.
    """

    code: str
    answer: Answer
    hours_text: str = ""
    hours_osm: str = ""
    nearby_m: float | None = None
    outage_until: date | None = None
    provenance: Provenance = field(default_factory=Provenance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """One position as the register knows it; None and "" mean not known.

    ``kinds``, ``access`` hold codes of the vocabulary. ``location`` is None for an unlocated record: it is kept and
    listed, but stands on no map. ``fictional`` marks records of the sample city.
    """

    id: str
    name: str
    address: str = ""
    area_name: str = ""
    adcode: str = ""
    kinds: tuple[str, ...] = ()
    location: Location | None = None
    hours: Hours = field(default_factory=Hours)
    services: tuple[Service, ...] = ()
    access: tuple[str, ...] = ()
    members_only: Answer = Answer.UNKNOWN
    floor: str = ""
    serves: str = ""
    host_type: str = ""
    host_name: str = ""
    build_mode: str = ""
    phone: str = ""
    seats: int | None = None
    area_m2: float | None = None
    parent_id: str = ""
    note: str = ""
    timezone: str = "Asia/Shanghai"
    fictional: bool = False
    confirmed_on: date | None = None
    confirmed_by: str = ""
    list_name: str = ""
    list_key: str = ""
    provenance: Provenance = field(default_factory=Provenance)
    removed: bool = False
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A place that might host a station: a bank, a shop, a petrol station."""

    id: str
    name: str
    host_type: str = ""
    type_text: str = ""
    address: str = ""
    area_name: str = ""
    adcode: str = ""
    location: Location | None = None
    phone: str = ""
    hours: Hours = field(default_factory=Hours)
    fictional: bool = False
    list_name: str = ""
    list_key: str = ""
    provenance: Provenance = field(default_factory=Provenance)
    removed: bool = False
    revision: int = 0
