"""jsonschema, which explains, and our own check, which decides, call the same documents valid."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from revox_sync.contract.explain import explain
from revox_sync.contract.fields import assistant_node, contract, known_contracts
from tests.mutants import mutants
from tests.strategies import assistants


@pytest.mark.parametrize("version", [*known_contracts(), None])
def test_both_validators_agree(version: str | None) -> None:
    accepted = contract(version)
    seen = {True: 0, False: 0}

    @settings(max_examples=20, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(document=assistants(version), seed=st.integers(0, 2**32))
    def check(document: dict[str, Any], seed: int) -> None:
        assert accepted.is_valid(document)
        for candidate in (document, *mutants(document, Random(seed))):  # noqa: S311 - no secret depends on it
            valid = accepted.is_valid(candidate)
            seen[valid] += 1
            assert (explain(candidate, accepted.schema, assistant_node()) == []) is valid, candidate

    check()
    assert seen[True] > 100
    assert seen[False] > 300
