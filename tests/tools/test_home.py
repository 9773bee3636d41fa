"""The name of the home stands in one place, and is written everywhere else."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.checkout import ROOT, project_files
from tools import home, release


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the project in a repository of its own."""
    for path in project_files():
        if path.parts[0] not in {"tests", "bench", "schemas", "assistants"}:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, tmp_path / path)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    return tmp_path


def rewrite(root: Path, path: str, *pairs: tuple[str, str]) -> None:
    text = (root / path).read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    (root / path).write_text(text, "utf-8")


def move(root: Path, owner: str) -> None:
    """Write another owner into pyproject.toml, and from there everywhere."""
    rewrite(root, "pyproject.toml", ("OWNER", owner))
    for path, text in home.stale(root).items():
        (root / path).write_text(text, "utf-8")


def test_what_is_written_is_what_pyproject_says() -> None:
    assert home.written(ROOT) == home.wanted(ROOT)
    assert home.stale(ROOT) == {}


def test_another_home_is_written_everywhere(checkout: Path) -> None:
    move(checkout, "acme")
    assert home.stale(checkout) == {}
    named = subprocess.run(["git", "grep", "-lwF", "OWNER"], cwd=checkout, capture_output=True, text=True, check=False)
    # What is left speaks of the placeholder as such.
    assert set(named.stdout.split()) <= {"CHANGELOG.md", "tools/home.py", "tools/release.py", home.MODULE, *MENTIONS}
    assert "uses: acme/revox-sync@SHA" in (checkout / "integrations/github/review.yml").read_text("utf-8")
    assert "https://github.com/acme/revox-sync.git" in (checkout / "docs/ci.md").read_text("utf-8")


MENTIONS = {"revox_sync/usecases/project/init.py", "README.md", "CONTRIBUTING.md", "docs/ci.md", "docs/hooks.md"}


def test_a_name_that_only_begins_alike_stays(checkout: Path) -> None:
    (checkout / "notes").mkdir()
    (checkout / "notes/x.md").write_text("OWNER/revox-sync-extras and MY-OWNER/revox-sync, but OWNER/revox-sync.\n")
    subprocess.run(["git", "add", "."], cwd=checkout, check=True)
    move(checkout, "acme")
    text = (checkout / "notes/x.md").read_text("utf-8")
    assert text == "OWNER/revox-sync-extras and MY-OWNER/revox-sync, but acme/revox-sync.\n"


def test_a_placeholder_is_not_released() -> None:
    (first, *_) = release.complaints(ROOT)
    assert "names OWNER" in first


def ready(root: Path) -> None:
    """Make a checkout fit to be released."""
    move(root, "acme")
    version = release.version_of(root)
    rewrite(root, "CHANGELOG.md", ("## [Unreleased]\n", f"## [Unreleased]\n\n## [{version}] - 2026-01-02\n"))


def test_what_is_ready_is_released(checkout: Path) -> None:
    ready(checkout)
    assert list(release.complaints(checkout, f"v{release.version_of(checkout)}")) == []


@pytest.mark.parametrize(
    ("path", "old", "new", "says"),
    [
        ("revox_sync/version.py", '"0.1.0"', '"0.2.0"', ["the tag is v0.1.0", "CHANGELOG.md has no", "says v0.1.0"]),
        ("CHANGELOG.md", "- 2026-01-02\n", "- soon\n", ["CHANGELOG.md has no heading `## [0.1.0]"]),
        ("CHANGELOG.md", "## [Unreleased]\n", "## [Unreleased]\n\n- New.\n", ["still has entries"]),
        ("docs/ci.md", "revox-sync@SHA # v0.1.0", "revox-sync@SHA # v0.0.9", ["docs/ci.md:", "v0.0.9"]),
        ("integrations/requirements.txt", "\nclick==", "\nclack==", ["no version of click", "make lock"]),
        ("pyproject.toml", '"rich>=', '"rich>=99,>=', ["of rich", "make lock"]),
        ("pyproject.toml", "github.com/acme/revox-sync", "github.com/other/revox-sync", ["run `make docs`"]),
    ],
)
def test_what_disagrees_is_not(checkout: Path, path: str, old: str, new: str, says: list[str]) -> None:
    ready(checkout)
    rewrite(checkout, path, (old, new))
    found = "\n".join(release.complaints(checkout, "v0.1.0"))
    assert [words for words in says if words not in found] == []


def test_packages_name_the_commit_they_were_built_from(checkout: Path) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    assert "integrations/github/apply.yml" in release.stamp(checkout, commit)
    texts = [path.read_text("utf-8") for path in (checkout / "integrations").rglob("*.yml")]
    assert not any(re.search(r"SHA\s+# v", text) for text in texts)
    assert f"revox-sync@{commit} # v0.1.0" in (checkout / "docs/ci.md").read_text("utf-8")
    with pytest.raises(SystemExit, match="is no commit"):
        release.stamp(checkout, "main")


def test_constraints_have_a_hash_of_everything(checkout: Path, tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    dist.mkdir()
    with pytest.raises(SystemExit, match="no packages"):
        release.constraints(checkout, dist)
    (dist / "revox_sync-0.1.0-py3-none-any.whl").write_bytes(b"wheel")
    text = release.constraints(checkout, dist).replace("\\\n", "")
    lines = [line for line in text.splitlines() if "==" in line]
    assert lines[-1].startswith("revox-sync==0.1.0 ")
    assert [line for line in lines if "--hash=sha256:" not in line] == []
