"""The failures are those that jsonschema finds when it looks everywhere."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import ValidationError

from revox_sync.contract.fields import contract, known_contracts
from revox_sync.contract.schema_files import load_schema
from revox_sync.contract.validation_errors import failure_finder
from tests.call_counts import watched
from tests.judges import thorough
from tests.mutants import mutants
from tests.strategies import assistants

BROKEN = {
    "name": "Ann",
    "prompt": "You are Ann.",
    "promt": "You are Ann.",
    "llm_model": {"type": "dedicated-instance", "name": "gpt-4.1"},
    "faq_items": [{"question": "q", "answer": "a"}, {"question": "q", "answer": 1}],
}


def told(error: ValidationError) -> tuple[object, ...]:
    return (*error.absolute_path, error.validator, tuple(error.absolute_schema_path))


@pytest.mark.parametrize("version", [*known_contracts(), None])
def test_nothing_is_lost_by_looking_less(version: str | None) -> None:
    schema = contract(version).schema
    finder, everywhere = failure_finder(schema), thorough(schema)
    seen = 0

    @settings(max_examples=8, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(document=assistants(version), seed=st.integers(0, 2**32))
    def check(document: dict[str, Any], seed: int) -> None:
        nonlocal seen
        for candidate in mutants(document, Random(seed)):  # noqa: S311 - no secret depends on it
            expected = [told(each) for each in everywhere.iter_errors(candidate)]
            assert [told(each) for each in finder.iter_errors(candidate)] == expected
            seen += len(expected)

    check()
    assert seen > 100


def test_parts_that_fit_are_passed_over() -> None:
    schema = load_schema("contract-0.4")
    assert descents(lambda: list(thorough(schema).iter_errors(BROKEN))) > 10
    # Into `faq_items`, its second entry, and `answer` there.
    assert descents(lambda: list(failure_finder(schema).iter_errors(BROKEN))) == 3


def test_a_finder_is_made_once_for_a_schema() -> None:
    schema = load_schema("contract-0.4")
    assert failure_finder(schema) is failure_finder(schema)
    assert failure_finder(dict(schema)) is not failure_finder(schema)


def descents(action: Callable[[], object]) -> int:
    """How often jsonschema steps into a part of a document."""
    frames: dict[int, FrameType] = {}

    def watch(frame: FrameType, event: str, _: object) -> None:
        # A generator is called again for each of its values; the frame stays the same.
        if event == "call" and frame.f_code.co_name == "descend":
            frames[id(frame)] = frame

    watched(action, watch)
    return len(frames)
