"""When an update or a delete that failed may be sent again: after another look, never blindly.

The client repeats reads by itself. A write that it repeated by itself would undo whatever somebody did in the dashboard
between two attempts, which may be a minute apart; so each attempt looks again right before it (docs/design.md,
"Fresh or not at all").
"""

from __future__ import annotations

from revox_sync.errors import RemoteError
from revox_sync.remote.http.retry_policy import RetryPolicy, changed_nothing, is_rate_limit, is_unclear
from revox_sync.sync.applying.context import ApplyContext

POLICY = RetryPolicy()


class Attempts:
    """The attempts of one write.

    Args:
        run: lets time pass between them.
    """

    def __init__(self, run: ApplyContext) -> None:
        self._run = run
        self._failed = 0
        self._limited = 0

    def another(self, error: RemoteError) -> bool:
        """Whether to look again, and send it again if nothing has changed; lets time pass before.

        Only ends that may pass count. A refusal to serve so many requests (429) keeps every request waiting that comes
        next, so nobody waits for it here.
        """
        if not is_unclear(error) and not changed_nothing(error):
            return False
        limited = is_rate_limit(error)
        self._limited += limited
        self._failed += not limited
        if POLICY.exhausted(self._failed, self._limited):
            return False
        return limited or not self._run.wait(POLICY.backoff(self._failed - 1, self._run.uniform))
