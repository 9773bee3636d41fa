from __future__ import annotations

import pytest

from revox_sync.lint.checks.url_host import host, is_example, why_unreachable


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
    ("name", "expected"),
    [
        ("example.com", True),
        ("www.example.org", True),
        ("api.example.com", False),
        ("your-api.com", True),
        ("api.yourdomain.com", True),
        ("votre-domaine.fr", True),
        ("deine-firma.de", True),
        ("api.yourney.fr", False),
        ("myapple.com", False),
        ("sua-empresa.com.br", True),
        ("tuscompany.es", False),
    ],
)
def test_hosts_of_examples(name: str, expected: bool) -> None:  # noqa: FBT001 - a table
    assert is_example(name) is expected
