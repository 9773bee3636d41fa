"""The card of a change, and the placeholders it brings or takes away."""

from __future__ import annotations

import pytest

from revox_sync.output.page.change_card import change_card, new_and_gone
from revox_sync.output.page.model import CardKind
from revox_sync.sync.model.plan import Action, Change, FieldChange
from tests.output.samples import added, changed, removed


@pytest.mark.parametrize(
    ("fields", "declared", "new", "gone"),
    [
        ([changed("prompt", "Hi {{a}}", "Hi {{b}}")], {}, ("b",), ("a",)),
        ([changed("prompt", "Hi", "{{ b }} {{a}} {{b}}")], {}, ("b", "a"), ()),
        ([changed("prompt", "{{a}}", "Hi")], {"first_sentence": "Hello {{a}}"}, (), ()),
        ([changed("prompt", "Hi", "{{a}}")], {"first_sentence": "Hello {{a}}"}, (), ()),
        ([changed("prompt", "{{a}}", "Hi"), changed("first_sentence", "Hi", "{{a}}")], {}, (), ()),
        ([removed("first_sentence", "{{a}}")], {"prompt": "Hi"}, (), ("a",)),
        ([added("prompt", "{{a}}")], {}, ("a",), ()),
        ([changed("name", "A {{a}}", "B {{b}}")], {}, (), ()),
        ([changed("prompt", "Hi", "{{ }}")], {}, (), ()),
    ],
)
def test_only_what_one_side_has_is_new_or_gone(
    fields: list[FieldChange], declared: dict[str, str], new: tuple[str, ...], gone: tuple[str, ...]
) -> None:
    assert new_and_gone(fields, declared) == (new, gone)


def test_nobody_fills_in_placeholders_of_what_is_deleted() -> None:
    change = Change("a", "A", "asst_1", Action.DELETE, fields=(removed("prompt", "Hi {{a}}"),))
    assert change_card(change, CardKind.DELETE, "will be deleted").gone_variables == ()
    assert change_card(change, CardKind.REMOVE, "was removed").gone_variables == ("a",)


def test_a_card_says_what_the_change_says() -> None:
    fields = (changed("voice.speed", 1.0, 1.1),)
    change = Change("a", "A", "asst_1", Action.UPDATE, ("speech", "data"), "moved from b", fields)
    card = change_card(change, CardKind.UPDATE, "will be updated")
    assert card.facts == ("asst_1", "speech", "data", "moved from b")
    assert [(field.sign, field.path) for field in card.fields] == [("~", "voice.speed")]
