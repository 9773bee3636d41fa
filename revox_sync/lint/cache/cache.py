"""Remembers what linting gave, so that what has not changed is not looked at again.

A cache holds two things: the report of the last run over a whole project, with all that it saw of the project; and the
result of each file, which belongs to the bytes of the file and of every file that took part. Whoever opens the cache
gives keys that stand for everything else: program, rules, configuration. A cache that cannot be used is an empty one,
never an error.
"""

# os.path, not pathlib: this is the better part of a run in which nothing has changed.
# ruff: noqa: PTH103, PTH120, PTH123

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from revox_sync.lint.cache.serialise import report_from, result_from
from revox_sync.lint.model.result import FileResult
from revox_sync.source.files.recorded_tree import RecordedTree
from revox_sync.source.files.replace_file import replace_file

if TYPE_CHECKING:
    from collections.abc import Iterable

    from revox_sync.lint.model.finding import LintReport
    from revox_sync.source.files.tree import DiskTree
    from revox_sync.source.workspace import AssistantFile

FORMAT: Final = 2


class Cache:
    """What former runs over one project with one set of options gave.

    The file has two lines, so that a run in which nothing has changed reads only the first one: the report and what it
    rests on, then the results of the files.

    Args:
        path: the file that holds them.
        key: what they depend on beside the project's files; what has another key is forgotten.
        tree: where its files come from.
        now_ns: the time, nanoseconds since the epoch.
    """

    def __init__(self, path: str, key: str, tree: DiskTree, now_ns: int) -> None:
        self._path = path
        self._key = key
        lines = _lines(path)
        self._run = _with_key(lines[0], key)
        self._files_line = lines[1]
        self._files_key = ""
        self._entries: dict[str, Any] = {}
        self._known: set[str] = set()
        self._changed = False
        self.tree: Final = RecordedTree(tree, self._run.get("saw", {}), now_ns)
        """The project's files; what a run reads of them here is what its results belong to."""

    def answer(self) -> LintReport | None:
        """The report of the last run over the whole project, when such a run would see nothing else now."""
        if not self.tree.sees_the_same():
            return None
        try:
            return report_from(self._run["report"])
        except (TypeError, ValueError, KeyError):
            return None

    def open_results(self, key: str) -> None:
        """Make the results of single files known.

        Args:
            key: what they depend on beside the files, but for what the cache's own key stands for.
        """
        self._files_key = f"{self._key} {key}"
        files = _with_key(self._files_line, self._files_key).get("files")
        self._entries = files if isinstance(files, dict) else {}

    def recall(self, file: AssistantFile) -> FileResult | None:
        """The result for a file, when neither it nor a file that took part has changed."""
        digest = self.tree.digest
        try:
            own, others, commented, results = self._entries[file.path]
            if digest(file.path) != own or any(digest(path) != digest_then for path, digest_then in others.items()):
                return None
            found = tuple(result_from(plain) for plain in results)
            result = FileResult(found, frozenset(others), frozenset(commented), complete=True)
        except (TypeError, ValueError, AttributeError, KeyError):  # nobody's entry, or not ours
            return None
        self._known.add(file.path)
        return result

    def keep(self, file: AssistantFile, result: FileResult) -> None:
        """Remember a result until `save`."""
        others = {path: self.tree.digest(path) for path in sorted(result.read)}
        own = self.tree.digest(file.path)
        if own is not None and None not in others.values():
            self._entries[file.path] = [own, others, sorted(result.commented), result.environments]
            self._known.add(file.path)
            self._changed = True

    def save(self, known: Iterable[str], report: LintReport | None) -> None:
        """Replace the file, when there is something new; results of files that are gone are dropped.

        Args:
            known: paths of the project's assistant files.
            report: of a run over the whole project; None: only some files were looked at.
        """
        alive = self._known.union(known)
        # Without the result of some file it is not known what the report rests on.
        if report is not None and self._known.issuperset(alive):
            self._run = {"key": self._key, "saw": self.tree.record, "report": report}
        elif not self._changed:
            return
        entries = {path: entry for path, entry in self._entries.items() if path in alive}
        lines = [json.dumps(document) for document in (self._run, {"key": self._files_key, "files": entries})]
        with suppress(OSError):
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            replace_file(self._path, "\n".join(lines).encode("ascii"), durable=False)


def _lines(path: str) -> tuple[bytes, bytes]:
    """The two lines of a cache; empty ones where it cannot be read."""
    try:
        with open(path, "rb") as stream:
            return stream.readline(), stream.read()
    except (OSError, ValueError):
        return b"", b""


def _with_key(line: bytes, key: str) -> dict[str, Any]:
    """The document of a line, where it has that key; else an empty one."""
    try:
        document = json.loads(line)
        return document if document["key"] == key else {}
    except (ValueError, TypeError, KeyError, RecursionError):
        return {}
