from __future__ import annotations

import pytest

from revox_sync.errors import ConfigError
from revox_sync.remote.http.endpoint import DEFAULT_BASE_URL, Endpoint, names_this_machine, resolve_endpoint
from revox_sync.values.secret import Secret
from tests.remote.traces import traces

KEY = "canary-6b1f"


@pytest.mark.parametrize(
    ("base_url", "environ", "expected"),
    [
        (None, {}, DEFAULT_BASE_URL),
        (None, {"REVOX_BASE_URL": ""}, DEFAULT_BASE_URL),
        (None, {"REVOX_BASE_URL": "https://one.example/api"}, "https://one.example/api"),
        ("https://two.example", {"REVOX_BASE_URL": "https://one.example"}, "https://two.example"),
        ("https://two.example/api/", {}, "https://two.example/api"),
        ("HTTPS://Two.Example/API", {}, "https://two.example/API"),
        ("http://127.0.0.1:8787/api", {}, "http://127.0.0.1:8787/api"),
        ("http://127.8.9.1/api", {}, "http://127.8.9.1/api"),
        ("http://[::1]:80/api", {}, "http://[::1]:80/api"),
        ("http://localhost/api", {}, "http://localhost/api"),
    ],
)
def test_base_url(base_url: str | None, environ: dict[str, str], expected: str) -> None:
    assert resolve_endpoint(base_url, KEY, environ).base_url == expected


@pytest.mark.parametrize(
    ("base_url", "words"),
    [
        ("/", "not an http:// or https:// URL"),
        ("www.getrevox.com/api", "not an http:// or https:// URL"),
        ("ftp://one.example", "not an http:// or https:// URL"),
        ("file:///etc/passwd", "not an http:// or https:// URL"),
        ("https://", "not an http:// or https:// URL"),
        ("https:///api", "not an http:// or https:// URL"),
        ("https://one.example:port/", "not an http:// or https:// URL"),
        ("https://one.example:0/", "not an http:// or https:// URL"),
        ("https://one.example:70000/", "not an http:// or https:// URL"),
        ("https://[::1].canary-6b1f.example/", "not an http:// or https:// URL"),
        ("https://[::1/", "not an http:// or https:// URL"),
        ("https://one..example/", "not an http:// or https:// URL"),
        (f"https://{'a' * 64}.example/", "not an http:// or https:// URL"),
        ("https://one.example/a b", "not an http:// or https:// URL"),
        ("https://one.example/\n", "not an http:// or https:// URL"),
        ("https://one\t.example/", "not an http:// or https:// URL"),
        ("https://one.example/?key=canary-6b1f", "query or fragment"),
        ("https://one.example/#canary-6b1f", "query or fragment"),
        ("https://user:canary-6b1f@one.example/", "user name or password"),
        ("http://127.0.0.1\\@canary-6b1f.example/", "user name or password"),
        ("http://one.example/api", "unencrypted"),
        ("http://127.0.0.1.example/api", "unencrypted"),
        ("http://localhost.example/api", "unencrypted"),
    ],
)
@pytest.mark.parametrize("place", ["configuration", "environment"])
def test_refused_base_url(base_url: str, words: str, place: str) -> None:
    explicit, environ = (base_url, {}) if place == "configuration" else (None, {"REVOX_BASE_URL": base_url})
    with pytest.raises(ConfigError) as refused:
        resolve_endpoint(explicit, KEY, environ)
    assert words in refused.value.message
    assert ("`base_url`" if place == "configuration" else "REVOX_BASE_URL") in refused.value.message
    assert KEY not in traces(refused.value)


def test_empty_base_url_in_the_configuration_is_refused() -> None:
    with pytest.raises(ConfigError):
        resolve_endpoint("", KEY, {"REVOX_BASE_URL": "https://one.example"})


def test_http_to_another_host_needs_the_flag() -> None:
    with pytest.raises(ConfigError) as refused:
        resolve_endpoint("http://one.example/api", KEY, {})
    assert "--insecure-http" in str(refused.value.hint)
    assert resolve_endpoint("http://one.example/api", KEY, {}, insecure_http=True).base_url == "http://one.example/api"


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("http://127.0.0.1:1", True),
        ("https://[::1]", True),
        ("http://localhost", True),
        ("https://one.example", False),
        ("https://10.0.0.1", False),
    ],
)
def test_loopback(base_url: str, *, expected: bool) -> None:
    assert resolve_endpoint(base_url, KEY, {}).is_loopback is expected


@pytest.mark.parametrize(
    ("api_key", "environ", "expected"),
    [
        (None, {"REVOX_API_KEY": "from-environment"}, Secret("from-environment")),
        ("literal", {"REVOX_API_KEY": "from-environment"}, Secret("literal")),
        (Secret("secret", "NAME"), {"REVOX_API_KEY": "from-environment"}, Secret("secret")),
    ],
)
def test_key(api_key: Secret | str | None, environ: dict[str, str], expected: Secret) -> None:
    assert resolve_endpoint(None, api_key, environ).key == expected


@pytest.mark.parametrize("api_key", [None, "", Secret(None, "STAGE_KEY")])
def test_missing_key(api_key: Secret | str | None) -> None:
    with pytest.raises(ConfigError) as refused:
        resolve_endpoint(None, api_key, {"REVOX_API_KEY": ""})
    assert "REVOX_API_KEY" in str(refused.value.hint)
    if isinstance(api_key, Secret):
        assert "STAGE_KEY" in refused.value.message


@pytest.mark.parametrize(
    "key", [f"{KEY}\n", f"{KEY}\r\nX: y", f" {KEY}", f"{KEY}\x00", f"{KEY}\x7f", f"{KEY}é", f"{KEY}漢"]
)
def test_refused_key(key: str) -> None:
    with pytest.raises(ConfigError) as refused:
        resolve_endpoint(None, key, {})
    assert KEY not in traces(refused.value)


def test_key_is_masked() -> None:
    assert KEY not in repr(resolve_endpoint(None, KEY, {}))


def test_what_stands_for_a_url_from_a_variable_tells_apis_apart() -> None:
    first, again, other, here = (
        Endpoint(url, Secret(KEY), variable)
        for url, variable in (
            ("https://stage.example/api", "STAGE"),
            ("https://stage.example/api", "OTHER_NAME"),
            ("https://stage.example/ap1", "STAGE"),
            ("http://127.0.0.1:1/api", "STAGE"),
        )
    )
    assert first.shown.startswith("!env STAGE (")
    assert "stage.example" not in first.shown
    assert [first.is_called(each.shown) for each in (first, again, other, here)] == [True, True, False, False]
    assert first.is_called("https://stage.example/api/")
    assert not first.is_called("https://stage.example")
    assert [names_this_machine(each) for each in (here.shown, first.shown, here.base_url, first.base_url)] == [
        *(True, False),
        *(True, False),
    ]
    assert [KEY in each.secrets and "stage.example" in each.secrets for each in (first, here)] == [True, False]
