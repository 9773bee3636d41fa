from __future__ import annotations

import pytest

from revox_sync.lint.checks.promised_transfers import promised_transfers


@pytest.mark.parametrize(
    "text",
    [
        "If it is urgent, transfer the caller to a nurse.",
        "Put them through to Claims.",
        "Transférez l'appel au service.",
        "Transfère la personne à un conseiller.",
        "Verbinden Sie den Anrufer mit Frau Ott.",
        "Leite den Anruf an die Zentrale weiter.",
        "Transfiere la llamada a un asesor.",
        "Quando houver dor no peito, transfira a chamada.",
        "Inoltra la chiamata al notaio.",
        "Verbind het gesprek door met Planning.",
        "Przekieruj rozmowę do konsultanta.",
    ],
)
def test_an_order(text: str) -> None:
    assert len(list(promised_transfers(text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Never transfer the caller.",
        "You cannot transfer the call. Take a message.",
        "If they say 'transfer me', take a message.",
        "Vous ne transférez jamais l'appel.",
        "Leiten Sie den Anruf nicht weiter.",
        "No transfieras la llamada.",
        "Money transfers take two days.",
    ],
)
def test_no_order(text: str) -> None:
    assert list(promised_transfers(text)) == []
