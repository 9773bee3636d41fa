"""`revox-sync server`: what an editor may ask, and who answers."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Sequence
from typing import Final

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from revox_sync.server.documents import OpenDocument, OpenDocuments, file_path
from revox_sync.server.projects import Projects
from revox_sync.server.protocol import Protocol
from revox_sync.server.publisher import Publisher
from revox_sync.server.rule_links import RuleLinks
from revox_sync.usecases.lint.result_cache import user_cache
from revox_sync.usecases.project.settings import Settings
from revox_sync.version import __version__

_WATCHED: Final = "**/{*.yaml,*.yml,*.md,*.txt,.gitignore,*.lock.json}"
"""Files whose change outside of the editor may change what is found."""


class Server(LanguageServer):
    """pygls's server, which says nothing by itself: its messages would quote what the editor has sent."""

    def report_server_error(self, error: Exception, source: object) -> None:  # noqa: ARG002
        """Tell that something went wrong, without any detail that could hold a part of a file."""
        self.window_log_message(
            types.LogMessageParams(types.MessageType.Error, f"a message could not be handled ({type(error).__name__})")
        )


class Session:
    """One editor: its texts, the projects that they belong to, and what is published about them."""

    def __init__(self, server: Server, settings: Settings) -> None:
        self.server: Final = server
        self.documents: Final = OpenDocuments()
        self.projects: Final = Projects(settings, self.documents, time.monotonic)
        self.links: Final = RuleLinks(user_cache())
        self.publisher: Final = Publisher(self.projects, self.documents, self.links, self._publish, asyncio.sleep)

    def _publish(self, uri: str, version: int | None, diagnostics: Sequence[types.Diagnostic]) -> None:
        self.server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, list(diagnostics), version))

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
        self._publish(document.uri, None, ())
        self.publisher.changed([self.projects.of(document.path)])

    def all_changed(self) -> None:
        """Check every project: something has changed on the disk."""
        self.publisher.changed(self.projects.all().values())


def make_server(settings: Settings) -> Server:
    """The server, ready to be started.

    Args:
        settings: `environment` names the environment, if only one is to be tried.
    """
    # pygls logs what it sends and what it could not read.
    logging.getLogger("pygls").disabled = True
    for name in ("pygls.protocol", "pygls.server", "pygls.workspace", "pygls.feature_manager", "pygls.io_"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    server = Server(
        "revox-sync",
        __version__,
        text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
        protocol_cls=Protocol,
    )
    session = Session(server, settings)
    _follow_editor(server, session)
    _follow_texts(server, session)
    return server


def _follow_editor(server: Server, session: Session) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        session.configure(params.initialization_options)
        session.documents.encoding = str(server.workspace.position_encoding)
        folders = [folder.uri for folder in params.workspace_folders or ()] or [params.root_uri or ""]
        session.projects.folders = [path for folder in folders if (path := file_path(folder))]

    @server.feature(types.INITIALIZED)
    async def initialized(_: types.InitializedParams) -> None:
        workspace = server.client_capabilities.workspace
        watched = workspace.did_change_watched_files if workspace else None
        if watched and watched.dynamic_registration:
            options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(_WATCHED)])
            registration = types.Registration("watched", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            await server.client_register_capability_async(types.RegistrationParams([registration]))

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders_changed(params: types.DidChangeWorkspaceFoldersParams) -> None:
        removed = {file_path(folder.uri) for folder in params.event.removed}
        kept = [folder for folder in session.projects.folders if folder not in removed]
        added = [path for folder in params.event.added if (path := file_path(folder.uri))]
        session.projects.folders = [*kept, *added]

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files_changed(_: types.DidChangeWatchedFilesParams) -> None:
        session.all_changed()

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def settings_changed(_: types.DidChangeConfigurationParams) -> None:
        """Nothing is configured in the editor; without this, pygls would call the message unknown."""


def _follow_texts(server: Server, session: Session) -> None:
    documents = session.documents

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        item = params.text_document
        session.changed(documents.open(item.uri, item.version, item.text), at_once=True)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        named = params.text_document
        session.changed(documents.change(named.uri, named.version, params.content_changes))

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(_: types.DidSaveTextDocumentParams) -> None:
        session.all_changed()

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        document = documents.close(params.text_document.uri)
        if document is not None:
            session.closed(document)


def serve(settings: Settings) -> None:
    """Speak with an editor over stdin and stdout until it says goodbye."""
    stdin, stdout = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # What a library prints must not end up between messages.
    os.dup2(2, 1)
    make_server(settings).start_io(stdin, stdout)
