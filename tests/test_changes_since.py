"""Changes since a revision: a copy that follows them holds what the register holds, whatever happens and however it asks."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.register import changes as module
from stationmap.register.changes import BeginAgain, Head
from stationmap.register.ledger import Ledger
from stationmap.schema.records import Basis, Host, Provenance, Station

WHO = {"actor": "李", "reason": "test"}


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "ledger.sqlite") as ledger:
        yield ledger


def station(key, name="甲", basis=Basis.FOUND, **facts):
    return Station(id=key, name=name, provenance=Provenance(basis), **facts)


def changes(ledger, revision, limit=100, **more):
    return [tuple(change) for change in ledger.changes_since(revision, limit, **more).changes]


def test_the_latest_change_of_each_station_by_revision_and_id(ledger):
    ledger.put([station("b"), station("a"), station("c")], **WHO)
    ledger.put([station("a", "乙")], **WHO)
    ledger.put_hosts([Host(id="h", name="银行")], **WHO)
    ledger.remove(["b"], **WHO)
    every = ledger.changes_since(0, 10)
    assert (every.complete, every.changes) == (True, [("c", 1, False), ("a", 2, False), ("b", 4, True)])
    assert every.head == (4, ledger.log(1)[0].at.isoformat(timespec="milliseconds"))
    assert changes(ledger, 1) == [("a", 2, False), ("b", 4, True)]
    assert changes(ledger, 2) == changes(ledger, 3) == [("b", 4, True)]
    assert changes(ledger, 4) == []
    assert ledger.changes_since(4, 10).complete


def test_an_empty_ledger_has_none(ledger):
    none = ledger.changes_since(0, 10)
    assert (none.head, none.complete, none.changes) == ((0, ""), True, [])
    assert ledger.changes_since(0, 10, known=none.head) == none


def test_it_goes_on_within_a_revision(ledger):
    ledger.put([station(key) for key in "abcde"], **WHO)
    first = ledger.changes_since(0, 2)
    assert ([change.id for change in first.changes], first.complete) == (["a", "b"], False)
    second = ledger.changes_since(1, 2, after_id="b")
    assert ([change.id for change in second.changes], second.complete) == (["c", "d"], False)
    third = ledger.changes_since(1, 2, after_id="d")
    assert (third.changes, third.complete) == ([("e", 1, False)], True)
    assert ledger.changes_since(0, 5).complete


def test_restored_ones_come_back_and_discarded_ones_are_tombstones(ledger):
    ledger.put([station("a"), station("f", fictional=True)], **WHO)
    ledger.remove(["a"], **WHO)
    ledger.restore(["a"], **WHO)
    ledger.discard_fictional(**WHO)
    assert changes(ledger, 0) == [("a", 3, False), ("f", 4, True)]


def test_a_generated_record_never_appears_and_one_that_became_real_does(ledger):
    ledger.put([station("g", basis=Basis.GENERATED), station("h", basis=Basis.GENERATED, fictional=True)], **WHO)
    ledger.put([station("g", "乙", basis=Basis.GENERATED)], **WHO)
    ledger.discard_fictional(**WHO)
    assert changes(ledger, 0) == []
    ledger.put([station("g", "丙")], **WHO)
    assert changes(ledger, 0) == [("g", 4, False)]
    ledger.put([station("g", "丁", basis=Basis.GENERATED)], replace=True, **WHO)
    assert changes(ledger, 0) == [("g", 5, True)]


def test_reports_and_confirmations_are_no_changes_and_accepted_reports_are(ledger):
    from datetime import UTC, date, datetime

    from stationmap.register.desk.reports import NewReport, ReportKind

    ledger.put([station("a")], **WHO)
    ledger.reports.submit(NewReport("a", ReportKind.CLOSED), at=datetime(2026, 11, 20, tzinfo=UTC))
    ledger.confirmations.confirm("a", day=date(2026, 11, 20), token="t")
    assert changes(ledger, 1) == []
    ledger.reports.accept(1, actor="王")
    assert changes(ledger, 1) == [("a", 2, True)]


@pytest.mark.parametrize("revision", [-1, 2])
def test_a_revision_that_never_was_is_told(ledger, revision):
    ledger.put([station("a")], **WHO)
    with pytest.raises(BeginAgain, match=r"stands at revision 1, -?\d is none that it had. Begin again from 0"):
        ledger.changes_since(revision, 10)


def test_another_revision_of_the_same_number_is_told(ledger):
    ledger.put([station("a")], **WHO)
    ledger.put([station("a", "乙")], **WHO)
    known = ledger.changes_since(0, 10).head
    assert changes(ledger, 2, known=known) == []
    with pytest.raises(BeginAgain, match="its revision 2 is another than yours"):
        ledger.changes_since(2, 10, known=Head(2, "2026-11-20T00:00:00.000+00:00"))
    for never in (Head(3, known.at), Head(-1, ""), Head(10**30, "")):
        with pytest.raises(BeginAgain, match="is none that it had"):
            ledger.changes_since(0, 10, known=never)


STEPS = st.lists(
    st.tuples(st.sampled_from(["put", "made up", "remove", "restore", "discard", "follow"]), st.sampled_from("abcdef")),
    max_size=14,
)


@given(steps=STEPS, limit=st.integers(1, 4), page=st.sampled_from([1, 2, 1000]))
@settings(max_examples=60, deadline=None)
def test_a_copy_that_follows_holds_what_counts(tmp_path_factory, steps, limit, page):
    copy: dict[str, int] = {}
    where = 0
    with pytest.MonkeyPatch.context() as patch, Ledger.open(tmp_path_factory.mktemp("c") / "x.sqlite") as ledger:
        patch.setattr(module, "_AT_ONCE", max(page, 2))
        for number, (step, key) in enumerate([*steps, ("follow", "a")]):
            there = {record.id for record in ledger.records(generated=True, removed=True)}
            if step in ("put", "made up"):
                basis = Basis.FOUND if step == "put" else Basis.GENERATED
                ledger.put([station(key, str(number), basis, fictional=key < "c")], replace=number % 2 == 0, **WHO)
            elif step == "discard":
                ledger.discard_fictional(**WHO)
            elif step == "follow":
                where = follow(ledger, copy, where, limit)
            elif key in there:
                (ledger.remove if step == "remove" else ledger.restore)([key], **WHO)
        assert copy == {record.id: record.revision for record in ledger.records()}
        assert where == ledger.revision()


def follow(ledger, copy, revision, limit):
    """Bring a copy (id -> revision) up to date, a few changes at a time; return where it stands then."""
    after = ""
    while True:
        some = ledger.changes_since(revision, limit, after_id=after)
        assert len(some.changes) <= limit
        for change in some.changes:
            if change.removed:
                copy.pop(change.id, None)
            else:
                copy[change.id] = change.revision
        if some.complete:
            return some.head.revision
        revision, after = some.changes[-1].revision, some.changes[-1].id
