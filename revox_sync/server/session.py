"""One editor: its texts, the projects that they belong to, and what is told about them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Final

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from revox_sync.server.findings.publisher import Publisher
from revox_sync.server.findings.rule_links import RuleLinks
from revox_sync.server.texts.documents import OpenDocument, OpenDocuments
from revox_sync.server.texts.open_text import OpenText
from revox_sync.server.texts.projects import Projects
from revox_sync.usecases.lint.result_cache import user_cache
from revox_sync.usecases.project.settings import Settings


class Server(LanguageServer):
    """pygls's server, which says nothing by itself: its messages would quote what the editor has sent."""

    def report_server_error(self, error: Exception, source: object) -> None:  # noqa: ARG002
        """Tell that something went wrong, without any detail that could hold a part of a file."""
        self.window_log_message(
            types.LogMessageParams(types.MessageType.Error, f"a message could not be handled ({type(error).__name__})")
        )


class Session:
    """One editor: its texts, the projects that they belong to, and what is published about them.

    Attributes:
        is_shut_down: whether it has asked to shut down.
        was_told_to_end: whether it has asked to end.
    """

    def __init__(self, server: Server, settings: Settings) -> None:
        self.server: Final = server
        self.is_shut_down = False
        self.was_told_to_end = False
        self.documents: Final = OpenDocuments()
        self.projects: Final = Projects(settings, self.documents, time.monotonic)
        self.links: Final = RuleLinks(user_cache())
        self.publisher: Final = Publisher(self.projects, self.documents, self.links, self, asyncio.sleep)

    def publish(self, uri: str, version: int | None, diagnostics: Sequence[types.Diagnostic]) -> None:
        """Show all that is wrong with a text."""
        self.server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, list(diagnostics), version))

    def text(self, uri: str) -> OpenText | None:
        """The open text of that name as it is now; None for one that is not open."""
        document = self.documents.get(uri)
        if document is None:
            return None
        project = self.projects.of(document.path)
        opened = project.open_documents(self.documents.by_path().values())
        return OpenText(document, project, opened, self.documents.encoding)

    def tell_bug(self, error: Exception) -> None:
        """Tell that something is a bug, without any detail that could hold a part of a file."""
        message = f"this is a bug in revox-sync ({type(error).__name__})"
        self.server.window_log_message(types.LogMessageParams(types.MessageType.Error, message))

    def configure(self, options: object) -> None:
        """Take over what the editor's settings say; what is not known is left alone."""
        debounce = options.get("debounce") if isinstance(options, dict) else None
        if isinstance(debounce, int | float) and not isinstance(debounce, bool) and debounce >= 0:
            self.publisher.debounce = float(debounce)

    def changed(self, document: OpenDocument | None, *, at_once: bool = False) -> None:
        """Check the project of a text."""
        if document is not None:
            self.publisher.changed([self.projects.of(document.path)], at_once=at_once)

    def closed(self, document: OpenDocument) -> None:
        """Forget what is shown of a text, and check what other texts of its project show."""
        self.publish(document.uri, None, ())
        self.publisher.changed([self.projects.of(document.path)])

    def all_changed(self) -> None:
        """Check every project: something has changed on the disk."""
        self.publisher.changed(self.projects.all().values())
