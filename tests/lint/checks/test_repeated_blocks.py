from __future__ import annotations

import pytest

from revox_sync.lint.checks.repeated_blocks import repeated_blocks

PARAGRAPH = "Repeat the day and the time, wait for a clear yes, and only then book it. " * 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{PARAGRAPH}\n\nx\n\n{PARAGRAPH}", 1),
        (f"# A\n\n{PARAGRAPH}\n\n# A\n\n{PARAGRAPH}\n\n{PARAGRAPH}", 1),
        ("# A\n\n## Step\n\nx\n\n# B\n\n## Step\n\ny", 0),
        ("# A\n\n## Example\n\nx\n\n## Example\n\ny", 0),
        ("# A\n\nx\n\n# A\n\ny", 0),
        ("# A\n\nx\n\n# A\n\nx", 1),
        ("# A\n\n# A", 0),
        ("```sh\n# install\n```\n\n```sh\n# install\n```", 0),
        (f'Agent: "{PARAGRAPH}"\n\nx\n\nAgent: "{PARAGRAPH}"', 0),
        ("Be brief.\n\nBe brief.", 0),
    ],
)
def test_repetitions(text: str, expected: int) -> None:
    assert len(list(repeated_blocks(text))) == expected


def test_offsets_are_those_of_the_later_and_of_the_earlier_block() -> None:
    paragraph = PARAGRAPH.strip()
    text = f"  {paragraph}\n\nx\n\n{paragraph}\n"
    ((later, earlier),) = repeated_blocks(text)
    assert [text[block.start : block.end] for block in (later, earlier)] == [paragraph, paragraph]
    assert later.start > earlier.end
