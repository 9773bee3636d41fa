"""Saved plans as text; the rest is in tests/cli/commands/test_show.py."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import blake2b
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from revox_sync.errors import RefusedError, UsageError
from revox_sync.sync.model.lock import Confirmed, LeafRecord, LockEntry, Sent, Tokens
from revox_sync.sync.model.plan import Action, Change, Plan
from revox_sync.sync.planning.saved_plan import (
    dump_plan,
    load_plan,
    plan_digest,
    secret_addresses,
    with_secrets,
)
from revox_sync.sync.planning.saved_plan_model import decode_value
from revox_sync.values.secret import Secret
from tests.account import SCHEMAS
from tests.sync.situations import PLANS, create
from tools.make_schemas import generated

SCHEMA = json.loads((SCHEMAS / "saved-plan.schema.json").read_text("utf-8"))


def unsecret(plan: Plan) -> Plan:
    """The plan with its secrets unknown, as a file keeps it."""
    return load_plan(dump_plan(plan), "plan.json")


@pytest.mark.parametrize("name", PLANS)
def test_what_was_saved_is_loaded(name: str) -> None:
    plan = PLANS[name]()
    text = dump_plan(plan)
    Draft202012Validator(SCHEMA).validate(json.loads(text))
    loaded = load_plan(text, "plan.json")
    assert dump_plan(loaded) == text
    assert plan_digest(loaded) == plan_digest(plan) == json.loads(text)["digest"]
    declared = {each.address: each.declared for each in plan.changes}
    assert [each.declared for each in with_secrets(loaded, declared).pending] == [
        each.declared for each in plan.pending
    ]


RECORDS: dict[str, LeafRecord | None] = {
    "prompt": Confirmed("0" * 32, "1" * 32),
    "first_sentence": Confirmed(None, "1" * 32),
    "sms_template": Confirmed("0" * 32, "1" * 32, "unset"),
    "voicemail_message": Sent(("2" * 32, "absent"), "unset", None, answered=False),
    "end_of_call_sentence": Sent(("2" * 32,), "3" * 32, "t1", answered=True),
    "webhook_url": None,
}


@pytest.mark.parametrize("tokens", [Tokens(), Tokens("t1"), Tokens("t2", ("t1", "t0"))])
def test_what_the_lock_is_to_remember_is_saved(tokens: Tokens) -> None:
    entry = LockEntry("asst_1", "A", {(key,): record for key, record in RECORDS.items()}, tokens=tokens)
    value = {"name": "A"}
    change = Change("a", "A", "asst_1", Action.NOOP, declared=value, fingerprint="f", token=tokens.last, entry=entry)
    plan = replace(create(), changes=(change,))
    text = dump_plan(plan)
    Draft202012Validator(SCHEMA).validate(json.loads(text))
    (loaded,) = load_plan(text, "plan.json").changes
    assert (loaded.entry, loaded.token) == (entry, tokens.last)


@pytest.mark.parametrize(
    "record",
    [["0"], ["0", None], ["0", "1", None], ["0", "1", "2", "3"], {"sent": ["0"]}, {"sent": [], "before": "0"}, 1, "0"],
)
def test_what_is_no_record_of_a_leaf_is_refused(record: Any) -> None:
    entry = {"id": "asst_1", "leaves": {"/prompt": record}, "name": "A"}
    changes = [json.loads(dump_plan(create()))["changes"][0] | {"entry": entry}]
    with pytest.raises(UsageError, match="is no saved plan of this revox-sync"):
        load_plan(signed(changes=changes), "plan.json")


@pytest.mark.parametrize("version", [1, 3, True, 2.0, "2", None])
def test_a_saved_plan_of_another_version_is_refused(version: Any) -> None:
    with pytest.raises(UsageError, match=r"is a saved plan of version .*, not 2"):
        load_plan(signed(version=version), "plan.json")


def test_the_schema_on_disk_is_generated() -> None:
    assert generated()["saved-plan.schema.json"] == (SCHEMAS / "saved-plan.schema.json").read_text("utf-8")


def test_every_byte_counts() -> None:
    text = dump_plan(create())
    for place in range(0, len(text), 97):
        letter = "x" if text[place] != "x" else "y"
        with pytest.raises((RefusedError, UsageError)):
            load_plan(text[:place] + letter + text[place + 1 :], "plan.json")


def test_everything_is_in_the_digest() -> None:
    plan = create()
    others = [
        replace(plan, environment="other"),
        replace(plan, base_url="https://other"),
        replace(plan, organization_id=None),
        replace(plan, lock_digest="0"),
        replace(plan, lock_forgotten=True),
        replace(plan, notes=("new",)),
        replace(plan, options=replace(plan.options, recreate=True)),
        replace(plan, tool="0"),
    ]
    assert len({plan_digest(each) for each in (plan, *others)}) == len(others) + 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"$secret": "K"}, Secret(None, "K")),
        ({"$secret": None}, Secret(None, None)),
        ({"$secret": 1}, {"$secret": 1}),
        ({"$secret": "K", "more": 1}, {"$secret": "K", "more": 1}),
        ([{"a": {"$secret": "K"}}], [{"a": Secret(None, "K")}]),
        (1.0, 1.0),
    ],
)
def test_secrets_are_marked(value: Any, expected: Any) -> None:
    assert decode_value(value) == expected


def test_which_files_hold_secrets() -> None:
    assert secret_addresses(create()) == {"booking"}
    assert secret_addresses(PLANS["blocked"]()) == frozenset()


@pytest.mark.parametrize(
    "declared",
    [
        {},
        {"llm_model": {"api_key": "plain"}},
        {"llm_model": {"api_key": Secret("x", "OTHER")}},
        {"llm_model": []},
    ],
)
def test_secrets_must_still_be_declared(declared: dict[str, Any]) -> None:
    with pytest.raises(RefusedError, match="no longer declares a secret"):
        with_secrets(unsecret(create()), {"booking": declared})


def signed(**changed: Any) -> str:
    """A plan as somebody writes it who knows how the digest is made."""
    content = json.loads(dump_plan(create())) | changed
    del content["digest"]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return json.dumps(content | {"digest": blake2b(text.encode("ascii"), digest_size=16).hexdigest()})


DEEP: Any = []
for _ in range(140):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"environment": "x -->\n\n@team"}, "environment: "),
        ({"environment": ""}, "environment: "),
        ({"changes": [json.loads(dump_plan(create()))["changes"][0] | {"impact": ["loud"]}]}, r"impact\.0: "),
        ({"notes": DEEP}, "is no saved plan$"),
    ],
)
def test_nothing_is_taken_on_trust(changed: dict[str, Any], words: str) -> None:
    assert load_plan(signed(), "plan.json")
    with pytest.raises(UsageError, match=words):
        load_plan(signed(**changed), "plan.json")
