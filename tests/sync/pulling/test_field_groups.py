"""What a pull takes over: groups of fields, conflicts, and what stays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from revox_sync.contract.fields import Node, assistant_node, contract
from revox_sync.sync.comparing.canonical import value_digest
from revox_sync.sync.comparing.forms import form_digest
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.comparing.verify_response import entry_in_sync
from revox_sync.sync.model.lock import Confirmed, LeafRecord, LockEntry, Sent
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.pulling.field_groups import (
    NEVER_PULLED,
    FieldGroup,
    PullChanges,
    PullOptions,
    group_of,
    pull_changes,
    with_groups,
)
from revox_sync.sync.pulling.file_spelling import ABSENT
from revox_sync.sync.remote_state.match import Match, MatchKind
from revox_sync.values.pointer import Pointer
from revox_sync.values.secret import Secret

ROOT: Final = assistant_node()
CARTESIA: Final = {"id": "a", "provider": "cartesia", "speed": 1.0}
ELEVEN: Final = {"id": "b", "provider": "elevenlabs", "speed": 0.9, "volume": 1.0}
BODY: Final[dict[str, Any]] = {
    "name": "A",
    "prompt": "Hi",
    "first_sentence": "Hello",
    "voicemail_message": "Call back",
    "voice": CARTESIA,
}


def remote(value: dict[str, Any]) -> Remote:
    return Remote("asst_1", value["name"], wrap_schema_secrets(value, ROOT))


def entry_of(body: dict[str, Any]) -> LockEntry:
    return entry_in_sync(wrap_schema_secrets(body, ROOT), remote(body), None)


def asked(
    file: dict[str, Any],
    server: dict[str, Any],
    applied: dict[str, Any] | None = BODY,
    version: str | None = None,
    **options: bool,
) -> PullChanges:
    """What is wanted when `applied` was applied last; None: the lock knows nothing."""
    return pulled(file, server, entry_of(applied) if applied is not None else None, version, **options)


def pulled(
    file: dict[str, Any],
    server: dict[str, Any],
    entry: LockEntry | None,
    version: str | None = None,
    **options: bool,
) -> PullChanges:
    """What is wanted with a lock entry."""
    match = Match("a", MatchKind.LOCKED if entry else MatchKind.ADOPTED, remote(server), entry)
    schema = contract(version).schema
    return pull_changes(file, match, remote(server), Node(schema, schema), PullOptions(**options))


def units(found: PullChanges) -> dict[Pointer, Any]:
    return {each.pointer: each.value for each in found.groups}


def test_only_drift_is_taken_over() -> None:
    file = BODY | {"first_sentence": "Mine", "voicemail_message": "Mine"}
    found = asked(file, BODY | {"prompt": "Theirs", "voicemail_message": "Theirs"})
    assert units(found) == {("prompt",): "Theirs"}
    assert found.conflicts == (("voicemail_message",),)
    assert found.local == (("first_sentence",),)


def test_theirs_takes_conflicts_and_leaves_local_edits() -> None:
    file = BODY | {"first_sentence": "Mine", "voicemail_message": "Mine"}
    found = asked(file, BODY | {"voicemail_message": "Theirs"}, theirs=True)
    assert units(found) == {("voicemail_message",): "Theirs"}
    assert (found.conflicts, found.local) == ((), (("first_sentence",),))


def test_new_to_the_lock_everything_is_a_conflict() -> None:
    assert asked(BODY, BODY | {"prompt": "T"}, None).conflicts == (("prompt",),)
    assert units(asked(BODY, BODY | {"prompt": "T"}, None, theirs=True)) == {("prompt",): "T"}


def test_a_field_that_is_new_to_the_file_is_local() -> None:
    file = BODY | {"end_of_call_sentence": "Bye"}
    assert asked(file, BODY).local == (("end_of_call_sentence",),)
    assert asked(file, BODY | {"end_of_call_sentence": None}).local == (("end_of_call_sentence",),)


def test_a_field_that_is_new_on_both_sides_is_a_conflict() -> None:
    """Nobody has seen the server's value yet, so an apply must not overwrite it, and a pull takes it when told to."""
    file, server = BODY | {"end_of_call_sentence": "Bye"}, BODY | {"end_of_call_sentence": "Ciao"}
    found = asked(file, server)
    assert (found.groups, found.conflicts, found.local) == ((), (("end_of_call_sentence",),), ())
    assert units(asked(file, server, theirs=True)) == {("end_of_call_sentence",): "Ciao"}


UNSEEN = Sent(
    (form_digest("Mine", ROOT.child("prompt")),), form_digest("Hi", ROOT.child("prompt")), None, answered=False
)


@pytest.mark.parametrize("record", [UNSEEN, UNSEEN._replace(answered=True), Confirmed(None, "0" * 32)])
@pytest.mark.parametrize("server", ["Mine", "Hi", "T"])
def test_what_was_sent_and_not_seen_is_never_drift(record: LeafRecord, server: str) -> None:
    """A pull takes drift only; `--theirs` also takes what was sent and not seen, and what the server has dropped."""
    known = replace(entry_of(BODY), leaves={**entry_of(BODY).leaves, ("prompt",): record})
    file, held = BODY | {"prompt": "Other"}, BODY | {"prompt": server}
    assert pulled(file, held, known).groups == ()
    assert units(pulled(file, held, known, theirs=True)) == {("prompt",): server}


def test_what_the_server_has_dropped_is_taken_with_theirs() -> None:
    dropped = Confirmed(None, value_digest("Hi", ROOT.child("prompt")))
    known = replace(entry_of(BODY), leaves={**entry_of(BODY).leaves, ("prompt",): dropped})
    file = BODY | {"prompt": "Mine"}
    assert pulled(file, BODY, known).local == (("prompt",),)
    assert units(pulled(file, BODY, known, theirs=True)) == {("prompt",): "Hi"}


def test_a_key_that_left_the_file_is_a_local_edit() -> None:
    file = BODY | {"voice": {"id": "a", "provider": "cartesia"}}
    found = asked(file, BODY, all_fields=True)
    assert (found.groups, found.local) == ((), (("voice", "speed"),))
    edited = BODY | {"voice": CARTESIA | {"speed": 1.2}}
    assert asked(file, edited).conflicts == (("voice", "speed"),)
    assert units(asked(file, edited, theirs=True)) == {("voice", "speed"): 1.2}


CLEARED: Final[dict[str, tuple[dict[str, Any], str | None, dict[Pointer, Any]]]] = {
    "null": ({"voicemail_message": None}, None, {("voicemail_message",): None}),
    "no null": ({"first_sentence": None}, None, {("first_sentence",): ABSENT}),
    "mapping": ({"voice": None}, None, {("voice",): ABSENT}),
    "inside a mapping": ({"voice": {"id": "a", "provider": "cartesia"}}, None, {("voice", "speed"): ABSENT}),
}


@pytest.mark.parametrize(("edit", "version", "expected"), CLEARED.values(), ids=CLEARED)
def test_cleared_outside(edit: dict[str, Any], version: str | None, expected: dict[Pointer, Any]) -> None:
    assert units(asked(BODY, BODY | edit, version=version)) == expected


@pytest.mark.parametrize(("version", "expected"), [("0.0", None), ("0.1", ABSENT), ("0.2", None)])
def test_the_contract_decides_whether_null_clears(version: str, expected: Any) -> None:
    body = BODY | {"calendly": {"connection_id": "c", "event_type_id": "e"}}
    assert units(asked(body, BODY, body, version=version)) == {("calendly",): expected}


def test_another_variant_is_taken_over_whole() -> None:
    assert units(asked(BODY, BODY | {"voice": ELEVEN})) == {
        ("voice",): {"id": "b", "provider": "elevenlabs", "speed": 0.9}
    }
    file = BODY | {"llm_model": {"type": "dedicated-instance", "name": "gpt-4.1"}}
    other = {"type": "realtime", "provider": "openai", "realtime_model_id": "m", "realtime_voice_id": "v"}
    expected = {"type": "realtime", "provider": "openai", "realtime_model_id": "m"}
    assert units(asked(file, file | {"llm_model": other}, file)) == {("llm_model",): expected}


def test_another_variant_and_a_local_edit_are_a_conflict() -> None:
    file = BODY | {"voice": CARTESIA | {"speed": 1.1}}
    found = asked(file, BODY | {"voice": ELEVEN})
    assert (found.groups, found.conflicts) == ((), (("voice",),))
    assert list(units(asked(file, BODY | {"voice": ELEVEN}, theirs=True))) == [("voice",)]


def test_a_variant_with_a_secret_is_told() -> None:
    file = BODY | {"llm_model": {"type": "dedicated-instance", "name": "gpt-4.1"}}
    other = {"type": "custom", "api_key": "real", "api_url": "https://x.example", "model_name": "m"}
    (told,) = asked(file, file | {"llm_model": other}, file).undeclared
    assert (told.pointer, told.added) == (("llm_model",), False)
    assert told.reason.startswith("llm_model.api_key is a secret")


def test_a_secret_is_never_taken_over() -> None:
    file = BODY | {"webhook_url": Secret(None, "HOOK")}
    found = asked(file, BODY | {"webhook_url": None}, None, theirs=True)
    assert (found.groups, [(each.pointer, each.reason) for each in found.undeclared]) == (
        (),
        [(("webhook_url",), NEVER_PULLED)],
    )
    assert (
        asked(file, BODY | {"webhook_url": "https://real.example"}, file, theirs=True, all_fields=True) == PullChanges()
    )


def test_all_fields_adds_what_the_server_has_set() -> None:
    server = BODY | {
        "id": "asst_1",
        "sms_enabled": False,
        "logo_url": None,
        "webhook_url": "https://hook.example",
        "faq_items": [{"question": "g", "answer": "", "source": "ai"}],
        "voice": CARTESIA | {"volume": 1.1, "model": None},
        "llm_model": {"type": "dedicated-instance", "name": "gpt-4.1"},
        "pending_faq_count": 1,
    }
    found = asked(BODY, server, all_fields=True)
    assert units(found) == {("voice", "volume"): 1.1, ("webhook_url",): "https://hook.example"}
    assert all(each.added for each in found.groups)
    assert asked(BODY, server) == PullChanges()


def test_all_fields_leaves_secrets_of_the_server_and_of_the_lock() -> None:
    server = BODY | {
        "llm_model": {"type": "custom", "api_key": "real", "api_url": "https://x.example", "model_name": "m"},
        "webhook_url": "https://real.example",
    }
    before = BODY | {"webhook_url": Secret(None, "HOOK")}
    found = asked(BODY, server, before, all_fields=True)
    assert found.groups == ()
    assert [(each.pointer, each.added) for each in found.undeclared] == [
        (("llm_model",), True),
        (("webhook_url",), True),
    ]


def test_what_no_contract_knows_is_not_pulled() -> None:
    file = BODY | {"faq_items": [{"question": "a", "answer": "b"}]}
    assert asked(file, file | {"faq_items": [{"question": "a", "answer": "b", "colour": "red"}]}, file) == PullChanges()
    found = asked(file, file | {"faq_items": [{"question": "a", "answer": "c", "colour": "red"}]}, file)
    assert found.groups == (FieldGroup(("faq_items",), [{"question": "a", "answer": "c"}]),)


def test_groups_follow_the_servers_shape() -> None:
    pointer = ("voice", "speed")
    assert group_of(pointer, BODY, BODY, ROOT) == pointer
    assert group_of(pointer, BODY, {}, ROOT) == ("voice",)
    assert group_of(pointer, BODY, {"voice": ELEVEN}, ROOT) == ("voice",)
    assert group_of(("slack", "template"), BODY, BODY, ROOT) == ("slack", "template")


def test_groups_are_changed_removed_and_added() -> None:
    value = {"a": 1, "b": {"c": 2, "d": 3}, "e": 4}
    changed = with_groups(
        value,
        [FieldGroup(("b", "c"), ABSENT), FieldGroup(("e",), 5), FieldGroup(("b", "n"), 6), FieldGroup(("f",), 7)],
    )
    assert changed == {"a": 1, "b": {"d": 3, "n": 6}, "e": 5, "f": 7}
    assert list(changed) == ["a", "b", "e", "f"]
    assert value == {"a": 1, "b": {"c": 2, "d": 3}, "e": 4}
