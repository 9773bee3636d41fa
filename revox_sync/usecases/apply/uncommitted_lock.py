"""A lock that nobody commits is a lock that nobody else has."""

from __future__ import annotations

from revox_sync.errors import UsageError
from revox_sync.source.files.git_tree import Git
from revox_sync.usecases.apply.session import Session
from revox_sync.usecases.project.settings import say


def warn_of_uncommitted(session: Session) -> None:
    """Say when git ignores the lock that was just written, or does not know it; an API on this machine needs none."""
    if session.endpoint.is_loopback or session.settings.verbosity < 0:
        return
    name = session.lock_path.relative_to(session.root).as_posix()
    try:
        git = Git(session.root)
    except UsageError:  # a project without git keeps its lock as it likes
        return
    if git.ask("check-ignore", "--quiet", "--", name) is not None:
        say(f"warning: git ignores {name}: without it nobody else can tell whose edits are whose; see `.gitignore`")
    elif git.ask("ls-files", "--error-unmatch", "--", name) is None:
        say(f"warning: {name} is not in git yet: commit it, `git add {name}`")
