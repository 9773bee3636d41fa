"""httpx without its command line program.

The library imports its program along with itself, and with that rich, pygments and click: 45 of 120 ms. None among the
loaded modules says that there is none (Python reference, "The module cache"), a case httpx is prepared for.
"""

from __future__ import annotations

import sys

sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type] # typeshed knows modules only

import httpx  # noqa: E402 - after the line above

__all__ = ["httpx"]
