"""`# revox: ignore[RVX207] reason`: a finding that somebody has looked at and decided to keep."""

from revox_sync.lint.model.finding import Finding
from revox_sync.source.model.place import Place
from revox_sync.source.yaml.comments import Comment
from revox_sync.values.named_tuple import NamedTuple


class Suppression(NamedTuple):
    """One code of one comment.

    Attributes:
        comment: where the comment is, and which lines it is about unless it is about the whole file.
        place: where the code is written; the comment where there is none.
        reason: what the comment says behind the brackets; may be empty.
        word: the code, prefix or name as written; empty where the comment names none.
        codes: codes of the rules that the word selects; empty where there is no such rule.
        used: whether it has suppressed a finding.
        judged: whether one could be seen: its rules have run in all environments, and could read the lines.
    """

    comment: Comment
    place: Place
    reason: str = ""
    word: str = ""
    codes: frozenset[str] = frozenset()
    whole_file: bool = False
    used: bool = False
    judged: bool = False

    def covers(self, finding: Finding) -> bool:
        """Whether it suppresses a finding; the last one of a rule that looked no further only with the whole file."""
        # Of such a file not all was looked at, so a comment about some lines of it must not make it pass.
        return finding.code in self.codes and any(
            path == self.place.path
            and (self.whole_file or (self.comment.first_line <= line <= self.comment.last_line and not finding.stopped))
            for path, line in finding.spots
        )
