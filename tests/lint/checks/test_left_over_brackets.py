from __future__ import annotations

import pytest

from revox_sync.lint.checks.left_over_brackets import brackets_heard, brackets_in_role, is_quoted


@pytest.mark.parametrize(
    ("text", "brackets"),
    [
        ("This is [Name] of [Business Name].", ["[Name]", "[Business Name]"]),
        ("Hier ist <Firmenname>.", ["<Firmenname>"]),
        ("Aquí [nombre de la clínica].", ["[nombre de la clínica]"]),
        ("Tu [imię].", ["[imię]"]),
        ('One moment <break time="1s"/> <emphasis>please</emphasis> <Break/>', []),
        ("[laughs] [strong French accent] Hello [1]", []),
        ("[Our page](https://x.example.com)", []),
        ("Flug [LH123] ist da", []),
        ("1 < 2 and 3 > 2", []),
    ],
)
def test_what_a_caller_would_hear(text: str, brackets: list[str]) -> None:
    assert [text[start:end] for start, end in brackets_heard(text)] == brackets


@pytest.mark.parametrize(
    ("text", "brackets"),
    [
        ("You are Emma from [Company].", ["[Company]"]),
        ("# Rolle\n- Du bist Emma von [Firmenname].", ["[Firmenname]"]),
        ("Bonjour. Vous êtes [Prénom] du cabinet.", ["[Prénom]"]),
        ("Jesteś Olą z <Nazwa firmy>.", ["<Nazwa firmy>"]),
        ("You are kind. Ask for [Name].", []),
        ('Say: "You are [Name], right?"', []),
        ('You are "Emma from [Company]".', []),
        ("Collect: [Name], [Date]", []),
    ],
)
def test_who_an_agent_is(text: str, brackets: list[str]) -> None:
    assert [text[start:end] for start, end in brackets_in_role(text)] == brackets


@pytest.mark.parametrize(
    ("text", "expected"),
    [('Say: "x [', True), ("« Oui, [", True), ("„Ja“ sagt [", False), ('"a" and [', False), ('"a\n[', False)],
)
def test_quoted_speech(text: str, expected: bool) -> None:  # noqa: FBT001 - a table
    assert is_quoted(text, text.index("[")) is expected
