"""Journals of applies that did not end, and what the account and the lock hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from revox_sync.sync.applying.write_outcome import sent_leaves
from revox_sync.sync.model.lock import Confirmed, LockEntry
from revox_sync.sync.model.plan import Action
from revox_sync.sync.state.journal import Ending, Header, Intent, JournalStep, entry_digest
from revox_sync.sync.state.journal_file import JournalFile
from tests.account import Account
from tests.sync.applying.harness import LEAF, NOW, Apply

OLD = LockEntry("asst_1", "a", {LEAF: Confirmed("1" * 32, "1" * 32)})
NEW = LockEntry("asst_1", "a", {LEAF: Confirmed("2" * 32, "2" * 32)})
OTHER = LockEntry("asst_9", "a", {})
DONE = Ending("a", happened=True, entry=NEW, organization_id="org_emulator")
NOTHING = Ending("a", happened=False)
GONE = Ending("a", happened=True)
DELETING = Intent("a", Action.DELETE, "a", NOW, id="asst_1", former=entry_digest(OLD))


def crashed(account: Account, *steps: JournalStep, **entries: LockEntry) -> Apply:
    """A lock, and a journal that nobody has finished."""
    apply = Apply(account)
    apply.hold(entries)
    file = JournalFile(apply.journal_path)
    file.start(Header("test", account.base_url, "org_emulator", "0" * 32))
    for step in steps:
        file.append(step)
    file.close()
    return apply


def there(account: Account, assistant_id: str, name: str, **fields: Any) -> None:
    """An assistant of the account."""
    account.store.add({"id": assistant_id, "name": name, "prompt": "x", "organization_id": "org_emulator"} | fields)


def creating(address: str = "a", **fields: Any) -> Intent:
    """A create that began long ago."""
    body = {"name": address, "prompt": "x"}
    leaves = sent_leaves(body, None, {}, body, body)
    return replace(
        Intent(address, Action.CREATE, address, NOW - 60, known=frozenset({"asst_8"}), leaves=leaves), **fields
    )


def updating(former: LockEntry | None, **fields: Any) -> Intent:
    """An update of `first_sentence` from Hello to Hi."""
    before, after = {"name": "a", "first_sentence": "Hello"}, {"name": "a", "first_sentence": "Hi"}
    leaves = sent_leaves(after, None, before, after, ["first_sentence"])
    intent = Intent("a", Action.UPDATE, "a", NOW, id="asst_1", former=entry_digest(former), entry=NEW, leaves=leaves)
    return replace(intent, **{"token": "t1", **fields})
