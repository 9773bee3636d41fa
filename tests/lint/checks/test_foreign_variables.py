from __future__ import annotations

import pytest

from revox_sync.lint.checks.foreign_variables import is_liquid_filter, platform_of


@pytest.mark.parametrize(
    ("name", "platform"),
    [
        ("system__time_utc", "ElevenLabs"),
        ("customer.number", "Vapi"),
        ("transport.conversationType", "Vapi"),
        ("current_time_America/Argentina/Buenos_Aires", "Retell"),
        ("current_calendar_Europe/Paris", "Retell"),
        ("contact.first_name", "HighLevel"),
        ("widgets.ask.SpeechResult", "Twilio Studio"),
        ("$json.body.name", "n8n"),
        ("current_time", ""),
        ("customer_number", ""),
        ("kunde.nummer", ""),
        ("système__heure", ""),
        ("now", ""),
    ],
)
def test_platform_of_a_name(name: str, platform: str) -> None:
    assert platform_of(name) == platform


@pytest.mark.parametrize("inside", ['"now" | date: "%d.%m.%Y"', 'nome | default: "o titular"', "x|upcase"])
def test_filter(inside: str) -> None:
    assert is_liquid_filter(inside)


@pytest.mark.parametrize("inside", ["true | false", "#if x", '"a": 1 | "b"', "name"])
def test_no_filter(inside: str) -> None:
    assert is_liquid_filter(inside) is (inside == "true | false")
