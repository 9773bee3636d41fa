"""The one place of the version; reading it costs nothing, unlike package metadata."""

from typing import Final

__version__: Final = "0.1.0"
