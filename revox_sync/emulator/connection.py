"""How an application closes the connection a request came over, which ASGI has no word for."""

from __future__ import annotations

from typing import Final, Protocol

from starlette.types import Scope

EXTENSION: Final = "revox_sync.connection"


class ClientConnection(Protocol):
    """What a server that can hang up puts into `scope["extensions"]` under `EXTENSION`."""

    async def hang_up(self, *, reset: bool) -> None:
        """Close the connection after what was already sent; return when it is closed.

        Args:
            reset: close it with a TCP reset, which also throws away what is still on its way.
        """


async def hang_up(scope: Scope, *, reset: bool = False) -> None:
    """Close the connection of a request.

    Raises:
        RuntimeError: the server cannot do that; `serve` and `running` can.
    """
    connection: ClientConnection | None = scope.get("extensions", {}).get(EXTENSION)
    if connection is None:
        raise RuntimeError("faults that close connections need the emulator's own server")
    await connection.hang_up(reset=reset)
