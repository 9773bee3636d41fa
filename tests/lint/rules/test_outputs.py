from __future__ import annotations

import pytest

from revox_sync.source.model.amendment import Remove
from tests.lint.project import hits

OUTPUT = "structured_output_config: [{name: size, type: %s, required: true, enum_options: %s}]"


@pytest.mark.parametrize(
    ("code", "kind", "options", "expected"),
    [
        ("RVX406", "enum", "[]", 1),
        ("RVX406", "enum", "[a]", 0),
        ("RVX406", "string", "[]", 0),
        ("RVX407", "string", "[a]", 1),
        ("RVX407", "string", "[]", 0),
        ("RVX408", "enum", "[a, b, a, a]", 2),
        ("RVX408", "enum", "[a, A]", 0),
    ],
)
def test_options_belong_to_enums(code: str, kind: str, options: str, expected: int) -> None:
    assert len(hits(code, OUTPUT % (kind, options))) == expected


def test_a_repeated_option_can_be_removed_and_a_repeated_name_is_left_to_a_person() -> None:
    (option,) = hits("RVX408", OUTPUT % ("enum", "[a, a]"))
    assert option.fix is not None
    assert option.fix.amendments == (Remove(("structured_output_config", 0, "enum_options", 1)),)
    outputs = "structured_output_config: [{name: a, type: string}, {name: a, type: number}]"
    assert [hit.fix for hit in hits("RVX408", outputs)] == [None]


@pytest.mark.parametrize(
    ("source", "label", "severity"),
    [
        ("yearly_buget", "did you mean `yearly_budget`?", "warning"),
        ("owner", "add it as a structured output, unless every call brings it", None),
    ],
)
def test_a_source_that_nothing_fills(source: str, label: str, severity: str | None) -> None:
    fields = f"structured_output_config: [{{name: yearly_budget}}]\nzoho: {{field_mapping: [{{source: {source}}}]}}"
    assert [(hit.label, hit.severity) for hit in hits("RVX426", fields)] == [(label, severity)]
