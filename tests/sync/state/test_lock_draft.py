from __future__ import annotations

from pathlib import Path

from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.model.plan import Action
from revox_sync.sync.state.journal import Intent
from revox_sync.sync.state.journal_file import JournalFile
from revox_sync.sync.state.lock_draft import LockDraft
from revox_sync.sync.state.recorder import StateRecorder
from tests.call_counts import call_counts


def entry(number: int) -> LockEntry:
    return LockEntry(f"asst_{number}", f"A{number}", {})


def draft(**entries: LockEntry) -> LockDraft:
    return LockDraft(Lock("test", "http://127.0.0.1/api", "org_1", entries))


def test_nothing_is_changed_by_what_is_there() -> None:
    former = Lock("test", "http://127.0.0.1/api", "org_1", {"a": entry(1)})
    made = LockDraft(former)
    made.put("a", entry(1), "org_2", "b")
    made.remove("c")
    assert (made.changed, made.lock()) == (False, former)


def test_a_lock_is_not_changed_by_what_comes_after_it() -> None:
    former = {"a": entry(1)}
    made = draft(**former)
    before = made.lock()
    made.put("b", entry(2), None)
    made.remove("a")
    assert (made.changed, dict(before.entries), dict(made.lock().entries)) == (True, former, {"b": entry(2)})
    assert former == {"a": entry(1)}


def test_an_organisation_alone_is_a_change() -> None:
    made = LockDraft(Lock("test", "http://127.0.0.1/api", None, {"a": entry(1)}))
    made.put("a", entry(1), None)
    assert not made.changed
    made.put("a", entry(1), "org_1")
    assert (made.changed, made.lock().organization_id) == (True, "org_1")


def test_ids_are_those_of_the_entries_by_now() -> None:
    made = draft(a=entry(1), b=entry(2))
    made.put("a", entry(3), None)
    made.put("c", entry(2), None, "b")
    assert made.ids == {"asst_2", "asst_3"}
    assert [made.holds(f"asst_{number}") for number in (1, 2, 3, 4)] == [False, True, True, False]
    made.remove("c")
    assert not made.holds("asst_2")


def test_an_id_that_two_entries_have_stays_until_both_are_gone() -> None:
    """Git may have merged a lock so."""
    made = draft(a=entry(1), b=entry(1))
    assert (made.holds("asst_1", beside="a"), made.holds("asst_1", beside="x")) == (True, True)
    made.remove("a")
    assert (made.holds("asst_1"), made.holds("asst_1", beside="b")) == (True, False)
    made.remove("b")
    assert not made.holds("asst_1")


def test_many_changes_do_not_copy_the_lock(tmp_path: Path) -> None:
    """A lock of 10,000 assistants would be copied 10,000 times."""
    recorder = StateRecorder(draft().lock(), lambda _: None, JournalFile(tmp_path / "j"))

    def apply() -> None:
        recorder.prepare()
        for number in range(20):
            intent = recorder.begin(Intent(f"a{number}", Action.CREATE, f"A{number}", 0.0))
            assert not recorder.holds(f"asst_{number}")
            recorder.done(intent, entry(number))
        recorder.finish()

    found = call_counts(apply)
    assert (found["LockDraft.put"], found["LockDraft.lock"], found["LockDraft.ids.<genexpr>"]) == (20, 2, 0)
