from __future__ import annotations

import pytest

from revox_sync.lint.subject.similar_names import misspelt, name_shape


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("yearly_buget", "yearly_budget"),
        ("yearlyBudget", "yearly_budget"),
        ("yearly_bill", None),
        ("address_2", None),
        ("address_line_3", None),
        ("", None),
    ],
)
def test_similar_names_are_no_slips(name: str, meant: str | None) -> None:
    assert misspelt(name, ["yearly_budget", "address_1", "address_line_2"]) == meant


@pytest.mark.parametrize("name", ["contact_name", "contactName", "Contact-Name", "còntact name"])
def test_case_accents_and_separators_make_no_difference(name: str) -> None:
    assert name_shape(name) == "contactname"
