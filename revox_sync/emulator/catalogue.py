"""The voices and phone numbers of the emulated organisation.

A small choice of each provider. Keys and values are those of the SDK's `VoiceListResponse` and
`PhoneNumberListResponse`.
"""

from __future__ import annotations

from typing import Any, Final


def _voice(provider: str, voice_id: str, name: str, language: str, gender: str) -> dict[str, Any]:
    return {
        "id": voice_id,
        "provider": provider,
        "name": name,
        "language": language,
        "description": f"{name}, a {gender} voice",
        "gender": gender,
        "isCloned": False,
    }


def _number(phone_number: str, label: str, provider: str, source: str) -> dict[str, Any]:
    return {
        "id": f"pn_{phone_number.removeprefix('+')}",
        "phone_number": phone_number,
        "provider": provider,
        "source": source,
        "type": "owned_number",
        "label": label,
        "created_at": "2026-01-05T09:00:00.000000Z",
        "created_by": None,
        "inbound_assistant": None,
        "inbound_sip_uri": None,
        "livekit_outbound_trunk_id": None,
    }


VOICES: Final = (
    _voice("cartesia", "f786b574-daa5-4673-aa0c-cbe3e8534c02", "Katie", "en", "female"),
    _voice("cartesia", "228fca29-3a0a-435c-8728-5cb483251068", "Kiefer", "en", "male"),
    _voice("cartesia", "65b25c5d-ff07-4687-a04c-da2f43ef6fa9", "Camille", "fr", "female"),
    _voice("elevenlabs", "21m00Tcm4TlvDq8ikWAM", "Rachel", "en", "female"),
    _voice("elevenlabs", "JBFqnCBsd6RMkjVDRZzb", "George", "en", "male"),
    _voice("gradium", "YTpq7expH9539ERJ", "Emma", "en", "female"),
    _voice("gradium", "b35yykvVppLXyw_l", "Elise", "fr", "female"),
)

# From ranges that Arcep, Ofcom and NANPA reserve for fiction: nobody can be called by mistake.
PHONE_NUMBERS: Final = (
    _number("+33199001200", "Sales and booking", "twilio", "revox_purchased"),
    _number("+33199001201", "Support and reception", "twilio", "revox_purchased"),
    _number("+33199001202", "Accounts", "telnyx", "user_imported"),
    _number("+33199001203", "Recruiting", "telnyx", "user_imported"),
    _number("+442079460123", "London", "twilio", "revox_provisioned"),
    _number("+12025550143", "Washington", "twilio", "revox_provisioned"),
)
