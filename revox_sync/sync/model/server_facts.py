"""What a probe has learnt of one server, where no documentation says it (docs/doctor.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_SURE: Final = 30.0
"""Seconds after which what a server has not shown counts as not there, where nobody has measured how late it is."""
_TIMES_THE_LAG: Final = 3.0
_LOOKS: Final = 3


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """Habits of a server. None, everywhere, is: not known, so plan and apply stay on the safe side.

    Attributes:
        base_url: of the API, as reports show it.
        learned_at: when, UTC, ISO 8601.
        contract: the newest one that an answer has a field of.
        patch_merges: an update merges mappings into those the server has, instead of replacing a top-level field.
        version_moves: `updated_at` changes with an update.
        version_moves_with_faq: it also does where only `faq_items` changes.
        null_clears: null clears a field whose type admits it.
        list_lag: seconds after which the list showed a new assistant, at most; 0 is at once.
        read_lag: seconds after which a GET by id showed an update, at most.
    """

    base_url: str = ""
    learned_at: str = ""
    contract: str | None = None
    patch_merges: bool | None = None
    version_moves: bool | None = None
    version_moves_with_faq: bool | None = None
    null_clears: bool | None = None
    list_lag: float | None = None
    read_lag: float | None = None

    @property
    def has_versions(self) -> bool:
        """Whether an equal `updated_at` may be taken as a sign that nobody has edited."""
        return self.version_moves is not False

    @property
    def looks(self) -> tuple[float, ...]:
        """Seconds to wait before each further look at something that a server has not shown yet.

        Never less than without a measurement: one probe does not know the slowest day.
        """
        sure = max(_SURE, _TIMES_THE_LAG * max(self.list_lag or 0.0, self.read_lag or 0.0))
        return (sure / _LOOKS,) * _LOOKS


NO_FACTS: Final = ServerFacts()
"""Of a server that nobody has probed."""
