"""Where a project begins."""

# os.path, not pathlib: one lint in a hook is too short to import it.
# ruff: noqa: PTH110, PTH118, PTH120

from __future__ import annotations

import os

from revox_sync.config import CONFIG_NAME


def find_root(start: str) -> str:
    """The project root: nearest folder upward with revox-sync.yaml, else with .git, else `start`, an absolute path."""
    folders = [start]
    while (above := os.path.dirname(folders[-1])) != folders[-1]:
        folders.append(above)
    for marker in (CONFIG_NAME, ".git"):
        for folder in folders:
            if os.path.exists(os.path.join(folder, marker)):
                return folder
    return start
