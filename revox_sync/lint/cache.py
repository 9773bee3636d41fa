"""Remembers what linting gave, so that files that have not changed are not read as YAML again.

A result belongs to the bytes of its file and of every file that took part. Whoever opens the cache gives a key that
stands for everything else: program, rules, configuration. A cache that cannot be used is an empty one, never an error.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from revox_sync.lint.facts import AssistantFact
from revox_sync.lint.finding import Finding, FindingFix, FixedRegion, Region, RelatedRegion, Severity
from revox_sync.lint.result import EnvironmentResult, FileResult
from revox_sync.source.tree import Tree, TreeError
from revox_sync.source.workspace import AssistantFile

FORMAT: Final = 1


class Cache:
    """Results of former runs of one project with one set of options.

    Args:
        path: the file that holds them.
        key: what they depend on beside the files; results with another key are forgotten.
        tree: where files come from.
    """

    def __init__(self, path: Path, key: str, tree: Tree) -> None:
        self._path = path
        self._key = key
        self._tree = tree
        self._digests: dict[str, str | None] = {}
        self._entries = _read(path, key)
        self._changed = False

    def recall(self, file: AssistantFile) -> FileResult | None:
        """The result for a file, when neither it nor a file that took part has changed."""
        try:
            own, others, results = self._entries[file.path]
            if self._digest(file.path) != own or any(self._digest(path) != each for path, each in others.items()):
                return None
            return FileResult(tuple(_result(each) for each in results), frozenset(others), complete=True)
        except (TypeError, ValueError, AttributeError, KeyError):  # nobody's entry, or not ours
            return None

    def keep(self, file: AssistantFile, result: FileResult) -> None:
        """Remember a result until `save`."""
        others = {path: self._digest(path) for path in sorted(result.read)}
        own = self._digest(file.path)
        if own is not None and None not in others.values():
            self._entries[file.path] = [own, others, [_plain_result(each) for each in result.environments]]
            self._changed = True

    def save(self, known: Iterable[str]) -> None:
        """Replace the file, when there is something new; entries of files that are gone are dropped.

        Args:
            known: paths of the project's assistant files.
        """
        if not self._changed:
            return
        alive = {*known, *self._digests}
        entries = {path: entry for path, entry in self._entries.items() if path in alive}
        temporary = self._path.with_name(f"{self._path.name}.{os.getpid()}.tmp")
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps({"key": self._key, "files": entries}), "ascii")
            temporary.replace(self._path)
        with suppress(OSError):
            temporary.unlink(missing_ok=True)

    def _digest(self, path: str) -> str | None:
        """Digest of a file's bytes, read once a run; None where it cannot be read."""
        if path not in self._digests:
            try:
                self._digests[path] = blake2b(self._tree.read(path), digest_size=16).hexdigest()
            except TreeError:
                self._digests[path] = None
        return self._digests[path]


def _read(path: Path, key: str) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text("ascii"))
        entries = document["files"] if document["key"] == key else {}
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return {}
    return entries if isinstance(entries, dict) else {}


def _plain_result(result: EnvironmentResult) -> list[Any]:
    fact = result.fact
    return [
        result.environment,
        [_plain_finding(each) for each in result.findings],
        fact and [fact.address, fact.path, fact.name, fact.hidden, _plain_region(fact.region), fact.excerpt],
    ]


def _result(plain: list[Any]) -> EnvironmentResult:
    environment, findings, fact = plain
    known = tuple(_finding(each) for each in findings)
    return EnvironmentResult(environment, known, _fact(fact) if fact else None)


def _fact(plain: list[Any]) -> AssistantFact:
    address, path, name, hidden, region, excerpt = plain
    return AssistantFact(address, path, name, hidden, _region(region), excerpt)


def _plain_finding(finding: Finding) -> list[Any]:
    fix = finding.fix
    return [
        [finding.code, finding.name, finding.severity, finding.message, finding.label],
        _plain_region(finding.region),
        finding.excerpt,
        [[each.message, _plain_region(each.region)] for each in finding.related],
        fix and [fix.title, fix.safe, [[_plain_region(each.region), each.text] for each in fix.edits]],
    ]


def _finding(plain: list[Any]) -> Finding:
    (code, name, severity, message, label), region, excerpt, related, fix = plain
    return Finding(
        code=code,
        name=name,
        severity=Severity(severity),
        message=message,
        label=label,
        region=_region(region),
        excerpt=excerpt,
        related=tuple(RelatedRegion(said, _region(place)) for said, place in related),
        fix=fix and FindingFix(fix[0], fix[1], tuple(FixedRegion(_region(place), text) for place, text in fix[2])),
    )


def _plain_region(region: Region) -> list[Any]:
    return [region.path, region.line, region.column, region.end_line, region.end_column]


def _region(plain: list[Any]) -> Region:
    path, line, column, end_line, end_column = plain
    return Region(str(path), int(line), int(column), int(end_line), int(end_column))
