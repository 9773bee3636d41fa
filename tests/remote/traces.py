"""Everything an error could show to a person, a log or an error tracker."""

from __future__ import annotations

import traceback

from revox_sync.errors import RevoxSyncError


def traces(error: BaseException | None) -> str:
    """Texts of the error and of every error behind it, hidden ones (`from None`) included."""
    if error is None:
        return ""
    own = f"{error}\n{error!r}\n{error.args!r}\n{vars(error)!r}\n{''.join(traceback.format_exception(error))}"
    hint = str(error.hint) if isinstance(error, RevoxSyncError) else ""
    return "\n".join([own, hint, traces(error.__cause__), traces(error.__context__)])
