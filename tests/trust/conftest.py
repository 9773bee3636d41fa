"""Every test may have an account: see tests/account.py."""

from __future__ import annotations

from tests.account import account, served

__all__ = ["account", "served"]
