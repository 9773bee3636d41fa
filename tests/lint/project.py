"""Projects held in memory, linted as the command does it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from revox_sync.config import LintOptions
from revox_sync.contract.fields import contract
from revox_sync.lint.engine.engine import lint
from revox_sync.lint.fixes.fix_files import fix_files
from revox_sync.lint.model.account import Account
from revox_sync.lint.model.finding import Finding, LintReport
from revox_sync.lint.model.rule import ADDRESS_OF_EXAMPLES, MINIMAL, FileRule, Hit
from revox_sync.lint.registry import all_rules, find_rule
from revox_sync.lint.subject.subject import LintContext, Subject
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.workspace import Workspace

FOLDER: Final = "assistants/"
HEAD: Final = "name: A\nprompt: Hi\n"
"""What every file of an assistant begins with where a test is about what comes below."""


def lint_files(files: Mapping[str, bytes | str], *select: str, account: Account | None = None) -> LintReport:
    """Report on all assistants of a project in all environments; `select`: codes or prefixes of the rules to run."""
    workspace = Workspace(MemoryTree(files))
    options = LintOptions(select=select, variables=workspace.config.lint.variables) if select else None
    return lint(workspace, workspace.files, list(workspace.config.environments.values()), options, account=account)


def fixed_files(files: Mapping[str, bytes | str], *select: str, unsafe: bool = False) -> dict[str, str]:
    """New texts of the files that fixing changes; `select`: codes or prefixes of the rules that run."""
    workspace = Workspace(MemoryTree(files))
    environments = list(workspace.config.environments.values())
    options = LintOptions(select=select) if select else workspace.config.lint
    return dict(fix_files(workspace, workspace.files, environments, options, unsafe=unsafe).texts)


def subject_of(text: str, contract_version: str | None = None, *variables: str) -> Subject:
    """One assistant as rules look at it, without an environment."""
    workspace = Workspace(MemoryTree({ADDRESS_OF_EXAMPLES: text}))
    (file,) = workspace.files
    environment = workspace.config.environment(None)
    context = LintContext(contract(contract_version), workspace.loader(environment), variables)
    return Subject(file, workspace.load(file, environment), context)


def hits(code: str, fields: str) -> list[Hit]:
    """What the rule with that code finds in a minimal assistant with further fields."""
    rule = find_rule(code)()
    assert isinstance(rule, FileRule)
    return list(rule.check(subject_of(f"{MINIMAL}{fields}\n")))


def place(finding: Finding, path: str) -> str:
    """`line:column` of a finding in the file at `path`, else `path:line:column`."""
    region = finding.region
    position = f"{region.line}:{region.column}"
    return position if region.path == path else f"{region.path}:{position}"


def example_files() -> dict[str, bytes | str]:
    """Every example of every rule that needs no configuration and no account, as one project: each in its folder."""
    examples = [each for rule in all_rules() for each in (*rule.VALID, *rule.INVALID)]
    files: dict[str, bytes | str] = {}
    for number, example in enumerate(each for each in examples if each.account is None):
        content = {ADDRESS_OF_EXAMPLES: example.text, **example.files}
        if all(path.startswith(FOLDER) for path in content):
            files |= {f"{FOLDER}{number:03}/{path.removeprefix(FOLDER)}": text for path, text in content.items()}
    return files
