from __future__ import annotations

import pytest

from revox_sync.config import Config, Environment, LintOptions, parse_config
from revox_sync.errors import ConfigError
from revox_sync.values.secret import Secret


def test_an_empty_configuration_has_the_defaults() -> None:
    assert parse_config({"version": 1}) == Config()
    assert Config().directories == ("assistants",)
    assert Config().environment(None) == Environment("default")


def test_everything_is_read() -> None:
    key = Secret(None, "KEY")
    config = parse_config(
        {
            "version": 1,
            "assistants": ["bots", "more"],
            "contract": "0.2",
            "default_environment": "staging",
            "environments": {
                "staging": {"base_url": "http://127.0.0.1:8787/api", "api_key": "emulator", "vars": {"host": "x"}},
                "production": {"api_key": key, "contract": "0.4"},
            },
            "lint": {
                "select": ["RVX1"],
                "ignore": ["RVX110"],
                "severity": {"RVX007": "info"},
                "per-file-ignores": {"legacy/*": ["RVX2"]},
            },
        }
    )
    assert config == Config(
        directories=("bots", "more"),
        contract="0.2",
        default_environment="staging",
        environments={
            "staging": Environment("staging", "http://127.0.0.1:8787/api", "emulator", "0.2", {"host": "x"}),
            "production": Environment("production", None, key, "0.4", {}),
        },
        lint=LintOptions(("RVX1",), ("RVX110",), {"RVX007": "info"}, {"legacy/*": ("RVX2",)}),
    )


def several(default: str | None = None) -> Config:
    return Config(
        default_environment=default,
        environments={name: Environment(name) for name in ("staging", "production")},
    )


def test_a_named_environment_wins_over_the_default_one() -> None:
    assert several("staging").environment("production").name == "production"
    assert several("staging").environment(None).name == "staging"


def test_the_only_environment_needs_no_name() -> None:
    config = parse_config({"version": 1, "environments": {"live": {}}})
    assert config.environment(None).name == "live"


def test_several_environments_without_default_need_a_name() -> None:
    with pytest.raises(ConfigError) as error:
        several().environment(None)
    assert error.value.hint == "use --env with one of staging, production"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("stagin", "did you mean `staging`?"),
        ("x", "environments: staging, production"),
        ("", "environments: staging, production"),
    ],
)
def test_an_unknown_environment_is_refused(name: str, hint: str) -> None:
    with pytest.raises(ConfigError) as error:
        several().environment(name)
    assert error.value.hint == hint


def test_a_pinned_contract_holds_without_environments() -> None:
    assert parse_config({"version": 1, "contract": "0.4"}).environment(None).contract == "0.4"
