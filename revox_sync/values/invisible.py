"""Characters that nobody sees, in one table: for what lint reports, and for everything that is printed.

They are Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties.txt, 15.0), with the controls that reorder or
break lines, and letters and fillers that look like a space. Where a script or an emoji needs one of them, a reader
sees its effect, and it is none of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

# YAML 1.2 §5.1 (c-printable) forbids these, but for the tab and line breaks that it allows.
FORBIDDEN: Final = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff"
_IGNORABLE: Final = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_LINE_BREAKS: Final = "\x85\u2028\u2029"
# They have no width and no effect on what stands around them; a text editor or a web page has left them behind.
_WIDTHLESS: Final = "\xad\u034f\u200b-\u200d\u2060\ufeff"
# Interlinear annotation, braille without dots, a note without head, a filler of Khitan, controls of hieroglyphs.
_BLANKS: Final = "\ufff9-\ufffc\u2800\U0001d159\U00016fe4\U00013430-\U0001343f"
INVISIBLE: Final = FORBIDDEN + _IGNORABLE + _LINE_BREAKS + _BLANKS
"""The table, as the inside of a character class."""

# --- where they belong

_PICTURE: Final = (
    "[\xa9\xae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d"
    "\u3297\u3299\U0001f000-\U0001faff]"
)
_EMOJI: Final = rf"{_PICTURE}[\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?"
# Letters and marks of scripts that join: Arabic and its kin, the scripts of India, Tibetan, Myanmar, Khmer, Mongolian.
_JOINING: Final = (
    "[\u0600-\u061b\u061d-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u17b3\u17b6-\u180a\u1810-\u18af\u1a20-\u1aaf\u1b00-\u1bff"
    "\ua840-\ua87f\ua8e0-\ua8ff\uaa60-\uaadf\ufb50-\ufdff\ufe70-\ufefc\U00010ac0-\U00010aff\U00011000-\U00011fff"
    "\U0001e900-\U0001e95f]"
)
_VIRAMAS: Final = "[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca\u1039\u17d2]"
# Signs and ideographs with standardised variants (StandardizedVariants.txt, the Ideographic Variation Database).
_IDEOGRAPH: Final = "[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_WITH_VARIANTS: Final = "[\u1000-\u109f\u2200-\u22ff\u2a00-\u2aff\u3000-\u303f\u3400-\u9fff\uff00-\uff60]"
# Each alternative begins with a character that is not in the table, or looks behind at one, so that of several in a row
# no more than the first is taken for one that belongs there.
_WELL_FORMED: Final = "|".join(
    (
        "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f",  # the flags of Scotland and others
        "[0-9#*]\ufe0f\u20e3",
        rf"{_EMOJI}(?:\u200d{_EMOJI})*",
        rf"(?<={_JOINING})[\u200c\u200d](?={_JOINING})",
        rf"(?<={_VIRAMAS})\u200d",
        rf"(?<={_IDEOGRAPH})[\U000e0100-\U000e01ef]",
        rf"(?<={_WITH_VARIANTS})[\ufe00-\ufe02]",
        "(?<=[\u1820-\u18aa])(?:[\u180b-\u180d\u180f]|\u180e(?=[\u1820\u1821]))",
        "\u115f(?=[\u1160-\u11a7\ud7b0-\ud7c6])|(?<=[\u1100-\u115e\ua960-\ua97c])\u1160",  # old Hangul syllables
        "(?<=[\u2801-\u28ff])\u2800(?=[\u2801-\u28ff])",
    )
)
# Patterns are compiled when they are first used: that takes longer than to read a file, and few files need them.
_ANY: Final = f"[{INVISIBLE}]"
_STRAY: Final = rf"(?:{_WELL_FORMED})|({_ANY})"
_PLAIN_ASCII: Final = bytes((*b"\t\n\r", *range(0x20, 0x7F)))


def has_invisible(text: str) -> bool:
    """Whether `invisible_runs` finds something; False for nearly every text."""
    # To remove plain ASCII first is four times faster than to search all; what is left is mostly letters.
    rest = text.encode("utf-8", "surrogatepass").translate(None, _PLAIN_ASCII).decode("utf-8", "surrogatepass")
    return rest != "" and re.search(_ANY, rest) is not None and next(invisible_runs(text), None) is not None


def invisible_runs(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of each run of characters of the table that are not where they belong."""
    start = end = -1
    for found in re.finditer(_STRAY, text):
        if found[1] is None:
            continue
        if found.start() != end:
            if start >= 0:
                yield start, end
            start = found.start()
        end = found.end()
    if start >= 0:
        yield start, end


def is_harmless(run: str) -> bool:
    """Whether characters of the table hide and reorder nothing: they have no width, or end a line."""
    return re.fullmatch(f"[{_WIDTHLESS}{_LINE_BREAKS}]*", run) is not None


def is_widthless(text: str) -> bool:
    """Whether the only invisible characters of a text are harmless, and none of them ends a line for some reader."""
    return not has_invisible(text) or all(
        re.fullmatch(f"[{_WIDTHLESS}]*", text[start:end]) for start, end in invisible_runs(text)
    )


def without_invisible(text: str, *, harmless: bool) -> str:
    """The text without what `invisible_runs` finds; of a run that ends a line, a line break stays.

    Args:
        harmless: whether only runs go for which `is_harmless` holds.
    """
    parts, end = [], 0
    for start, stop in invisible_runs(text):
        run = text[start:stop]
        if not harmless or is_harmless(run):
            parts += [text[end:start], "\n" if re.search(f"[{_LINE_BREAKS}\x0b\x0c]", run) else ""]
            end = stop
    return "".join([*parts, text[end:]])


def code_point(character: str) -> str:
    """How a character is written that nobody would see: `U+200B`."""
    return f"U+{ord(character):04X}"
