"""Places in a text as the protocol counts them."""

from __future__ import annotations

import pytest
from lsprotocol.types import Position

from revox_sync.server.texts.positions import Positions
from revox_sync.source.model.place import SourceText


@pytest.mark.parametrize("encoding", ["utf-8", "utf-32"])
def test_columns_are_counted_as_the_editor_does(encoding: str) -> None:
    text = "a😀é: x\r\nb\n"
    places = Positions(SourceText("", text), encoding)
    width = {"utf-8": 7, "utf-32": 3}[encoding]
    assert places.position(3) == Position(0, width)
    assert places.offset(Position(0, width)) == 3
    assert (places.offset(Position(0, 99)), places.offset(Position(9, 0))) == (6, len(text))


def test_a_byte_order_mark_that_the_editor_kept_counts_on_the_first_line() -> None:
    places = Positions(SourceText("", "ab\ncd\n"), "utf-16", marked=True)
    assert (places.position(1), places.position(4)) == (Position(0, 2), Position(1, 1))
    assert (places.offset(Position(0, 0)), places.offset(Position(0, 2)), places.offset(Position(1, 1))) == (0, 1, 4)
