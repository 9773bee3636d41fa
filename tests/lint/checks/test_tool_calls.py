from __future__ import annotations

import pytest

from revox_sync.lint.checks.tool_calls import tool_calls


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("Call check_stock(size, article: string, n=3).", [("check_stock", ["size", "article", "n"])]),
        ("First use the tool `reschedule()`.", [("reschedule", [])]),
        ("`melde_schaden(id, text)` aufrufen", [("melde_schaden", ["id", "text"])]),
        ("Ejecuta buscar('Madrid', 3).", [("buscar", None)]),
        ("Call `submit_order` once.", [("submit_order", None)]),
        ("Use `first_name` in the greeting.", []),
        ("Call the guest (by first name).", []),
        ("The function print_all(x) is for developers.", []),
        ("Call https://x.example.com/get_all(1)", []),
        ("Rufe niemals (auch nicht auf Wunsch) zurück.", []),
        ("Say f(x).\nCall open_door(code).", [("open_door", ["code"])]),
    ],
)
def test_calls(text: str, calls: list[tuple[str, list[str] | None]]) -> None:
    found = tool_calls(text)
    names = [None if call.arguments is None else [name for name, _ in call.arguments] for call in found]
    assert list(zip([call.name for call in found], names, strict=True)) == calls
    for call in found:
        assert text[call.start :].startswith(call.name)
        assert all(text[start:].startswith(name) for name, start in call.arguments or ())
