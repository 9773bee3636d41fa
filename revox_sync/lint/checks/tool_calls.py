"""Calls of tools in a prompt, as people write them: `call check_stock(size)`."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from revox_sync.values.substring_search import SubstringIndex

# "Call", "use" and "run", by a text that each contains. A line without any of them explains something else.
_VERBS: Final = {
    "call": r"call(?:s|ing)?",
    "use": r"use[rsz]?",
    "run": r"runs?",
    "invo": r"invoke|invo[cq]\w+|invoca\w*",
    "execut": r"execut[ae]",
    "trigger": r"trigger",
    "appel": r"appel(?:le|ez|er)",
    "utilis": r"utilis(?:e|ez|er)",
    "cute": r"exécute[rz]?",
    "lance": r"lance[rz]?",
    "rufe": r"rufe?n?|aufrufen",
    "nutze": r"(?:be)?nutzen?",
    "verwende": r"verwenden?",
    "hre": r"führen?",
    "ejecut": r"ejecut[ae]",
    "llam": r"llam[ae]",
    "usa": r"usa|usar",
    "utiliz": r"utiliz[ae]",
    "cham": r"chame|chama",
    "acion": r"acione",
    "chiam": r"chiam[ai]",
    "esegui": r"esegui",
    "roep": r"roep",
    "gebruik": r"gebruik",
    "voer": r"voer",
    "wywo": r"wywołaj",
    "yj": r"użyj",
    "uruchom": r"uruchom",
}
_NAME: Final = r"[a-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*"
# A name with `_` is a tool on any such line; another one only behind the verb, and what it is: "call the tool book(".
_CALL: Final = rf"(?<![\w./$@{{-])({_NAME})`?\(([^()\n]{{0,200}})\)"
_NAMED_ONLY: Final = r"(?<![\w./$@{-])`([a-z][a-z0-9]*(?:_[a-z0-9]+)+)`(?!\()"
_BETWEEN: Final = r"[ \t]+(?:[^\W\d_]+['’ ]){0,3}[`\"'*]{0,3}$"
_ARGUMENT: Final = r"\s*[`'\"]?([A-Za-z_]\w*)[`'\"]?\s*(?:[:=].*)?"


class ToolCall(NamedTuple):
    """A call of a tool in a text.

    Attributes:
        start: offset of the name.
        arguments: name and offset of each; None where they are values and not names.
    """

    name: str
    start: int
    arguments: tuple[tuple[str, int], ...] | None


def tool_calls(text: str) -> Iterator[ToolCall]:
    """Every call of a tool in a text, in order."""
    verbs = _index().found_in(text) if "(" in text or "`" in text else ()
    if not verbs:
        return
    verb = rf"\b(?:{'|'.join(verbs)})\b"
    start = 0
    for line in text.split("\n"):
        if ("(" in line or "`" in line) and re.search(verb, line, re.IGNORECASE):
            yield from _calls_in(line, start, verb)
        start += len(line) + 1


def _calls_in(line: str, offset: int, verb: str) -> Iterator[ToolCall]:
    for found in re.finditer(_CALL, line):
        name, start = found[1], found.start(1)
        if "_" in name or re.search(verb + _BETWEEN, line[:start], re.IGNORECASE):
            yield ToolCall(name, offset + start, _arguments(found[2], offset + found.start(2)))
    for found in re.finditer(_NAMED_ONLY, line):
        if re.search(
            r"\bcall[ \t]+(?:the[ \t]+)?(?:tool[ \t]+|function[ \t]+)?$", line[: found.start()], re.IGNORECASE
        ):
            yield ToolCall(found[1], offset + found.start(1), None)


def _arguments(text: str, offset: int) -> tuple[tuple[str, int], ...] | None:
    if not text.strip():
        return ()
    arguments = []
    for part in text.split(","):
        found = re.fullmatch(_ARGUMENT, part)
        if found is None:
            return None
        arguments.append((found[1], offset + found.start(1)))
        offset += len(part) + 1
    return tuple(arguments)


@cache
def _index() -> SubstringIndex[str]:
    return SubstringIndex(_VERBS.items(), caseless=True)
