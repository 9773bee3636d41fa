"""Tells the users of offline commands that an apply did not end."""

from __future__ import annotations

from pathlib import Path

from revox_sync.config import STATE_FOLDER
from revox_sync.source.files.project_root import find_root
from revox_sync.sync.state.journal_file import JOURNAL
from revox_sync.sync.state.lock_file import LOCAL_FOLDER
from revox_sync.usecases.project.settings import Settings, say


def warn_of_journals(settings: Settings) -> None:
    """Say on stderr which environments have a journal: nothing shown offline knows what is in it."""
    root = Path(find_root(settings.project))
    for folder in (root / STATE_FOLDER, root / STATE_FOLDER / LOCAL_FOLDER):
        for path in sorted(folder.glob(f"*{JOURNAL}")) if settings.verbosity >= 0 else ():
            name = path.name.removesuffix(JOURNAL)
            say(f"note: an apply to `{name}` is running or did not end ({path.relative_to(root)}); not looked at here")
