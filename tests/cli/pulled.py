"""Files beside an account, and what a pull reports of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator

from tests.account import SCHEMAS, Account

SCHEMA: Final = json.loads((SCHEMAS / "pull.schema.json").read_text("utf-8"))
IN_SYNC: Final = "No changes. The API matches the files.\n"
SETTLED: Final = "The files hold everything that was edited outside.\n"


def put(account: Account, text: str, address: str = "a") -> None:
    """Write an assistant file, line breaks as they are."""
    path = account.root / f"assistants/{address}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def got(account: Account, address: str = "a") -> str:
    return (account.root / f"assistants/{address}.yaml").read_bytes().decode()


def everything(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def pulled(account: Account, *arguments: str, code: int = 0) -> Any:
    """The one report of a pull, valid by its schema."""
    ran = account.run("pull", "-o", "json", *arguments)
    assert ran.code == code, ran.out + ran.err
    Draft202012Validator(SCHEMA).validate(ran.json)
    assert account.writes == []
    return ran.json


def of(report: Any, address: str = "a") -> Any:
    return next(each for each in report["assistants"] if each["address"] == address)
