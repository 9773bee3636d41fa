"""Outcomes of applies that renderers are shown."""

from __future__ import annotations

from typing import Final

from revox_sync.sync.model.outcome import Applied, Outcome, Result
from revox_sync.sync.model.plan import Action
from tests.output.samples import HOSTILE

APPLIED: Final = Applied(
    (
        Outcome("booking", Action.CREATE, "asst_0001", Result.APPLIED),
        Outcome(
            "sales/outbound",
            Action.UPDATE,
            "asst_0002",
            Result.APPLIED,
            None,
            ("the server changed `first_sentence`; its form is accepted",),
        ),
        Outcome("support", Action.UPDATE, "asst_0003", Result.FAILED, "the server ignored `voice.speed`"),
        Outcome(
            "survey",
            Action.CREATE,
            None,
            Result.FAILED,
            "POST /assistants was refused (422): prompt is too polite; name is taken",
        ),
        Outcome(
            "collections",
            Action.UPDATE,
            "asst_0004",
            Result.REFUSED,
            "it was edited outside since the plan was made; plan again",
        ),
        Outcome(
            "recruiting/fr",
            Action.CREATE,
            None,
            Result.UNKNOWN,
            "no answer to POST /assistants in time; it may exist all the same: plan again, an assistant of this name "
            "is then found",
        ),
        Outcome("recruiting/en", Action.CREATE, None, Result.SKIPPED),
        Outcome(
            "recruiting/de",
            Action.CREATE,
            None,
            Result.UNKNOWN,
            "no complete answer to POST /assistants; several assistants of this name have appeared: asst_0007, "
            "asst_0008; `revox-sync import recruiting/de ID` if it exists, `revox-sync forget recruiting/de` if it "
            "does not",
            candidates=("asst_0007", "asst_0008"),
        ),
        Outcome(
            "retired",
            Action.DELETE,
            "asst_0009",
            Result.SKIPPED,
            "nothing is deleted before everything else has worked",
        ),
    ),
    blocked=2,
    interrupted=True,
)
COMPLETE: Final = Applied((*APPLIED.outcomes[:2], Outcome("retired", Action.DELETE, "asst_0009", Result.APPLIED)))
FULL: Final = Applied(APPLIED.outcomes[:1], unsaved="No space left on device")
EVIL: Final = Applied((Outcome(f"bad {HOSTILE}", Action.CREATE, HOSTILE, Result.FAILED, HOSTILE, (HOSTILE,)),))
OUTCOMES: Final = {"mixed": APPLIED, "complete": COMPLETE, "unsaved": FULL, "nothing": Applied(()), "hostile": EVIL}
