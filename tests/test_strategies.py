from __future__ import annotations

from typing import Any

import pytest
from hypothesis import Phase, given, settings

from revox_sync.contract.fields import contract, known_contracts
from tests.strategies import assistants


@pytest.mark.parametrize("version", [*known_contracts(), None])
def test_every_draw_is_valid_and_every_field_turns_up(version: str | None) -> None:
    seen: set[str] = set()

    @settings(max_examples=150, deadline=None, derandomize=True, phases=[Phase.generate], database=None)
    @given(assistants(version))
    def check(document: dict[str, Any]) -> None:
        assert contract(version).is_valid(document)
        seen.update(document)

    check()
    assert seen == set(contract(version).schema["properties"])
