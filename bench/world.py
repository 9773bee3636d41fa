"""A project, the account it was applied to, and a few files that changed since.

`python -m bench.world FOLDER NUMBER [--changed N] [--bind PROGRAM] [--faq]`. The account is a database of the emulator,
`FOLDER.sqlite3`, filled without requests. `--bind` has revox-sync apply the unchanged project, which writes the lock.
"""

from __future__ import annotations

import argparse
import itertools
import subprocess
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench.corpus import FAQ_EVERY, assistant, path_of, write_project
from bench.emulator import configure, emulator
from bench.measure import environment
from revox_sync.contract.schema_files import schema_directory
from revox_sync.emulator.assistants import AssistantBuilder
from revox_sync.emulator.contract import ServedContract
from revox_sync.emulator.settings import EmulatorSettings
from revox_sync.emulator.store import Store
from revox_sync.source.files.tree import DiskTree
from revox_sync.source.workspace import Workspace


def make_world(root: Path, count: int, changed: int, program: str | None, faq_every: int = FAQ_EVERY) -> None:
    """Write a project and its account.

    Args:
        changed: number of files, evenly spread, that differ from the account.
        program: the revox-sync that binds files and account; None leaves no lock.
        faq_every: one assistant in so many has `faq_items`.
    """
    text = partial(assistant, faq_every=faq_every)
    write_project(root, count, text)
    store = store_of(root)
    fill(store, root)
    if program is not None:
        bind(program, root, store)
    for number in range(0, count, count // changed if changed else count + 1):
        if changed:
            path_of(root, number).write_text(text(number, revision=1), "utf-8")


def store_of(root: Path) -> Path:
    """The database of a project's account."""
    return root.with_name(f"{root.name}.sqlite3")


def fill(path: Path, root: Path) -> None:
    """Fill a database with what a project's files say, as the emulator would have kept it."""
    workspace = Workspace(DiskTree(root))
    any_environment = workspace.config.environment(None)
    numbers = itertools.count(1)
    settings = EmulatorSettings(
        clock=lambda: datetime(2026, 1, 5, 9, tzinfo=UTC), new_id=lambda prefix: f"{prefix}_{next(numbers):08}"
    )
    builder = AssistantBuilder(ServedContract(Path(schema_directory()), settings.contract), settings)
    with Store(path) as store:
        for file in workspace.files:
            body = workspace.load(file, any_environment).value
            if not isinstance(body, dict):
                raise TypeError(f"{file.path} is broken")
            store.add(builder.created(body))


def bind(program: str, root: Path, store: Path) -> None:
    """Apply a project to its account, which holds the same already: only the lock is written."""
    with emulator(program, root, store):
        command = [program, "-C", str(root), "apply", "--auto-approve"]
        subprocess.run(command, env=environment(), check=True, capture_output=True)


def main() -> None:
    """Write a project and its account."""
    parser = argparse.ArgumentParser(prog="python -m bench.world", description="Write a project and its account.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--changed", type=int, default=0)
    parser.add_argument("--bind", metavar="PROGRAM")
    parser.add_argument("--faq", action="store_true", help="each assistant has `faq_items`")
    arguments = parser.parse_args()
    faq_every = 1 if arguments.faq else FAQ_EVERY
    make_world(arguments.folder, arguments.count, arguments.changed, arguments.bind, faq_every)
    if arguments.bind is None:
        configure(arguments.folder, "http://127.0.0.1:9/api")


if __name__ == "__main__":
    main()
