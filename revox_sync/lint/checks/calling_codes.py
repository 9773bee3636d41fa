"""The country of a phone number, as its calling code."""

import re
from typing import Final

# ITU-T E.164: codes have one, two or three digits, and the first ones tell how many.
_CODE: Final = r"\+?(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})"


def calling_code(number: str) -> str:
    """The calling code of a number in E.164 form, such as `+33`; several countries may share one, such as `+1`."""
    found = re.match(_CODE, number)
    return f"+{found[1]}" if found else ""
