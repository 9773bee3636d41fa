"""`explain`: the page of a rule, by code or by name."""

from __future__ import annotations

import pytest

from revox_sync.cli.main import run
from revox_sync.lint.registry import all_rules

RULE = next(iter(all_rules()))
Captured = pytest.CaptureFixture[str]


@pytest.mark.parametrize("name", ["text", "json", "markdown"])
def test_code_and_name_mean_one_page(capsys: Captured, name: str) -> None:
    assert run(["explain", RULE.code, "-o", name]) == 0
    page = capsys.readouterr().out
    assert RULE.name in page
    assert run(["explain", RULE.name, "-o", name]) == 0
    assert capsys.readouterr().out == page


def test_an_unknown_rule(capsys: Captured) -> None:
    assert run(["explain", RULE.name + "s"]) == 64
    out, err = capsys.readouterr()
    assert out == ""
    assert f"did you mean `{RULE.name}`?" in err
