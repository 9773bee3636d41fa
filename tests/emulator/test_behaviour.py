"""Limits, growth and dropped fields: what is no fault, but makes life hard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from revox_sync.emulator.app import create_app
from revox_sync.emulator.behaviour import Behaviour
from revox_sync.emulator.bucket import TokenBucket
from revox_sync.emulator.keeping import without
from revox_sync.emulator.server import running
from revox_sync.emulator.store import Store
from tests.emulator.conftest import SCHEMAS

BODY = {"name": "A", "prompt": "x"}
KEY = {"Authorization": "Bearer emulator"}


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def turn(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@contextmanager
def emulated(behaviour: Behaviour, clock: Callable[[], datetime] | None = None) -> Iterator[httpx.Client]:
    with (
        Store(None) as store,
        running(create_app(SCHEMAS, store, behaviour=behaviour, clock=clock or Watch())) as url,
        httpx.Client(base_url=url, headers=KEY) as client,
    ):
        yield client


def test_a_bucket_holds_a_second_and_fills_evenly() -> None:
    watch = Watch()
    bucket = TokenBucket(4, watch)
    assert [bucket.take() for _ in range(6)] == [0, 0, 0, 0, 0.25, 0.25]
    watch.turn(0.5)
    assert [bucket.take() for _ in range(3)] == [0, 0, 0.25]
    watch.turn(3600)
    assert [bucket.take() for _ in range(5)] == [0, 0, 0, 0, 0.25]


def test_a_bucket_of_less_than_one_request_per_second() -> None:
    watch = Watch()
    bucket = TokenBucket(0.5, watch)
    assert [bucket.take(), bucket.take()] == [0, 2]
    watch.turn(2)
    assert bucket.take() == 0


def test_a_bucket_survives_a_clock_that_is_set_back() -> None:
    watch = Watch()
    bucket = TokenBucket(1, watch)
    assert bucket.take() == 0
    watch.turn(-3600)
    assert bucket.take() == 1
    watch.turn(1)
    assert bucket.take() == 0


def test_rate_limit() -> None:
    watch = Watch()
    with emulated(Behaviour(requests_per_second=2), watch) as client:
        answers = [client.get("/voices") for _ in range(4)]
        watch.turn(1)
        later = client.get("/voices")
    assert [each.status_code for each in (*answers, later)] == [200, 200, 429, 429, 200]
    assert answers[2].headers["Retry-After"] == "1"


def ask(client: httpx.Client, times: int) -> list[int]:
    """Number of questions after each of so many reads."""
    created = client.post("/assistants", json=BODY).json()["assistant"]
    return [len(client.get(f"/assistants/{created['id']}").json()["faq_items"] or []) for _ in range(times)]


def test_questions_grow_as_the_seed_says() -> None:
    counts = []
    for seed in (1, 1, 2):
        with emulated(Behaviour(grow_faq=0.5, seed=seed)) as client:
            counts.append(ask(client, 30))
    assert counts[0] == counts[1] != counts[2]
    assert counts[0] == sorted(counts[0])
    assert 5 < counts[0][-1] < 25


def test_a_grown_question_is_one_a_caller_asked() -> None:
    with emulated(Behaviour(grow_faq=1)) as client:
        created = client.post("/assistants", json=BODY | {"faq_items": [{"question": "Q", "answer": "A"}]})
        before = created.json()["assistant"]
        after = client.patch(f"/assistants/{before['id']}", json={"prompt": "y"}).json()["assistant"]
        read = client.get(f"/assistants/{before['id']}").json()
        listed = client.get("/assistants").json()["assistants"]
    assert (len(before["faq_items"]), before["pending_faq_count"]) == (1, 0)
    own, grown = after["faq_items"]
    assert own == before["faq_items"][0]
    assert grown.pop("id").startswith("faq_")
    assert grown == {
        "question": "What did caller 2 want to know?",
        "answer": "",
        "source": "ai",
        "needs_human_answer": True,
    }
    assert (after["pending_faq_count"], read["pending_faq_count"], len(listed)) == (1, 2, 1)


@pytest.mark.parametrize("method", ["get", "delete"])
def test_nothing_grows_where_nothing_is(method: str) -> None:
    with emulated(Behaviour(grow_faq=1)) as client:
        assert client.request(method, "/assistants/asst_none").status_code == 404
        assert client.get("/assistants").json() == {"assistants": []}


def test_dropped_fields_are_accepted_and_ignored() -> None:
    voice = {"provider": "elevenlabs", "id": "v", "speed": 1.1}
    drops = frozenset({"voicemail_message", "sms_enabled", "voice.speed"})
    with emulated(Behaviour(drops=drops)) as client:
        sent = BODY | {"voicemail_message": "m", "sms_enabled": True, "voice": voice}
        created = client.post("/assistants", json=sent).json()["assistant"]
        updated = client.patch(f"/assistants/{created['id']}", json=sent | {"prompt": "new"}).json()["assistant"]
    for answer in (created, updated):
        assert (answer["voicemail_message"], answer["sms_enabled"]) == (None, False)
        assert answer["voice"] == {"provider": "elevenlabs", "id": "v"}
    assert updated["prompt"] == "new"


@pytest.mark.parametrize(
    ("body", "rest"),
    [
        ({"a": {"b": {"c": 1, "d": 2}}, "e": 3}, {"a": {"b": {"d": 2}}}),
        ({"a": {"b": 1}}, {"a": {"b": 1}}),
        ({"a": None}, {"a": None}),
        ({}, {}),
    ],
)
def test_without(body: dict[str, Any], rest: dict[str, Any]) -> None:
    assert without(body, [("a", "b", "c"), ("e",)]) == rest


def test_a_field_that_does_not_exist() -> None:
    with Store(None) as store, pytest.raises(ValueError, match="no field 'voicemail' that could be ignored"):
        create_app(SCHEMAS, store, behaviour=Behaviour(drops=frozenset({"voicemail"})))
