"""What each text format accepts and refuses; the sources are named in revox_sync/formats.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

EVENT_TYPES: Final = "https://api.calendly.com/event_types"
UUID: Final = "b2330295-2a91-4a1d-bb73-99e7707663d5"

ACCEPTED: Final[Mapping[str, list[str]]] = {
    "e164": ["+33612345678", "+12", "+123456789012345"],
    "clock-time": [
        *["17:00", "9:00", "09:30", "0:00", "00:00", "23:59"],
        *["6pm", "9:30am", "9:30 am", "06PM", "12am", "12:59 Pm", "6 pm"],
    ],
    "calendly-event-type": [f"{EVENT_TYPES}/{UUID}", f"{EVENT_TYPES}/{UUID.upper()}"],
    "lookup-url": [
        "https://crm.example.com/lookup?phone={{phone}}",
        "http://crm.example.com/{{phone}}",
        "HTTPS://crm.example.com/{{phone}}/{{phone}}#x",
    ],
    "snake-case": ["check_inventory", "a", "a1", "a1_b2_3"],
    "http-url": [
        *[
            "https://hooks.example.com/revox",
            "http://one.example",
            "HTTPS://ONE.EXAMPLE",
            "https://one.example:8443/a?b#c",
        ],
        *["https://[::1]/", "https://bücher.example/"],
    ],
    "tool-url": [
        *["https://api.example.com/{{id}}", "https://{{host}}/x", "{{base}}", "{{base}}/x", "http://api.example.com"],
    ],
    "iana-time-zone": ["Europe/Paris", "America/Argentina/Buenos_Aires", "UTC", "Etc/GMT+1"],
    "email-list": [
        *["team@example.com", "team@example.com,ops@example.com", "team@example.com, ops@example.com"],
        *["first.last+tag@sub.example.com", "élodie@example.com"],
    ],
}

REFUSED: Final[Mapping[str, list[str]]] = {
    "e164": [
        *["", "+", "+1", "+1234567890123456", "+0612345678", "0033612345678", "33612345678"],
        *["+33 612345678", " +33612345678", "+33612345678 ", "+33612345678\n", "\n+33612345678", "+336123\n45678"],
        *["+33-612-345-678", "+３３６１２３４５", "+33612345678,+33612345679", "{{phone}}"],
    ],
    "clock-time": [
        *["", "24:00", "17:60", "17:0", "1:60", "17", "17h00", "noon", "-1:00", "17:00:00", "1700"],
        *["0am", "13pm", "00:00am", "6p", "6  pm", "６pm", "17:00\n", "6pm\n", " 6pm", "6pm "],
    ],
    "calendly-event-type": [
        *["", UUID, f"{EVENT_TYPES}/", f"{EVENT_TYPES}/x", f"{EVENT_TYPES}/{UUID}/", f"{EVENT_TYPES}/{UUID}\n"],
        *[f"http://api.calendly.com/event_types/{UUID}", f"https://calendly.com/event_types/{UUID}"],
        *[f"https://apiXcalendly.com/event_types/{UUID}", f"{EVENT_TYPES}/{UUID[:-1]}", f"{EVENT_TYPES}/{UUID[:-1]}g"],
    ],
    "lookup-url": [
        *["", "https://crm.example.com/", "https://crm.example.com/{phone}", "https://crm.example.com/{{ phone }}"],
        *["ftp://crm.example.com/{{phone}}", "crm.example.com/{{phone}}", "https:///{{phone}}", "https://?{{phone}}"],
        *["https://crm.example.com/a b{{phone}}", " https://crm.example.com/{{phone}}", "{{phone}}"],
        *["https://a.example/{{phone}}\n", "https://a.example/\n{{phone}}", "https://a.example/\t{{phone}}"],
    ],
    "snake-case": [
        *["", "_a", "a_", "a__b", "A", "aB", "a-b", "a b", "1a", "é", "a\n", "a.b", "{{name}}"],
    ],
    "http-url": [
        *["", "one.example", "//one.example", "ftp://one.example", "mailto:team@example.com", "javascript:alert(1)"],
        *["https://", "https:///a", "https://?a", "https://#a", "https:/one.example", "https//one.example"],
        *["https://one example", "https://one.example/a b", "https://one.example\n", " https://one.example"],
        *["https://one.example/a\u2028b", "https://one.example/\u00a0", "http\u017f://one.example"],
    ],
    "tool-url": [
        *["", "api.example.com", "ftp://api.example.com", "https://", "{{", "https://api.example.com\n", "/{{path}}"],
    ],
    "iana-time-zone": [
        *["", "Paris", "europe/paris", "Europe", "Europe/Paris\n", " UTC", "+01:00", "GMT+1", "Europe/Paris\0"],
        *["..", "../UTC", "/UTC", "Europe/../UTC", "zone.tab", "tzdata.zi"],
        *["localtime", "posix/Europe/Paris", "right/UTC"],
    ],
    "email-list": [
        *[
            "",
            "team",
            "team@example.com\n",
            "team@",
            "@example.com",
            "team@localhost",
            "team@example.com;ops@example.com",
            "Team <t@example.com>",
        ],
        *[
            "team@example.com,",
            ",team@example.com",
            "team@example.com,,ops@example.com",
            "team@example.com ops@example.com",
        ],
        *["team@exam\nple.com"],
    ],
}
