"""One assistant with two leaves, an author, a dashboard, and apply in single steps: all that can happen, in any order.

The rules are the real ones (`sync.comparing.leaf_rules`); the world around them is small: values are letters, tokens
are numbers, and a state is a value that can be compared. `steps` gives every state that can follow one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

from revox_sync.sync.comparing import leaf_rules
from revox_sync.sync.comparing.leaf_rules import (
    UNSET,
    LeafLook,
    LeafState,
    SentLeaf,
    WriteEnd,
)
from revox_sync.sync.model.lock import Confirmed, LeafRecord, Sent, Tokens

LEAVES = (0, 1)
Values: TypeAlias = tuple[str, str]


@dataclass(frozen=True)
class Rules:
    """The rules under test; a test that takes one away must see the world go wrong."""

    decide: Callable[..., LeafState] = leaf_rules.decide
    confirms: Callable[..., bool] = leaf_rules.confirms
    after_answer: Callable[..., LeafRecord | None] = leaf_rules.record_after_answer
    after_end: Callable[..., LeafRecord | None] = leaf_rules.record_after_end
    judge_end: Callable[..., WriteEnd] = leaf_rules.judge_end
    is_stale: Callable[..., bool] = Tokens.is_stale
    seen: Callable[[Tokens, str | None], Tokens] = Tokens.seen


@dataclass(frozen=True)
class Habits:
    """What a server may do; each is one that no source excludes.

    Attributes:
        token_moves: every edit gives the assistant a new token.
        token: it has a token at all.
        stale: a look may show the version before the last one.
        drops: a write may leave out a leaf.
        late: a write may be carried out later than its answer is given up.
        queued: a write may be answered with what was there before, and be carried out later.
        thin: an answer may leave out a leaf.
        lost: an answer may not arrive, and apply may die.
        waited: thirty seconds have passed in which every look seemed to be an older version: it is believed then.
    """

    token_moves: bool = True
    token: bool = True
    stale: bool = False
    drops: bool = False
    late: bool = False
    queued: bool = False
    thin: bool = False
    lost: bool = True
    waited: bool = False
    rules: Rules = Rules()


class Budget(NamedTuple):
    """How often something may still happen."""

    author: int = 1
    dashboard: int = 1
    faults: int = 1
    applies: int = 3


class Version(NamedTuple):
    """The assistant on the server."""

    values: Values
    token: int


class Look(NamedTuple):
    """What a GET showed: values, None for a leaf it left out; token."""

    values: tuple[str | None, ...]
    token: str | None


class Intent(NamedTuple):
    """A request that was written down before it was sent, with the files it was made from."""

    file: Values
    sent: tuple[tuple[int, SentLeaf], ...]
    token: str | None
    tokens: Tokens


class Plan(NamedTuple):
    """What somebody approved: leaves to send, the files then, and the look it was made from."""

    file: Values
    sent: tuple[int, ...]
    look: Look
    in_doubt: bool
    forced: bool


class State(NamedTuple):
    """Everything there is.

    Attributes:
        file: the author's values.
        server: the current version.
        former: the one before it.
        tokens: of the lock.
        records: of the lock, by leaf.
        journal: a request without end.
        late: requests that the server has not carried out yet.
        plan: approved and not sent yet.
        fresh: the look right before the write, once it was taken.
        answered: what the request ended with, once it was sent: a look, or None where the answer was lost.
        retried: the request was sent once more already.
        base: per leaf the value that we wrote last, and those that were shown or sent since: nobody's unseen edit.
        edited: leaves in which the dashboard has put another value.
        window: those that it has changed since the look right before the write, which nobody can see.
    """

    file: Values
    server: Version
    former: Version
    tokens: Tokens
    records: tuple[LeafRecord | None, ...]
    budget: Budget
    base: tuple[frozenset[str], frozenset[str]]
    edited: tuple[bool, bool] = (False, False)
    window: tuple[bool, bool] = (False, False)
    ours: tuple[bool, bool] = (False, False)
    journal: Intent | None = None
    late: tuple[tuple[tuple[int, str], ...], ...] = ()
    plan: Plan | None = None
    fresh: Look | None = None
    sent: bool = False
    answer: Look | None = None
    retried: bool = False


class LostEditError(AssertionError):
    """An edit of the dashboard was overwritten that no plan has shown as somebody else's."""


class StalePullError(AssertionError):
    """A file took over a value that the server no longer has."""


def start(habits: Habits, budget: Budget) -> State:
    """An assistant that was applied and seen with `a` in its first leaf; the second has never been in the file."""
    values = ("a", UNSET)
    version = Version(values, 1)
    records: tuple[LeafRecord | None, ...] = (Confirmed("a", "a", UNSET), None)
    return State(
        values,
        version,
        version,
        Tokens(_token(version, habits)),
        records,
        budget,
        (frozenset({values[0]}), frozenset({values[1]})),
    )


def _token(version: Version, habits: Habits) -> str | None:
    return str(version.token) if habits.token else None


def _stale(tokens: Tokens, look: Look, habits: Habits, intent: Tokens | None = None) -> bool:
    return not habits.waited and habits.rules.is_stale(tokens, look.token, intent)


def looks(state: State, habits: Habits) -> Iterator[Look]:
    """What a GET may show."""
    yield Look(state.server.values, _token(state.server, habits))
    if habits.stale and state.former != state.server:
        yield Look(state.former.values, _token(state.former, habits))


def leaf_look(state: State, look: Look, leaf: int, file: Values | None = None) -> LeafLook | None:
    """A leaf of the file beside a look; None where the look leaves it out."""
    value = look.values[leaf]
    if value is None:
        return None
    declared = (file or state.file)[leaf]
    return LeafLook(
        equal=declared == value,
        alike=declared == value,
        declared=declared,
        value=value,
        remembered=frozenset({value}),
        form=value,
        unset=value == UNSET,
        token=look.token,
        moved=look.token is None or look.token != state.tokens.last,
    )


def leaf_states(state: State, look: Look, habits: Habits) -> dict[int, LeafState]:
    """The three-way table for every leaf that the file has or had."""
    found = {}
    for leaf in LEAVES:
        shown = leaf_look(state, look, leaf)
        if shown is not None and (state.file[leaf] != UNSET or state.records[leaf] is not None):
            found[leaf] = habits.rules.decide(shown, state.records[leaf], known=True)
    return found


# --- the author and the dashboard


def edits(state: State, habits: Habits) -> Iterator[State]:
    """Edits of the file and in the dashboard."""
    if state.budget.author:
        for leaf, value in ((0, "b"), (1, "c")):
            if state.file[leaf] != value:
                file = _with(state.file, leaf, value)
                yield state._replace(file=file, budget=state.budget._replace(author=state.budget.author - 1))
    if state.budget.dashboard:
        for leaf in LEAVES:
            for value in ("x", "a" if leaf == 0 else UNSET):
                if state.server.values[leaf] != value:
                    left = state.budget._replace(dashboard=state.budget.dashboard - 1)
                    yield _edited(state._replace(budget=left), leaf, value, habits)


def _edited(state: State, leaf: int, value: str, habits: Habits) -> State:
    edited = value not in state.base[leaf]
    return _committed(state, _with(state.server.values, leaf, value), moves=habits.token_moves)._replace(
        edited=_with(state.edited, leaf, edited),
        ours=_with(state.ours, leaf, value=False),
        window=_with(state.window, leaf, state.window[leaf] or state.fresh is not None),
    )


def _committed(state: State, values: Values, *, moves: bool) -> State:
    version = Version(values, state.server.token + moves)
    return state._replace(server=version, former=state.server)


def _with(pair: tuple, leaf: int, value: object) -> tuple:  # type: ignore[type-arg]  # of whatever it holds
    return tuple(value if at == leaf else old for at, old in enumerate(pair))


# --- apply


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
            if _stale(settled.tokens, look, habits):
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
    state = _shown(state, [(leaf, str(look.values[leaf])) for leaf in sent])
    return state._replace(plan=Plan(state.file, sent, look, in_doubt, forced))


def _shown(state: State, values: Iterable[tuple[int, str]]) -> State:
    """The state after somebody has seen, or sent, these values of leaves."""
    for leaf, value in values:
        base = state.base[leaf] | {value}
        edited = state.server.values[leaf] not in base
        state = state._replace(base=_with(state.base, leaf, base), edited=_with(state.edited, leaf, edited))
    return state


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
    state = _shown(state, [(leaf, state.file[leaf]) for leaf in LEAVES if found.get(leaf) is LeafState.IN_SYNC])
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
        if not same or _stale(state.tokens, look, habits):
            yield _over(state)
            continue
        sent = tuple((leaf, SentLeaf(plan.file[leaf], str(look.values[leaf]))) for leaf in plan.sent)
        yield state._replace(fresh=look, journal=Intent(plan.file, sent, look.token, state.tokens))


def _requests(state: State, plan: Plan, fresh: Look, habits: Habits) -> Iterator[State]:
    """The PATCH: carried out, not carried out, partly, or later."""
    body = tuple((leaf, plan.file[leaf]) for leaf in plan.sent)
    state = _shown(state, body)
    done = _carried_out(state, body, fresh, habits)
    answer = Look(done.server.values, _token(done.server, habits))
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
        unchanged = Look(state.server.values, _token(state.server, habits))
        yield state._replace(sent=True, answer=unchanged, budget=left, late=(*state.late, body))
    for leaf in plan.sent:
        if habits.thin:
            yield done._replace(sent=True, answer=answer._replace(values=_with(answer.values, leaf, None)), budget=left)
        if habits.drops:
            rest = tuple(pair for pair in body if pair[0] != leaf)
            partly = _carried_out(state, rest, fresh, habits)
            shown = Look(partly.server.values, _token(partly.server, habits))
            yield partly._replace(sent=True, answer=shown, budget=left)
            yield partly._replace(sent=True, answer=None, budget=left)


def _carried_out(state: State, body: tuple[tuple[int, str], ...], fresh: Look | None, habits: Habits) -> State:
    """The server after a request. Raises LostEditError where that takes an edit away that no window explains."""
    values = state.server.values
    current = fresh is not None and fresh == Look(values, _token(state.server, habits))
    for leaf, value in body:
        in_window = fresh is None or state.window[leaf] or fresh.values[leaf] != values[leaf]
        shown = not state.retried and state.plan is not None and state.plan.look.values[leaf] == values[leaf]
        if state.edited[leaf] and values[leaf] != value and not in_window and not shown:
            raise LostEditError(f"leaf {leaf}: {values[leaf]} -> {value}")
        values = _with(values, leaf, value)
        # What comes late replaces what people have seen since; they know those values all the same.
        base = frozenset({value})
        state = state._replace(
            base=_with(state.base, leaf, base),
            edited=_with(state.edited, leaf, value=False),
            ours=_with(state.ours, leaf, value=current),
        )
    return _committed(state, values, moves=habits.token_moves)


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
        if not _stale(habits.rules.seen(state.tokens, answer.token), look, habits):
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
    if _stale(state.tokens, look, habits, Tokens(intent.token)):
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


# --- pull, and requests that come late


def pulls(state: State, habits: Habits) -> Iterator[State]:
    """Pull takes drift into the file; with `--theirs` also conflicts."""
    if not state.budget.applies or state.plan is not None:
        return
    state = state._replace(budget=state.budget._replace(applies=state.budget.applies - 1))
    for settled in replays(state, habits):
        if settled.journal is not None:
            continue
        for look in looks(settled, habits):
            if _stale(settled.tokens, look, habits):
                continue
            found = leaf_states(settled, look, habits)
            for theirs in (False, True):
                taken = {LeafState.DRIFT, *((LeafState.CONFLICT,) if theirs else ())}
                yield _pulled(
                    settled, look, [leaf for leaf, leaf_state in found.items() if leaf_state in taken], habits
                )


def _pulled(state: State, look: Look, leaves: list[int], habits: Habits) -> State:
    records = list(state.records)
    for leaf in leaves:
        value = str(look.values[leaf])
        if state.ours[leaf] and value != state.server.values[leaf]:
            raise StalePullError(f"leaf {leaf}: {value}, the server has {state.server.values[leaf]}")
        state = _shown(state, [(leaf, value)])._replace(file=_with(state.file, leaf, value))
        records[leaf] = Confirmed(value, value)
    if not leaves:
        return state
    return state._replace(records=tuple(records), tokens=habits.rules.seen(state.tokens, look.token))


def late_requests(state: State, habits: Habits) -> Iterator[State]:
    """A request is carried out long after its answer was given up; what it overwrites cannot be helped."""
    for at, body in enumerate(state.late):
        yield _carried_out(state._replace(late=state.late[:at] + state.late[at + 1 :]), body, None, habits)


def steps(state: State, habits: Habits) -> Iterator[State]:
    """Every state that can follow one."""
    yield from edits(state, habits)
    yield from late_requests(state, habits)
    if state.plan is None:
        yield from plans(state, habits)
        yield from pulls(state, habits)
    else:
        yield from writes(state, habits)


def resolved(state: State, habits: Habits) -> bool:
    """Whether, left alone, some way leads to a file and a server that agree: apply, revert, or pull --theirs."""
    calm = replace(habits, stale=False, drops=False, late=False, queued=False, thin=False, waited=True)
    frontier, seen = {state._replace(budget=Budget(0, 0, 0, 4))}, set()
    while frontier:
        current = frontier.pop()
        seen.add(current)
        agrees = all(mine in (UNSET, theirs) for mine, theirs in zip(current.file, current.server.values, strict=True))
        if current.journal is None and current.plan is None and agrees:
            return True
        frontier |= {following for following in steps(current, calm) if following not in seen}
    return False
