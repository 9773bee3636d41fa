from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revox_sync.contract.fields import assistant_node
from revox_sync.errors import RefusedError
from revox_sync.sync.comparing.leaf_rules import LeafState
from revox_sync.sync.comparing.three_way import compare
from revox_sync.sync.model.lock import Confirmed, LeafRecord, Lock, LockEntry, Sent, Tokens
from revox_sync.sync.state.lock_file import lock_digest, read_lock, write_lock
from revox_sync.values.pointer import Pointer
from tests.sync.records import confirmed
from tests.sync.state.locks import DIGESTS, EMPTY, ENTRY, LOCK, TEXT, Leaves

Memory = tuple[dict[Pointer, frozenset[str]], frozenset[Pointer]]


def test_the_text_of_a_lock() -> None:
    assert write_lock(LOCK) == TEXT
    assert read_lock(TEXT, "x") == LOCK


OLD = TEXT.replace('"version": 2', '"version": 1')


def test_a_lock_of_version_1_is_read_and_rewritten_whole() -> None:
    """Its leaves were seen, nobody knows what was there before, and without a token the assistant counts as moved."""
    lock = read_lock(OLD, "x")
    assert lock == LOCK
    assert lock.entries["sales/outbound"].leaves["voice", "speed"] == Confirmed("0" * 32, "1" * 32, previous=None)
    assert (lock.entries["sales/outbound"].tokens, lock.entries["sales/outbound"].unseen) == (Tokens(), frozenset())
    assert write_lock(lock) == TEXT


def test_after_the_upgrade_everything_is_compared_as_before() -> None:
    declared = {"name": "Sales", "prompt": "new", "sms_template": "x"}
    entry = LockEntry("asst_1", "Sales", confirmed(declared, declared))
    old = write_lock(LOCK.with_entry("a", entry).without("sales/outbound")).replace('"version": 2', '"version": 1')
    server = {"name": "Sales", "prompt": "edited", "sms_template": "x", "updated_at": "t1"}
    states = {
        leaf.pointer: leaf.state
        for leaf in compare(
            declared | {"sms_template": "y"}, server, read_lock(old, "x").entries["a"], assistant_node()
        )
    }
    expected = {("name",): LeafState.IN_SYNC, ("prompt",): LeafState.DRIFT, ("sms_template",): LeafState.UPDATE}
    assert states == expected


# A record; what the lock holds for it.
RECORDS: list[tuple[LeafRecord | None, str]] = [
    (Confirmed("0", "1"), '["0", "1"]'),
    (Confirmed("0", "0"), '["0", "0"]'),
    (Confirmed("0", "1", "2"), '["0", "1", "2"]'),
    (Confirmed("0", "1", "unset"), '["0", "1", "unset"]'),
    (Confirmed(None, "1"), '[null, "1"]'),
    (Confirmed(None, "1", "2"), '[null, "1", "2"]'),
    (None, "null"),
    (Sent(("2",), "unset", None, answered=True), '{"sent": ["2"], "before": "unset", "token": null, "answered": true}'),
    (
        Sent(("2", "absent"), "4", "t1", answered=False),
        '{"sent": ["2", "absent"], "before": "4", "token": "t1", "answered": false}',
    ),
]


@pytest.mark.parametrize(("record", "content"), RECORDS)
def test_what_is_known_of_a_leaf(record: LeafRecord | None, content: str) -> None:
    lock = LOCK.with_entry("sales/outbound", LockEntry("asst_1", "Sales", {("prompt",): record}))
    text = write_lock(lock)
    assert f'"leaves": {{"/prompt": {content}}}' in text
    assert read_lock(text, "x") == lock


@pytest.mark.parametrize("tokens", [Tokens(), Tokens("t1"), Tokens("t2", ("t1", "t0")), Tokens(None, ("t1",))])
def test_tokens(tokens: Tokens) -> None:
    lock = LOCK.with_entry("sales/outbound", replace(ENTRY, tokens=tokens))
    text = write_lock(lock)
    assert read_lock(text, "x") == lock
    assert ('"token"' in text, '"older"' in text) == (tokens.last is not None, tokens.older != ())


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
POINTERS = st.lists(st.text(max_size=4), min_size=1, max_size=3).map(tuple)
SENTS = st.builds(Sent, st.lists(TEXTS, min_size=1, max_size=4).map(tuple), TEXTS, st.none() | TEXTS, st.booleans())
SEEN = st.builds(Confirmed, st.none() | TEXTS, TEXTS, st.none() | TEXTS)
LEAVES = st.dictionaries(POINTERS, st.none() | SEEN | SENTS, max_size=3)
TOKENS = st.builds(Tokens, st.none() | TEXTS, st.lists(TEXTS, max_size=8).map(tuple))
APPENDED = st.dictionaries(POINTERS, st.frozensets(TEXTS, min_size=1, max_size=3), max_size=2)
MEMORY = st.tuples(APPENDED, st.frozensets(POINTERS, max_size=3))
ENTRIES = st.dictionaries(TEXTS, st.tuples(TEXTS, LEAVES, MEMORY), max_size=3)


@settings(max_examples=80, deadline=None)
@given(ENTRIES, st.none() | TEXTS, TOKENS)
def test_a_lock_survives_its_text(
    found: dict[str, tuple[str, Leaves, Memory]], org: str | None, tokens: Tokens
) -> None:
    entries = {
        key: LockEntry(f"id {key}", name, leaves, appended=appended, secrets=secrets, tokens=tokens)
        for key, (name, leaves, (appended, secrets)) in found.items()
    }
    lock = Lock("e", "u", org, entries)
    assert read_lock(write_lock(lock), "x") == lock
    backwards = Lock("e", "u", org, dict(reversed(entries.items())))
    assert write_lock(backwards) == write_lock(lock)
    assert lock_digest(backwards) == lock_digest(lock)


def test_an_entry_says_what_it_remembers_on_its_one_line() -> None:
    entry = replace(
        ENTRY,
        appended={("faq_items",): frozenset({"b", "a"})},
        secrets=frozenset({("c", "*", "u")}),
        tokens=Tokens("t2", ("t1",)),
    )
    text = write_lock(LOCK.with_entry("sales/outbound", entry))
    ours, plain = text.splitlines(), TEXT.splitlines()
    assert [line for line in ours if line not in plain] == [
        plain[8] + ', "appended": {"/faq_items": ["a", "b"]}, "secrets": ["/c/*/u"], "token": "t2", "older": ["t1"]'
    ]
    assert read_lock(text, "x").entries["sales/outbound"] == entry


def test_digests_tell_locks_apart() -> None:
    assert len({lock_digest(EMPTY), lock_digest(LOCK), lock_digest(LOCK.without("sales/outbound"))}) == 3
    assert lock_digest(LOCK.without("sales/outbound").with_entry("sales/outbound", ENTRY)) == lock_digest(LOCK)
    assert LOCK.without("unknown") == LOCK


def test_equal_values_of_many_assistants_are_remembered_once() -> None:
    leaves: Leaves = {("voice", "speed"): Confirmed("0" * 32, "0" * 32), ("prompt",): DIGESTS}
    entries = {f"a{number}": LockEntry(f"asst_{number}", f"A{number}", leaves) for number in range(50)}
    read = read_lock(write_lock(replace(LOCK, entries=entries)), "lock")
    assert read.entries == entries
    records = [record for entry in read.entries.values() for record in entry.leaves.values()]
    assert len({id(record) for record in records}) == 2
    assert all(isinstance(record, Confirmed) for record in records)
    speed = read.entries["a0"].leaves["voice", "speed"]
    assert isinstance(speed, Confirmed)
    assert speed.declared is speed.server


@pytest.mark.parametrize("text", [TEXT, OLD])
def test_entries_of_another_digest_version_are_outdated_until_rewritten(text: str) -> None:
    old = read_lock(text.replace('"digest": 1', '"digest": 7'), "x")
    expected = LockEntry("asst_1", "Sales", {}, outdated=True, secrets=frozenset({("webhook_url",)}))
    assert old.entries["sales/outbound"] == expected
    assert read_lock(write_lock(old), "x").entries["sales/outbound"] == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "is no lock of revox-sync"),
        ('{"format": "x"}', "is no lock of revox-sync"),
        (TEXT.replace('"version": 2', '"version": 3'), "its version 3 is not known"),
        (TEXT.replace('"version": 2', '"version": 0'), "its version 0 is not known"),
        (TEXT.replace('"version": 2', '"version": "2"'), 'its version "2" is not known'),
        (TEXT.replace('"version": 2', '"version": true'), "its version true is not known"),
        (TEXT.replace('"version": 2', '"version": 1.0'), "its version 1.0 is not known"),
        (TEXT.replace('"version": 2', '"version": 2.0'), "its version 2.0 is not known"),
        (TEXT.replace('"version": 2,\n', ""), "its version null is not known"),
        (TEXT.replace('"environment": "production",\n', ""), "`environment` is missing or no text"),
        (
            TEXT.replace('"base_url": "https://www.getrevox.com/api"', '"base_url": 1'),
            "`base_url` is missing or no text",
        ),
        (TEXT.partition('"assistants"')[0] + '"assistants": []}', "`assistants` is missing or no mapping"),
        (
            TEXT.replace('"id": "asst_1", "leaves"', '"leaves": [], "was"'),
            "`leaves` of `sales/outbound` is missing or no mapping",
        ),
        (TEXT.replace('"name":', '"appended": [], "name":'), "`appended` of `sales/outbound` is missing or no mapping"),
        (TEXT.replace('"name":', '"seals": [], "name":'), "`seals` of `sales/outbound` is missing or no mapping"),
        (TEXT.replace('"name":', '"seals": {"x": "s"}, "name":'), '"x" in `seals` of `sales/outbound` is no pointer'),
        (TEXT.replace('"name":', '"seals": {"/x": 1}, "name":'), "`/x` of `sales/outbound` is missing or no text"),
        (TEXT.replace('"org_1"', "[]"), "`organization_id` is missing or no text"),
        (TEXT.replace('"id": "asst_1"', '"id": ""'), "`id` of `sales/outbound` is missing or no text"),
        (TEXT.replace('"digest": 1', '"digest": true'), "`digest` of `sales/outbound` is missing or no number"),
        (TEXT.replace('"/voice/speed"', '"voice"'), '"voice" in `leaves` of `sales/outbound` is no pointer to a leaf'),
        (TEXT.replace('"/voice/speed"', '""'), '"" in `leaves` of `sales/outbound` is no pointer to a leaf'),
        *(
            (
                TEXT.replace('"/webhook_url": null', f'"/webhook_url": {content}'),
                "neither two digests nor what was sent",
            )
            for content in (
                '["a"]',
                "[]",
                '["a", null]',
                '["a", "b", null]',
                '["a", "b", "c", "d"]',
                "1",
                '"a"',
                "{}",
                '{"sent": [], "before": "b", "token": null, "answered": true}',
                '{"sent": "a", "before": "b", "token": null, "answered": true}',
                '{"sent": ["a"], "before": null, "token": null, "answered": true}',
                '{"sent": ["a"], "before": "b", "token": 1, "answered": true}',
                '{"sent": ["a"], "before": "b", "token": null, "answered": 1}',
                '{"sent": ["a"], "before": "b", "answered": true}',
            )
        ),
        (
            TEXT.replace(
                '"/webhook_url": null',
                '"/webhook_url": {"sent": ["a", 1], "before": "b", "token": null, "answered": true}',
            ),
            "something other than texts",
        ),
        (TEXT.replace('"name":', '"token": 1, "name":'), "`token` of `sales/outbound` is missing or no text"),
        (TEXT.replace('"name":', '"older": "t", "name":'), "`older` of `sales/outbound` is missing or no list"),
        (TEXT.replace('"name":', '"older": [1], "name":'), "something other than texts"),
        (TEXT.replace('"name":', '"secrets": ["x"], "name":'), '"x" in `secrets` of `sales/outbound` is no pointer'),
        (TEXT.replace('"name":', '"secrets": {}, "name":'), "`secrets` of `sales/outbound` is missing or no list"),
        (TEXT.replace('"name":', '"secrets": [1], "name":'), "something other than texts"),
        (TEXT.replace('"name":', '"appended": {"/x": 1}, "name":'), "something other than texts"),
        (
            TEXT.replace('"name":', '"appended": {"x": []}, "name":'),
            '"x" in `appended` of `sales/outbound` is no pointer',
        ),
        (TEXT.replace('"sales/outbound": {', '"other": 1,\n"sales/outbound": {'), "the entry of `other` is no mapping"),
        (
            TEXT.replace('"digest": 1', '"digest": 7').replace('"/webhook_url"', '"x"'),
            '"x" in `leaves` of `sales/outbound` is no pointer',
        ),
        (TEXT.replace('"organization_id"', '"environment"'), 'it holds "environment" twice'),
        (TEXT.replace('"version": 2', '"version": 2,\n"version": 2'), 'it holds "version" twice'),
        ("<<<<<<< HEAD\n" + TEXT, "unresolved merge conflicts"),
        (TEXT.replace('"sales/outbound"', '||||||| base\n"sales/outbound"'), "unresolved merge conflicts"),
        (TEXT + "=======\n", "unresolved merge conflicts"),
        (TEXT + ">>>>>>> theirs\n", "unresolved merge conflicts"),
        (
            TEXT.replace('"sales/outbound": {', '"sales/outbound": {},\n"sales/outbound": {'),
            'it holds "sales/outbound" twice (asst_1)',
        ),
        (
            TEXT.replace('"sales/outbound": {', '"sales/outbound": {"id": "asst_2"},\n"sales/outbound": {'),
            'it holds "sales/outbound" twice (asst_2 and asst_1)',
        ),
        (
            write_lock(LOCK.with_entry("copy", ENTRY)),
            "`copy` and `sales/outbound` both hold the id asst_1",
        ),
    ],
)
def test_what_is_no_lock_is_refused_with_a_way_out(text: str, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        read_lock(text, ".revox/production.lock.json")
    assert words in caught.value.message
    assert caught.value.message.startswith(".revox/production.lock.json is not usable: ")
    assert caught.value.hint is not None
    ways = {"not known": "install that one", "merge conflicts": "resolve the conflict", "twice": "remove the entry"}
    expected = next((way for cause, way in ways.items() if cause in words), "restore .revox/production.lock.json from")
    assert ("remove the entry" if "both hold" in words else expected) in caught.value.hint


def test_what_is_wrong_and_what_to_do_are_told_apart() -> None:
    with pytest.raises(RefusedError) as caught:
        read_lock("<<<<<<< HEAD\n", "x")
    assert caught.value.message == "x is not usable: it has unresolved merge conflicts"


def test_git_cannot_bring_back_a_local_lock() -> None:
    for path, way in ((".revox/local/x.lock.json", "move it away"), ("local/x/x.lock.json", "restore local/x/x.lock")):
        with pytest.raises(RefusedError) as caught:
            read_lock("", path)
        assert str(caught.value.hint).startswith(way)


def test_seals_and_appended_entries_are_kept_where_there_are_any() -> None:
    entry = replace(
        ENTRY,
        appended={("faq",): frozenset("a"), ("gone",): frozenset()},
        seals={("b",): "s2", ("a", "x"): "s1"},
    )
    text = write_lock(LOCK.with_entry("sales/outbound", entry))
    assert '"appended": {"/faq": ["a"]}, "seals": {"/a/x": "s1", "/b": "s2"}' in text
    kept = read_lock(text, "x").entries["sales/outbound"]
    assert kept == replace(entry, appended={("faq",): frozenset("a")})


def test_the_digest_of_a_lock_stays_what_it_is() -> None:
    """A journal that another version has left behind holds one."""
    assert lock_digest(LOCK) == "2f9c7c48bebf6e88a95c9d9296e84602"


def test_equal_digests_are_one_text() -> None:
    """A large lock holds hundreds of thousands of them."""
    record = read_lock(TEXT.replace("1" * 32, "0" * 32), "x").entries["sales/outbound"].leaves["voice", "speed"]
    assert isinstance(record, Confirmed)
    assert record.server is record.declared
