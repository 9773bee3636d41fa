"""Honest and broken assistants of this folder, and how many of the faults in them lint finds.

A text file holds the assistants of one language, each below a line `=== name`. In `broken/`, a line ends with `§` and
what is wrong there in a reviewer's words (`§secret`, or `§placeholder+date` for two faults), or with `§~` where a
finding is right too, because it belongs to a fault nearby or is a matter of taste. The marks are no part of the file.
The faults were written down before the rules that find them. The last part of the honest half is `rules/honest`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from revox_sync.lint.model.finding import Severity
from tests.lint.project import FOLDER, lint_files

HERE: Final = Path(__file__).parent
ANYTHING: Final = "~"

CODES: Final[Mapping[str, str]] = {
    "argument": "RVX428",
    "bracket": "RVX211 RVX209 RVX201",
    "choice": "RVX104",
    "conflict": "RVX012",
    "date": "RVX212",
    "duplicate": "RVX408 RVX411",
    "email": "RVX106",
    "empty": "RVX205 RVX107",
    "enum": "RVX406",
    "example-url": "RVX504",
    "first-sentence": "RVX303",
    "first-unused": "RVX304",
    "flow": "RVX429 RVX430 RVX431",
    "foreign": "RVX210",
    "format": "RVX106",
    "get-body": "RVX415",
    "http": "RVX502",
    "implausible": "RVX307 RVX308",
    "json": "RVX413",
    "lookup": "RVX423",
    "missing": "RVX102 RVX110",
    "options": "RVX407",
    "phone": "RVX106 RVX007",
    "placeholder": "RVX201",
    "private": "RVX503",
    "provider": "RVX302",
    "range": "RVX105 RVX301",
    "repeated": "RVX208",
    "repeated-choice": "RVX421",
    "secret": "RVX501",
    "spelling": "RVX204",
    "todo": "RVX209",
    "tool": "RVX427",
    "tool-name": "RVX412",
    "transfer": "RVX432",
    "type": "RVX103 RVX007",
    "unknown-field": "RVX101",
    "unspeakable": "RVX207",
    "url": "RVX106",
    "window": "RVX401 RVX402",
}
"""The rules whose finding names a fault, by the word for it."""


@dataclass(frozen=True, slots=True)
class Marked:
    """An assistant file, and what is wrong in it: words for faults by number of the line."""

    name: str
    text: str
    faults: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Quality:
    """What lint made of the corpus; places are `file:line: …`.

    Attributes:
        files: number of files.
        faults: how many faults are in them.
        right: errors and warnings that name a fault.
        wrong: the other errors and warnings.
        hints: findings of severity info that name no fault.
        missed: faults without a finding of any severity.
    """

    files: int
    faults: int
    right: int
    wrong: tuple[str, ...]
    hints: tuple[str, ...]
    missed: tuple[str, ...]

    @property
    def precision(self) -> float:
        """The share of errors and warnings that are right."""
        return self.right / (self.right + len(self.wrong))

    @property
    def recall(self) -> float:
        """The share of faults that are found."""
        return 1 - len(self.missed) / self.faults


def corpus() -> list[Marked]:
    """Every file of the corpus."""
    texts = sorted(HERE.glob("*/*.txt"))
    marked = [file for path in texts for file in _files(f"{path.parent.name}/{path.stem}", path.read_text("utf-8"))]
    simple = sorted((HERE.parent / "rules" / "honest").glob("*.yaml"))
    return [*marked, *(Marked(f"simple/{path.stem}", path.read_text("utf-8")) for path in simple)]


def _files(folder: str, text: str) -> Iterator[Marked]:
    for part in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]:
        name, _, marked = part.partition("\n")
        lines = [line.partition(" §") for line in marked.splitlines()]
        faults = {number: tuple(words.split("+")) for number, (_, _, words) in enumerate(lines, 1) if words}
        yield Marked(f"{folder}-{name}", "".join(f"{line}\n" for line, _, _ in lines), faults)


def measure(files: list[Marked]) -> Quality:
    """Lint every file by itself, and compare findings and faults line by line."""
    faults, right = 0, 0
    wrong: list[str] = []
    hints: list[str] = []
    missed: list[str] = []
    for file in files:
        findings = lint_files({f"{FOLDER}a.yaml": file.text}).findings
        for finding in findings:
            line, is_hint = finding.region.line, finding.severity is Severity.INFO
            if any(word == ANYTHING or finding.code in CODES[word] for word in file.faults.get(line, ())):
                right += not is_hint
            else:
                (hints if is_hint else wrong).append(f"{file.name}:{line}: {finding.sentence}")
        found = {(finding.region.line, finding.code) for finding in findings}
        named = [(line, word) for line, words in file.faults.items() for word in words if word != ANYTHING]
        faults += len(named)
        missed += [
            f"{file.name}:{line}: {word}"
            for line, word in named
            if not any((line, code) in found for code in CODES[word].split())
        ]
    return Quality(len(files), faults, right, tuple(wrong), tuple(hints), tuple(missed))
