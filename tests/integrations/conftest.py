from __future__ import annotations

from tests.integrations.pipeline import pipeline

__all__ = ["pipeline"]
