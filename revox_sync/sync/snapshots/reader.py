"""Reads from a snapshot as if it were the API, and remembers what the API answered so that one can be taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from revox_sync.contract.fields import is_hidden
from revox_sync.errors import RefusedError
from revox_sync.sync.remote_state.reader import Reader
from revox_sync.sync.snapshots.redact import Confidential
from revox_sync.sync.snapshots.snapshot import HOW_TO, Captured, Snapshot


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
        self._captured = {each.id: each for each in snapshot.assistants}

    def list_assistants(self) -> list[dict[str, Any]]:
        """All assistants but those the list call hides."""
        if not self._snapshot.complete:
            self._refuse("holds only some of the assistants")
        return [dict(each.value) for each in self._snapshot.assistants if not is_hidden(each.value)]

    def get_assistant(self, assistant_id: str) -> dict[str, Any] | None:
        """The assistant, or None where the API had none."""
        captured = self._captured.get(assistant_id)
        if captured is not None and captured.whole:
            return dict(captured.value)
        if captured is not None:
            self._refuse(f"does not hold every field of {assistant_id}")
        if assistant_id not in self._snapshot.absent:
            self._refuse(f"does not know {assistant_id}")
        return None

    def abort(self) -> None:
        """Nothing to give up: no answer takes long."""

    def _refuse(self, why: str) -> NoReturn:
        raise RefusedError(
            f"the snapshot `{self._path}` {why}; nothing can be planned from it",
            hint=f"take a new one for the same files and options: {HOW_TO}",
        )


class Recorder:
    """Passes on what the API answers, and remembers it; its methods may be called by many threads at once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._listed: dict[str, dict[str, Any]] | None = None
        self._fetched: dict[str, dict[str, Any] | None] = {}

    def list_assistants(self) -> list[dict[str, Any]]:
        """All assistants but those the list call hides."""
        answer = self._reader.list_assistants()
        self._listed = {str(each["id"]): each for each in answer}
        return answer

    def get_assistant(self, assistant_id: str) -> dict[str, Any] | None:
        """The assistant, or None where the API has none."""
        answer = self._fetched[assistant_id] = self._reader.get_assistant(assistant_id)
        return answer

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
        confidential: Confidential,
    ) -> Snapshot:
        """Everything that was answered, without its secrets.

        Args:
            addresses: of the assistants that files manage, by id.
            confidential: what is known about secrets.
        """
        found = {key: each for key, each in self._fetched.items() if each is not None}
        answers, strings = {**(self._listed or {}), **found}, confidential.strings()
        assistants = [
            Captured(addresses.get(key), key in found, confidential.bare(each, addresses.get(key), strings))
            for key, each in answers.items()
        ]
        return Snapshot(
            environment=environment,
            base_url=base_url,
            organization_id=one_organization(answers.values()),
            taken_at=taken_at,
            complete=self._listed is not None,
            assistants=tuple(assistants),
            absent=tuple(self._fetched.keys() - found.keys()),
        )


def one_organization(answers: Iterable[Mapping[str, Any]]) -> str | None:
    """The organisation that every answer names, where it is one."""
    found = {str(each["organization_id"]) for each in answers if each.get("organization_id")}
    return found.pop() if len(found) == 1 else None
