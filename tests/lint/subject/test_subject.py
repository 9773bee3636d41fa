"""A rule that is not run on a file would have found nothing in it."""

from __future__ import annotations

import json
from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revox_sync.contract.fields import assistant_node
from revox_sync.contract.violation import ViolationKind
from revox_sync.lint.engine.file_checker import FileChecker
from revox_sync.lint.model.rule import FileRule
from revox_sync.lint.registry import rules_of, select
from revox_sync.lint.subject.subject import FileTrait, Subject
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.workspace import AssistantFile, Workspace
from tests.lint.project import example_files, subject_of

FILES = example_files()
WORKSPACE = Workspace(MemoryTree(FILES))
ENVIRONMENTS = list(WORKSPACE.config.environments.values())
RULES = [(kind(), frozenset(kind().traits())) for kind in rules_of(FileRule)]
LOADED = [WORKSPACE.load(file, ENVIRONMENTS[0]) for file in WORKSPACE.files]
VALUES = [each.value for each in LOADED if isinstance(each.value, dict) and not (each.problems or each.uses_secrets)]


def idle_finds(subject: Subject) -> list[str]:
    """Codes of the rules that find something, though the file has nothing they look at."""
    idle = [rule for rule, looked_at in RULES if looked_at and looked_at.isdisjoint(subject.traits)]
    return [rule.code for rule in idle if any(rule.check(subject))]


@pytest.mark.parametrize("file", WORKSPACE.files, ids=lambda file: file.path)
def test_examples_show_nothing_to_rules_that_are_not_run(file: AssistantFile) -> None:
    checker = FileChecker(WORKSPACE, ENVIRONMENTS, select(WORKSPACE.config.lint))
    assert idle_finds(checker.subject(file, ENVIRONMENTS[0])) == []


@settings(max_examples=150, deadline=None)
@given(parts=st.lists(st.sampled_from(VALUES), min_size=2, max_size=6), chance=st.randoms(use_true_random=False))
def test_mixed_files_show_nothing_to_rules_that_are_not_run(parts: list[dict[str, Any]], chance: Random) -> None:
    mixed = {key: value for part in parts for key, value in part.items() if chance.random() < 0.8}
    workspace = Workspace(MemoryTree({"assistants/a.yaml": json.dumps(mixed)}))
    environments = list(workspace.config.environments.values())
    checker = FileChecker(workspace, environments, select(workspace.config.lint))
    assert idle_finds(checker.subject(workspace.files[0], environments[0])) == []


def test_no_field_is_called_as_a_trait() -> None:
    assert not set(FileTrait) & assistant_node().properties.keys()


def test_rules_look_for_traits_and_fields_that_exist() -> None:
    known = {*FileTrait, *assistant_node().properties}
    wrong = {rule.code: looked_at - known for rule, looked_at in RULES if looked_at - known}
    assert wrong == {}


def test_most_rules_are_not_run_on_a_plain_file() -> None:
    workspace = Workspace(MemoryTree({"assistants/a.yaml": "name: A\nprompt: Help the caller.\n"}))
    environments = list(workspace.config.environments.values())
    seen = FileChecker(workspace, environments, select(workspace.config.lint)).subject(
        workspace.files[0], environments[0]
    )
    runs = Counter(not looked_at or not looked_at.isdisjoint(seen.traits) for _, looked_at in RULES)
    assert runs[False] > 4 * runs[True]


def test_violations_of_any_contract_come_before_those_of_the_one_in_force() -> None:
    subject = subject_of("name: A\npromt: Hi\nemail_notification_language: fr\n")
    kinds = [violation.kind for violation in subject.violations]
    assert kinds == [ViolationKind.UNKNOWN_FIELD, ViolationKind.NOT_IN_CONTRACT]


def test_only_the_type_of_a_secret_is_known() -> None:
    subject = subject_of("name: A\nprompt: !env P\nsms_enabled: !env S\n")
    assert not subject.is_known(("prompt",))
    assert [violation.pointer for violation in subject.violations] == [("sms_enabled",)]
    assert "a string from `!env`" in subject.violations[0].message


def test_a_name_from_the_environment_is_refused() -> None:
    (violation,) = subject_of("name: !env NAME\nprompt: Hi\n").violations
    assert violation.pointer == ("name",)


def test_what_fits_and_what_is_refused() -> None:
    subject = subject_of("name: A\nprompt: Hi\nvoice: {id: x, speed: 99}\n")
    assert subject.lacks(("voice",), "provider")
    assert subject.is_refused(("voice", "speed"))
    assert not subject.fits(("voice",))
    assert subject.fits(("voice", "id"))


def test_secrets_in_plain_text_are_placed() -> None:
    subject = subject_of("name: A\nprompt: Hi\nllm_model: {type: custom, api_key: abc}\n")
    text = subject.document.sources[subject.file.path].text
    assert [text[place.start : place.end] for place in subject.secret_places] == ["abc"]
