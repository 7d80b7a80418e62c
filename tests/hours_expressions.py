"""Random opening hours for the laws of the hours tests: expressions of the OSM grammar, without public holidays."""

from hypothesis import strategies as st

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

weekday = st.sampled_from(WEEKDAYS)
month = st.sampled_from(MONTHS)
monthday = st.builds("{} {:02}".format, month, st.integers(1, 28))
nth = st.sampled_from((1, 2, 3, 4, 5, -1, -2))


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def spans(longest: int = 1440) -> st.SearchStrategy[str]:
    """Return spans that end within so many minutes after midnight; over 1440 they run past midnight."""
    start = st.integers(0, 285).map(lambda fives: fives * 5)
    return start.flatmap(
        lambda begin: st.integers(begin + 5, min(longest, begin + 1435)).map(lambda end: f"{clock(begin)}-{clock(end)}")
    )


weekday_selector = st.one_of(
    st.builds("{}-{}".format, weekday, weekday),
    st.lists(weekday, min_size=1, max_size=3, unique=True).map(",".join),
    st.builds("{}[{}]".format, weekday, nth),
    st.builds("{}[{}] {:+d} days".format, weekday, st.sampled_from((1, 2, 3, 4, -1)), st.integers(2, 6)),
)
date_selector = st.one_of(
    month,
    st.builds("{}-{}".format, month, month),
    monthday,
    st.builds("{}-{}".format, monthday, monthday),
    st.builds("{} {}-{} {}".format, st.just(2025), monthday, st.just(2026), monthday),
    st.builds("week {:02}-{:02}".format, st.integers(1, 26), st.integers(27, 53)),
    st.builds("{}-{}".format, st.integers(2023, 2025), st.integers(2026, 2027)),
)


def rules(longest: int = 1440) -> st.SearchStrategy[str]:
    times = st.lists(spans(longest), min_size=1, max_size=2).map(",".join)
    parts = st.tuples(
        st.one_of(st.just(""), st.just(""), date_selector),
        st.one_of(st.just(""), weekday_selector),
        st.one_of(times, times, times, st.just("")),
        st.sampled_from(("", "", "", "open", "off", "unknown")),
    )
    return parts.map(lambda words: " ".join(filter(None, words)) or "24/7")


@st.composite
def expressions(draw: st.DrawFn, longest: int = 1440, most: int = 4) -> str:
    """Draw up to ``most`` rules; an added rule (``,``) follows only one with times or a state."""
    text = draw(rules(longest))
    for _ in range(draw(st.integers(0, most - 1))):
        closed_list = text.split("; ")[-1].split(", ")[-1][-1:].isdigit() and ":" in text[-6:]
        joint = draw(st.sampled_from(("; ", ", "))) if closed_list else "; "
        text += joint + draw(rules(longest))
    return text
