"""The journal: its text, and what is left of it after a crash."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from revox_sync.contract.fields import assistant_node
from revox_sync.errors import RefusedError
from revox_sync.sync.applying.write_outcome import adopted_entry, entry_after_end, judge_intent
from revox_sync.sync.comparing.leaf_rules import LeafState, SentLeaf, WriteEnd
from revox_sync.sync.comparing.three_way import compare
from revox_sync.sync.model.lock import Confirmed, Lock, LockEntry, Sent, Tokens
from revox_sync.sync.model.plan import Action
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.state.journal import (
    Ending,
    Header,
    Intent,
    Journal,
    JournalStep,
    entry_digest,
    header_line,
    header_of,
    known_line,
    load_journal,
    read_journal,
    require_same_lock,
    step_line,
)
from revox_sync.sync.state.journal_file import JournalFile
from revox_sync.sync.state.lock_file import lock_digest
from revox_sync.values.pointer import Pointer

HEADER = Header("test", "http://127.0.0.1/api", "org_1", "0" * 32)
ENTRY = LockEntry(
    "asst_1",
    "Anna",
    {
        ("voice", "a/b"): Confirmed("1" * 32, "2" * 32),
        ("prompt",): Confirmed(None, "2" * 32, "3" * 32),
        ("sms_template",): Sent(("4" * 32,), "unset", None, answered=True),
        ("webhook_url",): None,
    },
    tokens=Tokens("t2", ("t1",)),
)
CREATE = Intent("a", Action.CREATE, "Anna", 12.5, known=frozenset({"asst_7", "asst_8"}))
STEPS: list[JournalStep] = [
    CREATE,
    Ending("a", happened=True, entry=ENTRY, organization_id="org_1"),
    Intent(
        "b",
        Action.CREATE,
        "Bea",
        12.5,
        known=CREATE.known,
        hidden=True,
        former="3" * 32,
        leaves={("name",): SentLeaf(sent="7" * 32, before="unset")},
        secrets=frozenset({("webhook_url",), ("custom_tools", "*", "url")}),
    ),
    Intent(
        "c/d",
        Action.UPDATE,
        "Cleo",
        13.0,
        id="asst_2",
        previous_address="old",
        former="4" * 32,
        entry=ENTRY,
        leaves={
            ("voice", "speed"): SentLeaf(sent="6" * 32, before="5" * 32),
            ("voice", "a/b"): SentLeaf("absent", "5", edited=True),
        },
        token="t2",  # noqa: S106 — a version token
        restores=True,
        branch="main",
    ),
    Ending("c/d", happened=False, branch="main"),
    Intent("e", Action.DELETE, "Eve", 14.0, id="asst_3"),
    Ending("e", happened=True),
    Intent("f", Action.CREATE, "Fay", 15.0, known=frozenset()),
]


def written(path: Path, steps: list[JournalStep] = STEPS) -> bytes:
    file = JournalFile(path)
    file.start(HEADER)
    for step in steps:
        file.append(step)
    file.close()
    return path.read_bytes()


def test_what_is_written_is_read(tmp_path: Path) -> None:
    written(tmp_path / "j")
    journal = load_journal(tmp_path / "j")
    assert journal is not None
    assert (journal.header, list(journal.steps)) == (HEADER, STEPS)
    assert list(journal.open) == ["b", "f"]


def test_it_holds_digests_only(tmp_path: Path) -> None:
    for line in written(tmp_path / "j").splitlines():
        assert json.loads(line)


def test_wherever_it_breaks_off_the_lines_before_count(tmp_path: Path) -> None:
    content = written(tmp_path / "j")
    first = len(header_line(HEADER))
    for length in range(first, len(content) + 1):
        complete = content[:length].count(b"\n") - 1
        documents = [json.loads(each) for each in content.splitlines()[1 : complete + 1]]
        assert len(read_journal(content[:length]).steps) == sum("known" not in each for each in documents)


def test_only_its_header_is_needed() -> None:
    assert read_journal(header_line(HEADER).encode() + b"\0\n").steps == ()


@pytest.mark.parametrize("torn", [b"\0\0\0\n", b'{"end": "do\n', b"\xff\n", b'{"end"', b"[1]\n", b"1"])
def test_a_torn_last_line_is_dropped(tmp_path: Path, torn: bytes) -> None:
    assert list(read_journal(written(tmp_path / "j") + torn).steps) == STEPS


DELETE = (
    '{"intent": "delete", "address": %s, "name": "A", "at": %s, "id": "x", '
    '"hidden": false, "leaves": %s, "entry": null}'
)


def delete_line(address: str = '"a"', at: str = "1", leaves: str = "{}") -> bytes:
    return f"{header_line(HEADER)}{DELETE % (address, at, leaves)}\n".encode()


INVALID = [
    (b"", "it is no journal of revox-sync"),
    (b"{}\n", "it is no journal of revox-sync"),
    (b"[]\n", "line 1 is no JSON mapping"),
    (b'{"format": "revox-sync/lock", "version": 1}\n', "it is no journal of revox-sync"),
    (b'{"format": "revox-sync/journal", "version": 3}\n', "its version 3 is not known to this revox-sync"),
    (b'{"format": "revox-sync/journal", "version": true}\n', "its version true is not known to this revox-sync"),
    (b'{"format": "revox-sync/journal", "version": "2"}\n', 'its version "2" is not known to this revox-sync'),
    (b'{"format": "revox-sync/journal", "version": 1}\n', "a line has no `environment`"),
    (b'{"format": "revox-sync/journal", "version": 2}\n', "a line has no `environment`"),
    (header_line(HEADER).encode() + b"\0\n{}\n", "line 2 is no JSON mapping"),
    (header_line(HEADER).encode() + b"{}\n", "line 2 is none of a journal's"),
    (header_line(HEADER).encode() + b'{"known": 1}\n', "line 2 is none of a journal's"),
    (header_line(HEADER).encode() + b'{"intent": "create", "address": "a"}\n', "line 2 is none of a journal's"),
    (header_line(HEADER).encode() + b'{"intent": "explode"}\n', "line 2 is none of a journal's"),
    (header_line(HEADER).encode() + b'{"end": "perhaps", "address": "a", "entry": null}\n', "line 2 is none of"),
    (header_line(HEADER).encode() + b'{"end": "done", "address": "a", "entry": {"id": 1}}\n', "line 2 is none of"),
    (header_line(HEADER).encode() + b'{"k": ' * 100_000 + b"\n{}\n", "line 2 is no JSON mapping"),
    (delete_line(address='""'), "line 2 is none of"),
    (delete_line(address="1"), "line 2 is none of"),
    (delete_line(at="1e12"), "line 2 is none of"),
    (delete_line(at="1e300"), "line 2 is none of"),
    (delete_line(leaves="[]"), "line 2 is none of"),
]


@pytest.mark.parametrize(("content", "words"), INVALID)
def test_anything_else_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "j").write_bytes(content)
    with pytest.raises(RefusedError, match=words) as caught:
        load_journal(tmp_path / "j")
    assert "what that apply created is then found by its name" in str(caught.value.hint)


def test_the_lines_that_are_refused_are_wrong_in_one_thing_only() -> None:
    assert len(read_journal(delete_line()).steps) == 1


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "j").mkdir()
    with pytest.raises(RefusedError, match="is a folder") as caught:
        load_journal(tmp_path / "j")
    assert f"move {tmp_path / 'j'} away" in str(caught.value.hint)
    (tmp_path / "file").touch()
    with pytest.raises(RefusedError, match=r"cannot be read: \w"):
        load_journal(tmp_path / "file" / "j")


# As an apply of an older revox-sync has left it, killed after a create and in the middle of an update and a create.
VERSION_1 = b"""\
{"format": "revox-sync/journal", "version": 1, "environment": "test", "base_url": "http://127.0.0.1/api", \
"organization_id": "org_1", "lock_digest": "00000000000000000000000000000000"}
{"known": ["asst_7"]}
{"intent": "create", "address": "a", "name": "Anna", "at": 12.5, "id": null, "previous_address": null, "former": null, \
"hidden": false, "over": false, "entry": null, "leaves": {}}
{"end": "done", "address": "a", "entry": {"digest": 1, "id": "asst_1", "leaves": {"/prompt": ["1", "2"]}, \
"name": "Anna"}, "organization_id": "org_1"}
{"intent": "update", "address": "b", "name": "Bea", "at": 12.5, "id": "asst_2", "previous_address": null, \
"former": "3", "hidden": false, "over": false, "entry": {"digest": 1, "id": "asst_2", "leaves": \
{"/first_sentence": ["5", "5"]}, "name": "Bea"}, "leaves": {"/first_sentence": ["4", "5"]}}
{"intent": "create", "address": "c", "name": "Cleo", "at": 12.5, "id": null, "previous_address": null, \
"former": null, "hidden": true, "over": true, "entry": null, "leaves": {}}
"""


def test_a_journal_of_version_1_is_read() -> None:
    journal = read_journal(VERSION_1)
    assert journal.header == HEADER
    anna = LockEntry("asst_1", "Anna", {("prompt",): Confirmed("1", "2")})
    bea = LockEntry("asst_2", "Bea", {("first_sentence",): Confirmed("5", "5")})
    leaves: dict[Pointer, SentLeaf] = {("first_sentence",): SentLeaf(sent="5", before="4")}
    assert journal.steps == (
        Intent("a", Action.CREATE, "Anna", 12.5, known=frozenset({"asst_7"})),
        Ending("a", happened=True, entry=anna, organization_id="org_1"),
        Intent("b", Action.UPDATE, "Bea", 12.5, id="asst_2", former="3", entry=bea, leaves=leaves),
        Intent("c", Action.CREATE, "Cleo", 12.5, known=frozenset({"asst_7"}), hidden=True),
    )


@pytest.mark.parametrize("value", ["Hi", "Hello", None])
def test_what_a_journal_of_version_1_leaves_open_is_unclear(value: str | None) -> None:
    """Its digests are of another kind and there is no token: nothing is proven, so what was sent is not seen."""
    intent = read_journal(VERSION_1).open["b"]
    found = Remote("asst_2", "Bea", {"name": "Bea", "first_sentence": value, "updated_at": "t1"})
    end = judge_intent(intent, found)
    assert end is WriteEnd.UNCLEAR
    former = LockEntry("asst_2", "Bea", {("first_sentence",): Confirmed("4", "4")})
    after = entry_after_end(intent, former, found, end)
    assert after.leaves == {("first_sentence",): Sent(("5",), "4", None, answered=False)}
    states = [leaf.state for leaf in compare({"first_sentence": "Hey"}, found.value, after, assistant_node())]
    assert states == [LeafState.CONFLICT]


def test_what_a_create_of_version_1_made_is_adopted_without_a_record() -> None:
    intent = read_journal(VERSION_1).open["c"]
    assert adopted_entry(intent, "asst_3") == LockEntry("asst_3", "Cleo", {})


def test_a_journal_says_what_it_was_made_by(tmp_path: Path) -> None:
    assert json.loads(written(tmp_path / "j").splitlines()[0])["version"] == 2


def test_no_journal(tmp_path: Path) -> None:
    assert load_journal(tmp_path / "j") is None


def test_people_are_told_when_a_request_was_sent() -> None:
    assert CREATE.when == "1970-01-01 00:00 UTC"


def test_a_digest_of_an_entry_stays_what_it_is() -> None:
    """An apply of one version may have written it down, and another version compares it."""
    assert entry_digest(None) is None
    assert entry_digest(ENTRY) == "107a1ebab45bda42188a1e4e10d7dae5"


LOCK = Lock("test", "http://127.0.0.1/api", "org_1", {})


@pytest.mark.parametrize(
    ("locked", "given", "expected"), [("org_1", None, "org_1"), (None, "org_2", "org_2"), ("org_1", "org_2", "org_1")]
)
def test_a_journal_belongs_to_the_organisation_of_the_lock(
    locked: str | None, given: str | None, expected: str
) -> None:
    lock = replace(LOCK, organization_id=locked)
    assert header_of(lock, given) == Header("test", LOCK.base_url, expected, lock_digest(lock))


@pytest.mark.parametrize(
    ("lock", "any_url", "words"),
    [
        (LOCK, False, None),
        (replace(LOCK, organization_id=None), False, None),
        (replace(LOCK, base_url="http://127.0.0.1:9/api"), True, None),
        (replace(LOCK, base_url="http://127.0.0.1:9/api"), False, "belongs to environment `test` at http"),
        (replace(LOCK, environment="other"), True, "belongs to environment `test`"),
        (replace(LOCK, organization_id="org_2"), True, "belongs to organisation org_1, the lock to org_2"),
    ],
)
def test_whom_it_belongs_to(tmp_path: Path, lock: Lock, words: str | None, *, any_url: bool) -> None:
    journal = read_journal(written(tmp_path / "j"))
    if words is None:
        require_same_lock(tmp_path / "j", journal, lock, any_url=any_url)
        require_same_lock(
            tmp_path / "j", replace(journal, header=replace(HEADER, organization_id=None)), lock, any_url=any_url
        )
        return
    with pytest.raises(RefusedError, match=words) as caught:
        require_same_lock(tmp_path / "j", journal, lock, any_url=any_url)
    assert f"move {tmp_path / 'j'} away" in str(caught.value.hint)


def test_the_url_of_a_journal_counts_unless_it_is_said_not_to(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="belongs to environment"):
        require_same_lock(tmp_path / "j", Journal(HEADER, ()), replace(LOCK, base_url="http://127.0.0.1:9/api"))


def test_lines(tmp_path: Path) -> None:
    lines = written(tmp_path / "j", [CREATE]).decode().splitlines(keepends=True)
    assert lines == [header_line(HEADER), known_line(CREATE.known), step_line(CREATE)]
