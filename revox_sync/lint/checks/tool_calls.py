"""Calls of tools in a prompt, as people write them: `call check_stock(size)`."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from revox_sync.values.named_tuple import NamedTuple

# "Call", "use" and "run". A line without any of them explains something else.
_VERBS: Final = (
    r"\b(?:call(?:s|ing)?|use[rsz]?|runs?|invoke|invo[cq]\w+|execut[ae]|trigger|appel(?:le|ez|er)|utilis(?:e|ez|er)"
    r"|exécute[rz]?|lance[rz]?|rufen?|aufrufen|(?:be)?nutzen?|verwenden?|führen?|ejecut[ae]|llam[ae]|usa|usar|utiliz[ae]"
    r"|chame|chama|acione|chiam[ai]|esegui|roep|gebruik|voer|wywołaj|użyj|uruchom)\b"
)
_NAME: Final = r"[a-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*"
# A name with `_` is a tool on any such line; another one only behind the verb, and what it is: "call the tool book(".
_CALL: Final = rf"(?<![\w./$@{{-])({_NAME})`?\(([^()\n]{{0,200}})\)"
_NAMED_ONLY: Final = r"(?<![\w./$@{-])`([a-z][a-z0-9]*(?:_[a-z0-9]+)+)`(?!\()"
_BETWEEN: Final = r"[ \t]+(?:[^\W\d_]+['’ ]){0,3}[`\"'*]{0,3}$"
_BEHIND_CALL: Final = r"\bcall[ \t]+(?:the[ \t]+)?(?:tool[ \t]+|function[ \t]+)?$"
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


@lru_cache(maxsize=8)  # two rules ask for the calls of one text
def tool_calls(text: str) -> tuple[ToolCall, ...]:
    """Every call of a tool in a text."""
    # Brackets of a call stand right behind its name, those of prose behind a blank.
    before = [part[-1:] for part in text.split("(")[:-1]]
    if "`" not in text and not any(char.isalnum() or char == "_" for char in before):
        return ()
    found: list[ToolCall] = []
    start = 0
    for line in text.split("\n"):
        if "(" in line or "`" in line:
            found += _calls_in(line, start)
        start += len(line) + 1
    return tuple(found)


def _calls_in(line: str, offset: int) -> Iterator[ToolCall]:
    calls = [*re.finditer(_CALL, line)]
    names = [*re.finditer(_NAMED_ONLY, line)]
    if not (calls or names) or re.search(_VERBS, line, re.IGNORECASE) is None:
        return
    for found in calls:
        name, start = found[1], found.start(1)
        if "_" in name or re.search(_VERBS + _BETWEEN, line[:start], re.IGNORECASE):
            yield ToolCall(name, offset + start, _arguments(found[2], offset + found.start(2)))
    for found in names:
        if re.search(_BEHIND_CALL, line[: found.start()], re.IGNORECASE):
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
