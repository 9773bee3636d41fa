"""One round of a soak: a few days of a project in a world where everything goes wrong, then a quiet one to check."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any, Final

from revox_sync.emulator.faults import FAULT_KINDS, Fault
from revox_sync.emulator.quirks import Quirks
from revox_sync.emulator.settings import EmulatorSettings
from revox_sync.errors import ExitCode
from revox_sync.sync.model.plan import OnDrift, PlanOptions
from revox_sync.sync.state.lock_file import save_lock
from tools.soak.account import Ledger, Presence, Switchboard, Watched, plain
from tools.soak.checkout import Checkout
from tools.soak.machine import Job, Machine
from tools.soak.tally import Tally
from tools.soak.world import MARK, TEXTS, Project

LONGEST_APPLY: Final = 60.0
MOST_APPLIES: Final = 8
"""Applies after which a quiet world has to be quiet."""
SECONDS: Final = {"hang": 0.05, "slow": 0.35, "late-commit": 0.15, "rate-limit": 1.0}
"""Of the clock, but for `rate-limit`, whose seconds are what the answer says."""
MOMENTS: Final = ("arrival", "commit", "sync", "synced", "save", "saved")
EXPECTED: Final = {
    ExitCode.OK,
    ExitCode.INCOMPLETE,
    ExitCode.REFUSED,
    ExitCode.UNREACHABLE,
    -signal.SIGKILL,
}
LATER: Final = 1000.0
RATES: Final = (0.1, 0.3, 0.8)
"""How many requests go wrong, for all kinds of faults together."""


class Round:
    """Plays one round.

    Args:
        seed: decides, with the number, what happens.
        folder: empty; everything is written there.
        board: passes requests on.
        machines: one does the daily work, the other comes in between.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - a round, and the world it is played in
        self, seed: int, number: int, folder: Path, board: Switchboard, base_url: str, machines: tuple[Machine, Machine]
    ) -> None:
        self._chance = Random(f"{seed} {number}")  # noqa: S311 - to be repeated, not to be secret
        self._tally = Tally(rounds=1)
        self._folder = folder
        self._board = board
        self._base_url = base_url
        self._ledger = Ledger(Random(f"{seed} {number} account"))  # noqa: S311 - see above
        self._store = Watched(self._ledger)
        self._canaries = {name: f"canary-{name}-{seed}-{number}" for name in ("SOAK_KEY", "SOAK_MODEL", "SOAK_TOOL")}
        self._environ = dict(self._canaries)
        self._project = Project(self._chance)
        self._theirs = Project(self._chance, numbers=self._project.numbers)
        self._a, self._b = (
            Checkout(name, folder / name, machine, folder / f"{name}.log")
            for name, machine in zip(("a", "b"), machines, strict=True)
        )
        self._now = 1_000_000.0
        self._quiet = False

    def play(self) -> Tally:
        """Let everything happen, then check."""
        before = self._board.requests
        self._board.faults.clear()
        try:
            self._board.serve(self._store, self._disturbed())
            for _ in range(self._chance.randint(3, 10)):
                self._project.add()
            for step in range(self._chance.randint(4, 7)):
                self._step(first=step == 0)
            self._calm_down()
        finally:
            self._board.drain()
            self._store.close()
        self._check_leaks()
        self._tally.requests = self._board.requests - before
        self._tally.faults = Counter(self._board.faults)
        self._tally.excused = self._ledger.excused
        self._tally.edits = self._ledger.typed
        self._tally.duplicates += self._ledger.duplicates
        self._tally.lost_updates += self._ledger.lost
        return self._tally

    def _disturbed(self) -> EmulatorSettings:
        kinds = self._chance.sample(sorted(FAULT_KINDS), self._chance.randint(1, len(FAULT_KINDS)))
        most = min(0.5, 2 * self._chance.choice(RATES) / len(kinds))
        return EmulatorSettings(
            key=self._canaries["SOAK_KEY"],
            faults=tuple(Fault(kind, self._chance.uniform(0, most), SECONDS.get(kind)) for kind in kinds),
            seed=self._chance.randrange(1_000_000),
            quirks=Quirks(respell=self._often(0.3), drop=("voice.speed",) if self._often(0.1) else ()),
            grow_faq=self._chance.choice((0.0, 0.0, 0.2)),
            requests_per_second=300 if self._often(0.1) else None,
        )

    def _often(self, probability: float) -> bool:
        return self._chance.random() < probability

    # What people and machines do.

    def _step(self, *, first: bool) -> None:
        if not first:
            self._change_files()
            self._use_dashboard()
        self._project.write(self._a.root, self._base_url)
        jobs = [(self._a, self._job(self._a))]
        if not first and self._often(0.3):
            jobs.append((self._b, self._visit()))
        self._apply(jobs)
        if self._often(0.5):
            self._board.drain()
            self._now += LATER

    def _change_files(self) -> None:
        project = self._project
        project.names = {address: entry.name for address, entry in self._a.lock.entries.items()}
        acts = (project.change, project.change, project.change, project.add, project.move, project.remove)
        for _ in range(self._chance.randint(1, 5)):
            self._chance.choice(acts)()
        if self._often(0.2):
            self._environ["SOAK_TOOL"] += "-2"

    def _use_dashboard(self) -> None:
        for target in self._targets():
            if self._often(0.1):
                self._store.edit(*target)
        entries = sorted(entry.id for entry in self._a.lock.entries.values())
        if entries and self._often(0.2):
            self._store.throw_away(self._chance.choice(entries))

    def _targets(self) -> list[tuple[str, str]]:
        """Assistants and fields with digests: an edit there is one the program must notice."""
        entries = self._a.lock.entries.values()
        return [(entry.id, name) for entry in entries for name in TEXTS if (name,) in entry.leaves]

    def _job(self, checkout: Checkout, addresses: tuple[str, ...] = ()) -> Job:
        options = PlanOptions(
            on_drift=self._chance.choices(list(OnDrift), (7, 1, 2))[0],
            recreate=checkout is self._a and self._often(0.5),
            resend_secrets=self._often(0.2),
            prune=self._often(0.5),
            max_deletes=100,
        )
        death = (self._chance.choice(MOMENTS), int(self._chance.expovariate(0.15))) if self._often(0.3) else None
        job = self._quiet_job(checkout, options, addresses)
        return replace(
            job,
            parallelism=self._chance.choice((1, 2, 4, 8, 16, 32)),
            timeout=self._chance.choice((15.0, 30.0)),
            death=death,
        )

    def _quiet_job(self, checkout: Checkout, options: PlanOptions, addresses: Iterable[str]) -> Job:
        log = self._folder / f"apply-{self._tally.applies:02}-{checkout.name}.log"
        self._tally.applies += 1
        return Job(checkout.root, checkout.name, log, dict(self._environ), options, tuple(addresses), now=self._now)

    def _visit(self) -> Job:
        """The other machine: it has what was committed, and something new that nobody else has."""
        if self._b.journal is None:
            self._fetch()
        known = self._project.files.keys() & self._b.lock.entries.keys()
        there = {address for address in known if (self._b.root / "assistants" / f"{address}.yaml").exists()}
        return self._job(self._b, tuple(sorted(there | self._theirs.files.keys())))

    def _fetch(self) -> None:
        theirs = self._b.lock.entries
        self._theirs.add()
        both = {**self._project.files, **self._theirs.files}
        Project(self._chance, both).write(self._b.root, self._base_url)
        own = {address: theirs[address] for address in self._theirs.files if address in theirs}
        lock = replace(self._a.lock, base_url=self._base_url)
        save_lock(self._b.lock_path, replace(lock, entries={**lock.entries, **own}))

    # Processes.

    def _apply(self, jobs: list[tuple[Checkout, Job]]) -> list[int]:
        for checkout, job in jobs:
            reverts = job.options.on_drift is OnDrift.REVERT
            presence = Presence(0, job.log, reverts, [] if self._quiet else self._targets(), job.death)
            self._ledger.running[job.agent] = presence
            presence.process = checkout.machine.start(job)
        codes = [self._ended(checkout, job) for checkout, job in jobs]
        self._now += 1.0
        self._check_entries()
        return codes

    def _ended(self, checkout: Checkout, job: Job) -> int:
        code = checkout.machine.wait(LONGEST_APPLY)
        if code is None:
            self._tally.other.append(f"{job.log.name}: it does not end")
            with suppress(ProcessLookupError):
                os.kill(self._ledger.running[job.agent].process, signal.SIGKILL)
            code = checkout.machine.wait(LONGEST_APPLY) or 0
        presence = self._ledger.running.pop(job.agent)
        presence.process = presence.edits = 0  # nothing happens to it any more, also not when its last write arrives
        self._tally.kills += code == -signal.SIGKILL
        self._tally.unknown += job.log.read_text("utf-8").count('"outcome": "unknown"') if job.log.exists() else 0
        if code not in EXPECTED:
            self._tally.other.append(f"{job.log.name}: exit code {code}")
        return code

    # The quiet day.

    def _calm_down(self) -> None:
        self._board.drain()
        self._board.serve(self._store, EmulatorSettings(key=self._canaries["SOAK_KEY"]))
        self._now += LATER
        self._quiet = True
        if self._theirs.files:
            self._settle(self._b, tuple(self._theirs.files))
            self._merge()
        self._project.write(self._a.root, self._base_url)
        self._settle(self._a, ())
        self._check_end()

    def _merge(self) -> None:
        theirs, lock = self._b.lock.entries, replace(self._a.lock, base_url=self._base_url)
        own = {address: theirs[address] for address in self._theirs.files if address in theirs}
        self._project.files |= self._theirs.files
        save_lock(self._a.lock_path, replace(lock, entries={**lock.entries, **own}))

    def _settle(self, checkout: Checkout, addresses: tuple[str, ...]) -> None:
        """Apply until there is nothing to do; what only people can decide is decided."""
        options = PlanOptions(prune=True, recreate=True, max_deletes=100)
        codes = []
        for _ in range(MOST_APPLIES):
            codes += self._apply([(checkout, self._quiet_job(checkout, options, addresses))])
            decided = self._decide(checkout)
            plan = checkout.plan(self._environ, *addresses)
            if checkout is self._a and not decided:
                self._check_shown(plan)
            if codes[-1] == 0 and not decided:
                return
            revert = replace(options, on_drift=OnDrift.REVERT)
            codes += self._apply([(checkout, self._quiet_job(checkout, revert, addresses))])
        self._tally.other.append(f"{checkout.name} is not quiet after exit codes {codes}")

    def _decide(self, checkout: Checkout) -> bool:
        """Say what became of creates nobody can look for; whether there were any."""
        names = {plain(fields["name"]): address for address, fields in self._files(checkout).items()}
        intents = checkout.open_creates
        for intent in intents:
            self._tally.by_hand += 1
            found = [
                key
                for key, each in self._store.now().items()
                if plain(each["name"]) == plain(intent.name) and key not in checkout.ids
            ]
            address = intent.address if intent.address in self._files(checkout) else names.get(plain(intent.name))
            if found and address:
                self._by_hand(checkout, "import", address, found[0])
            elif found:
                self._store.throw_away(found[0])
            if intent.address != address or not found:
                self._by_hand(checkout, "forget", intent.address)
        return bool(intents)

    def _files(self, checkout: Checkout) -> dict[str, Any]:
        mine = self._project.files
        return mine if checkout is self._a else {**mine, **self._theirs.files}

    def _by_hand(self, checkout: Checkout, *arguments: str) -> None:
        code, _ = checkout.run(self._environ, *arguments)
        if code:
            self._tally.other.append(f"{checkout.name}: {' '.join(arguments)}: exit code {code}")

    # What must be so.

    def _check_entries(self) -> None:
        """Everything that was created is in a lock, or a journal expects it."""
        held = self._a.ids | self._b.ids
        for key in self._store.now().keys() - held:
            name = self._ledger.made[key]
            if not self._a.expects(name) and not self._b.expects(name):
                self._tally.lost_entries.append(f"{key} ({name!r}) is in no lock and no journal")
                held.add(key)

    def _check_shown(self, plan: dict[str, Any]) -> None:
        """Every edit that is still there, and not what the file says, is shown as one."""
        shown = {blocked["id"] for blocked in (*plan.get("drift", ()), *plan.get("conflicts", ()))}
        there = self._store.now()
        address_of = {entry.id: address for address, entry in self._a.lock.entries.items()}
        for edit in self._ledger.edits:
            fields = self._project.files.get(address_of.get(edit.assistant_id, ""), {})
            differs = there.get(edit.assistant_id, {}).get(edit.field) == edit.text
            if differs and edit.field in fields and edit.assistant_id not in shown:
                self._tally.lost_updates.append(f"{edit.text!r} in {edit.assistant_id} is not shown")

    def _check_end(self) -> None:
        """The account is what the files say, and the program knows it."""
        code, _ = self._a.run(self._environ, "plan", "--detailed-exitcode")
        if code:
            self._tally.other.append(f"the last plan ends with {code}")
        there, entries = self._store.now(), self._a.lock.entries
        for key in there.keys() - {entry.id for entry in entries.values()}:
            self._tally.other.append(f"{key} ({there[key]['name']!r}) is left over")
        for address in self._project.files.keys() ^ entries.keys():
            self._tally.lost_entries.append(f"{address} is in the lock or in the files, not in both")
        for address in self._project.files.keys() & entries.keys():
            self._check_assistant(address, there.get(entries[address].id, {}))

    def _check_assistant(self, address: str, document: dict[str, Any]) -> None:
        for key, wanted in self._project.files[address].items():
            if not _means(document.get(key), self._resolved(wanted)):
                self._tally.other.append(f"`{key}` of {address} is {document.get(key)!r}, not {wanted!r}")

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._resolved(child) for key, child in value.items()}
        if isinstance(value, list):
            return [self._resolved(entry) for entry in value]
        if isinstance(value, str) and value.startswith(MARK):
            return self._environ[value.removeprefix(MARK).strip()]
        return value

    def _check_leaks(self) -> None:
        """No secret is anywhere on disk."""
        for path in sorted(self._folder.rglob("*")):
            content = path.read_bytes() if path.is_file() else b""
            leaked = [name for name, value in self._canaries.items() if value.encode() in content]
            if leaked:
                self._tally.leaks.append(f"{', '.join(leaked)} in {path.relative_to(self._folder)}")


def _means(found: Any, wanted: Any) -> bool:
    """Whether what the server has is what the file wants; servers add to mappings and lists and tidy texts."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(_means(found.get(key), child) for key, child in wanted.items())
    if isinstance(wanted, list):
        return isinstance(found, list) and all(any(_means(entry, meant) for entry in found) for meant in wanted)
    return plain(found) == plain(wanted) if isinstance(wanted, str) else bool(found == wanted)
