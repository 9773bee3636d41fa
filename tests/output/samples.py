"""Plans that renderers are shown, written by hand: no planner has made them, so its faults cannot hide theirs."""

from __future__ import annotations

import shlex
from typing import Any, Final

from revox_sync.sync.model.plan import Action, Blocked, Change, FieldChange, Orphan, Plan, PlanOptions, Refusal

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
MARKUP: Final = (
    "</code></summary></details><script>document.title='owned'</script><img src=x onerror=alert(1)> | a\\| b || "
    "@team #12 GH-3 user/repo#4 !5 https://evil.example.com www.evil.example.com evil@example.com ``` ```` `x` "
    "[l](javascript:alert(1)) ![i](https://evil.example.com/i.png) <!-- --> &lt;b&gt; **bold** $x$ ~~~ "
    "'\"> 0123456789abcdef0123456789abcdef01234567"
)
"""What would be markup, a link, a mention or an end of code, were it not made harmless."""
MARKUP_LINES: Final = f"{MARKUP}\n```\n````diff\n~~~\n</details>\n\n# Heading\n- x\n> y\n    code\n<hr>"
LONG_PROMPT: Final = f"{ENGLISH}\n# Objections\n" + "Stay calm.\n" * 20
_UPDATED_AT: Final = "2026-03-05T09:30:00.000000Z"


def added(path: str, value: Any) -> FieldChange:
    return FieldChange(path, None, value, sensitive=False, added=True)


def removed(path: str, value: Any) -> FieldChange:
    return FieldChange(path, value, None, sensitive=False, removed=True)


def changed(path: str, before: Any, after: Any) -> FieldChange:
    return FieldChange(path, before, after, sensitive=False)


def secret(path: str, *, added: bool = False, removed: bool = False) -> FieldChange:
    return FieldChange(path, None, None, sensitive=True, added=added, removed=removed)


def _plan(changes: tuple[Change, ...], **members: Any) -> Plan:
    url = "https://www.getrevox.com/api"
    return Plan("production", url, "org_1", PlanOptions(), lock_digest="0" * 32, changes=changes, **members)


def _twins(address: str, ids: str) -> Refusal:
    command = f"revox-sync import {shlex.quote(address)} ID"
    return Refusal(
        address, address, f"several remote assistants have this name ({ids}); `{command}` says which one is meant"
    )


_SLOTS: Final = changed("prompt", ENGLISH.replace("two slots", "three slots"), ENGLISH.replace("two slots", "one slot"))
_CONFLICT: Final = Blocked("conflicting", "Assistant 2", "asst_0002", (_SLOTS,), _UPDATED_AT)
_GONE: Final = Refusal(
    "gone",
    "gone",
    (
        "asst_0000 no longer exists on the server; --recreate creates it again (--max-deletes counts it), "
        "`revox-sync import gone ID` binds another one, `revox-sync forget gone` lets go of it"
    ),
)
_STEP: Final = Change(
    "flow/step",
    "Step",
    None,
    Action.CREATE,
    impact=("speech", "routing", "cosmetic"),
    fields=(added("name", "Step"), added("prompt", ENGLISH), added("type", "sub-assistant")),
)
_UNMANAGED: Final = Change(
    "unmanaged",
    "Assistant 3",
    "asst_0003",
    Action.UPDATE,
    impact=("routing",),
    fields=(added("max_call_duration_secs", 60),),
    declared={"prompt": ENGLISH},
)
_ORPHANS: Final = (Orphan("retired", "Old retired", "asst_0009"), Orphan("sales/old", "Old sales/old", "asst_0009"))
_NOTES: Final = (
    (
        "flow/step: the list call hides sub-assistants, so an existing one is not found; "
        "`revox-sync import flow/step ID` binds it"
    ),
    "unmanaged: `voicemail_message` is no longer managed; the server keeps its value",
)

CREATE_PLAN: Final = _plan(
    (
        Change(
            "booking",
            "Roof survey booking",
            None,
            Action.CREATE,
            impact=("speech", "routing", "data", "cosmetic"),
            fields=(
                added("name", "Roof survey booking"),
                added("prompt", ENGLISH),
                added(
                    "first_sentence",
                    "Hello, this is Emma, the virtual assistant at Solvara. Am I speaking with {{contact_name}}?",
                ),
                added("max_call_duration_secs", 420),
                added("voice.id", "v1"),
                added("voice.provider", "cartesia"),
                added("voice.speed", 1.0),
                secret("llm_model.api_key", added=True),
                added("llm_model.api_url", "https://llm.example.com"),
                added("llm_model.model_name", "m"),
                added("llm_model.type", "custom"),
                added("sms_enabled", value=True),
                added("after_call_sms_outcomes", ["completed"]),
                added("call_retry_config.allowed_days", ["monday", "tuesday", "wednesday"]),
                added("call_retry_config.call_twice_in_a_row", value=False),
                added("call_retry_config.max_retry_attempts", 2),
                added("call_retry_config.retry_delay_seconds", 7200),
                added("structured_output_config", OUTPUTS),
            ),
        ),
    )
)
"""One assistant with fields of every kind."""
UPDATE_PLAN: Final = _plan(
    (
        Change(
            "recruiting/installateur",
            "Assistant 2",
            "asst_0002",
            Action.UPDATE,
            impact=("speech",),
            fields=(
                changed("prompt", FRENCH, FRENCH.replace("permis B ?", "permis B ou BE ?").replace("cinq", "dix")),
            ),
        ),
        Change(
            "sales/outbound",
            "Assistant 1",
            "asst_0001",
            Action.UPDATE,
            impact=("speech", "data"),
            fields=(
                changed(
                    "prompt",
                    ENGLISH,
                    ENGLISH.replace(
                        '"Hello {{contact_name}}!"', '"Hi {{contact_name}}, this is {{agent_name}}."'
                    ).replace("3. Say goodbye.", "3. Repeat the slot.\n4. Say goodbye."),
                ),
                changed("voicemail_message", "Please call back.", None),
                changed("voice.speed", 1.0, 1.1),
                removed("voice.volume", 1.2),
                changed('structured_output_config["survey_booked"].required', before=True, after=False),
                added('structured_output_config["survey_start"]', OUTPUTS[1]),
                secret("webhook_url"),
            ),
        ),
        Change(
            "support",
            "Support line",
            "asst_0003",
            Action.UPDATE,
            impact=("routing", "cosmetic"),
            fields=(
                changed("name", "Assistant 3", "Support line"),
                changed("from_phone_number", "+33199001200", "+33199001201"),
            ),
            declared={"prompt": ENGLISH},
        ),
        Change("survey", "Assistant 4", "asst_0004", Action.NOOP),
    )
)
"""Edited prompts in two languages, scalars, entries, lost keys and a secret."""
BLOCKED_PLAN: Final = _plan(
    (_STEP, _UNMANAGED),
    drift=(
        Blocked(
            "drifted",
            "Assistant 1",
            "asst_0001",
            (changed("first_sentence", "Bonjour", "Hello"), changed("voice.speed", 1.2, 1.0)),
            _UPDATED_AT,
        ),
    ),
    conflicts=(_CONFLICT,),
    refused=(_GONE, _twins("twins", "asst_0007, asst_0008")),
    orphaned=_ORPHANS,
    notes=_NOTES,
)
"""Drift, a conflict, refusals, orphans and notes, beside an update."""
KEPT_PLAN: Final = _plan(
    (
        Change(
            "drifted",
            "Assistant 1",
            "asst_0001",
            Action.NOOP,
            keep=frozenset([("first_sentence",), ("voice", "speed")]),
        ),
        _STEP,
        _UNMANAGED,
    ),
    conflicts=(_CONFLICT,),
    refused=(_GONE, _twins("twins", "asst_0007, asst_0008")),
    orphaned=_ORPHANS,
    notes=(
        "drifted: `first_sentence` was edited outside; the edit is kept",
        "drifted: `voice.speed` was edited outside; the edit is kept",
        *_NOTES,
    ),
)
"""The same where the edits made outside are kept."""
REVERTED_PLAN: Final = _plan(
    (
        Change(
            "conflicting",
            "Assistant 2",
            "asst_0002",
            Action.UPDATE,
            impact=("speech",),
            reason="overwrites edits made outside",
            fields=(_SLOTS,),
        ),
        Change(
            "drifted",
            "Assistant 1",
            "asst_0001",
            Action.UPDATE,
            impact=("speech",),
            reason="overwrites edits made outside",
            fields=(changed("first_sentence", "Bonjour", "Hello"), changed("voice.speed", 1.2, 1.0)),
            declared={"prompt": ENGLISH},
        ),
        _STEP,
        _UNMANAGED,
    ),
    refused=(_GONE, _twins("twins", "asst_0007, asst_0008")),
    orphaned=_ORPHANS,
    notes=_NOTES,
)
"""The same where the files win."""
PRUNED_PLAN: Final = _plan(
    (
        Change(
            "retired/autumn",
            "Assistant 7",
            "asst_0007",
            Action.DELETE,
            reason="its file is gone",
            fields=(
                removed("name", "Assistant 7"),
                removed("prompt", ENGLISH),
                removed("max_call_duration_secs", 60),
                removed("voice.id", "v1"),
                removed("voice.provider", "cartesia"),
                removed("voice.speed", 1.0),
                removed("structured_output_config", OUTPUTS),
                secret("webhook_url", removed=True),
            ),
        ),
        Change(
            "retired/spring",
            "Spring",
            None,
            Action.CREATE,
            impact=("speech", "cosmetic"),
            fields=(added("name", "Spring"), added("prompt", FRENCH)),
        ),
        Change(
            "retired/winter",
            "Assistant 8",
            "asst_0008",
            Action.DELETE,
            reason="its file is gone",
            fields=(
                removed("name", "Assistant 8"),
                removed("prompt", ENGLISH),
                removed("custom_tools", [{"name": "t", "url": "(sensitive)"}]),
            ),
        ),
    ),
    drift=(
        Blocked("drifted", "Assistant 1", "asst_0001", (changed("first_sentence", "Bonjour", "Hello"),), _UPDATED_AT),
    ),
    refused=(
        Refusal(
            "sales/old",
            "Assistant 9",
            (
                "its file is gone, but `safety.protect` in revox-sync.yaml keeps it from being deleted "
                "(`sales/*`); bring the file back, change that list, or `revox-sync forget sales/old`"
            ),
        ),
    ),
    dropped=("vanished",),
    notes=("vanished: its file is gone, and so is asst_0009 on the server; only the lock changes",),
)
"""Deletes with and without secrets, one protected, one gone already, beside a create and drift."""
IN_SYNC_PLAN: Final = _plan((Change("survey", "Assistant 4", "asst_0004", Action.NOOP),))
"""Nothing to do."""
HOSTILE_PLAN: Final = _plan(
    (
        Change(
            f"bad {HOSTILE}",
            HOSTILE,
            None,
            Action.CREATE,
            impact=("speech", "cosmetic"),
            fields=(added("name", HOSTILE), added("prompt", f"{HOSTILE}\n{'x' * 400}\n<b>&amp;")),
        ),
        Change(
            "known",
            "Assistant 1",
            "asst_0001",
            Action.UPDATE,
            impact=("speech",),
            fields=(
                changed("prompt", f"# {HOSTILE}\n" + "one\n" * 8, f"# {HOSTILE}\n" + "one\n" * 7 + HOSTILE),
                added("first_sentence", HOSTILE),
            ),
        ),
    ),
    drift=(Blocked("drifted", "D", "asst_0002", (changed("prompt", HOSTILE, ENGLISH),), HOSTILE),),
    refused=(_twins(f"twins {HOSTILE}", f"{HOSTILE}, b"),),
    orphaned=(Orphan(HOSTILE, f"Old {HOSTILE}", "asst_0009"),),
)
"""Names, texts and keys that want to steer the terminal, and words longer than any line."""
MARKUP_PLAN: Final = _plan(
    (
        Change(
            f"known {MARKUP}",
            "Assistant 1",
            "asst_0001",
            Action.UPDATE,
            impact=("speech", "data"),
            fields=(
                changed("prompt", f"# {MARKUP}\n{MARKUP_LINES}\n", f"# {MARKUP}\n{MARKUP_LINES}\n{MARKUP}"),
                changed("voicemail_message", "Short", MARKUP),
                added("structured_output_config", [{"name": MARKUP, "type": "string", "required": True}]),
            ),
        ),
        Change(
            f"new {MARKUP}",
            MARKUP,
            None,
            Action.CREATE,
            impact=("speech", "cosmetic"),
            fields=(added("name", MARKUP), added("prompt", MARKUP_LINES), added("first_sentence", MARKUP)),
        ),
    ),
    drift=(Blocked("drifted", "D", "asst_0002", (changed("prompt", MARKUP_LINES, ENGLISH),), MARKUP),),
    refused=(_twins(f"twins {MARKUP}", f"{MARKUP}, b"),),
    orphaned=(Orphan(MARKUP, f"Old {MARKUP}", "asst_0009"),),
)
"""Names, texts and keys that would be Markdown or HTML."""
REVIEW_PLAN: Final = _plan(
    (
        Change(
            "collections",
            "Collections",
            None,
            Action.CREATE,
            impact=("speech", "cosmetic"),
            fields=(added("name", "Collections"), added("prompt", ENGLISH), added("first_sentence", MARKUP)),
        ),
        Change(
            "recruiting/installateur",
            "Assistant 2",
            "asst_0002",
            Action.UPDATE,
            impact=("speech",),
            fields=(changed("prompt", FRENCH, FRENCH.replace("cinq", "dix")), changed("voice.speed", 1.0, 1.1)),
        ),
        Change(
            "retired",
            "Old survey",
            "asst_0007",
            Action.DELETE,
            reason="its file is gone",
            fields=(removed("name", "Old survey"), removed("prompt", FRENCH), secret("webhook_url", removed=True)),
        ),
        Change(
            "sales/outbound",
            "Assistant 1",
            "asst_0001",
            Action.UPDATE,
            impact=("speech",),
            fields=(
                changed(
                    "prompt",
                    LONG_PROMPT,
                    LONG_PROMPT.replace("Hello {{contact_name}}", "Hi {{contact_name}}, this is {{agent_name}}")
                    + "Never insist.\n",
                ),
            ),
        ),
        Change(
            "support",
            "Assistant 4",
            "asst_0004",
            Action.UPDATE,
            impact=("routing",),
            fields=(changed("from_phone_number", "+33199001200", "+33199001201"),),
            declared={"prompt": ENGLISH},
        ),
    ),
    conflicts=(Blocked("booking", "Assistant 3", "asst_0003", (_SLOTS,), _UPDATED_AT),),
    notes=(
        (
            "collections is new and retired has no file any more: if it is the same assistant, moved and renamed, "
            "`revox-sync import collections asst_0007` keeps it"
        ),
    ),
)
"""Something of everything a reviewer meets."""
PLANS: Final = {
    "create": CREATE_PLAN,
    "update": UPDATE_PLAN,
    "blocked": BLOCKED_PLAN,
    "pruned": PRUNED_PLAN,
    "in-sync": IN_SYNC_PLAN,
    "hostile": HOSTILE_PLAN,
    "markup": MARKUP_PLAN,
    "review": REVIEW_PLAN,
}


def many(number: int) -> Plan:
    """So many changed assistants, a third of them new, with prompts of four thousand characters."""
    prompt = "".join(f"# Section {section}\n{ENGLISH}" for section in range(12))
    edited = prompt.replace("Wait until they answer", "Wait for an answer", 3)
    return _plan(tuple(_one_of_many(index, prompt, edited) for index in range(number)))


def _one_of_many(index: int, prompt: str, edited: str) -> Change:
    address, name = f"team/{index:03}", f"Assistant {index}"
    after = edited.replace("Section 7", f"Part {index}")
    if index % 3:
        edits = (changed("prompt", prompt, after), changed("voice.speed", 1.0, 1.1))
        return Change(address, name, f"asst_{index:04}", Action.UPDATE, impact=("speech",), fields=edits)
    voice = (added("voice.id", "v1"), added("voice.provider", "cartesia"), added("voice.speed", 1.1))
    fields = (added("name", name), added("prompt", after), *voice)
    return Change(address, name, None, Action.CREATE, impact=("speech", "cosmetic"), fields=fields)
