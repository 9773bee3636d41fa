"""`rules`: every rule is listed, in each format."""

from __future__ import annotations

import json

import pytest

from revox_sync.cli.main import run
from revox_sync.lint.registry import all_rules


@pytest.mark.parametrize("name", ["text", "json", "markdown"])
def test_every_rule_is_listed(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert run(["rules", "-o", name]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert all(rule.code in out and rule.name in out for rule in all_rules())
    if name == "json":
        assert len(json.loads(out)["rules"]) == len(all_rules())
