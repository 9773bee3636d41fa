"""Which spellings count as one value, format by format; the table that decides what a server may make of a text."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revox_sync.contract.fields import Node, assistant_node
from revox_sync.sync.comparing.canonical import equal
from revox_sync.sync.comparing.forms import equal_loosely, form_digest, means_the_same
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.values.pointer import Pointer
from revox_sync.values.secret import Secret
from tests.strategies import assistants
from tests.sync.comparing.test_canonical import rewrite

ROOT = assistant_node()


def at(*pointer: str) -> Node | None:
    """The schema's node; `*` is a list's entry."""
    node: Node | None = ROOT
    for key in pointer:
        assert node is not None
        node = node.element if key == "*" else node.child(key)
    assert node is not None or not pointer
    return node


PROMPT, NAME = ("prompt",), ("name",)
HOOK, LOOKUP, LOGO = ("webhook_url",), ("precall_lookup_url",), ("logo_url",)
TOOL, EVENT = ("custom_tools", "*", "url"), ("calendly", "event_type_id")
MAILS, PHONE = ("email_notification_address",), ("from_phone_number",)
START = ("call_retry_config", "calling_windows", "*", "calling_window_start_time")
ZONE = ("call_retry_config", "timezone")
SPEED = ("voice", "speed")

# The place; two values; whether one may be the server's form of the other.
FORMS: list[tuple[Pointer, Any, Any, bool]] = [
    # texts: white space, line ends, Unicode form; nothing else
    (PROMPT, "You  are\n A.", "You are A.", True),
    (PROMPT, " a\r\nb\t", "a\nb", True),
    (PROMPT, "e\u0301", "\u00e9", True),
    (PROMPT, "a\u00a0b", "a b", True),
    (PROMPT, "You are A.", "you are A.", False),
    (PROMPT, "ab", "a b", False),
    (PROMPT, "a", "b", False),
    (PROMPT, "a.", "a", False),
    (PROMPT, "\ufb01", "fi", False),
    (PROMPT, "\u201ca\u201d", '"a"', False),
    # names: case and quotes, too
    (NAME, "Anna  Bell ", "anna bell", True),
    (NAME, "Zoe\u0301", "ZO\u00c9", True),
    (NAME, "\u2018Anna\u2019 \u201cBell\u201d", "'Anna' \"Bell\"", True),
    (NAME, "Stra\u00dfe", "STRASSE", True),
    (NAME, "Anna\u00a0Bell", "Anna Bell", True),
    (NAME, "Anna", "Hanna", False),
    (NAME, "Anna-Bell", "Anna Bell", False),
    (("voice", "id"), "Anna", "anna", False),
    (("custom_tools", "*", "name"), "book_slot", "Book_Slot", False),
    # numbers: by value, to six digits; nothing else is one
    (SPEED, 1, 1.0, True),
    (SPEED, 1.1, 1.1000000238418579, True),
    (SPEED, 1.99999999, 2, True),
    (SPEED, 0.1 + 0.2, 0.3, True),
    (SPEED, 1.1, 1.100004, True),
    (SPEED, 1.1, 1.10001, False),
    (SPEED, 1.1, 1.2, False),
    (SPEED, 1, "1", False),
    (SPEED, 1, True, False),
    (SPEED, 0, None, False),
    (("max_call_duration_secs",), 600, 601, False),
    (("max_call_duration_secs",), 1_000_001, 1_000_002, False),
    (("sms_enabled",), True, False, False),
    (("sms_enabled",), False, None, False),
    (("first_sentence_mode",), "generated", "static", False),
    # e-mail addresses: case, blanks
    (MAILS, "Ops@Example.com", "ops@example.com", True),
    (MAILS, "a@x.com, b@x.com", "a@x.com,b@x.com", True),
    (MAILS, "a@x.com,b@x.com", "b@x.com,a@x.com", False),
    (MAILS, "a@x.com", "b@x.com", False),
    # phone numbers: separators
    (PHONE, "+33 1 99 00 12 00", "+33199001200", True),
    (PHONE, "+33-199.001(200)", "+33199001200", True),
    (PHONE, "+33199001200", "33199001200", False),
    (PHONE, "+33199001200", "+33199001201", False),
    (("transfer_destinations", "*", "phone_number"), "+33 199001200", "+33199001200", True),
    # times of day
    (START, "9am", "09:00", True),
    (START, "9:30 AM", "09:30", True),
    (START, "9:30", "09:30", True),
    (START, "12am", "00:00", True),
    (START, "12pm", "12:00", True),
    (START, "5pm", "17:00", True),
    (START, "5pm", "05:00", False),
    (START, "soon", "soon ", True),
    (START, "soon", "later", False),
    (START, "9am", "9pm", False),
    (START, "09:00", "09:30", False),
    (PROMPT, "9am", "09:00", False),
    # time zones
    (ZONE, "Europe/Kiev", "Europe/Kyiv", True),
    (ZONE, "europe/paris", "Europe/Paris", True),
    (ZONE, "US/Eastern", "America/New_York", True),
    (ZONE, "Europe/Paris", "Europe/Berlin", False),
    (ZONE, "Not/AZone", "not/azone", False),
    (PROMPT, "Europe/Kiev", "Europe/Kyiv", False),
    # nothing
    (("custom_tools",), [], None, True),
    (("transfer_destinations",), None, [], True),
    (("call_retry_config",), {"allowed_days": [], "max_retry_attempts": 2}, {"max_retry_attempts": 2}, True),
    (("call_retry_config",), {"allowed_days": None, "max_retry_attempts": 2}, {"max_retry_attempts": 2}, True),
    (("custom_tools",), [], [{}], False),
    (PROMPT, "", None, False),
    (("voice",), {}, None, False),
    (("custom_tools",), [{"name": "t", "url": "https://x.com"}], None, False),
    # inside lists and mappings, each by its own format
    (("faq_items",), [{"question": "Open? ", "answer": "Yes\n"}], [{"answer": "Yes", "question": "Open?"}], True),
    (("faq_items",), [{"question": "Open?", "answer": "YES"}], [{"answer": "yes", "question": "Open?"}], False),
    (("faq_items",), [{"question": "A", "answer": "a"}], [], False),
    (("transfer_destinations",), [{"phone_number": "+33 1"}], [{"phone_number": "+331"}], True),
    (("custom_tools",), [{"name": "t", "url": "HTTPS://X.com"}], [{"name": "t", "url": "https://x.com/"}], True),
]


@pytest.mark.parametrize(("pointer", "left", "right", "are"), FORMS)
def test_what_may_be_a_servers_form_of_the_other(pointer: Pointer, left: Any, right: Any, *, are: bool) -> None:
    node = at(*map(str, pointer))
    assert equal_loosely(left, right, node) is equal_loosely(right, left, node) is are
    assert (form_digest(left, node) == form_digest(right, node)) is are


# Two URLs; whether they are one by the normal form of RFC 3986, sections 6.2.2 and 6.2.3.
URLS: list[tuple[str, str, bool]] = [
    ("https://x.com/a", "https://x.com/a", True),
    ("HTTPS://X.Com/a", "https://x.com/a", True),
    ("https://x.com", "https://x.com/", True),
    ("https://x.com:443/a", "https://x.com/a", True),
    ("http://x.com:80/a", "http://x.com/a", True),
    ("https://x.com:/a", "https://x.com/a", True),
    ("https://x.com/%41%7a%30", "https://x.com/Az0", True),
    ("https://@x.com/a", "https://x.com/a", False),
    ("https://x.com/%7euser", "https://x.com/~user", True),
    ("https://x.com/caf%c3%a9", "https://x.com/caf%C3%A9", True),
    ("https://x.com/A", "https://x.com/a", False),
    ("https://x.com/a/", "https://x.com/a", False),
    ("https://x.com:80/a", "https://x.com/a", False),
    ("http://x.com:443/a", "http://x.com/a", False),
    ("http://x.com/a", "https://x.com/a", False),
    ("https://x.com/a?q=A", "https://x.com/a?q=a", False),
    ("https://x.com/a?q=1", "https://x.com/a", False),
    ("https://x.com/a#b", "https://x.com/a", False),
    ("https://x.com/a", "https://y.com/a", False),
    ("https://U:p@x.com/a", "https://u:p@x.com/a", False),
    ("https://u:p@x.com/a", "https://up@x.com/a", False),
    ("https://ux:p@x.com/a", "https://u:p@x.com/a", False),
    ("https://u@X.com/a", "https://u@x.com/a", True),
    ("X.com/A", "x.com/A", False),  # no scheme, so nothing tells what is a host
    ("//X.com/A", "//x.com/A", False),
    ("mailto:A@x.com", "mailto:a@x.com", False),
    ("https:///A", "HTTPS:///A", False),
    ("https://x.com?a=b", "https://x.com/?a=b", True),
    ("https://x.com/%C3%A9", "https://x.com/\u00e9", True),
    ("https://x.com/%E9", "https://x.com/\u00e9", False),  # not the same bytes
    ("https://x.com/a%2Db", "https://x.com/a-b", True),
    ("https://u:p@X.com/a", "https://u:p@x.com/a", True),
    ("https://x.com/a%20b", "https://x.com/a+b", False),
    # an escaped delimiter is no delimiter (section 2.2)
    ("https://x.com/a%2Fb", "https://x.com/a/b", False),
    ("https://x.com/a%3Fb", "https://x.com/a?b", False),
    ("https://x.com/a%2fb", "https://x.com/a%2Fb", True),
    ("https://x.com/a%2Fb", "https://x.com/a2Fb", False),
    ("https://x.com/%ff", "https://x.com/%fe", False),
    ("https://x.com/100%25", "https://x.com/100%2525", False),
    # the query, too, has needless escapes
    ("https://x.com/a?q=%7e", "https://x.com/a?q=~", True),
    ("https://x.com/a?q=%2b", "https://x.com/a?q=%2B", True),
    # section 6.2.2.3
    ("https://x.com/a/./b/../c", "https://x.com/a/c", True),
]


@pytest.mark.parametrize(("left", "right", "are"), URLS)
def test_urls(left: str, right: str, *, are: bool) -> None:
    assert equal_loosely(left, right, at(*HOOK)) is equal_loosely(right, left, at(*HOOK)) is are


@pytest.mark.parametrize("pointer", [HOOK, LOOKUP, LOGO, TOOL, EVENT])
def test_which_texts_are_urls(pointer: tuple[str, ...]) -> None:
    assert equal_loosely("HTTPS://API.x.com:443/types/b2", "https://api.x.com/types/b2", at(*pointer))
    assert not equal_loosely("https://api.x.com/types/b2", "https://api.x.com/types/B2", at(*pointer))
    assert not equal_loosely("HTTPS://x.com", "https://x.com/", at(*PROMPT))


@pytest.mark.parametrize("text", ["https://x.com/{{lead_id}}", "{{base}}/a", "https://[", "https://x.com:no/", "x", ""])
def test_what_is_no_plain_url_is_still_itself(text: str) -> None:
    assert equal_loosely(text, text, at(*TOOL))
    assert not equal_loosely(text, f"{text}y", at(*TOOL))


# The place; two values; whether a file that says one of them is in sync with a server that says the other.
MEANT: list[tuple[Pointer, Any, Any, bool]] = [
    (START, "9am", "09:00", True),
    (START, "9:00am", "9:00", True),
    (START, "9am", "9pm", False),
    (ZONE, "Europe/Kiev", "Europe/Kyiv", True),
    (ZONE, "Europe/Kyiv", "Europe/Paris", False),
    (("call_retry_config",), {"timezone": "Europe/Kiev"}, {"timezone": "Europe/Kyiv"}, True),
    (
        ("call_retry_config", "calling_windows"),
        [{"calling_window_start_time": "9am", "calling_window_end_time": "5pm"}],
        [{"calling_window_start_time": "09:00", "calling_window_end_time": "17:00"}],
        True,
    ),
    (("custom_tools",), [], None, True),
    (("call_retry_config",), {"allowed_days": []}, {"allowed_days": None}, True),
    (("custom_tools",), [], [{}], False),
    # canonical equality is enough, and every other spelling is content
    (PROMPT, "a\r\n", "a", True),
    (SPEED, 1, 1.0, True),
    (PROMPT, " a", "a", False),
    (PROMPT, "e\u0301", "\u00e9", False),
    (NAME, "Anna", "anna", False),
    (PHONE, "+33 1", "+331", False),
    (HOOK, "https://X.com/", "https://x.com", False),
    (SPEED, 1.1, 1.1000000238418579, False),
]


@pytest.mark.parametrize(("pointer", "left", "right", "are"), MEANT)
def test_what_is_in_sync_in_another_spelling(pointer: Pointer, left: Any, right: Any, *, are: bool) -> None:
    node = at(*map(str, pointer))
    assert means_the_same(left, right, node) is means_the_same(right, left, node) is are


def test_secrets_have_one_form() -> None:
    node = at("llm_model")
    assert node is not None
    first, second = ({"type": "custom", "api_key": Secret(text)} for text in ("canary-1", "canary-2"))
    assert form_digest(first, node) == form_digest(second, node)
    assert form_digest(Secret("a"), at(*HOOK)) == form_digest(Secret("b"), at(*HOOK))


def test_a_form_has_the_same_digest_in_every_release() -> None:
    assert form_digest("HTTPS://u:p@x.com/%e9?q#f", at(*HOOK)) == "534098e403a13546354327fafb723884"
    assert (
        form_digest("A@x.com, b@x.com", at(*MAILS))
        == form_digest("a@x.com,b@x.com", at(*MAILS))
        == "0ef1b9c4750e04a0011104286feaa8c6"
    )
    assert form_digest("e\u0301  a", None) == form_digest("\u00e9 a", None) == "cede393ae4e5b9697cc6a47fe9ebcd3f"


def test_without_a_schema_texts_are_texts() -> None:
    assert equal_loosely(" a  b", "a b", None)
    assert not equal_loosely("A", "a", None)
    assert not equal_loosely("9am", "09:00", None)


@settings(max_examples=60, deadline=None)
@given(assistants(), st.randoms(use_true_random=False))
def test_what_is_equal_has_one_form(document: dict[str, Any], chance: random.Random) -> None:
    guarded = wrap_schema_secrets(document, ROOT)
    rewritten = wrap_schema_secrets(rewrite(document, ROOT, chance), ROOT)
    for key, value in guarded.items():
        assert means_the_same(value, rewritten[key], ROOT.child(key))
        assert form_digest(value, ROOT.child(key)) == form_digest(rewritten[key], ROOT.child(key))


@settings(max_examples=60, deadline=None)
@given(assistants(), assistants())
def test_equal_then_meant_then_spelt(left: dict[str, Any], right: dict[str, Any]) -> None:
    """Each of the three equalities holds at least where the one before it does."""
    for key in left.keys() & right.keys():
        node = ROOT.child(key)
        if equal(left[key], right[key], node):
            assert means_the_same(left[key], right[key], node)
        if means_the_same(left[key], right[key], node):
            assert equal_loosely(left[key], right[key], node)
