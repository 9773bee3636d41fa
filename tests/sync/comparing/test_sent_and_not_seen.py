"""What the comparison says of values that were sent, and of those that were there before."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest

from revox_sync.sync.applying.write_outcome import sent_leaves
from revox_sync.sync.comparing.forms import form_digest
from revox_sync.sync.comparing.leaf_rules import ABSENT, LeafState, record_after_answer
from revox_sync.sync.comparing.three_way import LeafComparison, compare, leaf_looks, place_form
from revox_sync.sync.model.lock import Confirmed, LeafRecord, LockEntry, Sent, Tokens
from tests.sync.comparing.leaf_states import ROOT, UNSEEN, S, states
from tests.sync.records import confirmed


def with_token(known: LockEntry, token: str | None) -> LockEntry:
    return replace(known, tokens=Tokens(token))


# The token of the last look, and of this one; what a value that was there before our last write is.
TOKENS = [
    ("t1", "t1", S.CONFLICT),
    ("t1", "t2", S.DRIFT),
    ("t1", None, S.DRIFT),
    (None, "t1", S.DRIFT),
    (None, None, S.DRIFT),
]


@pytest.mark.parametrize(("last", "now", "state"), TOKENS)
@pytest.mark.parametrize("before", ["old", None])
def test_the_value_before_our_last_write(
    last: str | None, now: str | None, state: LeafState, before: str | None
) -> None:
    declared, place = {"sms_template": "new"}, ROOT.child("sms_template")
    sent = sent_leaves(declared, None, {"sms_template": before}, declared, declared)["sms_template",]
    (look,) = leaf_looks(declared, declared, None, ROOT).values()
    record = record_after_answer(sent, last, None, look, own=True)
    assert isinstance(record, Confirmed)
    assert place_form(before, place) == (record.previous if before else ABSENT)
    known = with_token(LockEntry("asst_1", "A", {("sms_template",): record}), last)
    server = {"sms_template": before, **({"updated_at": now} if now else {})}
    assert states(declared, server, known) == {("sms_template",): state}
    assert states(declared, server | {"sms_template": "edit"}, known) == {("sms_template",): S.DRIFT}


@pytest.mark.parametrize(
    ("server", "now", "state"),
    [
        ("new", "t2", S.UPDATE),
        (" new", "t2", S.UPDATE),
        ("other", "t1", S.IN_SYNC),
        ("old", "t1", S.UPDATE),
        (" old", "t1", S.UPDATE),
        ("old", "t2", S.CONFLICT),
        ("old", None, S.CONFLICT),
        ("edit", "t1", S.CONFLICT),
        (None, "t1", S.CONFLICT),
    ],
)
def test_a_leaf_that_was_sent_and_not_seen(server: str | None, now: str | None, state: LeafState) -> None:
    new, old = (form_digest(text, ROOT.child("sms_template")) for text in ("new", "old"))
    known = with_token(LockEntry("asst_1", "A", {("sms_template",): Sent((new,), old, "t1", answered=False)}), "t1")
    answer = {"sms_template": server, "updated_at": now}
    (found,) = compare({"sms_template": "other"}, answer, known, ROOT)
    assert (found.state, found.is_unsettled) == (state, state is S.UPDATE)


def test_an_unmoved_token_says_nothing_of_what_lists_leave_out() -> None:
    """Nobody states that it moves when FAQ change: so what is as before may have been edited back."""
    asked, before = [{"question": "q", "answer": "a"}], [{"question": "q", "answer": "b"}]
    forms = [form_digest(value, ROOT.child("faq_items")) for value in (asked, before)]
    record = Sent((forms[0],), forms[1], "t1", answered=False)
    known = with_token(LockEntry("asst_1", "A", {("faq_items",): record}), "t1")
    server = {"faq_items": before, "updated_at": "t1"}
    assert states({"faq_items": asked}, server, known) == {("faq_items",): S.CONFLICT}
    seen = cast("Confirmed", confirmed({"faq_items": asked}, {"faq_items": asked})["faq_items",])
    known = replace(known, leaves={("faq_items",): seen._replace(previous=forms[1])})
    assert states({"faq_items": asked}, server, known) == {("faq_items",): S.DRIFT}


def test_the_servers_spelling_of_what_was_sent_is_accepted() -> None:
    sent = Sent((place_form("a  b", ROOT.child("sms_template")),), ABSENT, None, answered=False)
    known = LockEntry("asst_1", "A", {("sms_template",): sent})
    assert states({"sms_template": "a  b"}, {"sms_template": "a b"}, known) == {("sms_template",): S.ACCEPTED}
    assert states({"sms_template": "c"}, {"sms_template": "a b"}, known) == {("sms_template",): S.UPDATE}


@pytest.mark.parametrize(
    ("state", "record", "unsettled"),
    [
        (S.UPDATE, UNSEEN, True),
        (S.UPDATE, Confirmed(None, "1" * 32), True),
        (S.UPDATE, Confirmed("1" * 32, "1" * 32), False),
        (S.UPDATE, None, False),
        (S.CONFLICT, UNSEEN, False),
        (S.DRIFT, Confirmed(None, "1" * 32), False),
    ],
)
def test_what_was_sent_and_is_not_known_to_have_arrived(
    state: LeafState, record: LeafRecord | None, *, unsettled: bool
) -> None:
    leaf = LeafComparison(("voice", "speed"), state, 1, 2, sensitive=False, node=None, record=record)
    assert (leaf.is_unsettled, leaf.path) == (unsettled, "voice.speed")
