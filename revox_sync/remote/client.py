"""The Revox API for assistants, one method per call; endpoints and shapes are those of docs/api.md, "Endpoints"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final, Self
from urllib.parse import quote

from revox_sync.errors import NotAuthorisedError, RejectedError, UsageError
from revox_sync.remote.http.client_settings import ClientSettings
from revox_sync.remote.http.endpoint import Endpoint
from revox_sync.remote.http.listing import AssistantList, assistant_list, numbered_list
from revox_sync.remote.http.request_body import encode
from revox_sync.remote.http.request_loop import RequestLoop
from revox_sync.remote.http.response import (
    assistant,
    call_order,
    flag,
    is_assistant_id,
    mapping,
    unreadable,
    unwrapped,
    wrapped_assistant,
)

_LIST: Final = "/assistants"


class Client:
    """The API of one endpoint; many threads may call its methods at once.

    Every method raises `UnreachableError` (no answer, or none that fits the documentation), `NotAuthorisedError`
    (401, 403) or `RejectedError` (any other refusal, redirects too). Requests are repeated as docs/design.md, "Retries"
    says; after a 429 every thread waits.
    """

    def __init__(self, endpoint: Endpoint, settings: ClientSettings | None = None) -> None:
        settings = settings or ClientSettings()
        self._requests = RequestLoop(endpoint, settings)
        self._expect = settings.expect
        self._versions = settings.versions

    @property
    def connections(self) -> int:
        """Requests that may be under way at once: more while the API keeps up, fewer once it does not."""
        return self._requests.connections

    def listing(self) -> AssistantList:
        """All assistants but sub-assistants, which the API leaves out, and what is no assistant that can be read."""
        found = self._requests.exchange("GET", _LIST, assistant_list)
        # Only now, because asking again would not change it.
        found.require_all(f"GET {_LIST}")
        return found if self._versions else replace(found, assistants=[self._shown(each) for each in found.assistants])

    def list_assistants(self) -> list[dict[str, Any]]:
        """All assistants but sub-assistants; no id occurs twice, and each one can be read."""
        found = self.listing()
        found.require_readable(f"GET {_LIST}")
        return found.assistants

    def expect(self, number: int) -> None:
        """Say that so many assistants are about to be read one by one."""
        if self._expect is not None:
            self._expect(number)

    def get_assistant(self, assistant_id: str) -> dict[str, Any] | None:
        """The assistant, or None when the API says that there is none (404)."""
        try:
            read = partial(assistant, assistant_id=assistant_id)
            return self._shown(self._requests.call("GET", _path(assistant_id), read))
        except RejectedError as refused:
            if refused.status != 404:
                raise
            return None

    def create_assistant(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The new assistant. Not idempotent: after an error other than a refusal it may exist nevertheless."""
        return self._shown(self._requests.call("POST", _LIST, wrapped_assistant, encode(body)))

    def update_assistant(self, assistant_id: str, body: Mapping[str, Any], *, repeats: bool = True) -> dict[str, Any]:
        """The assistant after its top-level fields in `body` were replaced.

        Args:
            repeats: whether a failed request may be sent again; a repeat overwrites edits made in between.
        """
        read = partial(wrapped_assistant, assistant_id=assistant_id)
        return self._shown(self._requests.call("PATCH", _path(assistant_id), read, encode(body), repeats=repeats))

    def delete_assistant(self, assistant_id: str, *, repeats: bool = True) -> bool:
        """Whether it was deleted; False when it was already gone (404), perhaps by an earlier attempt of this call.

        Args:
            repeats: see `update_assistant`.
        """
        try:
            return self._requests.call("DELETE", _path(assistant_id), _read_success, repeats=repeats)
        except RejectedError as refused:
            if refused.status != 404:
                raise
            return False

    def voices(self) -> list[dict[str, Any]]:
        """The voices an assistant can have."""
        return self._requests.exchange("GET", "/voices", partial(numbered_list, key="voices", texts=("id", "provider")))

    def phone_numbers(self) -> list[dict[str, Any]]:
        """The phone numbers of the organisation."""
        read = partial(numbered_list, key="phone_numbers", texts=("id", "phone_number"))
        return self._requests.exchange("GET", "/phone-numbers", read)

    def campaigns(self) -> list[dict[str, Any]]:
        """The campaigns of the organisation, those that are over included."""
        read = partial(numbered_list, key="campaigns", texts=("id",))
        return self._requests.exchange("GET", "/campaigns", read)

    def auth_status(self) -> bool:
        """Whether the API accepts the key."""
        # Whether a wrong key is answered with `false` or with 401 is unknown (docs/api.md, "Errors and repeats").
        try:
            return self._requests.call("GET", "/auth-status", partial(flag, key="authenticated"))
        except NotAuthorisedError:
            return False

    def user(self) -> dict[str, Any]:
        """Whose key it is, with `id` and `organization_id`."""
        return self._requests.call("GET", "/users/me", _read_user)

    def place_call(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The new call. Not idempotent: after an error other than a refusal it may have been placed nevertheless."""
        return self._requests.call("POST", "/call", call_order, encode(body))

    def get_call(self, call_id: str) -> dict[str, Any] | None:
        """The call as it is now, or None when the API says that there is none (404)."""
        try:
            return self._requests.call("GET", _call_path(call_id), partial(call_order, call_id=call_id))
        except RejectedError as refused:
            if refused.status != 404:
                raise
            return None

    def cancel_call(self, call_id: str) -> None:
        """End a call that is under way; a call that has ended already is refused (`RejectedError`)."""
        self._requests.call("POST", f"{_call_path(call_id)}/cancel", _read_success)

    def _shown(self, answer: dict[str, Any]) -> dict[str, Any]:
        """An answer without its `updated_at` on a server where that stays as it is when somebody edits."""
        # There an equal one would pass for a proof that nobody has. Without one, what is unsure stays unsure.
        return answer if self._versions else {key: value for key, value in answer.items() if key != "updated_at"}

    def abort(self) -> None:
        """End every call of every thread now. Make no call after this one."""
        self._requests.abort()

    def close(self) -> None:
        """Close every connection."""
        self._requests.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _read_success(call: str, answer: Any) -> bool:
    if not flag(call, answer, "success"):
        raise unreadable(call, "a confirmation: `success` is false")
    return True


def _read_user(call: str, answer: Any) -> dict[str, Any]:
    return mapping(call, unwrapped(call, answer, "user"), ("id", "organization_id"), "`user`")


def _call_path(call_id: str) -> str:
    if not is_assistant_id(call_id):
        raise UsageError(f"`{call_id[:80]}` cannot be the id of a call")
    return f"/call/{quote(call_id, safe='')}"


def _path(assistant_id: str) -> str:
    if not is_assistant_id(assistant_id):
        raise UsageError(f"`{assistant_id[:80]}` cannot be the id of an assistant")
    return f"/assistants/{quote(assistant_id, safe='')}"
