"""Which project paths belong to, and what they are called in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from revox_sync.errors import UsageError
from revox_sync.usecases.project.project_root import path_in_project, projects_of, require_present, root_of
from revox_sync.usecases.project.settings import Settings


@pytest.fixture
def projects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Projects `one` and, inside it, `one/inner`; `two` beside them; `link` leads to `one`."""
    for name in ("one", "one/inner", "two"):
        (tmp_path / name / "assistants").mkdir(parents=True)
        (tmp_path / name / "revox-sync.yaml").write_text("version: 1\n")
    (tmp_path / "link").symlink_to(tmp_path / "one")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("project", "paths", "root"),
    [
        ("one", [], "one"),
        ("one/assistants", [], "one"),
        (".", ["one/assistants"], "one"),
        (".", ["one/assistants/missing.yaml"], "one"),
        ("one", ["one/assistants", "one/revox-sync.yaml"], "one"),
        ("one", ["one/inner/assistants"], "one/inner"),
        (".", ["one/assistants", "link/assistants"], "one"),
        ("one", ["two/assistants"], "two"),
    ],
)
def test_the_nearest_configuration_decides(projects: Path, project: str, paths: list[str], root: str) -> None:
    settings = Settings(str(projects / project))
    (found,) = projects_of(settings, paths) if paths else [root_of(settings)]
    assert (projects / root).samefile(found)


def test_each_project_has_its_paths(projects: Path) -> None:
    found = projects_of(Settings(str(projects)), ["one/assistants", "two/assistants", "one/revox-sync.yaml"])
    assert [(Path(root).name, inside) for root, inside in found.items()] == [
        ("one", ["one/assistants", "one/revox-sync.yaml"]),
        ("two", ["two/assistants"]),
    ]


def test_a_folder_above_projects_stands_for_each_of_them(projects: Path) -> None:
    found = projects_of(Settings(str(projects)), ["."])
    assert {Path(root).relative_to(Path.cwd()).as_posix() for root in found} >= {"one", "one/inner", "two"}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("one", "."),
        ("one/assistants/a.yaml", "assistants/a.yaml"),
        ("one/assistants/../b.yaml", "b.yaml"),
        ("link/assistants/a.yaml", "assistants/a.yaml"),
        ("one-more/a.yaml", None),
        ("two/a.yaml", None),
    ],
)
def test_names_are_those_of_the_project(projects: Path, path: str, name: str | None) -> None:
    assert path_in_project(str(projects / "one"), path) == (name or str(projects.resolve() / path))


def test_a_link_keeps_its_own_name(projects: Path) -> None:
    (projects / "one/assistants/a.yaml").symlink_to(projects / "two/revox-sync.yaml")
    assert path_in_project(str(projects / "link"), "one/assistants/a.yaml") == "assistants/a.yaml"


@pytest.mark.parametrize("path", ["nothing.yaml", "one/\0", "x" * 5000])
def test_what_does_not_exist_is_named(projects: Path, path: str) -> None:
    settings = Settings(str(projects))
    require_present(settings, ["one", "two/revox-sync.yaml"])
    with pytest.raises(UsageError, match="does not exist"):
        require_present(settings, ["one", path])


def test_an_address_is_answered_with_its_path(projects: Path) -> None:
    (projects / "one/assistants").mkdir(exist_ok=True)
    (projects / "one/assistants/a.yaml").write_text("name: A\nprompt: Hi\n")
    with pytest.raises(UsageError) as caught:
        require_present(Settings(str(projects / "one")), ["a"])
    assert caught.value.hint == "lint takes paths, not addresses: `revox-sync lint one/assistants/a.yaml`"
