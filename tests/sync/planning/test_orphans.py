"""What no server can provoke; the rest is in tests/cli/commands/test_apply_prune.py."""

from __future__ import annotations

from typing import Any

import pytest

from revox_sync.config import SafetyOptions
from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.field_diff import impact_of, lost_changes
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.comparing.verify_response import entry_in_sync
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.model.plan import PlanOptions
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.planning.orphans import OverLimitError, plan_orphans, why_not_allowed
from revox_sync.sync.remote_state.fetch import State
from revox_sync.sync.remote_state.match import Matches
from revox_sync.sync.state.lock_file import lock_digest
from revox_sync.values.address import EVERYTHING
from revox_sync.values.secret import MASK, Secret
from tests.sync.situations import Situation, declared, held

NODE = assistant_node()
MANY = [f"a{number:02}" for number in range(20)]


@pytest.mark.parametrize(
    ("deletes", "recreated", "limit"), [([], [], 0), (["a"], [], 1), ([], ["a"], 1), (["a"], ["b"], 2), (["a"], [], 9)]
)
def test_what_is_allowed(deletes: list[str], recreated: list[str], limit: int) -> None:
    assert why_not_allowed(deletes, recreated, limit) is None


@pytest.mark.parametrize(
    ("deletes", "recreated", "limit", "message"),
    [
        (["a"], [], 0, "the plan would delete 1 (`a`); the limit is 0"),
        ([], ["a"], 0, "the plan would create 1 again (`a`); the limit is 0"),
        (["a", "b"], ["c"], 2, "the plan would delete 2 (`a`, `b`) and create 1 again (`c`), 3 in all; the limit is 2"),
        (MANY, [], 5, "`a07` and 12 more); the limit is 5"),
        (MANY[:9], [], 5, "`a07` and 1 more); the limit is 5"),
        (MANY[:8], [], 5, "`a07`); the limit is 5"),
    ],
)
def test_what_is_too_much(deletes: list[str], recreated: list[str], limit: int, message: str) -> None:
    refusal = why_not_allowed(deletes, recreated, limit)
    assert refusal is not None
    assert message in refusal.message
    number = len(deletes) + len(recreated)
    assert refusal.hint == (
        f"`--max-deletes {number}` allows it this time, `safety.max_deletes` in revox-sync.yaml always"
    )


def lost(server: dict[str, Any], declared: dict[str, Any] | None) -> dict[str, Any]:
    """Values by path of what goes with a server's object, `...` for a secret; `declared` None: no digests."""
    remote = Remote("asst_1", "A", wrap_schema_secrets(server, NODE))
    entry = LockEntry("asst_1", "A", {}, outdated=True)
    if declared is not None:
        entry = entry_in_sync({"name": "A", **wrap_schema_secrets(declared, NODE)}, remote, None)
    return {each.path: ... if each.sensitive else each.before for each in lost_changes(remote.value, entry, NODE)}


FAQ = [{"question": "q", "answer": "canary"}]
HIDDEN = [{"question": "q", "answer": Secret("canary", "A")}]
MASKED = [{"question": "q", "answer": MASK}]
OTHER = {"question": "r", "answer": "said in the open"}
CUSTOM = {"type": "custom", "api_key": "canary"}
HEADERS = [{"name": "t", "headers": [{"key": "k", "value": "canary"}]}]


@pytest.mark.parametrize(
    ("server", "declared", "expected"),
    [
        ({"prompt": "x", "id": "asst_1", "updated_at": "now"}, {"prompt": "x"}, {"prompt": "x"}),
        ({"prompt": "x", "voice": {"id": "v", "speed": None}}, {}, {"prompt": "x", "voice.id": "v"}),
        ({"sms_enabled": False, "prompt": None, "faq_items": []}, {}, {}),
        ({"unheard_of": 1}, {}, {}),
        ({"llm_model": CUSTOM}, {}, {"llm_model.type": "custom", "llm_model.api_key": ...}),
        ({"webhook_url": "canary"}, {"webhook_url": Secret("canary", "HOOK")}, {"webhook_url": ...}),
        ({"webhook_url": "https://open"}, {"webhook_url": "https://open"}, {"webhook_url": "https://open"}),
        ({"faq_items": FAQ}, {"faq_items": FAQ}, {"faq_items": FAQ}),
        ({"faq_items": FAQ}, {"faq_items": HIDDEN}, {"faq_items": MASKED}),
        ({"faq_items": [*FAQ, OTHER]}, {"faq_items": [*HIDDEN, OTHER]}, {"faq_items": [*MASKED, OTHER]}),
        ({"prompt": "x"}, None, {"prompt": ...}),
    ],
)
def test_what_is_lost(server: dict[str, Any], declared: dict[str, Any] | None, expected: dict[str, Any]) -> None:
    assert lost(server, declared) == expected


def test_secrets_inside_a_list_are_masked() -> None:
    assert "canary" not in repr(lost({"custom_tools": HEADERS}, {"custom_tools": HEADERS}))


TEN = "one two three four five six seven eight nine ten"
NAME = "Front desk Paris"


def renamed(prompt: str, name: str, *, entry: str = "Was", remote: str = "Is") -> bool:
    """Whether a new file is said to be perhaps the assistant whose file is gone."""
    made = Situation()
    made.new("new", declared(name, prompt=prompt))
    made.known("other", declared("Other", prompt=TEN), held(2, name="Other", prompt=TEN), declared("Other", prompt=TEN))
    old = made.orphan("old", held(1, name=remote, prompt=TEN), declared(entry, prompt=TEN))
    notes = made.plan(old).notes
    assert [note for note in notes if note.startswith("other is new")] == []
    return any(note.startswith("new is new and old has no file any more") for note in notes)


@pytest.mark.parametrize(
    ("prompt", "name", "entry", "remote", "told"),
    [
        ("one two three four five six seven eight IX X", "Unlike", "Was", "Is", True),
        ("one two three four five six seven VIII IX X", "Unlike", "Was", "Is", False),
        ("ten nine eight seven six five four three two one", "Unlike", "Was", "Is", True),
        ("another text", f"{NAME}.", NAME, "Is", True),
        ("another text", f"{NAME}.", "Was", NAME, True),
        ("another text", NAME[:5], "Was", "Is", False),
        ("", "Unlike", "Was", "Is", False),
    ],
)
def test_a_new_file_may_be_one_that_was_moved_and_renamed(
    prompt: str, name: str, entry: str, remote: str, *, told: bool
) -> None:
    assert renamed(prompt, name, entry=entry, remote=remote) is told


def test_nobody_without_a_prompt_is_like_another_one() -> None:
    made = Situation()
    made.new("new", {"name": "Unlike"})
    bare = Remote("asst_0001", "Is", {"id": "asst_0001", "name": "Is"})
    notes = made.plan(made.orphan("old", bare, {"name": "Was"})).notes
    assert [note for note in notes if note.startswith("new is new")] == []


def test_a_file_with_the_name_of_another_entry_is_told() -> None:
    made = Situation()
    made.new("new", declared("Old name"))
    made.known("kept", declared("New name"), held(1, name="Old name"), declared("Old name"))
    made.orphan("kept", held(1, name="Old name"), declared("Old name"))
    notes = made.plan("kept").notes
    assert [note for note in notes if note.startswith("new has the name that the lock holds for kept")] != []


def test_what_is_deleted_is_heard_no_more() -> None:
    made = Situation()
    old = made.orphan("old", held(1), declared("Assistant 1"))
    (change,) = made.plan(old, prune=True, max_deletes=1).changes
    assert change.impact == impact_of(change.before)
    assert change.impact


def test_too_much_is_shown_with_everything_that_was_to_be_known() -> None:
    made = Situation()
    gone = [made.orphan(f"old{each}", held(each, prompt="edited"), declared(f"Assistant {each}")) for each in range(9)]
    with pytest.raises(OverLimitError) as caught:
        made.plan(*gone, prune=True, max_deletes=3)
    first, *others = caught.value.plan.notes
    assert first.endswith("nothing of this plan can be applied")
    assert sum("was edited outside since it was last applied" in note for note in others) == 9


@pytest.mark.parametrize(("number", "shown"), [(8, "`a07`)"), (9, "`a07` and 1 more)")])
def test_files_whose_name_cannot_be_read_keep_what_has_no_file(number: int, shown: str) -> None:
    lock = Lock("production", "https://www.getrevox.com/api", "org_1", {"old": LockEntry("asst_0001", "A", {})})
    state = State(
        *("org_1", Matches((), ("old",)), lock, lock_digest(lock)),
        orphans={"old": held(1)},
        unread=tuple(MANY[:number]),
    )
    prune = plan_orphans(state, PlanOptions(prune=True), SafetyOptions(), EVERYTHING)
    (refusal,) = prune.refused
    assert f"{shown}; mend them first" in refusal.reason
    assert prune.deletes == []
