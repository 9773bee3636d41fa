"""`<environment>.server-facts.json`, beside the lock: what a probe has learnt of the server."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from revox_sync.errors import RefusedError
from revox_sync.source.files.replace_file import replace_file
from revox_sync.source.files.tree import LARGEST_DOCUMENT, TreeError, read_regular
from revox_sync.sync.model.server_facts import NO_FACTS, ServerFacts
from revox_sync.sync.state.lock_file import write_gitignore
from revox_sync.sync.state.state_folder import require_no_link, require_own_folders

FORMAT: Final = "revox-sync/server-facts"
VERSION: Final = 1
_LONGEST_LAG: Final = 3600.0
_HINT: Final = "`revox-sync doctor --probe` writes it anew; without the file nothing is assumed of the server"


class _Document(BaseModel):
    """The file. Strict, so that nothing is guessed from what is not as it was written."""

    model_config = ConfigDict(strict=True, extra="forbid")

    format: str = Field(pattern=f"^{FORMAT}$")
    version: int = Field(ge=VERSION, le=VERSION)
    environment: str
    base_url: str
    learned_at: str
    contract: str | None
    patch_merges: bool | None
    version_moves: bool | None
    version_moves_with_faq: bool | None
    null_clears: bool | None
    list_lag: float | None = Field(ge=0, le=_LONGEST_LAG)
    read_lag: float | None = Field(ge=0, le=_LONGEST_LAG)


def load_facts(path: Path, environment: str, is_same: Callable[[str], bool]) -> ServerFacts:
    """The facts in a file; none where there is no file, or it is about another API.

    Args:
        is_same: whether a base URL is that of the API.

    Raises RefusedError if the file cannot be read: a half-read fact would be worse than none.
    """
    try:
        document = _Document.model_validate_json(read_regular(os.fspath(path), LARGEST_DOCUMENT))
    except FileNotFoundError:
        return NO_FACTS
    except TreeError as error:
        raise RefusedError(f"{path} {error.reason}", hint=_HINT) from None
    except OSError as error:
        raise RefusedError(f"{path} cannot be read: {error.strerror}", hint=_HINT) from None
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"])) or "the file"
        raise RefusedError(f"{path} is not usable: {place}: {error.errors()[0]['msg']}", hint=_HINT) from None
    if document.environment != environment or not is_same(document.base_url):
        return NO_FACTS
    known = document.model_dump(exclude={"format", "version", "environment"})
    return ServerFacts(**known)


def save_facts(path: Path, environment: str, facts: ServerFacts) -> None:
    """Replace the file. Raises RefusedError if `.revox` or the file is a link, OSError."""
    require_own_folders(path)
    require_no_link(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_gitignore(path)
    document = {"format": FORMAT, "version": VERSION, "environment": environment, **asdict(facts)}
    replace_file(path, (json.dumps(document, indent=2) + "\n").encode("ascii"))
