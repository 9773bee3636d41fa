from __future__ import annotations

import pytest

from tests.lint.project import lint_files


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Greet {customer name}} and {{customer_name} and {{{{customer}}}}.",
            ["{customer name}}", "{{customer_name}", "{{{{customer}}}}"],
        ),
        ("Saluda a {{nombre}}} y a {{{apellido}}.", ["{{nombre}}}", "{{{apellido}}"]),
        ('{"kunde": {"name": {{name}}}} then {vorname}}', ["{vorname}}"]),
        ('{"a": {"b": {c}}}', []),
        ('{\n  "city": "{{city}}",\n  "x": {"y": {{z}}}\n}', []),
        ("Say {{name}} and {{ name }}.", []),
    ],
)
def test_braces_in_every_number(text: str, found: list[str]) -> None:
    report = lint_files({"assistants/a.yaml": f"name: A\nprompt: {text!r}\n".replace("\\n", "\n  ")}, "RVX201")
    assert [finding.message.split("`")[1] for finding in report.findings] == found
