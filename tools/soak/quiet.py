"""The quiet day of a round: the program is run until it has nothing to do, and everything is checked."""

from __future__ import annotations

import json
from typing import Any, Final

from revox_sync.sync.state.journal import Intent
from tools.soak import checks
from tools.soak.account import plain
from tools.soak.checkout import Checkout, merged
from tools.soak.scene import Errand, Scene
from tools.soak.world import ENVIRONMENTS, Fields

MOST_APPLIES: Final = 8
"""Applies after which a quiet world has to be quiet."""


class QuietDay:
    """Nobody disturbs anything any more; only machine a's main branch is left.

    Args:
        environments: those that were used.
    """

    def __init__(self, scene: Scene, environments: tuple[str, ...]) -> None:
        self._scene = scene
        self._environments = environments

    def play(self) -> None:
        """Make everything as the files say, and check it."""
        scene = self._scene
        if scene.theirs.files:
            self._settle((scene.b, "test", tuple(scene.theirs.files)))
            scene.project.files |= scene.theirs.files
            scene.a.save(merged(scene.a.lock("test"), scene.b.lock("test"), scene.theirs.files))
        scene.project.write(scene.a.root, scene.base_url)
        scene.a.commit()
        everywhere = [(scene.a, environment, ()) for environment in self._environments]
        for _ in range(2):
            self._settle(*everywhere)
        for environment in self._environments:
            self._check_end(environment)
        held = {entry.id for each in self._environments for entry in scene.a.lock(each).entries.values()}
        there = scene.store.now()
        scene.tally.other += [f"{key} ({there[key]['name']!r}) is left over" for key in sorted(there.keys() - held)]

    def _settle(self, *places: tuple[Checkout, str, tuple[str, ...]]) -> None:
        """Make places quiet; what one environment has not ended may keep another from it until it has."""
        for place in [each for each in places if self._unsettled(*each)]:
            if codes := self._unsettled(*place):
                checkout, environment, _ = place
                self._scene.tally.other.append(
                    f"{checkout.name} is not quiet in {environment} after exit codes {codes}"
                )

    def _unsettled(self, checkout: Checkout, environment: str, addresses: tuple[str, ...]) -> list[int]:
        """Apply until there is nothing to do, and decide what only people can; exit codes, where that is in vain."""
        scene = self._scene
        options = ("--recreate", *(() if addresses else ("--prune",)), *addresses)
        codes: list[int] = []
        for _ in range(MOST_APPLIES):
            codes += scene.run(scene.apply(checkout, environment, *options))
            decided = self._decide(checkout, environment)
            if checkout is scene.a and not decided:
                self._check_shown(environment)
            if codes[-1] == 0 and not decided:
                return []
            codes += scene.run(scene.apply(checkout, environment, "--on-drift", "revert", *options, reverts=True))
        return codes

    # What only people know.

    def _decide(self, checkout: Checkout, environment: str) -> bool:
        """Say what became of creates nobody can look for; whether there were any."""
        intents = checkout.state(environment).open_creates
        names = {plain(intent.name) for intent in intents}
        # What two environments may both have created, neither lets the other one have.
        rivals = [
            (other, rival)
            for other in ENVIRONMENTS
            for rival in (checkout.state(other).open_creates if other != environment else ())
            if plain(rival.name) in names
        ]
        everything = [*((environment, intent) for intent in intents), *rivals]
        made = {(name, intent.address): self._made(name, intent) for name, intent in everything}
        self._scene.aside = {key for key in made.values() if key is not None}
        for other, rival in rivals:
            self._by_hand(checkout, other, "forget", rival.address)
        for name, intent in everything:
            self._say(checkout, name, intent, made[name, intent.address], forgotten=name != environment)
        self._scene.aside = set()
        return bool(intents)

    def _made(self, environment: str, intent: Intent) -> str | None:
        """What a create has made, as people see in the dashboard."""
        scene = self._scene
        held = scene.a.ids | scene.b.ids
        for key, each in scene.store.now().items():
            is_theirs = scene.ledger.made[key][1] == environment and plain(each["name"]) == plain(intent.name)
            if is_theirs and key not in held:
                return key
        return None

    def _say(self, checkout: Checkout, environment: str, intent: Intent, made: str | None, *, forgotten: bool) -> None:
        """Bind what a create has made, or let go of it."""
        self._scene.tally.by_hand += 1
        files = self._files(checkout)
        names = {plain(fields["name"]): address for address, fields in files.items()}
        address = intent.address if intent.address in files else names.get(plain(intent.name))
        if made and address:
            self._by_hand(checkout, environment, "import", address, made)
        elif made:
            self._scene.store.throw_away(made)
        state = checkout.state(environment)
        held = intent.address in state.lock.entries or intent.address in {each.address for each in state.open_creates}
        if not forgotten and (intent.address != address or not made) and held:
            self._by_hand(checkout, environment, "forget", intent.address)

    def _files(self, checkout: Checkout) -> dict[str, Fields]:
        mine = self._scene.project.files
        return mine if checkout is self._scene.a else {**mine, **self._scene.theirs.files}

    def _by_hand(self, checkout: Checkout, environment: str, *arguments: str) -> None:
        (code,) = self._scene.run(Errand(checkout, environment, arguments))
        if code:
            self._scene.tally.other.append(f"{checkout.name}: {' '.join(arguments)}: exit code {code}")

    # What must be so.

    def _check_shown(self, environment: str) -> None:
        scene = self._scene
        report = scene.folder / "plan.json"
        (code,) = scene.run(Errand(scene.a, environment, ("plan", "-o", f"json:{report}")))
        plan: dict[str, Any] = json.loads(report.read_text("utf-8")) if code == 0 else {}
        there, lock = scene.store.now(), scene.a.lock(environment)
        scene.tally.lost_updates += checks.hidden_edits(scene.ledger, there, lock, scene.project.files, plan)

    def _check_end(self, environment: str) -> None:
        """The account is what the files say, and the program knows it."""
        scene = self._scene
        (code,) = scene.run(Errand(scene.a, environment, ("plan", "--detailed-exitcode")))
        if code:
            scene.tally.other.append(f"the last plan for {environment} ends with {code}")
        there, entries = scene.store.now(), scene.a.lock(environment).entries
        for address in sorted(scene.project.files.keys() ^ entries.keys()):
            scene.tally.lost_entries.append(f"{address} is in the lock of {environment} or in the files, not in both")
        for address in sorted(scene.project.files.keys() & entries.keys()):
            document = there.get(entries[address].id, {})
            wrong = checks.differences(document, scene.project.files[address], scene.environ)
            scene.tally.other += [f"{address} in {environment}: {text}" for text in wrong]
