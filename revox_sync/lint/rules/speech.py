"""RVX3: how an assistant sounds. Ranges, providers and what is plausible come from the schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, ClassVar

from revox_sync.lint.checks.dependent_fields import DependenceRule, is_set
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import Example, FileRule, Fix, Hit
from revox_sync.lint.subject.field_paths import FieldPlace, fields_of, places, values_at
from revox_sync.lint.subject.subject import Subject
from revox_sync.source.model.amendment import Remove, SetValue

BASE = "name: Support\nprompt: Help the caller.\n"
WINDOW = "{calling_window_start_time: '09:00', calling_window_end_time: '12:00', retry_delay_seconds: %s}"
RETRY = "call_retry_config:\n  max_retry_attempts: 3\n  allowed_days: [monday]\n  call_twice_in_a_row: false\n"


@cache
def _ranged() -> tuple[FieldPlace, ...]:
    return places(lambda node: node.provider_range)


@cache
def _for_some_providers() -> tuple[FieldPlace, ...]:
    return places(lambda node: node.providers)


@cache
def _plausible(quantity: str) -> tuple[FieldPlace, ...]:
    return places(lambda node: node.plausible and node.plausible["quantity"] == quantity)


def _provider(subject: Subject) -> str | None:
    """Who makes the voice; None where the file does not say."""
    provider = next((found for _, found in values_at(subject.value, ("voice", "provider"))), None)
    return provider if isinstance(provider, str) and subject.fits(("voice", "provider")) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


class SpeedOutsideProvidersRange(FileRule):
    """A speaking speed this provider does not offer.

    What it finds: a `voice.speed` that some provider offers, but not the one of this voice. ElevenLabs speaks at 0.7 to
    1.2, Cartesia and Gradium at 0.6 to 1.5.

    Why it matters: the voice cannot be made, or does not sound as you planned it.

    Instead: stay within the provider's range, or choose a voice of another provider.
    """

    code, name, looks_at = "RVX301", "speed-outside-providers-range", ("voice",)
    VALID = (
        Example(BASE + "voice: {id: x, provider: elevenlabs, speed: 1.2}\n"),
        Example(BASE + "voice: {id: x, provider: gradium, speed: 1.5}\n"),
    )
    INVALID = (
        Example(
            BASE + "voice: {id: x, provider: elevenlabs, speed: 1.4}\n",
            at="3:45",
            says="0.7 to 1.2",
            fixed=BASE + "voice: {id: x, provider: elevenlabs, speed: 1.2}\n",
        ),
        Example(
            BASE + "voice:\n  id: x\n  provider: elevenlabs\n  speed: 0.65\n",
            at="6:10",
            says="elevenlabs",
            fixed=BASE + "voice:\n  id: x\n  provider: elevenlabs\n  speed: 0.7\n",
        ),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Numbers outside the range that the schema gives for the provider."""
        provider = _provider(subject)
        for path, node in _ranged() if provider else ():
            bounds = node.provider_range.get(str(provider))
            for at, value in values_at(subject.value, path):
                if bounds is None or not _is_number(value) or bounds[0] <= value <= bounds[1] or not subject.fits(at):
                    continue
                nearest = min(bounds, key=lambda bound: abs(bound - value))
                fix = Fix(f"set it to {nearest}", (SetValue(at, nearest),), safe=False)
                message = f"{provider} does not speak at {at[-1]} {value}"
                label = f"it offers {bounds[0]} to {bounds[1]}"
                yield Hit(message, label, subject.document.locate(at), fix=fix)


class OptionTheProviderIgnores(FileRule):
    """An option the voice's provider ignores.

    What it finds: options of Cartesia (`model`, `volume`, the pronunciation dictionary) beside a voice of another
    provider.

    Why it matters: the option does nothing, and whoever reads the file believes it does.

    Instead: remove the option, or choose a voice of the provider that has it.
    """

    code, name, severity, looks_at = "RVX302", "option-the-provider-ignores", Severity.WARNING, ("voice",)
    VALID = (
        Example(BASE + "voice: {id: x, provider: cartesia, volume: 1.2, model: sonic-3}\n"),
        Example(BASE + "cartesia_dictionary_pronunciation_id: null\nvoice: {id: x, provider: gradium}\n"),
        Example(BASE + "cartesia_dictionary_pronunciation_id: pdict_1\n"),
    )
    INVALID = (
        Example(
            BASE + "voice: {id: x, provider: elevenlabs, volume: 1.2}\n",
            at="3:38",
            says="only cartesia",
            fixed=BASE + "voice: {id: x, provider: elevenlabs}\n",
        ),
        Example(
            BASE + "cartesia_dictionary_pronunciation_id: pdict_1\nvoice: {id: x, provider: gradium}\n",
            at="3:1",
            says="gradium ignores",
            fixed=BASE + "voice: {id: x, provider: gradium}\n",
        ),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Options that are set and whose providers the schema names without this one."""
        provider = _provider(subject)
        for path, node in _for_some_providers() if provider else ():
            for at, value in values_at(subject.value, path):
                if provider not in (node.providers or ()) and is_set(value) and subject.fits(at):
                    message = f"{provider} ignores `{at[-1]}`"
                    label = f"only {', '.join(node.providers or ())} uses it"
                    fix = Fix(f"remove `{at[-1]}`", (Remove(at),), safe=False)
                    yield Hit(message, label, subject.document.locate(at, key=True), fix=fix)


class FirstSentenceMissing(FileRule):
    """The mode speaks a first sentence that is not there.

    What it finds: `first_sentence_mode: static` in a file without `first_sentence`.

    Why it matters: static speaks the sentence word for word. Without one the call opens with silence, or with whatever
    the dashboard still holds.

    Instead: declare `first_sentence`; or use `generated`, which makes one from the prompt, or `none`, which waits for
    the caller.
    """

    code, name, severity = "RVX303", "first-sentence-missing", Severity.WARNING
    looks_at = ("first_sentence_mode",)
    VALID = (
        Example(BASE + "first_sentence_mode: static\nfirst_sentence: Hello, this is Emma.\n"),
        Example(BASE + "first_sentence_mode: generated\n"),
        Example(BASE + "first_sentence_mode: none\n"),
    )
    INVALID = (Example(BASE + "first_sentence_mode: static\n", at="3:22", says="`first_sentence`"),)

    def check(self, subject: Subject) -> Iterator[Hit]:
        """A static mode without the key; an empty sentence is another rule's."""
        value = subject.value
        if isinstance(value, dict) and value.get("first_sentence_mode") == "static" and "first_sentence" not in value:
            at = ("first_sentence_mode",)
            if subject.fits(at) and subject.fits(("first_sentence",)):
                message = "the mode is `static`, and there is no `first_sentence`"
                yield Hit(message, "declare it, or use `generated`", subject.document.locate(at))


class FirstSentenceNeverUsed(FileRule):
    """A first sentence nobody hears.

    What it finds: a `first_sentence` beside `first_sentence_mode: none`.

    Why it matters: with `none` the agent waits for the caller. The sentence stays in the file, is kept up to date, and
    is never spoken.

    Instead: remove it, or use the mode `static` or `generated`.
    """

    code, name, severity = "RVX304", "first-sentence-never-used", Severity.WARNING
    looks_at = ("first_sentence_mode",)
    VALID = (
        Example(BASE + "first_sentence_mode: none\n"),
        Example(BASE + "first_sentence: Greet the caller.\n"),
    )
    INVALID = (
        Example(BASE + "first_sentence: Hello!\nfirst_sentence_mode: none\n", at="3:1", says="`none`"),
        Example(BASE + "first_sentence_mode: none\nfirst_sentence: Hello!\n", at="4:1", says="never"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """A sentence beside a mode that does not speak; an empty one clears the field and is fine."""
        value = subject.value
        if isinstance(value, dict) and value.get("first_sentence_mode") == "none":
            at = ("first_sentence",)
            if is_set(value.get("first_sentence")) and subject.fits(at) and subject.fits(("first_sentence_mode",)):
                message = "`first_sentence` is never spoken: the mode is `none`"
                yield Hit(message, "remove it, or change the mode", subject.document.locate(at, key=True))


class SoundOptionWithoutSound(DependenceRule):
    """Loudness or probability of a sound that is off.

    What it finds: `background_sound_volume` without `background_sound`; `thinking_sound_volume` and
    `thinking_sound_probability` without `thinking_sound`. A value that equals the default is left alone.

    Why it matters: nothing is heard. The file looks as if there were a sound.

    Instead: choose the sound, or remove the option.
    """

    code, name = "RVX306", "sound-option-without-sound"
    needed = ("background_sound", "thinking_sound")
    VALID = (
        Example(BASE + "thinking_sound: hold_music.ogg\nthinking_sound_volume: 0.2\n"),
        Example(BASE + "background_sound: null\nbackground_sound_volume: 0.5\n"),
    )
    INVALID = (
        Example(BASE + "background_sound_volume: 0.2\n", at="3:1", says="`background_sound`"),
        Example(
            BASE + "thinking_sound: null\nthinking_sound_volume: 0.2\nthinking_sound_probability: 0.4\n",
            at="4:1",
            says="without `thinking_sound`",
        ),
    )


class PlausibleRule(FileRule):
    """Reports numbers that the API takes and hardly anybody means."""

    severity = Severity.WARNING
    quantity: ClassVar[str]

    def traits(self) -> Iterable[str]:
        """The fields with plausible values."""
        return fields_of(_plausible(self.quantity))

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Numbers outside what the schema calls plausible."""
        for path, node in _plausible(self.quantity):
            expected = node.plausible or {}
            for at, value in values_at(subject.value, path):
                if not _is_number(value) or expected["least"] <= value <= expected["most"]:
                    continue
                if not (value == 0 and expected["zero"]) and subject.fits(at):
                    message = f"{value:,} {expected['unit']} is hardly meant for `{at[-1]}`"
                    usual = f"{expected['least']:,} to {expected['most']:,} {expected['unit']}"
                    label = f"usual: {usual}" + (", or 0" if expected["zero"] else "")
                    yield Hit(message, label, subject.document.locate(at))


class ImplausibleDelay(PlausibleRule):
    """A delay nobody means.

    What it finds: a `first_sentence_delay_ms` below 20 milliseconds or above 10 seconds, and a `retry_delay_seconds`
    below 10 seconds or above 14 days. 0 is fine. This is a guess: most often seconds and milliseconds, or seconds and
    hours, were mixed up.

    Why it matters: people hang up on silence, and are angry when called again at once; a retry that waits for a month
    never happens.

    Instead: check the unit, which the field's name ends with.
    """

    code, name, quantity = "RVX307", "implausible-delay", "delay"
    VALID = (
        Example(BASE + "first_sentence_delay_ms: 0\n"),
        Example(BASE + RETRY + "  calling_windows: [" + WINDOW % "0" + "]\n"),
    )
    INVALID = (
        Example(BASE + "first_sentence_delay_ms: 2\n", at="3:26", says="milliseconds"),
        Example(BASE + "first_sentence_delay_ms: -400\n", at="3:26", says="-400"),
        Example(BASE + RETRY + "  calling_windows:\n    - " + WINDOW % "7200000" + "\n", at="8:99", says="7,200,000"),
    )


class ImplausibleDuration(PlausibleRule):
    """A longest call nobody means.

    What it finds: a `max_call_duration_secs` below 30 seconds or above two hours. This is a guess: most often minutes
    or milliseconds were written.

    Why it matters: every call is cut off in the middle of a sentence, or an answering machine is billed for hours.

    Instead: write seconds; 600 are ten minutes.
    """

    code, name, quantity = "RVX308", "implausible-duration", "duration"
    VALID = (Example(BASE + "max_call_duration_secs: 30\n"), Example(BASE + "max_call_duration_secs: 3600.0\n"))
    INVALID = (
        Example(BASE + "max_call_duration_secs: 10\n", at="3:25", says="seconds"),
        Example(BASE + "max_call_duration_secs: 600000\n", at="3:25", says="600,000"),
    )
