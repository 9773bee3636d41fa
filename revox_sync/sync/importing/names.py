"""Names for adopted assistants: addresses that every file system takes, and environment variables for secrets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import count
from typing import Any, Final

from revox_sync.config import CONFIG_NAME
from revox_sync.contract.fields import Node
from revox_sync.values.pointer import Pointer, Value
from revox_sync.values.secret import Secret
from revox_sync.values.walk import DESCEND, rebuilt

MAX_ADDRESS: Final = 80
_FALLBACK: Final = "assistant"
_ID_CHARACTERS: Final = 8
# Windows refuses these with any suffix (learn.microsoft.com, "Naming Files, Paths, and Namespaces").
_DEVICES: Final = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')
_RESERVED: Final = _DEVICES | {CONFIG_NAME.partition(".")[0]}
# Letters that Unicode does not decompose into an ASCII letter and an accent.
_LETTERS: Final = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŧ": "t"}
)


def address_key(address: str) -> str:
    """What two addresses share when some file system takes them for one: neither case nor composition counts."""
    # Case folding can bring back what NFKC has just removed, so it is normalised twice.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", address).casefold())


def new_addresses(names: Mapping[str, str], taken: Iterable[str], folder: str = "") -> dict[str, str]:
    """An address for each id: its name in lower-case ASCII, with a number where that is taken.

    The order of the ids makes no difference.

    Args:
        names: names by id.
        taken: addresses, and names of files without suffix, that are not free.
        folder: that the addresses are in, such as `sales`; empty for none.
    """
    # What differs only in case or composition is one file on macOS and Windows.
    used = set(map(address_key, taken))
    addresses = {}
    for key in sorted(names):
        addresses[key] = _free(_slug(names[key]) or _from_id(key), used, f"{folder}/" if folder else "")
        used.add(address_key(addresses[key]))
    return addresses


def _free(slug: str, used: AbstractSet[str], prefix: str) -> str:
    base = f"{_FALLBACK}-{slug}" if slug in _RESERVED else slug
    suffixes = ("" if number == 1 else f"-{number}" for number in count(1))
    candidates = (prefix + base[: MAX_ADDRESS - len(suffix)].rstrip("-_") + suffix for suffix in suffixes)
    return next(address for address in candidates if address_key(address) not in used)


def folder_fault(folder: str) -> str:
    """Why a folder of addresses has a name that no file system, or no project, can have; empty if it can."""
    for part in folder.split("/"):
        if part[:1] in {".", "_"}:
            return f"`{part}` is no folder of assistants: names that begin with `.` or `_` are left out"
        if not part or _UNSAFE.search(part) or part[-1] in ". " or part.casefold().partition(".")[0] in _DEVICES:
            return f"`{part}` is no name that every file system has"
    return ""


def _from_id(key: str) -> str:
    """A readable part of an id such as `asst_81f2…`."""
    return "-".join(filter(None, (_FALLBACK, _slug(key.rpartition("_")[2])[:_ID_CHARACTERS].rstrip("-_"))))


def _slug(text: str) -> str:
    """Lower-case ASCII letters, digits, dashes and inner underscores; empty where nothing of the text is left."""
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_LETTERS)
    letters = "".join(letter for letter in spread if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9_]+", "-", letters).strip("-_")


def with_variables(
    fields: Mapping[str, Value], node: Node, address: str, taken: AbstractSet[str]
) -> tuple[dict[str, Value], dict[str, Pointer]]:
    """The fields with an environment variable for every secret, and where each variable stands.

    An empty secret hides nothing, and no variable can be set to it, so it is written as an empty text.

    Args:
        node: root of the assistant schema.
        taken: variables that mean something else.
    """
    variables: dict[str, Pointer] = {}
    for pointer, words in _secrets(fields, node, ()):
        variables[_variable((address, *words), taken | variables.keys())] = pointer
    names = {pointer: variable for variable, pointer in variables.items()}

    def named(part: Value, _: object, pointer: Pointer) -> Any:
        if not isinstance(part, Secret):
            return DESCEND
        return Secret(None, names[pointer]) if pointer in names else part.reveal()

    return rebuilt(dict(fields), named), variables


def _secrets(
    value: Value, node: Node | None, at: Pointer, words: tuple[str, ...] = ()
) -> Iterator[tuple[Pointer, tuple[str, ...]]]:
    """Every secret with the words that lead to it: keys, and for an entry of a list what identifies it."""
    if isinstance(value, Secret):
        if not value.known or value.reveal():
            yield at, words
    elif isinstance(value, Mapping):
        for key, child in value.items():
            yield from _secrets(child, node.child(key, value) if node else None, (*at, key), (*words, key))
    elif isinstance(value, list) and node is not None and node.element is not None:
        for index, child in enumerate(value):
            yield from _entry_secrets(child, node, (*at, index), words)


def _entry_secrets(
    entry: Value, listed: Node, at: Pointer, words: tuple[str, ...]
) -> Iterator[tuple[Pointer, tuple[str, ...]]]:
    title = entry.get(listed.key) if listed.key is not None and isinstance(entry, Mapping) else None
    is_named = isinstance(title, str) and _slug(title) != ""
    own = (*words[:-1], str(title)) if is_named else (*words, str(int(at[-1]) + 1))
    # The value of a key-value pair is known by its key.
    is_pair = is_named and listed.element is not None and len(listed.element.properties) == 2
    for pointer, inner in _secrets(entry, listed.element, at, own):
        yield pointer, inner[: len(own)] if is_pair else inner


def _variable(words: Iterable[str], taken: AbstractSet[str]) -> str:
    base = re.sub(r"[^A-Z0-9]+", "_", "_".join(map(_slug, words)).upper()).strip("_")
    base = f"_{base}" if base[:1].isdigit() else base  # shells accept no name that begins with a digit
    candidates = (base if number == 1 else f"{base}_{number}" for number in count(1))
    return next(variable for variable in candidates if variable not in taken)
