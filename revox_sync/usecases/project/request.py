"""What `init` is asked for; a module of its own, because the page of help needs nothing else of it."""

from __future__ import annotations

from typing import Literal, TypeAlias

CodeHost: TypeAlias = Literal["github", "gitlab", "none"]
"""Whose review workflow is written."""
