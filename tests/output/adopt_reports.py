"""New files that renderers are shown."""

from __future__ import annotations

from typing import Final

from revox_sync.sync.model.adopt_report import Adopted, AdoptReport, Skipped

SUPPORT: Final = Adopted(
    address="support",
    id="asst_1",
    name="Support",
    path="assistants/support.yaml",
    files=("assistants/prompts/support.md", "assistants/support.yaml"),
    variables={"SUPPORT_LOOK_UP_X_API_KEY": "custom_tools[0].headers[0].value", "SUPPORT_KEY": "llm_model.api_key"},
    notes=("without `voice.speed`: 9 is more than 1.5", "`webhook_url` comes from `defaults`; the next plan sets it"),
)
SALES: Final = Adopted("sales", "asst_2", "Sales", "assistants/sales.yaml", ("assistants/sales.yaml",), {})
TWIN: Final = Skipped("asst_3", "Twin\x1b[2J\u202e", "asst_4 has this name, too", "rename one of them")
ADOPTIONS: Final = {
    "nothing": AdoptReport(written=True),
    "written": AdoptReport(True, (SUPPORT, SALES), (TWIN,), ".revox/production.lock.json"),  # noqa: FBT003 - written
    "check": AdoptReport(False, (SALES,)),  # noqa: FBT003 - written
}
