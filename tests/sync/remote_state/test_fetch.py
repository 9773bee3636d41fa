"""What is read from the API before a plan: by a scripted server, request by request."""

from __future__ import annotations

from dataclasses import replace
from threading import Condition, get_ident
from typing import Any

import pytest

from revox_sync.errors import ExitCode, NotAuthorisedError, RefusedError, RemoteError
from revox_sync.remote.client import Client
from revox_sync.remote.http.client_settings import ClientSettings
from revox_sync.remote.http.endpoint import Endpoint
from revox_sync.remote.http.retry_policy import RetryPolicy
from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.model.lock import Lock, LockEntry, Tokens
from revox_sync.sync.remote_state.fetch import FetchScope, State, fetch_all, fetch_state
from revox_sync.sync.remote_state.match import ExcludedFiles, MatchKind
from revox_sync.sync.state.lock_file import lock_digest
from revox_sync.values.secret import Secret
from tests.remote.server import Reply, Server, serving

FAQ = [{"question": "q", "answer": "a"}]


def held(number: int, **fields: Any) -> dict[str, Any]:
    return {"id": f"asst_{number}", "name": f"A{number}", "prompt": "x", "organization_id": "org_1"} | fields


def listed(*assistants: dict[str, Any]) -> Reply:
    return Reply(body={"assistants": list(assistants)})


def want(number: int, **fields: Any) -> Desired:
    return Desired(f"a{number}", f"A{number}", {"name": f"A{number}", "prompt": "x"} | fields)


def lock_of(*numbers: int, organization_id: str | None = "org_1") -> Lock:
    entries = {f"a{number}": LockEntry(f"asst_{number}", f"A{number}", {}) for number in numbers}
    return Lock("production", "https://www.getrevox.com/api", organization_id, entries)


def fetched(server: Server, desired: list[Desired], lock: Lock, *unnamed: str, **switches: Any) -> State:
    with Client(
        Endpoint(server.base_url, Secret("key")), ClientSettings(timeout=5.0, policy=RetryPolicy(base=0.001))
    ) as client:
        return fetch_state(client, desired, lock, FetchScope(ExcludedFiles(dict.fromkeys(unnamed)), **switches))


def seen(lock: Lock, *tokens: str) -> Lock:
    """The lock in which the first assistant was seen with these tokens, one after the other."""
    found = Tokens()
    for token in tokens:
        found = found.seen(token)
    return lock.with_entry("a1", replace(lock.entries["a1"], tokens=found))


def at(token: str, **fields: Any) -> dict[str, Any]:
    return held(1, updated_at=token, **fields)


class Waits:
    """Writes down what it was asked to wait, and never gives up."""

    def __init__(self, seconds: list[float]) -> None:
        self._seconds = seconds

    def __call__(self, seconds: float) -> bool:
        self._seconds.append(seconds)
        return False


def asked(server: Server) -> list[str]:
    return [each.path.removeprefix("/api") for each in server.received]


def test_one_request_where_the_list_says_everything() -> None:
    with serving(listed(held(1), held(2))) as server:
        state = fetched(server, [want(1)], lock_of(1))
        assert asked(server) == ["/assistants"]
    assert [each.kind for each in state.matches.matches] == [MatchKind.LOCKED]
    assert (state.organization_id, state.lock, state.lock_digest) == ("org_1", lock_of(1), lock_digest(lock_of(1)))


def test_fields_the_list_leaves_out_are_fetched() -> None:
    with serving(listed(held(1), held(2)), Reply(body=held(1, faq_items=FAQ))) as server:
        state = fetched(server, [want(1, faq_items=FAQ), want(2)], lock_of(1, 2))
        assert asked(server) == ["/assistants", "/assistants/asst_1"]
    remote = state.matches.matches[0].remote
    assert remote is not None
    assert remote.value["faq_items"] == FAQ


def test_an_older_version_in_the_list_is_fetched_by_id() -> None:
    with serving(listed(at("t1")), Reply(body=at("t2", prompt="new"))) as server:
        state = fetched(server, [want(1)], seen(lock_of(1), "t1", "t2"))
        assert asked(server) == ["/assistants", "/assistants/asst_1"]
    remote = state.matches.matches[0].remote
    assert remote is not None
    assert (remote.value["prompt"], state.unknown) == ("new", {})


def test_who_does_not_wait_plans_nothing_for_an_older_version() -> None:
    with serving(listed(at("t1")), Reply(body=at("t1"))) as server:
        state = fetched(server, [want(1)], seen(lock_of(1), "t1", "t2"))
        assert asked(server) == ["/assistants", "/assistants/asst_1"]
    assert list(state.unknown) == ["a1"]
    assert "an older version" in state.unknown["a1"].reason


@pytest.mark.parametrize("looks", [1, 2, 3])
def test_who_waits_sees_the_newer_version(looks: int) -> None:
    waits: list[float] = []
    replies = [Reply(body=at("t1"))] * looks + [Reply(body=at("t3"))]
    with serving(listed(at("t1")), *replies) as server:
        state = fetched(server, [want(1)], seen(lock_of(1), "t1", "t2"), wait=Waits(waits))
    assert (waits, state.unknown) == ([10.0] * looks, {})
    remote = state.matches.matches[0].remote
    assert remote is not None
    assert remote.value["updated_at"] == "t3"


def test_an_older_version_is_believed_after_thirty_seconds_of_it() -> None:
    waits: list[float] = []
    with serving(listed(at("t1")), Reply(body=at("t1"))) as server:
        state = fetched(server, [want(1)], seen(lock_of(1), "t1", "t2"), wait=Waits(waits))
        assert asked(server) == ["/assistants", *["/assistants/asst_1"] * 4]
    assert (sum(waits), state.unknown) == (30, {})


def test_who_gives_up_waiting_plans_nothing() -> None:
    with serving(listed(at("t1")), Reply(body=at("t1"))) as server:
        state = fetched(server, [want(1)], seen(lock_of(1), "t1", "t2"), wait=lambda _: True)
    assert list(state.unknown) == ["a1"]


@pytest.mark.parametrize("token", ["t2", "t3"])
def test_the_present_version_is_not_asked_for_again(token: str) -> None:
    with serving(listed(at(token))) as server:
        assert fetched(server, [want(1)], seen(lock_of(1), "t1", "t2")).unknown == {}
        assert asked(server) == ["/assistants"]


def test_what_is_listed_and_cannot_be_fetched_is_blocked_alone() -> None:
    """Case 8: its FAQ are not gone, they cannot be read."""
    with serving(listed(held(1), held(2)), Reply(404, {"error": "gone"})) as server:
        state = fetched(server, [want(1, faq_items=FAQ), want(2)], lock_of(1, 2))
    assert list(state.unknown) == ["a1"]
    assert "cannot be read" in state.unknown["a1"].reason
    assert [each.kind for each in state.matches.matches] == [MatchKind.LOCKED, MatchKind.LOCKED]


def test_a_locked_assistant_the_list_lacks_is_fetched() -> None:
    with serving(listed(held(1)), Reply(body=held(2, type="sub-assistant"))) as server:
        state = fetched(server, [want(1), want(2)], lock_of(1, 2))
        assert asked(server) == ["/assistants", "/assistants/asst_2"]
    assert [each.kind for each in state.matches.matches] == [MatchKind.LOCKED, MatchKind.LOCKED]


def test_only_404_makes_it_missing() -> None:
    with serving(listed(held(1)), Reply(404, {"error": "gone"})) as server:
        state = fetched(server, [want(1), want(2)], lock_of(1, 2))
    assert [each.kind for each in state.matches.matches] == [MatchKind.LOCKED, MatchKind.MISSING]
    with serving(listed(held(1)), Reply(500, {"error": "sorry"})) as server, pytest.raises(RemoteError):
        fetched(server, [want(1), want(2)], lock_of(1, 2))


@pytest.mark.parametrize(
    "reply", [Reply(body={"assistants": "all"}), Reply(500), Reply(missing=10), Reply(body=b"<p>")]
)
def test_an_unusable_list_stops_everything(reply: Reply) -> None:
    with serving(reply) as server, pytest.raises(RemoteError):
        fetched(server, [want(1)], lock_of())


def test_a_refused_key() -> None:
    with serving(Reply(401, {"error": "no"})) as server, pytest.raises(NotAuthorisedError) as caught:
        fetched(server, [want(1)], lock_of())
    assert caught.value.exit_code is ExitCode.UNREACHABLE


def test_another_organisation() -> None:
    with serving(listed(held(1, organization_id="org_2"))) as server, pytest.raises(RefusedError) as caught:
        fetched(server, [want(1)], lock_of(1))
    assert "organisation org_1, the key to org_2" in caught.value.message


@pytest.mark.parametrize("others", [[], [held(7, organization_id=None)]])
def test_not_one_known_id(others: list[dict[str, Any]]) -> None:
    with serving(listed(*others), Reply(404, {"error": "gone"})) as server, pytest.raises(RefusedError) as caught:
        fetched(server, [want(1)], lock_of(1, 2))
    assert "not one of the 2 assistants in the lock of `production`" in caught.value.message


def test_not_one_known_id_on_this_machine() -> None:
    with serving(listed(), Reply(404, {"error": "gone"})) as server:
        state = fetched(server, [want(1)], lock_of(1, 2), loopback=True)
    assert state.forgotten
    assert (dict(state.lock.entries), state.lock.organization_id) == ({}, None)
    assert state.lock_digest == lock_digest(lock_of(1, 2))
    assert [each.kind for each in state.matches.matches] == [MatchKind.CREATE]


@pytest.mark.parametrize("loopback", [True, False])
def test_hidden_assistants_of_files_not_selected_count_as_known(loopback: bool) -> None:  # noqa: FBT001 - a parameter
    with serving(listed(), Reply(body=held(2, type="sub-assistant"))) as server:
        state = fetched(server, [want(1)], lock_of(2), "a2", loopback=loopback)
        assert asked(server) == ["/assistants", "/assistants/asst_2"]
    assert not state.forgotten
    assert state.lock == lock_of(2)
    assert state.matches.orphaned == ()


def test_secrets_of_answers_are_wrapped() -> None:
    model = {"type": "custom", "api_key": "canary"}
    with serving(listed(held(1, llm_model=model))) as server:
        state = fetched(server, [want(1)], lock_of(1))
    assert "canary" not in repr(state)


def test_organisations_are_told_only_when_there_is_one() -> None:
    with serving(listed(held(1), held(2, organization_id="org_2"))) as server:
        assert fetched(server, [want(1)], lock_of(1)).organization_id is None


def test_orphans_and_what_nobody_manages() -> None:
    with serving(listed(held(1), held(2), held(3), held(4)), Reply(404, {"error": "gone"})) as server:
        client = Client(Endpoint(server.base_url, Secret("key")), ClientSettings(timeout=5.0))
        with client:
            state = fetch_state(client, [want(1)], lock_of(1, 2, 9), FetchScope(ExcludedFiles(bound={"asst_4"})))
        assert asked(server) == ["/assistants", "/assistants/asst_9"]
    assert state.matches.orphaned == ("a2", "a9")
    assert {address: each.id for address, each in state.orphans.items()} == {"a2": "asst_2"}
    assert [each.id for each in state.unmanaged] == ["asst_3"]


def test_all_of_an_orphan_is_fetched_before_it_is_deleted() -> None:
    with serving(listed(held(1), held(2)), Reply(body=held(2, faq_items=FAQ))) as server:
        state = fetched(server, [want(1)], lock_of(1, 2), prune=True)
        assert asked(server) == ["/assistants", "/assistants/asst_2"]
    assert state.orphans["a2"].value["faq_items"] == FAQ


@pytest.mark.parametrize("switches", [{}, {"prune": True}])
def test_an_orphan_nobody_can_ask_about_stops_everything(switches: dict[str, bool]) -> None:
    with serving(listed(held(1)), Reply(500, {"error": "sorry"})) as server, pytest.raises(RemoteError):
        fetched(server, [want(1)], lock_of(1, 2), **switches)


def test_nothing_is_unmanaged_while_files_are_unread() -> None:
    with serving(listed(held(1), held(3))) as server:
        state = fetched(server, [want(1)], lock_of(1), "unread")
    assert (state.unread, state.unmanaged) == (("unread",), ())


BROKEN = Reply(body={"error": "no name"}, headers={"retry-after-ms": "1"})


@pytest.mark.parametrize(
    ("entry", "blocked"),
    [
        # It has the id of a lock entry: it is that one, and no other.
        ({"id": "asst_2"}, {"a2"}),
        # It has a name: it may be the file of that name that nothing is known of.
        ({"name": "A3 "}, {"a3"}),
        ({"name": "somebody else"}, set()),
        # Neither: it may be any file without lock entry.
        ({}, {"a3", "a4"}),
        (None, {"a3", "a4"}),
        ({"id": "asst_9"}, {"a3", "a4"}),
    ],
)
def test_an_entry_that_cannot_be_read_blocks_what_it_may_be(entry: Any, blocked: set[str]) -> None:
    # The second entry of the lock is not listed, so it is asked for by its id where the broken entry is another.
    whole = listed(held(1), entry, *([] if entry == {"id": "asst_2"} else [held(2)]))
    with serving(whole, BROKEN) as server:
        state = fetched(server, [want(number) for number in (1, 2, 3, 4)], lock_of(1, 2))
    assert set(state.unknown) == blocked
    kinds = {each.address: each.kind for each in state.matches.matches}
    assert kinds["a1"] is MatchKind.LOCKED
    assert MatchKind.MISSING not in kinds.values()


def test_an_entry_that_its_id_can_read_is_no_trouble() -> None:
    with serving(listed(held(1), {"id": "asst_2"}), Reply(body=held(2))) as server:
        state = fetched(server, [want(1), want(2)], lock_of(1))
        assert asked(server) == ["/assistants", "/assistants/asst_2"]
    assert [each.kind for each in state.matches.matches] == [MatchKind.LOCKED, MatchKind.ADOPTED]
    assert state.unknown == {}


def test_an_orphan_that_cannot_be_read_is_not_gone() -> None:
    with serving(listed(held(1), {"id": "asst_2"}), BROKEN) as server:
        state = fetched(server, [want(1)], lock_of(1, 2), prune=True)
    assert (set(state.unknown), state.orphans) == ({"a2"}, {})


def test_a_lock_of_which_only_the_unreadable_is_left_is_not_forgotten() -> None:
    with serving(listed({"id": "asst_1"}), BROKEN) as server:
        state = fetched(server, [want(1)], lock_of(1), loopback=True)
    assert (state.forgotten, set(state.unknown)) == (False, {"a1"})


def test_a_list_of_which_nothing_can_be_read_any_more() -> None:
    """Then the API has changed, and to ask for each assistant would take for ever."""
    with serving(listed(*({"id": f"asst_{number}"} for number in range(21)))) as server:
        with pytest.raises(RemoteError, match="`name` of `assistants\\[0\\]` is not a text"):
            fetched(server, [want(1)], lock_of(1))
        assert asked(server) == ["/assistants"]


class OneAtATime:
    """A reader with one connection, that notes which threads ask it."""

    connections = 1

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.threads: set[int] = set()

    def get_assistant(self, assistant_id: str) -> dict[str, Any] | None:
        self.asked.append(assistant_id)
        self.threads.add(get_ident())
        return {"id": assistant_id}

    def expect(self, number: int) -> None:
        pass

    def abort(self) -> None:
        """Nothing is under way."""


def test_a_reader_with_one_connection_is_asked_in_order() -> None:
    """`apply --parallelism 1` sends the same requests in the same order, reads included."""
    reader, wanted = OneAtATime(), [f"asst_{number}" for number in range(50)]
    assert list(fetch_all(reader, wanted)) == reader.asked == wanted
    assert len(reader.threads) == 1


class InBatches:
    """A reader that answers as soon as so many requests are under way as it allows, and then allows another number."""

    def __init__(self, *numbers: int) -> None:
        self._next = list(numbers)
        self.connections = numbers[0]
        self._waiting = 0
        self._changed = Condition()
        self._batch = 0

    def get_assistant(self, assistant_id: str) -> dict[str, Any] | None:
        with self._changed:
            self._waiting += 1
            batch = self._batch
            if self._waiting == self._next[0]:
                self._next.pop(0)
                self._waiting, self._batch = 0, batch + 1
                self.connections = self._next[0] if self._next else 1
                self._changed.notify_all()
            assert self._changed.wait_for(lambda: self._batch > batch, timeout=30)
        return {"id": assistant_id}

    def expect(self, number: int) -> None:
        pass

    def abort(self) -> None:
        """Nothing is under way."""


@pytest.mark.parametrize("numbers", [(8, 16, 32, 32), (8, 4, 2, 1, 1), (1, 2, 1)], ids=str)
def test_as_many_requests_are_under_way_as_the_reader_allows_now(numbers: tuple[int, ...]) -> None:
    wanted = [f"asst_{number}" for number in range(sum(numbers))]
    assert list(fetch_all(InBatches(*numbers), wanted)) == wanted
