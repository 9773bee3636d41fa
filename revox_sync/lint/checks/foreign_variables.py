"""Variables and filters that other voice platforms fill in by themselves, and Revox does not."""

import re
from functools import lru_cache
from typing import Final

# As the platforms document them. Names that anybody could give a variable of their own, such as `now`, are not here.
# With each form a part of every name that has it: to compile all forms takes longer than to check a file.
_PLATFORMS: Final = (
    ("ElevenLabs", "system__", r"system__\w+"),
    ("Vapi", ".", r"(?:customer|transport|call|assistant|phoneNumber)\.\w[\w.]*"),
    ("Retell", "current_", r"current_(?:time|hour|calendar)(?:_[A-Z]\w*(?:[/_-]\w+)+)"),
    ("Retell", "_info.", r"(?:call|session)_info\.\w+"),
    ("HighLevel", ".", r"(?:contact|custom_values|appointment|right_now|location)\.\w[\w.]*"),
    ("Twilio Studio", ".", r"(?:trigger|widgets|flow)\.\w[\w.]*"),
    ("n8n", "$", r"\$(?:json|node|now|today|input|env)\b.*"),
)
# `{{ "now" | date: "%H:%M" }}` and `{{ name | default: "you" }}`: a text or a name, a bar, and the name of a filter.
_FILTER: Final = r"""(?:"[^"]*"|'[^']*'|[\w.]+)\s*\|\s*[a-z_]+\b.*"""


@lru_cache(maxsize=1000)  # the same few names occur all over a project
def platform_of(name: str) -> str:
    """The platform that fills in a variable of this name by itself; empty where none does."""
    return next((platform for platform, part, form in _PLATFORMS if part in name and re.fullmatch(form, name)), "")


def is_liquid_filter(inside: str) -> bool:
    """Whether what stands in braces is a filter of Liquid, the template language of Vapi."""
    return "|" in inside and re.fullmatch(_FILTER, inside) is not None
