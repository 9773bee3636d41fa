"""The environment variables of commands that talk to the API: those of the process, and for what is not set, `.env`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from revox_sync.config import CONFIG_NAME
from revox_sync.source.files.env_file import read_env_file
from revox_sync.source.files.tree import find_root
from revox_sync.usecases.project.settings import Settings


def project_environ(settings: Settings) -> Mapping[str, str]:
    """Environment variables by name, with those of the `.env` beside revox-sync.yaml that the process has not set.

    Lint, diff and hooks never call this: what they say is the same for everybody. Notes are told on stderr.

    Raises ConfigError if `.env` cannot be read.
    """
    return {**env_file_values(settings), **os.environ}


def env_file_values(settings: Settings) -> Mapping[str, str]:
    """What the `.env` of a project gives; see `project_environ`."""
    root = Path(find_root(settings.project))
    # Without a configuration the root is only guessed: the file may be another program's.
    if not (root / CONFIG_NAME).is_file():
        return {}
    found = read_env_file(root)
    for note in found.notes:
        settings.tell(f"note: {note}")
    return found.values
