"""From a violation of the contract to a fix: its title, its amendments, and whether it is safe."""

from __future__ import annotations

from typing import Final

import pytest

from revox_sync.lint.fixes.contract_fixes import contract_fix, is_accepted
from revox_sync.lint.model.rule import Fix
from revox_sync.source.model.amendment import Remove, RenameKey, SetValue
from revox_sync.source.model.value import Scalar
from revox_sync.values.pointer import Pointer
from tests.lint.project import subject_of

HEAD: Final = "name: A\nprompt: Hi\n"
RETRY: Final = "call_retry_config:\n  max_retry_attempts: 3\n  allowed_days: [monday]\n  call_twice_in_a_row: false\n"
WINDOW: Final = "  calling_window_start_time: 9am\n  calling_window_end_time: 6pm\n"
SLACK: Final = "slack: {connection_id: c, outcomes: [], channel_id: C1"
MODEL: Final = "llm_model: {type: custom, model_name: x, api_url: https://x.example, api_key: "

# What the file says below name and prompt, and the one fix of its violations.
FIXES: Final[dict[str, tuple[str, Fix | None]]] = {
    "one slip": (
        "webhok_url: https://x.example\n",
        Fix("rename to `webhook_url`", (RenameKey(("webhok_url",), "webhook_url"),), safe=True),
    ),
    "one slip, but the value does not fit": (
        "sms_enable: often\n",
        Fix("rename to `sms_enabled`", (RenameKey(("sms_enable",), "sms_enabled"),), safe=False),
    ),
    "one slip before a value that is not known": (
        "sms_enable: !env SMS\n",
        Fix("rename to `sms_enabled`", (RenameKey(("sms_enable",), "sms_enabled"),), safe=True),
    ),
    "two slips": (
        "voicemial_mesage: Hello\n",
        Fix("rename to `voicemail_message`", (RenameKey(("voicemial_mesage",), "voicemail_message"),), safe=False),
    ),
    "one slip inside of a mapping": (
        "voice: {id: x, provider: gradium, sped: 1}\n",
        Fix("rename to `speed`", (RenameKey(("voice", "sped"), "speed"),), safe=True),
    ),
    "one slip before a list": (
        "faq_item: []\n",
        Fix("rename to `faq_items`", (RenameKey(("faq_item",), "faq_items"),), safe=True),
    ),
    "one slip before a list that lacks something": (
        "faq_item: [{question: Q}]\n",
        Fix("rename to `faq_items`", (RenameKey(("faq_item",), "faq_items"),), safe=True),
    ),
    "one slip before a mapping where a list belongs": (
        "faq_item: {}\n",
        Fix("rename to `faq_items`", (RenameKey(("faq_item",), "faq_items"),), safe=False),
    ),
    "one slip before a mapping": (
        "slck: {connection_id: c, outcomes: []}\n",
        Fix("rename to `slack`", (RenameKey(("slck",), "slack"),), safe=True),
    ),
    "a key like no other": ("colour: red\n", None),
    "number in quotes": (
        "first_sentence_delay_ms: '400'\n",
        Fix("write `400`", (SetValue(("first_sentence_delay_ms",), 400),), safe=True),
    ),
    "fraction in quotes": (
        "background_sound_volume: '0.50'\n",
        Fix("write `0.5`", (SetValue(("background_sound_volume",), 0.5),), safe=False),
    ),
    "boolean in quotes": (
        "sms_enabled: 'TRUE'\n",
        Fix("write `true`", (SetValue(("sms_enabled",), value=True),), safe=True),
    ),
    "other boolean in quotes": (
        "sms_enabled: 'False'\n",
        Fix("write `false`", (SetValue(("sms_enabled",), value=False),), safe=True),
    ),
    "number in quotes that is out of range": ("background_sound_volume: '7'\n", None),
    "minus zero in quotes": ("first_sentence_delay_ms: '-0'\n", None),
    "number in quotes with more digits than are exact": ("first_sentence_delay_ms: '1234567890123456'\n", None),
    "no boolean": ("sms_enabled: often\n", None),
    "boolean in quotes for a number": ("first_sentence_delay_ms: 'true'\n", None),
    "number for a boolean": ("sms_enabled: 1\n", None),
    "list for a text that may be null": ("voicemail_message: [a]\n", None),
    "no number": ("first_sentence_delay_ms: soon\n", None),
    "number for a text, as it is spelt": (
        "first_sentence: 1.10\n",
        Fix('quote it: "1.10"', (SetValue(("first_sentence",), "1.10"),), safe=True),
    ),
    "number with a tag for a text": ("first_sentence: !!int 3\n", None),
    "number with an anchor for a text": ("first_sentence: &x 3\n", None),
    "list for a text": ("first_sentence: [a]\n", None),
    "number for a secret": (MODEL + "123456}\n", None),
    "misspelt choice": (
        "first_sentence_mode: statc\n",
        Fix("write `static`", (SetValue(("first_sentence_mode",), "static"),), safe=False),
    ),
    "no choice": ("first_sentence_mode: purple\n", None),
    "what the server sets": ("id: asst_1\n", Fix("remove `id`", (Remove(("id",)),), safe=True)),
    "null": ("webhook_url: null\n", Fix("remove `webhook_url`", (Remove(("webhook_url",)),), safe=False)),
    "null inside of a mapping": (
        "voice: {id: x, speed: null, provider: gradium}\n",
        Fix("remove `speed`", (Remove(("voice", "speed")),), safe=False),
    ),
    "null in a list": (
        "after_call_sms_outcomes: [none, null]\n",
        Fix("remove the entry", (Remove(("after_call_sms_outcomes", 1)),), safe=False),
    ),
    "key that has moved": (
        SLACK + "}\n",
        Fix(
            "move it into `channels`",
            (RenameKey(("slack", "channel_id"), "channels"), SetValue(("slack", "channel_id"), [{"id": "C1"}])),
            safe=True,
        ),
    ),
    "keys that have moved, one of them null": (
        SLACK + ", channel_name: null}\n",
        Fix(
            "move it into `channels`",
            (
                RenameKey(("slack", "channel_id"), "channels"),
                SetValue(("slack", "channel_id"), [{"id": "C1"}]),
                Remove(("slack", "channel_name")),
            ),
            safe=True,
        ),
    ),
    "keys that have moved, each with another name": (
        SLACK + ", channel_name: ops}\n",
        Fix(
            "move it into `channels`",
            (
                RenameKey(("slack", "channel_id"), "channels"),
                SetValue(("slack", "channel_id"), [{"id": "C1", "name": "ops"}]),
                Remove(("slack", "channel_name")),
            ),
            safe=True,
        ),
    ),
    "key that has moved, where its new place is taken": (SLACK + ", channels: []}\n", None),
    "key that has moved, but is not known": ("transfer_phone_number: !env PHONE\n", None),
    "keys that have moved, one of them not known": (SLACK + ", channel_name: !env NAME}\n", None),
    "key that has moved, of a variable": ("transfer_phone_number: !var desk\n", None),
    "keys that have moved, but are too few for an entry": (RETRY + "  retry_delay_seconds: 60\n", None),
    "keys that have moved, one of them a number that would be spelt otherwise": (
        RETRY + WINDOW + "  retry_delay_seconds: +60\n",
        Fix(
            "move it into `calling_windows`",
            (
                RenameKey(("call_retry_config", "calling_window_start_time"), "calling_windows"),
                SetValue(
                    ("call_retry_config", "calling_window_start_time"),
                    [
                        {
                            "calling_window_end_time": "6pm",
                            "calling_window_start_time": "9am",
                            "retry_delay_seconds": 60,
                        }
                    ],
                ),
                Remove(("call_retry_config", "calling_window_end_time")),
                Remove(("call_retry_config", "retry_delay_seconds")),
            ),
            safe=False,
        ),
    ),
    "key that has moved, of another form": ("transfer_phone_number: at reception\n", None),
    "key that has moved into an entry with more keys": (
        "transfer_phone_number: '+33639980001'\n",
        Fix(
            "move it into `transfer_destinations`",
            (
                RenameKey(("transfer_phone_number",), "transfer_destinations"),
                SetValue(("transfer_phone_number",), [{"label": "Transfer", "phone_number": "+33639980001"}]),
            ),
            safe=False,
        ),
    ),
    "null that would have moved": (
        "transfer_phone_number: null\n",
        Fix("remove `transfer_phone_number`", (Remove(("transfer_phone_number",)),), safe=True),
    ),
}


@pytest.mark.parametrize(("text", "expected"), FIXES.values(), ids=FIXES)
def test_fix_of_a_violation(text: str, expected: Fix | None) -> None:
    subject = subject_of(HEAD + text)
    assert subject.violations
    fixes = [contract_fix(subject, violation) for violation in subject.violations]
    assert [fix for fix in fixes if fix] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("pointer", "value", "expected"),
    [
        (("first_sentence",), "Hello", True),
        (("first_sentence_delay_ms",), 400, True),
        (("first_sentence_delay_ms",), "400", False),
        (("background_sound_volume",), 7, False),
        (("llm_model", "api_key"), "key", False),
        (("colour",), "red", True),
    ],
)
def test_what_some_contract_takes_and_may_be_shown(pointer: Pointer, value: Scalar, *, expected: bool) -> None:
    assert is_accepted(subject_of(HEAD + MODEL + "k}\n"), pointer, value) is expected
