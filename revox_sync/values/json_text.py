"""JSON of files and answers, read so that a small text cannot fill the memory."""

from __future__ import annotations

import json
from typing import Any, Final

MOST_COLLECTIONS: Final = 4_000_000
"""Lists and objects of one document. Ten thousand assistants have a tenth of them; each takes some hundred bytes."""


def load_json(text: str | bytes, **options: Any) -> Any:
    """The value of a JSON text; `options` are those of `json.loads`.

    Raises:
        ValueError: it is no JSON, or has more than MOST_COLLECTIONS lists and objects.
        RecursionError: it is nested too deep.
    """
    # Thirty megabytes of `[],[]` would become a gigabyte of lists. Brackets in texts count, too: few texts have any.
    brackets = ("[", "{") if isinstance(text, str) else (b"[", b"{")
    if sum(map(text.count, brackets)) > MOST_COLLECTIONS:  # type: ignore[arg-type]  # both are of the text's type
        raise ValueError(f"it has more than {MOST_COLLECTIONS:,} lists and objects")
    return json.loads(text, **options)
