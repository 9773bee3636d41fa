"""The protocol as pygls speaks it, but for this: it keeps no texts, tells no details, and answers every request."""

from __future__ import annotations

from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams, JsonRpcRequestCancelled
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.json_rpc import JsonRPCNotification
from pygls.protocol.language_server import lsp_method


class Protocol(LanguageServerProtocol):
    """pygls's protocol without its own documents, which count some characters as line breaks that are none."""

    # Plain functions: pygls keeps a future for good for each notification that a generator handles.

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: Any) -> None:
        """A text was opened."""
        self.fm.features[types.TEXT_DOCUMENT_DID_OPEN](params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: Any) -> None:
        """A text was edited."""
        self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE](params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: Any) -> None:
        """A text was closed."""
        self.fm.features[types.TEXT_DOCUMENT_DID_CLOSE](params)

    def structure_message(self, data: dict[str, Any]) -> Any:
        """A message as an object; one that cannot be read is answered, if it wants an answer, and ignored."""
        try:
            return super().structure_message(data)
        except JsonRpcException:
            if "id" in data and "method" in data:
                # Details would quote what was sent, which may be a text with a secret in it.
                self._send_response(data["id"], error=JsonRpcInvalidParams().to_response_error())
            return JsonRPCNotification(method="", jsonrpc="", params=None)

    def _send_response(self, msg_id: Any, result: Any | None = None, error: types.ResponseError | None = None) -> None:
        if error is not None and error.code != JsonRpcRequestCancelled.CODE:
            error = types.ResponseError(error.code, error.message.partition(":")[0])
        super()._send_response(msg_id, result, error)
