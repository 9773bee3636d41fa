"""Files of ours that somebody else has written: locks, journals, saved plans, snapshots, configurations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings

from revox_sync.sync.comparing.leaf_rules import SentLeaf
from revox_sync.sync.model.plan import Action
from revox_sync.sync.state.journal import Ending, Header, Intent, JournalStep, header_line, known_line, step_line
from revox_sync.sync.state.lock_file import load_lock, lock_digest
from revox_sync.values.pointer import Pointer
from tests.account import Account
from tests.trust.mutation import MUTATIONS, Mutation
from tests.trust.test_answers import evil, populated

COMMANDS: Final[Mapping[str, tuple[str, ...]]] = {
    "plan.json": ("show {path}", "show {path} -o markdown", "apply {path}"),
    "snapshot.json": ("plan --remote-snapshot {path}", "restore {path}"),
    ".revox/local/test.lock.json": ("plan", "status", "forget edited"),
    ".revox/local/test.journal.jsonl": ("plan", "forget edited"),
    "revox-sync.yaml": ("lint", "plan"),
    "assistants/changed.yaml": ("lint", "plan", "pull --check"),
}


def with_digest(text: str) -> str:
    """A saved plan that nobody seems to have touched since it was saved; the digest is that of `plan --save`."""
    document = json.loads(text)
    if isinstance(document, dict):
        content = {key: value for key, value in document.items() if key != "digest"}
        plain = json.dumps(content, sort_keys=True, separators=(",", ":"))
        document = content | {"digest": blake2b(plain.encode(), digest_size=16).hexdigest()}
    return json.dumps(document)


def journal(account: Account) -> str:
    """A journal of an apply that ended in the middle."""
    lock = load_lock(account.lock_path, "test", None)
    entry = lock.entries["edited"]
    leaves: dict[Pointer, SentLeaf] = {("prompt",): SentLeaf(sent="1" * 32, before="0" * 32)}
    steps: tuple[JournalStep, ...] = (
        Intent("edited", Action.UPDATE, "edited", 1.0, id=entry.id, entry=entry, leaves=leaves),
        Ending("edited", happened=True, entry=entry, organization_id=lock.organization_id),
        Intent("fresh", Action.CREATE, "fresh", 1.0),
    )
    header = Header("test", account.base_url, lock.organization_id, lock_digest(lock))
    return header_line(header) + known_line([entry.id]) + "".join(map(step_line, steps))


def mutated(path: str, text: str, mutation: Mutation) -> str:
    """The file with one thing changed; in a journal on one of its lines."""
    if path.endswith(".jsonl"):
        lines = text.splitlines()
        number = mutation.steps[0] % len(lines)
        lines[number] = mutated("", lines[number], Mutation(mutation.steps[1:], mutation.act, mutation.value))
        return "\n".join([*lines, ""])
    changed = json.dumps(mutation(json.loads(text)))
    return with_digest(changed) if path == "plan.json" else changed


@pytest.fixture
def written(account: Account) -> Account:
    """An account of which every kind of file is there, each as JSON."""
    populated(account)
    for arguments in (("--save", "plan.json"), ("--save-snapshot", "snapshot.json")):
        account.run("plan", arguments[0], str(account.root / arguments[1]))
    account.write(".revox/local/test.journal.jsonl", journal(account))
    environment = {"base_url": account.base_url, "api_key": "emulator", "vars": {"a": 1}}
    lint, safety = {"select": ["ALL"], "severity": {"RVX2": "info"}}, {"max_deletes": 1, "protect": ["a*"]}
    configuration = {"version": 1, "assistants": ["assistants"], "environments": {"test": environment}}
    account.write(
        "revox-sync.yaml", {**configuration, "defaults": {"sms_enabled": False}, "lint": lint, "safety": safety}
    )
    return account


@pytest.mark.parametrize("path", COMMANDS)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(mutation=MUTATIONS)
def test_no_file_does_harm(written: Account, path: str, mutation: Mutation) -> None:
    files = {each: (written.root / each).read_text("utf-8") for each in COMMANDS}
    text = mutated(path, files[path], mutation)
    try:
        for command in COMMANDS[path]:
            for other, content in files.items():
                written.write(other, content)
            if "journal" not in path:
                written.journal_path.unlink()
            written.write(path, text)
            ran = written.run(*command.format(path=written.root / path).split(), "--timeout", "0.3")
            assert evil(written, ran) == [], (command, ran)
    finally:
        for other, content in files.items():
            written.write(other, content)
