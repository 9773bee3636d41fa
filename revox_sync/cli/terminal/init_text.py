"""What init says: what became of each file, what is left to do by hand, and the next commands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from revox_sync.output.text.visible import visible
from revox_sync.source.files.tree import DiskTree, TreeError
from revox_sync.usecases.project.init import Started, Starter

UNKNOWN_OWNER: Final = "OWNER/revox-sync"
NO_HOST: Final = "skipped  a review workflow: no remote is on GitHub or GitLab; --ci github or --ci gitlab writes one"
NEXT: Final = """
Next:
  revox-sync lint
  revox-sync emulate    in another terminal: a Revox on this machine, no account needed
  revox-sync plan
  revox-sync apply
"""


def init_report(root: Path, started: Started, *, undecided: bool) -> str:
    """The text, which ends with a line break; `undecided`: nobody said or knows where the project is reviewed."""
    hint = [NO_HOST] if undecided else []
    return "\n".join([*_fates(started), *hint, *_by_hand(root, started)]) + "\n" + NEXT


def _fates(started: Started) -> Iterator[str]:
    yield from (f"written  {visible(each.path)}" for each in started.written)
    yield from (f"kept     {visible(each.path)}" for each in started.kept)
    yield from (f"skipped  {visible(each.path)}: {visible(each.unfit or '')}" for each in started.unfit)


def _by_hand(root: Path, started: Started) -> Iterator[str]:
    for each in started.kept:
        if each.shared and not each.unfit and not _mentions_us(root, each):
            yield f"\nAdd to {each.path}:\n\n" + "".join(f"  {line}\n" for line in each.text.splitlines()).rstrip("\n")
    for each in started.written:
        if UNKNOWN_OWNER in each.text:
            yield f"\nIn {each.path}, write the owner of the repository you get revox-sync from in place of OWNER."


def _mentions_us(root: Path, starter: Starter) -> bool:
    try:
        return b"revox-sync" in DiskTree(root).read(starter.path)
    except TreeError:
        return False
