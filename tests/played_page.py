"""A page of the documentation that is played from top to bottom: commands are run, changes are made, outputs compared.

`--rewrite-golden` writes the outputs anew.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, Protocol

import pytest

_BLOCK: Final = re.compile(r"(?<=^```)(\w+)\n(.*?)(?=^```$)", re.DOTALL | re.MULTILINE)
_PROMPT: Final = "$ revox-sync "


class Reader(Protocol):
    """Somebody who follows a page.

    Attributes:
        edited: the file that the page changes.
    """

    edited: Path

    def output(self, command: str) -> str:
        """What a command of ours prints, in the words of the page; the command is without the program's name."""
        ...

    def other(self, kind: str, text: str) -> None:
        """Do what a block of another language asks for."""
        ...


def require_played(page: Path, reader: Reader, request: pytest.FixtureRequest) -> None:
    """The page is what happens."""
    played = _BLOCK.sub(lambda block: _followed(block, reader), page.read_text("utf-8"))
    if request.config.getoption("rewrite_golden"):
        page.write_text(played, "utf-8")
    assert page.read_text("utf-8") == played


def require_links(page: Path) -> None:
    """The page has links to files, and they lead somewhere."""
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text("utf-8"))
    assert targets
    assert [each for each in targets if not (page.parent / each).is_file()] == []


def _followed(block: re.Match[str], reader: Reader) -> str:
    """Do what a block of the page asks for; the block as it should be."""
    kind, text = block.groups()
    if kind == "console":
        commands = re.findall(rf"(?m)^{re.escape(_PROMPT)}(.*)$", text)
        return "console\n" + "\n".join(f"{_PROMPT}{each}\n{reader.output(each)}" for each in commands)
    if kind == "diff":
        _edit(reader.edited, text)
    else:
        reader.other(kind, text)
    return block[0]


def _edit(path: Path, difference: str) -> None:
    before, after = (re.findall(rf"(?m)^{re.escape(sign)}(.*)$", difference) for sign in "-+")
    text = path.read_text("utf-8")
    assert text.count("\n".join(before)) == 1
    path.write_text(text.replace("\n".join(before), "\n".join(after)), "utf-8")
