"""A machine's copy of the project, in git, and what the program has written there."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from revox_sync.sync.model.lock import Lock
from revox_sync.sync.model.plan import Action
from revox_sync.sync.state.journal import Ending, Intent, Journal, load_journal
from revox_sync.sync.state.lock_file import load_lock, save_lock
from tools.soak.account import plain
from tools.soak.machine import Machine
from tools.soak.world import ENVIRONMENTS

IGNORED: Final = "*\n!/local/\n!*.lock.json\n!.gitignore\n"
"""Locks of APIs on this machine are committed here, as those of others are."""
ISOLATED: Final = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_OPTIONAL_LOCKS": "0"}
"""Git as nobody has configured it."""
_WHO: Final = {f"GIT_{role}_{key}": "soak" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
_WHEN: Final = {f"GIT_{role}_DATE": "2020-01-01T00:00:00Z" for role in ("AUTHOR", "COMMITTER")}


def merged(lock: Lock, theirs: Lock, addresses: Iterable[str]) -> Lock:
    """A lock with entries of another one, as somebody resolves a conflict of git."""
    own = {address: theirs.entries[address] for address in sorted(addresses) if address in theirs.entries}
    organization_id = lock.organization_id or theirs.organization_id
    return replace(lock, entries={**lock.entries, **own}, organization_id=organization_id)


def changed(base: Lock, theirs: Lock) -> set[str]:
    """Addresses whose entries git would take from a branch that began with `base`."""
    return {address for address, entry in theirs.entries.items() if entry != base.entries.get(address)}


@dataclass(frozen=True, slots=True)
class State:
    """What an environment of a checkout has written."""

    lock: Lock
    journal: Journal | None

    @property
    def ids(self) -> set[str]:
        """Assistants that lock or journal hold."""
        held = {entry.id for entry in self.lock.entries.values()}
        steps = self.journal.steps if self.journal else ()
        return held | {step.entry.id for step in steps if isinstance(step, Ending) and step.entry}

    @property
    def open_creates(self) -> list[Intent]:
        """Creates of which nobody knows the end."""
        steps: dict[tuple[str | None, str], Intent] = {}
        for step in self.journal.steps if self.journal else ():
            if isinstance(step, Intent):
                steps[step.branch, step.address] = step
            else:
                steps.pop((step.branch, step.address), None)
        return [intent for intent in steps.values() if intent.action is Action.CREATE]

    def expects(self, name: str) -> bool:
        """Whether the journal says that an assistant of this name may turn up."""
        return any(plain(intent.name) == plain(name) for intent in self.open_creates)


@dataclass(frozen=True, slots=True)
class Checkout:
    """A machine and its copy of the project.

    Attributes:
        branch_locks: what the locks of other branches held when these were left, by branch and environment.
    """

    name: str
    root: Path
    machine: Machine
    base_url: str
    branch_locks: dict[tuple[str, str], Lock]

    def lock_path(self, environment: str) -> Path:
        """Where a lock is."""
        return self.root / ".revox" / "local" / f"{environment}.lock.json"

    def state(self, environment: str) -> State:
        """What is on disk."""
        path = self.lock_path(environment)
        return State(load_lock(path, environment, None), load_journal(path.with_name(f"{environment}.journal.jsonl")))

    def states(self) -> Iterator[State]:
        """What is on disk for each environment."""
        return map(self.state, ENVIRONMENTS)

    def lock(self, environment: str) -> Lock:
        """The lock on disk."""
        return self.state(environment).lock

    def save(self, lock: Lock) -> None:
        """Replace a lock, as git does."""
        save_lock(self.lock_path(lock.environment), replace(lock, base_url=self.base_url))

    def written(self) -> dict[str, bytes]:
        """Lock and journal of each environment, as bytes by name."""
        folder = self.root / ".revox" / "local"
        return {path.name: path.read_bytes() for path in sorted(folder.glob("*.json*"))}

    @property
    def ids(self) -> set[str]:
        """Assistants that some lock or journal holds, on whatever branch."""
        elsewhere = {entry.id for lock in self.branch_locks.values() for entry in lock.entries.values()}
        return elsewhere.union(*(state.ids for state in self.states()))

    def git(self, *arguments: str) -> None:
        """Run git."""
        command = ["git", "-C", str(self.root), *arguments]
        subprocess.run(  # noqa: S603 - all of them are of the soak
            command, env={**os.environ, **ISOLATED, **_WHO, **_WHEN}, check=True, capture_output=True
        )

    def start_git(self) -> None:
        """Make the copy a repository."""
        self.git("init", "--quiet", "--initial-branch=main")
        (self.root / ".revox").mkdir()
        (self.root / ".revox" / ".gitignore").write_text(IGNORED, "ascii")
        self.commit()

    def commit(self) -> None:
        """Commit all files, the locks too."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "soak")

    def switch(self, branch: str, *, new: bool = False) -> None:
        """Check a branch out; what was not committed is committed before."""
        self.commit()
        self.git("checkout", "--quiet", *(["-b"] if new else []), branch)
