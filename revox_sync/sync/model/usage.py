"""Who would notice that an assistant is gone: phone numbers that it answers, and campaigns that dial with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Use:
    """One use of an assistant.

    Attributes:
        number: the phone number that it answers, in E.164 form; None for a campaign.
        text: for people: `+33199001200 (Sales)`, `campaign "Spring"`.
    """

    number: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Uses of assistants, as far as the API told.

    Attributes:
        uses: by the assistant's id; an assistant without any is not in it.
        unknown: why there may be more uses than these, one reason each; empty where all are known.
    """

    uses: Mapping[str, tuple[Use, ...]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    def of(self, assistant_id: str | None) -> tuple[Use, ...]:
        """The known uses of an assistant."""
        return self.uses.get(assistant_id, ()) if assistant_id is not None else ()

    def numbers(self, assistant_id: str | None) -> tuple[str, ...]:
        """The phone numbers that an assistant is known to answer, for people."""
        return tuple(use.text for use in self.of(assistant_id) if use.number is not None)
