"""What the lock holds after a pull."""

from __future__ import annotations

from typing import Any

from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.pulling.lock_entry import pulled_entry, pulled_lock
from revox_sync.sync.remote_state.match import Match, MatchKind
from revox_sync.values.pointer import Pointer
from tests.sync.pulling.test_field_groups import BODY, ROOT, entry_of, remote


def remembered(
    file: dict[str, Any], server: dict[str, Any], before: LockEntry | None, *pulled: Pointer
) -> LockEntry | None:
    match = Match("a", MatchKind.LOCKED if before else MatchKind.ADOPTED, remote(server), before)
    return pulled_entry(wrap_schema_secrets(file, ROOT), match, remote(server), pulled)


def test_pulled_leaves_get_digests_and_others_keep_theirs() -> None:
    before = entry_of(BODY)
    file = BODY | {"prompt": "T", "first_sentence": "Mine"}
    after = remembered(file, BODY | {"prompt": "T"}, before, ("prompt",))
    assert after is not None
    assert {each for each in after.leaves if after.leaves[each] != before.leaves[each]} == {("prompt",)}
    assert after.leaves.keys() == before.leaves.keys()
    assert after.leaves["prompt",] == entry_of(BODY | {"prompt": "T"}).leaves["prompt",]


def test_leaves_that_went_are_forgotten() -> None:
    after = remembered({"name": "A", "prompt": "Hi"}, BODY | {"voice": None}, entry_of(BODY), ("voice",))
    assert after is not None
    assert {pointer[0] for pointer in after.leaves} == {"name", "prompt", "first_sentence", "voicemail_message"}


def test_an_empty_mapping_that_got_keys_is_no_leaf_any_more() -> None:
    before = entry_of(BODY | {"voice": {}})
    after = remembered(BODY, BODY, before, ("voice", "id"))
    assert after is not None
    assert ("voice",) not in after.leaves
    assert ("voice", "id") in after.leaves


def test_a_pulled_name_is_remembered() -> None:
    after = remembered(BODY | {"name": "B"}, BODY | {"name": "B"}, entry_of(BODY), ("name",))
    assert after is not None
    assert after.name == "B"
    mine = remembered(BODY | {"name": "Mine", "prompt": "T"}, BODY | {"prompt": "T"}, entry_of(BODY), ("prompt",))
    assert mine is not None
    assert mine.name == "A"


def test_nothing_pulled_nothing_remembered() -> None:
    assert remembered(BODY, BODY | {"prompt": "T"}, entry_of(BODY)) is None


def test_an_assistant_gets_its_first_entry_when_nothing_differs() -> None:
    assert remembered(BODY, BODY, None) == entry_of(BODY)
    assert remembered(BODY, BODY | {"prompt": "T"}, None) is None
    outdated = LockEntry("asst_1", "A", {}, outdated=True)
    assert remembered(BODY, BODY, outdated) == entry_of(BODY)
    assert remembered(BODY, BODY | {"prompt": "T"}, outdated, ("voice",)) is None


def test_the_lock_follows_a_moved_file() -> None:
    entry = entry_of(BODY)
    lock = Lock("test", "https://api.example", None, {"old": entry, "other": entry})
    matches = [Match("new", MatchKind.MOVED, remote(BODY), entry, "old"), Match("other", MatchKind.LOCKED)]
    after = pulled_lock(lock, "org", matches, {"new": entry})
    assert (sorted(after.entries), after.organization_id) == (["new", "other"], "org")
    assert pulled_lock(lock, "org", matches, {}) is lock
