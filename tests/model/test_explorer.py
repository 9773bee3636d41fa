"""No edit of the dashboard is lost, whatever order edits, crashes, lost answers and looks come in.

The rules that decide are the real ones. Each of them is taken away once, and the world is then seen going wrong: a rule
without which nothing goes wrong would be no rule.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from revox_sync.sync.comparing import leaf_rules
from revox_sync.sync.comparing.leaf_rules import (
    LeafLook,
    LeafState,
    SentLeaf,
    WriteEnd,
)
from revox_sync.sync.model.lock import Confirmed, LeafRecord, Sent, Tokens
from revox_sync.sync.model.server_facts import NO_FACTS, ServerFacts
from tests.model.explorer import WrongWorldError, explore
from tests.model.state import Budget, Habits, Rules

SMALL = Budget(author=1, dashboard=1, faults=1, applies=3)
LARGER = Budget(author=2, dashboard=2, faults=1, applies=3)

WORLDS = {
    "a server as we assume it": Habits(),
    "no token": Habits(token=False),
    "leaves out parts of answers": Habits(thin=True),
    "drops what it is sent": Habits(drops=True),
    "carries requests out late": Habits(late=True),
    "answers first and carries out later": Habits(queued=True),
    "shows old versions": Habits(stale=True),
    "a token that stays, and answers without gaps in time": Habits(thin=True, token_moves=False, lost=False),
    "all of it": Habits(stale=True, drops=True, thin=True),
}
UNDONE = Budget(author=2, dashboard=1, faults=1, applies=3)
"""Without a second edit in the dashboard nobody can undo what was carried out late."""
DEEP = dict.fromkeys(WORLDS, LARGER) | {
    "carries requests out late": UNDONE,
    "answers first and carries out later": UNDONE,
}
"""How far `make explore` goes."""


@pytest.mark.parametrize("habits", WORLDS.values(), ids=WORLDS.keys())
def test_no_edit_is_lost_and_every_state_has_a_way_out(habits: Habits) -> None:
    assert explore(habits, SMALL) > 500


def unseen_is_new(look: LeafLook, record: LeafRecord | None, *, known: bool) -> LeafState:
    """The rule of lock version 1: a leaf without digests is sent."""
    if isinstance(record, Sent):
        return LeafState.IN_SYNC if look.equal else LeafState.UPDATE
    return leaf_rules.decide(look, record, known=known)


def new_is_always_sent(look: LeafLook, record: LeafRecord | None, *, known: bool) -> LeafState:
    if record is None and not look.equal:
        return LeafState.UPDATE
    return leaf_rules.decide(look, record, known=known)


def answered_does_not_count(look: LeafLook, record: LeafRecord | None, *, known: bool) -> LeafState:
    if isinstance(record, Sent):
        record = record._replace(answered=False)
    return leaf_rules.decide(look, record, known=known)


def former_value_is_drift(look: LeafLook, record: LeafRecord | None, *, known: bool) -> LeafState:
    if isinstance(record, Confirmed):
        record = record._replace(previous=None)
    return leaf_rules.decide(look, record, known=known)


def token_does_not_count(look: LeafLook, record: LeafRecord | None, *, known: bool) -> LeafState:
    if isinstance(record, Sent):
        record = record._replace(token=look.token)
    return leaf_rules.decide(look, record, known=known)


def forget_after_end(end: WriteEnd, *args: Any) -> LeafRecord | None:
    """What lock version 1 did: where nobody can tell, the former entry stays."""
    former: LeafRecord | None = args[2]
    return former if end is not WriteEnd.DONE else leaf_rules.record_after_end(end, *args)


def unread_is_done(
    sent: SentLeaf, token: str | None, former: LeafRecord | None, look: LeafLook | None, *, own: bool
) -> LeafRecord | None:
    """What lock version 1 did with a leaf that an answer left out: no digests."""
    return None if look is None else leaf_rules.record_after_answer(sent, token, former, look, own=own)


def dropped_by_any_look(
    sent: SentLeaf, token: str | None, former: LeafRecord | None, look: LeafLook | None, *, own: bool
) -> LeafRecord | None:
    del own
    return leaf_rules.record_after_answer(sent, token, former, look, own=True)


def token_is_not_asked(sent: Any, looks: Any, token: str | None) -> WriteEnd:
    del token
    anything = "1"
    return leaf_rules.judge_end(sent, {leaf: look._replace(token=anything) for leaf, look in looks.items()}, anything)


def nothing_is_stale(tokens: Tokens, token: str | None, intent: Tokens | None = None) -> bool:
    del tokens, token, intent
    return False


def older_are_forgotten(tokens: Tokens, token: str | None) -> Tokens:
    del tokens
    return Tokens(token)


WITHOUT: dict[str, tuple[Rules, Habits]] = {
    "the third state": (Rules(decide=unseen_is_new), Habits()),
    "a new leaf is sent only where nothing is set": (Rules(decide=new_is_always_sent), Habits()),
    "an end that nobody knows is remembered": (Rules(after_end=forget_after_end), Habits()),
    "what an answer leaves out is remembered": (Rules(after_answer=unread_is_done), Habits(thin=True)),
    "only the answer itself tells what was dropped": (Rules(after_answer=dropped_by_any_look), Habits(thin=True)),
    "the token of a leaf that was sent": (Rules(decide=token_does_not_count), Habits()),
    "the token after a lost answer": (Rules(judge_end=token_is_not_asked), Habits()),
    "an old version is recognised": (Rules(is_stale=nothing_is_stale), Habits(stale=True)),
    "older tokens are remembered": (Rules(seen=older_are_forgotten), Habits(stale=True)),
    "the former value with an unmoved token": (
        Rules(decide=former_value_is_drift),
        Habits(stale=True, token_moves=False),
    ),
    "the server has answered": (
        Rules(decide=answered_does_not_count),
        Habits(thin=True, token_moves=False, lost=False),
    ),
}


@pytest.mark.parametrize("name", WITHOUT)
def test_without_a_rule_something_is_lost(name: str) -> None:
    rules, habits = WITHOUT[name]
    with pytest.raises(WrongWorldError):
        explore(Habits(**{**vars(habits), "rules": rules}), LARGER)


def test_a_token_that_does_not_move_cannot_be_helped() -> None:
    """Said in docs/sync.md: no source states that it moves, and then an edit back to the former value is invisible."""
    with pytest.raises(WrongWorldError, match="ordinary update"):
        explore(Habits(token_moves=False), LARGER)


@pytest.mark.parametrize(
    ("habits", "budget"),
    [
        (Habits(queued=True), Budget(author=1, dashboard=2, faults=1, applies=3)),
        pytest.param(Habits(late=True), LARGER, marks=pytest.mark.long),
    ],
    ids=["answered first", "given up"],
)
def test_who_undoes_what_was_carried_out_late_cannot_be_helped(habits: Habits, budget: Budget) -> None:
    """Said in docs/design.md, "Known gaps": the value is the one from before, as if nobody had edited."""
    with pytest.raises(WrongWorldError, match="ordinary update"):
        explore(habits, budget)


def habits_of(facts: ServerFacts, habits: Habits) -> Habits:
    """A world in which the rules know what a probe has learnt: the switches are those of plan and apply."""
    return replace(habits, token=habits.token and facts.has_versions)


def test_a_time_that_is_known_to_stay_loses_nothing() -> None:
    """The world of the test above: the fact takes away a proof that was none."""
    budget = Budget(author=1, dashboard=2, faults=1, applies=3)
    stays = Habits(token_moves=False)
    with pytest.raises(WrongWorldError):
        explore(habits_of(NO_FACTS, stays), budget)
    assert explore(habits_of(ServerFacts(version_moves=False), stays), budget) > 500


@pytest.mark.parametrize("moves", [None, True])
def test_without_its_fact_a_token_counts(*, moves: bool | None) -> None:
    assert habits_of(ServerFacts(version_moves=moves), Habits()) == Habits()
