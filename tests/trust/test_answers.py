"""A server whose answers are not what is documented: a clear message, and nothing evil on disk or on the terminal."""

from __future__ import annotations

import json
from itertools import count
from typing import Final

from hypothesis import HealthCheck, given, settings
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from revox_sync.errors import ExitCode
from tests.account import Account, Ran
from tests.trust.canaries import literal_model, literal_tools
from tests.trust.mutation import MUTATIONS, Mutation

COMMANDS: Final = (
    "plan -o text",
    "status",
    "pull --check --new",
    "pull --new --theirs --all-fields",
    "apply changed edited --auto-approve --on-drift revert",
)
HASTE: Final = [(b"x-should-retry", b"false"), (b"content-type", b"application/json")]
NUMBERS: Final = count()


class Mutating:
    """Passes requests on, and changes one thing in each answer."""

    def __init__(self, app: ASGIApp, mutation: Mutation) -> None:
        self._app = app
        self._mutation = mutation

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start: list[Message] = []

        async def change(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.append(message)
                return
            body = json.dumps(self._mutation(json.loads(message["body"])))
            await send({"type": "http.response.start", "status": start[0]["status"], "headers": HASTE})
            await send({"type": "http.response.body", "body": body.encode()})

        await self._app(scope, receive, change)


def populated(account: Account) -> None:
    """A project and an account in which there is something to do of every kind."""
    account.root = account.root.with_name(f"project-{next(NUMBERS)}")
    for each in account.store.all():
        account.store.remove(each["id"])
    account.serve(account.store)
    account.configure()
    account.declare("edited", faq_items=[{"question": "Q", "answer": "A"}], voice={"provider": "cartesia", "id": "v"})
    account.declare("changed", custom_tools=literal_tools("x"), llm_model=literal_model("x"))
    account.applied()
    account.edit("edited", prompt="Edited.", name="Edited")
    account.declare("changed", prompt="Changed.")
    account.declare("fresh")
    account.store.add({**account.remote("changed"), "id": "asst_other", "name": "Other"})


def evil(account: Account, ran: Ran) -> list[str]:
    """What must not be: a crash, characters that steer a terminal, files with names that mean something."""
    raw = [each for each in ran.out + ran.err if not each.isprintable() and each != "\n"]
    names = [str(path) for path in account.root.parent.rglob("*evil*")]
    crash = [ran.err] if ran.code == ExitCode.BUG or "bug in revox-sync" in ran.err else []
    return [*map(repr, raw), *names, *crash]


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(mutation=MUTATIONS)
def test_no_answer_does_harm(account: Account, mutation: Mutation) -> None:
    populated(account)
    account.switchboard.app = Mutating(account.switchboard.app, mutation)
    for command in COMMANDS:
        ran = account.run(*command.split(), "--timeout", "0.3")
        assert evil(account, ran) == [], (command, ran)
