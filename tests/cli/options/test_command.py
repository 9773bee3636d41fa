"""What is nearly an option is answered with 64 and our word, and never read as something else."""

from __future__ import annotations

import pytest

from revox_sync.cli.program import run_program
from revox_sync.errors import UsageError

ANSWERS = [
    ("plan -out plan.json", "`-out`", "revox-sync plan --save FILE"),
    ("plan -out=plan.json", "`-out`", "revox-sync plan --save FILE"),
    ("plan --out plan.json", "`--out`", "revox-sync plan --save FILE"),
    ("plan --json", "`--json`", "revox-sync plan -o json"),
    ("lint --format json", "`--format`", "revox-sync lint -o FORMAT"),
    ("lint --output-format=json", "`--output-format`", "revox-sync lint -o FORMAT"),
    ("apply --yes", "`--yes`", "revox-sync apply --auto-approve"),
    ("apply -y", "`-y`", "revox-sync apply --auto-approve"),
    ("apply -auto-approve", "`-auto-approve`", "with two dashes: revox-sync apply --auto-approve"),
    ("apply -parallelism=4", "`-parallelism`", "with two dashes: revox-sync apply --parallelism"),
    ("plan -target=support", "`-target`", "an address is named without an option: revox-sync plan ADDRESS"),
    ("plan --target support", "`--target`", "an address is named without an option: revox-sync plan ADDRESS"),
    ("plan -version", "`-version`", "`revox-sync -V` prints the version"),
    ("-version", "`-version`", "with two dashes: revox-sync --version"),
    ("-chdir=voice plan", "`-chdir`", "revox-sync -C DIR"),
    ("-env=staging plan", "`-env`", "with two dashes: revox-sync --env"),
    ("plan --workspace staging", "`--workspace`", "revox-sync plan --env NAME"),
    ("status --api-key abc", "`--api-key`", "the key is the variable REVOX_API_KEY"),
    ("plan --detailed-exit-code", "`--detailed-exit-code`", "revox-sync plan --detailed-exitcode"),
    ("plan --auto-aprove", "`--auto-aprove`", "revox-sync plan --help"),
    ("apply --auto-aprove", "`--auto-aprove`", "did you mean `--auto-approve`?"),
    # An option that this command does not have is no answer.
    ("plan --yes", "`--yes`", "revox-sync plan --help"),
    ("import --json a b", "`--json`", "revox-sync import --help"),
]


@pytest.mark.parametrize(("line", "option", "answer"), ANSWERS, ids=[line for line, _, _ in ANSWERS])
def test_a_near_miss_is_answered(line: str, option: str, answer: str) -> None:
    with pytest.raises(UsageError) as caught:
        run_program(line.split())
    assert caught.value.message == f"no option {option}"
    assert (caught.value.hint or "").startswith(answer)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("plan -e=staging", "`-e` takes its value without `=`"),
        # What only looks like one is a value, or an address.
        ("rules -o -out", "no format `-out`"),
        ("rules -ojsn", "no format `jsn`"),
        ("schema -- -out", "no schema `-out`"),
    ],
)
def test_what_is_no_near_miss_is_read_as_it_stands(line: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        run_program(line.split())
    assert caught.value.message == message


def test_short_options_may_be_written_together() -> None:
    assert run_program(["rules", "-vqojson"]) == 0


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (["apply", "-e", "", "--auto-approve"], "-e"),
        (["-e", "", "apply"], "-e"),
        (["apply", "--env=", "--auto-approve"], "--env"),
        (["apply", "plan.json", "--expect-digest", ""], "--expect-digest"),
        (["compare", "-e", "a", "-e", ""], "-e"),
        (["pull", "--new", "--into", ""], "--into"),
        (["lint", "--stdin-filename", ""], "--stdin-filename"),
        (["plan", "--allow-host="], "--allow-host"),
        (["plan", "--max-deletes", ""], "--max-deletes"),
    ],
    ids=" ".join,
)
def test_an_empty_value_is_not_taken_for_no_option(words: list[str], option: str) -> None:
    with pytest.raises(UsageError) as caught:
        run_program(words)
    assert caught.value.message == f"`{option}` has an empty value"


def test_an_empty_address_behind_two_dashes_is_no_option() -> None:
    with pytest.raises(UsageError) as caught:
        run_program(["schema", "--", ""])
    assert caught.value.message == "no schema ``"
