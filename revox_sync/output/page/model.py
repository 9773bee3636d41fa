"""What a reader sees of a plan, a comparison or an apply, decided once: every format draws the same page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from revox_sync.lint.model.finding import Severity
from revox_sync.output.page.field_view import FieldView
from revox_sync.sync.model.plan import IMPACTS


class CardKind(StrEnum):
    """What becomes of an assistant, or how an apply left it; what needs most attention stands first.

    CONFIGURATION is about no assistant, and concerns all of them.
    """

    CONFIGURATION = "configuration"
    FAILED = "failed"
    UNKNOWN = "unknown"
    DELETE = "delete"
    REMOVE = "remove"
    CONFLICT = "conflict"
    DRIFT = "drift"
    REFUSED = "refused"
    SKIPPED = "skipped"
    ORPHANED = "orphaned"
    UPDATE = "update"
    CREATE = "create"


@dataclass(frozen=True, slots=True)
class FindingView:
    """A lint finding that is new, or gone.

    Attributes:
        is_new: whether the change brings it.
        rule: code and name.
        place: `path:line:column`.
    """

    is_new: bool
    severity: Severity
    rule: str
    sentence: str
    place: str


@dataclass(frozen=True, slots=True)
class Card:
    """One assistant.

    Attributes:
        id: None where there is no remote assistant, or nobody asked.
        verb: what becomes of it, in words that follow its address.
        impacts: kinds of effect, most audible first.
        reason: why, or since when; a few words.
        text: what is to be said instead of fields.
        sides: what the two sides of a field are, where that is not obvious.
        local: of an assistant that is left alone: what else would be sent.
        new_variables: placeholders that callers did not have to fill in before.
        gone_variables: placeholders that are not used any more.
    """

    kind: CardKind
    address: str
    name: str
    verb: str
    id: str | None = None
    impacts: tuple[str, ...] = ()
    reason: str | None = None
    text: str | None = None
    sides: str | None = None
    fields: tuple[FieldView, ...] = ()
    local: tuple[FieldView, ...] = ()
    new_variables: tuple[str, ...] = ()
    gone_variables: tuple[str, ...] = ()
    findings: tuple[FindingView, ...] = ()

    @property
    def facts(self) -> tuple[str, ...]:
        """Id, impacts and reason, as far as there are any."""
        return tuple(fact for fact in (self.id, *self.impacts, self.reason) if fact)

    @property
    def differs(self) -> tuple[FieldView, ...]:
        """Everything that differs, what is not sent included."""
        return (*self.fields, *self.local)


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence below the assistants, possibly with rows of cells."""

    text: str
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Everything a report for people says.

    Attributes:
        marker: names the report among others of the same pull request: `plan:production`.
        title: what the report is.
        subject: what is compared; None where the title says it.
        cards: in the order of attention they need.
        findings: new and gone ones of assistants without a card.
        summary: the counts in one line.
        quiet: what is said instead of the counts where nothing happens; None where something does.
        base_url: of the API; None where no API takes part.
        organization_id: None where no answer names one.
        digest: of the plan or comparison; None where nothing can be done with it.
        digest_use: the command line that takes the digest.
    """

    marker: str
    title: str
    environment: str
    cards: tuple[Card, ...]
    summary: str
    subject: str | None = None
    findings: tuple[FindingView, ...] = ()
    notes: tuple[Note, ...] = ()
    quiet: str | None = None
    base_url: str | None = None
    organization_id: str | None = None
    digest: str | None = None
    digest_use: str | None = None


def in_order(cards: Iterable[Card]) -> tuple[Card, ...]:
    """What needs most attention first, equals by address (docs/design.md, "Order of a report")."""
    return tuple(sorted(cards, key=_importance))


def _importance(card: Card) -> tuple[int, tuple[int, ...], int, str]:
    # A create and an update lose nothing, so what callers hear of them decides. The last number comes after all others.
    changes = card.kind in {CardKind.CREATE, CardKind.UPDATE}
    audible = (*map(IMPACTS.index, card.impacts if changes else ()), len(IMPACTS))
    # Of two that are alike in this, one that asks something of every caller, or breaks a rule, comes first.
    calm = not (card.new_variables or any(finding.is_new for finding in card.findings))
    return list(CardKind).index(card.kind), audible, calm, card.address
