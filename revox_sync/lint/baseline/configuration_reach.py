"""What a file of the project can notice of the difference between two versions of revox-sync.yaml."""

from __future__ import annotations

from typing import Final

from revox_sync.config import CONFIG_NAME, Environment
from revox_sync.lint.model.file_result import FileResult
from revox_sync.source.model.place import may_have_comments
from revox_sync.source.workspace import Workspace

# No value of an assistant, and nothing that one file shows of that which can keep it from being planned, depends on
# these. A key that is not named here, such as one that is new, reaches every file.
_UNNOTICED: Final = frozenset(
    {"version", "assistants", "default_environment", "ignore_changes", "lint", "safety", "unmanaged"}
)
# These are compared by what they come to for the environment that is looked at.
_COMPARED: Final = frozenset({"contract", "environments", "defaults"})


class ConfigurationReach:
    """Tells which files another revox-sync.yaml can make a difference to.

    Args:
        first: one version.
        second: the other one.
        environments: of the first version, and of the second.
    """

    def __init__(self, first: Workspace, second: Workspace, environments: tuple[Environment, Environment]) -> None:
        one, other = environments
        # Whose default a file takes depends on its own keys: a default that is new may be for any file.
        self._everything = not (
            _same(first.configured(_UNNOTICED | _COMPARED), second.configured(_UNNOTICED | _COMPARED))
            and one._replace(api_key=None, variables={}) == other._replace(api_key=None, variables={})
            and first.defaults(one).keys() == second.defaults(other).keys()
        )
        self._same_variables = _same(one.variables, other.variables)
        self._same_defaults = _says_the_same(first, second)

    def reaches(self, result: FileResult) -> bool:
        """Whether a file may show something else in the other version, though all that is read for it is the same.

        A file that includes revox-sync.yaml by itself reads it as any other file.
        """
        uses_variables = any(shown.environment is not None for shown in result.environments)
        return (
            self._everything
            or (uses_variables and not self._same_variables)
            or (result.inherits and not self._same_defaults)
        )


def _same(one: object, other: object) -> bool:
    # In Python `True` is 1; in YAML it is not.
    return one == other and repr(one) == repr(other)


def _says_the_same(first: Workspace, second: Workspace) -> bool:
    """Whether a default is the same in both versions to the letter, and all that lint can say of how it is written."""
    texts = [workspace.configuration_texts() for workspace in (first, second)]
    if texts[0] == texts[1]:
        return True
    whole = [text.get(CONFIG_NAME, "") for text in texts]
    kept = [workspace.configuration_text(_UNNOTICED) for workspace in (first, second)]
    # What is included, or written at an anchor elsewhere, is not in the text that is compared; and a comment that
    # suppresses findings counts wherever it stands.
    closed = all(
        set(sources) <= {CONFIG_NAME} and text.count("&") == part.count("&") and not may_have_comments(text)
        for sources, text, part in zip(texts, whole, kept, strict=True)
    )
    return closed and kept[0].rstrip() == kept[1].rstrip()
