from __future__ import annotations

import json
import pickle

import pytest

from revox_sync.values.secret import MASK, Secret


@pytest.mark.parametrize("secret", [Secret("s3cr3t"), Secret("s3cr3t", "KEY"), Secret(None, "KEY")])
def test_every_way_to_print_a_secret_shows_the_mask(secret: Secret) -> None:
    assert [str(secret), repr(secret), f"{secret}", f"{secret!r}", "%s" % secret] == [MASK] * 5  # noqa: UP031
    assert str({"key": [secret]}) == "{'key': [(sensitive)]}"


@pytest.mark.parametrize("serialise", [json.dumps, pickle.dumps], ids=["json", "pickle"])
def test_a_secret_is_never_serialised(serialise: object) -> None:
    assert callable(serialise)
    with pytest.raises(TypeError) as error:
        serialise({"key": Secret("s3cr3t")})
    assert "s3cr3t" not in str(error.value)


def test_only_reveal_gives_the_string() -> None:
    assert Secret("s3cr3t", "KEY").reveal() == "s3cr3t"
    assert Secret("", "KEY").known
    assert not hasattr(Secret("s3cr3t"), "__dict__")


def test_what_was_not_read_cannot_be_revealed() -> None:
    secret = Secret(None, "KEY")
    assert not secret.known
    with pytest.raises(ValueError, match="'KEY' was not read"):
        secret.reveal()


@pytest.mark.parametrize(
    ("first", "second", "equal"),
    [
        (Secret("a", "X"), Secret("a", "Y"), True),
        (Secret("a"), Secret("b"), False),
        (Secret("a", "X"), Secret(None, "X"), False),
        (Secret(None, "X"), Secret(None, "X"), True),
        (Secret(None, "X"), Secret(None, "Y"), False),
        (Secret("a"), "a", False),
        (Secret(None), None, False),
    ],
)
def test_secrets_are_equal_by_string_or_unread_by_variable(first: Secret, second: object, *, equal: bool) -> None:
    assert (first == second) is equal
    assert (second == first) is equal
    assert not equal or hash(first) == hash(second)
