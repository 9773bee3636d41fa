from __future__ import annotations

import pytest

from revox_sync.lint.checks.written_dates import written_dates


@pytest.mark.parametrize(
    "text",
    [
        "Today is Tuesday, June 3rd, 2025",
        "The current date is 2025-06-03",
        "Today's date: 06/03/2025",
        "Aujourd'hui, nous sommes le 4 mars 2025",
        "La date du jour est le 12/11/2024",
        "Heute ist Montag, der 3. Februar 2025",
        "Hoy es lunes 10 de marzo de 2025",
        "Hoje é sexta-feira, 7 de março de 2025",
        "Oggi è mercoledì 5 marzo 2025",
        "Vandaag is het dinsdag 4 maart 2025",
        "Dzisiaj jest środa, 5 marca 2025",
    ],
)
def test_a_day_that_was_today(text: str) -> None:
    ((start, end),) = written_dates(f"Note. {text}. Be kind.")
    assert (start, end) == (6, 6 + len(text))


@pytest.mark.parametrize(
    "text",
    [
        "Today is {{today}}, and the fair is on 3 May 2026.",
        "Today is a holiday. In 2025 we opened.",
        "Hoy es fiesta.",
        "Nous sommes le magasin du centre, ouvert depuis 2019.",
        "The concert is on June 3rd, 2025.",
    ],
)
def test_no_such_day(text: str) -> None:
    assert list(written_dates(text)) == []
