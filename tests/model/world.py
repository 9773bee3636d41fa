"""One assistant with two leaves, an author, a dashboard, and apply in single steps: all that can happen, in any order.

The rules are the real ones (`sync.comparing.leaf_rules`); the world around them is small: values are letters, tokens
are numbers, and a state is a value that can be compared. `steps` gives every state that can follow one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from revox_sync.sync.comparing.leaf_rules import UNSET, LeafState
from revox_sync.sync.model.lock import Confirmed
from tests.model.applying import carried_out, plans, replays, writes
from tests.model.state import (
    LEAVES,
    Budget,
    Habits,
    Look,
    StalePullError,
    State,
    committed,
    is_stale,
    leaf_states,
    looks,
    with_shown,
    with_value,
)


def edits(state: State, habits: Habits) -> Iterator[State]:
    """Edits of the file and in the dashboard."""
    if state.budget.author:
        for leaf, value in ((0, "b"), (1, "c")):
            if state.file[leaf] != value:
                file = with_value(state.file, leaf, value)
                yield state._replace(file=file, budget=state.budget._replace(author=state.budget.author - 1))
    if state.budget.dashboard:
        for leaf in LEAVES:
            for value in ("x", "a" if leaf == 0 else UNSET):
                if state.server.values[leaf] != value:
                    left = state.budget._replace(dashboard=state.budget.dashboard - 1)
                    yield _edited(state._replace(budget=left), leaf, value, habits)


def _edited(state: State, leaf: int, value: str, habits: Habits) -> State:
    edited = value not in state.base[leaf]
    return committed(state, with_value(state.server.values, leaf, value), moves=habits.token_moves)._replace(
        edited=with_value(state.edited, leaf, edited),
        ours=with_value(state.ours, leaf, value=False),
        window=with_value(state.window, leaf, state.window[leaf] or state.fresh is not None),
    )


def pulls(state: State, habits: Habits) -> Iterator[State]:
    """Pull takes drift into the file; with `--theirs` also conflicts."""
    if not state.budget.applies or state.plan is not None:
        return
    state = state._replace(budget=state.budget._replace(applies=state.budget.applies - 1))
    for settled in replays(state, habits):
        if settled.journal is not None:
            continue
        for look in looks(settled, habits):
            if is_stale(settled.tokens, look, habits):
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
        state = with_shown(state, [(leaf, value)])._replace(file=with_value(state.file, leaf, value))
        records[leaf] = Confirmed(value, value)
    if not leaves:
        return state
    return state._replace(records=tuple(records), tokens=habits.rules.seen(state.tokens, look.token))


def late_requests(state: State, habits: Habits) -> Iterator[State]:
    """A request is carried out long after its answer was given up; what it overwrites cannot be helped."""
    for at, body in enumerate(state.late):
        yield carried_out(state._replace(late=state.late[:at] + state.late[at + 1 :]), body, None, habits)


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
