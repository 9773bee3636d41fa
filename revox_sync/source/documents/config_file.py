"""revox-sync.yaml as read: what is wrong with it, with positions, or what it says."""

from __future__ import annotations

from collections.abc import Iterator

from revox_sync.config import Config, parse_config
from revox_sync.contract.fields import known_contracts
from revox_sync.contract.schema_files import load_schema
from revox_sync.contract.validator import compile_schema
from revox_sync.errors import ConfigError
from revox_sync.source.documents.document import Document
from revox_sync.source.model.value import Deferred, opaque, plain_json
from revox_sync.values.did_you_mean import did_you_mean
from revox_sync.values.pointer import Pointer


def read_config(configuration: Document | None) -> Config:
    """The configuration a loaded revox-sync.yaml holds; None: there is no such file.

    Raises ConfigError with every fault in it, one per line with its position.
    """
    if configuration is None:
        return Config()
    faults = [*_problems(configuration), *_violations(configuration)]
    if faults or not isinstance(configuration.value, dict):
        raise ConfigError("\n".join(faults))
    config = parse_config(configuration.value)
    faults.extend(_unknown_names(configuration, config))
    if faults:
        raise ConfigError("\n".join(faults))
    return config


def _unknown_names(configuration: Document, config: Config) -> Iterator[str]:
    """Contracts and environments that are named but do not exist."""
    named: dict[Pointer, str | None] = {("contract",): config.contract}
    named |= {
        ("environments", name, "contract"): environment.contract for name, environment in config.environments.items()
    }
    for pointer, version in named.items():
        own = pointer == ("contract",) or version != config.contract
        if own and version is not None and version not in known_contracts():
            label = f"known contracts, in quotes: {', '.join(known_contracts())}"
            yield _fault_at(configuration, pointer, f"contract `{version}` does not exist", label)
    default = config.default_environment
    if default is not None and default not in config.environments:
        label = did_you_mean(default, config.environments) or f"environments: {', '.join(config.environments)}"
        yield _fault_at(configuration, ("default_environment",), f"environment `{default}` does not exist", label)


def _fault_at(configuration: Document, pointer: Pointer, message: str, label: str) -> str:
    place = configuration.locate(pointer).place
    return _fault(place.path, configuration.sources[place.path].position(place.start), message, label)


def _problems(configuration: Document) -> Iterator[str]:
    for problem in configuration.problems:
        text = configuration.sources.get(problem.place.path)
        position = text.position(problem.place.start) if text else (1, 1)
        yield _fault(problem.place.path, position, problem.message, problem.label)


def _violations(configuration: Document) -> Iterator[str]:
    value = plain_json(configuration.value)
    schema = load_schema("config")
    unknown = [pointer for pointer, found in opaque(configuration.value) if isinstance(found, Deferred)]
    told = {problem.place for problem in configuration.problems}
    if isinstance(value, dict) and not compile_schema(schema)(value):
        from revox_sync.contract.explain import explain

        for violation in (
            violation
            for violation in explain(value, schema)
            if not any(_begins(violation.pointer, at) for at in unknown)
        ):
            pointer = (*violation.pointer, violation.key) if violation.key else violation.pointer
            place = configuration.locate(pointer, key=bool(violation.key or violation.missing)).place
            position = configuration.sources[place.path].position(place.start)
            yield _fault(place.path, position, violation.message, violation.label)
    for pointer in unknown:
        if pointer[0] != "defaults" and configuration.locate(pointer).place not in told:
            message = "`!var` and `!sub` work only below `defaults`"
            yield _fault_at(configuration, pointer, message, "write the value here")


def _fault(path: str, position: tuple[int, int], message: str, label: str) -> str:
    line, column = position
    return f"{path}:{line}:{column}: {message}" + (f"; {label}" if label else "")


def _begins(pointer: Pointer, prefix: Pointer) -> bool:
    return pointer[: len(prefix)] == prefix
