"""Which steps of a journal belong to the branch that is checked out, and what the others mean for it.

A journal is no part of a commit: it stays where it is when another branch is checked out. But the lock that its steps
belong to goes. Written into the lock of another branch they would be missing in their own, and what they created would
be created again there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from revox_sync.errors import UsageError
from revox_sync.source.files.git_tree import Git
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.model.plan import Action
from revox_sync.sync.remote_state.fetch import Unknown
from revox_sync.sync.state.journal import Intent, Journal, JournalStep
from revox_sync.values.address import as_arguments

_UNKNOWN: Final = (
    "an apply on branch `{branch}` {did}: finish it there (`git switch {quoted}`, then `revox-sync apply`), "
    "or `revox-sync import {arguments}` binds it here, too"
)
_NOTE: Final = "an apply on branch `{branch}` did not end; what it did is kept for that branch{created}"


@dataclass(frozen=True, slots=True)
class Checkout:
    """What git has checked out.

    Attributes:
        branch: None where there is no repository, or no branch but a commit, as in the middle of a rebase.
        has_branch: whether there is a branch of a name; without a repository there is none.
    """

    branch: str | None
    has_branch: Callable[[str], bool]

    def owns(self, step: JournalStep) -> bool:
        """Whether a step belongs to what is checked out; also where its branch does not exist any more."""
        return step.branch in {None, self.branch} or not self.has_branch(str(step.branch))


NO_CHECKOUT: Final = Checkout(None, lambda _: False)


def checkout_of(root: Path) -> Checkout:
    """What git has checked out in a project."""
    try:
        git = Git(root)
    except UsageError:  # no repository, or no git
        return NO_CHECKOUT
    branch = git.ask("symbolic-ref", "--short", "HEAD")
    return Checkout(branch, lambda name: git.ask("rev-parse", "--verify", f"refs/heads/{name}") is not None)


def divided(journal: Journal, checkout: Checkout) -> tuple[Journal, Journal]:
    """The journal with the steps of what is checked out, and with those of other branches."""
    own = tuple(step for step in journal.steps if checkout.owns(step))
    others = tuple(step for step in journal.steps if not checkout.owns(step))
    return replace(journal, steps=own), replace(journal, steps=others)


def unknown_here(others: Journal, lock: Lock) -> dict[str, Unknown]:
    """The creates of other branches, by address: what they made must not be made again here."""
    found = {}
    for intent, entry in _creates(others):
        address = intent.address
        if address not in lock.entries:
            made = entry.id if entry is not None else None
            did = f"created {made} for it" if made else "did not end and may have created it"
            words = {"branch": intent.branch, "quoted": as_arguments(str(intent.branch))}
            reason = _UNKNOWN.format(did=did, arguments=as_arguments(address, made or "ID"), **words)
            found[address] = Unknown(intent.name, reason)
    return found


def notes_of(others: Journal) -> Iterator[str]:
    """What a reader should know of other branches, a note for each; whatever one has created is named with its id."""
    for branch in dict.fromkeys(step.branch for step in others.steps):
        created = [
            f"{entry.id} for `{intent.address}`"
            for intent, entry in _creates(others)
            if intent.branch == branch and entry is not None
        ]
        yield _NOTE.format(branch=branch, created=f"; it created {', '.join(created)}" if created else "")


def _creates(journal: Journal) -> Iterator[tuple[Intent, LockEntry | None]]:
    """Creates that happened, or may have, with the lock entry of what they made."""
    steps: Sequence[JournalStep] = journal.steps
    open_: dict[tuple[str | None, str], Intent] = {}
    for step in steps:
        if isinstance(step, Intent):
            open_[step.branch, step.address] = step
        else:
            intent = open_.pop((step.branch, step.address), None)
            if intent is not None and intent.action is Action.CREATE and step.happened:
                yield intent, step.entry
    yield from ((intent, None) for intent in open_.values() if intent.action is Action.CREATE)
