"""What a release is held to, and what it consists of.

`python -m tools.release check [TAG]` prints what keeps the checkout from being released, and ends with 1 if anything
does; `... stamp COMMIT` names the commit in the workflows that the packages bring; `... constraints DIST` writes
DIST/constraints.txt, which has a hash of every file that an installation may consist of.
"""

from __future__ import annotations

import hashlib
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools import home

ROOT: Final = Path(__file__).parent.parent
LOCKED: Final = Path("integrations/requirements.txt")
TEMPLATES: Final = ("integrations/github/*.yml", "integrations/gitlab/*.yml", "docs/*.md")
_PIN: Final = re.compile(r"(?:@|REVOX_SYNC_COMMIT: )(SHA|[0-9a-f]{40}) # v(\d[^\s;]*)")
_VERSION: Final = re.compile(r'__version__ = "([^"]+)"')
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")


def version_of(root: Path) -> str:
    """The version that the packages get."""
    found: list[str] = _VERSION.findall((root / "revox_sync/version.py").read_text("utf-8"))
    return found[0]


def complaints(root: Path, tag: str | None = None) -> Iterator[str]:
    """What keeps a checkout from being released, one sentence each; nothing where it is ready.

    Args:
        tag: the one that is being released, such as `v1.2.3`; None: the version is not held against a tag.
    """
    version = version_of(root)
    if home.wanted(root).is_placeholder:
        yield "pyproject.toml: [project.urls] names OWNER; write where the project lives, and run `make docs`"
    yield from (f"{path} names another home than pyproject.toml; run `make docs`" for path in home.stale(root))
    if tag is not None and tag != f"v{version}":
        yield f"the tag is {tag}, and revox_sync/version.py says {version}"
    yield from _changelog(root, version)
    yield from _pins(root, version)
    yield from _locked(root)


def _changelog(root: Path, version: str) -> Iterator[str]:
    text = (root / "CHANGELOG.md").read_text("utf-8")
    if not re.search(rf"(?m)^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$", text):
        yield f"CHANGELOG.md has no heading `## [{version}] - YYYY-MM-DD`"
    unreleased = re.search(r"(?ms)^## \[Unreleased\]\n(.*?)(?=^## |\Z)", text)
    if unreleased and unreleased[1].strip():
        yield f"CHANGELOG.md still has entries below [Unreleased]; move them below [{version}]"


def _pins(root: Path, version: str) -> Iterator[str]:
    ours = home.wanted(root).slug
    for pattern in TEMPLATES:
        for path in sorted(root.glob(pattern)):
            for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
                pin = _PIN.search(line)
                if pin and (f"{ours}@" in line or "REVOX_SYNC_COMMIT" in line) and pin[2] != version:
                    yield f"{path.relative_to(root)}:{number} says v{pin[2]}, and the version is {version}"


def _locked(root: Path) -> Iterator[str]:
    """Dependencies that the locked requirements lack, or have in a version that does not fit."""
    locked = dict(re.findall(r"(?m)^([\w.-]+)==([^\s;\\]+)", (root / LOCKED).read_text("utf-8")))
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    for text in [*project["project"]["dependencies"], *project["build-system"]["requires"]]:
        wanted = Requirement(text)
        found = locked.get(canonicalize_name(wanted.name))
        if found is None or not wanted.specifier.contains(found, prereleases=True):
            has = f"{LOCKED} has {found or 'no version'} of {wanted.name}"
            yield f"{has}, and pyproject.toml wants {text}; run `make lock`"


def stamp(root: Path, commit: str) -> list[str]:
    """Name a commit in every template that has `SHA` in its place; gives their paths."""
    if not _COMMIT.fullmatch(commit):
        raise SystemExit(f"{commit!r} is no commit: 40 hexadecimal digits are")
    changed = []
    for pattern in TEMPLATES:
        for path in sorted(root.glob(pattern)):
            text = path.read_text("utf-8")
            stamped = re.sub(r"(@|REVOX_SYNC_COMMIT: )SHA(?= # v)", rf"\g<1>{commit}", text)
            if stamped != text:
                path.write_text(stamped, "utf-8")
                changed.append(str(path.relative_to(root)))
    return changed


def constraints(root: Path, dist: Path) -> str:
    """Requirements with hashes of this version and of everything it needs, for `pip install --require-hashes -r`."""
    built = sorted([*dist.glob("revox_sync-*.whl"), *dist.glob("revox_sync-*.tar.gz")])
    if not built:
        raise SystemExit(f"{dist} has no packages; build them with `python -m build`")
    hashes = "".join(f" \\\n    --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}" for path in built)
    return (root / LOCKED).read_text("utf-8") + f"revox-sync=={version_of(root)}{hashes}\n"


def main(arguments: list[str]) -> int:
    """One of the commands of the module's docstring; 1 where something is wrong, 64 for another command line."""
    match arguments:
        case ["check", *tag] if len(tag) <= 1:
            found = list(complaints(ROOT, *tag))
            print("\n".join(found) or f"{version_of(ROOT)} can be released")
            return 1 if found else 0
        case ["stamp", commit]:
            print("\n".join(stamp(ROOT, commit)))
        case ["constraints", dist]:
            (Path(dist) / "constraints.txt").write_text(constraints(ROOT, Path(dist)), "utf-8")
        case _:
            print(__doc__, file=sys.stderr)
            return 64
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
