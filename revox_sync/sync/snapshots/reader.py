"""Reads from a snapshot as if it were the API, and records what the API answers so that one can be taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from revox_sync.contract.fields import is_hidden
from revox_sync.errors import RefusedError
from revox_sync.remote.http.listing import AssistantList
from revox_sync.sync.remote_state.fetch import Reader
from revox_sync.sync.snapshots.redact import SnapshotRedactor
from revox_sync.sync.snapshots.snapshot import TAKE_ONE, Captured, Snapshot


class SnapshotReader:
    """Answers like the API at the time of a snapshot; secrets are unknown.

    Args:
        snapshot: where answers come from.
        path: its file, for messages.

    What the snapshot does not know raises RefusedError: it is never taken for gone.
    """

    def __init__(self, snapshot: Snapshot, path: str) -> None:
        self._snapshot = snapshot
        self._path = path
        self._captured = {captured.id: captured for captured in snapshot.assistants}
        self.connections = 1

    def listing(self) -> AssistantList:
        """All assistants but those the list call hides."""
        if not self._snapshot.complete:
            self._refuse("holds only some of the assistants")
        shown = [captured.value for captured in self._snapshot.assistants if not is_hidden(captured.value)]
        return AssistantList([dict(value) for value in shown])

    def get_assistant(self, assistant_id: str) -> dict[str, Any] | None:
        """The assistant, or None where the API had none."""
        captured = self._captured.get(assistant_id)
        if captured is not None and captured.whole:
            return dict(captured.value)
        if captured is not None and assistant_id not in self._snapshot.absent:
            self._refuse(f"does not hold every field of {assistant_id}")
        # Nobody asked the API for this one. If it counted as gone, a plan would create it again.
        if assistant_id not in self._snapshot.absent:
            self._refuse(f"does not know {assistant_id}")
        return None

    def expect(self, number: int) -> None:
        """Nobody has to wait."""

    def abort(self) -> None:
        """Nothing to give up: no answer takes long."""

    def _refuse(self, why: str) -> NoReturn:
        raise RefusedError(
            f"the snapshot `{self._path}` {why}; nothing can be planned from it",
            hint=f"take a new one for the same files and options: {TAKE_ONE}",
        )


class Recorder:
    """Passes on what the API answers, and keeps it; its methods may be called by many threads at once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        # No lock: setting a key of a dictionary is one step to other threads.
        self._listed: dict[str, dict[str, Any]] | None = None
        self._is_whole = False
        self._fetched: dict[str, dict[str, Any] | None] = {}

    @property
    def connections(self) -> int:
        """Requests that can be under way at once."""
        return self._reader.connections

    def listing(self) -> AssistantList:
        """All assistants but those the list call hides."""
        answer = self._reader.listing()
        self._listed = {str(assistant["id"]): assistant for assistant in answer.assistants}
        self._is_whole = not answer.unreadable
        return answer

    def get_assistant(self, assistant_id: str) -> dict[str, Any] | None:
        """The assistant, or None where the API has none."""
        answer = self._fetched[assistant_id] = self._reader.get_assistant(assistant_id)
        return answer

    def expect(self, number: int) -> None:
        """Say that so many assistants are about to be read one by one."""
        self._reader.expect(number)

    def abort(self) -> None:
        """Give up every call of every thread now."""
        self._reader.abort()

    def snapshot(
        self,
        *,
        environment: str,
        base_url: str,
        taken_at: str,
        addresses: Mapping[str, str],
        redactor: SnapshotRedactor,
    ) -> Snapshot:
        """Everything that was answered, without its secrets.

        Args:
            addresses: of the assistants that files manage, by id.
            redactor: what is known about secrets.
        """
        fetched = {assistant_id: answer for assistant_id, answer in self._fetched.items() if answer is not None}
        answers = {**(self._listed or {}), **fetched}
        return Snapshot(
            environment=environment,
            base_url=base_url,
            organization_id=one_organization(answers.values()),
            taken_at=taken_at,
            complete=self._is_whole,
            assistants=tuple(
                Captured(
                    addresses.get(assistant_id),
                    assistant_id in fetched,
                    redactor.redacted(answer, addresses.get(assistant_id)),
                )
                for assistant_id, answer in answers.items()
            ),
            absent=tuple(self._fetched.keys() - fetched.keys()),
        )


def one_organization(answers: Iterable[Mapping[str, Any]]) -> str | None:
    """The organisation that every answer names, where it is one."""
    found = {str(answer["organization_id"]) for answer in answers if answer.get("organization_id")}
    return found.pop() if len(found) == 1 else None
