"""Files, remote assistants and lock entries from which the planner makes plans."""

from __future__ import annotations

from typing import Any, Final

from revox_sync.config import SafetyOptions
from revox_sync.contract.fields import is_hidden
from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.comparing.verify_response import entry_in_sync
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.model.plan import Plan, PlanOptions
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.planning.planner import PlanContext, make_plan
from revox_sync.sync.remote_state.fetch import State
from revox_sync.sync.remote_state.match import Match, Matches, MatchKind
from revox_sync.sync.state.lock_file import lock_digest
from revox_sync.values.secret import Secret
from tests.output.samples import ENGLISH, FRENCH, HOSTILE, MARKUP, OUTPUTS, VOICE

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
        self._orphans: dict[str, Remote] = {}
        self._entries: dict[str, LockEntry] = {}

    def new(self, address: str, value: Value) -> None:
        """A file without a remote assistant."""
        self._desired.append(Desired(address, value["name"], value))
        self._matches.append(Match(address, MatchKind.CREATE, unlisted=is_hidden(value)))

    def known(self, address: str, value: Value, remote: Remote, applied: Value | None = None) -> None:
        """A file and its remote assistant; `applied` is what the file said last time, None where there was none."""
        before = Remote(remote.id, remote.name, {**remote.value, **(applied or {})})
        entry = entry_in_sync(applied, before, None) if applied is not None else None
        kind = MatchKind.LOCKED if entry else MatchKind.ADOPTED
        self._desired.append(Desired(address, value["name"], value))
        self._matches.append(Match(address, kind, remote, entry))

    def lost(self, address: str, *candidates: str) -> None:
        """A file of which nobody knows which remote assistant it means, or whose remote assistant is gone."""
        self._desired.append(Desired(address, address, declared(address)))
        entry = LockEntry("asst_0000", address, {})
        kind = MatchKind.AMBIGUOUS if candidates else MatchKind.MISSING
        self._matches.append(Match(address, kind, None, None if candidates else entry, None, candidates))

    def orphan(self, address: str, remote: Remote, applied: Value) -> str:
        """A remote assistant whose file is gone; its address."""
        before = Remote(remote.id, remote.name, {**remote.value, **applied})
        self._entries[address] = entry_in_sync(applied, before, None)
        self._orphans[address] = remote
        return address

    def plan(self, *orphaned: str, **options: Any) -> Plan:
        """The plan."""
        entries = {each: self._entries.get(each, LockEntry("asst_0009", f"Old {each}", {})) for each in orphaned}
        lock = Lock("production", "https://www.getrevox.com/api", "org_1", entries)
        state = State("org_1", Matches(tuple(self._matches), orphaned), lock, lock_digest(lock), orphans=self._orphans)
        safety = SafetyOptions(protect=("sales/*",))
        context = PlanContext("production", "https://www.getrevox.com/api", PlanOptions(**options), safety)
        return make_plan(self._desired, state, context)


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


def pruned() -> Plan:
    """Deletes with and without secrets, one protected, one gone already, beside a create and drift."""
    made = Situation()
    applied = declared(
        "Assistant 7",
        voice=VOICE,
        webhook_url=Secret("https://a.example.com", "HOOK"),
        structured_output_config=OUTPUTS,
    )
    hook = {"webhook_url": "https://a.example.com"}
    first = made.orphan("retired/autumn", held(7, **{**applied, **hook, "max_call_duration_secs": 60}), applied)
    secret = [{"name": "t", "url": Secret("https://b.example.com", "TOOL")}]
    tools = declared("Assistant 8", custom_tools=secret)
    second = made.orphan("retired/winter", held(8, custom_tools=[{"name": "t", "url": "https://b.example.com"}]), tools)
    kept = made.orphan("sales/old", held(9), declared("Assistant 9"))
    made.new("retired/spring", declared("Spring", prompt=FRENCH))
    applied = declared("Assistant 1", first_sentence="Hello")
    made.known("drifted", applied, held(1, first_sentence="Bonjour"), applied)
    return made.plan(first, second, kept, "vanished", prune=True, max_deletes=2)


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


def markup() -> Plan:
    """Names, texts and keys that would be Markdown or HTML."""
    made = Situation()
    lines = f"{MARKUP}\n```\n````diff\n~~~\n</details>\n\n# Heading\n- x\n> y\n    code\n<hr>"
    made.new(f"new {MARKUP}", {"name": MARKUP, "prompt": lines, "first_sentence": MARKUP})
    applied = declared("Assistant 1", prompt=f"# {MARKUP}\n{lines}\n", voicemail_message="Short")
    wanted = applied | {"prompt": f"# {MARKUP}\n{lines}\n{MARKUP}", "voicemail_message": MARKUP}
    wanted["structured_output_config"] = [{"name": MARKUP, "type": "string", "required": True}]
    made.known(f"known {MARKUP}", wanted, held(1, **applied), applied)
    made.known("drifted", declared("D"), held(2, name="D", prompt=lines, updated_at=MARKUP), declared("D"))
    made.lost(f"twins {MARKUP}", MARKUP, "b")
    return made.plan(MARKUP)


def review() -> Plan:
    """Something of everything a reviewer meets."""
    made = Situation()
    applied = declared("Old survey", prompt=FRENCH, webhook_url=Secret("https://a.example.com", "HOOK"))
    gone = made.orphan("retired", held(7, **{**applied, "webhook_url": "https://a.example.com"}), applied)
    applied = declared("Assistant 1", prompt=f"{ENGLISH}\n# Objections\n" + "Stay calm.\n" * 20)
    prompt = applied["prompt"].replace("Hello {{contact_name}}", "Hi {{contact_name}}, this is {{agent_name}}")
    made.known("sales/outbound", applied | {"prompt": prompt + "Never insist.\n"}, held(1, **applied), applied)
    applied = declared("Assistant 2", prompt=FRENCH, voice=VOICE)
    wanted = applied | {"prompt": FRENCH.replace("cinq minutes", "dix minutes"), "voice": VOICE | {"speed": 1.1}}
    made.known("recruiting/installateur", wanted, held(2, **applied), applied)
    applied = declared("Assistant 3")
    theirs = held(3, prompt=ENGLISH.replace("two slots", "three slots"))
    made.known("booking", applied | {"prompt": ENGLISH.replace("two slots", "one slot")}, theirs, applied)
    applied = declared("Assistant 4", from_phone_number="+33199001200")
    made.known("support", applied | {"from_phone_number": "+33199001201"}, held(4, **applied), applied)
    made.new("collections", declared("Collections", first_sentence=MARKUP))
    return made.plan(gone, prune=True, max_deletes=1)


PLANS: Final = {
    "create": create,
    "update": update,
    "blocked": blocked,
    "pruned": pruned,
    "in-sync": in_sync,
    "hostile": hostile,
    "markup": markup,
    "review": review,
}
