"""`-o FORMAT[:FILE]`: which reports are made, where each goes, and what does not go together."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from revox_sync.cli.options.targets import Target, diff_stream, parse_targets, require_distinct_files
from revox_sync.errors import UsageError

FORMATS = ("text", "json", "html")


@pytest.mark.parametrize(
    ("values", "targets"),
    [
        (["text"], [Target("text", None)]),
        (["json:report.json"], [Target("json", "report.json")]),
        (["json", "html:a:b.html"], [Target("json", None), Target("html", "a:b.html")]),
    ],
)
def test_values_are_read(values: list[str], targets: list[Target]) -> None:
    assert parse_targets(values, FORMATS) == targets


@pytest.mark.parametrize(
    ("values", "message", "hint"),
    [
        (["jsom"], "no format `jsom`", "did you mean `json`?"),
        (["zzzzzz"], "no format `zzzzzz`", "formats: text, json, html"),
        (["json:"], "`-o json:` names no file", "-o json, or -o json:FILE"),
        (["text:assistants/a.yml"], "a report is not written over a YAML file: `assistants/a.yml`", None),
        (["text:x", "json:x"], "two reports cannot go to one file", None),
        (["text", "json"], "only one report can go to stdout", None),
    ],
)
def test_what_does_not_fit_is_refused(values: list[str], message: str, hint: str | None) -> None:
    with pytest.raises(UsageError) as caught:
        parse_targets(values, FORMATS)
    assert caught.value.message == message
    assert hint is None or caught.value.hint == hint


@pytest.mark.parametrize(
    ("targets", "stream"),
    [
        ([], "stdout"),
        ([Target("text", None)], "stdout"),
        ([Target("json", "x"), Target("text", None)], "stdout"),
        ([Target("json", None)], "stderr"),
    ],
)
def test_a_diff_stays_out_of_reports_for_programs(targets: list[Target], stream: str) -> None:
    assert diff_stream(targets) is getattr(sys, stream)


def test_two_names_of_one_file_are_one_file(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "plan.json")
    targets = [Target("json", str(tmp_path / "link"))]
    require_distinct_files(targets, None, tmp_path / "other.json")
    with pytest.raises(UsageError, match="two things cannot go to one file"):
        require_distinct_files(targets, tmp_path / "plan.json")
