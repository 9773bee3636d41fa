"""Reads revox-sync.yaml: the configuration, or everything that is wrong with it, with positions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from revox_sync.config import Config, parse_config
from revox_sync.contract.fields import assistant_node, known_contracts
from revox_sync.contract.schema_files import load_schema
from revox_sync.contract.validator import compile_schema
from revox_sync.errors import ConfigError
from revox_sync.source.documents.document import Document
from revox_sync.source.model.place import Place, SourceText
from revox_sync.source.model.problem import ProblemKind
from revox_sync.source.model.value import Deferred, opaque, plain_json
from revox_sync.values.did_you_mean import did_you_mean
from revox_sync.values.pointer import Pointer

_Fault: TypeAlias = tuple[Place, str, str]
"""Where it is, what is wrong, and what to do."""


class BrokenConfigError(ConfigError):
    """revox-sync.yaml, or a file it includes, has mistakes.

    Attributes:
        faults: where each of them is, what is wrong, and what to do.
        sources: texts of the files, by path.
    """

    def __init__(self, message: str, faults: Sequence[_Fault], sources: Mapping[str, SourceText]) -> None:
        super().__init__(message)
        self.faults: Final = tuple(faults)
        self.sources: Final = sources


def read_config(configuration: Document | None) -> Config:
    """The configuration that a loaded revox-sync.yaml holds; None where there is no such file.

    Raises BrokenConfigError with everything that is wrong with it, a line each, with its position.
    """
    if configuration is None:
        return Config()
    problems = [
        (problem.place, problem.message, problem.label)
        for problem in configuration.problems
        if problem.kind is not ProblemKind.DIRECTIVE  # it changes nothing
    ]
    _require_none(configuration, [*problems, *_violations(configuration)])
    # A configuration without faults is a mapping: the loader reports any other.
    config = parse_config(configuration.value if isinstance(configuration.value, dict) else {})
    _require_none(configuration, (*_unknown_names(configuration, config), *_unfit_fields(configuration, config)))
    return config


def _require_none(configuration: Document, faults: Iterable[_Fault]) -> None:
    # Those of the schema come in an order that is another one in each process.
    lines, found = [], sorted(faults, key=lambda fault: (fault[0].path, fault[0].start))
    for place, message, label in found:
        text = configuration.sources.get(place.path)
        line, column = text.position(place.start) if text else (1, 1)
        lines.append(f"{place.path}:{line}:{column}: {message}" + (f"; {label}" if label else ""))
    if lines:
        raise BrokenConfigError("\n".join(lines), found, configuration.sources)


def _unknown_names(configuration: Document, config: Config) -> Iterator[_Fault]:
    """Contracts and environments that are named but do not exist."""
    versions: dict[Pointer, str | None] = {("contract",): config.contract}
    for name, environment in config.environments.items():
        # Without a contract of its own an environment has the one of the project, which is reported once.
        if environment.contract != config.contract:
            versions["environments", name, "contract"] = environment.contract
    for pointer, version in versions.items():
        if version is not None and version not in known_contracts():
            label = f"known contracts, in quotes: {', '.join(known_contracts())}"
            yield configuration.locate(pointer).place, f"contract `{version}` does not exist", label
    default = config.default_environment
    if default is not None and default not in config.environments:
        label = did_you_mean(default, config.environments) or f"environments: {', '.join(config.environments)}"
        yield configuration.locate(("default_environment",)).place, f"environment `{default}` does not exist", label


def _unfit_fields(configuration: Document, config: Config) -> Iterator[_Fault]:
    """Fields of `ignore_changes` that do not exist, or cannot be left to the dashboard."""
    for glob, paths in config.ignore_changes.items():
        for position, path in enumerate(paths):
            fault = ignorable(path)
            if fault is not None:
                yield configuration.locate(("ignore_changes", glob, position)).place, *fault


def ignorable(path: str) -> tuple[str, str] | None:
    """What is wrong with a field of `ignore_changes`, and what to do; None where nothing is."""
    nodes, above = [assistant_node()], ""
    for key in path.split("."):
        variants = [variant for node in nodes for variant in (node, *node.branches.values())]
        known = {name: child for variant in variants for name, child in variant.properties.items()}
        if not known:
            return f"`{path}` is inside a value that is owned whole", f"write `{above}`"
        if key not in known:
            where = f" in `{above}`" if above else ""
            return f"unknown field `{key}`{where}", did_you_mean(key, known) or f"fields: {', '.join(known)}"
        nodes = [variant.properties[key] for variant in variants if key in variant.properties]
        above = f"{above}.{key}".removeprefix(".")
    if path == "name":
        return "`name` cannot be ignored: it finds the assistant", "leave it out"
    if any(node.read_only for node in nodes):
        return f"`{path}` is set by the server only", "leave it out"
    if "." in path and any(node.holds_secret for node in nodes):
        return f"`{path}` is a secret: its value cannot be carried over", f"write `{path.partition('.')[0]}`"
    return None


def _violations(configuration: Document) -> Iterator[_Fault]:
    value = plain_json(configuration.value)
    schema = load_schema("config")
    unknown = [pointer for pointer, found in opaque(configuration.value) if isinstance(found, Deferred)]
    reported = {problem.place for problem in configuration.problems}
    if isinstance(value, dict) and not compile_schema(schema)(value):
        from revox_sync.contract.explain import explain  # slow to import, and most configurations fit the schema

        for violation in explain(value, schema):
            # What is not known stands for a text, which it may not be.
            if any(violation.pointer[: len(pointer)] == pointer for pointer in unknown):
                continue
            pointer = (*violation.pointer, violation.key) if violation.key else violation.pointer
            place = configuration.locate(pointer, key=bool(violation.key or violation.missing)).place
            yield place, violation.message, violation.label
    for pointer in unknown:
        place = configuration.locate(pointer).place
        if pointer[0] != "defaults" and place not in reported:
            yield place, "`!var` and `!sub` work only below `defaults`", "write the value here"
