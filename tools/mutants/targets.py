"""The code that the write path stands on, and the tests that have to notice what is wrong with it.

The mirrors of its modules in tests/ belong to a subject by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parent.parent.parent


class Target(NamedTuple):
    """A subject.

    Attributes:
        modules: paths below revox_sync without suffix.
        tests: paths below tests, beside those of the mirrors.
    """

    modules: Sequence[str]
    tests: Sequence[str]

    @property
    def all_tests(self) -> list[str]:
        """Paths of test files, from the root."""
        mirrors = [path for module in self.modules for path in mirror(module)]
        return list(dict.fromkeys([*mirrors, *(f"tests/{path}" for path in self.tests)]))


def mirror(module: str) -> list[str]:
    """The test file that mirrors a module, from the root; none where there is none."""
    path = f"tests/{Path(module).parent}/test_{Path(module).name}.py"
    return [path] if (ROOT / path).is_file() else []


_JOURNEYS: Final = ("cli/test_write_path.py", "cli/test_three_way.py", "cli/commands/test_apply_failures.py")
_TABLE: Final = (
    *("sync/comparing/test_three_way.py", "sync/comparing/test_gone_from_the_file.py"),
    *("sync/comparing/test_sent_and_not_seen.py", "sync/comparing/test_secrets_in_files.py"),
)
_ANSWERS: Final = (
    *("sync/comparing/test_verify_response.py", "sync/comparing/test_gone_keys.py"),
    *("sync/comparing/test_entry_in_sync.py", "sync/comparing/test_secrets_in_answers.py"),
)
_UPDATES: Final = (
    *("sync/applying/test_update.py", "sync/applying/test_update_lost_answer.py"),
    "sync/applying/test_update_edited_outside.py",
)
_OUTCOMES: Final = ("sync/applying/test_write_outcome.py", "sync/applying/test_entry_after_end.py")
_RECOVERY: Final = (
    *("sync/applying/test_recovery.py", "sync/applying/test_recovery_updates.py"),
    "sync/applying/test_recovery_creates.py",
)
_APPLYING: Final = (
    *("sync/applying/test_create.py", "sync/applying/test_create_lost_answer.py", *_UPDATES, *_RECOVERY),
    *("cli/commands/test_apply.py", *_JOURNEYS),
)
TARGETS: Final[Mapping[str, Target]] = {
    "three_way": Target(
        (
            *("sync/comparing/leaf_rules", "sync/comparing/three_way", "sync/comparing/differences"),
            "sync/comparing/verify_response",
        ),
        (
            *("model/test_explorer.py", "sync/comparing/test_secrets.py", "sync/comparing/test_server_appended.py"),
            *("sync/comparing/test_leaf_records.py", "sync/model/test_lock.py", *_TABLE, *_ANSWERS),
            *(*_UPDATES, *_OUTCOMES, *_JOURNEYS),
            *("cli/test_server_entries.py", "cli/test_listed_secrets.py", "cli/commands/test_apply_secrets.py"),
        ),
    ),
    "canonical": Target(
        ("sync/comparing/canonical", "sync/comparing/forms"),
        (
            *(*_TABLE, *_ANSWERS, *_JOURNEYS),
            *("sync/comparing/test_fingerprint.py", "sync/comparing/test_field_diff.py"),
        ),
    ),
    "planner": Target(
        ("sync/planning/planner", "sync/planning/orphans"),
        (
            *("sync/planning/test_status.py", "cli/commands/test_plan.py", "cli/commands/test_plan_matching.py"),
            *("cli/commands/test_plan_selection.py", "cli/commands/test_apply_prune.py"),
            *("cli/commands/test_apply_on_drift.py", *_JOURNEYS),
            *("cli/commands/test_apply_secrets.py", "cli/test_where.py", "cli/test_ignore_changes.py"),
            "cli/test_rotation.py",
        ),
    ),
    "match": Target(
        ("sync/remote_state/match",),
        (
            *("cli/commands/test_plan_matching.py", "cli/commands/test_plan.py"),
            *("cli/commands/test_plan_selection.py", "cli/test_not_found_by_id.py", *_JOURNEYS),
        ),
    ),
    "replay": Target(
        ("sync/applying/recovery", "sync/applying/write_outcome", "sync/applying/other_checkouts"),
        (
            *(*_APPLYING, *_OUTCOMES, "cli/test_journal.py", "cli/test_unseen.py"),
            *("cli/test_branches.py", "cli/test_one_account.py", "sync/state/test_journal.py"),
        ),
    ),
    "create": Target(("sync/applying/create",), (*_APPLYING, "cli/test_journal.py", "cli/test_one_account.py")),
    "update": Target(
        ("sync/applying/update",),
        (
            *(*_APPLYING, "cli/test_server_entries.py", "cli/commands/test_apply_restored.py", "cli/test_unseen.py"),
            "cli/test_ignore_changes.py",
        ),
    ),
    "delete": Target(
        ("sync/applying/delete",), (*_APPLYING, "cli/commands/test_apply_prune.py", "cli/test_files_that_come.py")
    ),
    "lock": Target(
        ("sync/state/lock_file", "sync/state/lock_merge", "sync/model/lock", "source/files/replace_file"),
        (
            *("model/test_explorer.py", "sync/state/test_lock_file.py", "sync/state/test_lock_file_on_disk.py"),
            *("sync/state/test_lock_file_in_git.py", "cli/test_replaced_lock.py"),
            *("sync/test_state_files.py", "cli/test_teams.py", "cli/test_unseen.py", *_JOURNEYS),
            *("sync/comparing/test_leaf_rules.py", "sync/comparing/test_leaf_records.py"),
            *("cli/commands/test_apply_restored.py", "cli/test_links.py"),
        ),
    ),
    "journal": Target(
        ("sync/state/journal", "sync/state/journal_file", "sync/state/recorder", "sync/state/lock_draft"),
        (
            *(*_RECOVERY, "sync/state/test_journal.py", "sync/applying/test_apply.py"),
            *("cli/test_journal.py", "cli/test_replaced_lock.py", "sync/test_state_files.py", *_JOURNEYS),
        ),
    ),
    "secret": Target(
        ("sync/comparing/secrets", "values/secret"),
        (
            *(*_TABLE, *_ANSWERS, "cli/test_listed_secrets.py"),
            *("cli/commands/test_apply_secrets.py", "trust/test_canaries.py", "cli/test_write_path.py"),
            *("sync/planning/test_request_body.py", "sync/snapshots/test_redact.py", "sync/snapshots/test_restore.py"),
        ),
    ),
    "retry": Target(
        ("remote/http/retry_policy", "remote/http/request_loop"),
        (
            *("remote/http/test_request_loop.py", "remote/http/test_waits.py", "remote/test_client.py"),
            *(*_OUTCOMES, *_JOURNEYS),
        ),
    ),
    "splice": Target(
        ("source/edits/splice",),
        (
            *("source/edits/test_edit.py", "sync/pulling/test_edits.py"),
            *("lint/fixes/test_fix_files.py", "lint/fixes/test_fixes_of_any_file.py"),
            *("cli/commands/test_pull.py", "lint/suppressions/test_add_ignores.py"),
        ),
    ),
    "fixes": Target(
        ("lint/fixes/fix_files", "lint/fixes/contract_fixes", "usecases/lint/job"),
        (
            *("cli/commands/test_lint_fix.py", "cli/commands/test_lint.py", "cli/commands/test_lint_selection.py"),
            *("lint/fixes/test_fixes_of_any_file.py", "usecases/lint/test_online_account.py"),
            *("lint/rules/test_rules.py", "cli/test_run_lint.py", "lint/suppressions/test_add_ignores.py"),
        ),
    ),
}
