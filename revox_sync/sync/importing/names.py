"""Names for adopted assistants: addresses that every file system takes, and environment variables for secrets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import count
from typing import Final

from revox_sync.config import CONFIG_NAME
from revox_sync.contract.fields import Node
from revox_sync.values.pointer import Pointer, Value
from revox_sync.values.secret import Secret

MAX_ADDRESS: Final = 80
FALLBACK: Final = "assistant"
ID_CHARACTERS: Final = 8
# Windows refuses these with any suffix (learn.microsoft.com, "Naming Files, Paths, and Namespaces").
_DEVICES: Final = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
_RESERVED: Final = _DEVICES | {CONFIG_NAME.partition(".")[0]}
# Letters that Unicode does not take apart.
_LETTERS: Final = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŧ": "t"}
)


def address_key(address: str) -> str:
    """What two addresses share when some file system takes them for one: neither case nor composition counts."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", address).casefold())


def new_addresses(names: Mapping[str, str], taken: Iterable[str]) -> dict[str, str]:
    """An address for each id: its name in lower-case ASCII, told from all others; the same for any order of ids.

    Args:
        names: names by id.
        taken: addresses, and names of files without suffix, that are not free.
    """
    used = set(map(address_key, taken))
    addresses = {}
    for key in sorted(names):
        addresses[key] = _free(_slug(names[key]) or _from_id(key), used)
        used.add(addresses[key])
    return addresses


def _free(slug: str, used: AbstractSet[str]) -> str:
    base = f"{FALLBACK}-{slug}" if slug in _RESERVED else slug
    suffixes = ("" if number == 1 else f"-{number}" for number in count(1))
    candidates = (base[: MAX_ADDRESS - len(suffix)].rstrip("-_") + suffix for suffix in suffixes)
    return next(each for each in candidates if each not in used)


def _from_id(key: str) -> str:
    """A readable part of an id such as `asst_81f2…`."""
    return "-".join(filter(None, (FALLBACK, _slug(key.rpartition("_")[2])[:ID_CHARACTERS].rstrip("-_"))))


def _slug(text: str) -> str:
    """Lower-case ASCII letters, digits, dashes and inner underscores; empty where nothing of the text is left."""
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_LETTERS)
    letters = "".join(each for each in spread if not unicodedata.combining(each))
    return re.sub(r"[^a-z0-9_]+", "-", letters).strip("-_")


def with_variables(
    fields: Mapping[str, Value], node: Node, address: str, taken: AbstractSet[str]
) -> tuple[dict[str, Value], dict[str, Pointer]]:
    """The fields with an environment variable for every secret, and where each variable stands.

    An empty secret hides nothing, and no variable can hold it: it stays.

    Args:
        node: root of the assistant schema.
        taken: variables that mean something else.
    """
    found: dict[str, Pointer] = {}
    for pointer, parts in _secrets(fields, node, ()):
        found[_variable((address, *parts), taken | found.keys())] = pointer
    names = {pointer: variable for variable, pointer in found.items()}
    return {key: _named(value, (key,), names) for key, value in fields.items()}, found


def _secrets(
    value: Value, node: Node | None, at: Pointer, parts: tuple[str, ...] = ()
) -> Iterator[tuple[Pointer, tuple[str, ...]]]:
    """Every secret with the words that lead to it: keys, and for an entry of a list what identifies it."""
    if isinstance(value, Secret) and not (value.known and value.reveal() == ""):
        yield at, parts
    elif isinstance(value, Mapping):
        for key, child in value.items():
            place = node.child(key, value) if node is not None else None
            yield from _secrets(child, place, (*at, key), (*parts, key))
    elif isinstance(value, list) and node is not None and node.element is not None:
        for index, child in enumerate(value):
            yield from _entry_secrets(child, node, (*at, index), parts)


def _entry_secrets(
    entry: Value, listed: Node, at: Pointer, parts: tuple[str, ...]
) -> Iterator[tuple[Pointer, tuple[str, ...]]]:
    title = entry.get(listed.key) if listed.key is not None and isinstance(entry, Mapping) else None
    named = isinstance(title, str) and _slug(title) != ""
    own = (*parts[:-1], str(title)) if named else (*parts, str(int(at[-1]) + 1))
    # The value of a key-value pair is known by its key.
    pair = named and listed.element is not None and len(listed.element.properties) == 2
    for pointer, words in _secrets(entry, listed.element, at, own):
        yield pointer, words[: len(own)] if pair else words


def _variable(parts: Iterable[str], taken: AbstractSet[str]) -> str:
    base = re.sub(r"[^A-Z0-9]+", "_", "_".join(map(_slug, parts)).upper()).strip("_")
    base = f"_{base}" if base[:1].isdigit() else base
    return next(
        each for each in (base if number == 1 else f"{base}_{number}" for number in count(1)) if each not in taken
    )


def _named(value: Value, at: Pointer, names: Mapping[Pointer, str]) -> Value:
    if isinstance(value, Mapping):
        return {key: _named(child, (*at, key), names) for key, child in value.items()}
    if isinstance(value, list):
        return [_named(child, (*at, index), names) for index, child in enumerate(value)]
    if isinstance(value, Secret):
        return Secret(None, names[at]) if at in names else value.reveal()
    return value
