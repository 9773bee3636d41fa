"""Visits every state of the small world, breadth first, and says how the first bad one is reached."""

from __future__ import annotations

from collections import deque
from typing import Final

from tests.model.state import Budget, Habits, LostEditError, StalePullError, State, start
from tests.model.world import resolved, steps

MOST_STATES: Final = 5_000_000


class WrongWorldError(AssertionError):
    """A state that must not be, with the way that leads to it."""


def explore(habits: Habits, budget: Budget) -> int:
    """How many states there are. Raises WrongWorldError for a lost edit, and for a state that has no way out."""
    first = start(habits, budget)
    parents: dict[State, State | None] = {first: None}
    settled: set[State] = set()
    queue = deque([first])
    while queue:
        state = queue.popleft()
        try:
            following = list(steps(state, habits))
        except (LostEditError, StalePullError) as error:
            raise WrongWorldError(f"{type(error).__name__}: {error}\n{_way(state, parents)}") from error
        _require_way_out(state, habits, settled, parents)
        for each in following:
            if each not in parents:
                parents[each] = state
                queue.append(each)
        if len(parents) > MOST_STATES:
            raise MemoryError(f"more than {MOST_STATES} states")
    return len(parents)


def _require_way_out(state: State, habits: Habits, settled: set[State], parents: dict[State, State | None]) -> None:
    if state.plan is not None or state.late:
        return
    # What only tells how the state was reached does not decide whether there is a way out.
    bare = state._replace(
        budget=Budget(0, 0, 0, 0), base=(frozenset(), frozenset()), edited=(False, False), former=state.server
    )
    if bare in settled:
        return
    settled.add(bare)
    if not resolved(bare, habits):
        raise WrongWorldError(f"no way out\n{_way(state, parents)}")


def _way(state: State, parents: dict[State, State | None]) -> str:
    """What changes from the first state to this one, a line per step."""
    way: list[State] = []
    current: State | None = state
    while current is not None:
        way.append(current)
        current = parents[current]
    lines = []
    former: dict[str, object] = {}
    for step in reversed(way):
        now = step._asdict()
        lines.append(str({name: value for name, value in now.items() if former.get(name) != value}))
        former = now
    return "\n".join(lines)
