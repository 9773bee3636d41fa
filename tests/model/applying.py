"""Apply in single steps: what an earlier one left, a plan, a request, and its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from revox_sync.sync.comparing.leaf_rules import LeafState, SentLeaf, WriteEnd
from revox_sync.sync.model.lock import Confirmed, LeafRecord, Sent, Tokens
from tests.model.state import (
    LEAVES,
    Habits,
    Intent,
    Look,
    LostEditError,
    Plan,
    State,
    committed,
    is_stale,
    leaf_look,
    leaf_states,
    looks,
    token_of,
    with_shown,
    with_value,
)


def plans(state: State, habits: Habits) -> Iterator[State]:
    """The beginning of an apply: what an earlier one left is settled, then a plan is made from a look and approved.

    A conflict stops the assistant; `--on-drift revert` sends it all the same, because the plan has shown it.
    """
    if not state.budget.applies:
        return
    state = state._replace(budget=state.budget._replace(applies=state.budget.applies - 1))
    for settled in replays(state, habits):
        if settled.journal is not None:
            yield settled  # blocked: nobody knows what became of the request
            continue
        for look in looks(settled, habits):
            if is_stale(settled.tokens, look, habits):
                yield settled
                continue
            found = leaf_states(settled, look, habits)
            yield _noted(settled, look, found, habits)
            for forced in (False, True):
                planned = _planned(settled, look, found, forced=forced)
                if planned is not None:
                    yield planned


def _planned(state: State, look: Look, found: Mapping[int, LeafState], *, forced: bool) -> State | None:
    outside = {LeafState.DRIFT, LeafState.CONFLICT}
    if bool(outside & set(found.values())) is not forced:
        return None
    sending = {LeafState.UPDATE, *(outside if forced else ())}
    sent = tuple(leaf for leaf, leaf_state in found.items() if leaf_state in sending)
    if not sent:
        return None
    in_doubt = any(isinstance(state.records[leaf], Sent) for leaf in LEAVES)
    for leaf in sent:
        value = state.server.values[leaf]
        current = look.values[leaf] == value
        if found[leaf] is LeafState.UPDATE and current and state.edited[leaf]:
            raise LostEditError(f"leaf {leaf}: {value} is planned as an ordinary update")
    # Somebody has approved that exactly these values go.
    state = with_shown(state, [(leaf, str(look.values[leaf])) for leaf in sent])
    return state._replace(plan=Plan(state.file, sent, look, in_doubt, forced))


def _noted(state: State, look: Look, found: Mapping[int, LeafState], habits: Habits) -> State:
    """The lock after an apply that had nothing to send: leaves that are in sync are confirmed."""
    if {LeafState.DRIFT, LeafState.CONFLICT, LeafState.UPDATE} & set(found.values()):
        return state
    records = list(state.records)
    for leaf, leaf_state in found.items():
        shown = leaf_look(state, look, leaf)
        if leaf_state is LeafState.IN_SYNC and shown and habits.rules.confirms(shown, records[leaf]):
            records[leaf] = Confirmed(state.file[leaf], shown.form)
    if tuple(records) == state.records:
        return state  # reading alone never changes the lock
    state = with_shown(state, [(leaf, state.file[leaf]) for leaf in LEAVES if found.get(leaf) is LeafState.IN_SYNC])
    return state._replace(records=tuple(records), tokens=habits.rules.seen(state.tokens, look.token))


def writes(state: State, habits: Habits) -> Iterator[State]:
    """What follows an approved plan, one step at a time; the process may die before each."""
    if state.plan is None:
        return
    if not state.sent:
        if state.fresh is None:
            yield from _fresh(state, state.plan, habits)
        else:
            yield from _requests(state, state.plan, state.fresh, habits)
    else:
        yield from _ends(state, state.plan, habits)
    if state.budget.faults and habits.lost:
        yield _over(state)._replace(budget=state.budget._replace(faults=state.budget.faults - 1), journal=state.journal)


def _over(state: State) -> State:
    return state._replace(plan=None, fresh=None, sent=False, answer=None, retried=False, window=(False, False))


def _fresh(state: State, plan: Plan, habits: Habits) -> Iterator[State]:
    for look in looks(state, habits):
        same = look.values == plan.look.values and (not plan.in_doubt or look.token == plan.look.token)
        if not same or is_stale(state.tokens, look, habits):
            yield _over(state)
            continue
        sent = tuple((leaf, SentLeaf(plan.file[leaf], str(look.values[leaf]))) for leaf in plan.sent)
        yield state._replace(fresh=look, journal=Intent(plan.file, sent, look.token, state.tokens))


def _requests(state: State, plan: Plan, fresh: Look, habits: Habits) -> Iterator[State]:
    """The PATCH: carried out, not carried out, partly, or later."""
    body = tuple((leaf, plan.file[leaf]) for leaf in plan.sent)
    state = with_shown(state, body)
    done = carried_out(state, body, fresh, habits)
    answer = Look(done.server.values, token_of(done.server, habits))
    yield done._replace(sent=True, answer=answer)
    if not state.budget.faults:
        return
    left = state.budget._replace(faults=state.budget.faults - 1)
    if habits.lost:
        yield done._replace(sent=True, answer=None, budget=left)
        yield state._replace(sent=True, answer=None, budget=left)
    if habits.late:
        yield state._replace(sent=True, answer=None, budget=left, late=(*state.late, body))
    if habits.queued:
        unchanged = Look(state.server.values, token_of(state.server, habits))
        yield state._replace(sent=True, answer=unchanged, budget=left, late=(*state.late, body))
    for leaf in plan.sent:
        if habits.thin:
            yield done._replace(
                sent=True, answer=answer._replace(values=with_value(answer.values, leaf, None)), budget=left
            )
        if habits.drops:
            rest = tuple(pair for pair in body if pair[0] != leaf)
            partly = carried_out(state, rest, fresh, habits)
            shown = Look(partly.server.values, token_of(partly.server, habits))
            yield partly._replace(sent=True, answer=shown, budget=left)
            yield partly._replace(sent=True, answer=None, budget=left)


def carried_out(state: State, body: tuple[tuple[int, str], ...], fresh: Look | None, habits: Habits) -> State:
    """The server after a request. Raises LostEditError where that takes an edit away that no window explains."""
    values = state.server.values
    current = fresh is not None and fresh == Look(values, token_of(state.server, habits))
    for leaf, value in body:
        in_window = fresh is None or state.window[leaf] or fresh.values[leaf] != values[leaf]
        shown = not state.retried and state.plan is not None and state.plan.look.values[leaf] == values[leaf]
        if state.edited[leaf] and values[leaf] != value and not in_window and not shown:
            raise LostEditError(f"leaf {leaf}: {values[leaf]} -> {value}")
        values = with_value(values, leaf, value)
        # What comes late replaces what people have seen since; they know those values all the same.
        base = frozenset({value})
        state = state._replace(
            base=with_value(state.base, leaf, base),
            edited=with_value(state.edited, leaf, value=False),
            ours=with_value(state.ours, leaf, value=current),
        )
    return committed(state, values, moves=habits.token_moves)


def _ends(state: State, plan: Plan, habits: Habits) -> Iterator[State]:
    """The end of a request: its answer, or a look where that was lost."""
    assert state.journal is not None
    if state.answer is not None:
        for look in _completed(state, state.answer, plan, habits):
            yield _answered(state, state.answer, look, habits)
        return
    yield _over(state)._replace(journal=state.journal)  # the look fails
    for look in looks(state, habits):
        yield from _judged(state, look, habits)


def _completed(state: State, answer: Look, plan: Plan, habits: Habits) -> Iterator[Look]:
    """The answer, and what another look adds to it where it left something out."""
    if all(answer.values[leaf] is not None for leaf in plan.sent):
        yield answer
        return
    yield answer  # the look fails
    for look in looks(state, habits):
        if not is_stale(habits.rules.seen(state.tokens, answer.token), look, habits):
            yield Look(
                tuple(old if old is not None else new for old, new in zip(answer.values, look.values, strict=True)),
                answer.token,
            )


def _answered(state: State, answer: Look, look: Look, habits: Habits) -> State:
    assert state.journal is not None
    records = list(state.records)
    for leaf, pair in state.journal.sent:
        shown = leaf_look(state, look, leaf, state.journal.file)
        own = answer.values[leaf] is not None
        records[leaf] = habits.rules.after_answer(pair, state.journal.token, state.records[leaf], shown, own=own)
    return _recorded(state, state.journal, records, look, habits)


def _recorded(state: State, intent: Intent, records: Sequence[LeafRecord | None], look: Look, habits: Habits) -> State:
    """The lock and the journal after a request; the token it was based on is known to be older than the answer's."""
    tokens = habits.rules.seen(habits.rules.seen(state.tokens, intent.token), look.token)
    return _over(state)._replace(records=tuple(records), tokens=tokens, journal=None)


def _judged(state: State, look: Look, habits: Habits) -> Iterator[State]:
    """After a lost answer, a look that was believed or not."""
    intent = state.journal
    assert intent is not None
    if is_stale(state.tokens, look, habits, Tokens(intent.token)):
        yield _over(state)._replace(journal=intent)
        return
    shown = {leaf: found for leaf, _ in intent.sent if (found := leaf_look(state, look, leaf, intent.file)) is not None}
    end = habits.rules.judge_end(dict(intent.sent), shown, intent.token)
    if end is WriteEnd.NOT_DONE and state.plan is not None and not state.retried:
        yield state._replace(sent=False, fresh=look, retried=True, window=(False, False))
    records = list(state.records)
    for leaf, pair in intent.sent:
        records[leaf] = habits.rules.after_end(end, pair, intent.token, state.records[leaf], shown.get(leaf))
    yield _recorded(state, intent, records, look, habits)


def replays(state: State, habits: Habits) -> Iterator[State]:
    """The state after what an earlier apply left was looked at; the journal stays where nobody can tell."""
    if state.journal is None:
        yield state
        return
    yield state  # the look fails
    for look in looks(state, habits):
        yield from _judged(state, look, habits)
