"""Lists that are not all there is, or not all readable."""

from __future__ import annotations

from typing import Any, Final

import pytest

from revox_sync.errors import UnreachableError
from revox_sync.remote.http.listing import UnreadableEntry
from tests.remote.calls import ANN, BOB, client_of, failure
from tests.remote.server import Reply, serving

BOTH: Final = [ANN, BOB]


@pytest.mark.parametrize(
    "envelope",
    [
        {"has_more": True},
        {"hasMore": 1},
        {"next": "https://api.example/assistants?page=2"},
        {"next_cursor": "asst_2"},
        {"nextPageToken": "x"},
        {"cursor": "x"},
        {"end_cursor": "x"},
        {"total": 3},
        {"total": "3"},
        {"count": 3},
        {"total_count": 3.0},
        {"pagination": {"total": 3}},
        {"pagination": {"page": 1, "per_page": 2}},
        {"pagination": {"next": {"href": "x"}}},
        {"pagination": "on"},
        {"meta": {"page": {"has_next_page": True}}},
        {"page": 2},
        {"total_pages": 2},
        {"limit": 2},
        {"truncated": True},
    ],
)
@pytest.mark.parametrize("call", ["GET /assistants", "GET /voices", "GET /phone-numbers"])
def test_an_envelope_that_hints_at_more(call: str, envelope: dict[str, Any]) -> None:
    entry = {"id": "v", "name": "V", "provider": "cartesia", "phone_number": "+33612345678"}
    key = call.removeprefix("GET /").replace("-", "_")
    with serving(Reply(body={key: [entry, entry | {"id": "w"}], **envelope})) as server, client_of(server) as client:
        ask = {"assistants": client.listing, "voices": client.voices, "phone_numbers": client.phone_numbers}[key]
        with pytest.raises(UnreachableError, match=f"the answer to {call} may not be the whole list: its `") as caught:
            ask()
    assert "URL" not in str(caught.value.hint)
    # Asking again would not change it; that is known of the list that every plan begins with.
    assert key != "assistants" or len(server.received) == 1


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (200, {"Link": '</assistants?page=2>; rel="next"'}),
        (200, {"link": '</assistants?page=1>; rel="first", </assistants?page=2>; title="x"; rel="last next"'}),
        (200, {"Link": "</assistants?page=2>; rel=next"}),
        (200, {"X-Total-Count": "3"}),
        (200, {"X-Next-Page": "2"}),
        (206, {}),
    ],
)
def test_a_head_that_hints_at_more(status: int, headers: dict[str, str]) -> None:
    error = failure("GET /assistants", Reply(status, {"assistants": BOTH}, headers))
    assert "may not be the whole list" in error.message


@pytest.mark.parametrize(
    ("envelope", "headers"),
    [
        ({"has_more": False, "next_cursor": None, "next": ""}, {}),
        ({"total": 2, "count": 2, "limit": 2}, {}),
        ({"pagination": {"page": 1, "per_page": 2, "total": 2}}, {}),
        ({"pagination": {}}, {}),
        ({"pagination": None, "meta": {"took_ms": 7, "request": "x"}}, {}),
        ({"limit": 50, "page": 1, "total_pages": 1}, {}),
        ({}, {"Link": '</assistants?page=1>; rel="prev first"', "X-Total-Count": "2"}),
        ({}, {"X-RateLimit-Limit": "1", "X-NextJS-Cache": "HIT", "Link": "<https://x/next>; rel=canonical"}),
    ],
)
def test_an_envelope_that_says_that_this_is_all(envelope: dict[str, Any], headers: dict[str, str]) -> None:
    with serving(Reply(body={"assistants": BOTH, **envelope}, headers=headers)) as server, client_of(server) as client:
        assert client.list_assistants() == BOTH


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        (7, UnreadableEntry("`assistants[1]` is not a mapping")),
        ({"id": "a"}, UnreadableEntry("`name` of `assistants[1]` is not a text", "a")),
        ({"id": "a", "name": ""}, UnreadableEntry("`name` of `assistants[1]` is not a text", "a")),
        ({"name": "A"}, UnreadableEntry("`id` of `assistants[1]` is not a text", None, "A")),
        ({"id": "..", "name": "A"}, UnreadableEntry("`id` of `assistants[1]` cannot be an id", None, "A")),
    ],
)
def test_one_broken_entry(broken: Any, expected: UnreadableEntry) -> None:
    with serving(Reply(body={"assistants": [ANN, broken, BOB]})) as server, client_of(server) as client:
        found = client.listing()
        with pytest.raises(UnreachableError) as caught:
            client.list_assistants()
    assert (found.assistants, found.unreadable) == ([ANN, BOB], (expected,))
    # The list came from the right place: nobody should look for the fault in the URL.
    assert (expected.problem in caught.value.message, caught.value.hint) == (True, None)


def test_an_id_that_two_entries_claim() -> None:
    other = BOB | {"name": "Robert"}
    with serving(Reply(body={"assistants": [BOB, ANN, other, ANN]})) as server, client_of(server) as client:
        found = client.listing()
    problem = "`assistants[2]` has the id of `assistants[0]`"
    assert (found.assistants, found.unreadable) == ([ANN], (UnreadableEntry(problem, "asst_2", "Robert"),))
