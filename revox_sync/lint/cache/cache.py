"""Remembers what linting gave, so that files that have not changed are not checked again.

A cache holds three things: the report of the last run over a whole project, with everything that the run saw of the
project; the names of assistants; and the result of each file, which depends on the bytes of the file and of every file
that it includes. The keys with which a cache is opened stand for everything else: program, rules, configuration. A
cache that cannot be read is an empty one, never an error.
"""

# os.path, not pathlib: importing pathlib would take most of the time of a run in which nothing has changed.
# ruff: noqa: PTH103, PTH120, PTH123

from __future__ import annotations

import json
import os
from contextlib import suppress
from functools import cached_property
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
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from revox_sync.source.files.tree import DiskTree
    from revox_sync.source.workspace import AssistantFile

    _Names = tuple[Sequence[str], Sequence[str]]
    """Names that an assistant may have, and paths of the files beside its own that these come from."""

FORMAT: Final = 5
_NOT_PLAIN: Final = " "
"""Stands in a list of names for what is none; no name is a blank."""
_FEW: Final = 16
"""So many files are read again rather than that a run which checks one file writes anew what it saw of all."""


class Cache:
    """What former runs over one project with one set of options gave.

    The file of a cache has lines, so that a run parses and makes only those that it needs: the report and what it
    depends on; the names of assistants; the key of the results; and a line for each file, its path, a tab, its result.

    Args:
        path: the file of the cache.
        key: stands for what the report depends on beside the project's files; a report with another key is forgotten.
        tree: the project's files.
        now_ns: the time, nanoseconds since the epoch.
    """

    def __init__(self, path: str, key: str, tree: DiskTree, now_ns: int) -> None:
        self._path = path
        self._key = key
        self._run_line, self._other_lines = _halves(path)
        self._run = _document(self._run_line, key)
        self._files_key = ""
        self._results = _ResultLines(b"")
        self._names_line = b""
        self._new_names: dict[str, _Names] = {}
        self._known: set[str] = set()
        self._changed = False
        self.tree: Final = RecordedTree(tree, self._run.get("saw", {}), now_ns)
        """The project's files. A run must read them here, so that it is known what its results depend on."""

    def answer(self) -> LintReport | None:
        """The report of the last run over the whole project; None where a run would see something else now."""
        if self._run.get("report") is None or not self.tree.sees_the_same():
            return None
        try:
            return _report(self._run["report"])
        except (TypeError, ValueError, KeyError):
            return None

    def open_results(self, key: str) -> None:
        """Make the results of single files ready for `recall`, and names for `names`.

        Args:
            key: stands for what they depend on beside the files and what the key of the cache stands for.
        """
        self._files_key = f"{self._key} {key}"
        names, _, rest = self._other_lines.partition(b"\n")
        head, _, results = rest.partition(b"\n")
        if _document(head, self._files_key):
            self._names_line = names
            self._results = _ResultLines(results)

    def recall(self, file: AssistantFile) -> FileResult | None:
        """The result for a file; None where the file, or one that it includes, has changed."""
        try:
            own, others, commented, unread, results = json.loads(self._results.get(file.path))
            if not self._are_same({file.path: own, **others}) or any(map(self.tree.ignored, others)):
                return None
            found = tuple(_environment_result(*result) for result in results)
            lines = tuple(UnreadLines(*span) for span in unread)
            result = FileResult(found, frozenset(others), frozenset(commented), lines, complete=True)
        except (TypeError, ValueError, AttributeError, KeyError, RecursionError):  # a new file, or a damaged cache
            return None
        self._known.add(file.path)
        return result

    def keep(self, file: AssistantFile, result: FileResult) -> None:
        """Remember a result until `save`."""
        others = {path: self.tree.digest(path) for path in sorted(result.read)}
        own = self.tree.digest(file.path)
        # Without a digest the file changed while it was read, and nobody knows which bytes the result belongs to.
        if own is not None and None not in others.values():
            entry = [own, others, sorted(result.commented), result.unread, result.environments]
            self._results.new[file.path] = json.dumps(entry).encode("ascii")
            self._known.add(file.path)
            self._changed = True
            names = sorted({shown.fact.served_name for shown in result.environments if shown.fact is not None})
            self._new_names[file.path] = (names, list(others))

    def names(self, path: str) -> Collection[str] | None:
        """Names of the assistant of a file, as the API may return them; None where they may have changed."""
        names, others = self._known_names.get(path, (None, ()))
        unchanged = names is not None and all(map(self.tree.is_as_before, (path, *others)))
        return frozenset(names) if names is not None and unchanged else None

    def without(self, names: Collection[str]) -> set[str]:
        """Paths of files that have not changed, by their times alone, and whose assistants have none of the names."""
        same, others = self.tree.unchanged, {*names, _NOT_PLAIN}
        plain, not_plain = self._former_names
        rows = zip(self.tree.former.paths, plain, strict=False)
        found = {path for path, name in rows if name not in others and path in same}
        for path, (known, read) in not_plain.items():
            if path in same and same.issuperset(read) and others.isdisjoint(known):
                found.add(path)
        return found

    def keep_names(self, path: str, names: Collection[str]) -> None:
        """Remember names that depend on nothing but the bytes of a file, until `save`."""
        if self.tree.digest(path) is not None:
            self._new_names[path] = (sorted(names), ())

    def _are_same(self, files: Mapping[str, str]) -> bool:
        """Whether files have the contents whose digests are given by path."""
        return all(self.tree.digest(path) == digest for path, digest in files.items())

    def save(self, known: Iterable[str], report: LintReport | None) -> None:
        """Replace the file of the cache where there is something new; a run over all drops results of files gone.

        Args:
            known: paths of the project's assistant files.
            report: of a run over the whole project; None where only some files were checked.
        """
        alive = self._known.union(known) if report is not None else None
        # Where a file's result could not be kept, it is not known what the report depends on.
        if report is not None and alive is not None and self._known.issuperset(alive):
            self._set_run(self.tree.record, report)
        elif max(len(self._new_names), self.tree.learned) > _FEW:
            self.tree.remember_unchanged()
            self._set_run({"read": self.tree.record["read"]}, None)
        elif not self._changed:
            return
        lines = [self._run_line, self._names_line, _line({"key": self._files_key}), self._results.joined(alive)]
        # Linting must work in a container without a home, and where the disk is full.
        with suppress(OSError):
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            replace_file(self._path, b"\n".join(lines), durable=False)

    @cached_property
    def _former_names(self) -> tuple[list[str], dict[str, _Names]]:
        """Of each file that was read, in order, the assistant's one name, and by path what is `_NOT_PLAIN`."""
        try:
            document = _document(self._names_line, self._files_key)
            plain, others = document["plain"].split("\n"), document["others"]
            "".join(each for names, read in others.values() for each in (*names, *read))  # fails where one is no text
        except (KeyError, TypeError, ValueError, AttributeError):
            return [], {}
        return (plain, others) if len(plain) == len(self.tree.former.paths) else ([], {})

    @cached_property
    def _known_names(self) -> dict[str, _Names]:
        rows = zip(self.tree.former.paths, self._former_names[0], strict=False)
        return {path: ((name,), ()) for path, name in rows if name != _NOT_PLAIN} | self._former_names[1]

    def _set_run(self, saw: Mapping[str, Any], report: LintReport | None) -> None:
        """Write anew what the run saw, and in the same order the names that are known of those files."""
        former = {path: known for path, known in self._known_names.items() if self.names(path) is not None}
        names = {**former, **self._new_names}
        others = {path: known for path, known in names.items() if len(known[0]) != 1 or known[1]}
        plain = [
            _NOT_PLAIN if path in others or path not in names else names[path][0][0] for path in saw["read"]["paths"]
        ]
        self._run_line = _line({"key": self._key, "saw": saw, "report": report})
        self._names_line = _line({"key": self._files_key, "plain": "\n".join(plain), "others": others})


class _ResultLines:
    """The results of files, a line for each: path, tab, result. One that is not asked for is neither parsed nor made.

    Args:
        lines: of former runs.

    Attributes:
        new: results by path that take the place of those.
    """

    def __init__(self, lines: bytes) -> None:
        self._lines = b"\n" + lines
        self._asked = 0
        self.new: dict[str, bytes] = {}

    def get(self, path: str) -> bytes:
        """The former result of a file; empty where there is none."""
        self._asked += 1
        if self._asked > _FEW:
            return self._by_path.get(_quoted(path), b"")
        start, end = self._span(path)
        return self._lines[start:end].partition(b"\t")[2]

    def joined(self, alive: Collection[str] | None) -> bytes:
        """All lines, without those of files that are not alive; with None for `alive` only new ones are looked at."""
        new = [_result_line(_quoted(path), result) for path, result in self.new.items()]
        if alive is None and len(new) <= _FEW:
            for path in self.new:
                start, end = self._span(path)
                self._lines = self._lines[:start] + self._lines[end:]
            return b"\n".join([self._lines.strip(b"\n"), *new]).lstrip(b"\n")
        kept = self._by_path.keys() if alive is None else set(map(_quoted, alive))
        gone = {_quoted(path) for path in self.new}
        former = [_result_line(*pair) for pair in self._by_path.items() if pair[0] in kept and pair[0] not in gone]
        return b"\n".join([*former, *new])

    def _span(self, path: str) -> tuple[int, int]:
        """Where a file's line is, with the line break before it; an empty span where there is none."""
        start = self._lines.find(b"\n%b\t" % _quoted(path))
        end = self._lines.find(b"\n", start + 1)
        return (start, end if end >= 0 else len(self._lines)) if start >= 0 else (0, 0)

    @cached_property
    def _by_path(self) -> dict[bytes, bytes]:
        pairs = (line.partition(b"\t") for line in self._lines.split(b"\n"))
        return {path: result for path, tab, result in pairs if tab}


def _result_line(path: bytes, result: bytes) -> bytes:
    return b"%b\t%b" % (path, result)


def _halves(path: str) -> tuple[bytes, bytes]:
    """The first line of a cache, and the others; empty ones where it cannot be read."""
    try:
        with open(path, "rb") as stream:
            return stream.readline().rstrip(b"\n"), stream.read()
    except (OSError, ValueError):
        return b"", b""


def _line(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document).encode("ascii")


def _quoted(path: str) -> bytes:
    """A path as it begins a line: without line breaks and tabs."""
    return json.dumps(path).encode("ascii")


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
    if not isinstance(environment, str | None):
        raise TypeError("the name of an environment is no text")
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
