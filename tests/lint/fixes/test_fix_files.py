"""Fixes: what each gives, which are safe, and which file they are made in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pytest

from revox_sync.config import LintOptions
from revox_sync.lint.fixes.fix_files import Fixed, fix_files, in_rounds, shown_text
from revox_sync.lint.model.rule import ADDRESS_OF_EXAMPLES
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.workspace import Workspace
from tests.lint.project import HEAD, fixed_files, lint_files

PATH: Final = ADDRESS_OF_EXAMPLES
FLAT: Final = "  calling_window_start_time: 9am\n  calling_window_end_time: 6pm\n"
RETRY: Final = "call_retry_config:\n  max_retry_attempts: 3\n  allowed_days: [monday]\n  call_twice_in_a_row: false\n"
WINDOW: Final = (
    "    - calling_window_start_time: 9am\n      calling_window_end_time: 6pm\n      retry_delay_seconds: 60\n"
)
CRLF: Final = "name: A\r\nprompt: |\r\n  Bonjour ☕\r\n"

# What the file says below name and prompt, and what safe fixes make of it; None: they leave it alone.
SAFE: Final = {
    "comment behind a key": ("webhok_url: https://x.example # why\n", "webhook_url: https://x.example # why\n"),
    "case and dashes": ("firstSentence: Hello\n", "first_sentence: Hello\n"),
    "quoted key": ('"sms-enabled": true\n', '"sms_enabled": true\n'),
    "swapped letters": ("vocie: {id: x, provider: gradium}\n", "voice: {id: x, provider: gradium}\n"),
    "two slips": ("voicemial_mesage: Hello\n", None),
    "unit lost": ("first_sentence_delay: 400\n", None),
    "value does not fit": ("sms_enable: often\n", None),
    "unknown, but misspelt": ("webhok_url: !env URL\n", "webhook_url: !env URL\n"),
    "shared value": ("voice: &v {id: x, provider: gradium, sped: 1}\nvoices: *v\n", None),
    "number in quotes": ("first_sentence_delay_ms: '400' # ms\n", "first_sentence_delay_ms: 400 # ms\n"),
    "fraction in quotes": ('background_sound_volume: "0.5"\n', "background_sound_volume: 0.5\n"),
    "boolean in quotes": ('sms_enabled: "True"\n', "sms_enabled: true\n"),
    "leading zero in quotes": ('first_sentence_delay_ms: "0400"\n', None),
    "number out of range": ('background_sound_volume: "7"\n', None),
    "number for a text": ("first_sentence: 1.10\n", 'first_sentence: "1.10"\n'),
    "boolean for a text": ("first_sentence: true\n", 'first_sentence: "true"\n'),
    "number for a choice": ("first_sentence_mode: 3\n", None),
    "number for a phone number": ("from_phone_number: 33639980001\n", None),
    "tagged number": ("first_sentence: !!int 3\n", None),
    "text for a list": ("allowed_days: monday\n", None),
    "secret": ("llm_model: {type: custom, model_name: x, api_url: https://x.example, api_key: 123456}\n", None),
    "secret with zeros": (
        "llm_model: {type: custom, model_name: x, api_url: https://x.example, api_key: 0123}\n",
        None,
    ),
    "octal": ("first_sentence_delay_ms: 0o17\n", None),
    "zero at the end in quotes": ('background_sound_volume: "0.50"\n', None),
    "time": ("first_sentence: 18:30\n", 'first_sentence: "18:30"\n'),
    "word where no text fits": ("max_call_duration_secs: yes\n", None),
    "no phone number": ("from_phone_number: 0612345678\n", None),
    "read-only keys": ("id: asst_1\ncreated_at: {}\nsms_enabled: true\n", "sms_enabled: true\n"),
    "read-only key with a comment": ("id: asst_1  # ours\nsms_enabled: true\n", "# ours\nsms_enabled: true\n"),
    "read-only key with a comment to us": (
        "id: asst_1 # revox: ignore[RVX207] why\nsms_enabled: true\n",
        "sms_enabled: true\n",
    ),
    "read-only key behind a dash": (
        "faq_items:\n  - id: x # ours\n    question: Q\n    answer: A\n",
        "faq_items:\n  - # ours\n    question: Q\n    answer: A\n",
    ),
    "read-only key inside of a list": (
        "faq_items:\n  - question: Q\n    id: x # ours\n    answer: A\n",
        "faq_items:\n  - question: Q\n    # ours\n    answer: A\n",
    ),
    "read-only key in braces, a comment would be lost": (
        "faq_items:\n  - {\n      id: x, # ours\n      question: Q, answer: A }\n",
        None,
    ),
    "read-only mapping, a comment would be lost": ("created_at:\n  a: b # ours\n  c: d\n", None),
    "read-only mapping above a key, a comment would be lost": (
        "created_at:\n  a: b # ours\n  c: d\nid: asst_1\n",
        "created_at:\n  a: b # ours\n  c: d\n",
    ),
    "last entry of a mapping": ("faq_items:\n  - id: x\n", "faq_items:\n  - {}\n"),
    "null beside a value": ("webhook_url: null\n", None),
    "no transfer": ("transfer_phone_number: null\n", ""),
    "transfer": ('transfer_phone_number: "+33639980001"\n', None),
    "slack without name": (
        "slack:\n  # where\n  channel_id: C1 # ops\n  connection_id: c\n  outcomes: []\n",
        "slack:\n  # where\n  channels: # ops\n    - id: C1\n  connection_id: c\n  outcomes: []\n",
    ),
    "slack, name first": (
        "slack: {channel_name: null, channel_id: C1, connection_id: c, outcomes: []}\n",
        "slack: {channels: [{id: C1}], connection_id: c, outcomes: []}\n",
    ),
    "slack with both": ("slack: {channel_id: C1, channels: [], connection_id: c, outcomes: []}\n", None),
    "flat windows": (
        RETRY + FLAT + "  retry_delay_seconds: 60\n",
        RETRY + "  calling_windows:\n" + WINDOW,
    ),
    "flat windows with a comment": (
        RETRY + FLAT + "  retry_delay_seconds: 60 # agreed with Paul\n",
        RETRY + "  calling_windows:\n" + WINDOW + "  # agreed with Paul\n",
    ),
    "flat windows in braces, a comment would be lost": (
        RETRY.replace("\n  ", ", ").replace(":, ", ": {")[:-1]
        + ",\n  calling_window_start_time: 9am, calling_window_end_time: 6pm, # agreed\n  retry_delay_seconds: 60}\n",
        None,
    ),
    "repeat in a flow list, a comment would be lost": (
        "email_notification_address: a@x.com\nemail_notification_outcomes: [\n  none, # agreed\n  none\n]\n",
        None,
    ),
    "flat windows, one key short": (RETRY + FLAT, None),
    "flat windows beside others": (RETRY + FLAT + "  retry_delay_seconds: 60\n  calling_windows: []\n", None),
}


@pytest.mark.parametrize(("text", "expected"), SAFE.values(), ids=SAFE)
def test_safe_fixes(text: str, expected: str | None) -> None:
    fixed = fixed_files({PATH: HEAD + text}, "RVX0", "RVX1", "RVX421")
    assert fixed == ({} if expected is None else {PATH: HEAD + expected})


UNSAFE: Final = {
    "unit lost": ("first_sentence_delay: 400\n", "first_sentence_delay_ms: 400\n"),
    "null": ("webhook_url: ~ # later\nsms_enabled: true\n", "# later\nsms_enabled: true\n"),
    "comment that is lost": ("created_at:\n  a: b # ours\n  c: d\nsms_enabled: true\n", "sms_enabled: true\n"),
    "octal": ("first_sentence_delay_ms: 0o17\n", "first_sentence_delay_ms: 15\n"),
    "number in a field that nobody knows": ("zip: 01000\n", 'zip: "01000"\n'),
    "null in a list": ("after_call_sms_outcomes:\n  - null\n  - none\n", "after_call_sms_outcomes:\n  - none\n"),
    "choice": ("first_sentence_mode: 'statc'\n", "first_sentence_mode: 'static'\n"),
    "label invented": (
        'transfer_phone_number: "+33639980001" # desk\n',
        'transfer_destinations: # desk\n  - label: Transfer\n    phone_number: "+33639980001"\n',
    ),
    "number and label": (
        "transfer_phone_number: +33639980001\n",
        'transfer_destinations:\n  - label: Transfer\n    phone_number: "+33639980001"\n',
    ),
    "null in a flow mapping": (
        "voice: {id: x, speed: null, provider: gradium}\n",
        "voice: {id: x, provider: gradium}\n",
    ),
    "secret choice": ("first_sentence_mode: !env MODE\n", None),
}


@pytest.mark.parametrize(("text", "expected"), UNSAFE.values(), ids=UNSAFE)
def test_unsafe_fixes(text: str, expected: str | None) -> None:
    fixed = fixed_files({PATH: HEAD + text}, "RVX0", "RVX1", unsafe=True)
    assert fixed == ({} if expected is None else {PATH: HEAD + expected})


# Whole files: what other tools are known to get wrong.
REGRESSIONS: Final = {
    "carriage returns": (CRLF + "webhok_url: https://x.example", CRLF + "webhook_url: https://x.example"),
    "block below, no final line break": (
        CRLF + "slack:\r\n  connection_id: c\r\n  outcomes: []\r\n  channel_id: C1",
        CRLF + "slack:\r\n  connection_id: c\r\n  outcomes: []\r\n  channels:\r\n    - id: C1",
    ),
    "last line goes": (HEAD + "# why\nid: x", HEAD + "# why\n"),
    "wide characters before": (
        "name: A\nprompt: Hi\nvoice: {id: 日本語 🙂, provider: cartesia, speeed: 1}\n",
        "name: A\nprompt: Hi\nvoice: {id: 日本語 🙂, provider: cartesia, speed: 1}\n",
    ),
    "flow over lines": (
        HEAD + "voice: {\n  id: x, # é\n  provider: gradium,\n  speeed: 1, # fast\n}\n",
        HEAD + "voice: {\n  id: x, # é\n  provider: gradium,\n  speed: 1, # fast\n}\n",
    ),
    "anchor kept": (
        "name: &n 2024-01-15\nprompt: *n\n",
        None,
    ),
    "beside an anchor": (
        "name: &n A\nprompt: *n\nsms_enabled: &on yes\n",
        "name: &n A\nprompt: *n\nsms_enabled: &on true\n",
    ),
    "nested blocks": (
        HEAD + "faq_items:\n- question: |\n    Q # no comment\n  answr: >-\n    A\n",
        HEAD + "faq_items:\n- question: |\n    Q # no comment\n  answer: >-\n    A\n",
    ),
}


@pytest.mark.parametrize(("text", "expected"), REGRESSIONS.values(), ids=REGRESSIONS)
def test_what_other_tools_get_wrong(text: str, expected: str | None) -> None:
    assert fixed_files({PATH: text}, "RVX0", "RVX1") == ({} if expected is None else {PATH: expected})


def test_a_fault_in_a_shared_file_is_fixed_there() -> None:
    shared = "max_retry_attempts: '3'\nallowed_days: [monday]\ncall_twice_in_a_row: false\ncalling_windows: []\n"
    project = {PATH: HEAD + "call_retry_config: !include _retry.yaml\n", "assistants/_retry.yaml": shared}
    assert fixed_files(project, "RVX1") == {"assistants/_retry.yaml": shared.replace("'3'", "3")}


def test_a_fault_in_the_defaults_is_fixed_there() -> None:
    config = "version: 1\ndefaults: {sms_enabled: 'true'} # all\n"
    assert fixed_files({PATH: HEAD, "revox-sync.yaml": config}, "RVX1") == {
        "revox-sync.yaml": config.replace("'true'", "true")
    }


def test_what_is_suppressed_is_not_fixed() -> None:
    assert fixed_files({PATH: HEAD + "sms_enabled: yes # revox: ignore[RVX007] as is\n"}) == {}


def test_what_is_ignored_for_a_file_is_not_fixed_there() -> None:
    config = "version: 1\nlint: {per-file-ignores: {'old/*': [RVX103]}}\n"
    text = HEAD + "sms_enabled: 'true'\nfirst_sentence_delay: 400\nwebhok_url: https://x.example\n"
    project = {"revox-sync.yaml": config, "assistants/old/a.yaml": text, PATH: text.replace("name: A", "name: B")}
    fixed = fixed_files(project)
    assert fixed["assistants/old/a.yaml"] == text.replace("webhok", "webhook")
    assert fixed[PATH] == project[PATH].replace("webhok", "webhook").replace("'true'", "true")


@pytest.mark.parametrize(
    ("options", "applied"),
    [
        (LintOptions(), 2),
        (LintOptions(severity={"RVX101": "info", "RVX601": "warning"}, ignore=("RVX601",)), 2),
        (LintOptions(ignore=("RVX101",)), 1),
        (LintOptions(select=("RVX1",), ignore=("RVX101",)), 0),
        (LintOptions(select=("RVX601",)), 0),
    ],
)
def test_fixes_are_counted(options: LintOptions, applied: int) -> None:
    workspace = Workspace(MemoryTree({PATH: HEAD + "sms_enabled: yes\nwebhok_url: https://x.example\n"}))
    environments = list(workspace.config.environments.values())
    fixed = fix_files(workspace, workspace.files, environments, options, unsafe=False)
    assert (fixed.applied, bool(fixed.texts)) == (applied, applied > 0)


def test_rules_that_undo_each_other_end() -> None:
    rounds: list[Mapping[str, str]] = []

    def rename_in_turn(texts: Mapping[str, str]) -> Fixed:
        rounds.append(texts)
        return Fixed({PATH: "b: 1\n" if texts.get(PATH, "a: 1\n") == "a: 1\n" else "a: 1\n"}, 1)

    fixed = in_rounds(rename_in_turn, Fixed({"other.yaml": "x"}, 5))
    assert fixed == Fixed({"other.yaml": "x", PATH: "a: 1\n"}, 7)
    assert len(rounds) == 3


def test_a_rule_that_never_ends_is_stopped() -> None:
    def add_a_line(texts: Mapping[str, str]) -> Fixed:
        return Fixed({PATH: texts.get(PATH, "") + "x\n"}, 1)

    assert in_rounds(add_a_line, Fixed({}, 0)) == Fixed({PATH: "x\n" * 100}, 100)


def test_of_fixes_that_conflict_one_is_made_and_all_others_are() -> None:
    text = "smsenabled: true\nsms_enable: true\nwebhok_url: https://x.example\nfirstSentence: Hi\n"
    expected = "sms_enabled: true\nsms_enable: true\nwebhook_url: https://x.example\nfirst_sentence: Hi\n"
    assert fixed_files({PATH: HEAD + text}, "RVX101") == {PATH: HEAD + expected}


def test_what_a_fix_brings_to_light_is_fixed_in_the_next_round() -> None:
    text = "voice: {id: x, provider: gradium, spede: '1.5'}\n"
    expected = {PATH: HEAD + "voice: {id: x, provider: gradium, speed: 1.5}\n"}
    assert fixed_files({PATH: HEAD + text}, "RVX1", unsafe=True) == expected


def test_an_ambiguous_secret_is_not_told() -> None:
    model = "llm_model: {type: custom, model_name: x, api_url: https://x.example, api_key: 0123789}\n"
    (finding,) = lint_files({PATH: HEAD + model}, "RVX0", "RVX1").findings
    assert finding.code == "RVX007"
    assert "123789" not in f"{finding.sentence} {finding.excerpt}"
    assert finding.fix is None


def test_a_diff_shows_no_secret() -> None:
    text = "name: A\napi: sk-proj1234567890abcdef12\nllm_model: {type: custom, api_key: hunter two}\n"
    shown = shown_text(Workspace(MemoryTree({PATH: text})), PATH)
    assert len(shown) == len(text)
    assert "hunter" not in shown
    assert "sk-" not in shown
    assert shown.startswith("name: A\napi: ••")


def test_a_diff_shows_a_file_that_takes_a_secret_from_another_as_it_is() -> None:
    model = "llm_model: {type: custom, api_key: !include _keys.yaml#/one}\n"
    project = {PATH: HEAD + model, "assistants/_keys.yaml": "two: b # and\none: hunter two\n", "assistants/_p.md": HEAD}
    workspace = Workspace(MemoryTree(project))
    assert [shown_text(workspace, path) for path in (PATH, "assistants/_p.md")] == [HEAD + model, HEAD]


def test_a_byte_order_mark_is_removed() -> None:
    assert fixed_files({PATH: "\ufeff" + HEAD}) == {PATH: HEAD}


def test_a_byte_order_mark_is_no_obstacle_to_other_fixes() -> None:
    text = HEAD + "webhok_url: https://x.example\n"
    fixed = text.replace("webhok", "webhook")
    assert fixed_files({PATH: "\ufeff" + text}) == {PATH: fixed}
    assert fixed_files({PATH: "\ufeff" + text}, "RVX101") == {PATH: "\ufeff" + fixed}


def test_a_byte_order_mark_of_a_prompt_is_removed_there() -> None:
    project = {PATH: "name: A\nprompt: !file _hi.md\n", "assistants/_hi.md": "\ufeffHi\n"}
    assert fixed_files(project) == {"assistants/_hi.md": "Hi\n"}
    user = {"assistants/b.yaml": "name: B\nprompt: !file _hi.md\n"}
    assert fixed_files(project | user) == {}


def test_a_byte_order_mark_before_wrong_bytes_stays() -> None:
    assert fixed_files({PATH: b"\xef\xbb\xbfname: Caf\xe9\nprompt: Hi\n"}, unsafe=True) == {}


def test_a_diff_shows_a_byte_order_mark() -> None:
    assert shown_text(Workspace(MemoryTree({PATH: "\ufeff" + HEAD})), PATH) == "\ufeff" + HEAD


SHARED: Final = {
    "a key that another assistant names": {
        "assistants/_shared.yaml": "max_retry_atempts: 3\nallowed_days: [monday]\ncall_twice_in_a_row: false\n",
        "assistants/a.yaml": HEAD + "call_retry_config: !include _shared.yaml\n",
        "assistants/b.yaml": "name: B\nprompt: !include _shared.yaml#/allowed_days/0\n",
    },
    "a value that another assistant reads as a text": {
        "assistants/_shared.yaml": 'enabled: "true"\n',
        "assistants/a.yaml": HEAD + "ivr_navigation_enabled: !include _shared.yaml#/enabled\n",
        "assistants/b.yaml": "name: B\nprompt: !include _shared.yaml#/enabled\n",
    },
}


@pytest.mark.parametrize("files", SHARED.values(), ids=SHARED)
def test_a_file_that_several_assistants_use_is_left_alone(files: dict[str, str]) -> None:
    assert fixed_files(files, unsafe=True) == {}
    alone = {path: text for path, text in files.items() if path != "assistants/b.yaml"}
    assert "assistants/_shared.yaml" in fixed_files(alone, unsafe=True)


def test_a_fix_that_cannot_be_made_holds_up_no_other() -> None:
    shared = SHARED["a key that another assistant names"]
    path = "assistants/a.yaml"
    for other in ("webhok_url: https://x.example\n", "voice: {id: x, provider: gradium, speeed: 1}\n"):
        fixed = shared[path] + other.replace("webhok", "webhook").replace("speeed", "speed")
        assert fixed_files({**shared, path: shared[path] + other}, unsafe=True) == {path: fixed}


def test_many_fixes_take_few_rounds() -> None:
    """Each fix alone would read the file again: 300 of them would take minutes."""
    entries = "".join(f"  - {{question: Question {number}?, answer: yes}}\n" for number in range(300))
    (text,) = fixed_files({PATH: HEAD + "faq_items:\n" + entries}, "RVX007").values()
    assert text.count('answer: "yes"') == 300


def test_where_only_rules_about_the_project_run_nothing_is_fixed() -> None:
    assert fixed_files({PATH: HEAD + "sms_enabled: yes\n"}, "RVX007") != {}
    assert fixed_files({PATH: HEAD + "sms_enabled: yes\n"}, "RVX601") == {}
