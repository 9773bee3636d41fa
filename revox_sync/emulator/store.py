"""Where the emulator keeps its assistants: SQLite, in memory or in a file."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

StoredAssistant = dict[str, Any]
# "RVX1": marks the file as ours and names its layout.
_APPLICATION_ID: Final = 0x5256_5831
_LAYOUT: Final = "CREATE TABLE assistant (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document TEXT NOT NULL)"


class Store:
    """Assistants by id, in the order they were added; every method is one transaction and may run in any thread.

    Args:
        path: the database file, made when it does not exist; None keeps everything in memory.

    Raises:
        OSError: the file cannot be opened or is not an emulator database.
    """

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.Lock()
        try:
            # Requests run in several threads; the lock keeps them apart. Transactions are begun by `_transaction`.
            self._connection = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise OSError(f"cannot open the emulator database {path}: {error}") from error
        try:
            self._prepare()
        except sqlite3.Error as error:
            self.close()
            raise OSError(f"cannot use {path} as an emulator database: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; the store cannot be used afterwards."""
        self._connection.close()

    def all(self) -> list[StoredAssistant]:
        """Every assistant, oldest first."""
        with self._transaction() as connection:
            rows = connection.execute("SELECT document FROM assistant ORDER BY number").fetchall()
        return [json.loads(text) for (text,) in rows]

    def find(self, assistant_id: str) -> StoredAssistant | None:
        """The assistant of that id, or None."""
        with self._transaction() as connection:
            return _select(connection, assistant_id)

    def add(self, document: StoredAssistant) -> None:
        """Keep a new assistant under `document["id"]`."""
        with self._transaction() as connection:
            connection.execute(
                "INSERT INTO assistant (id, document) VALUES (?, ?)", (document["id"], json.dumps(document))
            )

    def change(self, assistant_id: str, change: Callable[[StoredAssistant], StoredAssistant]) -> StoredAssistant | None:
        """Replace an assistant by what `change` makes of it, and return that; None when there is none of that id."""
        # One transaction, so that no other write gets lost between reading and writing.
        with self._transaction() as connection:
            before = _select(connection, assistant_id)
            if before is None:
                return None
            after = change(before)
            connection.execute("UPDATE assistant SET document = ? WHERE id = ?", (json.dumps(after), assistant_id))
            return after

    def remove(self, assistant_id: str) -> bool:
        """Forget an assistant; False when there was none of that id."""
        with self._transaction() as connection:
            return connection.execute("DELETE FROM assistant WHERE id = ?", (assistant_id,)).rowcount == 1

    def _prepare(self) -> None:
        # Milliseconds: two emulators may share one file.
        self._connection.execute("PRAGMA busy_timeout = 5000")
        with self._transaction() as connection:
            (mark,) = connection.execute("PRAGMA application_id").fetchone()
            (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if tables == 0:
                connection.execute(_LAYOUT)
                connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            elif mark != _APPLICATION_ID:
                raise sqlite3.DatabaseError("it belongs to another program")
        # WAL survives a killed process, at a fraction of the cost of a synchronous rollback journal.
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._connection:
            # Takes the write lock at once: two transactions that read first could not both go on to write.
            self._connection.execute("BEGIN IMMEDIATE")
            yield self._connection


def _select(connection: sqlite3.Connection, assistant_id: str) -> StoredAssistant | None:
    row = connection.execute("SELECT document FROM assistant WHERE id = ?", (assistant_id,)).fetchone()
    return None if row is None else json.loads(row[0])
