"""Mutants that may survive, each with its reason."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

SURVIVORS: Final = Path(__file__).with_name("survivors.toml")


def reasons() -> Mapping[tuple[str, str], str]:
    """The reason of each listed mutant, by module and by name."""
    listed = tomllib.loads(SURVIVORS.read_text("utf-8"))
    return {(module, name): reason for module, names in listed.items() for name, reason in names.items()}
