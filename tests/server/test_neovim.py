"""The real Neovim with the configuration of docs/editors.md: open, see findings, apply a fix, go to the prompt."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from tests.checkout import ROOT
from tests.server.conftest import FILES, SUPPORT, write

NVIM: Final = shutil.which("nvim")
CONFIGURATION: Final = re.compile(r"<!-- neovim: (\w+) -->\n```lua\n(.*?)```", re.DOTALL)
SCRIPT: Final = """
local seen = {}
local function wait(condition)
  assert(vim.wait(30000, condition, 20), "nothing happened")
end
local function messages()
  return vim.tbl_map(function(each)
    return { code = each.code, line = each.lnum, column = each.col, message = each.message }
  end, vim.diagnostic.get(0))
end
local ok, problem = pcall(function()
  wait(function() return #vim.diagnostic.get(0) > 0 end)
  seen.found = messages()

  vim.ui.select = function(items, _, choose)
    for index, item in ipairs(items) do
      local action = item.action and item.action or item[2]
      if action.title:match("^rename to") then
        seen.title = action.title
        return choose(item, index)
      end
    end
  end
  vim.api.nvim_win_set_cursor(0, { 3, 0 })
  vim.lsp.buf.code_action()
  wait(function() return #vim.diagnostic.get(0) == 0 end)
  seen.fixed = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\\n")

  vim.api.nvim_win_set_cursor(0, { 2, 20 })
  vim.lsp.buf.definition()
  wait(function() return vim.api.nvim_buf_get_name(0):match("support%.md$") end)
  seen.definition = vim.api.nvim_buf_get_name(0)
end)
seen.problem = not ok and tostring(problem) or nil
vim.fn.writefile({ vim.fn.json_encode(seen) }, os.getenv("RESULT"))
vim.cmd("qall!")
"""


def neovim(root: Path, configuration: str, path: str) -> dict[str, Any]:
    """What Neovim saw in a project."""
    assert NVIM is not None
    programs = root / "bin"
    programs.mkdir()
    program = programs / "revox-sync"
    program.write_text(
        f"#!/bin/sh\nexec '{sys.executable}' -c 'from revox_sync.cli.main import entry; entry()' \"$@\"\n", "utf-8"
    )
    program.chmod(0o755)
    (root / "init.lua").write_text(configuration, "utf-8")
    (root / "script.lua").write_text(SCRIPT, "utf-8")
    result = root / "result.json"
    environment = os.environ | {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "RESULT": str(result),
        "HOME": str(root / "home"),
        "XDG_CACHE_HOME": str(root / "home"),
        "PYTHONPATH": str(ROOT),
    }
    command = [NVIM, "--headless", "-n", "-u", str(root / "init.lua"), path, "-c", f"luafile {root / 'script.lua'}"]
    subprocess.run(command, cwd=root, env=environment, check=True, timeout=90, capture_output=True)
    seen: dict[str, Any] = json.loads(result.read_text("utf-8"))
    return seen


@pytest.mark.long
@pytest.mark.skipif(NVIM is None, reason="there is no Neovim")
def test_open_fix_and_go_to_the_prompt(tmp_path: Path) -> None:
    text = SUPPORT.replace("first_sentence:", "frist_sentence:")
    write(tmp_path, FILES | {"assistants/support.yaml": text})
    configurations = dict(CONFIGURATION.findall((ROOT / "docs" / "editors.md").read_text("utf-8")))
    seen = neovim(tmp_path, configurations["old"], "assistants/support.yaml")
    assert "problem" not in seen, seen
    assert ("RVX101", 2, 0) in [(each["code"], each["line"], each["column"]) for each in seen["found"]]
    assert seen["title"] == "rename to `first_sentence`"
    assert seen["fixed"] + "\n" == SUPPORT
    assert Path(seen["definition"]) == tmp_path / "assistants" / "prompts" / "support.md"
