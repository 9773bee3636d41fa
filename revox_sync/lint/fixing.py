"""Applies fixes, one at a time, until a file shows none that may be applied.

Every fix has been proven on the text it is applied to (`reporting`), and the next one is worked out on its result, so
fixes never overlap.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from revox_sync.config import Environment, LintOptions
from revox_sync.contract import secret_pointers
from revox_sync.lint.credentials import credentials
from revox_sync.lint.engine import lint
from revox_sync.lint.finding import FindingFix
from revox_sync.lint.registry import all_rules, select
from revox_sync.lint.reporting import BLOT
from revox_sync.lint.rule import FileRule
from revox_sync.source.edit import Edit, apply_edits
from revox_sync.source.load import Loader
from revox_sync.source.text import Place
from revox_sync.source.workspace import SUFFIXES, AssistantFile, Workspace

VISIBLE: Final = re.compile(r"[^\s]")
MOST_STEPS: Final = 500
"""Fixes applied to one file at most; a pair of rules that undo each other would never end."""


@dataclass(frozen=True, slots=True)
class Fixed:
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
    texts: dict[str, str] = {}
    applied = 0
    for file in files:
        seen: set[tuple[tuple[str, str], ...]] = set()
        for _ in range(MOST_STEPS):
            current = workspace.over(texts)
            report = lint(current, [file], environments, single)
            fix = next((each.fix for each in report.findings if each.fix and (unsafe or each.fix.safe)), None)
            step = _applied(fix, current) if fix else {}
            if not step or tuple(sorted(step.items())) in seen:
                break
            seen.add(tuple(sorted(step.items())))
            texts |= step
            applied += 1
    return Fixed(texts, applied)


def _about_single_files(options: LintOptions) -> LintOptions:
    chosen = select(options).codes
    codes = tuple(kind.code for kind in all_rules() if kind.code in chosen and issubclass(kind, FileRule))
    return LintOptions(
        select=codes,
        severity={},
        per_file_ignores=options.per_file_ignores,
        variables=options.variables,
    )


def _applied(fix: FindingFix, workspace: Workspace) -> dict[str, str]:
    """New texts of the files a fix edits."""
    texts = {}
    for path in {each.region.path for each in fix.edits}:
        source = workspace.source(path)
        edits = []
        for each in fix.edits:
            if each.region.path == path:
                start = source.offset(each.region.line, each.region.column)
                end = source.offset(each.region.end_line, each.region.end_column)
                edits.append(Edit(Place(path, start, end), each.text))
        texts[path] = apply_edits(source.text, edits)
    return texts


def shown_text(workspace: Workspace, path: str) -> str:
    """The text of a file as a diff may show it: every secret that is written in it is blotted out, columns kept."""
    text = workspace.source(path).text
    spans = [(each.start, each.end) for each in credentials(text)]
    if path.endswith(SUFFIXES):
        document = Loader(workspace.tree, variables=None, environ=None).load(path)
        places = (document.locate(pointer).place for pointer in secret_pointers(document.value))
        spans += [(each.start, each.end) for each in places if each.path == path]
    for start, end in spans:
        text = text[:start] + VISIBLE.sub(BLOT, text[start:end]) + text[end:]
    return text
