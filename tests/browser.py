"""A real browser without a screen."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@cache
def find_browser() -> str | None:
    """The program, or None where none is installed."""
    return next((found for each in NAMES if (found := shutil.which(each))), None)


@dataclass(frozen=True, slots=True)
class Seen:
    """A page after its script has run.

    Attributes:
        dom: as HTML.
        console: what the page, or the browser about it, has complained about.
    """

    dom: str
    console: list[str]

    @property
    def visible(self) -> list[str]:
        """Addresses of the assistants that are shown."""
        cards = re.findall(r'<article ([^>]*)>.*?<span class="address">(.*?)</span>', self.dom, re.DOTALL)
        return [address for attributes, address in cards if "hidden" not in attributes]


def browse(path: Path, fragment: str = "", *options: str) -> Seen:
    """Open a file; `fragment` is what follows `#` in its address."""
    command = [
        str(find_browser()),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--enable-logging=stderr",
        f"--user-data-dir={path.parent / 'browser'}",
        "--virtual-time-budget=1000",
        *options,
        "--dump-dom",
        f"{path.as_uri()}#{fragment}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return Seen(done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line])


class Outline(HTMLParser):
    """What a page is made of.

    Attributes:
        elements: names and attributes, in order.
        text: everything that is shown.
        left_open: names of elements without an end.
    """

    VOID = ("meta", "input", "br")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.left_open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.left_open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.left_open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, name: str) -> list[dict[str, str | None]]:
        """Attributes of every element of that name."""
        return [attributes for tag, attributes in self.elements if tag == name]
