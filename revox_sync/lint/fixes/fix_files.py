"""Applies fixes in rounds, until a file has none left that may be applied.

The fixes of one round are made and proven together. Those that do not fit together wait for the next round, which
starts from the texts of this one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

from revox_sync.config import Environment, LintOptions
from revox_sync.contract.fields import secret_pointers
from revox_sync.lint.engine.engine import lint
from revox_sync.lint.engine.file_checker import FileChecker
from revox_sync.lint.engine.hit_to_finding import MASK_CHARACTER, IsOwnFile, edits_of, loses_comment
from revox_sync.lint.model.rule import FileRule, Fix
from revox_sync.lint.registry import select
from revox_sync.lint.subject.subject import Subject
from revox_sync.source.documents.document import Loader
from revox_sync.source.edits.edit import proven
from revox_sync.source.workspace import SUFFIXES, AssistantFile, Workspace
from revox_sync.values.credential_patterns import credentials

_MOST_ROUNDS: Final = 100  # for one file; real ones need two or three


class Fixed(NamedTuple):
    """The result of fixing.

    Attributes:
        texts: new texts by path, of the files that changed.
        applied: number of fixes that were applied.
    """

    texts: Mapping[str, str]
    applied: int


_UNCHANGED: Final = Fixed({}, 0)


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
        options: which rules run; only those about single files have fixes.
    """
    selection = select(options)
    single = options._replace(select=tuple(rule.code for rule in selection.running(FileRule)))
    fixed = _UNCHANGED
    if not single.select:
        return fixed
    for file in files:

        def apply_round(texts: Mapping[str, str], file: AssistantFile = file) -> Fixed:
            current = workspace.over(texts)
            # The report knows what is suppressed or ignored, the checker knows fixes as amendments.
            report = lint(current, [file], environments, single)
            checker = FileChecker(current, environments, select(single))
            subject, fixable = checker.fixable(file)
            reported = {(finding.code, finding.region) for finding in report.findings}
            chosen = [fix for code, region, fix in fixable if (code, region) in reported and (unsafe or fix.safe)]
            return _as_many(chosen, subject, partial(checker.is_own, file), unsafe=unsafe)

        fixed = in_rounds(apply_round, fixed)
    return fixed


def in_rounds(apply_round: Callable[[Mapping[str, str]], Fixed], fixed: Fixed) -> Fixed:
    """What is fixed after as many rounds as change something.

    Args:
        apply_round: gives what it changes in the texts that it gets.
        fixed: what is fixed before the first round.
    """
    # Two rules that undo each other lead back to texts that were there before; none at all are those of the start.
    seen: list[Mapping[str, str]] = [{}]
    for _ in range(_MOST_ROUNDS):
        changed = apply_round(fixed.texts)
        if changed.texts in seen:
            break
        seen.append(changed.texts)
        fixed = Fixed({**fixed.texts, **changed.texts}, fixed.applied + changed.applied)
    return fixed


def _as_many(fixes: Sequence[Fix], subject: Subject, is_own: IsOwnFile, *, unsafe: bool) -> Fixed:
    """The texts that change with as many of the fixes as halving finds that can be made together."""
    texts = _together(fixes, subject, is_own, unsafe=unsafe)
    if texts or len(fixes) <= 1:
        return Fixed(texts, len(fixes)) if texts else _UNCHANGED
    half = len(fixes) // 2
    first = _as_many(fixes[:half], subject, is_own, unsafe=unsafe)
    return first if first.texts else _as_many(fixes[half:], subject, is_own, unsafe=unsafe)


def _together(fixes: Sequence[Fix], subject: Subject, is_own: IsOwnFile, *, unsafe: bool) -> Mapping[str, str] | None:
    """New texts with all fixes made, proven; None where they cannot be made together."""
    amendments = [amendment for fix in fixes for amendment in fix.amendments]
    edits = edits_of(amendments, subject, is_own)
    if not edits or (not unsafe and loses_comment(edits, subject)):
        return None
    return proven(subject.loader, subject.document, amendments, edits)


def shown_text(workspace: Workspace, path: str) -> str:
    """The text of a file as a diff may show it: every secret that is written in it is masked, columns stay.

    A byte order mark is shown, because a fix may remove it.
    """
    source = workspace.source(path)
    text = source.text
    spans = [(credential.start, credential.end) for credential in credentials(text)]
    if path.endswith(SUFFIXES):
        document = Loader(workspace.tree, variables=None, environ=None).load(path)
        places = (document.locate(pointer).written for pointer in secret_pointers(document.value))
        spans += [(place.start, place.end) for place in places if place.path == path]
    for start, end in spans:
        # Masked line breaks would shift every line below in the diff.
        text = text[:start] + re.sub(r"\S", MASK_CHARACTER, text[start:end]) + text[end:]
    return "\ufeff" + text if source.has_mark else text
