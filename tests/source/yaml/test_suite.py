"""The public YAML Test Suite (yaml-test-suite.json; its licence is beside it) says which texts are YAML 1.2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypedDict

import pytest

from revox_sync.source.model.problem import ProblemKind
from revox_sync.source.yaml.parse import Composition, compose


class Case(TypedDict):
    """One text of the suite, and how many documents it holds."""

    id: str
    name: str
    yaml: str
    valid: bool
    documents: int


CASES: list[Case] = json.loads((Path(__file__).parent / "yaml-test-suite.json").read_text("utf-8"))

# Cases that are decided otherwise than the suite says, with the reason. At most two of each.
REFUSED: dict[str, str] = {}
ACCEPTED: dict[str, str] = {}

# What is reported although the text is YAML: a project's file is one document, and is read as YAML 1.2.
NO_SYNTAX = {ProblemKind.SEVERAL_DOCUMENTS, ProblemKind.DIRECTIVE}


def is_accepted(composition: Composition) -> bool:
    return all(problem.kind in NO_SYNTAX for problem in composition.problems)


def test_the_suite_is_whole() -> None:
    assert len(CASES) == 402
    assert sum(case["valid"] for case in CASES) == 308


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_text_is_accepted_if_it_is_yaml(case: Case) -> None:
    composition = compose(case["yaml"], "a.yaml")
    assert is_accepted(composition) == ((case["valid"] and case["id"] not in REFUSED) or case["id"] in ACCEPTED)
    several = any(problem.kind is ProblemKind.SEVERAL_DOCUMENTS for problem in composition.problems)
    assert several == (case["valid"] and case["documents"] > 1)


def test_few_texts_are_decided_otherwise() -> None:
    assert len(REFUSED) <= 2
    assert len(ACCEPTED) <= 2
