from __future__ import annotations

import pytest
from yaml.nodes import MappingNode

from revox_sync.source.model.problem import ProblemKind
from revox_sync.source.yaml.nodes import BROKEN, MAX_DEPTH, TooDeepError
from revox_sync.source.yaml.parse import compose
from revox_sync.source.yaml.ruamel_parser import compose_pure


@pytest.mark.parametrize(
    ("text", "message", "label", "marked"),
    [
        ("a: 1\n---\nb: 2\n", "file holds more than one YAML document", "keep one document per file", "---"),
        ("a: *x\n", "alias `*x` names no anchor above it", "write `&x` before the value it means", "*x"),
        ("a: **x**\n", "alias `**x**` names no anchor above it", "put the text in quotes", "**x**"),
        ('a: "\\ud800"\n', "an escape sequence is half a character", "write the character itself", '"\\ud800"'),
    ],
)
def test_what_is_wrong_although_it_can_be_parsed(text: str, message: str, label: str, marked: str) -> None:
    root, (problem,) = compose_pure(text, "a.yaml")
    assert isinstance(root, MappingNode)
    assert (problem.message, problem.label) == (message, label)
    assert text[problem.place.start : problem.place.end] == marked


def test_only_the_first_document_is_read() -> None:
    root, _ = compose_pure("a: 1\n---\nb: 2\n", "a.yaml")
    assert root is not None
    assert [key.value for key, _ in root.value] == ["a"]


def test_a_value_that_could_not_be_read_is_broken() -> None:
    root, _ = compose_pure("a: *x\n", "a.yaml")
    assert root is not None
    assert root.value[0][1].tag == BROKEN


def test_a_surrogate_pair_is_one_character() -> None:
    root, problems = compose_pure('a: "\\ud83d\\ude00"\n', "a.yaml")
    assert root is not None
    assert (root.value[0][1].value, problems) == ("😀", ())


def test_a_value_that_is_not_written_is_right_behind_its_colon() -> None:
    text = "a:  # words\n\n\nb: 1\n"
    root, _ = compose_pure(text, "a.yaml")
    assert root is not None
    assert root.value[0][1].start_mark.index == len("a:")


def test_a_key_without_colon_has_its_value_on_its_line() -> None:
    root = compose("a: 1\n? b\nc: 1\n", "a.yaml").root
    assert root is not None
    assert root.value[1][1].start_mark.index == len("a: 1\n? b")


def test_depth_is_limited() -> None:
    assert compose_pure("[" * MAX_DEPTH + "]" * MAX_DEPTH, "a.yaml")[0] is not None
    with pytest.raises(TooDeepError):
        compose_pure("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "a.yaml")


@pytest.mark.parametrize("version", ["1.0", "1.3", "1.10"])
def test_another_version_is_read_with_a_warning(version: str) -> None:
    text = f"%YAML {version}  # newer\n---\na: 1\n"
    root, (problem,) = compose_pure(text, "a.yaml")
    assert root is not None
    assert (problem.kind, problem.message) == (
        ProblemKind.DIRECTIVE,
        f"`%YAML {version}` is ignored: the file is read as YAML 1.2",
    )
    assert text[problem.place.start : problem.place.end] == f"%YAML {version}"


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_the_versions_that_exist_are_no_problem(version: str) -> None:
    assert compose_pure(f"%YAML\t{version}\n---\na: 1\n", "a.yaml")[1] == ()


@pytest.mark.parametrize("text", ["", "---\n", "...\n", "# words\n"])
def test_a_text_without_content_is_no_problem(text: str) -> None:
    assert compose_pure(text, "a.yaml")[1] == ()
