"""What editors without our server need: the schema of a project's assistants, and the settings that point to it."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from revox_sync.config import CONFIG_NAME, Config
from revox_sync.contract.editor_schema import CUSTOM_TAGS, editor_schema
from revox_sync.source.files.tree import DiskTree, find_root
from revox_sync.source.workspace import SUFFIXES, Workspace
from revox_sync.usecases.project.settings import Settings

SCHEMA_FILE: Final = "revox-sync.schema.json"
"""Where `init` writes it, below the project root."""
YAML_EXTENSION: Final = "redhat.vscode-yaml"


def editor_schema_text(settings: Settings) -> str:
    """The schema for editors, as JSON: of the project around the current folder, else of the newest contract.

    Raises:
        ConfigError: revox-sync.yaml is broken, or has no environment of that name.
    """
    return project_schema(Workspace(DiskTree(find_root(settings.project))), settings.environment)


def project_schema(workspace: Workspace, environment: str | None = None) -> str:
    """The schema for editors of a project, as JSON.

    Args:
        environment: whose contract counts; None for that of the project.

    Raises:
        ConfigError: there is no such environment.
    """
    config = workspace.config
    contract = config.contract if environment is None else config.environment(environment).contract
    if not workspace.tree.exists(CONFIG_NAME):
        return schema_text(contract, None)
    environments = config.environments.values()
    inherited = {name for each in environments for name in workspace.defaults(each)}
    return schema_text(contract, {name for each in environments for name in each.variables}, inherited)


def schema_text(contract: str | None, variables: Collection[str] | None, inherited: Collection[str] = ()) -> str:
    """The schema for editors, as JSON; see `editor_schema`."""
    return _json(editor_schema(contract, variables, inherited))


def vscode_settings(config: Config) -> str:
    """`.vscode/settings.json` that lets the YAML extension check assistants."""
    return _json({"yaml.customTags": CUSTOM_TAGS, "yaml.schemas": {f"./{SCHEMA_FILE}": _patterns(config)}})


def vscode_extensions() -> str:
    """`.vscode/extensions.json` that recommends the YAML extension."""
    return _json({"recommendations": [YAML_EXTENSION]})


def modeline(path: str) -> str:
    """The comment that names the schema for one assistant file, by its path below the project root."""
    return f"# yaml-language-server: $schema={posixpath.relpath(SCHEMA_FILE, posixpath.dirname(path))}\n"


def _patterns(config: Config) -> Sequence[str]:
    """Globs of the assistants' files, in the order in which the later one wins."""
    folders = [posixpath.normpath(folder) for folder in config.directories]
    found = [f"{'' if folder == '.' else folder + '/'}**/*{suffix}" for folder in folders for suffix in SUFFIXES]
    return [*found, "!**/_*", "!**/_*/**"]


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
