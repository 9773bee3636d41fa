"""Where the schemas are on disk, and what they hold."""

# os.path, not pathlib: one lint in a hook is too short to import it.
# ruff: noqa: PTH112, PTH118, PTH120, PTH123, PTH208

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

JsonSchema = Mapping[str, Any]
_SUFFIX: Final = ".schema.json"
EDITOR: Final = "editor"
"""Names the schema for editors, which is no file: `contract.editor_schema` makes it for the project at hand."""


def schema_directory() -> str:
    """The folder of the schemas: in the installed package, else beside the package in a checkout."""
    package = os.path.dirname(os.path.dirname(__file__))
    packaged = os.path.join(package, "schemas")
    return packaged if os.path.isdir(packaged) else os.path.join(os.path.dirname(package), "schemas")


@cache
def load_schema(name: str) -> JsonSchema:
    """The schema in `<name>.schema.json`, the same object at each call. Raises KeyError for an unknown name."""
    try:
        with open(os.path.join(schema_directory(), name + _SUFFIX), "rb") as stream:
            schema: JsonSchema = json.load(stream)
    except FileNotFoundError:
        raise KeyError(name) from None
    return schema


def schema_names() -> list[str]:
    """Names that `load_schema` knows, sorted."""
    return sorted(name.removesuffix(_SUFFIX) for name in os.listdir(schema_directory()) if name.endswith(_SUFFIX))
