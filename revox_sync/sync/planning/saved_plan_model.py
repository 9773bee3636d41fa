"""The shape of a saved plan, checked by pydantic: whoever applies one trusts nothing in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from revox_sync.contract.schema_files import load_schema
from revox_sync.errors import UsageError
from revox_sync.sync.comparing.canonical import DIGEST_VERSION
from revox_sync.sync.model.field_change import FieldChange
from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.model.plan import (
    Action,
    Blocked,
    Change,
    DriftRule,
    Impact,
    OnDrift,
    Orphan,
    Plan,
    PlanOptions,
    Refusal,
)
from revox_sync.sync.state.lock_file import read_entry
from revox_sync.values.pointer import Value, from_json_pointer
from revox_sync.values.secret import Secret

NAMES: Final = load_schema("config")["properties"]["environments"]["propertyNames"]
EnvironmentName = Annotated[str, Field(pattern=NAMES["pattern"])]
"""As in the configuration: reports put the name into headings and markers as it is."""


class Model(BaseModel):
    """Nothing unknown is accepted."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SavedField(Model):
    """One difference; secrets have neither before nor after."""

    path: str
    before: Any
    after: Any
    sensitive: bool
    removed: bool
    added: bool


class SavedEntry(Model):
    """What the lock is to hold for an assistant that needs no request; the last two only where there is something."""

    id: str
    name: str
    leaves: dict[str, tuple[str, str] | None]
    appended: dict[str, list[str]] = {}
    secrets: list[str] = []


class SavedChange(Model):
    """What happens to one assistant; `declared` and `body` hold `{"$secret": NAME}` for a secret."""

    address: str
    name: str
    id: str | None
    action: Action
    impact: tuple[Impact, ...]
    reason: str | None
    fields: tuple[SavedField, ...]
    declared: dict[str, Any]
    body: dict[str, Any]
    keep: tuple[str, ...]
    fingerprint: str | None
    previous_address: str | None
    entry: SavedEntry | None

    @model_validator(mode="after")
    def _can_be_carried_out(self) -> Self:
        if not self.body.keys() <= self.declared.keys():
            raise ValueError("`body` holds a field that `declared` does not")
        if self.action is Action.REMOVE:
            raise ValueError("`remove` is nothing that can be done")
        if self.action is Action.DELETE and self.declared:
            raise ValueError("a delete declares nothing")
        if self.action is not Action.CREATE and (self.id is None or self.fingerprint is None):
            raise ValueError("an assistant that exists needs `id` and `fingerprint`")
        return self


class SavedBlocked(Model):
    """An assistant that is left alone."""

    address: str
    name: str
    id: str
    fields: tuple[SavedField, ...]
    updated_at: str | None


class SavedRefusal(Model):
    """An assistant nothing can be planned for."""

    address: str
    name: str
    reason: str


class SavedOrphan(Model):
    """A lock entry without a file; its assistant is left as it is."""

    address: str
    name: str
    id: str


class SavedDriftRule(Model):
    """What to do about edits made outside, for the addresses that match a glob."""

    pattern: str
    choice: OnDrift


class SavedOptions(Model):
    """Planning options."""

    on_drift: OnDrift
    recreate: bool
    resend_secrets: bool
    prune: bool
    max_deletes: int | None
    drift_rules: tuple[SavedDriftRule, ...]


class SavedPlan(Model):
    """A saved plan; `digest` covers everything else in it."""

    format: Literal["revox-sync/saved-plan"]
    version: Literal[1]
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
    digest: str = ""


def parse_saved_plan(document: dict[str, Any], path: str) -> Plan:
    """The plan of a document whose digest fits. Raises UsageError where it has another shape."""
    try:
        saved = SavedPlan.model_validate(document)
        return _plan(saved)
    except (ValidationError, ValueError) as error:
        raise UsageError(f"`{path}` is no saved plan of this revox-sync: {_first(error)}") from None


def _first(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        fault = error.errors(include_input=False, include_url=False)[0]
        return f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
    return str(error)


def _plan(saved: SavedPlan) -> Plan:
    return Plan(
        environment=saved.environment,
        base_url=saved.base_url,
        organization_id=saved.organization_id,
        options=_options(saved.options),
        lock_digest=saved.lock_digest,
        changes=tuple(_change(each) for each in saved.changes),
        drift=tuple(_blocked(each) for each in saved.drift),
        conflicts=tuple(_blocked(each) for each in saved.conflicts),
        refused=tuple(Refusal(**each.model_dump()) for each in saved.refused),
        orphaned=tuple(Orphan(**each.model_dump()) for each in saved.orphaned),
        dropped=saved.dropped,
        notes=saved.notes,
        lock_forgotten=saved.lock_forgotten,
        restored_from=saved.restored_from,
        tool=saved.tool,
    )


def _options(saved: SavedOptions) -> PlanOptions:
    rules = tuple(DriftRule(each.pattern, each.choice) for each in saved.drift_rules)
    return PlanOptions(**{**saved.model_dump(), "drift_rules": rules})


def _change(saved: SavedChange) -> Change:
    return Change(
        address=saved.address,
        name=saved.name,
        id=saved.id,
        action=saved.action,
        impact=saved.impact,
        reason=saved.reason,
        fields=_fields(saved.fields),
        declared=decode_value(saved.declared),
        body=decode_value(saved.body),
        keep=frozenset(from_json_pointer(each) for each in saved.keep),
        fingerprint=saved.fingerprint,
        previous_address=saved.previous_address,
        entry=_decode_entry(saved.entry.model_dump(mode="json")) if saved.entry else None,
    )


def _blocked(saved: SavedBlocked) -> Blocked:
    return Blocked(saved.address, saved.name, saved.id, _fields(saved.fields), saved.updated_at)


def _fields(saved: tuple[SavedField, ...]) -> tuple[FieldChange, ...]:
    return tuple(FieldChange(**each.model_dump()) for each in saved)


def decode_value(value: Any) -> Value:
    """A value of a saved plan with unknown secrets."""
    match value:
        case {"$secret": str() | None as name} if len(value) == 1:
            return Secret(None, name)
        case dict():
            return {key: decode_value(child) for key, child in value.items()}
        case list():
            return [decode_value(child) for child in value]
        case _:
            return value


def _decode_entry(entry: Mapping[str, Any]) -> LockEntry:
    """A lock entry of a saved plan."""
    return read_entry(entry["name"], {"digest": DIGEST_VERSION, **entry})
