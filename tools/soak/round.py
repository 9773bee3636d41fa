"""One round of a soak: a few days of a project in a world where everything goes wrong, then a quiet one to check."""

from __future__ import annotations

import copy
import hashlib
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import Final

from revox_sync.emulator.faults import FAULT_KINDS, Fault
from revox_sync.emulator.quirks import Quirks
from revox_sync.emulator.settings import EmulatorSettings
from tools.soak import checks
from tools.soak.account import plain
from tools.soak.checkout import Checkout, changed, merged
from tools.soak.machine import EFFECTS
from tools.soak.quiet import QuietDay
from tools.soak.scene import EnoughError, Errand, Scene
from tools.soak.tally import Tally
from tools.soak.world import ANCHOR, ENVIRONMENTS, TEXTS, Fields, Project

SECONDS: Final = {"hang": 35.0, "slow": 35.0, "late-commit": 20.0, "rate-limit": 1.0}
"""How long faults take. A create that is carried out later than a client looks for it cannot be told from a new one."""
LONGEST_LAG: Final = 8.0
"""Seconds. Together with the longest delay of a write it is less than the time for which a create is looked for."""
HABITS: Final[tuple[Callable[[Random], Quirks], ...]] = (
    lambda _: Quirks(merge_patch=True),
    lambda chance: Quirks(list_lag=chance.uniform(1, LONGEST_LAG)),
    lambda chance: Quirks(read_lag=chance.uniform(1, LONGEST_LAG)),
    lambda chance: Quirks(page=chance.choice((2, 5, 50))),
    lambda _: Quirks(null_empty=True),
    lambda chance: Quirks(drop=(chance.choice(("voice.speed", "max_call_duration_secs", "voicemail_message")),)),
    lambda chance: Quirks(ignore_on_create=(chance.choice(("ivr_navigation_enabled", "first_sentence")),)),
    lambda chance: Quirks(thin_create=(chance.choice(("faq_items", "first_sentence", "prompt")),)),
    lambda _: Quirks(lower_name=True),
    lambda _: Quirks(nfc=True),
    lambda _: Quirks(respell=True),
)
"""Every kind of quirk but `item-key`, which a server has for ever, and those that hide what is judged."""
ITEM_KEY: Final = Quirks(item_key=("shelf",))
MOMENTS: Final = ("arrival", "commit", *EFFECTS)
LATER: Final = 1000.0
RATES: Final = (0.1, 0.3, 0.8)
"""How many requests go wrong, for all kinds of faults together."""
MAIN: Final = "main"


class Round:
    """Plays one round."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._chance = scene.chance
        self._project = scene.project
        self._a = scene.a
        self._branch = MAIN
        self._main_files: dict[str, Fields] = {}
        self._main_lock = scene.a.lock("test")
        self._pulled: set[str] = set()
        self._has_twin = scene.often(0.4)
        self._lasting = ITEM_KEY if scene.often(0.2) else Quirks()

    def play(self) -> Tally:
        """Let everything happen, then check."""
        scene = self._scene
        scene.board.begin(scene.store, scene.dice("turns"))
        try:
            with suppress(EnoughError):
                self._days()
        finally:
            scene.board.pass_time(LATER)
            scene.store.close()
        tally, ledger = scene.tally, scene.ledger
        tally.leaks += checks.leaks(scene.folder, scene.canaries)
        tally.requests, tally.faults = scene.board.requests, Counter(scene.board.faults)
        tally.excused, tally.edits = ledger.excused, ledger.typed
        tally.duplicates += ledger.duplicates
        tally.lost_updates += ledger.lost
        return tally

    @property
    def digest(self) -> str:
        """A digest of everything that has happened on the wire, and of what came of each command."""
        return hashlib.blake2b("\n".join(self._scene.board.trace).encode(), digest_size=8).hexdigest()

    def _days(self) -> None:
        scene = self._scene
        self._project.add_anchor()
        for _ in range(self._chance.randint(3, 8)):
            self._project.add()
        self._project.write(self._a.root, scene.base_url)
        self._a.start_git()
        for day in range(self._chance.randint(4, 8)):
            scene.board.serve(self._disturbed())
            self._day(first=day == 0)
        scene.board.pass_time(LATER)
        scene.board.serve(EmulatorSettings(key=scene.canaries["SOAK_KEY"], quirks=self._lasting))
        scene.quiet = True
        if self._branch != MAIN:
            self._merge_branch()
        QuietDay(scene, ENVIRONMENTS if self._has_twin else ("test",)).play()

    def _disturbed(self) -> EmulatorSettings:
        kinds = self._chance.sample(sorted(FAULT_KINDS), self._chance.randint(1, len(FAULT_KINDS)))
        most = min(0.5, 2 * self._chance.choice(RATES) / len(kinds))
        return EmulatorSettings(
            key=self._scene.canaries["SOAK_KEY"],
            faults=tuple(Fault(kind, self._chance.uniform(0, most), SECONDS.get(kind)) for kind in kinds),
            seed=self._chance.randrange(1_000_000),
            latency_seconds=self._chance.choice((0.0, 0.0, 0.05)),
            quirks=self._quirks(),
            grow_faq=self._chance.choice((0.0, 0.0, 0.2)),
            requests_per_second=5 if self._scene.often(0.1) else None,
        )

    def _quirks(self) -> Quirks:
        """Up to three habits at once, beside the one that lasts."""
        found, none = self._lasting, Quirks()
        for make in self._chance.sample(HABITS, self._chance.choice((0, 0, 1, 1, 2, 3))):
            habit = make(self._chance)
            own = {name: value for name in habit.__slots__ if (value := getattr(habit, name)) != getattr(none, name)}
            found = replace(found, **own)
            self._scene.tally.quirks.update(list(own))
        self._scene.tally.quirks["item_key"] += bool(found.item_key)
        return found

    # What people and machines do.

    def _day(self, *, first: bool) -> None:
        scene = self._scene
        if not first:
            self._change_branch()
            self._change_files()
            self._use_dashboard()
        self._project.write(self._a.root, scene.base_url)
        self._a.commit()
        if self._branch == MAIN:
            errands = [replace(self._errand(self._a), git_pull=self._git_pull())]
            if not first and scene.often(0.3):
                errands.append(self._visit())
        else:
            errands = [self._errand(self._a, addresses=self._branch_addresses)]
        self._pulled = set()
        scene.run(*errands)
        self._check_pulled()
        if self._has_twin and self._branch == MAIN and scene.often(0.6):
            scene.run(self._errand(self._a, "twin"))
        if scene.often(0.3):
            self._look()
        if scene.often(0.15) and self._branch == MAIN:
            self._pull()
        if scene.often(0.5):
            scene.board.pass_time(LATER)

    @property
    def _branch_addresses(self) -> tuple[str, ...]:
        """Files that the branch has and main has not."""
        if self._branch == MAIN:
            return ()
        return tuple(sorted(self._project.files.keys() - self._main_files.keys()))

    def _change_branch(self) -> None:
        if self._branch == MAIN and self._scene.often(0.25):
            self._main_files = copy.deepcopy(self._project.files)
            self._main_lock = self._a.lock("test")
            self._branch = f"feature-{next(self._project.numbers)}"
            self._a.switch(self._branch, new=True)
            self._project.add()
            self._scene.tally.branches += 1
        elif self._branch != MAIN and self._scene.often(0.6):
            self._merge_branch()

    def _merge_branch(self) -> None:
        """Main gets the files of the branch, and its lock entries; often main is worked on before."""
        branch, added = self._branch, {key: self._project.files[key] for key in self._branch_addresses}
        self._a.commit()
        mine = self._a.lock("test")
        self._a.branch_locks[branch, "test"] = mine
        self._a.switch(MAIN)
        self._branch, self._project.files = MAIN, self._main_files
        if not self._scene.quiet and self._scene.often(0.5):
            self._project.write(self._a.root, self._scene.base_url)
            self._scene.run(self._errand(self._a))
        main, since = self._a.lock("test"), self._main_lock
        # What both have changed stays as main has it; what is new to the branch is its own.
        brought = changed(since, mine) - changed(since, main) | added.keys()
        self._a.save(merged(main, mine, brought))
        self._project.files |= added
        self._project.write(self._a.root, self._scene.base_url)
        self._a.commit()
        self._a.git("branch", "--quiet", "-D", branch)
        del self._a.branch_locks[branch, "test"]

    def _change_files(self) -> None:
        project = self._project
        if self._branch != MAIN:
            for _ in range(self._chance.randint(1, 3)):
                project.change(self._branch_addresses)
            return
        project.names = {address: entry.name for address, entry in self._a.lock("test").entries.items()}
        acts = (project.change, project.change, project.change, project.add, project.move, project.remove)
        for _ in range(self._chance.randint(1, 5)):
            self._chance.choice(acts)()
        if self._scene.often(0.2):
            self._scene.environ["SOAK_TOOL"] += "-2"

    def _use_dashboard(self) -> None:
        store = self._scene.store
        there = sorted(store.now())
        for key in there:
            for name in TEXTS:
                if self._scene.often(0.1):
                    store.edit(key, name)
        anchor = plain(self._project.files[ANCHOR]["name"])
        names = {key: plain(each["name"]) for key, each in store.now().items()}
        # An account of this machine that has none of a lock's assistants any more has forgotten all of them.
        loose = [key for key, name in names.items() if name != anchor] if anchor in names.values() else []
        if loose and self._scene.often(0.2):
            store.throw_away(self._chance.choice(loose))

    def _errand(self, checkout: Checkout, environment: str = "test", addresses: tuple[str, ...] = ()) -> Errand:
        """An apply as people start it, and what may come in between."""
        often = self._scene.often
        on_drift = self._chance.choices(("fail", "keep", "revert"), (7, 1, 2))[0]
        options = ["--on-drift", on_drift, "--timeout", self._chance.choice(("15", "30"))]
        on_main = checkout is self._a and self._branch == MAIN
        options += ["--recreate"] if on_main and often(0.5) else []
        options += ["--resend-secrets"] if often(0.2) else []
        options += ["--prune"] if on_main and often(0.5) else []
        death = (self._chance.choice(MOMENTS), int(self._chance.expovariate(0.1))) if often(0.3) else None
        reverts = on_drift == "revert"
        return replace(self._scene.apply(checkout, environment, *options, *addresses, reverts=reverts), death=death)

    def _visit(self) -> Errand:
        """The other machine: it has what was committed, and something new that nobody else has."""
        b, theirs = self._scene.b, self._scene.theirs
        if b.state("test").journal is None:
            theirs.add()
            Project(self._chance, {**self._project.files, **theirs.files}).write(b.root, self._scene.base_url)
            b.save(merged(self._a.lock("test"), b.lock("test"), theirs.files))
        known = self._project.files.keys() & b.lock("test").entries.keys()
        there = {address for address in known if (b.root / "assistants" / f"{address}.yaml").exists()}
        return self._errand(b, addresses=tuple(sorted(there | theirs.files.keys())))

    def _git_pull(self) -> tuple[int, Callable[[], None]] | None:
        """What the other machine has pushed, while an apply of this one runs: a request's number, and what it does."""
        theirs = self._scene.b.lock("test")
        own = theirs.entries.keys() & self._scene.theirs.files.keys()
        if not own or not self._scene.often(0.5):
            return None

        def pull() -> None:
            self._a.save(merged(self._a.lock("test"), theirs, own))
            self._project.files |= {address: self._scene.theirs.files.pop(address) for address in sorted(own)}
            self._project.write(self._a.root, self._scene.base_url)
            self._pulled |= own
            self._scene.tally.git_pulls += 1

        return int(self._chance.expovariate(0.1)), pull

    def _check_pulled(self) -> None:
        for address in sorted(self._pulled - self._a.lock("test").entries.keys()):
            self._scene.tally.lost_entries.append(f"{address}, which git has brought, is not in the lock any more")

    def _look(self) -> None:
        """A command that only reads: it writes nothing."""
        before = self._a.written()
        command = self._chance.choice((("plan",), ("status",), ("plan", "--prune", "-o", "markdown")))
        self._scene.run(Errand(self._a, self._chance.choice(ENVIRONMENTS) if self._has_twin else "test", command))
        if self._a.written() != before:
            self._scene.tally.other.append(f"`{' '.join(command)}` has written lock or journal")

    def _pull(self) -> None:
        """Edits of the dashboard come into the files."""
        self._scene.run(Errand(self._a, "test", ("pull",)))
        self._project.read(self._a.root)
        ledger = self._scene.ledger
        entries = {entry.id: address for address, entry in self._a.lock("test").entries.items()}
        for edit in list(ledger.edits):
            fields = self._project.files.get(entries.get(edit.assistant_id, ""), {})
            if checks.tidy(fields.get(edit.field)) == edit.text:
                ledger.edits.remove(edit)
