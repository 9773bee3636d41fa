"""What is known of a leaf, and what follows from it (docs/design.md, "What is known of a leaf").

The rules are pure functions of digests, so that a test can explore every order of edits, crashes and lost answers with
them (tests/model). A *form* digest is the same for all spellings of one value; a *value* digest tells canonical values
apart.

Two questions decide everything: has anybody but us changed the server's value since we last saw it, and has what we
sent arrived? Where nobody can tell, the answer is a conflict, so that a person looks. The token (`updated_at`, compared
only for equality) helps to tell. No source says that it moves with every edit: a moved or missing token proves nothing,
and an unmoved one counts only for fields of which nobody has doubted it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum, auto
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from revox_sync.sync.model.lock import MOST_SENT, Confirmed, LeafRecord, Sent

_Key = TypeVar("_Key")
UNSET: Final = "unset"
"""Stands for null, for nothing, and for the field's default: what a leaf is before anybody has set it."""
ABSENT: Final = "absent"
"""Stands for what is sent for a key that the file no longer has."""


class LeafState(Enum):
    """What is to be done about one leaf."""

    IN_SYNC = auto()
    ACCEPTED = auto()  # the server keeps the value in a form of its own; known and left alone
    UPDATE = auto()
    DRIFT = auto()
    CONFLICT = auto()
    REMOVED = auto()  # gone from a mapping that is still declared: an update that leaves the key out
    UNMANAGED = auto()  # a top-level field that the file no longer has: nothing is sent
    UNCOMPARABLE = auto()  # a secret of which the server shows a mask or nothing


class Look(Protocol):
    """A leaf of the file beside the server's value.

    A look may work out an answer when it is asked for: most leaves are equal, and then few answers are.
    """

    @property
    def equal(self) -> bool:
        """Whether both are in sync."""
        ...

    @property
    def alike(self) -> bool:
        """Whether both are spellings of one value."""
        ...

    @property
    def declared(self) -> str:
        """Value digest of the file's value; ABSENT where the file has none any more."""
        ...

    @property
    def value(self) -> str:
        """Value digest of the server's value."""
        ...

    @property
    def remembered(self) -> frozenset[str]:
        """All value digests that an earlier look may have remembered the same server's value by."""
        ...

    @property
    def form(self) -> str:
        """Form digest of the server's value; ABSENT where it has none."""
        ...

    @property
    def unset(self) -> bool:
        """Whether the server has null, nothing, or the default."""
        ...

    @property
    def token(self) -> str | None:
        """The assistant's token; None where it has none, or where it says nothing about this leaf."""
        ...

    @property
    def moved(self) -> bool:
        """Whether the token is not the one of the last look, or nobody can tell."""
        ...


class LeafLook(NamedTuple):
    """A look of which every answer is known."""

    equal: bool
    alike: bool
    declared: str
    value: str
    remembered: frozenset[str]
    form: str
    unset: bool
    token: str | None
    moved: bool


def token_of(assistant: Mapping[str, Any]) -> str | None:
    """The version token of an answer: its `updated_at`, whatever that is; None where it says nothing."""
    value = assistant.get("updated_at")
    if value in (None, "", {}, []):
        return None
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def decide(look: Look, record: LeafRecord | None, *, known: bool) -> LeafState:
    """The three-way table.

    Args:
        record: what the lock remembers of the leaf.
        known: whether the lock knows the assistant; if not, nobody can tell an edit made outside from the file's.
    """
    if look.equal:
        return LeafState.IN_SYNC
    match record:
        case _ if not known:
            return LeafState.CONFLICT
        case None:
            return LeafState.UPDATE if look.unset else LeafState.CONFLICT
        case Sent() if look.alike and look.form in record.digests:
            return LeafState.ACCEPTED
        case Sent():
            return LeafState.UPDATE if _is_ours(look, record) else LeafState.CONFLICT
    return _decide_confirmed(look, record)


def _decide_confirmed(look: Look, record: Confirmed) -> LeafState:
    file_changed = record.declared != look.declared
    if record.server in look.remembered:
        return LeafState.UPDATE if file_changed else LeafState.ACCEPTED
    # With an unmoved token the former value is no edit: an old version was read, or our write was undone.
    undone = _is(look, record.previous) and not look.moved
    return LeafState.CONFLICT if file_changed or undone else LeafState.DRIFT


def decide_removed(look: Look, record: LeafRecord | None) -> LeafState:
    """The same for a key that the file no longer has, in a mapping that it still declares."""
    if look.form == ABSENT:
        return LeafState.IN_SYNC
    if record is None:
        return LeafState.REMOVED
    if isinstance(record, Sent):
        return LeafState.REMOVED if _is_ours(look, record) else LeafState.CONFLICT
    return LeafState.REMOVED if record.server in look.remembered else LeafState.CONFLICT


def _is_ours(look: Look, record: Sent) -> bool:
    """Whether the server's value is one that we have sent, or still the one that we saw before."""
    if look.form in record.digests:
        return True
    unmoved = look.token is not None and look.token == record.token
    return is_before(look, record) and not record.answered and unmoved


def is_before(look: Look, record: Sent) -> bool:
    """Whether the server's value is the one it had before something was sent."""
    return _is(look, record.before)


def confirms(look: Look, record: LeafRecord | None) -> bool:
    """Whether a leaf that is in sync may be recorded as confirmed.

    Where the value is still the one from before, what was sent may yet arrive: an equal file proves nothing then.
    """
    return not isinstance(record, Sent) or look.form in record.digests or not is_before(look, record)


class SentLeaf(NamedTuple):
    """A leaf of a request.

    Attributes:
        sent: form digest of what was sent.
        before: form digest of the server's value right before, or UNSET.
        edited: somebody else has set what the server had right before, and this run was told to overwrite it.
    """

    sent: str
    before: str
    edited: bool = False


class Verdict(Enum):
    """What became of a leaf that was sent, by the server's own answer."""

    KEPT = auto()
    DROPPED = auto()
    REPLACED = auto()
    UNREAD = auto()


def judge_answer(sent: SentLeaf, look: Look | None) -> Verdict:
    """What the answer to a write says of a leaf; None where the leaf could not be read."""
    if look is None:
        return Verdict.UNREAD
    if look.equal or look.form == sent.sent:
        return Verdict.KEPT
    return Verdict.DROPPED if _is(look, sent.before) else Verdict.REPLACED


def _is(look: Look, before: str | None) -> bool:
    return look.unset if before == UNSET else look.form == before


def sent_record(sent: SentLeaf, token: str | None, former: LeafRecord | None, *, answered: bool) -> Sent:
    """The record of a leaf that was sent and not seen, united with what was sent and not seen before it."""
    earlier = former.digests if isinstance(former, Sent) else ()
    digests = (*(digest for digest in earlier if digest != sent.sent), sent.sent)
    # If the edit is still there the next time, that run has to be told, too: no token makes it one of our values.
    return Sent(digests[-MOST_SENT:], sent.before, None if sent.edited else token, answered)


class WriteEnd(Enum):
    """What became of a request without a usable answer, by a look afterwards."""

    DONE = auto()
    NOT_DONE = auto()
    UNCLEAR = auto()


def record_after_answer(
    sent: SentLeaf, token: str | None, former: LeafRecord | None, look: Look | None, *, own: bool
) -> LeafRecord:
    """What to remember of a leaf once the server has answered the request that sent it.

    Args:
        token: the assistant's token right before the request.
        former: what was remembered before.
        look: the answer, completed by another look where it left the leaf out; None where that failed.
        own: the leaf was in the answer itself. Another look may show what somebody has done since, so only the answer
            tells that the server has dropped what was sent.
    """
    if look is None:
        return sent_record(sent, token, former, answered=True)
    verdict = judge_answer(sent, look)
    if verdict is Verdict.KEPT:
        return Confirmed(look.declared, look.value, sent.before)
    if verdict is Verdict.DROPPED and own:
        if may_yet_arrive(token, look):
            return sent_record(sent, token, former, answered=False)
        return Confirmed(None, look.value)
    return sent_record(sent, token, former, answered=True)


def may_yet_arrive(token: str | None, look: Look) -> bool:
    """Whether an answer that shows nothing of a request is that of a server that carries requests out later.

    It says so by the token from before: nothing has been done yet. Where the value is seen unchanged with another token
    later, what was sent may have arrived, and somebody may have taken it back.

    Args:
        token: the assistant's token right before the request.
    """
    return look.token is not None and look.token == token


def record_after_end(
    end: WriteEnd, sent: SentLeaf, token: str | None, former: LeafRecord | None, look: Look | None
) -> LeafRecord | None:
    """The same for a request whose answer was lost, by a look afterwards."""
    if end is WriteEnd.DONE and look is not None and look.form == sent.sent:
        return Confirmed(look.declared, look.value, sent.before)
    return sent_record(sent, token, former, answered=end is WriteEnd.DONE)


def judge_end(sent: Mapping[_Key, SentLeaf], looks: Mapping[_Key, Look], token: str | None) -> WriteEnd:
    """What became of an update whose answer was lost.

    Args:
        sent: the leaves that the request changes.
        looks: the same leaves, looked at afterwards; what could not be read is not in it.
        token: the assistant's token right before the request.
    """
    changed = {leaf: pair for leaf, pair in sent.items() if pair.sent != pair.before}
    if any(leaf in looks and looks[leaf].form == pair.sent for leaf, pair in changed.items()):
        return WriteEnd.DONE
    same = all(
        leaf in looks and _is(looks[leaf], pair.before) and looks[leaf].token is not None and looks[leaf].token == token
        for leaf, pair in changed.items()
    )
    return WriteEnd.NOT_DONE if changed and same else WriteEnd.UNCLEAR
