"""Habits of a server that keeps or shows something other than what was sent: kinds of quirks and their arguments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Self

from revox_sync.emulator.unknown_name import UnknownNameError

_LONGEST_SECONDS: Final = 3600.0
_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Argument(Enum):
    """What a quirk has to be told; the value is how the documentation writes it."""

    NOTHING = ""
    SECONDS = ":S"
    COUNT = ":N"
    FIELDS = ":FIELD[,FIELD]"
    KEY = ":NAME"
    PATHS = ":PATH[,PATH]"


# Every kind of quirk; each is a field of `Quirks`, written with dashes here.
QUIRK_KINDS: Final[Mapping[str, Argument]] = {
    "merge-patch": Argument.NOTHING,
    "list-lag": Argument.SECONDS,
    "read-lag": Argument.SECONDS,
    "page": Argument.COUNT,
    "null-empty": Argument.NOTHING,
    "drop": Argument.FIELDS,
    "ignore-on-create": Argument.FIELDS,
    "item-key": Argument.KEY,
    "thin-create": Argument.FIELDS,
    "mask": Argument.FIELDS,
    "lower-name": Argument.NOTHING,
    "nfc": Argument.NOTHING,
    "respell": Argument.NOTHING,
    "untouched": Argument.FIELDS,
    "keep-null": Argument.NOTHING,
    "forbid": Argument.PATHS,
}


@dataclass(frozen=True, slots=True)
class Quirks:
    """The habits of one server; each is independent of the others.

    Fields are named as in bodies, with dots for nested ones: `voice.speed`, `custom_tools.url`.

    Attributes:
        merge_patch: an update merges mappings (RFC 7396) instead of replacing a top-level field.
        list_lag: the list shows what was there so many seconds ago.
        read_lag: a GET by id shows what was there so many seconds ago.
        page: the list has only the first so many assistants, and says whether there are more; None is no limit.
        null_empty: empty lists are answered as null.
        drop: fields that are accepted and ignored.
        ignore_on_create: fields that a create accepts and ignores.
        item_key: keys that every object in a list has beside those of the contract.
        thin_create: fields that the answer to a create leaves out.
        mask: texts of which answers show the end only.
        lower_name: names are kept in lower case.
        nfc: texts are kept in Unicode form NFC.
        respell: values are kept in the spelling that `stored_form.respelled` gives them.
        untouched: top-level fields that an update changes without another `updated_at`, where it changes no other.
        keep_null: a null of an update leaves the field as it is.
        forbid: paths below the base URL, such as `campaigns`, that the key may not use: 403.

    Raises:
        ValueError: an argument is out of its range.
    """

    merge_patch: bool = False
    list_lag: float = 0.0
    read_lag: float = 0.0
    page: int | None = None
    null_empty: bool = False
    drop: tuple[str, ...] = ()
    ignore_on_create: tuple[str, ...] = ()
    item_key: tuple[str, ...] = ()
    thin_create: tuple[str, ...] = ()
    mask: tuple[str, ...] = ()
    lower_name: bool = False
    nfc: bool = False
    respell: bool = False
    untouched: tuple[str, ...] = ()
    keep_null: bool = False
    forbid: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for kind, seconds in (("list-lag", self.list_lag), ("read-lag", self.read_lag)):
            if not 0 <= seconds <= _LONGEST_SECONDS:
                raise ValueError(f"the seconds of `{kind}` must be a number from 0 to {_LONGEST_SECONDS:.0f}")
        if self.page is not None and self.page < 1:
            raise ValueError("the length of a `page` must be a whole number from 1")
        for key in self.item_key:
            if not _KEY.fullmatch(key):
                raise ValueError(f"the `item-key` `{key}` must be a name of letters, digits and underscores")

    @classmethod
    def parse(cls, texts: Iterable[str]) -> Self:
        """The quirks of texts such as `nfc` and `list-lag:2`.

        Raises:
            UnknownNameError: there is no such kind.
            ValueError: an argument is missing, superfluous or wrong, or a kind that may stand once is named twice.
        """
        values: dict[str, Any] = {}
        for text in texts:
            kind, _, _ = text.partition(":")
            if kind not in QUIRK_KINDS:
                raise UnknownNameError("quirk", kind, QUIRK_KINDS)
            name, value = kind.replace("-", "_"), _read(text)
            if isinstance(value, tuple):
                value = values.get(name, ()) + value
            elif name in values:
                raise ValueError(f"the quirk `{kind}` is named twice; name it once")
            values[name] = value
        return cls(**values)

    @property
    def longest_lag(self) -> float:
        """Seconds for which the past must be remembered."""
        return max(self.list_lag, self.read_lag)


def written(kind: str) -> str:
    """How a kind is written with its argument, such as `list-lag:S`."""
    return kind + QUIRK_KINDS[kind].value


def _read(text: str) -> bool | float | int | tuple[str, ...]:
    """The argument of a quirk whose kind is known."""
    kind, colon, argument = text.partition(":")
    with suppress(ValueError):  # of a text that is no number
        match QUIRK_KINDS[kind]:
            case Argument.NOTHING if not colon:
                return True
            case Argument.SECONDS:
                return float(argument)
            case Argument.COUNT:
                return int(argument)
            case Argument.FIELDS | Argument.PATHS if all(names := argument.split(",")):
                return tuple(names)
            case Argument.KEY if argument:
                return (argument,)
    raise ValueError(f"the quirk `{text}` is not written {written(kind)}")
