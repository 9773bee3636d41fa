"""Plans and outcomes that renderers are shown with."""

from __future__ import annotations

from typing import Any, Final

from revox_sync.secret import Secret
from revox_sync.sync.desired import Desired
from revox_sync.sync.lock import Lock, LockEntry
from revox_sync.sync.match import Match, Matches, MatchKind, Remote
from revox_sync.sync.outcome import Applied, Outcome, Result
from revox_sync.sync.plan import Action, Plan, PlanOptions
from revox_sync.sync.planner import make_plan
from revox_sync.sync.readback import new_entry
from revox_sync.sync.state import State

ENGLISH: Final = """\
# Role
You are Emma, the voice assistant of Solvara. You call people who asked for a quote on the web site, and you book a \
free roof survey for them.

# Opening
Say: "Hello {{contact_name}}!"
Wait until they answer.
Ask whether now is a good moment.

# Booking
1. Offer two slots.
2. Confirm the slot.
3. Say goodbye.
"""
FRENCH: Final = """\
# Rôle
Tu es Camille, l’assistante vocale de Solvara, et tu rappelles les candidats au poste d’installateur.

# Ouverture
Présente-toi, puis demande si la personne a cinq minutes.

# Questions
- Avez-vous le permis B ?
- Êtes-vous à l’aise en hauteur ?
- Où habitez-vous ?
"""
VOICE: Final = {"provider": "cartesia", "id": "v1", "speed": 1.0}
OUTPUTS: Final = [
    {"name": "survey_booked", "type": "boolean", "required": True, "description": "True only if a slot was confirmed."},
    {"name": "survey_start", "type": "datetime", "required": False, "description": "With UTC offset."},
]
HOSTILE: Final = "\x1b[31mred\x1b[0m \u202eevil\u202c \x00 \u200b\ttab"

Value = dict[str, Any]


def declared(name: str, **fields: Any) -> Value:
    return {"name": name, "prompt": ENGLISH} | fields


def held(number: int, **fields: Any) -> Remote:
    """A remote assistant."""
    own = {"id": f"asst_{number:04}", "organization_id": "org_1", "updated_at": "2026-03-05T09:30:00.000000Z"}
    value = declared(f"Assistant {number}") | own | fields
    return Remote(str(own["id"]), str(value["name"]), value)


class Situation:
    """Collects files with their remote assistants and makes the plan."""

    def __init__(self) -> None:
        self._desired: list[Desired] = []
        self._matches: list[Match] = []

    def new(self, address: str, value: Value) -> None:
        """A file without a remote assistant."""
        self._desired.append(Desired(address, value["name"], value))
        self._matches.append(Match(address, MatchKind.CREATE))

    def known(self, address: str, value: Value, remote: Remote, applied: Value | None = None) -> None:
        """A file and its remote assistant; `applied` is what the file said last time, None where there was none."""
        before = Remote(remote.id, remote.name, {**remote.value, **(applied or {})})
        entry = new_entry(applied, before, None, frozenset()) if applied is not None else None
        kind = MatchKind.LOCKED if entry else MatchKind.ADOPTED
        self._desired.append(Desired(address, value["name"], value))
        self._matches.append(Match(address, kind, remote, entry))

    def lost(self, address: str, *candidates: str) -> None:
        """A file of which nobody knows which remote assistant it means, or whose remote assistant is gone."""
        self._desired.append(Desired(address, address, declared(address)))
        entry = LockEntry("asst_0000", address, {})
        kind = MatchKind.AMBIGUOUS if candidates else MatchKind.MISSING
        self._matches.append(Match(address, kind, None, None if candidates else entry, None, candidates))

    def plan(self, *orphaned: str, **options: Any) -> Plan:
        """The plan."""
        lock = Lock("production", "https://www.getrevox.com/api", "org_1", {})
        return make_plan(
            environment="production",
            base_url="https://www.getrevox.com/api",
            desired=self._desired,
            state=State("org_1", Matches(tuple(self._matches), orphaned), lock, lock.digest),
            options=PlanOptions(**options),
        )


def create() -> Plan:
    """One assistant with fields of every kind."""
    made = Situation()
    body = declared(
        "Roof survey booking",
        first_sentence="Hello, this is Emma, the virtual assistant at Solvara. Am I speaking with {{contact_name}}?",
        max_call_duration_secs=420,
        sms_enabled=True,
        voice=VOICE,
        llm_model={
            "type": "custom",
            "api_url": "https://llm.example.com",
            "model_name": "m",
            "api_key": Secret("x", "K"),
        },
        call_retry_config={
            "max_retry_attempts": 2,
            "retry_delay_seconds": 7200,
            "allowed_days": ["monday", "tuesday", "wednesday"],
            "call_twice_in_a_row": False,
        },
        structured_output_config=OUTPUTS,
        after_call_sms_outcomes=["completed"],
    )
    made.new("booking", body)
    return made.plan()


def update() -> Plan:
    """Edited prompts in two languages, scalars, entries, lost keys and a secret."""
    made = Situation()
    applied = declared(
        "Assistant 1",
        voice=VOICE | {"volume": 1.2},
        structured_output_config=OUTPUTS[:1],
        webhook_url=Secret("https://a.example.com", "HOOK"),
        voicemail_message="Please call back.",
        max_call_duration_secs=420,
    )
    remote = held(1, **{**applied, "webhook_url": "https://a.example.com"})
    prompt = ENGLISH.replace('"Hello {{contact_name}}!"', '"Hi {{contact_name}}, this is {{agent_name}}."')
    wanted = applied | {
        "prompt": prompt.replace("3. Say goodbye.", "3. Repeat the slot.\n4. Say goodbye."),
        "voice": VOICE | {"speed": 1.1},
        "structured_output_config": [OUTPUTS[0] | {"required": False}, OUTPUTS[1]],
        "webhook_url": Secret("https://b.example.com", "HOOK"),
        "voicemail_message": None,
    }
    made.known("sales/outbound", wanted, remote, applied)
    applied = declared("Assistant 2", prompt=FRENCH)
    wanted = applied | {"prompt": FRENCH.replace("permis B ?", "permis B ou BE ?").replace("cinq", "dix")}
    made.known("recruiting/installateur", wanted, held(2, prompt=FRENCH), applied)
    applied = declared("Assistant 3", from_phone_number="+33199001200")
    wanted = applied | {"name": "Support line", "from_phone_number": "+33199001201"}
    made.known("support", wanted, held(3, from_phone_number="+33199001200"), applied)
    made.known("survey", declared("Assistant 4"), held(4), declared("Assistant 4"))
    return made.plan()


def blocked(**options: Any) -> Plan:
    """Drift, a conflict, refusals, orphans and notes, beside an update."""
    made = Situation()
    applied = declared("Assistant 1", first_sentence="Hello", voice=VOICE)
    made.known("drifted", applied, held(1, first_sentence="Bonjour", voice=VOICE | {"speed": 1.2}), applied)
    applied = declared("Assistant 2")
    both = ENGLISH.replace("Offer two slots", "Offer one slot")
    remote = held(2, prompt=ENGLISH.replace("Offer two slots", "Offer three slots"))
    made.known("conflicting", applied | {"prompt": both}, remote, applied)
    applied = declared("Assistant 3", voicemail_message="Please call back.")
    made.known("unmanaged", declared("Assistant 3", max_call_duration_secs=60), held(3, **applied), applied)
    made.lost("twins", "asst_0007", "asst_0008")
    made.lost("gone")
    made.new("flow/step", declared("Step", type="sub-assistant"))
    return made.plan("retired", "sales/old", **options)


def in_sync() -> Plan:
    """Nothing to do."""
    made = Situation()
    made.known("survey", declared("Assistant 4"), held(4), declared("Assistant 4"))
    return made.plan()


def hostile() -> Plan:
    """Names, texts and keys that want to steer the terminal, and words longer than any line."""
    made = Situation()
    made.new(f"bad {HOSTILE}", {"name": HOSTILE, "prompt": f"{HOSTILE}\n{'x' * 400}\n<b>&amp;"})
    applied = declared("Assistant 1", prompt=f"# {HOSTILE}\n" + "one\n" * 8)
    wanted = applied | {"prompt": f"# {HOSTILE}\n" + "one\n" * 7 + HOSTILE, "first_sentence": HOSTILE}
    made.known("known", wanted, held(1, prompt=applied["prompt"]), applied)
    made.known("drifted", declared("D"), held(2, name="D", prompt=HOSTILE, updated_at=HOSTILE), declared("D"))
    made.lost(f"twins {HOSTILE}", HOSTILE, "b")
    return made.plan(HOSTILE)


PLANS: Final = {"create": create, "update": update, "blocked": blocked, "in-sync": in_sync, "hostile": hostile}

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
    ),
    blocked=2,
    interrupted=True,
)
COMPLETE: Final = Applied(APPLIED.outcomes[:2])
EVIL: Final = Applied((Outcome(f"bad {HOSTILE}", Action.CREATE, HOSTILE, Result.FAILED, HOSTILE, (HOSTILE,)),))
OUTCOMES: Final = {"mixed": APPLIED, "complete": COMPLETE, "nothing": Applied(()), "hostile": EVIL}
