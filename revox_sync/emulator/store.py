"""Where the emulator keeps its assistants: SQLite, in memory or in a file."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

StoredAssistant = dict[str, Any]
StoredRecord = dict[str, Any]
# "RVX1": marks the file as ours and names its layout.
_APPLICATION_ID: Final = 0x5256_5831
_RECORDS: Final = """
CREATE TABLE IF NOT EXISTS record
(number INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, document TEXT NOT NULL, UNIQUE (kind, id))
"""
_LAYOUT: Final = "CREATE TABLE assistant (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document TEXT NOT NULL)"


class _Replaced(NamedTuple):
    """What a write has put an end to: the document of a row before it, None where there was no row."""

    at: datetime
    number: int
    document: StoredAssistant | None


class Store:
    """Assistants by id, in the order they were added; every method is one transaction and may run in any thread.

    Args:
        path: the database file, made when it does not exist; None keeps everything in memory.

    Raises:
        OSError: the file cannot be opened or is not an emulator database.
    """

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.Lock()
        self._remembered = timedelta(0)
        self._clock: Callable[[], datetime] = datetime.now
        self._replaced: deque[_Replaced] = deque()
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

    def remember(self, seconds: float, clock: Callable[[], datetime]) -> None:
        """Be able to show the past from now on, as far back as `seconds`; what was remembered before is forgotten.

        It is kept in memory: whoever opens the file anew sees the present only.
        """
        with self._lock:
            self._remembered, self._clock, self._replaced = timedelta(seconds=seconds), clock, deque()

    def all(self, *, seconds_ago: float = 0) -> list[StoredAssistant]:
        """Every assistant there was so many seconds ago, oldest first."""
        with self._transaction() as connection:
            rows = connection.execute("SELECT number, document FROM assistant ORDER BY number").fetchall()
            former = self._former(seconds_ago)
        documents = {number: json.loads(text) for number, text in rows if number not in former} | former
        return [document for _, document in sorted(documents.items()) if document is not None]

    def find(self, assistant_id: str, *, seconds_ago: float = 0) -> StoredAssistant | None:
        """The assistant of that id as it was so many seconds ago, or None."""
        if seconds_ago:
            past = self.all(seconds_ago=seconds_ago)
            return next((document for document in past if document["id"] == assistant_id), None)
        with self._transaction() as connection:
            return _select(connection, assistant_id)[1]

    def add(self, document: StoredAssistant) -> None:
        """Keep a new assistant under `document["id"]`."""
        with self._transaction() as connection:
            added = connection.execute(
                "INSERT INTO assistant (id, document) VALUES (?, ?)", (document["id"], json.dumps(document))
            )
            self._note_former(added.lastrowid, None)

    def change(self, assistant_id: str, change: Callable[[StoredAssistant], StoredAssistant]) -> StoredAssistant | None:
        """Replace an assistant by what `change` makes of it, and return that; None when there is none of that id."""
        # One transaction, so that no other write gets lost between reading and writing.
        with self._transaction() as connection:
            number, before = _select(connection, assistant_id)
            if before is None:
                return None
            after = change(before)
            connection.execute("UPDATE assistant SET document = ? WHERE id = ?", (json.dumps(after), assistant_id))
            self._note_former(number, before)
            return after

    def remove(self, assistant_id: str) -> bool:
        """Forget an assistant; False when there was none of that id."""
        with self._transaction() as connection:
            number, before = _select(connection, assistant_id)
            if before is None:
                return False
            connection.execute("DELETE FROM assistant WHERE id = ?", (assistant_id,))
            self._note_former(number, before)
            return True

    def records(self, kind: str) -> list[StoredRecord]:
        """Everything of a kind beside assistants, such as `call`, in the order it was added."""
        with self._transaction() as connection:
            rows = connection.execute("SELECT document FROM record WHERE kind = ? ORDER BY number", (kind,)).fetchall()
        return [json.loads(text) for (text,) in rows]

    def keep(self, kind: str, record: StoredRecord) -> None:
        """Keep something beside assistants under `record["id"]`, in the place of what had that id."""
        with self._transaction() as connection:
            connection.execute(
                "INSERT INTO record (kind, id, document) VALUES (?, ?, ?) "
                "ON CONFLICT (kind, id) DO UPDATE SET document = excluded.document",
                (kind, record["id"], json.dumps(record)),
            )

    def _note_former(self, number: int | None, document: StoredAssistant | None) -> None:
        if not self._remembered or number is None:
            return
        now = self._clock()
        while self._replaced and now - self._replaced[0].at > self._remembered:
            self._replaced.popleft()
        self._replaced.append(_Replaced(now, number, document))

    def _former(self, seconds_ago: float) -> dict[int, StoredAssistant | None]:
        """What the rows held that were written since: by row, None where it did not exist."""
        if not seconds_ago:
            return {}
        then = self._clock() - timedelta(seconds=seconds_ago)
        # Newest first, so that of several writes to a row the first one decides. Row numbers are used again.
        return {replaced.number: replaced.document for replaced in reversed(self._replaced) if replaced.at > then}

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
            connection.execute(_RECORDS)  # a file of an earlier version has none
        # WAL survives a killed process, at a fraction of the cost of a synchronous rollback journal.
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._connection:
            # Takes the write lock at once: two transactions that read first could not both go on to write.
            self._connection.execute("BEGIN IMMEDIATE")
            yield self._connection


def _select(connection: sqlite3.Connection, assistant_id: str) -> tuple[int | None, StoredAssistant | None]:
    """The row and the document of an assistant."""
    row = connection.execute("SELECT number, document FROM assistant WHERE id = ?", (assistant_id,)).fetchone()
    return (None, None) if row is None else (row[0], json.loads(row[1]))
