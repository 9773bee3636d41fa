"""New files of remote assistants, for people and for programs."""

from __future__ import annotations

import json
from typing import Final

import pytest

from revox_sync.output.json import pull as pull_json
from revox_sync.output.text import pull as adopt_text
from revox_sync.output.text.style import painter
from revox_sync.sync.model.adopt_report import Adopted, AdoptReport, Skipped
from revox_sync.sync.model.pull_report import PullReport
from tests.conftest import Golden

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
REPORTS: Final = {
    "nothing": AdoptReport(written=True),
    "written": AdoptReport(True, (SUPPORT, SALES), (TWIN,), ".revox/production.lock.json"),  # noqa: FBT003 - written
    "check": AdoptReport(False, (SALES,)),  # noqa: FBT003 - written
}


@pytest.mark.parametrize("color", [False, True], ids=["plain", "color"])
@pytest.mark.parametrize("name", REPORTS)
def test_text(golden: Golden, name: str, color: bool) -> None:  # noqa: FBT001 - a parameter of the test
    text = adopt_text.render_adopted(REPORTS[name], painter(color=color))
    golden(f"adopt/{name}{'-color' if color else ''}.txt", text)


def test_members() -> None:
    nothing_pulled = PullReport("production", written=True, assistants=(), files=())
    members = json.loads(pull_json.render(nothing_pulled, REPORTS["written"]))
    assert [each["variables"] for each in members["adopted"]] == [SUPPORT.variables, {}]
    assert members["skipped"] == [
        {"id": "asst_3", "name": TWIN.name, "reason": "asst_4 has this name, too", "hint": "rename one of them"}
    ]
