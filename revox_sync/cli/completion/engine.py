"""Answers `revox-sync __complete SHELL …`: what may come next in a command line that is being typed.

It knows the command line from `table.json`, which is made from the commands themselves (`make docs`): importing click
and all commands would take longer than anybody waits for a Tab.
"""

# os.path, not pathlib: somebody waits for the next letter.
# ruff: noqa: PTH100, PTH118, PTH120, PTH123

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from revox_sync.cli.completion.candidates import FROM_FOLDER, FROM_PROJECT, Candidate
from revox_sync.output.text.visible import visible
from revox_sync.values.named_tuple import NamedTuple

TABLE: Final = os.path.join(os.path.dirname(__file__), "table.json")
_PLAIN: Final = re.compile(r"[\w@%+=:,./~-]")
"""What bash reads as it stands; everything else gets a backslash."""
_WORDS: Final = "words"


class Answer(NamedTuple):
    """What a shell is told.

    Attributes:
        kind: `words`, or `files` or `folders`, which the shell completes itself.
        cut: what stands before the part of the word that the shell replaces.
    """

    kind: str = _WORDS
    candidates: tuple[Candidate, ...] = ()
    cut: str = ""


class _Line:
    """A command line as far as it is typed.

    Attributes:
        command: empty before there is one.
        project: folder that `-C` names.
        waiting: the option whose value comes next; None where none does.
        arguments: words that are no options, behind the command.
        only_arguments: `--` was typed.
    """

    def __init__(self) -> None:
        self.command = ""
        self.project = os.curdir
        self.waiting: dict[str, Any] | None = None
        self.arguments: list[str] = []
        self.used: set[str] = set()
        self.only_arguments = False


def answer_shell(arguments: Sequence[str]) -> str:
    """The text for a shell.

    Args:
        arguments: the shell's name, and for bash the line, the position in it and the signs that cut words; for others
            the words up to the one that is being typed.
    """
    shell, *rest = arguments or ["zsh"]
    if shell == "bash":
        line, point, breaks = (*rest, "", "", "")[:3]
        typed = line.encode()[: int(point) if point.isdecimal() else None].decode(errors="ignore")
        words, quoted = _split(typed)
        found = complete(words)
        cut = "" if quoted else _cut(words[-1], breaks)
        lines = [_for_bash(value.removeprefix(cut), quoted=quoted) for value, _ in found.candidates]
    else:
        words = list(rest)
        found = complete(words)
        lines = [f"{value}\t{text}" for value, text in found.candidates]
    return "".join(f"{line}\n" for line in (found.kind, *lines))


def complete(words: Sequence[str]) -> Answer:
    """What may stand in place of the last word; the first one is the program."""
    with open(TABLE, encoding="utf-8") as file:
        table = json.load(file)
    *before, word = words[1:] or [""]
    line = _read(before, table)
    answer = _answer(line, word, table)
    fitting = (each for each in answer.candidates if each[0].startswith(word) and _is_printable(each[0]))
    return Answer(answer.kind, tuple(dict(fitting).items()), answer.cut)


def _read(words: Sequence[str], table: dict[str, Any]) -> _Line:
    line = _Line()
    for word in words:
        options = table["commands"][line.command]["options"]
        if line.waiting is not None:
            if line.waiting["kind"] == "folder":
                line.project = word
            line.waiting = None
        elif word == "--" and not line.only_arguments:
            line.only_arguments = True
        elif word.startswith("-") and word != "-" and not line.only_arguments:
            name, equals, value = word.partition("=")
            option = options.get(name)
            line.used.add(name)
            if option is not None and option["kind"] is not None and not equals:
                line.waiting = option
            elif option is not None and option["kind"] == "folder":
                line.project = value
        elif not line.command and word in table["commands"]:
            line.command = word
        else:
            line.arguments.append(word)
    return line


def _answer(line: _Line, word: str, table: dict[str, Any]) -> Answer:
    command = table["commands"][line.command]
    if line.waiting is not None:
        return _values(line.waiting, line, word, table)
    if word.startswith("-") and not line.only_arguments:
        name, equals, value = word.partition("=")
        if equals and name in command["options"]:
            found = _values(command["options"][name], line, value, table)
            prefixed = tuple((f"{name}={each}", text) for each, text in found.candidates)
            return Answer(found.kind, prefixed, f"{name}=")
        return Answer(candidates=tuple(_options(command["options"], line.used)))
    if not line.command:
        return Answer(candidates=tuple(table["names"].items()))
    return _values(_argument(command["arguments"], len(line.arguments)), line, word, table)


def _options(options: dict[str, Any], used: set[str]) -> Iterator[Candidate]:
    for name, option in options.items():
        # The long name says more, and a short one is short enough to type.
        if name.startswith("--") and (option["repeatable"] or not used & set(option["names"])):
            yield name, option["help"]


def _argument(arguments: list[dict[str, Any]], position: int) -> dict[str, Any]:
    """The argument at a position; the last one may be repeated."""
    if position < len(arguments):
        return arguments[position]
    return arguments[-1] if arguments and arguments[-1]["repeatable"] else {"kind": None, "choices": []}


def _values(place: dict[str, Any], line: _Line, word: str, table: dict[str, Any]) -> Answer:
    """What the value of an option or an argument may be; a place may have several kinds of values."""
    kinds = (place["kind"] or "").split()
    if kinds in (["file"], ["folder"]):
        return Answer(f"{kinds[0]}s")
    if kinds == ["format"] and ":" in word:
        return Answer("files", cut=word[: word.index(":") + 1])
    if kinds in (["choice"], ["format"]):
        return Answer(candidates=tuple((choice, "") for choice in place["choices"]))
    if kinds == ["drift"]:
        return Answer(candidates=tuple(_drift(place["choices"], line, word)))
    return Answer(candidates=tuple(each for kind in kinds for each in _known(kind, line, word, table)))


def _known(kind: str, line: _Line, word: str, table: dict[str, Any]) -> Iterator[Candidate]:
    """Every value of a kind."""
    if kind == "command":
        yield from table["names"].items()
    elif kind in {"code", "codes"}:
        head = word[: word.rfind(",") + 1] if kind == "codes" else ""
        yield from ((head + code, text) for code, text in table["codes"])
    elif kind in FROM_FOLDER:
        yield from FROM_FOLDER[kind](word)
    elif kind in FROM_PROJECT:
        found = FROM_PROJECT[kind](os.path.abspath(line.project))
        yield from (each for each in found if each[0] not in line.arguments)


def _drift(choices: list[str], line: _Line, word: str) -> Iterator[Candidate]:
    """Values of `--on-drift`: a choice, or an address and a choice."""
    head = word[: word.rfind("=") + 1]
    yield from ((head + choice, "") for choice in choices)
    if not head:
        yield from ((f"{address}=", path) for address, path in FROM_PROJECT["address"](line.project))


def _is_printable(value: str) -> bool:
    # A name with a line break, a tab or an invisible character would break the answer, or hide in the terminal.
    return visible(value) == value and value != ""


def _split(line: str) -> tuple[list[str], bool]:
    """The words of a line as bash reads them, and whether the last one is inside quotes."""
    words, word, quote, escaped, started = list[str](), "", "", False, False
    for sign in line:
        if escaped:
            word, escaped = word + sign, False
        elif sign == "\\" and quote != "'":
            escaped = started = True
        elif quote:
            quote, word = ("", word) if sign == quote else (quote, word + sign)
        elif sign in "'\"":
            quote, started = sign, True
        elif sign.isspace():
            if word or started:
                words.append(word)
            word, started = "", False
        else:
            word += sign
    return [*words, word], bool(quote)


def _cut(word: str, breaks: str) -> str:
    """The beginning of a word that bash does not replace, because it cuts words at `=` and `:`."""
    ends = [word.rfind(sign) + 1 for sign in "=:" if sign in breaks]
    return word[: max(ends, default=0)]


def _for_bash(value: str, *, quoted: bool) -> str:
    return value if quoted else "".join(sign if _PLAIN.match(sign) else f"\\{sign}" for sign in value)
