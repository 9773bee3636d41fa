"""Remembers what linting gave, so that files that have not changed are not checked again.

A cache holds two things: the report of the last run over a whole project, with everything that the run saw of the
project; and the result of each file, which depends on the bytes of the file and of every file that it includes. The
keys with which a cache is opened stand for everything else: program, rules, configuration. A cache that cannot be read
is an empty one, never an error.
"""

# os.path, not pathlib: importing pathlib would take most of the time of a run in which nothing has changed.
# ruff: noqa: PTH103, PTH120, PTH123

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from revox_sync.lint.model.file_result import AssistantFact, EnvironmentResult, FileResult, UnreadLines
from revox_sync.lint.model.finding import (
    Finding,
    FindingFix,
    FixedRegion,
    LintReport,
    Region,
    RelatedRegion,
    Severity,
    SuppressedFinding,
)
from revox_sync.source.files.recorded_tree import RecordedTree
from revox_sync.source.files.replace_file import replace_file

if TYPE_CHECKING:
    from collections.abc import Iterable

    from revox_sync.source.files.tree import DiskTree
    from revox_sync.source.workspace import AssistantFile

FORMAT: Final = 3


class Cache:
    """What former runs over one project with one set of options gave.

    The file has two lines: the report and what it depends on, then the results of the files. A run in which nothing
    has changed reads only the first one.

    Args:
        path: the file of the cache.
        key: stands for what the report depends on beside the project's files; a report with another key is forgotten.
        tree: the project's files.
        now_ns: the time, nanoseconds since the epoch.
    """

    def __init__(self, path: str, key: str, tree: DiskTree, now_ns: int) -> None:
        self._path = path
        self._key = key
        run_line, self._files_line = _read_lines(path)
        self._run = _document(run_line, key)
        self._files_key = ""
        self._entries: dict[str, Any] = {}
        self._known: set[str] = set()
        self._changed = False
        self.tree: Final = RecordedTree(tree, self._run.get("saw", {}), now_ns)
        """The project's files. A run must read them here, so that it is known what its results depend on."""

    def answer(self) -> LintReport | None:
        """The report of the last run over the whole project; None where a run would see something else now."""
        if not self.tree.sees_the_same():
            return None
        try:
            return _report(self._run["report"])
        except (TypeError, ValueError, KeyError):
            return None

    def open_results(self, key: str) -> None:
        """Parse the results of single files, which `recall` needs.

        Args:
            key: stands for what they depend on beside the files and what the key of the cache stands for.
        """
        self._files_key = f"{self._key} {key}"
        files = _document(self._files_line, self._files_key).get("files")
        self._entries = files if isinstance(files, dict) else {}

    def recall(self, file: AssistantFile) -> FileResult | None:
        """The result for a file; None where the file, or one that it includes, has changed."""
        digest = self.tree.digest
        try:
            own, others, commented, unread, results = self._entries[file.path]
            if digest(file.path) != own or any(digest(path) != former for path, former in others.items()):
                return None
            if any(map(self.tree.ignored, others)):
                return None
            found = tuple(_environment_result(*result) for result in results)
            lines = tuple(UnreadLines(*span) for span in unread)
            result = FileResult(found, frozenset(others), frozenset(commented), lines, complete=True)
        except (TypeError, ValueError, AttributeError, KeyError):  # a new file, or a damaged cache
            return None
        self._known.add(file.path)
        return result

    def keep(self, file: AssistantFile, result: FileResult) -> None:
        """Remember a result until `save`."""
        others = {path: self.tree.digest(path) for path in sorted(result.read)}
        own = self.tree.digest(file.path)
        # Without a digest the file changed while it was read, and nobody knows which bytes the result belongs to.
        if own is not None and None not in others.values():
            self._entries[file.path] = [own, others, sorted(result.commented), result.unread, result.environments]
            self._known.add(file.path)
            self._changed = True

    def save(self, known: Iterable[str], report: LintReport | None) -> None:
        """Replace the file of the cache where there is something new; results of files that are gone are dropped.

        Args:
            known: paths of the project's assistant files.
            report: of a run over the whole project; None where only some files were checked.
        """
        alive = self._known.union(known)
        # Where a file's result could not be kept, it is not known what the report depends on.
        if report is not None and self._known.issuperset(alive):
            self._run = {"key": self._key, "saw": self.tree.record, "report": report}
        elif not self._changed:
            return
        entries = {path: entry for path, entry in self._entries.items() if path in alive}
        lines = [json.dumps(document) for document in (self._run, {"key": self._files_key, "files": entries})]
        # Linting must work in a container without a home, and where the disk is full.
        with suppress(OSError):
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            replace_file(self._path, "\n".join(lines).encode("ascii"), durable=False)


def _read_lines(path: str) -> tuple[bytes, bytes]:
    """The two lines of a cache; empty ones where it cannot be read."""
    try:
        with open(path, "rb") as stream:
            return stream.readline(), stream.read()
    except (OSError, ValueError):
        return b"", b""


def _document(line: bytes, key: str) -> dict[str, Any]:
    """The JSON object of a line where it has that key; else an empty one."""
    try:
        document = json.loads(line)
        return document if document["key"] == key else {}
    except (ValueError, TypeError, KeyError, RecursionError):
        return {}


# json.dumps writes named tuples as lists. These functions build them again, and raise TypeError or ValueError for lists
# of another shape.


def _report(plain: list[Any]) -> LintReport:
    findings, files, suppressed = plain
    return LintReport(
        tuple(_finding(*finding) for finding in findings),
        int(files),
        tuple(SuppressedFinding(_finding(*finding), reason) for finding, reason in suppressed),
    )


def _environment_result(environment: str | None, findings: list[Any], fact: list[Any] | None) -> EnvironmentResult:
    found = tuple(_finding(*finding) for finding in findings)
    return EnvironmentResult(environment, found, AssistantFact(*fact) if fact else None)


def _finding(*plain: Any) -> Finding:
    finding = Finding(*plain)
    return finding._replace(
        severity=Severity(finding.severity),
        region=_region(finding.region),
        related=tuple(RelatedRegion(message, _region(region)) for message, region in finding.related),
        fix=_fix(*finding.fix) if finding.fix else None,
    )


def _fix(title: str, safe: bool, edits: Iterable[Any]) -> FindingFix:  # noqa: FBT001 - in the order of the list
    return FindingFix(title, safe, tuple(FixedRegion(_region(region), text) for region, text in edits))


def _region(plain: Iterable[Any]) -> Region:
    path, *numbers = plain
    return Region(str(path), *map(int, numbers))
