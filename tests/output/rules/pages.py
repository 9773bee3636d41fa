"""Pages of rules that renderers are shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from revox_sync.lint.model.finding import Severity
from revox_sync.output.rules.page import RuleExample, RulePage, read_page
from tests.output.findings import AMBIGUOUS, UNKNOWN

TEXT: Final = "A headline | with a bar.\n\nBefore.\n\nWhat it finds: that.\n\nMore of\nthat.\n\nInstead: this."
PAGE: Final = read_page("RVX201", "a-name", Severity.WARNING, TEXT)
_SEVERAL: Final = RuleExample(
    (("assistants/a.yaml", ("name: A", "promt: |", "  Hi")), ("b.md", ())), (UNKNOWN, AMBIGUOUS)
)
WITH_EXAMPLES: Final = replace(
    PAGE, invalid=(_SEVERAL,), valid=(RuleExample((("assistants/a.yaml", ("name: A",)),), ()),)
)
OFF: Final[RulePage] = read_page("RVX604", "x", Severity.INFO, TEXT, default=False)
