from __future__ import annotations

import subprocess
import sys

import pytest

LOOK = """
import re
compile_now = re.compile
import revox_sync.source.yaml.pyyaml as ours
assert re.compile is compile_now
import yaml, yaml.reader
late = [each for each in vars(yaml.reader.Reader).values() if type(each).__name__ == "_LatePattern"]
"""


def _run(code: str) -> str:
    process = subprocess.run([sys.executable, "-c", LOOK + code], capture_output=True, text=True, check=True)
    return process.stdout.strip()


def test_pyyaml_works_for_others_in_the_same_process() -> None:
    text = "{a: 2001-12-14, b: [0b11, yes, ~, 1.5, '<<'], c: !!binary aGk=}"
    code = f"print(len(late), yaml.load({text!r}, yaml.SafeLoader), yaml.safe_load({text!r}))"
    loaded = "{'a': datetime.date(2001, 12, 14), 'b': [3, True, None, 1.5, '<<'], 'c': b'hi'}"
    assert _run(code) == f"1 {loaded} {loaded}"


@pytest.mark.parametrize("text", ["a: \x01", "a: \ufffe"])
def test_its_reader_still_finds_what_cannot_be_printed(text: str) -> None:
    code = f"""
try:
    yaml.load({text!r}, yaml.SafeLoader)
except yaml.reader.ReaderError as error:
    print(error.reason)
"""
    assert _run(code) == "special characters are not allowed"


def test_while_threads_run_patterns_are_made_at_once() -> None:
    code = """
import threading
LOOK = '''LOOK_AGAIN'''
for name in [each for each in sys.modules if each.partition(".")[0] == "yaml" or each.endswith("yaml.pyyaml")]:
    del sys.modules[name]
done = threading.Event()
thread = threading.Thread(target=done.wait)
thread.start()
import revox_sync.source.yaml.pyyaml
import yaml.reader
print(isinstance(yaml.reader.Reader.NON_PRINTABLE, re.Pattern))
done.set()
"""
    code = "import sys\n" + code.replace("LOOK = '''LOOK_AGAIN'''\n", "")
    assert _run(code) == "True"
