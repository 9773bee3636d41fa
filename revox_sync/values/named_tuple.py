"""`NamedTuple` as typing has it, but made when its first instance is.

A command imports the classes of everything it may meet and needs few of them. typing compiles each field's annotation
and a constructor for every class, which for a lint of one file took longer than checking it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING or sys.version_info >= (3, 14):  # annotations became lazy in 3.14, and typing knows how to read them
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414 - the form in which type checkers see a re-export
else:
    from collections import namedtuple

    # What a class has for itself; the rest of what `namedtuple` makes belongs to every class.
    _OWN = frozenset({"__doc__", "__module__", "__slots__", "__dict__", "__weakref__", "__qualname__"})

    def _finish(cls: type) -> None:
        """Give a class what `namedtuple` makes: fields, `_replace` and so on, and its constructor."""
        made = vars(namedtuple(cls.__name__, cls._fields, defaults=list(cls._field_defaults.values())))  # noqa: PYI024
        kept = _OWN | vars(cls).keys() - _PENDING.keys() - cls._field_defaults.keys()
        # Another thread may make an instance as soon as there is a constructor: it comes last.
        for name in sorted(made.keys() - kept, key="__new__".__eq__):
            setattr(cls, name, made[name])

    def _finish_all(cls: type) -> None:
        for each in cls.__mro__:
            if vars(each).get("__new__") is _PENDING["__new__"]:
                _finish(each)

    def _new(cls: type, *values: object, **named: object) -> tuple[object, ...]:
        _finish_all(cls)
        return cls.__new__(cls, *values, **named)

    class _Make:
        """Who makes thousands of instances asks for `_make` once, so that is what it gives, not a way there."""

        def __get__(self, _: object, cls: type) -> object:
            _finish_all(cls)
            return cls._make

    _PENDING = {"__new__": staticmethod(_new), "_make": _Make()}

    class _Maker(type):
        def __new__(mcs, name: str, _: tuple[type, ...], space: dict[str, object]) -> type:
            fields = tuple(space.get("__annotations__", ()))
            defaults = {field: space[field] for field in fields if field in space}
            own = {"__slots__": (), "_fields": fields, "_field_defaults": defaults, "__match_args__": fields}
            return type(name, (tuple,), {**space, **own, **_PENDING})

    class _Base:
        """Stands where classes name their base; as with typing's, they get `tuple` instead."""

        def __mro_entries__(self, _: tuple[object, ...]) -> tuple[type, ...]:
            return (_MADE,)

    _MADE = type.__new__(_Maker, "NamedTuple", (), {})
    NamedTuple = _Base()
