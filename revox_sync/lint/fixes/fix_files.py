"""Applies fixes in rounds, until a file shows none that may be applied.

Fixes of one round are made and proven together; what does not go together waits for the next round, which starts from
the result.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

from revox_sync.config import Environment, LintOptions
from revox_sync.contract.fields import secret_pointers
from revox_sync.lint.engine.engine import lint
from revox_sync.lint.engine.file_checker import Checker
from revox_sync.lint.engine.hit_to_finding import BLOT, IsOwnFile, edits_of, loses_comment
from revox_sync.lint.model.rule import Fix
from revox_sync.lint.registry import file_rules, select
from revox_sync.lint.subject.subject import Subject
from revox_sync.source.documents.document import Loader
from revox_sync.source.edits.edit import proven
from revox_sync.source.workspace import SUFFIXES, AssistantFile, Workspace
from revox_sync.values.credential_patterns import credentials

VISIBLE: Final = re.compile(r"[^\s]")
MOST_ROUNDS: Final = 100
"""Rounds for one file at most; a pair of rules that undo each other would never end."""


class Fixed(NamedTuple):
    """What fixing gave.

    Attributes:
        texts: new texts by path, of the files that changed.
        applied: number of fixes.
    """

    texts: Mapping[str, str]
    applied: int


def fix_files(
    workspace: Workspace,
    files: Sequence[AssistantFile],
    environments: Sequence[Environment],
    options: LintOptions,
    *,
    unsafe: bool,
) -> Fixed:
    """Apply every safe fix, and the unsafe ones where asked for. Nothing is written.

    Args:
        options: which rules run; those that compare files have no fixes and are left out.
    """
    single = _about_single_files(options)
    if not single.select:
        return Fixed({}, 0)
    texts: dict[str, str] = {}
    applied = 0
    for file in files:
        seen: set[tuple[tuple[str, str], ...]] = set()
        for _ in range(MOST_ROUNDS):
            current = workspace.over(texts)
            report = lint(current, [file], environments, single)
            checker = Checker(current, environments, select(single))
            subject, offered = checker.fixable(file)
            shown = {(finding.code, finding.region) for finding in report.findings}
            chosen = [fix for code, region, fix in offered if (code, region) in shown and (unsafe or fix.safe)]
            number, step = _most(chosen, subject, partial(checker.is_own, file), unsafe=unsafe)
            if not step or tuple(sorted(step.items())) in seen:
                break
            seen.add(tuple(sorted(step.items())))
            texts |= step
            applied += number
    return Fixed(texts, applied)


def _most(fixes: Sequence[Fix], subject: Subject, is_own: IsOwnFile, *, unsafe: bool) -> tuple[int, Mapping[str, str]]:
    """The first fixes that can be made together, as many as a few tries find: their number and the new texts."""
    whole = _together(fixes, subject, is_own, unsafe=unsafe)
    if whole or len(fixes) <= 1:
        return (len(fixes), whole) if whole else (0, {})
    half = len(fixes) // 2
    first = _most(fixes[:half], subject, is_own, unsafe=unsafe)
    return first if first[0] else _most(fixes[half:], subject, is_own, unsafe=unsafe)


def _together(fixes: Sequence[Fix], subject: Subject, is_own: IsOwnFile, *, unsafe: bool) -> Mapping[str, str]:
    """New texts with all fixes made, proven; empty where they cannot be made together."""
    edits = edits_of(fixes, subject, is_own)
    if not edits or (not unsafe and loses_comment(fixes, edits, subject)):
        return {}
    amendments = [amendment for fix in fixes for amendment in fix.amendments]
    return proven(subject.loader, subject.document, amendments, edits) or {}


def _about_single_files(options: LintOptions) -> LintOptions:
    selection = select(options)
    codes = tuple(kind.code for kind in file_rules() if selection.runs(kind))
    return LintOptions(
        select=codes,
        severity={},
        per_file_ignores=options.per_file_ignores,
        variables=options.variables,
    )


def shown_text(workspace: Workspace, path: str) -> str:
    """The text of a file as a diff may show it: every secret that is written in it is blotted out, columns kept."""
    text = workspace.source(path).text
    spans = [(credential.start, credential.end) for credential in credentials(text)]
    if path.endswith(SUFFIXES):
        document = Loader(workspace.tree, variables=None, environ=None).load(path)
        places = (document.locate(pointer).place for pointer in secret_pointers(document.value))
        spans += [(place.start, place.end) for place in places if place.path == path]
    for start, end in spans:
        text = text[:start] + VISIBLE.sub(BLOT, text[start:end]) + text[end:]
    return text
