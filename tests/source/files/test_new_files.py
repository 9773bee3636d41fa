from __future__ import annotations

from pathlib import Path

import pytest

from revox_sync.errors import RefusedError, UsageError
from revox_sync.source.files.text_files import create_files


def present(root: Path) -> dict[str, str]:
    """Every file below a folder."""
    found = (each for each in root.rglob("*") if each.is_file())
    return {each.relative_to(root).as_posix(): each.read_bytes().decode() for each in found}


def test_folders_are_made_and_bytes_are_kept(tmp_path: Path) -> None:
    texts = {"a/prompts/x.md": "é\r\n\n", "a/x.yaml": "name: X\n"}
    create_files(tmp_path, texts)
    assert present(tmp_path) == texts


@pytest.mark.parametrize("taken", ["file", "folder", "dangling link", "link"])
def test_nothing_is_overwritten(tmp_path: Path, taken: str) -> None:
    target = tmp_path / "x.yaml"
    match taken:
        case "file":
            target.write_text("mine")
        case "folder":
            target.mkdir()
        case "dangling link":
            target.symlink_to("nowhere")
        case _:
            (tmp_path / "other").write_text("mine")
            target.symlink_to("other")
    before = present(tmp_path)
    with pytest.raises(RefusedError, match=r"`x\.yaml` exists; nothing was overwritten"):
        create_files(tmp_path, {"prompts/x.md": "long", "x.yaml": "new"})
    assert present(tmp_path) == before
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("outside", ["elsewhere", "."])
def test_a_link_leads_nowhere_but_inside(tmp_path: Path, outside: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    root = tmp_path / "project"
    root.mkdir()
    (root / "prompts").symlink_to(tmp_path / outside)
    before = sorted(tmp_path.rglob("*"))
    for path in ("prompts/x.md", "prompts/deep/x.md"):
        with pytest.raises(RefusedError, match="outside the project"):
            create_files(root, {path: "long"})
    assert sorted(tmp_path.rglob("*")) == before


def test_a_link_inside_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "prompts").symlink_to("real")
    create_files(tmp_path, {"prompts/x.md": "long"})
    assert (tmp_path / "real" / "x.md").read_text() == "long"


@pytest.mark.parametrize("path", ["file/x.yaml", "x" * 300 + ".yaml"], ids=["a file for a folder", "too long"])
def test_what_the_system_refuses_is_said(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UsageError, match="cannot write"):
        create_files(tmp_path, {"prompts/x.md": "long", path: "new"})
    assert present(tmp_path) == {"file": "mine"}


def test_without_second_names(tmp_path: Path) -> None:
    """FAT and some network folders have no hard links."""

    def refuse(_: Path, __: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    create_files(tmp_path, {"x.yaml": "new"}, refuse)
    with pytest.raises(RefusedError):
        create_files(tmp_path, {"x.yaml": "newer"}, refuse)
    assert present(tmp_path) == {"x.yaml": "new"}
