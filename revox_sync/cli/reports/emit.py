"""`-o FORMAT[:FILE]`: one run, several reports."""

import sys
from collections.abc import Callable, Mapping, Sequence

from revox_sync.cli.options.targets import Target
from revox_sync.output.text.style import Paint, painter
from revox_sync.source.files.text_files import write_file
from revox_sync.usecases.project.settings import Settings

Renderer = Callable[[Paint, int], str]


def emit(targets: Sequence[Target], renderers: Mapping[str, Renderer], settings: Settings) -> None:
    """Render each report and write it; files are never coloured. Raises UsageError where a file cannot be written."""
    for target in targets:
        render = renderers[target.format]
        if target.path is None:
            sys.stdout.write(render(settings.paint(sys.stdout), settings.width(sys.stdout)))
            sys.stdout.flush()
        else:
            write_file(target.path, render(painter(color=False), settings.width(sys.stderr)))
