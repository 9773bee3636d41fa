"""Projects of a soak: files that people change, move, rename and remove."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final

import yaml

ENVIRONMENTS: Final = ("test", "twin")
"""Two environments of one account: each has assistants of its own for the same files, of the same names."""
CONFIGURATION: Final = """version: 1
default_environment: test
environments:
  test: {{base_url: "{base_url}", api_key: !env SOAK_KEY}}
  twin: {{base_url: "{base_url}", api_key: !env SOAK_KEY}}
"""
MARK: Final = "@env"
"""Stands for a value of the environment."""
TEXTS: Final = ("first_sentence", "end_of_call_sentence", "voicemail_message")
ANCHOR: Final = "a0"
"""Nobody deletes this one: a lock of an API on this machine starts anew when all of its assistants are gone."""
ACCENTS: Final = ("e\u0301", "\u00e9", "e")
"""Forms of a letter; some servers keep only one of them."""
ENDS: Final = ("", "", "\n", "  \n", "\r\nIn short.\r\n", " \t")
"""Ends of texts; some servers do not keep them."""
Fields = dict[str, Any]


@dataclass(slots=True)
class Project:
    """Files by address.

    Attributes:
        chance: decides what people do.
        numbers: for whatever must occur once.
        names: by address, those the lock holds. A file that is moved and renamed at once is another one to the program.
    """

    chance: Random
    files: dict[str, Fields] = field(default_factory=dict)
    numbers: count[int] = field(default_factory=lambda: count(1))
    names: dict[str, str] = field(default_factory=dict)

    def add_anchor(self) -> None:
        """The first file."""
        self.files[ANCHOR] = {"name": "Soak Anchor", "prompt": "You stay."}

    @property
    def loose(self) -> list[str]:
        """Files that people do with as they like."""
        return sorted(self.files.keys() - {ANCHOR})

    def write(self, root: Path, base_url: str) -> None:
        """Put the files on disk in place of what is there."""
        folder = root / "assistants"
        for path in folder.rglob("*.yaml"):
            path.unlink()
        folder.mkdir(parents=True, exist_ok=True)
        (root / "revox-sync.yaml").write_text(CONFIGURATION.format(base_url=base_url), "utf-8")
        for address, fields in self.files.items():
            path = folder / f"{address}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps(fields, indent=1, ensure_ascii=False)
            path.write_text(re.sub(f'"{MARK} (\\w+)"', r"!env \1", text), "utf-8")

    def add(self) -> str:
        """A new file; its address."""
        number = next(self.numbers)
        address = self.chance.choice(("a", "sales/a", "support/fr/a")) + str(number)
        letter = self.chance.choice(ACCENTS)
        fields: Fields = {"name": f"Soak Caf{letter} {number}", "prompt": self._text(f"You are number {number}.")}
        for name in TEXTS:
            if self._often(0.7):  # the others may be added by an update
                fields[name] = self._text(f"{name} of {number}.")
        if self._often(0.6):
            fields["voice"] = {"provider": "cartesia", "id": f"voice-{number}", "speed": self._speed()}
        if self._often(0.1):
            fields["type"] = "sub-assistant"
        if self._often(0.25):
            fields["faq_items"] = [{"question": f"What is {number}?", "answer": self._text("A number.")}]
        if self._often(0.2):
            fields["llm_model"] = {
                "type": "custom",
                "api_url": "https://models.example.com",
                "model_name": "m",
                "api_key": f"{MARK} SOAK_MODEL",
            }
        if self._often(0.2):
            fields["custom_tools"] = [_tool(number)]
        self.files[address] = fields
        return address

    def change(self, addresses: Iterable[str] | None = None) -> None:
        """Edit some file, one of these addresses if there are any."""
        known = self.loose if addresses is None else sorted(addresses)
        if not known:
            return
        address = self.chance.choice(known)
        fields = self.files[address]
        match self.chance.choice(("prompt", "text", "voice", "fewer", "faq", "name", "switch", "seconds")):
            case "prompt":
                fields["prompt"] = self._text(f"{fields['prompt'].split('.')[0]}. Revision {next(self.numbers)}.")
            case "text":
                fields[self.chance.choice(TEXTS)] = self._text(f"A text, revision {next(self.numbers)}.")
            case "voice" if "voice" in fields:
                fields["voice"] = {**fields["voice"], "speed": self._speed(), "id": f"voice-{next(self.numbers)}"}
            case "fewer":
                fields.pop(self.chance.choice((*TEXTS, "faq_items", "custom_tools")), None)
            case "faq" if "faq_items" in fields:
                entry = {"question": f"And {next(self.numbers)}?", "answer": "Also."}
                fields["faq_items"] = [*fields["faq_items"][-2:], entry]
            case "name" if self.names.get(address) == fields["name"]:
                fields["name"] = f"Soak Caf{self.chance.choice(ACCENTS)} {next(self.numbers)}"
            case "switch":
                fields["ivr_navigation_enabled"] = self._often(0.5)
            case _:
                fields["max_call_duration_secs"] = self.chance.randrange(60, 900)

    def move(self) -> None:
        """Give some file another address."""
        names = {key: self.files[key]["name"] for key in self.loose}
        movable = [key for key, name in names.items() if self.names.get(key, name) == name]
        if movable:
            address = self.chance.choice(movable)
            self.files[f"moved/m{next(self.numbers)}"] = self.files.pop(address)

    def read(self, root: Path) -> None:
        """Take over what the program has written into the files."""
        for address in self.files:
            self.files[address] = _read(root / "assistants" / f"{address}.yaml")

    def remove(self) -> None:
        """Delete some file."""
        if self.loose:
            del self.files[self.chance.choice(self.loose)]

    def _text(self, words: str) -> str:
        return words + self.chance.choice(ENDS)

    def _speed(self) -> float:
        return self.chance.choice((0.8, 0.9, 1.0, 1.1, 1.2))

    def _often(self, probability: float) -> bool:
        return self.chance.random() < probability


class _Reader(yaml.SafeLoader):
    """Reads files of a project; the one tag that occurs is a mark again."""


_Reader.add_constructor("!env", lambda _, node: f"{MARK} {node.value}")


def _read(path: Path) -> Fields:
    reader = _Reader(path.read_text("utf-8"))
    try:
        fields: Fields = reader.get_single_data()
    finally:
        reader.dispose()
    return fields


def _tool(number: int) -> Fields:
    return {
        "name": f"look_up_{number}",
        "description": "Looks up an order.",
        "method": "GET",
        "url": "https://tools.example.com/orders",
        "body_template": None,
        "input_schema": [],
        "query_params": [],
        "headers": [{"key": "Authorization", "value": f"{MARK} SOAK_TOOL"}],
    }
