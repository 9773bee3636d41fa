"""What revox-sync.yaml says, as frozen values; `source.documents.config_file` reads the file.

Its shape is in `schemas/config.schema.json`; docs/design.md, "Configuration and defaults", gives the defaults.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from revox_sync.errors import ConfigError, UnknownEnvironmentError
from revox_sync.values.address import is_named
from revox_sync.values.did_you_mean import did_you_mean
from revox_sync.values.named_tuple import NamedTuple
from revox_sync.values.secret import Secret

if TYPE_CHECKING:  # `--version` reads this module, and pointers need JSON
    from revox_sync.values.pointer import Pointer

CONFIG_NAME: Final = "revox-sync.yaml"
_DEFAULT: Final = "default"
STATE_FOLDER: Final = ".revox"
"""Folder of locks and journals, below the project root."""
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Environment(NamedTuple):
    """One API to plan against.

    Attributes:
        base_url: address of the API; None: the variable REVOX_BASE_URL, else Revox itself.
        api_key: None: the variable REVOX_API_KEY.
        contract: pinned for this environment or for the project; None accepts any.
        variables: values for `!var` and `!sub`; a value may be a Secret.
    """

    name: str
    base_url: str | Secret | None = None
    api_key: str | Secret | None = None
    contract: str | None = None
    variables: Mapping[str, Any] = _NOTHING


class LintOptions(NamedTuple):
    """The `lint` section. Rules are named by code, by a prefix of codes, by name, or as ALL.

    Attributes:
        variables: every prompt variable that callers fill in; empty: the project does not list them.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, str] = _NOTHING
    per_file_ignores: Mapping[str, tuple[str, ...]] = _NOTHING
    variables: tuple[str, ...] = ()


class SafetyOptions(NamedTuple):
    """The `safety` section.

    Attributes:
        max_deletes: how many assistants one apply may delete or create again.
        protect: globs of addresses that are never deleted.
        test_numbers: the only numbers that `call` dials, each as E.164 has it.
    """

    max_deletes: int = 0
    protect: tuple[str, ...] = ()
    test_numbers: tuple[str, ...] = ()


class Config(NamedTuple):
    """revox-sync.yaml with its defaults filled in.

    Attributes:
        directories: of the assistant files, from the project root.
        contract: pinned for the project; None accepts any.
        ignore_changes: paths of fields, such as `voice.speed`, by glob of the address.
        unmanaged: globs of names and ids of remote assistants that the project leaves to others.
    """

    directories: tuple[str, ...] = ("assistants",)
    contract: str | None = None
    default_environment: str | None = None
    environments: Mapping[str, Environment] = MappingProxyType({_DEFAULT: Environment(_DEFAULT)})
    lint: LintOptions = LintOptions()
    safety: SafetyOptions = SafetyOptions()
    ignore_changes: Mapping[str, tuple[str, ...]] = _NOTHING
    unmanaged: tuple[str, ...] = ()

    def ignored_fields(self, address: str) -> "frozenset[Pointer]":
        """Fields of an assistant that are set when it is created, and then left to the dashboard."""
        fields = (paths for glob, paths in self.ignore_changes.items() if is_named(address, glob))
        return frozenset(tuple(path.split(".")) for paths in fields for path in paths)

    def environment(self, name: str | None) -> Environment:
        """The named environment, else the default one.

        Raises:
            ConfigError: it does not exist, or none is named and there are several without `default_environment`.
        """
        if name is None and self.default_environment is None and len(self.environments) > 1:
            known = ", ".join(self.environments)
            raise ConfigError(
                "which environment is meant? There are several and no `default_environment`",
                hint=f"use --env with one of {known}",
            )
        # An empty name is one that does not exist: it is what a script has of a variable that is not set.
        wanted = (self.default_environment or next(iter(self.environments))) if name is None else name
        if wanted not in self.environments:
            hint = did_you_mean(wanted, self.environments) or f"environments: {', '.join(self.environments)}"
            raise UnknownEnvironmentError(f"environment `{wanted}` does not exist", hint=hint)
        return self.environments[wanted]


def parse_config(value: Mapping[str, Any]) -> Config:
    """Config from the value of a revox-sync.yaml that fits its schema."""
    contract = value.get("contract")
    # Without a section there is still one environment, so that REVOX_BASE_URL and REVOX_API_KEY are enough to start.
    environments = value.get("environments") or {_DEFAULT: {}}
    directories = value.get("assistants", "assistants")
    safety = value.get("safety", {})
    return Config(
        directories=(directories,) if isinstance(directories, str) else tuple(directories),
        contract=contract,
        default_environment=value.get("default_environment"),
        environments={
            name: Environment(
                name=name,
                base_url=section.get("base_url"),
                api_key=section.get("api_key"),
                contract=section.get("contract", contract),
                variables=section.get("vars", _NOTHING),
            )
            for name, section in environments.items()
        },
        lint=_lint(value.get("lint", {})),
        safety=SafetyOptions(
            safety.get("max_deletes", 0), tuple(safety.get("protect", ())), tuple(safety.get("test_numbers", ()))
        ),
        ignore_changes={glob: tuple(paths) for glob, paths in value.get("ignore_changes", {}).items()},
        unmanaged=tuple(value.get("unmanaged", ())),
    )


def _lint(section: Mapping[str, Any]) -> LintOptions:
    return LintOptions(
        select=tuple(section.get("select", ())),
        ignore=tuple(section.get("ignore", ())),
        severity=section.get("severity", {}),
        per_file_ignores={glob: tuple(codes) for glob, codes in section.get("per-file-ignores", {}).items()},
        variables=tuple(section.get("variables", ())),
    )
