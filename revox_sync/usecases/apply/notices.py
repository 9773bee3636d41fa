"""What commands tell people on stderr beside their result; nothing of it with `-q`."""

from __future__ import annotations

from collections.abc import Sized
from pathlib import Path
from typing import TYPE_CHECKING

from revox_sync.config import CONFIG_NAME, STATE_FOLDER
from revox_sync.errors import UsageError
from revox_sync.output.text.visible import counted
from revox_sync.source.files.git_tree import Git
from revox_sync.source.files.tree import find_root
from revox_sync.sync.state.journal_file import JOURNAL
from revox_sync.sync.state.lock_file import LOCAL_FOLDER
from revox_sync.usecases.project.settings import Settings, say

if TYPE_CHECKING:  # `show` needs no API, and loading what talks to one takes longer than showing a plan
    from revox_sync.usecases.apply.session import Session


def note_unfinished_applies(settings: Settings) -> None:
    """Say which environments have a journal: what a command shows without the API does not count what is in it."""
    root = Path(find_root(settings.project))
    for folder in (root / STATE_FOLDER, root / STATE_FOLDER / LOCAL_FOLDER):
        for path in sorted(folder.glob(f"*{JOURNAL}")):
            name = path.name.removesuffix(JOURNAL)
            where = path.relative_to(root)
            settings.tell(f"note: an apply to `{name}` is running or did not end ({where}); not looked at here")


def note_unmanaged(settings: Settings, unmanaged: Sized, set_aside: Sized) -> None:
    """Say how many remote assistants have no file; with `-v`, how many of them the configuration sets aside."""
    # This is no part of the plan: whoever approves one by its digest must not have to do it again when somebody
    # creates an assistant in the dashboard.
    if unmanaged:
        number = counted(len(unmanaged), "remote assistant")
        settings.tell(f"note: {number} without a file; `revox-sync pull --new` writes files")
    note_set_aside(settings, set_aside)


def note_set_aside(settings: Settings, set_aside: Sized) -> None:
    """Say with `-v` how many remote assistants the configuration leaves unmanaged."""
    if set_aside and settings.verbosity > 0:
        number = counted(len(set_aside), "remote assistant")
        settings.tell(f"note: {number} without a file left to others by `unmanaged` in {CONFIG_NAME}")


def warn_of_uncommitted_lock(session: Session) -> None:
    """Say that git ignores the lock that was just written, or does not know it."""
    # A lock that nobody commits is a lock that nobody else has. The lock of an API on this machine is nobody else's.
    if session.endpoint.is_loopback or session.settings.verbosity < 0:
        return
    warn_of_uncommitted(session, session.lock_path, "without it nobody else can tell whose edits are whose")


def warn_of_uncommitted(session: Session, path: Path, why: str) -> None:
    """Say that git ignores a file that was just written, or does not know it."""
    name = path.relative_to(session.root).as_posix()
    try:
        git = Git(session.root)
    except UsageError:  # a project without git keeps its lock as it likes
        return
    if git.ask("check-ignore", "--quiet", "--", name) is not None:
        say(f"warning: git ignores {name}: {why}; see `.gitignore`")
    elif git.ask("ls-files", "--error-unmatch", "--", name) is None:
        say(f"warning: {name} is not in git yet: commit it, `git add {name}`")
