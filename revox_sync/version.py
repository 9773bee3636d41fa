"""The one place of the version; reading it costs nothing, unlike package metadata."""

__version__ = "0.1.0"
