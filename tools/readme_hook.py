"""The README as the package index shows it: what is linked lies in the repository, not beside the page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


def with_whole_links(text: str, repository: str, revision: str) -> str:
    """Markdown whose links to files of the repository name their whole address.

    Args:
        repository: address of the repository, without a slash at the end.
        revision: the tag, branch or commit that is linked.
    """
    return re.sub(r"\]\((?!https?://|#|mailto:)([^)\s]+)\)", rf"]({repository}/blob/{revision}/\1)", text)


class Readme(MetadataHookInterface):
    """Sets `readme` when a package is built."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the text; the address and the version are those of the package."""
        text = (Path(self.root) / "README.md").read_text("utf-8")
        shown = with_whole_links(text, metadata["urls"]["Repository"], f"v{metadata['version']}")
        metadata["readme"] = {"content-type": "text/markdown", "text": shown}
