"""What the server makes of a body, and what it answers: values in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from revox_sync.emulator.contract import ServedContract
from revox_sync.emulator.settings import EmulatorSettings
from revox_sync.emulator.store import StoredAssistant

# A guess: what a clone is called is not documented.
_COPY_SUFFIX: Final = " (copy)"
_Schema = Mapping[str, Any]
_NO_RULES: Final[_Schema] = {}


class AssistantBuilder:
    """Makes what is stored from request bodies, and answers from what is stored.

    Raises:
        ValueError: a field to ignore is not in the contract.
    """

    def __init__(self, contract: ServedContract, settings: EmulatorSettings) -> None:
        unknown = sorted(path for path in settings.drops if path.partition(".")[0] not in contract.fields)
        if unknown:
            raise ValueError(f"there is no field {unknown[0]!r} that could be ignored")
        self._contract = contract
        self._settings = settings
        self._drops = [tuple(path.split(".")) for path in settings.drops]

    def created(self, body: Mapping[str, Any]) -> StoredAssistant:
        """A new assistant from a create body that fits the contract."""
        now = self._now()
        own = {
            "id": self._settings.new_id("asst"),
            "organization_id": self._settings.organization_id,
            "created_at": now,
            "updated_at": now,
            "created_by": None,
        }
        return {**self._contract.defaults, **self._stored(body), **own}

    def updated(self, current: StoredAssistant, body: Mapping[str, Any]) -> StoredAssistant:
        """The assistant after an update with a body that fits the contract."""
        # That a key replaces the whole field is an assumption (docs/api.md, "What we assume and nobody states").
        return {**current, **self._stored(body), "updated_at": self._now()}

    def with_caller_question(self, document: StoredAssistant) -> StoredAssistant:
        """The assistant with one more question, which a caller asked and nobody has answered."""
        questions = document.get("faq_items") or []
        asked = {"question": f"What did caller {len(questions) + 1} want to know?", "answer": ""}
        own = {"id": self._settings.new_id("faq"), "source": "ai", "needs_human_answer": True}
        return {**document, "faq_items": [*questions, asked | own]}

    def cloned(self, original: StoredAssistant) -> StoredAssistant:
        """A new assistant with the content of another one."""
        return self.created({**original, "name": original["name"] + _COPY_SUFFIX})

    def answer(self, document: StoredAssistant) -> StoredAssistant:
        """The assistant with every field of the contract, null where nothing is set.

        Without a pinned contract, fields that only older contracts have are answered where a client sent them.
        """
        contract = self._contract
        extra = () if contract.pinned else tuple(name for name in document if name not in contract.fields)
        answer = {name: document.get(name, contract.defaults.get(name)) for name in (*contract.fields, *extra)}
        questions = document.get("faq_items") or []
        return answer | {"pending_faq_count": sum(question["needs_human_answer"] for question in questions)}

    def listed(self, document: StoredAssistant) -> StoredAssistant:
        """The assistant as the list call shows it."""
        absent = self._contract.absent_from_list
        return {name: value for name, value in self.answer(document).items() if name not in absent}

    def _stored(self, body: Mapping[str, Any]) -> StoredAssistant:
        kept = without(body, self._drops)
        if self._settings.normalise:
            kept = normalised(kept, self._contract.schema)
        if kept.get("faq_items"):
            # An update replaces all questions, so each gets a new id, even one that was there before.
            kept["faq_items"] = [
                {**question, "id": self._settings.new_id("faq"), "source": "human", "needs_human_answer": False}
                for question in kept["faq_items"]
            ]
        return kept

    def _now(self) -> str:
        return self._settings.clock().isoformat(timespec="microseconds").replace("+00:00", "Z")


def without(body: Mapping[str, Any], drops: Iterable[tuple[str, ...]]) -> dict[str, Any]:
    """The body without some of its fields, each named by the keys that lead to it."""
    rest = dict(body)
    for key, *below in drops:
        if not below:
            rest.pop(key, None)
        elif isinstance(rest.get(key), Mapping):
            rest[key] = without(rest[key], [tuple(below)])
    return rest


def normalised(body: Mapping[str, Any], schema: _Schema) -> dict[str, Any]:
    """The body in the form the emulator keeps under `--normalise`: the same meaning, but not the same text.

    - Lines end with LF; white space at the end of a text is gone. Secrets stay as they are.
    - E-mail addresses are in lower case, with one space after each comma.
    - Keys of nested objects are sorted.
    - Objects in lists have every key of the schema that has a default or may be null.
    - Plain values of lists whose order is free are sorted.

    To normalise twice changes nothing. (Numbers are always answered the way JavaScript writes them.)

    Args:
        body: what was sent, valid.
        schema: that of the body, with the annotations `x-secret` and `x-order` and the format `email-list`.
    """
    rules = schema["properties"]
    return {key: _value(value, rules.get(key, _NO_RULES)) for key, value in body.items()}


def _value(value: Any, rules: _Schema) -> Any:
    if isinstance(value, Mapping):
        known = _branch(value, rules).get("properties", _NO_RULES)
        return {key: _value(value[key], known.get(key, _NO_RULES)) for key in sorted(value)}
    if isinstance(value, list):
        entry_rules = rules.get("items", _NO_RULES)
        entries = [_value(_filled(entry, entry_rules), entry_rules) for entry in value]
        is_plain = all(isinstance(entry, str) for entry in entries)
        return sorted(entries) if is_plain and rules.get("x-order") == "free" else entries
    return _text(value, rules) if isinstance(value, str) else value


def _filled(entry: Any, rules: _Schema) -> Any:
    """The entry of a list with all keys a server may add to it."""
    if not isinstance(entry, Mapping):
        return entry
    known = rules.get("properties", _NO_RULES)
    added = {key: node.get("default") for key, node in known.items() if "default" in node or _may_be_null(node)}
    return {**added, **entry}


def _may_be_null(rules: _Schema) -> bool:
    kinds = rules.get("type", ())
    return not isinstance(kinds, str) and "null" in kinds


def _branch(value: Mapping[str, Any], rules: _Schema) -> _Schema:
    """The alternative an object chooses by its discriminator; the rules themselves where there is nothing to choose."""
    for branch in rules.get("oneOf", ()):
        if branch["properties"][name := rules["x-discriminator"]]["const"] == value.get(name):
            chosen: _Schema = branch
            return chosen
    return rules


def _text(value: str, rules: _Schema) -> str:
    # A password may end with white space.
    if rules.get("x-secret"):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n").rstrip()
    if rules.get("format") == "email-list":
        return ", ".join(address.strip() for address in text.lower().split(",")).rstrip()
    return text
