"""Which tests run which lines of a module: the others cannot notice what is wrong there."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import pytest


class CoveringTests(NamedTuple):
    """What a run of the tests without a mutant has shown.

    Attributes:
        by_line: names of the tests that run a line of a file; what runs while the file is imported has no test.
        seconds: that each test took.
    """

    by_line: Mapping[tuple[str, int], tuple[str, ...]]
    seconds: Mapping[str, float]

    def of(self, path: Path, lines: range) -> tuple[str, ...]:
        """Tests that run any of some lines of a file, the quickest first."""
        names = {name for line in lines for name in self.by_line.get((str(path), line), ())}
        return tuple(sorted(names, key=lambda name: (self.seconds[name], name)))


class Recorder:
    """A plugin of pytest that watches some files."""

    def __init__(self, watched: Iterable[Path]) -> None:
        self._watched = frozenset(map(str, watched))
        self._lines: set[tuple[str, int]] = set()
        self._found: dict[str, tuple[float, list[tuple[str, int]]]] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Watch one test."""
        self._lines, started = set(), time.monotonic()
        threading.settrace(self._entered)
        sys.settrace(self._entered)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            threading.settrace(None)
            self._found[item.nodeid] = (time.monotonic() - started, sorted(self._lines))

    def _entered(self, frame: FrameType, _: str, __: Any) -> Any:
        # Only frames of those files are watched line by line, so that tests take no longer.
        return self._reached if frame.f_code.co_filename in self._watched else None

    def _reached(self, frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            self._lines.add((frame.f_code.co_filename, frame.f_lineno))
        return self._reached

    def write(self, path: Path) -> None:
        """Leave what was found for `read_covering`."""
        path.write_text(json.dumps(self._found), "utf-8")


def read_covering(path: Path) -> CoveringTests:
    """What a recorder has written."""
    found: dict[str, tuple[float, list[tuple[str, int]]]] = json.loads(path.read_text("utf-8"))
    seconds = {name: spent for name, (spent, _) in found.items()}
    by_line: dict[tuple[str, int], list[str]] = {}
    for name, (_, places) in found.items():
        for file, line in places:
            by_line.setdefault((file, line), []).append(name)
    return CoveringTests({place: tuple(names) for place, names in by_line.items()}, seconds)
