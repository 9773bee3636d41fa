"""`-o`: where reports may go."""

from __future__ import annotations

import pytest

from revox_sync.cli.options.targets import parse_targets
from revox_sync.errors import UsageError


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (["jsn"], "no format `jsn`"),
        (["json:"], "names no file"),
        (["json:assistants/a.yaml"], "not written over a YAML file"),
        (["json:x.json", "text:x.json"], "two reports cannot go to one file"),
        (["json", "text"], "only one report can go to stdout"),
    ],
)
def test_targets_that_make_no_sense(values: list[str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        parse_targets(values, ("text", "json"))


def test_one_report_for_people_and_one_for_programs() -> None:
    targets = parse_targets(["text", "json:out/report.json"], ("text", "json"))
    assert [(each.format, each.path) for each in targets] == [
        ("text", None),
        ("json", "out/report.json"),
    ]
