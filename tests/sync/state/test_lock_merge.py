"""What becomes of each address, by what both sides did to it."""

from __future__ import annotations

import pytest

from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.state.lock_merge import merge_locks

OLD, NEW, EDITED = (LockEntry("asst_1", name, {}) for name in ("old", "new", "edited"))
OTHER = LockEntry("asst_2", "other", {})


def lock(organization_id: str | None = "org_1", **entries: LockEntry | None) -> Lock:
    return Lock("test", "https://x/api", organization_id, {key: each for key, each in entries.items() if each})


@pytest.mark.parametrize(
    ("base", "own", "current", "merged"),
    [
        (OLD, OLD, OLD, OLD),
        (OLD, OLD, None, None),
        (OLD, OLD, OTHER, OTHER),
        (OLD, NEW, OLD, NEW),
        (OLD, NEW, EDITED, NEW),
        (OLD, NEW, None, NEW),
        (None, NEW, None, NEW),
        (None, NEW, NEW, NEW),
        (OLD, None, OLD, None),
        (OLD, None, EDITED, None),
        (OLD, None, None, None),
        (OLD, None, OTHER, OTHER),
    ],
)
def test_an_address(
    base: LockEntry | None, own: LockEntry | None, current: LockEntry | None, merged: LockEntry | None
) -> None:
    theirs = LockEntry("asst_9", "theirs", {})
    found = merge_locks(lock(a=base), lock(a=own), lock(a=current, theirs=theirs))
    assert (found.lock, found.left_out) == (lock(a=merged, theirs=theirs), ())


def test_an_address_that_has_another_id_by_now() -> None:
    found = merge_locks(lock(), lock(a=NEW), lock(a=OTHER))
    assert (found.lock, found.left_out) == (lock(a=OTHER), ("`a` is asst_2 in it by now, not asst_1",))


def test_an_assistant_that_was_created_again_has_its_new_id() -> None:
    assert merge_locks(lock(a=OLD), lock(a=OTHER), lock(a=OLD)) == (lock(a=OTHER), ())


def test_an_id_that_has_another_address_by_now() -> None:
    found = merge_locks(lock(a=OLD), lock(a=NEW), lock(b=OLD))
    assert (found.lock, found.left_out) == (lock(b=OLD), ("asst_1 is `b` in it by now, not `a`",))


def test_what_cannot_be_taken_over_leaves_what_is_there() -> None:
    found = merge_locks(lock(a=OLD), lock(a=OTHER), lock(a=OLD, b=OTHER))
    assert found == (lock(a=OLD, b=OTHER), ("asst_2 is `b` in it by now, not `a`",))


def test_an_entry_that_moved() -> None:
    assert merge_locks(lock(a=OLD), lock(b=NEW), lock(a=OLD, c=OTHER)) == (lock(b=NEW, c=OTHER), ())


def test_the_organisation_is_kept_or_learnt() -> None:
    assert merge_locks(lock(None), lock("org_2", a=NEW), lock(None)).lock == lock("org_2", a=NEW)
    assert merge_locks(lock(None), lock("org_2", a=NEW), lock("org_1")).lock == lock("org_1", a=NEW)
