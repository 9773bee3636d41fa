"""The order of a page."""

from __future__ import annotations

from revox_sync.output.page.model import Card, CardKind, in_order


def card(kind: CardKind, address: str = "a", *impacts: str) -> Card:
    return Card(kind, address, "A", "", impacts=impacts)


def test_every_kind_has_its_place_and_create_and_update_share_one() -> None:
    cards = [card(kind) for kind in CardKind]
    assert [entry.kind for entry in in_order(reversed(cards))][:-2] == [
        kind for kind in CardKind if kind not in {CardKind.CREATE, CardKind.UPDATE}
    ]


def test_among_creates_and_updates_the_most_audible_comes_first() -> None:
    cards = [
        card(CardKind.UPDATE, "d"),
        card(CardKind.CREATE, "c", "cosmetic"),
        card(CardKind.UPDATE, "b", "speech", "cosmetic"),
        card(CardKind.CREATE, "a", "routing"),
    ]
    assert [entry.address for entry in in_order(cards)] == ["b", "d", "a", "c"]


def test_equals_stand_by_address() -> None:
    cards = [card(CardKind.DRIFT, "b", "cosmetic"), card(CardKind.DRIFT, "a")]
    assert [entry.address for entry in in_order(cards)] == ["a", "b"]


def test_facts_leave_out_what_there_is_not() -> None:
    assert card(CardKind.UPDATE).facts == ()
    assert Card(CardKind.UPDATE, "a", "A", "", id="asst_1", reason="moved").facts == ("asst_1", "moved")
