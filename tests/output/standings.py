"""Where assistants stand, as renderers are shown it."""

from __future__ import annotations

from typing import Any, Final

from revox_sync.sync.model.status import AssistantStatus, Standing, Status, Unmanaged
from tests.output.samples import HOSTILE

IDS: Final = [f"asst_{number:032x}" for number in range(0x3C61_9DCC_A8FB, 0x3C61_9DCC_A8FB + 10)]
WHERE: Final[dict[str, Any]] = {"base_url": "https://www.getrevox.com/api", "organization_id": "org_1"}
MANY: Final = tuple(f"structured_output_config.field_{number}" for number in range(12))

EVERY: Final = Status(
    "production",
    (
        AssistantStatus("booking", "Roof survey booking", None, Standing.NEW),
        AssistantStatus("collections", "Collections", IDS[0], Standing.DRIFT, ("prompt", "voice.speed"), 1),
        AssistantStatus("recruiting/en", "Recruiting", IDS[1], Standing.CONFLICT, MANY),
        AssistantStatus(
            "recruiting/installateur-photovoltaique-fr", "Recrutement d’installateurs", IDS[2], Standing.IN_SYNC
        ),
        AssistantStatus(
            "retired", "Former line", IDS[3], Standing.MISSING, reason=f"{IDS[3]} no longer exists on the server"
        ),
        AssistantStatus("sales/old", "Outbound sales, first attempt", IDS[4], Standing.ORPHANED),
        AssistantStatus(
            "sales/outbound",
            "Outbound sales",
            IDS[5],
            Standing.LOCAL_CHANGE,
            ('faq_items["When?"].answer', "voice.speed"),
            reason="moved from outbound",
        ),
        AssistantStatus(
            "step", "Step", IDS[6], Standing.BLOCKED, reason="declare `llm_model.api_key` with `!env`; it would be lost"
        ),
        AssistantStatus("support", "支援", IDS[7], Standing.IN_SYNC, grown=2),
        AssistantStatus(
            "twins",
            "Twins",
            None,
            Standing.AMBIGUOUS,
            reason=f"several remote assistants have this name: {IDS[8]}, {IDS[9]}",
        ),
    ),
    (Unmanaged("asst_0001", "Test call"), Unmanaged("asst_0002", "Test call 2")),
    ("collections: `llm_model.api_key` is a secret that cannot be compared; --resend-secrets sends it",),
    **WHERE,
)
IN_SYNC: Final = Status("production", (AssistantStatus("survey", "Survey", "asst_0001", Standing.IN_SYNC),), **WHERE)
EMPTY: Final = Status("production", (), (Unmanaged("asst_0001", "Test call"),), **WHERE)
EVIL: Final = Status(
    "production",
    (
        AssistantStatus(f"bad {HOSTILE}", HOSTILE, HOSTILE, Standing.DRIFT, (f'labels["{HOSTILE}"]', "x" * 200)),
        AssistantStatus("long", "word " * 60, "asst_" + "9" * 200, Standing.BLOCKED, reason=HOSTILE),
    ),
    (Unmanaged(HOSTILE, HOSTILE),),
    (HOSTILE,),
    **WHERE,
)
STATUSES: Final = {"every": EVERY, "in-sync": IN_SYNC, "empty": EMPTY, "hostile": EVIL}
