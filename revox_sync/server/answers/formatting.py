"""Formatting: the layout that `revox-sync fmt` gives a file."""

from __future__ import annotations

import posixpath

from lsprotocol.types import TextEdit

from revox_sync.config import CONFIG_NAME
from revox_sync.contract.fields import assistant_node
from revox_sync.server.answers.workspace_edit import edits_to
from revox_sync.server.texts.open_text import OpenText
from revox_sync.source.files.ignored_files import is_hidden
from revox_sync.source.formatting.format_text import format_bytes


def formatting(text: OpenText) -> list[TextEdit]:
    """Edits that format an assistant or a fragment; none for any other file, and for one that cannot be read."""
    if text.workspace is None or not text.is_yaml or not _is_ours(text):
        return []
    is_assistant = any(file.path == text.path for file in text.workspace.files)
    content = text.document.text.encode("utf-8", "surrogatepass")
    formatted = format_bytes(content, text.path, assistant_node() if is_assistant else None)
    return [] if formatted.text is None else edits_to(text, {text.path: formatted.text}).get(text.path, [])


def _is_ours(text: OpenText) -> bool:
    """Whether `revox-sync fmt` formats the file when it is not told which."""
    folders = [posixpath.normpath(each) for each in text.workspace.config.directories] if text.workspace else []
    inside = any(folder == "." or text.path.startswith(folder + "/") for folder in folders)
    return inside and text.path != CONFIG_NAME and not is_hidden(text.path)
