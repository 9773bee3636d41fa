from __future__ import annotations

import pickle
import typing
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from revox_sync.values import named_tuple


class Place(named_tuple.NamedTuple):
    """Where something is."""

    path: str
    start: int = 0
    end: int | None = None

    @property
    def length(self) -> int:
        return (self.end or self.start) - self.start

    def moved(self, by: int) -> Place:
        return self._replace(start=self.start + by)


class Like(typing.NamedTuple):
    """Where something is."""

    path: str
    start: int = 0
    end: int | None = None


class Never(named_tuple.NamedTuple):
    name: str


class Unpickled(named_tuple.NamedTuple):
    name: str


class Made(named_tuple.NamedTuple):
    name: str
    number: int = 3


class Wider(Made):
    pass


def _refusal(make: Callable[[], Any]) -> str:
    with pytest.raises(TypeError) as caught:
        make()
    return str(caught.value)


def _matched(value: Any, kind: Any) -> Any:
    match value:
        case kind(path, start):
            return path, start
    return None


SAME: dict[str, Callable[[Any], Any]] = {
    "positions": lambda kind: tuple(kind("a", 1, 2)),
    "names": lambda kind: tuple(kind(end=2, path="a")),
    "fields": lambda kind: (kind("a").path, kind("a").start, kind("a").end),
    "equal": lambda kind: (kind("a") == kind("a"), kind("a") == ("a", 0, None), hash(kind("a"))),
    "facts": lambda kind: (kind._fields, kind._field_defaults, kind.__match_args__, kind.__doc__, kind.__bases__),
    "hints": typing.get_type_hints,
    "dictionary": lambda kind: kind("a")._asdict(),
    "replaced": lambda kind: tuple(kind("a")._replace(start=4)),
    "made": lambda kind: tuple(kind._make(["a", 1, 2])),
    "shown": lambda kind: repr(kind("a")).partition("(")[2],
    "matched": lambda kind: _matched(kind("a", 5), kind),
    "copied": lambda kind: tuple(pickle.loads(pickle.dumps(kind("a", 7)))),  # noqa: S301 - our own bytes
    "no dictionary": lambda kind: hasattr(kind("a"), "__dict__"),
    "too few": lambda kind: _refusal(kind).partition(".")[2],
    "too many": lambda kind: _refusal(lambda: kind(1, 2, 3, 4)).partition(".")[2],
    "unknown": lambda kind: _refusal(lambda: kind("a", nothing=1)).partition(".")[2],
    "read-only": lambda kind: hasattr(type(kind("a")).path, "__set__"),
}


@pytest.mark.parametrize("look", SAME.values(), ids=SAME)
def test_it_is_as_typing_has_it(look: Callable[[Any], Any]) -> None:
    assert look(Place) == look(Like)


def test_methods_are_kept() -> None:
    assert Place("a", 1, 4).length == 3
    assert Place("a", 1).moved(2) == ("a", 3, None)


def test_a_class_is_finished_by_its_first_instance_only() -> None:
    assert "name" not in vars(Never)
    Never("a")
    assert "name" in vars(Never)


def test_the_first_instance_may_come_in_any_way() -> None:
    assert Unpickled._make(["a"]).name == "a"
    wider = Wider("a")
    assert (wider.name, wider.number, type(wider), Made("b").number) == ("a", 3, Wider, 3)


def test_threads_may_make_the_first_instance_at_once() -> None:
    for _ in range(20):

        class Shared(named_tuple.NamedTuple):
            name: str

        together = Barrier(4)

        def make(together: Barrier = together, kind: type[Shared] = Shared) -> str:
            together.wait()
            return kind("a").name

        with ThreadPoolExecutor(4) as pool:
            assert [each.result() for each in [pool.submit(make) for _ in range(4)]] == ["a"] * 4
