"""`revox-sync server`: what an editor may ask, and who answers."""

from __future__ import annotations

import gc
import logging
import os
from typing import Final

from lsprotocol import types

from revox_sync.server.protocol import Protocol
from revox_sync.server.requests import answer_requests
from revox_sync.server.session import Server, Session
from revox_sync.server.texts.documents import file_path
from revox_sync.usecases.project.settings import Settings
from revox_sync.version import __version__

_WATCHED: Final = "**/{*.yaml,*.yml,*.md,*.txt,.gitignore,*.lock.json}"
"""Files whose change outside of the editor may change what is found."""


def make_server(settings: Settings) -> tuple[Server, Session]:
    """The server, ready to be started, and what it knows of the editor.

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
    answer_requests(server, session)
    return server, session


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

    @server.feature(types.SHUTDOWN)
    def shut_down(_: None) -> None:
        session.is_shut_down = True

    @server.feature(types.EXIT)
    def end(_: None) -> None:
        session.was_told_to_end = True

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


def serve(settings: Settings) -> bool:
    """Speak with an editor over stdin and stdout until it says goodbye, or is gone.

    Returns whether it ended as the protocol asks: not by `exit` without `shutdown`.
    """
    # The thresholds of the program are those of a short run, in which little is dropped.
    gc.set_threshold(10_000, 10, 10)
    stdin, stdout = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # What a library prints must not end up between messages.
    os.dup2(2, 1)
    server, session = make_server(settings)
    server.start_io(stdin, stdout)
    return session.is_shut_down or not session.was_told_to_end
