"""Reading many assistants at once."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Protocol

FETCHERS: Final = 8


class Reader(Protocol):
    """What reading needs of a client; a snapshot can answer, too."""

    def list_assistants(self) -> list[dict[str, Any]]:
        """All assistants but those the list call hides."""

    def get_assistant(self, assistant_id: str) -> dict[str, Any] | None:
        """The assistant, or None where there is none."""

    def abort(self) -> None:
        """Give up every call of every thread now."""


def fetch_all(reader: Reader, ids: Iterable[str], *, parallelism: int = FETCHERS) -> dict[str, dict[str, Any] | None]:
    """Answers by id, in the order of the ids; None where there is no such assistant.

    The first error, or Ctrl-C, breaks off what is under way. Raises RemoteError where one cannot be read.

    Args:
        parallelism: requests at once.
    """
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    with ThreadPoolExecutor(parallelism) as pool:
        try:
            return dict(zip(wanted, pool.map(reader.get_assistant, wanted), strict=True))
        except BaseException:
            reader.abort()  # the threads would else go on until they time out
            raise
