"""What files that did not change show, because other rules run on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from revox_sync.config import Environment, LintOptions
from revox_sync.lint.engine.engine import FileChecks
from revox_sync.lint.model.file_result import FileResult
from revox_sync.lint.model.rule import FileRule
from revox_sync.lint.registry import Selection, select
from revox_sync.source.workspace import AssistantFile, Workspace


def differ_in_rules_only(one: LintOptions, other: LintOptions) -> bool:
    """Whether nothing but which rules run, and how severe they are, can make a difference between two runs of lint."""
    return _about_rules_left_out(one) == _about_rules_left_out(other)


def results_of_changed_rules(
    workspace: Workspace,
    environment: Environment,
    files: Iterable[AssistantFile],
    other: LintOptions,
    processes: int | None,
) -> dict[str, FileResult]:
    """What files show of that which is looked for here, but not with other options, by path; only where that is a rule.

    Args:
        processes: how many check files side by side; None for the number that is fastest.
    """
    here, there = select(workspace.config.lint), select(other)
    codes, other_codes = _codes(here), _codes(there)
    by_codes: defaultdict[frozenset[str], list[AssistantFile]] = defaultdict(list)
    for file in files:
        only_here = (codes - here.ignored(file.address)) - (other_codes - there.ignored(file.address))
        if only_here:
            by_codes[only_here].append(file)
    found: dict[str, FileResult] = {}
    for chosen, group in by_codes.items():
        checks = FileChecks(workspace, [environment], _only(here, chosen))
        found |= {file.path: result for file, result in checks.results(group, processes).items()}
    return found


def _about_rules_left_out(options: LintOptions) -> LintOptions:
    return options._replace(select=(), ignore=(), severity={}, per_file_ignores={})


def _codes(selection: Selection) -> frozenset[str]:
    return frozenset(rule.code for rule in selection.running(FileRule))


def _only(selection: Selection, codes: Iterable[str]) -> Selection:
    return selection._replace(chosen=tuple(codes), left_out=(), per_file={})
