"""Everything there is, what a server may do, and what a look at it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from revox_sync.sync.comparing import leaf_rules
from revox_sync.sync.comparing.leaf_rules import UNSET, LeafLook, LeafState, SentLeaf, WriteEnd
from revox_sync.sync.model.lock import Confirmed, LeafRecord, Tokens

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
        Tokens(token_of(version, habits)),
        records,
        budget,
        (frozenset({values[0]}), frozenset({values[1]})),
    )


def token_of(version: Version, habits: Habits) -> str | None:
    """The token that a look at this version shows."""
    return str(version.token) if habits.token else None


def is_stale(tokens: Tokens, look: Look, habits: Habits, intent: Tokens | None = None) -> bool:
    """Whether a look is taken for one at an older version."""
    return not habits.waited and habits.rules.is_stale(tokens, look.token, intent)


def looks(state: State, habits: Habits) -> Iterator[Look]:
    """What a GET may show."""
    yield Look(state.server.values, token_of(state.server, habits))
    if habits.stale and state.former != state.server:
        yield Look(state.former.values, token_of(state.former, habits))


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


def committed(state: State, values: Values, *, moves: bool) -> State:
    """The state after the server has taken over values; with another token where `moves` is set."""
    version = Version(values, state.server.token + moves)
    return state._replace(server=version, former=state.server)


def with_value(pair: tuple, leaf: int, value: object) -> tuple:  # type: ignore[type-arg]  # of whatever it holds
    """A pair with another value for one leaf."""
    return tuple(value if at == leaf else old for at, old in enumerate(pair))


def with_shown(state: State, values: Iterable[tuple[int, str]]) -> State:
    """The state after somebody has seen, or sent, these values of leaves."""
    for leaf, value in values:
        base = state.base[leaf] | {value}
        edited = state.server.values[leaf] not in base
        state = state._replace(base=with_value(state.base, leaf, base), edited=with_value(state.edited, leaf, edited))
    return state
