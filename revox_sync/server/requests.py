"""Answers to what an editor asks about an open text."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from lsprotocol import types

from revox_sync.server.answers.code_actions import KINDS, CodeActions
from revox_sync.server.answers.completion import complete
from revox_sync.server.answers.formatting import formatting
from revox_sync.server.answers.hover import hover
from revox_sync.server.answers.links import definitions, document_links
from revox_sync.server.answers.outline import folding_ranges, symbols
from revox_sync.server.answers.workspace_edit import Editing
from revox_sync.server.findings.diagnostics import Diagnostics
from revox_sync.server.session import Server, Session
from revox_sync.server.texts.open_text import OpenText

_TRIGGERS: Final = ("!", "{", "$", "/", "*", '"', " ", "#")


Answer = Callable[[OpenText, Any], Any]
"""What answers a request about an open text."""


def answer_requests(server: Server, session: Session) -> None:
    """Tell pygls who answers what."""
    kinds = types.CodeActionOptions(code_action_kinds=list(KINDS))
    triggers = types.CompletionOptions(trigger_characters=list(_TRIGGERS))
    answers: tuple[tuple[str, Answer, Any], ...] = (
        (types.TEXT_DOCUMENT_HOVER, lambda text, asked: hover(text, text.offset(asked.position)), None),
        (types.TEXT_DOCUMENT_COMPLETION, lambda text, asked: complete(text, text.offset(asked.position)), triggers),
        (types.TEXT_DOCUMENT_DEFINITION, lambda text, asked: definitions(text, text.offset(asked.position)), None),
        (types.TEXT_DOCUMENT_DOCUMENT_LINK, lambda text, _: document_links(text), None),
        (types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, lambda text, _: symbols(text), None),
        (types.TEXT_DOCUMENT_FOLDING_RANGE, lambda text, _: folding_ranges(text), None),
        (types.TEXT_DOCUMENT_FORMATTING, lambda text, _: formatting(text), None),
        (types.TEXT_DOCUMENT_CODE_ACTION, partial(_code_actions, session), kinds),
    )
    for method, answer, options in answers:
        server.feature(method, options)(_guarded(session, answer))


def _guarded(session: Session, answer: Answer) -> Callable[[Any], Any]:
    """The answer, or none where the text is not open, or where answering fails."""

    def guarded(params: Any) -> Any:
        try:
            text = session.text(params.text_document.uri)
            return answer(text, params) if text is not None else None
        except Exception as error:  # noqa: BLE001 - an editor must live on, and nobody may see parts of files
            session.tell_bug(error)
            return None

    return guarded


def _code_actions(session: Session, text: OpenText, asked: types.CodeActionParams) -> list[types.CodeAction]:
    drawn = Diagnostics(text.positions_in, text.uri_of, session.links.address)
    actions = CodeActions(text, drawn, Editing(session.server.client_capabilities))
    start, end = text.offset(asked.range.start), text.offset(asked.range.end)
    only = asked.context.only
    return list(actions.at(start, end, None if only is None else [_kind(kind) for kind in only]))


def _kind(kind: types.CodeActionKind | str) -> str:
    return kind.value if isinstance(kind, types.CodeActionKind) else kind
