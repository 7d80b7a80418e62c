"""The OSM grammar of opening hours, read: normal forms, what is refused and how it is said, and two laws."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.catalogue import sentences, tell
from stationmap.errors import InvalidValue, Message
from stationmap.hours.expression import UnreadableHours, UnsupportedHours, parse
from stationmap.hours.tokens import LONGEST
from tests.hours_expressions import expressions

PIECES = ("Mo", "Fr", "-", ",", ";", "||", "+", "/", "[", "]", "(", ")", ":", "1", "2", "10", "24/7", "10:00", "17:00")
PIECES += (
    "2026",
    "Feb",
    "easter",
    "week",
    "PH",
    "SH",
    "off",
    "open",
    "unknown",
    "day",
    '"x"',
    "5pm",
    "～",
    "sunset",
    ".",
)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Mo-Fr 08:30-11:30,13:30-17:00; PH off", "Mo-Fr 08:30-11:30,13:30-17:00; PH off"),
        ("mo-fr 8:30-11:30, 13:30-17:00;ph closed;", "Mo-Fr 08:30-11:30,13:30-17:00; PH off"),
        ("Ｍo－Ｆr ８：３０－１７：００", None),
        ("Mo—Fr ８：３０～１７：００；Sa　off", "Mo-Fr 08:30-17:00; Sa off"),
        ("24/7", "24/7"),
        ("open", "24/7"),
        ("Mo,We 24/7", "Mo,We"),
        ("off", "off"),
        ("Mo 20:00-02:00", "Mo 20:00-02:00"),
        ("Mo 20:00-26:00", "Mo 20:00-02:00"),
        ("Mo 00:00-26:00", "Mo 00:00-26:00"),
        ("10-12,13.30-5pm", "10:00-12:00,13:30-17:00"),
        ("12am-12:30pm", "00:00-12:30"),
        ("Mo 12:00-14:00 16:00-18:00", "Mo 12:00-14:00,16:00-18:00"),
        ("17:00+", "17:00+"),
        ("11:00-14:00+", "11:00-14:00+"),
        ('Sa "by appointment"', 'Sa unknown "by appointment"'),
        ("Mo-Fr unknown; PH off", "Mo-Fr unknown; PH off"),
        ("Off 14:00-16:00", "14:00-16:00 off"),
        ("Mo-Fr 10:00-16:00 open, 19:30-21:00", "Mo-Fr 10:00-16:00 open, 19:30-21:00"),
        ("Mo-Fr 10:00-16:00, We 12:00-18:00", "Mo-Fr 10:00-16:00, We 12:00-18:00"),
        ("Mo-Fr 08:00-11:00 || Th 12:00-13:00", "Mo-Fr 08:00-11:00 || Th 12:00-13:00"),
        ("Monday and Friday 9 to 5pm", "Mo,Fr 09:00-17:00"),
        ("PH,Sa,Su 10:00-16:00", "PH,Sa,Su 10:00-16:00"),
        (",Mo 10:00-12:00; , Tu 9-10;;", "Mo 10:00-12:00; Tu 09:00-10:00"),
        ("PH: Mo-Fr 10:00-16:00", "PH Mo-Fr 10:00-16:00"),
        ("PH-1day 10:00-16:00", "PH -1 day 10:00-16:00"),
        ("Su[-1] +2 days", "Su[-1] +2 days"),
        ("We[1-2,-1] 10:00-12:00", "We[1],We[2],We[-1] 10:00-12:00"),
        ("2026 Feb 16-2026 Feb 20 off", "2026 Feb 16-20 off"),
        ("2026 Dec 30-Jan 02 off", "2026 Dec 30-2027 Jan 02 off"),
        ("Dec 24-26,31 off", "Dec 24-26,Dec 31 off"),
        ("Nov-Feb 00-24", "Nov-Feb 00:00-24:00"),
        ("Jun 01-Sep 30: Mo-Fr 07:00-19:00", "Jun 01-Sep 30 Mo-Fr 07:00-19:00"),
        ("Aug: Su[-1] +1 day", "Aug: Su[-1] +1 day"),
        ("Aug Su[-1] +1 day", "Aug Su[-1] +1 day"),
        ("Jan Su[2]-Jan 15", "Jan Su[2]-Jan 15"),
        ("2025,2027-2031/2,2040+ Jan 01", "2025,2027-2031/2,2040+ Jan 01"),
        ("2026 Nov 11+ off", "2026 Nov 11+ off"),
        ("week 01-53/2 We; week 2,week 4 Th", "week 01-53/2 We; week 02,04 Th"),
        ("easter -2 days-easter +1 day off", "easter -2 days-easter +1 day off"),
        ("Jan-Feb Jan 09-15", "Jan-Feb Jan 09-15"),
        ('"summer": Jun-Aug 08:00-20:00 open', 'Jun-Aug 08:00-20:00 open "summer"'),
    ],
)
def test_normal_form(text: str, normal: str | None) -> None:
    if normal is None:
        with pytest.raises(UnreadableHours):
            parse(text)
        return
    assert str(parse(text)) == normal
    assert parse(normal) == parse(text)
    assert hash(parse(normal)) == hash(parse(text))


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("", "", "no hours are given"),
        (" ; ", "", "no hours are given"),
        ("Mo-Fr 25:00-26:00", "25:00-26:00", "a span must begin before 24:00"),
        ("Mo-Fr 09:61-17:00", "09:61-17:00", "09:61 is no time of day"),
        ("09:00-49:00", "49:00", "49:00 is no time of day"),
        ("9-99", "99", "99 is no time of day"),
        ("13pm-15:00", "13pm-15:00", "13pm is no time of day"),
        ("0900-1700", "0900-1700", "0900 is no year; write a time as 09:00"),
        ("Mo-Fr 09:00-", "", "the end of the span is missing"),
        ("Mo-", "", "a weekday is missing after -"),
        ("Mo-Fr 09:00-17:00 Sa 10:00-12:00", "Sa 10:00-12:00", "a ; is missing before it"),
        ("Mo-Fr, 09:00-17:00", "09:00-17:00", "a list of days cannot go on with it"),
        ("weekdays 09:00-17:00", "weekdays 09:00-17:00", "the grammar has no word “weekdays”"),
        ("周一 09:00-17:00", "周一 09:00-17:00", "the grammar has no word “周一”"),
        ("Mo-Fr 09:00-17:00 😀", "😀", "this sign is not of the grammar"),
        ('Mo "never closed', '"never closed', "this sign is not of the grammar"),
        ("Feb 30 off", "30 off", "the month has no day 30"),
        ("Feb 20-10 off", "Feb 20-10 off", "the days run backwards"),
        ("2027-2026 off", "2027-2026 off", "the years run backwards"),
        ("2026 Feb 01-2025 Mar 01", "2026 Feb 01-2025 Mar", "the dates run backwards"),
        ("Feb 01-2025 Mar 01", "Feb 01-2025 Mar 01", "the first date needs a year as well"),
        ("week 54", "54", "weeks run from 01 to 53, steps from 2 to 26"),
        ("week 40-30", "40-30", "weeks run from 01 to 53, steps from 2 to 26"),
        ("Mo[6]", "6]", "a month has weekdays 1 to 5, or -1 to -5 from its end"),
        ("Mo[1 10:00-12:00", "10:00-12:00", "a ] is missing"),
        ("PH +400 days", "400 days", "days may be moved by 366 at most"),
        ("10:00-12:00 ||", "", "a rule is missing after ||"),
        ("Jan 01-31/0", "0", "a step must be 1 or more"),
    ],
)
def test_what_cannot_be_read_is_quoted_with_its_remedy(text: str, place: str, problem: str) -> None:
    with pytest.raises(UnreadableHours) as caught:
        parse(text)
    values = caught.value.message.values
    assert values.get("place", "") == place
    assert str(values["problem"]) == problem
    assert text in str(caught.value)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Mo-Fr 09:00-17:00; SH off", "SH off"),
        ("sunrise-sunset", "sunrise-sunset"),
        ("Mo 10:00-dusk", "dusk"),
        ("Mo 12:00,15:00", "12:00,15:00"),
        ("10:00-16:00/90", "10:00-16:00/90"),
        ("Nov 11+ off", "Nov 11+ off"),
    ],
)
def test_what_is_of_the_grammar_but_not_evaluated_says_so(text: str, place: str) -> None:
    with pytest.raises(UnsupportedHours) as caught:
        parse(text)
    assert caught.value.message.values["place"] == place


def test_a_text_without_end_is_refused() -> None:
    with pytest.raises(UnreadableHours, match=str(LONGEST)):
        parse("Mo 10:00-12:00; " * 300)


def test_every_refusal_is_told_in_chinese() -> None:
    for text in ("Mo 12:61-13:00", "SH off", "Mo-", "2026 Feb 30", "Mo[9]", "x", "Mo-Fr, 10:00-12:00", "week 60"):
        with pytest.raises(InvalidValue) as caught:
            parse(text)
        message = caught.value.message
        problem = message.values["problem"]
        assert isinstance(problem, Message)
        assert message.text in sentences("zh")
        assert problem.text in sentences("zh")
        assert tell(message, "zh") != str(message)


@given(expressions(longest=2880))
@settings(max_examples=300)
def test_the_normal_form_reads_as_the_same_hours(text: str) -> None:
    expression = parse(text)
    assert parse(str(expression)) == expression
    assert str(parse(str(expression))) == str(expression)


@given(
    st.one_of(
        st.text(max_size=40),
        st.lists(
            st.sampled_from(PIECES),
            max_size=14,
        ).map(" ".join),
    )
)
@settings(max_examples=500)
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    said = ""
    try:
        expression = parse(text)
    except InvalidValue as refusal:
        said = str(refusal)
    else:
        said = str(expression)
        assert parse(said) == expression
    assert said
