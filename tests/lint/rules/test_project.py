from __future__ import annotations

import pytest

from tests.lint.project import lint_files

A = "name: A\nprompt: Hi\n"


def test_all_but_the_first_address_are_reported_with_the_first() -> None:
    report = lint_files({f"assistants/{address}.yaml": A for address in ("c", "a", "b")})
    found = [(finding.region.path, finding.related[0].region.path) for finding in report.findings]
    assert found == [(f"assistants/{address}.yaml", "assistants/a.yaml") for address in ("b", "c")]


def test_a_lock_of_any_environment_knows_a_sub_assistant() -> None:
    files = {"assistants/x.yaml": A + "type: sub-assistant\n"}
    lock = {".revox/staging.lock.json": '{"assistants": {"x": {"id": "asst_1"}}}'}
    counts = [len(lint_files(project, "RVX604").findings) for project in (files, files | lock)]
    assert counts == [1, 0]


def test_a_suppression_of_a_rule_that_did_not_run_is_not_called_unused() -> None:
    files = {"assistants/a.yaml": "name: A\nprompt: Hi # revox: ignore[RVX110] later\n"}
    assert [finding.code for finding in lint_files(files, "RVX602", "RVX110").findings] == ["RVX602"]
    assert lint_files(files, "RVX602").findings == ()


def test_a_misspelt_code_gets_a_suggestion() -> None:
    files = {"assistants/a.yaml": "name: A\nprompt: Hi # revox: ignore[unknown-feild] later\n"}
    assert [finding.label for finding in lint_files(files, "RVX603").findings] == ["did you mean `unknown-field`?"]


BOTH = '{"assistants": {"a": {"id": "1"}, "b": {"id": "2"}}}'
ONE = '{"assistants": {"a": {"id": "1"}}}'


@pytest.mark.parametrize(
    ("locks", "severity"),
    [
        ({}, "error"),
        ({"production": BOTH}, "warning"),
        ({"production": ONE}, "error"),
        ({"production": '{"assistants": {"a": {"id": "1"}, "b": {"id": "1"}}}'}, "error"),
        ({"production": '{"assistants": {"a": {}, "b": {"id": "2"}}}'}, "error"),
        ({"production": BOTH, "staging": BOTH}, "warning"),
        ({"production": BOTH, "staging": ONE}, "error"),
        ({"production": BOTH, "local/local": ONE}, "warning"),  # nobody else has that one
        ({"local/local": BOTH}, "warning"),
        ({"local/local": BOTH, "local/other": ONE}, "error"),
        ({"production": BOTH, "staging": "<<<<<<<"}, "error"),  # nobody knows what it would say
    ],
)
def test_locks_tell_names_apart(locks: dict[str, str], severity: str) -> None:
    files = {f"assistants/{name}.yaml": "name: A\nprompt: Hi\n" for name in "ab"}
    texts = {f".revox/{name}.lock.json": text for name, text in locks.items()}
    (found,) = lint_files({**files, **texts}, "RVX601").findings
    assert found.severity == severity
