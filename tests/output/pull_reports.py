"""Outcomes of pulls, for the renderers."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from revox_sync.sync.model.pull_report import Left, Pulled, PullReport

UNTOUCHED: Final = Pulled("calm", "assistants/calm.yaml", "Calm", "asst_0")
MIXED: Final = (
    UNTOUCHED,
    Pulled(
        "sales/outbound",
        "assistants/sales/outbound.yaml",
        "Outbound",
        "asst_1",
        fields=("prompt", 'faq_items["Price?"].answer'),
        conflicts=("voice.speed",),
        local=("first_sentence", "name"),
        left=(
            Left("webhook_url", "comes from `!sub`: change it there", "assistants/sales/outbound.yaml:12"),
            Left("llm_model", "llm_model.api_key is a secret", None, differs=False),
        ),
    ),
    Pulled("support", "assistants/support.yaml", "Support", "asst_2", fields=("prompt",), bound=True),
    Pulled("gone", "assistants/gone.yaml", refused="asst_3 no longer exists on the server"),
    Pulled("broken", "assistants/broken.yaml", refused="its file has errors", broken=True),
)
FILES: Final = ("assistants/prompts/support.md", "assistants/sales/outbound.yaml")
_REPORTS: Final = {
    "mixed": PullReport("production", written=True, assistants=MIXED, files=FILES, lock=".revox/production.lock.json"),
    "check": PullReport("production", written=False, assistants=MIXED, files=FILES),
    "nothing": PullReport("production", written=True, assistants=(UNTOUCHED,), files=()),
    "local": PullReport(
        "production",
        written=True,
        assistants=(Pulled("a", "assistants/a.yaml", "A", "asst_1", local=("prompt",)),),
        files=(),
    ),
    "hostile": PullReport(
        "production",
        written=True,
        assistants=(
            Pulled(
                "a\x1b[31m",
                "assistants/\u202ea.yaml",
                "A\n\x1b]0;",
                "asst_1",
                fields=('labels["\x1b[2J"]',),
                conflicts=("\x9b1m",),
                left=(Left("\x07", "\u2066reason\x1b[0m", "a\x00.yaml:1"),),
                refused="\x1b[1mno",
            ),
        ),
        files=("assistants/\u202ea.yaml",),
        lock=".revox/\x1b.lock.json",
    ),
}
REPORTS: Final = {
    name: replace(report, base_url="https://www.getrevox.com/api", organization_id="org_1")
    for name, report in _REPORTS.items()
}
