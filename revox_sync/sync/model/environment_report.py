"""Where the environments of a project lead, as plain values: for renderers and exit codes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What the API of an environment said.

    Attributes:
        key_accepted: whether it accepts the key; the rest is unknown where it does not.
        organization_id: None where no assistant names one.
        assistants: how many it lists; sub-assistants are in no list.
    """

    key_accepted: bool
    organization_id: str | None = None
    assistants: int | None = None


@dataclass(frozen=True, slots=True)
class EnvironmentFacts:
    """One environment of revox-sync.yaml.

    Attributes:
        name: of the environment.
        chosen: why commands work with it when no `--env` names another; empty where they do not.
        base_url: of the API; None where it cannot be told.
        contract: pinned for it; None accepts any.
        key_variable: environment variable of the key; None where the configuration holds the key itself.
        key_set: whether there is a key.
        key_source: where the key comes from: `environment`, `.env` or `configuration`; None where there is none.
        lock: path of its lock below the project root.
        bound: how many assistants the lock has; None without a lock that can be read.
        unset: environment variables that assistants need and that are not set or empty, sorted.
        account: None where the API was not asked, or gave no answer.
        problems: why something of this is not known, and what to do about it.
    """

    name: str
    chosen: str
    base_url: str | None
    contract: str | None
    key_variable: str | None
    key_set: bool
    key_source: str | None
    lock: str | None
    bound: int | None
    unset: tuple[str, ...] = ()
    account: AccountFacts | None = None
    problems: tuple[str, ...] = ()
