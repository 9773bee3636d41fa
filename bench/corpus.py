"""Generated projects: as many realistic assistant files as wanted, the same ones every time.

A file is 3,500 to 3,900 bytes long and depends on the seed and its number alone, so a small project is the beginning
of a large one. `python -m bench.corpus FOLDER NUMBER [--broken]` writes one.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from bench.texts import LANGUAGES, Language

SEED: Final = 7
MOST_BYTES: Final = 3_900
FILES_PER_FOLDER: Final = 200
FAQ_EVERY: Final = 10
"""One assistant in so many has `faq_items`: the list call leaves them out, so each costs `plan` a request."""
CONFIGURATION: Final = 'version: 1\ncontract: "0.4"\n'
COMPANIES: Final = ("Solvara", "Batimo", "Lumenor", "Cap Horizon", "Nordwind", "Alma", "Verdana Habitat", "Kestrel")

MISTAKES: Final[tuple[tuple[str, str], ...]] = (
    ("\nvoice:\n", "\nvioce:\n"),
    ("\n  speed: ", "\n  speed: 1"),
    ("\n  provider: ", "\n  provider: x"),
    ("\nfirst_sentence_mode: static", "\nfirst_sentence_mode: statique"),
    ("\nfirst_sentence_delay_ms: ", "\nfirst_sentence_delay_ms: about "),
    ("\nprompt: |\n", "\nprompt: |\n  Ask {{contact_name} first.\n"),
    ("\nfirst_sentence: ", '\nfirst_sentence: "'),
    ("\nend_of_call_sentence: ", "\nend_of_call_sentence: twice\nend_of_call_sentence: "),
    ("\nmax_call_duration_secs: ", "\nmax_call_duration_secs: null # "),
    ("\nllm_model:\n", "\nllm_model:\n  temperature: 0.2\n"),
    ("\nname: ", "\nid: asst_1\nname: "),
    ("\nwebhook_url: https://", "\nwebhook_url: http//"),
)
"""Texts that every file has, and what makes each a mistake."""


def assistant(number: int, *, revision: int = 0, seed: int = SEED, faq_every: int = FAQ_EVERY) -> str:
    """The text of an assistant file; another revision has another prompt and another speed of voice.

    Args:
        faq_every: one assistant in so many has `faq_items`.
    """
    chance = random.Random(f"{seed}/{number}")
    language = LANGUAGES[number % len(LANGUAGES)]
    company = f"{chance.choice(COMPANIES)} {number // 8 + 1}"
    before = f"# Owner: team {chance.randint(1, 12)}\nname: {_name(company, number, language)}\n"
    behind = "".join(f"{part}\n" for part in _fields(chance, number, company, language, revision, faq_every))
    room = MOST_BYTES - len((before + behind).encode())
    return before + _prompt(chance, company, language, room, revision) + behind


def broken(number: int, *, seed: int = SEED) -> str:
    """The text of an assistant file with one mistake, another kind for each of the next numbers."""
    right, wrong = MISTAKES[number % len(MISTAKES)]
    text = assistant(number, seed=seed)
    if right not in text:
        raise ValueError(f"assistant {number} has no {right!r}")
    return text.replace(right, wrong, 1)


def address(number: int) -> str:
    """Where an assistant lies below the assistants directory, without suffix."""
    return f"team-{number // FILES_PER_FOLDER:03}/{LANGUAGES[number % len(LANGUAGES)].code}-{number:05}"


def path_of(root: Path, number: int) -> Path:
    """The file of an assistant in a project."""
    return root / "assistants" / f"{address(number)}.yaml"


def write_project(root: Path, count: int, text: Callable[[int], str] = assistant) -> None:
    """Write a project of `count` assistants."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "revox-sync.yaml").write_text(CONFIGURATION, "utf-8")
    for number in range(count):
        path = path_of(root, number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(number), "utf-8")


def _name(company: str, number: int, language: Language) -> str:
    return f"{company}, {language.trades[number % len(language.trades)]}, {number:05}"


def _prompt(chance: random.Random, company: str, language: Language, room: int, revision: int) -> str:
    """A block scalar of at most `room` bytes, as full as the sections allow."""
    role = language.role.replace("{company}", company).replace("{trade}", chance.choice(language.trades))
    if revision:
        role += f"\nThis is revision {revision} of the script."
    parts = [role, language.handover]
    sections = language.sections
    for section in chance.sample(sections, len(sections)):
        longer = [*parts, section]
        if len(_block(longer).encode()) <= room:
            parts = longer
    return _block(parts)


def _block(parts: list[str]) -> str:
    lines = "\n\n".join(parts).split("\n")
    return "prompt: |\n" + "".join(f"  {line}\n" if line else "\n" for line in lines)


def _fields(  # noqa: PLR0913, PLR0917 - all that a file depends on
    chance: random.Random, number: int, company: str, language: Language, revision: int, faq_every: int
) -> Iterator[str]:
    """Fields behind the prompt: those every file has, then a choice of the others."""
    yield "\n# What is said word for word"
    yield "first_sentence_mode: static"
    yield "first_sentence: " + language.first.replace("{company}", company)
    yield f"first_sentence_delay_ms: {chance.randrange(200, 900, 50)}"
    yield f'end_of_call_sentence: "{language.last}"'
    yield from _voice(chance, revision)
    yield from _model(chance)
    yield f"max_call_duration_secs: {chance.randrange(180, 900, 60)}"
    yield f"webhook_url: https://hooks.example.com/revox/{number}"
    yield from _transfer(chance, number, language)
    if number % faq_every == 0:
        yield from _questions(chance, language)
    for part in chance.sample(_OPTIONAL, 3):
        yield from part(chance, number, company, language)


def _voice(chance: random.Random, revision: int) -> Iterator[str]:
    provider = chance.choice(("cartesia", "elevenlabs", "gradium"))
    yield "\nvoice:"
    yield f"  provider: {provider}"
    yield f"  id: {chance.getrandbits(64):016x}z # chosen with the customer"
    yield f"  speed: {chance.choice((0.9, 1.0, 1.05)) if not revision else 1.1}"
    if provider == "cartesia":
        yield "  model: sonic-3.5\n  volume: 1.2"


def _model(chance: random.Random) -> Iterator[str]:
    yield "llm_model:"
    yield chance.choice(
        (
            "  type: dedicated-instance\n  name: gpt-4.1",
            "  type: dedicated-instance\n  name: ministral-3-8b-instruct",
            "  type: openrouter\n  openrouter_model_id: mistralai/mistral-large\n  openrouter_provider: mistral",
            "  type: realtime\n  provider: openai\n  realtime_model_id: gpt-realtime",
        )
    )


def _transfer(chance: random.Random, number: int, language: Language) -> Iterator[str]:
    yield "transfer_destinations:"
    yield f"  - label: {language.label}"
    yield f'    phone_number: "+336399{number % 100_000:05}"'
    yield f"human_transfer_mode: {chance.choice(('warm', 'cold'))}"


def _questions(chance: random.Random, language: Language) -> Iterator[str]:
    yield "faq_items:"
    for question, answer in chance.sample(language.questions, 2):
        yield f"  - question: {question}"
        yield f"    answer: >-\n      {answer}"


def _retries(chance: random.Random, _number: int, _company: str, _language: Language) -> Iterator[str]:
    yield "call_retry_config:"
    yield "  allowed_days: [monday, tuesday, wednesday, thursday, friday]"
    yield "  call_twice_in_a_row: false\n  timezone: Europe/Paris"
    yield f"  max_retry_attempts: {chance.randint(2, 5)}\n  calling_windows:"
    for start, end in (("09:00", "12:30"), ("14:00", "18:00")):
        yield f'    - calling_window_start_time: "{start}"\n      calling_window_end_time: "{end}"'
        yield f"      retry_delay_seconds: {chance.randrange(600, 7200, 600)}"


def _outputs(_chance: random.Random, _number: int, _company: str, _language: Language) -> Iterator[str]:
    yield "structured_output_config:"
    yield "  - {name: reason, type: enum, required: true, enum_options: [new, change, complaint, other]}"
    yield "  - name: callback_number\n    type: string\n    required: false"
    yield "    description: In international form, starting with a plus sign."
    yield "  - {name: appointment, type: datetime, required: false}"


def _tool(_chance: random.Random, number: int, _company: str, _language: Language) -> Iterator[str]:
    yield "custom_tools:\n  - name: find_request\n    description: Finds the open request by its number."
    yield f"    method: GET\n    url: https://crm.example.com/{number}/requests"
    yield '    headers: []\n    query_params:\n      - {key: number, value: "{{request_number}}"}'
    yield "    body_template: null\n    input_schema:\n      - {name: request_number, type: string, required: true}"


def _sounds(chance: random.Random, _number: int, _company: str, _language: Language) -> Iterator[str]:
    yield "background_sound: audio/office.ogg"
    yield f"background_sound_volume: {chance.choice((0.2, 0.35, 0.5))}"
    yield "thinking_sound: keyboard-typing.ogg\nthinking_sound_volume: 0.3\nthinking_sound_probability: 0.5"


def _messages(_chance: random.Random, _number: int, company: str, language: Language) -> Iterator[str]:
    yield f'voicemail_message: "{language.voicemail.replace("{company}", company)}"'
    yield f"max_duration_end_message: {language.too_long}"
    yield "ivr_navigation_enabled: true"


def _notices(_chance: random.Random, number: int, _company: str, _language: Language) -> Iterator[str]:
    yield f"email_notification_address: ops@example.com, team{number % 12}@example.org"
    yield "email_notification_outcomes: [interested, requested_callback_later]"
    yield "slack:\n  connection_id: conn_slack\n  channels:\n    - {id: C0123456789, name: voice-calls}"
    yield '  outcomes: [interested]\n  template: "{{assistant_name}}: {{summary}} ({{phone}})"'


def _context(_chance: random.Random, _number: int, company: str, _language: Language) -> Iterator[str]:
    yield "stt_model: stt-rt-v5\nstt_context:\n  general:"
    yield f"    - {{key: company, value: {company}}}"
    yield "  terms: [rendez-vous, devis, Solvara, IBAN]"
    yield 'precall_lookup_url: "https://crm.example.com/lookup?phone={{phone}}"'


def _layout(chance: random.Random, _number: int, _company: str, _language: Language) -> Iterator[str]:
    yield f"position: {{x: {chance.randint(0, 900)}, y: {chance.randint(0, 900)}.5}}"
    yield "logo_url: https://example.com/logo.png"
    yield "sms_enabled: true\nsms_template: 'Thank you, {{contact_name}}: https://example.com/next'"


_OPTIONAL: Final = (_retries, _outputs, _tool, _sounds, _messages, _notices, _context, _layout)


def main() -> None:
    """Write a project."""
    parser = argparse.ArgumentParser(prog="python -m bench.corpus", description="Write a project of assistant files.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--broken", action="store_true", help="each file has a mistake")
    parser.add_argument("--faq", action="store_true", help="each assistant has `faq_items`")
    arguments = parser.parse_args()
    ordinary = partial(assistant, faq_every=1) if arguments.faq else assistant
    write_project(arguments.folder, arguments.count, broken if arguments.broken else ordinary)


if __name__ == "__main__":
    main()
