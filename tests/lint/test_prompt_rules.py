"""Texts that the rules about prompts and safety must tell apart; their examples are tested with all rules."""

from __future__ import annotations

import json

import pytest

from revox_sync.contract.fields import contract
from revox_sync.lint.checks.repetition import repeats
from revox_sync.lint.checks.text_length import filled_in, message_count, speaking_seconds
from revox_sync.lint.checks.todo_markers import todo_markers
from revox_sync.lint.checks.url_host import host, why_unreachable
from revox_sync.lint.model.finding import Finding
from revox_sync.lint.rules.placeholder import MalformedPlaceholder
from revox_sync.lint.rules.safety import UnencryptedUrl
from revox_sync.lint.subject.subject import Subject
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.model.amendment import SetValue
from revox_sync.source.workspace import Workspace
from revox_sync.values.credential_patterns import credentials, looks_random, names_credential
from tests.lint.project import lint_files

SIGNS = "4f9aK2LmQ8xZt1VbN7cR3wYd5HsJ6uPe0GiT"
HEX = "0123456789abcdef" * 3
PARAGRAPH = "Repeat the day and the time, wait for a clear yes, and only then book it. " * 2

# In pieces, so that no scanner takes this file for a leak.
SECRETS = [
    "sk" + "-" + SIGNS,
    "sk" + "-proj-" + SIGNS,
    "sk" + "_live_" + SIGNS,
    "AKIA" + "IOSFODNN7EXAMPLE",
    "gh" + "p_" + SIGNS,
    "github" + "_pat_" + SIGNS,
    "glpat" + "-" + SIGNS,
    "xox" + "b-1234567890-" + SIGNS,
    "https://hooks.slack.com" + "/services/T0/B0/" + SIGNS,
    "AIza" + SIGNS[:35],
    "SG" + "." + SIGNS + "." + SIGNS,
    "eyJ" + SIGNS + ".eyJ" + SIGNS + "." + SIGNS,
    "Bearer " + SIGNS,
    "sk" + "_" + HEX,
    "sk" + "_car_" + SIGNS,
    "whsec" + "_" + SIGNS,
    "gsk" + "_" + SIGNS * 2,
    "xai" + "-" + SIGNS * 2,
    "hf" + "_" + "abcDEF" * 6,
    "npm" + "_" + SIGNS[:36],
    "GOCSPX" + "-" + SIGNS[:28],
    "ya29" + "." + SIGNS,
    "SK" + HEX[:32],
    "pat" + "-eu1-01234567-89ab-cdef-0123-456789abcdef",
    "xapp" + "-1-A0-" + SIGNS,
    "https://api.telegram.org/bot12345678:" + "AA" + SIGNS[:33] + "/send",
    "AccountKey=" + (SIGNS * 3)[:86] + "==",
    "https://x.blob.core.windows.net/y?sv=2024&sig=" + SIGNS + "A" * 6 + "%3D",
    "Basic " + SIGNS + "=",
    "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIB\n-----END RSA " + "PRIVATE KEY-----",
    "https://me:" + "s3cret@x.example.com/y",
    "https://x.example.com/?token=" + SIGNS,
]
NO_SECRETS = [
    "the risk-assessment-procedure-of-2024-and-later",
    "sk-SK, sk-template-with-many-words-in-it",
    "Authorization: Bearer {{token}}",
    "Bearer tokens are described in the documentation",
    "https://x.example.com/?key=spring-campaign-2025&token={{token}}",
    "https://x.example.com:8443/a@b",
    "mailto:me@x.example.com",
    "monkey=1234567890abcdef1234",
    "ghp_ is the prefix of a token",
    "Basic information comes first, basic 24/7 support later",
    "task_force_of_2024_and_its_many_members, sk_template_with_words",
    "SKU0123456789, SK Slovakia, SKateboards",
    "the ratio is 12345678:AAB",
    "pat-a-cake, xai-labs, hf_transfer, npm_config_registry",
    "sig=short",
    "conn_calendly_surveys, f786b574-daa5-4673-aa0c-cbe3e8534c02",
]


def of_prompt(prompt: str, **fields: object) -> list[Finding]:
    return list(lint_files({"assistants/a.yaml": json.dumps({"name": "A", "prompt": prompt, **fields})}).findings)


@pytest.mark.parametrize("text", SECRETS)
def test_secret_is_found_and_shown_nowhere(text: str) -> None:
    findings = of_prompt(f"Use {text} for it.")
    assert [each.code for each in findings] == ["RVX501"]
    shown = findings[0].sentence + findings[0].excerpt
    assert SIGNS not in shown
    assert "s3cret" not in shown
    assert "•" in findings[0].excerpt


@pytest.mark.parametrize("text", NO_SECRETS)
def test_no_secret(text: str) -> None:
    assert list(credentials(text)) == []


def test_secret_beside_another_finding_is_blotted_out() -> None:
    findings = of_prompt(f"TODO: use {SECRETS[0]}")
    assert sorted(each.code for each in findings) == ["RVX209", "RVX501"]
    assert not any(SIGNS in each.excerpt for each in findings)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Authorization", True),
        ("X-Api-Key", True),
        ("accessToken", True),
        ("api_key", True),
        ("key", True),
        ("Content-Type", False),
        ("Idempotency-Key", False),
        ("sort_key", False),
        ("max_tokens", False),
        ("author", False),
        ("keyword", False),
    ],
)
def test_name_of_a_credential(name: str, expected: bool) -> None:  # noqa: FBT001 - a table
    assert names_credential(name) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SIGNS, True),
        ("0123456789abcdef0123456789abcdef01234567", True),
        ("3f2b8c1e-7a64-4d0e-9b15-6c8e2f4a7d90", False),
        ("application/json; charset=utf-8", False),
        ("spring-campaign-of-the-year-2025", False),
        ("monthly,fixed_months,exit_fee", False),
    ],
)
def test_value_that_looks_random(text: str, expected: bool) -> None:  # noqa: FBT001 - a table
    assert looks_random(text) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:9000/x", "the machine"),
        ("http://127.8.0.1", "the machine"),
        ("https://[::1]:8443/", "the machine"),
        ("http://0.0.0.0/", "the machine"),
        ("https://me:pw@10.1.2.3/x", "address of a private network"),
        ("https://172.31.0.1", "address of a private network"),
        ("http://169.254.169.254/latest", "address of a private network"),
        ("https://[fd00::1]/", "address of a private network"),
        ("https://CRM.Lan./x", "name of a private network"),
        ("https://intranet/x", "name of a local network"),
        ("https://172.32.0.1", None),
        ("https://8.8.8.8", None),
        ("https://localhost.example.com", None),
        ("https://{{tenant}}/x", None),
        ("https://1.2.3", None),
        ("{{base}}/x", None),
    ],
)
def test_host_that_the_internet_does_not_reach(url: str, expected: str | None) -> None:
    reason = why_unreachable(host(url))
    assert (reason is None) if expected is None else (expected in str(reason))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 306, 2),
        ("x" * 307, 3),
        ("é" * 160, 1),
        ("€" * 81, 2),
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_number_of_text_messages(text: str, expected: int) -> None:
    assert message_count(text) == expected


def test_a_placeholder_counts_ten_characters() -> None:
    assert len(filled_in("Hi {{a_very_long_name_of_a_variable}}!")) == 14
    assert speaking_seconds("x" * 150) == 10


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TODO: say it", ["TODO"]),
        ("(TODO)", ["TODO"]),
        ("Say [Your Company Name] and <YOUR_BRAND>", ["[Your Company Name]", "<YOUR_BRAND>"]),
        ("Bonjour, [votre entreprise]", ["[votre entreprise]"]),
        ("date: TBD", ["TBD"]),
        ("You replace me. Change me. Todo bien. TODO list. [insert name] [first name] your_name <your answer>", []),
    ],
)
def test_left_overs(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in todo_markers(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{PARAGRAPH}\n\nx\n\n{PARAGRAPH}", 1),
        (f"# A\n\n{PARAGRAPH}\n\n# A\n\n{PARAGRAPH}\n\n{PARAGRAPH}", 1),
        ("# A\n\n## Step\n\nx\n\n# B\n\n## Step\n\ny", 0),
        ("# A\n\n## Example\n\nx\n\n## Example\n\ny", 0),
        ("```sh\n# install\n```\n\n```sh\n# install\n```", 0),
        (f'Agent: "{PARAGRAPH}"\n\nx\n\nAgent: "{PARAGRAPH}"', 0),
        ("Be brief.\n\nBe brief.", 0),
    ],
)
def test_repetitions(text: str, expected: int) -> None:
    assert len(list(repeats(text))) == expected


def fixes(text: str, rule: MalformedPlaceholder | UnencryptedUrl) -> list[tuple[object, bool]]:
    workspace = Workspace(MemoryTree({"assistants/a.yaml": f"name: A\n{text}\n"}))
    environment = workspace.config.environment(None)
    document = workspace.load(workspace.files[0], environment)
    hits = rule.check(Subject(workspace.files[0], document, contract(None), loader=workspace.loader(environment)))
    wanted = [(each.fix.amendments[0], each.fix.safe) for each in hits if each.fix is not None]
    return [(each.value, safe) for each, safe in wanted if isinstance(each, SetValue)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("prompt: Hi {{a}, bye.", [("Hi {{a}}, bye.", True)]),
        ("prompt: Hi {a}}, bye.", [("Hi {{a}}, bye.", True)]),
        ("prompt: Hi {{{a}}}.", [("Hi {{a}}.", True)]),
        ("prompt: Hi {{a}} {a}.", [("Hi {{a}} {{a}}.", False)]),
        ("prompt: Hi {{a", []),
    ],
)
def test_fix_of_a_placeholder(text: str, expected: list[tuple[object, bool]]) -> None:
    assert fixes(text, MalformedPlaceholder()) == expected


def test_empty_text_says_whether_it_can_go() -> None:
    tool: dict[str, object] = {
        "name": "a_tool",
        "description": "",
        "method": "GET",
        "url": "https://x.example.com",
        "input_schema": [],
    }
    tool |= {"headers": [], "query_params": [{"key": "q", "value": ""}], "body_template": None}
    fields = {"custom_tools": [tool], "stt_context": {"general": [], "terms": [""]}, "voicemail_message": " "}
    found = [(each.code, each.severity, each.label) for each in of_prompt("", **fields)]
    assert found == [
        ("RVX205", "error", "write it"),
        ("RVX205", "warning", "write it"),
        ("RVX205", "warning", "write it, or remove it"),
        ("RVX205", "error", "write it, or `null`"),
    ]


def test_fix_of_an_unencrypted_url_is_unsafe() -> None:
    expected = [("https://x.example.com/http://", False)]
    assert fixes("prompt: Hi\nwebhook_url: HTTP://x.example.com/http://", UnencryptedUrl()) == expected
