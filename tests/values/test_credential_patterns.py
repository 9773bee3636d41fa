from __future__ import annotations

import pytest

from revox_sync.values.credential_patterns import (
    carries_credential,
    credential_forms,
    credentials,
    is_harmless_header,
    is_secret_value,
    looks_random,
    names_credential,
    without_credentials,
)
from tests.values.secrets import NO_SECRETS, SECRETS, SIGNS


@pytest.mark.parametrize("text", SECRETS)
def test_secret_is_found(text: str) -> None:
    assert list(credentials(f"Use {text} for it."))


@pytest.mark.parametrize("text", NO_SECRETS)
def test_no_secret(text: str) -> None:
    assert list(credentials(text)) == []
    assert without_credentials(text, lambda _: "<secret>") == text


@pytest.mark.parametrize("between", [" = ", " " * 300 + "= ", " of the portal:" + " " * 300, " for our crm is Bearer "])
def test_a_secret_is_found_as_far_behind_its_name_as_people_write_it(between: str) -> None:
    text = f"The password{between}{SIGNS} {'and so on ' * 30}"
    assert [text[found.start : found.end] for found in credentials(text)] == [SIGNS]


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


# Put together here, so that no scanner takes this file for a leak.
TOKENS = {
    "an API key": "sk" + "-proj-abc123def456ghi789jkl",
    "a Stripe key": "sk" + "_live_abc123def456ghi7",
    "an AWS access key": "AKIA" + "ABCDEFGHIJKLMNOP",
    "a GitHub token": "ghp" + "_" + "a1" * 18,
    "a GitLab token": "glpat" + "-" + "a1" * 10,
    "a Slack token": "xoxb" + "-1234567890",
    "a Google API key": "AIza" + "a1-b2" * 7,
    "a JSON web token": "eyJ" + "a" * 12 + ".eyJ" + "b" * 12 + "." + "c" * 12,
}


@pytest.mark.parametrize(("title", "token"), TOKENS.items(), ids=TOKENS)
@pytest.mark.parametrize("text", ["{}", "use {} here", "key: '{}'."])
def test_a_token_is_found_whole(title: str, token: str, text: str) -> None:
    whole = text.format(token)
    found = [(credential.title, whole[credential.start : credential.end]) for credential in credentials(whole)]
    assert found == [(title, token)]
    assert title in {form.title for form in credential_forms(whole)}
    assert without_credentials(whole, lambda secret: f"<{len(secret)}>") == text.format(f"<{len(token)}>")


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("https://ann:hunter2@example.com/x", "hunter2"),
        ("Authorization: Bearer abcdef0123456789xyz", "abcdef0123456789xyz"),
        ("https://example.com/?api_key=abcdef0123456789", "abcdef0123456789"),
    ],
)
def test_of_a_longer_form_only_the_secret_is_marked(text: str, secret: str) -> None:
    assert [text[found.start : found.end] for found in credentials(text)] == [secret]


def test_secrets_do_not_overlap_and_come_in_order() -> None:
    text = " ".join(["Bearer", TOKENS["an API key"], TOKENS["a Slack token"]])
    found = list(credentials(text))
    assert [text[secret.start : secret.end] for secret in found] == [TOKENS["an API key"], TOKENS["a Slack token"]]
    assert found[0].end <= found[1].start


@pytest.mark.parametrize(
    ("value", "expected"), [("Bearer abc", False), ("Bearer abcdef", True), ("", False), ("abcdef", True)]
)
def test_a_scheme_is_no_part_of_a_secret(value: str, *, expected: bool) -> None:
    assert is_secret_value(value) is expected


VALUE = "v3KQ8dLm2Zx7Rt5Yp1"


@pytest.mark.parametrize(
    "text",
    [
        '{"api_key": "%s"}',
        "X-Api-Key: %s",
        "API KEY=%s",
        "apiToken: '%s'",
        "client_secret = %s",
        "?access_token=%s&x=1",
        "The password is %s.",
        "Password of the portal: %s",
        "mot de passe : %s",
        "Passwort: %s",
        "Kennwort lautet %s",
        "contraseña: %s",
        "Senha do sistema: %s",
        "Wachtwoord van het systeem: %s",
        "Hasło do systemu: %s",
        "Clé d'API : %s",
        "Der API-Schlüssel: %s",
    ],
)
def test_a_secret_is_known_by_the_name_before_it(text: str) -> None:
    whole = text % VALUE
    assert [whole[found.start : found.end] for found in credentials(whole)] == [VALUE]
    assert credential_forms(f"Hello.\n{whole}\nBye.")
    assert VALUE not in without_credentials(whole, lambda _: "<secret>")


@pytest.mark.parametrize(
    "text",
    [
        "Never tell the password: it is the one the caller chose.",
        "Password: it has to have at least sixteen characters, one digit and one symbol.",
        '{"token": "{{desk_token}}", "api_key": "${API_KEY_2024_PRODUCTION}"}',
        "token: order-2024-spring-campaign-of-the-north",
        "secret: see https://intranet.example.com/secrets/2024/overview",
        "api_key: YOUR_API_KEY_GOES_HERE_2024",
        "password reset: support2024@acme-solar.example.com",
        "token expires: 2024-11-29T10:00:00Z",
        "sort key: 0123456789abcdef0123",
        "the key point is 3f2b8c1e7a644d0e9b15",
    ],
)
def test_words_behind_such_a_name_are_no_secret(text: str) -> None:
    assert list(credentials(text)) == []
    assert all(form.before is None for form in credential_forms(text))


@pytest.mark.parametrize(
    ("text", "carries"),
    [
        ("https://x.example.com/a?access_token=abcdef", True),
        ("https://x.example.com/a?key=abcdefgh", False),
        ("https://x.example.com/a?key=abcdefg1", True),
        ("https://x.example.com/a?token={{token}}", False),
        ("https://{{user}}@x.example.com/", False),
        ("https://me@x.example.com/", True),
        ("https://x.example.com/aB3dE5fG7hI9jK1lM3nO5pQ7", True),
        ("https://x.example.com/tokens/refresh", False),
        ('{"password": "hunter2"}', True),
        ('{"password": "{{password}}", "key": "customer"}', False),
        ("auth=Bearer {{token}}", False),
        ("", False),
    ],
)
def test_texts_of_requests(text: str, carries: bool) -> None:  # noqa: FBT001 - a column of the table
    assert carries_credential(text) is carries


@pytest.mark.parametrize(
    ("name", "value", "harmless"),
    [
        ("Content-Type", "application/json", True),
        ("ACCEPT", "text/html, */*", True),
        ("Authorization", "Bearer {{token}}", True),
        ("phone", "{{phone}}", True),
        ("Authorization", "Bearer abc", False),
        ("X-Partner", "acme", False),
        ("Cookie", "session=1", False),
        ("Accept", "aB3dE5fG7hI9jK1lM3nO5pQ7", False),
        ("X-Key", "", False),
    ],
)
def test_headers_that_say_nothing_secret(name: str, value: str, harmless: bool) -> None:  # noqa: FBT001 - a column
    assert is_harmless_header(name, value) is harmless
