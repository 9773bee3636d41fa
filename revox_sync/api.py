"""revox-sync for programs: read a project, lint it, plan it, and compare two revisions of it.

Semantic versioning holds for what stands in `__all__`, for the JSON reports and for exit codes, and for nothing else.
Nothing here writes to the API, to the lock, or to assistants' files, and nothing is printed. What a command would stop
for is raised: `RevoxSyncError`, or one of its kinds in `revox_sync.errors`, with the `exit_code` of the command.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from revox_sync.errors import RevoxSyncError, UsageError
from revox_sync.usecases.project.settings import Settings

if TYPE_CHECKING:  # each function imports what it needs: a program that lints does not wait for the modules of the API
    from revox_sync.lint.model.finding import Finding as FoundByLint
    from revox_sync.sync.model.plan import Change as PlannedChange
    from revox_sync.sync.model.plan import FieldChange as FoundChange

__all__ = [
    "Change",
    "Comparison",
    "ConfigurationChange",
    "FieldChange",
    "Finding",
    "LeftAlone",
    "Plan",
    "Project",
    "RevoxSyncError",
    "diff",
    "lint",
    "load_project",
    "plan",
]

_QUIET: Final = -1


@dataclass(frozen=True, slots=True)
class Project:
    """A project on disk.

    Attributes:
        root: absolute path of the folder with revox-sync.yaml, or with `assistants/`.
        environments: names, in the order of the configuration.
        default_environment: the one that is meant where none is named; None where one has to be.
        addresses: of the assistants, sorted.
    """

    root: Path
    environments: tuple[str, ...]
    default_environment: str | None
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found.

    Attributes:
        code: of the rule, such as `RVX101`.
        name: of the rule, such as `unknown-field`.
        severity: `error`, `warning` or `info`.
        message: what is wrong and what to do, one sentence.
        path: of the file, from the root of the project.
        line: from 1.
        column: from 1, in characters.
        end_line: line of the end.
        end_column: column behind the last character.
        fix: what a fix would do, as an order; None where only a person can mend it.
        is_fix_safe: whether `lint --fix` makes it.
    """

    code: str
    name: str
    severity: str
    message: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    fix: str | None
    is_fix_safe: bool


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One difference.

    Attributes:
        path: the place, dotted.
        before: plain JSON; None for nothing, and for every secret.
        after: the same afterwards.
        sensitive: the value is a secret.
        added: there was nothing before.
        removed: there is nothing afterwards.
    """

    path: str
    before: Any
    after: Any
    sensitive: bool
    added: bool
    removed: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one assistant.

    Attributes:
        action: `create`, `update`, `delete` or `noop`; of a comparison also `remove`.
        id: of the remote assistant; None where there is none.
        impact: kinds of effect, most audible first: `speech`, `routing`, `data`, `cosmetic`.
        reason: why, where the fields do not say it.
        previous_address: where the file was before; None where it has not moved.
    """

    address: str
    name: str
    action: str
    id: str | None
    impact: tuple[str, ...]
    reason: str | None
    fields: tuple[FieldChange, ...]
    previous_address: str | None


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """An assistant that may differ and that apply would leave as it is, and why."""

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What apply would do to one environment.

    Attributes:
        organization_id: whose account the key opens; None where the API did not say it.
        changes: of every planned assistant, `noop` included, by address.
        left_alone: edited outside the files, or nothing can be planned for them.
        orphaned: addresses of lock entries whose file is gone, and that stay as they are.
        notes: what a reader should know.
        in_sync: there is nothing to do, and nothing is left alone.
    """

    environment: str
    base_url: str
    organization_id: str | None
    changes: tuple[Change, ...]
    left_alone: tuple[LeftAlone, ...]
    orphaned: tuple[str, ...]
    notes: tuple[str, ...]
    in_sync: bool


@dataclass(frozen=True, slots=True)
class ConfigurationChange:
    """Something that decides where the key goes, what is checked or what may be deleted, as plain JSON."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions of the files, compared by meaning.

    Attributes:
        title: what is compared, in words.
        unread: paths of files that are too broken to be compared, in either version.
        new_findings: what lint finds in the second version only.
        gone_findings: what lint finds in the first version only.
    """

    title: str
    environment: str
    configuration: tuple[ConfigurationChange, ...]
    changes: tuple[Change, ...]
    unread: tuple[str, ...]
    new_findings: tuple[Finding, ...]
    gone_findings: tuple[Finding, ...]


def load_project(path: str | os.PathLike[str] = ".") -> Project:
    """The project that a folder belongs to.

    Raises RevoxSyncError if there is no such folder, or revox-sync.yaml cannot be used.
    """
    from revox_sync.usecases.project.open_project import open_workspace

    if not os.path.isdir(path):  # noqa: PTH112 - pathlib is not needed for more
        # A folder that is not there has no errors either: whoever lints it by mistake would read that all is well.
        raise UsageError(f"`{os.fspath(path)}` is no folder", hint="name the folder that revox-sync.yaml is in")
    root, workspace = open_workspace(_settings(path))
    config, names = workspace.config, tuple(workspace.config.environments)
    default = config.default_environment or (names[0] if len(names) == 1 else None)
    return Project(root.resolve(), names, default, tuple(sorted(file.address for file in workspace.files)))


def lint(
    project: Project, paths: Sequence[str | os.PathLike[str]] = (), *, environment: str | None = None
) -> list[Finding]:
    """What lint finds, in order of path and position; the network is not used.

    Args:
        paths: of files and folders, absolute or from the working directory; none: the whole project.
        environment: the only one whose variables are tried; None: all of them.

    Raises RevoxSyncError if a path does not exist, is outside of the project, or is a folder without assistants.
    """
    from revox_sync.usecases.lint.job import LintJob
    from revox_sync.usecases.lint.request import LintRequest
    from revox_sync.usecases.project.project_root import require_present

    names, settings = [os.fspath(path) for path in paths], _settings(project.root, environment)
    require_present(settings, names)
    job = LintJob(str(project.root), settings, names, LintRequest())
    return [_finding(found) for found in job.lint().findings]


def plan(
    project: Project,
    addresses: Iterable[str] = (),
    *,
    environment: str | None = None,
    exclude: Iterable[str] = (),
    prune: bool = False,
) -> Plan:
    """What apply would do now. Reads the API, with the key and the variables of the process environment.

    Args:
        addresses: addresses and globs of the assistants that are meant; none: all.
        environment: its name; None: the default one.
        exclude: addresses and globs of assistants that are left out.
        prune: also delete the assistants of lock entries whose file is gone.

    Raises RevoxSyncError: files have errors, the API does not answer, the key is refused, a safety limit is reached.
    """
    from revox_sync.sync.model.plan import PlanOptions
    from revox_sync.usecases.apply.in_use import with_uses
    from revox_sync.usecases.apply.session import open_session
    from revox_sync.values.address import Selection

    selection = Selection(tuple(addresses), tuple(exclude))
    session = open_session(_settings(project.root, environment))
    desired = session.desired(session.files(selection, orphans=True))
    with session.client() as client:
        state = session.state(client, desired, prune=prune)
    made = with_uses(session.plan(desired, state, PlanOptions(prune=prune), selection), state.lock, session.client)
    return Plan(
        environment=made.environment,
        base_url=made.base_url,
        organization_id=made.organization_id,
        changes=tuple(map(_change, made.changes)),
        left_alone=tuple(LeftAlone(address, reason) for address, reason in made.left_alone),
        orphaned=tuple(orphan.address for orphan in made.orphaned),
        notes=made.notes,
        in_sync=made.in_sync,
    )


def diff(project: Project, revisions: str | None = None, *, environment: str | None = None) -> Comparison:
    """What changes for callers between two git revisions, or from one to the work tree. The network is not used.

    Args:
        revisions: `BASE` or `A..B`; None: what a pull request changes, else what is not committed.

    Raises RevoxSyncError if there is no git repository, or no such revision.
    """
    from revox_sync.source.files.git_tree import Git
    from revox_sync.source.files.revision_range import chosen_range
    from revox_sync.usecases.project.open_project import open_workspace
    from revox_sync.usecases.review.compare_versions import compare_findings, compare_versions, open_versions

    settings = _settings(project.root, environment)
    root, workspace = open_workspace(settings)
    git = Git(root)
    chosen = chosen_range(git, revisions, os.environ)
    with open_versions(git, chosen, workspace, settings) as (before, after):
        found = compare_versions(chosen.title, before, after)
        delta = compare_findings(before, after, found.changes)
    return Comparison(
        title=found.title,
        environment=found.environment,
        configuration=tuple(
            ConfigurationChange(change.path, _plain(change.before), _plain(change.after))
            for change in found.configuration
        ),
        changes=tuple(map(_change, found.changes)),
        unread=tuple(file.path for file in found.unread),
        new_findings=tuple(map(_finding, delta.new)),
        gone_findings=tuple(map(_finding, delta.gone)),
    )


def _settings(project: str | os.PathLike[str], environment: str | None = None) -> Settings:
    root = os.path.abspath(project)  # noqa: PTH100 - takes `..` out, as Path.absolute does not
    return Settings(project=root, environment=environment, color="never", verbosity=_QUIET)


def _finding(found: FoundByLint) -> Finding:
    fix = found.fix
    return Finding(
        code=found.code,
        name=found.name,
        severity=found.severity.value,
        message=found.sentence,
        **found.region._asdict(),
        fix=fix and fix.title,
        is_fix_safe=fix is not None and fix.safe,
    )


def _change(planned: PlannedChange) -> Change:
    fields = tuple(map(_field, planned.fields))
    return Change(
        address=planned.address,
        name=planned.name,
        action=planned.action.value,
        id=planned.id,
        impact=planned.impact,
        reason=planned.reason,
        fields=fields,
        previous_address=planned.previous_address,
    )


def _field(found: FoundChange) -> FieldChange:
    before, after = _plain(found.before), _plain(found.after)
    return FieldChange(found.path, before, after, found.sensitive, found.added, found.removed)


def _plain(value: Any) -> Any:
    """A copy in plain JSON, as the reports have it: nobody can change a plan through it, and secrets are covered."""
    from revox_sync.output.markup.json import json_text

    return json.loads(json_text(value))
