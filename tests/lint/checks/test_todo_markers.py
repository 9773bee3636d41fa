from __future__ import annotations

import pytest

from revox_sync.lint.checks.todo_markers import marker_forms, todo_markers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TODO: say it", ["TODO"]),
        ("(TODO)", ["TODO"]),
        ("Say [Your Company Name] and <YOUR_BRAND>", ["[Your Company Name]", "<YOUR_BRAND>"]),
        ("Bonjour, [votre entreprise]", ["[votre entreprise]"]),
        ("date: TBD", ["TBD"]),
        ("Our hours are (todo) and [todo], see <Todo>.", ["todo", "todo", "Todo"]),
        ("PENDIENTE: horario. Precio: [pendiente]. Nombre PENDIENTE", ["PENDIENTE", "[pendiente]", "PENDIENTE"]),
        (
            "Adresse À COMPLÉTER, tarif A COMPLETER, orario DA COMPLETARE",
            ["À COMPLÉTER", "A COMPLETER", "DA COMPLETARE"],
        ),
        (
            "Nombre POR COMPLETAR. Preis: BITTE ERGÄNZEN. Valor A PREENCHER",
            ["POR COMPLETAR", "BITTE ERGÄNZEN", "A PREENCHER"],
        ),
        ("El pago está pendiente: para TODO el mundo. Il reste à compléter le dossier. Es todo (todos).", []),
        ("PENDIENTE DE PAGO es un estado, y hay que COMPLETAR el pedido.", []),
        ("You replace me. Change me. Todo bien. TODO list. [insert name] [first name] your_name <your answer>", []),
    ],
)
def test_left_overs(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in todo_markers(text)] == expected


def test_forms_of_a_longer_text_find_the_same() -> None:
    text = "Say <YOUR_BRAND>"
    assert todo_markers(text, marker_forms(f"TODO: more\n{text}")) == todo_markers(text) == [(4, 16)]
