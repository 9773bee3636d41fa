"""What changes between two versions beside the assistants: where the key goes, what is checked, whose id is whose."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Any, Final, TypeAlias

from revox_sync.config import STATE_FOLDER, Config, Environment
from revox_sync.contract.fields import assistant_node
from revox_sync.errors import RefusedError
from revox_sync.lint.baseline.reused_results import Results
from revox_sync.lint.suppressions.apply_suppressions import IGNORE
from revox_sync.source.files.git_tree import same_content
from revox_sync.source.files.tree import TreeError
from revox_sync.source.model.place import SourceText
from revox_sync.source.model.value import UNKNOWN, Deferred
from revox_sync.source.workspace import Workspace
from revox_sync.source.yaml.comments import Comment, comments
from revox_sync.sync.comparing.field_diff import field_changes
from revox_sync.sync.model.comparison import ConfigurationChange
from revox_sync.sync.state.lock_file import read_lock
from revox_sync.values.credential_patterns import names_credential, without_credentials
from revox_sync.values.pointer import Pointer, below
from revox_sync.values.secret import MASK, Secret
from revox_sync.values.walk import DESCEND, rebuilt

_Value: TypeAlias = Any
"""Plain JSON with `Secret` for what comes from an environment variable or must not be shown."""
_LOCK: Final = ".lock.json"


def compare_configuration(
    before: Workspace, after: Workspace, results: tuple[Results, Results], environment: str
) -> tuple[ConfigurationChange, ...]:
    """Everything in the configuration, in comments that suppress findings and in locks that has another meaning now.

    Args:
        results: of both versions; they say which files have comments addressed to us.
        environment: name of the one that is compared. Defaults of another one are shown where they differ in another
            way.
    """
    suppressions = _suppressions(before, after, results)
    return (
        *_changes(_meaning(before.config), _meaning(after.config), ""),
        *_default_changes(before, after, environment),
        *_changes(*suppressions, "suppressions"),
        *_changes(_locks(before, after), _locks(after, before), "locks"),
    )


def _meaning(config: Config) -> dict[str, _Value]:
    """The configuration without defaults of its own, so that writing out what holds anyway is no change."""
    lint, safety = config.lint, config.safety
    return _set(
        {
            "assistants": sorted(config.directories),
            "contract": config.contract,
            "default_environment": config.default_environment,
            "environments": {name: _environment(each, config) for name, each in config.environments.items()},
            "lint": _set(
                {
                    "select": sorted(lint.select),
                    "ignore": sorted(lint.ignore),
                    "severity": dict(lint.severity),
                    "per-file-ignores": {glob: sorted(codes) for glob, codes in lint.per_file_ignores.items()},
                    "variables": sorted(lint.variables),
                }
            ),
            "ignore_changes": {glob: sorted(paths) for glob, paths in config.ignore_changes.items()},
            "safety": {
                "max_deletes": safety.max_deletes,
                "protect": sorted(safety.protect),
                "test_numbers": sorted(safety.test_numbers),
            },
            "unmanaged": sorted(config.unmanaged),
        }
    )


def _environment(environment: Environment, config: Config) -> dict[str, _Value]:
    key = environment.api_key
    return _set(
        {
            "base_url": environment.base_url,
            "api_key": Secret(key) if isinstance(key, str) else key,
            "contract": environment.contract if environment.contract != config.contract else None,
            "vars": dict(environment.variables),
        }
    )


def _set(mapping: Mapping[str, _Value]) -> dict[str, _Value]:
    """The entries that are not empty."""
    return {key: value for key, value in mapping.items() if value not in (None, [], {})}


def _changes(before: _Value, after: _Value, path: str) -> Iterator[ConfigurationChange]:
    """Every difference: a list is one value, a mapping is compared key by key."""
    sides = [side for side in (before, after) if side is not None]
    if all(isinstance(side, dict) for side in sides) and any(sides):
        old, new = before or {}, after or {}
        for key in dict.fromkeys((*new, *old)):
            yield from _changes(old.get(key), new.get(key), below(path, key))
    elif not _equal(before, after):
        yield ConfigurationChange(path, *(_shown(side, path) for side in (before, after)))


def _equal(before: _Value, after: _Value) -> bool:
    # In Python `True` is 1; in JSON it is not.
    return bool(before == after) and json.dumps(_shown(before, "")) == json.dumps(_shown(after, ""))


def _shown(value: _Value, path: str) -> _Value:
    """The value as it may be printed: names of environment variables, and no secret."""

    def covered(part: _Value, _: object, at: Pointer) -> _Value:
        if isinstance(part, Secret):
            return f"!env {part.variable}" if part.variable else MASK
        if isinstance(part, Deferred):
            return UNKNOWN
        if isinstance(part, str):
            key = next((step for step in reversed(at) if isinstance(step, str)), path.rpartition(".")[2])
            named = path.startswith("environments.") and names_credential(key)
            return MASK if named else without_credentials(part, lambda _: MASK)
        return DESCEND

    return rebuilt(value, covered)


def _default_changes(before: Workspace, after: Workspace, environment: str) -> Iterator[ConfigurationChange]:
    """What assistants get that do not name a field; of other environments only what is different there."""
    shown = list[ConfigurationChange]()
    names = sorted(after.config.environments, key=lambda name: name != environment)
    for name in names:
        there = after.config.environments[name]
        former = before.config.environments.get(name) or next(iter(before.config.environments.values()))
        sides = before.defaults(former), after.defaults(there)
        for change in _defaults(*sides):
            if change not in shown:
                path = change.path if name == environment else f"environments.{name}.{change.path}"
                yield ConfigurationChange(path, change.before, change.after)
            shown.append(change)


def _defaults(before: Mapping[str, _Value], after: Mapping[str, _Value]) -> Iterator[ConfigurationChange]:
    old, new = (rebuilt(dict(side), _known) for side in (before, after))
    for change in field_changes(old, new, assistant_node(), "defaults"):
        values = (MASK if change.sensitive and is_there else value for is_there, value in _sides(change))
        yield ConfigurationChange(change.path, *values)


def _sides(change: Any) -> Iterator[tuple[bool, _Value]]:
    yield not change.added, change.before
    yield not change.removed, change.after


def _known(part: _Value, *_: object) -> _Value:
    return UNKNOWN if isinstance(part, Deferred) else DESCEND


def _suppressions(
    before: Workspace, after: Workspace, results: tuple[Results, Results]
) -> tuple[dict[str, _Value], dict[str, _Value]]:
    """Comments of each version that suppress findings, by path; only of files that differ."""
    commented = [
        {*workspace.configuration_texts(), *(path for result in found.values() for path in result.commented)}
        for workspace, found in zip((before, after), results, strict=True)
    ]
    paths = [path for path in sorted(set().union(*commented)) if not same_content(before.tree, after.tree, path)]

    def ignores(workspace: Workspace, known: Collection[str]) -> dict[str, _Value]:
        sources = ((path, workspace.commented(path)) for path in paths if path in known)
        return _set({path: _ignores(source) for path, source in sources if source is not None})

    return ignores(before, commented[0]), ignores(after, commented[1])


def _ignores(source: SourceText) -> list[str]:
    """The comments of a file that suppress findings, with what they are about."""
    return sorted(_described(comment, source) for comment in comments(source) if IGNORE.fullmatch(comment.text))


def _described(comment: Comment, source: SourceText) -> str:
    # Not by its line, which changes with every line above it. The same comment on another key is another suppression.
    key = source.line(comment.first_line).partition("#")[0].partition(":")[0].strip(" -")
    return comment.text if comment.text.startswith("ignore-file") or not key else f"{key}: {comment.text}"


def _locks(workspace: Workspace, other: Workspace) -> dict[str, _Value]:
    """What the locks of a version say of ids and APIs, by environment; only of those that the other has differently."""
    return {
        path.rpartition("/")[2].removesuffix(_LOCK): _lock(workspace, path)
        for path in _lock_paths(workspace)
        if not same_content(workspace.tree, other.tree, path)
    }


def _lock_paths(workspace: Workspace) -> Iterable[str]:
    # The locks of APIs on this machine lie in a folder of their own. They, and what git ignores, are in no review.
    try:
        paths = workspace.tree.files(STATE_FOLDER)
    except TreeError:
        return []
    locks = [path for path in paths if path.endswith(_LOCK) and path.count("/") == 1]
    return [path for path in locks if not workspace.tree.ignored(path)]


def _lock(workspace: Workspace, path: str) -> _Value:
    try:
        content = workspace.tree.read(path)
    except TreeError as error:
        return f"{path} {error.reason}"
    try:
        lock = read_lock(content.decode("utf-8"), path)
    except (RefusedError, UnicodeDecodeError):
        return f"not usable (digest {blake2b(content, digest_size=8).hexdigest()})"
    return _set(
        {
            "environment": lock.environment,
            "base_url": lock.base_url,
            "organization_id": lock.organization_id,
            "assistants": {address: entry.id for address, entry in lock.entries.items()},
        }
    )
