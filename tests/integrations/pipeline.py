"""A repository on a code host, with a program in place of revox-sync, for the jobs that apply."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.source.repository import Repository

LOCK = ".revox/production.lock.json"
DIGEST = "d1" * 16

# Stands for revox-sync: PENDING is the exit code of plan, diff and status, APPLIED what apply writes into the lock;
# AFTER_PLAN and DURING happen meanwhile. SEEN names variables whose values are kept with the calls.
PROGRAM = """#!/bin/bash
set -eu
command=$1
echo "revox-sync $*" >> "$CALLS"
for name in ${SEEN:-}; do echo "$1 $name=${!name:-}" >> "$CALLS"; done
case $command in
  plan | diff | status)
    for word; do
      if [ "${last:-}" = --digest-file ]; then echo DIGEST > "$word"; fi
      last=$word
      case $word in
        markdown:*) [ -z "${REPORT:-}" ] || printf '%s\\n' "<!-- own -->" "$REPORT" > "${word#*:}" ;;
        html:*) echo "<!doctype html>" > "${word#*:}" ;;
        *plan.json) echo "made at $(git rev-parse HEAD)" > "$word" ;;
      esac
    done
    bash -c "${AFTER_PLAN:-true}" >&2
    exit "${PENDING:-2}"
    ;;
  apply)
    [ "$(cat "$2")" = "made at $(git rev-parse HEAD)" ]
    if [ -n "${APPLIED:-}" ]; then
      mkdir -p .revox
      printf '/*\\n!/*.lock.json\\n' > .revox/.gitignore
      echo "$APPLIED" > .revox/production.lock.json
    fi
    bash -c "${DURING:-true}" >&2
    exit "${APPLY_CODE:-0}"
    ;;
  comment)
    cat "$2" > "$CALLS.comment"
    exit "${COMMENT_CODE:-0}"
    ;;
esac
""".replace("DIGEST", DIGEST)


def greeting(production: str) -> str:
    """A revox-sync.yaml that names what is tried out first, as that of `init`, with `!var greeting` in production."""
    environments = {
        "local": {"vars": {"greeting": "Say that this is a test."}},
        "production": {"vars": {"greeting": production}},
    }
    return json.dumps({"version": 1, "default_environment": "local", "environments": environments})


@dataclass(slots=True)
class Pipeline:
    """A repository on a code host, and machines that run its jobs one after the other.

    Attributes:
        release: the commit of revox-sync's own repository, `source`, that jobs install.
        variables: of every job, beside those of the host.
    """

    folder: Path
    origin: Repository
    release: str
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def calls(self) -> str:
        """Every call of revox-sync, a line each."""
        path = self.folder / "calls"
        return path.read_text("utf-8") if path.exists() else ""

    @property
    def history(self) -> list[str]:
        """The branch `main`, newest first."""
        return self.origin.git("log", "--format=%s", "main").splitlines()

    @property
    def lock(self) -> str:
        return self.origin.git("show", f"main:{LOCK}")

    @property
    def comment(self) -> str:
        """What was last posted."""
        return (self.folder / "calls.comment").read_text("utf-8")

    @property
    def program(self) -> Path:
        """What stands for revox-sync."""
        return self.folder / "revox-sync"

    @property
    def source(self) -> Path:
        """Where revox-sync comes from."""
        return self.folder / "release"

    def protect(self) -> None:
        """Have the host refuse every push."""
        hook = self.origin.root / "hooks" / "pre-receive"
        hook.write_text("#!/bin/sh\necho protected branch >&2\nexit 1\n", "utf-8")
        hook.chmod(0o755)

    def environ(self) -> dict[str, str]:
        """Variables of every job."""
        return {
            "PATH": os.environ["PATH"],
            "CALLS": str(self.folder / "calls"),
            **self.variables,
        }

    def push(self, path: str) -> str:
        """A script by which somebody else pushes a file to `main`."""
        who = "-c user.name=B -c user.email=b@example.com"
        there = self.folder / f"colleague-{Path(path).name}"
        return (
            f"git clone -q {self.origin.root} {there} && cd {there} && echo x > {path} && git add . "
            f"&& git {who} commit -qm 'Somebody else' && git push -q origin main"
        )


@pytest.fixture
def pipeline(tmp_path: Path) -> Pipeline:
    source = Repository.create(tmp_path / "source")
    source.commit({"assistants/a.yaml": "name: A\nprompt: Greet the caller.\n"}, "First")
    source.git("clone", "--quiet", "--bare", str(source.root), str(tmp_path / "origin.git"))
    origin = Repository(tmp_path / "origin.git")
    origin.git("config", "receive.advertisePushOptions", "true")
    (tmp_path / "artifacts").mkdir()
    made = Pipeline(tmp_path, origin, released(tmp_path), {"APPLIED": "new lock", "REPORT": "## Plan"})
    made.program.write_text(PROGRAM, "utf-8")
    made.program.chmod(0o755)
    return made


def released(folder: Path) -> str:
    """A repository `release` in a folder: installing it links `revox-sync` of that folder; its commit."""
    release = Repository.create(folder / "release")
    link = f'#!/bin/sh\nmkdir -p "$1/bin"\nln -s "{folder}/revox-sync" "$1/bin/revox-sync"\n'
    release.commit({"integrations/install.sh": link}, "Release")
    commit = release.git("rev-parse", "HEAD")
    # What comes later must not be what is installed.
    release.commit({"integrations/install.sh": "#!/bin/sh\nexit 9\n"}, "Later")
    return commit
