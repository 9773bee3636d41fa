"""The schemas as files."""

# os.path, not pathlib: one lint in a hook is too short to import it.
# ruff: noqa: PTH112, PTH118, PTH120, PTH123, PTH208

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

JsonSchema = Mapping[str, Any]
SUFFIX: Final = ".schema.json"


def schema_directory() -> str:
    """Where the schemas are: inside the installed package, or beside it in a checkout."""
    package = os.path.dirname(os.path.dirname(__file__))
    packaged = os.path.join(package, "schemas")
    return packaged if os.path.isdir(packaged) else os.path.join(os.path.dirname(package), "schemas")


@cache
def load_schema(name: str) -> JsonSchema:
    """The schema `schemas/<name>.schema.json`. Raises KeyError for a name that does not exist."""
    try:
        with open(os.path.join(schema_directory(), name + SUFFIX), "rb") as stream:
            schema: JsonSchema = json.load(stream)
    except FileNotFoundError:
        raise KeyError(name) from None
    return schema


def schema_names() -> list[str]:
    """Names that `load_schema` knows, sorted."""
    return sorted(name.removesuffix(SUFFIX) for name in os.listdir(schema_directory()) if name.endswith(SUFFIX))
