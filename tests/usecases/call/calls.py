"""Calls of one assistant, and somebody who types."""

from __future__ import annotations

import io
from typing import Any

from tests.account import Account, Ran

NUMBER = "+33199001234"
SILENT = "+33199000000"
OUTPUTS = [
    {"name": "agreed", "type": "boolean", "required": True},
    {"name": "kind", "type": "enum", "required": True, "enum_options": ["visit", "call"]},
]
TEXTS: dict[str, Any] = {
    "name": "Outbound",
    "prompt": "You speak with {{first_name}} of {{company}}.",
    "first_sentence": "Hello {{first_name}}!",
    "structured_output_config": OUTPUTS,
}
FILLED = ("--var", "first_name=Ada", "--var", "company=Lovelace & Co")


class Typist(io.TextIOBase):
    """Somebody who types an answer to each question; one that is an exception happens instead."""

    def __init__(self, *answers: str | type[BaseException]) -> None:
        self.answers = [*answers]

    def isatty(self) -> bool:
        return True

    def readline(self, _: int = -1, /) -> str:  # type: ignore[override] # typeshed knows only that of bytes
        answer = self.answers.pop(0)
        if isinstance(answer, str):
            return f"{answer}\n"
        raise answer


def call(account: Account, *arguments: str, code: int = 0, to: str = NUMBER) -> Ran:
    ran = account.run("call", "sales/outbound", "--to", to, "--auto-approve", *FILLED, *arguments)
    assert ran.code == code, ran.out + ran.err
    return ran


def posts(account: Account) -> list[str]:
    return [sent.path for sent in account.writes]
