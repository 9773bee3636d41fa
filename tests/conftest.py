"""Golden files: whole outputs, kept in tests/golden and reviewed in the diff. Browsers: tests that need one say so.

Every test may have an account: see tests/account.py.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from revox_sync.usecases.project.settings import ENVIRONMENT_VARIABLE
from tests.account import account, served
from tests.browser import find_browser

__all__ = ["account", "served"]

# A busy machine is no fault of the code.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

GOLDEN = Path(__file__).parent / "golden"

Golden = Callable[[str, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="write tests/golden anew instead of comparing")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: needs Chromium; left out, and counted, where there is none")


def pytest_report_header() -> str:
    return f"browser: {find_browser() or 'none, so tests marked `browser` are left out'}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without a browser its tests count as deselected: nobody has to install one, and the number is in the summary."""
    if find_browser() is None:
        without = [each for each in items if each.get_closest_marker("browser") is None]
        config.hook.pytest_deselected(items=[each for each in items if each not in without])
        items[:] = without


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """`golden(name, text)` compares a text with tests/golden/<name>, byte for byte."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("rewrite_golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        assert path.is_file(), f"{path} does not exist: run pytest with --rewrite-golden and review what it writes"
        assert text == path.read_bytes().decode()

    return compare


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests leave the user's caches alone, and what the user has set for a shell does not reach them."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("user-cache")))
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", ENVIRONMENT_VARIABLE):
        monkeypatch.delenv(name, raising=False)
