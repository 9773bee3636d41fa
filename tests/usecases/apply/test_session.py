"""What plan and apply share, where no server is needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from revox_sync.errors import ConfigError
from revox_sync.usecases.apply.session import Session, open_session
from revox_sync.usecases.project.settings import Settings

CONFIGURATION = """
version: 1
default_environment: local
environments:
  local: {base_url: "http://127.0.0.1:8787/api", api_key: emulator}
  production: {base_url: "https://api.example.com/api", api_key: !env T_KEY}
  elsewhere: {base_url: !env T_URL, api_key: x}
  open: {base_url: "http://api.example.com/api", api_key: x}
"""


def session(root: Path, environment: str | None) -> Session:
    (root / "revox-sync.yaml").write_text(CONFIGURATION)
    settings = Settings(str(root), environment, color="never", verbosity=0, timeout=5.0, insecure_http=False)
    return open_session(settings)


def test_locks_of_this_machine_are_local(tmp_path: Path) -> None:
    assert session(tmp_path, None).lock_path == tmp_path / ".revox/local/local.lock.json"


def test_other_locks_are_committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T_KEY", "canary")
    opened = session(tmp_path, "production")
    assert opened.lock_path == tmp_path / ".revox/production.lock.json"
    assert dict(opened.load_lock().entries) == {}
    assert "canary" not in repr(opened)


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        (
            "production",
            "environment variable `T_KEY` is not set, or empty; `api_key` of environment `production` needs it",
        ),
        (
            "elsewhere",
            "environment variable `T_URL` is not set, or empty; `base_url` of environment `elsewhere` needs it",
        ),
        ("open", "would travel unencrypted"),
        ("nowhere", "environment `nowhere` does not exist"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, environment: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        session(tmp_path, environment)
    assert words in caught.value.message
