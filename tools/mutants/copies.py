"""Tries mutants in copies of a process that has collected the tests, so that none of them imports anything again."""

from __future__ import annotations

import gc
import inspect
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import CodeType, FunctionType
from typing import Final

import pytest

from tools.mutants.mutations import Mutant

LONGEST_TEST: Final = 300.0
"""Seconds that every test has at least: on a busy machine a copy may get a hundredth of a processor."""
MOST_WORK: Final = 15.0
"""Seconds of work that every test has at least; a loop without end is found by them."""


class Host:
    """A plugin of pytest that calls something instead of running the tests it has collected."""

    def __init__(self, found: Callable[[pytest.Session], None]) -> None:
        self._found = found

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Not run any test."""
        if session.testsfailed:
            raise session.Interrupted("the tests cannot be collected")
        self._found(session)
        return True


def passes(session: pytest.Session, tests: Sequence[str], longest: Callable[[str], float]) -> bool:
    """Whether tests pass; ends the process where one of them takes longer than it may."""
    items = {item.nodeid: item for item in session.items}
    for name, following in zip(tests, [*tests[1:], None], strict=True):
        # Nobody catches these signals.
        signal.setitimer(signal.ITIMER_REAL, max(LONGEST_TEST, longest(name)))
        signal.setitimer(signal.ITIMER_VIRTUAL, max(MOST_WORK, longest(name)))
        next_item = items[following] if following is not None else None
        session.config.hook.pytest_runtest_protocol(item=items[name], nextitem=next_item)
        if session.testsfailed:
            return False
    return True


def takes_place(mutant: Mutant, source: str, file: Path, module: str) -> bool:
    """Give the functions that a mutant changes their new code; False where it changes something else, such as a table.

    Nothing that was computed before is computed anew: a mutant that survives so has to be tried from the start.

    Args:
        source: of the module without the mutant.
        file: where the module was imported from.
        module: its dotted name.
    """
    if module not in sys.modules:
        return True  # whoever imports it now gets the mutant
    before = dict(_functions(compile(source, str(file), "exec", dont_inherit=True)))
    after = _functions(compile(mutant.tree(source), str(file), "exec", dont_inherit=True))
    changed = {place: code for place, code in after if before.get(place) != code}
    found = [each for each in _living(file) if _place(each.__code__) in changed]
    if any(each.__code__.co_freevars != changed[_place(each.__code__)].co_freevars for each in found):
        return False
    for each in found:
        each.__code__ = changed[_place(each.__code__)]
    return {_place(each.__code__) for each in found} == changed.keys() != set()


_Place = tuple[str, int]


def _place(code: CodeType) -> _Place:
    return code.co_qualname, code.co_firstlineno


def _functions(code: CodeType) -> Iterator[tuple[_Place, CodeType]]:
    """The functions of a module and of its classes; those inside another one are made by its code."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_flags & inspect.CO_OPTIMIZED:
                yield _place(constant), constant
            else:
                yield from _functions(constant)


def _living(file: Path) -> Iterable[FunctionType]:
    # Decorators and caches hold functions of which no name tells.
    return [each for each in gc.get_objects() if type(each) is FunctionType and each.__code__.co_filename == str(file)]
