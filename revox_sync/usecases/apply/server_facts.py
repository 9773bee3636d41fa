"""What is known of an environment's server, because somebody has probed it."""

from __future__ import annotations

from pathlib import Path

from revox_sync.remote.http.endpoint import Endpoint
from revox_sync.sync.model.server_facts import NO_FACTS, ServerFacts


def read_facts(path: Path, environment: str, endpoint: Endpoint) -> ServerFacts:
    """The facts in a file; none where there is no file, or it is about another API. Raises RefusedError.

    An API on this machine changes its port as it likes, so its URL is not compared.
    """
    if not path.exists():
        return NO_FACTS
    from revox_sync.sync.state.facts_file import load_facts  # with pydantic, which is slow to import

    return load_facts(path, environment, (lambda _: True) if endpoint.is_loopback else endpoint.is_called)
