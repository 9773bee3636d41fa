"""RVX3: how an assistant sounds. Ranges, providers and what is plausible come from the schema."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Final

from revox_sync.lint.checks.dependent_fields import DependenceRule, is_set
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import FileRule, Fix, Hit, with_fields
from revox_sync.lint.subject.field_paths import FieldPlace, annotated, top_level_fields, values_at
from revox_sync.lint.subject.subject import Subject
from revox_sync.source.model.amendment import Remove, SetValue

_RETRY: Final = (
    "call_retry_config:\n  max_retry_attempts: 3\n  allowed_days: [monday]\n  call_twice_in_a_row: false\n"
    "  calling_windows:\n"
    "    - {calling_window_start_time: '09:00', calling_window_end_time: '12:00', retry_delay_seconds: %s}"
)
_MODE: Final = ("first_sentence_mode",)
_SENTENCE: Final = ("first_sentence",)


def _fitting_text(subject: Subject, at: tuple[str, ...]) -> str | None:
    """The text at a pointer; None where the file has none that fits the contract."""
    found = next((value for _, value in values_at(subject.value, at)), None)
    return found if isinstance(found, str) and subject.fits(at) else None


def _is_number(value: Any) -> bool:
    # In Python booleans are integers.
    return isinstance(value, int | float) and not isinstance(value, bool)


class SpeedOutsideProvidersRange(FileRule):
    """A speaking speed that this provider does not offer.

    What it finds: a `voice.speed` that some provider offers, but not the one of this voice. ElevenLabs offers 0.7 to
    1.2, Cartesia and Gradium offer 0.6 to 1.5.

    Why it matters: the provider refuses the voice, or it does not sound as planned.

    Instead: stay within the provider's range, or choose a voice of another provider.
    """

    code, name, looks_at = "RVX301", "speed-outside-providers-range", ("voice",)
    VALID = (
        with_fields("voice: {id: x, provider: elevenlabs, speed: 1.2}"),
        with_fields("voice: {id: x, provider: gradium, speed: 1.5}"),
    )
    INVALID = (
        with_fields("voice: {id: x, provider: elevenlabs, speed: 1.4}", "3:45", "0.7 to 1.2", fix=("1.4", "1.2")),
        with_fields(
            "voice:\n  id: x\n  provider: elevenlabs\n  speed: 0.65", "6:10", "elevenlabs", fix=("0.65", "0.7")
        ),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        provider = _fitting_text(subject, ("voice", "provider"))
        for path, node in annotated("x-provider-range") if provider else ():
            bounds = node.provider_range.get(str(provider))
            for at, value in values_at(subject.value, path):
                if bounds is None or not _is_number(value) or bounds[0] <= value <= bounds[1] or not subject.fits(at):
                    continue
                # Unsafe, because the provider may be the mistake.
                nearest = min(bounds, key=lambda bound: abs(bound - value))
                fix = Fix(f"set it to {nearest}", (SetValue(at, nearest),), safe=False)
                message = f"{provider} does not offer {at[-1]} {value}"
                yield Hit(message, f"it offers {bounds[0]} to {bounds[1]}", subject.locate(at), fix=fix)


class OptionTheProviderIgnores(FileRule):
    """An option that the voice's provider ignores.

    What it finds: options of Cartesia (`model`, `volume`, the pronunciation dictionary) for a voice of another
    provider.

    Why it matters: the option does nothing, although the file looks as if it did.

    Instead: remove the option, or choose a voice of the provider that has it.
    """

    code, name, severity, looks_at = "RVX302", "option-the-provider-ignores", Severity.WARNING, ("voice",)
    VALID = (
        with_fields("voice: {id: x, provider: cartesia, volume: 1.2, model: sonic-3}"),
        with_fields("cartesia_dictionary_pronunciation_id: null\nvoice: {id: x, provider: gradium}"),
        with_fields("cartesia_dictionary_pronunciation_id: pdict_1"),
    )
    INVALID = (
        with_fields(
            "voice: {id: x, provider: elevenlabs, volume: 1.2}", "3:38", "only cartesia", fix=(", volume: 1.2", "")
        ),
        with_fields(
            "cartesia_dictionary_pronunciation_id: pdict_1\nvoice: {id: x, provider: gradium}",
            "3:1",
            "gradium ignores",
            fix=("cartesia_dictionary_pronunciation_id: pdict_1\n", ""),
        ),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        provider = _fitting_text(subject, ("voice", "provider"))
        for path, node in annotated("x-providers") if provider else ():
            for at, value in values_at(subject.value, path):
                # An option that is off, such as a null, harms nobody.
                if provider not in (node.providers or ()) and is_set(value) and subject.fits(at):
                    fix = Fix(f"remove `{at[-1]}`", (Remove(at),), safe=False)
                    label = f"only {', '.join(node.providers or ())} uses it"
                    yield Hit(f"{provider} ignores `{at[-1]}`", label, subject.locate(at, key=True), fix=fix)


class FirstSentenceMissing(FileRule):
    """The first sentence that the mode speaks is missing.

    What it finds: `first_sentence_mode: static` in a file without `first_sentence`.

    Why it matters: `static` speaks the sentence word for word. Without one the call opens with silence, or with the
    sentence that the dashboard still has.

    Instead: declare `first_sentence`; or use `generated`, which makes one from the prompt, or `none`, which waits for
    the caller.
    """

    code, name, severity, looks_at = "RVX303", "first-sentence-missing", Severity.WARNING, _MODE
    VALID = (
        with_fields("first_sentence_mode: static\nfirst_sentence: Hello, this is Emma."),
        with_fields("first_sentence_mode: generated"),
        with_fields("first_sentence_mode: none"),
    )
    INVALID = (with_fields("first_sentence_mode: static", "3:22", "`first_sentence`"),)

    def check(self, subject: Subject) -> Iterator[Hit]:
        # An empty sentence is RVX205's finding.
        if (
            _fitting_text(subject, _MODE) == "static"
            and "first_sentence" not in subject.value
            and subject.fits(_SENTENCE)
        ):
            message = "the mode is `static`, and there is no `first_sentence`"
            yield Hit(message, "declare it, or use `generated`", subject.locate(_MODE))


class FirstSentenceNeverUsed(FileRule):
    """A first sentence that nobody hears.

    What it finds: a `first_sentence` in a file with `first_sentence_mode: none`.

    Why it matters: with `none` the agent waits for the caller. The sentence is maintained and never spoken.

    Instead: remove it, or use the mode `static` or `generated`.
    """

    code, name, severity, looks_at = "RVX304", "first-sentence-never-used", Severity.WARNING, _MODE
    VALID = (with_fields("first_sentence_mode: none"), with_fields("first_sentence: Greet the caller."))
    INVALID = (
        with_fields("first_sentence: Hello!\nfirst_sentence_mode: none", "3:1", "`none`"),
        with_fields("first_sentence_mode: none\nfirst_sentence: Hello!", "4:1", "never"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        # An empty sentence clears the field, which goes well with the mode.
        if (
            _fitting_text(subject, _MODE) == "none"
            and is_set(subject.value.get("first_sentence"))
            and subject.fits(_SENTENCE)
        ):
            message = "`first_sentence` is never spoken: the mode is `none`"
            yield Hit(message, "remove it, or change the mode", subject.locate(_SENTENCE, key=True))


class SoundOptionWithoutSound(DependenceRule):
    """Volume or probability of a sound that is off.

    What it finds: `background_sound_volume` without `background_sound`; `thinking_sound_volume` and
    `thinking_sound_probability` without `thinking_sound`. A value that equals the default is not reported.

    Why it matters: nothing is heard, although the file looks as if there were a sound.

    Instead: choose the sound, or remove the option.
    """

    code, name, needed = "RVX306", "sound-option-without-sound", ("background_sound", "thinking_sound")
    VALID = (
        with_fields("thinking_sound: hold_music.ogg\nthinking_sound_volume: 0.2"),
        with_fields("background_sound: null\nbackground_sound_volume: 0.5"),
    )
    INVALID = (
        with_fields("background_sound_volume: 0.2", "3:1", "`background_sound`"),
        with_fields(
            "thinking_sound: null\nthinking_sound_volume: 0.2\nthinking_sound_probability: 0.4", "4:1", "without"
        ),
    )


class PlausibleRule(FileRule):
    """Reports numbers that the API accepts and hardly anybody means."""

    severity = Severity.WARNING
    quantity: ClassVar[str]

    def traits(self) -> Iterable[str]:
        """The fields with plausible values."""
        return top_level_fields(self._places())

    def check(self, subject: Subject) -> Iterator[Hit]:
        for path, node in self._places():
            expected = node.plausible or {}
            least, most, unit, zero = (expected[key] for key in ("least", "most", "unit", "zero"))
            for at, value in values_at(subject.value, path):
                is_plausible = not _is_number(value) or least <= value <= most or (value == 0 and zero)
                if not is_plausible and subject.fits(at):
                    label = f"usual: {least:,} to {most:,} {unit}" + (", or 0" if zero else "")
                    message = f"{value:,} {unit} is an unusual value for `{at[-1]}`"
                    yield Hit(message, label, subject.locate(at))

    def _places(self) -> list[FieldPlace]:
        return [
            found for found in annotated("x-plausible") if (found.node.plausible or {})["quantity"] == self.quantity
        ]


class ImplausibleDelay(PlausibleRule):
    """A delay that is unusually short or long.

    What it finds: a `first_sentence_delay_ms` below 20 milliseconds or above 10 seconds, and a `retry_delay_seconds`
    below 10 seconds or above 14 days. 0 is fine. This is a guess: most often seconds and milliseconds, or seconds and
    hours, were mixed up.

    Why it matters: people hang up on silence and are annoyed when they are called again at once. A retry that waits
    for a month never happens.

    Instead: check the unit, with which the field's name ends.
    """

    code, name, quantity = "RVX307", "implausible-delay", "delay"
    VALID = (with_fields("first_sentence_delay_ms: 0"), with_fields(_RETRY % "0"))
    INVALID = (
        with_fields("first_sentence_delay_ms: 2", "3:26", "milliseconds"),
        with_fields("first_sentence_delay_ms: -400", "3:26", "-400"),
        with_fields(_RETRY % "7200000", "8:99", "7,200,000"),
    )


class ImplausibleDuration(PlausibleRule):
    """A maximum call duration that is unusually short or long.

    What it finds: a `max_call_duration_secs` below 30 seconds or above two hours. This is a guess: most often minutes
    or milliseconds were written.

    Why it matters: every call is cut off in the middle of a sentence, or hours with an answering machine are billed.

    Instead: write seconds; 600 are ten minutes.
    """

    code, name, quantity = "RVX308", "implausible-duration", "duration"
    VALID = (with_fields("max_call_duration_secs: 30"), with_fields("max_call_duration_secs: 3600.0"))
    INVALID = (
        with_fields("max_call_duration_secs: 10", "3:25", "seconds"),
        with_fields("max_call_duration_secs: 600000", "3:25", "600,000"),
    )
