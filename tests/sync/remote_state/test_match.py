from __future__ import annotations

import random
from collections.abc import Iterable
from typing import TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.remote_state.match import (
    NOTHING_EXCLUDED,
    ExcludedFiles,
    Match,
    Matches,
    MatchKind,
    match,
    needed_ids,
)

K = MatchKind
T = TypeVar("T")


def lock(**entries: tuple[str, str]) -> Lock:
    found = {address: LockEntry(key, name, {}) for address, (key, name) in entries.items()}
    return Lock("production", "https://api", None, found)


def remotes(*pairs: tuple[str, str]) -> list[Remote]:
    return [Remote(key, name, {}) for key, name in pairs]


def only(found: Matches) -> Match:
    (result,) = found.matches
    return result


def ids(found: Iterable[Match]) -> list[str]:
    return [each.remote.id for each in found if each.remote is not None]


def test_the_lock_entry_of_the_address_comes_first() -> None:
    found = only(match({"a": "New"}, NOTHING_EXCLUDED, remotes(("1", "Old"), ("2", "New")), lock(a=("1", "Old"))))
    assert (found.kind, ids([found])) == (K.LOCKED, ["1"])


def test_a_locked_id_that_is_nowhere_is_missing_even_when_a_namesake_is_there() -> None:
    found = only(match({"a": "A"}, NOTHING_EXCLUDED, remotes(("2", "A")), lock(a=("1", "A"))))
    assert (found.kind, found.remote, found.entry) == (K.MISSING, None, LockEntry("1", "A", {}))
    assert found.candidates == ("2",)


def test_a_file_that_moved_takes_its_entry_along() -> None:
    found = match({"new": "A"}, NOTHING_EXCLUDED, remotes(("1", "renamed")), lock(old=("1", "A")))
    assert only(found) == Match("new", K.MOVED, remotes(("1", "renamed"))[0], LockEntry("1", "A", {}), "old")
    assert found.orphaned == ()


def test_a_moved_file_whose_assistant_is_gone_is_missing() -> None:
    found = only(match({"new": "A"}, NOTHING_EXCLUDED, [], lock(old=("1", "A"))))
    assert (found.kind, found.previous_address, found.is_stale) == (K.MISSING, "old", False)


def test_a_broken_or_unselected_file_is_neither_moved_nor_gone() -> None:
    found = match({"new": "A"}, ExcludedFiles({"old": None}), remotes(("1", "A")), lock(old=("1", "A")))
    assert only(found).kind is K.CREATE
    assert found.orphaned == ()


def test_a_file_not_selected_may_be_the_new_place() -> None:
    found = match({"b": "B"}, ExcludedFiles({"new": "A"}), remotes(("1", "A"), ("2", "B")), lock(old=("1", "A")))
    assert found.orphaned == ()
    assert ExcludedFiles({"new": None, "x": "A", "old": None}).unread(lock(old=("1", "A"))) == ["new"]


def test_two_files_may_be_the_new_place_though_one_is_not_selected() -> None:
    found = only(match({"a": "A"}, ExcludedFiles({"new": "A"}), remotes(("1", "A")), lock(old=("1", "A"))))
    assert (found.kind, found.candidates) == (K.AMBIGUOUS, ("1",))


def test_what_another_environment_holds_is_not_free() -> None:
    listed = remotes(("1", "A"), ("2", "A"))
    assert ids([only(match({"a": "A"}, ExcludedFiles(bound={"1"}), listed, lock()))]) == ["2"]
    assert only(match({"a": "A"}, ExcludedFiles(bound={"1", "2"}), listed, lock())).kind is K.CREATE


def test_two_entries_of_that_name_are_ambiguous_and_not_orphaned() -> None:
    found = match({"new": "A"}, NOTHING_EXCLUDED, remotes(("1", "A"), ("2", "A")), lock(y=("2", "A"), x=("1", "A")))
    assert (only(found).kind, only(found).candidates, found.orphaned) == (K.AMBIGUOUS, ("1", "2"), ())


def test_the_one_free_assistant_of_that_name_is_adopted() -> None:
    found = match(
        {"a": "A", "b": "B"}, NOTHING_EXCLUDED, remotes(("1", "A"), ("2", "A"), ("3", "B")), lock(b=("2", "A"))
    )
    assert [(each.kind, ids([each])) for each in found.matches] == [(K.ADOPTED, ["1"]), (K.LOCKED, ["2"])]
    twins = match({"a": "A", "b": "A"}, NOTHING_EXCLUDED, remotes(("1", "A"), ("2", "A")), lock(b=("2", "A")))
    assert [(each.kind, ids([each])) for each in twins.matches] == [(K.ADOPTED, ["1"]), (K.LOCKED, ["2"])]


def test_two_assistants_of_that_name_are_ambiguous() -> None:
    found = only(match({"a": "A"}, NOTHING_EXCLUDED, remotes(("2", "A"), ("1", "A")), lock()))
    assert (found.kind, found.candidates, found.remote) == (K.AMBIGUOUS, ("1", "2"), None)


def test_two_files_of_one_name_never_get_one_assistant() -> None:
    found = match({"a": "A", "b": "A"}, NOTHING_EXCLUDED, remotes(("1", "A")), lock())
    assert [each.kind for each in found.matches] == [K.AMBIGUOUS, K.AMBIGUOUS]


def test_a_name_that_the_server_has_trimmed_is_the_same_name() -> None:
    adopted = only(match({"a": "A \n"}, NOTHING_EXCLUDED, remotes(("1", "A")), lock()))
    assert (adopted.kind, ids([adopted])) == (K.ADOPTED, ["1"])
    assert only(match({"new": "A"}, NOTHING_EXCLUDED, remotes(("1", "A")), lock(old=("1", "A ")))).kind is K.MOVED
    both = match({"a": "A", "b": "A "}, NOTHING_EXCLUDED, remotes(("1", "A")), lock()).matches
    assert {each.kind for each in both} == {K.AMBIGUOUS}


def test_a_name_in_another_form_is_the_same_name() -> None:
    for file, server in (
        ("Anna Bell", "anna  bell"),
        ("Zo\u00e9", "ZOE\u0301"),
        ("'A'", "\u2018A\u2019"),
        ("A b", "A\u00a0B"),
    ):
        found = only(match({"a": file}, NOTHING_EXCLUDED, remotes(("1", server)), lock()))
        assert (found.kind, ids([found])) == (K.ADOPTED, ["1"])
        assert (
            only(match({"new": file}, NOTHING_EXCLUDED, remotes(("1", "x")), lock(old=("1", server)))).kind is K.MOVED
        )
    both = match({"a": "A", "b": "a"}, NOTHING_EXCLUDED, remotes(("1", "A")), lock()).matches
    assert {each.kind for each in both} == {K.AMBIGUOUS}
    two = only(match({"a": "A"}, NOTHING_EXCLUDED, remotes(("1", "A"), ("2", "a")), lock()))
    assert (two.kind, two.candidates) == (K.AMBIGUOUS, ("1", "2"))


def test_nothing_found_is_a_create() -> None:
    assert only(match({"a": "A"}, NOTHING_EXCLUDED, remotes(("1", "B")), lock())).kind is K.CREATE


def test_sub_assistants_live_by_their_lock_entry_only() -> None:
    found = match({"a": "A", "b": "B"}, NOTHING_EXCLUDED, remotes(("1", "A")), lock(), {"a"}).matches
    assert [(each.kind, each.unlisted) for each in found] == [(K.CREATE, True), (K.CREATE, False)]
    assert only(match({"a": "A"}, NOTHING_EXCLUDED, remotes(("1", "A")), lock(old=("1", "A")), {"a"})).kind is K.MOVED


def test_entries_without_file_are_orphaned() -> None:
    found = match({}, ExcludedFiles({"c": None}), remotes(("1", "A")), lock(b=("2", "B"), a=("1", "A"), c=("3", "C")))
    assert found == Matches((), ("a", "b"))


def test_ids_the_list_lacks_are_asked_for() -> None:
    entries = lock(a=("1", "A"), b=("2", "B"), c=("3", "C"), d=("4", "D"))
    assert needed_ids({"a": "A", "b": "B"}, remotes(("2", "B")), entries, ExcludedFiles({"c": None})) == ["1", "4"]


NAMES = st.sampled_from(["A", "B", "C"])
ADDRESSES = st.sampled_from(["a", "b", "c", "d", "e"])


@settings(max_examples=150, deadline=None)
@given(
    files=st.dictionaries(ADDRESSES, NAMES),
    others=st.tuples(st.dictionaries(ADDRESSES, NAMES | st.none()), st.sets(st.sampled_from("123456"))),
    listed=st.dictionaries(st.sampled_from("123456"), NAMES),
    entries=st.lists(
        st.tuples(ADDRESSES, st.sampled_from("123456"), NAMES), unique_by=(lambda e: e[0], lambda e: e[1])
    ),
    chance=st.randoms(use_true_random=False),
)
def test_no_assistant_twice_and_no_dependence_on_order(
    files: dict[str, str],
    others: tuple[dict[str, str | None], set[str]],
    listed: dict[str, str],
    entries: list[tuple[str, str, str]],
    chance: random.Random,
) -> None:
    known = lock(**{address: (key, name) for address, key, name in entries})
    left = ExcludedFiles({key: name for key, name in others[0].items() if key not in files}, others[1])
    result = match(files, left, remotes(*listed.items()), known)
    assert len(set(ids(result.matches))) == len(ids(result.matches))
    assert [each.address for each in result.matches] == sorted(files)
    again = lock(**{address: (key, name) for address, key, name in shuffled(entries, chance)})
    other = match(
        dict(shuffled(files.items(), chance)),
        left,
        remotes(*shuffled(listed.items(), chance)),
        again,
    )
    assert other == result


def shuffled(values: Iterable[T], chance: random.Random) -> list[T]:
    result = list(values)
    chance.shuffle(result)
    return result
