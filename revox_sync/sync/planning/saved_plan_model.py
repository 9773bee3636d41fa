"""The shape of a saved plan: one pydantic model writes it and reads it, and trusts nothing that it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    ValidationError,
    ValidationInfo,
    model_serializer,
    model_validator,
)

from revox_sync.contract.schema_files import load_schema
from revox_sync.errors import UsageError
from revox_sync.sync.comparing.canonical import DIGEST_VERSION
from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.model.plan import (
    REFERENCE_KEY,
    Action,
    Blocked,
    Change,
    DriftRule,
    FieldChange,
    Impact,
    OnDrift,
    Orphan,
    Plan,
    PlanOptions,
    Refusal,
)
from revox_sync.sync.state.lock_file import entry_content, read_entry
from revox_sync.values.pointer import Value, from_json_pointer, to_json_pointer
from revox_sync.values.secret import Secret
from revox_sync.values.walk import DESCEND, rebuilt

# Context of what this process has made: only what is read from a file has to prove that it can be carried out.
_OURS: Final = object()
_NAMES: Final = load_schema("config")["properties"]["environments"]["propertyNames"]


def decode_value(value: Any) -> Value:
    """A value of a saved plan with unknown secrets."""
    return rebuilt(value, _unmarked)


def _unmarked(part: Any, *_: object) -> Value:
    match part:
        case {"$secret": str() | None as name} if len(part) == 1:
            return Secret(None, name)
        case _:
            return DESCEND


def _marked(value: Value) -> Any:
    return rebuilt(value, lambda part, *_: {REFERENCE_KEY: part.variable} if isinstance(part, Secret) else DESCEND)


def _pointer_texts(keep: Any) -> Any:
    return sorted(map(to_json_pointer, keep)) if isinstance(keep, frozenset) else keep


def _entry_content(entry: Any) -> Any:
    if not isinstance(entry, LockEntry):
        return entry
    return {key: value for key, value in entry_content(entry).items() if key != "digest"}


EnvironmentName = Annotated[str, Field(pattern=_NAMES["pattern"])]
"""As in the configuration: reports put the name into headings and markers as it is."""
SavedValue = Annotated[dict[str, Any], AfterValidator(decode_value), PlainSerializer(_marked)]
"""Fields of an assistant, with `{"$secret": NAME}` for a secret."""


class Model(BaseModel):
    """A part of a saved plan; nothing unknown is accepted.

    Its fields are those of the value that it stands for, in the order of the file.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    stands_for: ClassVar[type[Any]]

    def value(self) -> Any:
        """The value that this part stands for."""
        known = {field.name for field in fields(self.stands_for)}
        return self.stands_for(**{name: _value(part) for name, part in self if name in known})


def _value(part: Any) -> Any:
    if isinstance(part, tuple):
        return tuple(map(_value, part))
    return part.value() if isinstance(part, Model) else part


class SavedField(Model):
    """One difference; secrets have neither before nor after."""

    stands_for = FieldChange
    path: str
    before: Any
    after: Any
    sensitive: bool
    removed: bool
    added: bool


class SavedSent(Model):
    """A leaf that was sent and not seen."""

    sent: tuple[str, ...]
    before: str
    token: str | None
    answered: bool


class SavedEntry(Model):
    """What the lock is to hold for an assistant that needs no request; the last two only where there is something."""

    id: str
    leaves: dict[str, tuple[str | None, str] | tuple[str | None, str, str] | SavedSent | None]
    name: str
    appended: dict[str, list[str]] = {}
    secrets: list[str] = []
    seals: dict[str, str] = {}
    token: str | None = None
    older: list[str] = []

    @model_serializer(mode="wrap")
    def _without_empty(self, serialized: SerializerFunctionWrapHandler) -> dict[str, Any]:
        optional = ("appended", "secrets", "seals", "token", "older")
        return {key: part for key, part in serialized(self).items() if part or key not in optional}

    def value(self) -> LockEntry:
        """The lock entry. Raises ValueError for pointers and digests that are none."""
        return read_entry(self.name, {"digest": DIGEST_VERSION, **self.model_dump(mode="json")})


class SavedChange(Model):
    """What happens to one assistant; `declared`, `body` and `before` hold `{"$secret": NAME}` for a secret."""

    stands_for = Change
    address: str
    name: str
    id: str | None
    action: Action
    impact: tuple[Impact, ...]
    reason: str | None
    fields: tuple[SavedField, ...]
    declared: SavedValue
    body: SavedValue
    before: SavedValue
    keep: Annotated[tuple[str, ...], BeforeValidator(_pointer_texts)]
    ignored: Annotated[tuple[str, ...], BeforeValidator(_pointer_texts)] = ()
    fingerprint: str | None
    token: str | None
    previous_address: str | None
    entry: Annotated[SavedEntry | None, BeforeValidator(_entry_content)]

    @model_validator(mode="after")
    def _can_be_carried_out(self, info: ValidationInfo) -> Self:
        if info.context is _OURS:
            return self
        if not self.body.keys() <= self.declared.keys():
            raise ValueError("`body` holds a field that `declared` does not")
        if self.action is Action.CREATE and any(self.body[key] != self.declared[key] for key in self.body):
            raise ValueError("a create sends what is declared")
        if self.declared.get("name", self.name) != self.name:
            raise ValueError("`name` is not the declared one")
        if self.entry is not None and self.entry.id != self.id:
            raise ValueError("`entry` is for another assistant")
        if self.action is Action.REMOVE:
            raise ValueError("`remove` is nothing that can be done")
        if self.action is Action.DELETE and self.declared:
            raise ValueError("a delete declares nothing")
        if self.action is not Action.CREATE and (self.id is None or self.fingerprint is None):
            raise ValueError("an assistant that exists needs `id` and `fingerprint`")
        return self

    def value(self) -> Change:
        """The change. Raises ValueError for a text in `keep` or `ignored` that is no pointer."""
        change: Change = super().value()
        keep, ignored = (frozenset(map(from_json_pointer, texts)) for texts in (self.keep, self.ignored))
        return replace(change, keep=keep, ignored=ignored)


class SavedBlocked(Model):
    """An assistant that is left alone."""

    stands_for = Blocked
    address: str
    name: str
    id: str
    fields: tuple[SavedField, ...]
    updated_at: str | None
    local: tuple[SavedField, ...] = ()


class SavedRefusal(Model):
    """An assistant nothing can be planned for."""

    stands_for = Refusal
    address: str
    name: str
    reason: str


class SavedOrphan(Model):
    """A lock entry without a file; its assistant is left as it is."""

    stands_for = Orphan
    address: str
    name: str
    id: str


class SavedDriftRule(Model):
    """What to do about edits made outside, for the addresses that match a glob."""

    stands_for = DriftRule
    pattern: str
    choice: OnDrift


class SavedOptions(Model):
    """Planning options."""

    stands_for = PlanOptions
    on_drift: OnDrift
    recreate: bool
    resend_secrets: bool
    prune: bool
    max_deletes: int | None
    drift_rules: tuple[SavedDriftRule, ...]
    even_if_used: tuple[str, ...]


class SavedPlan(Model):
    """A saved plan; `digest` covers everything else in it."""

    stands_for = Plan
    format: Literal["revox-sync/saved-plan"]
    version: Literal[2]
    tool: str
    environment: EnvironmentName
    base_url: str
    organization_id: str | None
    options: SavedOptions
    lock_digest: str
    lock_forgotten: bool
    restored_from: str | None
    changes: tuple[SavedChange, ...]
    drift: tuple[SavedBlocked, ...]
    conflicts: tuple[SavedBlocked, ...]
    refused: tuple[SavedRefusal, ...]
    orphaned: tuple[SavedOrphan, ...]
    dropped: tuple[str, ...]
    notes: tuple[str, ...]
    left_out: Annotated[int, Field(ge=0)] = 0
    digest: str = ""


def dump_content(plan: Plan, header: Mapping[str, Any]) -> dict[str, Any]:
    """What a saved plan holds besides its digest, the header first."""
    content = {field.name: getattr(plan, field.name) for field in fields(plan)}
    # Where everything was looked at the key is absent, as in the plans of versions that did not know it.
    unsaid = {"digest"} if plan.left_out else {"digest", "left_out"}
    return SavedPlan.model_validate({**header, **content}, from_attributes=True, context=_OURS).model_dump(
        exclude=unsaid
    )


def parse_content(document: Mapping[str, Any], path: str) -> Plan:
    """The plan of a document whose digest fits. Raises UsageError where it has another shape."""
    try:
        plan: Plan = SavedPlan.model_validate(document).value()
    except (ValidationError, ValueError) as error:
        raise UsageError(f"`{path}` is no saved plan of this revox-sync: {_first(error)}") from None
    return plan


def _first(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        # Without the input, because it may hold what the reader must not see.
        fault = error.errors(include_input=False, include_url=False)[0]
        return f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
    return str(error)
