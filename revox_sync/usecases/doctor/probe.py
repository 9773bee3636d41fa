"""Learns what a server does where no documentation says it, with one throw-away assistant that calls nobody."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from revox_sync.contract.fields import assistant_node, known_contracts
from revox_sync.errors import NotAuthorisedError, RejectedError, RemoteError
from revox_sync.remote.client import Client
from revox_sync.remote.http.retry_policy import is_unclear
from revox_sync.sync.comparing.canonical import equal
from revox_sync.sync.comparing.forms import equal_loosely
from revox_sync.sync.comparing.leaf_rules import token_of
from revox_sync.sync.model.doctor_report import Learned
from revox_sync.sync.model.server_facts import ServerFacts

_NAME: Final = "Revox-sync probe {token}: safe to delete"
_OURS: Final = re.compile(r"revox-sync probe [0-9a-f]{16}: safe to delete", re.IGNORECASE)
_PROMPT: Final = "Written by a probe.  Nobody is called.\n\nCafe\u0301, \u201cquotes\u201d, {{name}}.\n"
_PAUSES: Final = (0.0, 0.5, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
"""Seconds before each look at what a server may show late: about a minute."""
_TICK: Final = 1.1
"""Seconds between updates: a server may note times by the second, and two edits in one would look like none."""
_SPEED: Final = 1.1
_FIRST: Final = {"question": "Is this a probe?", "answer": "Yes."}
_SECOND: Final = {"question": "Will it be deleted?", "answer": "Yes."}


class StoppedError(Exception):
    """Somebody wants the probe to end."""


@dataclass(slots=True)
class Prober:
    """One probe of one server. `run` learns; whoever calls it deletes afterwards what `find` finds.

    Attributes:
        client: of the API.
        wait: lets seconds pass and returns whether to stop.
        tell: told what is done.
        name: of the throw-away assistant; nobody else uses it.
        id: of the throw-away assistant, once the server has said it.
        is_in_doubt: a create was sent, and its answer is not there, or says nothing of what became of it.
        sent: the body of the last create.
        facts: what is known so far.
        learned: the assumptions so far, with their results.
    """

    client: Client
    wait: Callable[[float], bool]
    tell: Callable[[str], None] = lambda _: None
    name: str = field(default_factory=lambda: _NAME.format(token=secrets.token_hex(8)))
    id: str | None = None
    is_in_doubt: bool = False
    sent: Mapping[str, Any] = field(default_factory=dict)
    facts: ServerFacts = field(default_factory=ServerFacts)
    learned: list[Learned] = field(default_factory=list)

    def run(self) -> None:
        """Learn everything. Raises RemoteError where no assistant could be created, StoppedError."""
        created = self._create()
        self.id, self.is_in_doubt = str(created["id"]), False
        self._learn_list(self.id)
        shown = self._settled_look(created)
        if shown is None:
            return
        self._learn_texts(created, shown)
        self.facts = replace(self.facts, contract=contract_of([created, shown]))
        for learn in (self._learn_patch, self._learn_versions, self._learn_faq, self._learn_null, self._learn_errors):
            try:
                learn(self.id)
            except RemoteError as error:
                self._note(_ASKED[learn.__name__], error.message, holds=None)

    def learn_deletion(self, assistant_id: str) -> None:
        """What is left after the delete."""
        text = "what is deleted is gone at once"
        try:
            waited = self._until(lambda: self.client.get_assistant(assistant_id) is None)
        except RemoteError as error:
            self._note(text, error.message, holds=None)
            return
        found = "still shown after a minute" if waited is None else _after(waited, "gone")
        self._note(text, found, holds=waited == 0)

    def _note(self, assumption: str, found: str, *, holds: bool | None) -> None:
        self.learned.append(Learned(assumption, holds, found))

    def _create(self) -> dict[str, Any]:
        self.tell(f"creating `{self.name}`, which is deleted again at the end")
        try:
            return self._posted(self._body())
        except RejectedError as refused:
            if self.is_in_doubt:
                raise
            # Some field may be one that this server does not take: what can be learnt without it is worth learning.
            self._note("a create with documented fields is accepted", refused.message, holds=False)
            return self._posted({"name": self.name, "prompt": _PROMPT})

    def _posted(self, body: Mapping[str, Any]) -> dict[str, Any]:
        self.is_in_doubt, self.sent = True, body
        try:
            return self.client.create_assistant(body)
        except RemoteError as error:
            self.is_in_doubt = is_unclear(error)
            raise

    def _body(self) -> dict[str, Any]:
        voice = self._voice()
        return {
            "name": self.name,
            "prompt": _PROMPT,
            "voicemail_message": "This is a probe.",
            "faq_items": [dict(_FIRST)],
            "webhook_url": "https://probe.example.com/hook",
            **({"voice": voice} if voice is not None else {}),
        }

    def _voice(self) -> dict[str, Any] | None:
        providers = assistant_node().properties["voice"].properties["provider"].schema["enum"]
        try:
            found = next((voice for voice in self.client.voices() if voice["provider"] in providers), None)
        except RemoteError:
            return None
        return None if found is None else {"id": found["id"], "provider": found["provider"], "speed": _SPEED}

    def _learn_list(self, assistant_id: str) -> None:
        self.tell("waiting for the list to show it")
        text, listed = "the list shows a new assistant at once", [dict[str, Any]()]

        def is_listed() -> bool:
            found = [each for each in self.client.listing().assistants if each["id"] == assistant_id]
            listed[:] = found
            return bool(found)

        try:
            waited = self._until(is_listed)
        except RemoteError as error:
            self._note("the list is complete, in one page", error.message, holds=False)
            return
        self._note("the list is complete, in one page", "its answer says nothing of more", holds=True)
        self.facts = replace(self.facts, list_lag=sum(_PAUSES) if waited is None else waited)
        found = "not in the list after a minute" if waited is None else _after(waited, "listed")
        self._note(text, found, holds=waited == 0)
        if listed:
            left_out = "faq_items" not in listed[0]
            found = "left out" if left_out else "in the list"
            self._note("the list leaves out `faq_items`", found, holds=left_out)

    def _settled_look(self, created: Mapping[str, Any]) -> dict[str, Any] | None:
        """The assistant once a GET shows it; None where it never does."""
        shown: list[dict[str, Any]] = []

        def is_shown() -> bool:
            shown[:] = [found] if (found := self.client.get_assistant(str(created["id"]))) else []
            return bool(shown)

        text = "a GET shows a new assistant at once"
        try:
            waited = self._until(is_shown)
        except RemoteError as error:
            self._note(text, error.message, holds=None)
            return None
        found = "not found after a minute" if waited is None else _after(waited, "shown")
        self._note(text, found, holds=waited == 0)
        self._note_read_lag(waited)
        return shown[0] if shown else None

    def _learn_texts(self, created: Mapping[str, Any], shown: Mapping[str, Any]) -> None:
        sent = self.sent
        thin = sorted(sent.keys() - created.keys())
        self._note(
            "an answer to a create has all fields", f"without {_names(thin)}" if thin else "all there", holds=not thin
        )
        dropped = [key for key in sent if shown.get(key) in (None, [], "")]
        self._note(
            "nothing that is sent is ignored", f"ignored {_names(dropped)}" if dropped else "kept", holds=not dropped
        )
        kinds = [(key, _kind(sent[key], shown[key], key)) for key in sent if key not in dropped]
        changed = [f"`{key}` {kind}" for key, kind in kinds if kind is not None]
        self._note("values are kept as they are sent", ", ".join(changed) or "kept", holds=not changed)

    def _learn_patch(self, assistant_id: str) -> None:
        before = self._fetch(assistant_id)
        voice = before.get("voice")
        if not isinstance(voice, dict) or voice.get("speed") != _SPEED:
            self._note(_ASKED["_learn_patch"], "no voice could be set to try it with", holds=None)
            return
        rest = {key: voice[key] for key in ("id", "provider")}
        # With another field, so that it shows when the update is there.
        after = self._updated(assistant_id, {"voice": rest, "voicemail_message": "This is an updated probe."})
        if after is None:
            self._note(_ASKED["_learn_patch"], "the update was not seen within a minute", holds=None)
            return
        speed = (after.get("voice") or {}).get("speed")
        merges = bool(speed == _SPEED)
        self.facts = replace(self.facts, patch_merges=merges)
        found = "keys that are left out stay" if merges else "keys that are left out go"
        self._note(_ASKED["_learn_patch"], found, holds=not merges)

    def _learn_versions(self, assistant_id: str) -> None:
        moved = self._moves(assistant_id, {"voicemail_message": "Another text."})
        self.facts = replace(self.facts, version_moves=moved)
        self._note(_ASKED["_learn_versions"], _moved(moved), holds=moved)

    def _learn_faq(self, assistant_id: str) -> None:
        moved = self._moves(assistant_id, {"faq_items": [dict(_SECOND)]})
        self.facts = replace(self.facts, version_moves_with_faq=moved)
        self._note(_ASKED["_learn_faq"], _moved(moved), holds=moved)
        questions = self._fetch(assistant_id).get("faq_items") or []
        replaced = [each.get("question") for each in questions] == [_SECOND["question"]] if moved is not None else None
        found = {
            True: "the former ones are gone",
            False: f"{len(questions)} entries after one was sent",
            None: "not seen",
        }
        self._note("sending `faq_items` replaces all of them", found[replaced], holds=replaced)

    def _moves(self, assistant_id: str, body: Mapping[str, Any]) -> bool | None:
        """Whether `updated_at` is another one after an update; None where it has none, or the update is not seen."""
        before = token_of(self._fetch(assistant_id))
        self._pause(_TICK)
        after = self._updated(assistant_id, body)
        if before is None or after is None:
            return None
        return token_of(after) != before

    def _learn_null(self, assistant_id: str) -> None:
        before = self._fetch(assistant_id).get("voicemail_message")
        if before is None:
            self._note(_ASKED["_learn_null"], "`voicemail_message` could not be set", holds=None)
            return
        self.client.update_assistant(assistant_id, {"voicemail_message": None})
        waited = self._until(lambda: not self._fetch(assistant_id).get("voicemail_message"))
        self.facts = replace(self.facts, null_clears=waited is not None)
        found = "it keeps its value" if waited is None else _after(waited, "cleared")
        self._note(_ASKED["_learn_null"], found, holds=waited is not None)

    def _learn_errors(self, assistant_id: str) -> None:
        try:
            self.client.update_assistant(assistant_id, {"max_call_duration_secs": "a text where a number belongs"})
        except RejectedError as refused:
            words = "with words" if refused.words else "without words"
            self._note(_ASKED["_learn_errors"], f"{refused.status}, {words}", holds=True)
        else:
            self._note(_ASKED["_learn_errors"], "accepted", holds=False)

    def _updated(self, assistant_id: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """The assistant once a GET shows an update; None where it does not within a minute."""
        self.client.update_assistant(assistant_id, body)
        looks: list[dict[str, Any]] = []

        def is_there() -> bool:
            looks[:] = [self._fetch(assistant_id)]
            return all(_is_seen(looks[0].get(key), value, key) for key, value in body.items() if key != "voice")

        waited = self._until(is_there)
        self._note_read_lag(waited)
        return looks[0] if waited is not None else None

    def _fetch(self, assistant_id: str) -> dict[str, Any]:
        return self.client.get_assistant(assistant_id) or {}

    def _note_read_lag(self, waited: float | None) -> None:
        longest = max(self.facts.read_lag or 0.0, sum(_PAUSES) if waited is None else waited)
        self.facts = replace(self.facts, read_lag=longest)

    def _until(self, holds: Callable[[], bool]) -> float | None:
        """Seconds waited until something held; None where it did not within a minute. Raises StoppedError."""
        waited = 0.0
        for pause in _PAUSES:
            if pause:
                self._pause(pause)
            waited += pause
            if holds():
                return waited
        return None

    def _pause(self, seconds: float) -> None:
        if self.wait(seconds):
            raise StoppedError


_ASKED: Final = {
    "_learn_patch": "an update replaces a top-level field whole",
    "_learn_versions": "`updated_at` changes with every update",
    "_learn_faq": "`updated_at` changes when only `faq_items` does",
    "_learn_null": "null clears a field whose type admits it",
    "_learn_errors": "a value of a wrong type is refused",
}


def find(client: Client, name: str | None = None) -> Iterator[tuple[str, str]]:
    """Ids and names of listed assistants that are a probe's; only of the one with that name, where one is given.

    Raises RemoteError.
    """
    for each in client.listing().assistants:
        if _OURS.fullmatch(each["name"]) and (name is None or each["name"].lower() == name.lower()):
            yield each["id"], each["name"]


def contract_of(answers: list[dict[str, Any]]) -> str | None:
    """The newest contract that some answer has a field of; None where there is no answer.

    Fields of a mapping that is null tell nothing, so an older contract than the server's may be named.
    """
    properties = assistant_node().properties
    seen = {key for answer in answers for key in answer if key in properties}
    if not seen:
        return None
    since = {properties[key].schema.get("x-since", known_contracts()[0]) for key in seen}
    return next(version for version in reversed(known_contracts()) if version in since)


def refusal_of(error: RemoteError) -> str:
    """What an error means for somebody who wants to know about rights."""
    return "the key may not ask" if isinstance(error, NotAuthorisedError) else error.message


def _kind(sent: Any, shown: Any, key: str) -> str | None:
    """How a value differs from what was sent; None where it does not."""
    node = assistant_node().properties[key]
    mine, theirs = sent, _sent_part(sent, shown)
    if mine == theirs:
        return None
    if isinstance(theirs, str) and isinstance(mine, str) and "**" in theirs:
        return "is masked"
    if equal(mine, theirs, node) or equal_loosely(mine, theirs, node):
        return "has another spelling"
    return "has another value"


def _sent_part(sent: Any, shown: Any) -> Any:
    """What is shown, without the keys that the server has added."""
    if isinstance(sent, dict) and isinstance(shown, dict):
        return {key: _sent_part(sent[key], shown[key]) for key in shown if key in sent}
    if isinstance(sent, list) and isinstance(shown, list) and len(sent) == len(shown):
        return [_sent_part(*pair) for pair in zip(sent, shown, strict=True)]
    return shown


def _is_seen(shown: Any, sent: Any, key: str) -> bool:
    return _kind(sent, shown, key) != "has another value" if shown else False


def _after(waited: float, what: str) -> str:
    return f"{what} at once" if waited == 0 else f"{what} after {waited:g} s at most"


def _moved(moved: bool | None) -> str:  # noqa: FBT001 - three values, one of them none
    return {True: "it changed", False: "it stayed", None: "there is none, or the update was not seen"}[moved]


def _names(keys: list[str]) -> str:
    return ", ".join(f"`{key}`" for key in keys)
