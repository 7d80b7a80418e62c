"""finder.memo: what was worked out before is kept, and never more of it than was said; and the finder's examples hold."""

import doctest
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationmap.finder.memo import Pages, Recent


@pytest.mark.parametrize("name", ["bundle", "clusters", "index", "memo", "places", "roll"])
def test_examples_hold(name):
    done = doctest.testmod(import_module(f"stationmap.finder.{name}"))
    assert done.attempted > 0
    assert done.failed == 0


@given(
    most=st.integers(1, 6),
    asked=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3)), max_size=40),
)
def test_pages_keep_what_they_were_given_and_no_more_than_they_may(most, asked):
    pages = Pages(most)
    for key, number in asked:
        page = pages.page(key)
        assert page.get(number, (key, number)) == (key, number)
        assert pages.keep(page, number, (key, number)) == (key, number)
        assert sum(1 + len(each) for each in pages._pages.values()) <= most + 1


def test_all_that_is_recent_is_told_while_another_thread_keeps_more():
    recent, busy = Recent(4), False

    class Key(int):
        """A key that is compared in Python, where the interpreter may go on with another thread."""

        def __eq__(self, other):
            if busy:
                recent.keep("more", "more")
            return int(self) == int(other)

        __hash__ = int.__hash__

    for number in range(5):
        recent.keep(Key(number), number)
    assert recent[Key(1)] == 1, "it is kept in both generations from now on"
    busy = True
    assert sorted(recent.all()) == [0, 1, 2, 3, 4]
