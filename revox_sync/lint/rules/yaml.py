"""RVX0: what is wrong before anybody looks at fields. The problems are found while reading (`source`)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import ClassVar, Final

from revox_sync.contract.fields import secret_pointers
from revox_sync.contract.violation import Violation
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import Example, FileRule, Fix, Hit
from revox_sync.lint.subject.subject import Subject
from revox_sync.lint.subject.traits import AMBIGUITY, PROBLEM
from revox_sync.source.documents.locate import Location
from revox_sync.source.model.amendment import SetValue
from revox_sync.source.model.problem import ProblemKind
from revox_sync.source.model.value import Scalar
from revox_sync.source.yaml.scalars import plain_value
from revox_sync.values.pointer import Pointer

GOOD = Example("name: Support\nprompt: Help the caller.\n")


class ProblemRule(FileRule):
    """Reports the reading problems of one kind."""

    kind: ClassVar[ProblemKind]
    looks_at = (PROBLEM,)

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Every problem of this rule's kind."""
        for each in subject.document.problems:
            if each.kind is self.kind:
                yield Hit(each.message, each.label, Location(each.place, None), each.related)


class SyntaxProblem(ProblemRule):
    """The file is no YAML.

    What it finds: text that no YAML 1.2 parser can read: a tab as indentation, a quote or bracket without its end, a
    colon inside an unquoted text, collections nested a hundred deep.

    Why it matters: nothing in the file can be checked or applied. Other files are still checked.

    Instead: mend the marked place. Texts with `: ` or ` #` in them belong in quotes or in a `|` block.
    """

    code, name, kind = "RVX001", "syntax-error", ProblemKind.SYNTAX
    VALID = (GOOD, Example('name: "Support: day"\nprompt: |\n  Say: "hello"\n'))
    INVALID = (
        Example("name: Support\nvoice:\n\tid: x\nprompt: Hi\n", at="3:1", says="tab"),
        Example('name: "Support\nprompt: Hi\n', at="1:7"),
    )


class DuplicateKey(ProblemRule):
    """A key is there twice.

    What it finds: two equal keys in one mapping. The later one is marked, the first one is named.

    Why it matters: most YAML readers keep the last value in silence, so half of an edit is lost.

    Instead: keep one of them.
    """

    code, name, kind = "RVX002", "duplicate-key", ProblemKind.DUPLICATE_KEY
    VALID = (GOOD,)
    INVALID = (Example("name: A\nprompt: Hi\nname: B\n", at="3:1", says="`name`"),)


class NotAMapping(ProblemRule):
    """The file holds no assistant.

    What it finds: a file that is empty or whose top level is a list or a single value.

    Why it matters: an assistant is a mapping of fields, the body of `POST /assistants`.

    Instead: start with `name:` and `prompt:`, or delete the file. Names that start with `_` are no assistants.
    """

    code, name, kind = "RVX003", "not-a-mapping", ProblemKind.NOT_A_MAPPING
    VALID = (GOOD,)
    INVALID = (Example("- name: A\n", at="1:1"), Example("# nothing yet\n", at="1:1"), Example("", at="1:1"))


class SeveralDocuments(ProblemRule):
    """The file holds more than one YAML document.

    What it finds: a second document after `---`.

    Why it matters: one file is one assistant; the second would be dropped in silence.

    Instead: move it to a file of its own.
    """

    code, name, kind = "RVX004", "several-documents", ProblemKind.SEVERAL_DOCUMENTS
    VALID = (Example("---\nname: A\nprompt: Hi\n"),)
    INVALID = (Example("name: A\nprompt: Hi\n---\nname: B\nprompt: Hi\n", at="3:1"),)


class UnknownTag(ProblemRule):
    """A tag that does not exist.

    What it finds: a tag other than `!file`, `!include`, `!env`, `!var`, `!sub` and the core tags of YAML.

    Why it matters: a misspelt tag would turn a path into the prompt callers hear.

    Instead: use one of the five tags, or quote a text that starts with `!`.
    """

    code, name, kind = "RVX005", "unknown-tag", ProblemKind.UNKNOWN_TAG
    VALID = (Example("name: A\nprompt: !file hi.md\n", files={"assistants/hi.md": "Hi\n"}),)
    INVALID = (Example("name: A\nprompt: !flie hi.md\n", at="2:9", says="!file"),)


class Unresolved(ProblemRule):
    """A reference leads nowhere.

    What it finds: a file that is missing, too large or outside the project, a pointer into nothing, a loop of
    includes, a variable that an environment does not define, an alias without anchor.

    Why it matters: the value cannot be known, so the assistant cannot be compared or applied.

    Instead: correct the name; paths are relative to the YAML file that holds the tag.
    """

    code, name, kind = "RVX006", "unresolved-reference", ProblemKind.UNRESOLVED
    VALID = (Example("name: A\nprompt: !include _p.yaml#/text\n", files={"assistants/_p.yaml": "text: Hi\n"}),)
    INVALID = (
        Example("name: A\nprompt: !file gone.md\n", at="2:9", says="gone.md"),
        Example("name: A\nprompt: !file ../../secret.md\n", at="2:9", says="outside"),
    )


class AmbiguousScalarRule(FileRule):
    """A value that YAML readers disagree about.

    What it finds: unquoted `18:30`, `no`, `2024-01-15`, `007`, `1_000`, and phone numbers such as `+33612345678`,
    which YAML reads as a number. It is an error where the value then has the wrong type, else a warning.

    Why it matters: YAML 1.1 tools (and people) read another value than YAML 1.2 does; `no` becomes false, `18:30`
    becomes 1110.

    Instead: quote the text, or write `true` and `false` for booleans.
    """

    code, name, severity = "RVX007", "ambiguous-scalar", Severity.WARNING
    looks_at = (AMBIGUITY,)
    VALID = (
        Example(
            'name: A\nprompt: Hi\nfrom_phone_number: "+33639980001"\ncall_retry_config:\n  max_retry_attempts: 2\n'
            "  call_twice_in_a_row: false\n  allowed_days: [monday]\n  calling_windows:\n"
            '      - {calling_window_start_time: "09:00", calling_window_end_time: "18:30", retry_delay_seconds: 60}\n'
        ),
    )
    INVALID = (
        Example(
            "name: A\nprompt: Hi\nfrom_phone_number: +33639980001\n",
            at="3:20",
            says="quote",
            fixed='name: A\nprompt: Hi\nfrom_phone_number: "+33639980001"\n',
        ),
        Example(
            "name: A\nprompt: Hi\nsms_enabled: yes\n",
            at="3:14",
            says="true",
            fixed="name: A\nprompt: Hi\nsms_enabled: true\n",
        ),
        Example("name: 2024-01-15\nprompt: Hi\n", at="1:7", fixed='name: "2024-01-15"\nprompt: Hi\n'),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Every ambiguous scalar; an error where its value has the wrong type."""
        secrets = set(secret_pointers(subject.document.value)) if subject.ambiguous else ()
        for scalar, mistyped in subject.ambiguous:
            place, severity = subject.document.locate(scalar.pointer), Severity.ERROR if mistyped else None
            if scalar.pointer in secrets:
                message = f"the value of `{scalar.pointer[-1]}` is ambiguous: YAML versions read it differently"
                yield Hit(message, "quote it", place, severity=severity, secret=True)
                continue
            meant = _meant(scalar.text, mistyped)
            message = f"`{scalar.text}` is ambiguous: {scalar.reason}"
            fix = _fix(subject, scalar.pointer, meant)
            yield Hit(message, _advice(meant, mistyped), place, severity=severity, fix=fix)


BOOLEANS: Final = {**dict.fromkeys(("y", "yes", "on"), True), **dict.fromkeys(("n", "no", "off"), False)}


def _meant(text: str, mistyped: Violation | None) -> Scalar:
    """The value to write so that every reader sees it: quotes help only where a text belongs. None: nobody can tell."""
    if mistyped is None:
        value = plain_value(text)
        return int(value) if isinstance(value, float) and value == int(value) else value
    if "string" in mistyped.expected:
        return text
    return BOOLEANS.get(text.lower()) if "boolean" in mistyped.expected else None


def _advice(meant: Scalar, mistyped: Violation | None) -> str:
    if isinstance(meant, str):
        return f'quote it: "{meant}"'
    return mistyped.label if meant is None and mistyped else f"write `{json.dumps(meant)}`"


def _fix(subject: Subject, pointer: Pointer, meant: Scalar) -> Fix | None:
    from revox_sync.lint.fixes.contract_fixes import is_accepted

    if meant is None or not is_accepted(subject, pointer, meant):
        return None
    return Fix(_advice(meant, None), (SetValue(pointer, meant),), safe=True)


class NoJsonValue(ProblemRule):
    """A value that JSON cannot express.

    What it finds: `.nan`, `.inf`, numbers beyond all bounds, and keys that are no strings.

    Why it matters: the API speaks JSON; such a value cannot be sent.

    Instead: write a finite number, and quote the key.
    """

    code, name, kind = "RVX008", "no-json-value", ProblemKind.NO_JSON_VALUE
    VALID = (GOOD,)
    INVALID = (Example("name: A\nprompt: Hi\nvoice: {id: x, provider: cartesia, speed: .nan}\n", at="3:43"),)


class ControlCharacter(ProblemRule):
    """A character nobody sees.

    What it finds: control characters, zero-width and bidirectional marks, also inside `!file` texts.

    Why it matters: they make a prompt read differently from what the model gets, or hide instructions from a review.

    Instead: delete them. Where one is meant, write it as an escape in double quotes.
    """

    code, name, kind = "RVX009", "control-character", ProblemKind.CONTROL_CHARACTER
    VALID = (Example('name: Élodie – 日本語\nprompt: "\\u200B"\n'),)
    INVALID = (Example("name: A\nprompt: Hi \u202etxt.exe\n", at="2:12"),)


class EncodingProblem(ProblemRule):
    """The file is not UTF-8, or starts with a byte order mark.

    What it finds: bytes that are no UTF-8, and a byte order mark.

    Why it matters: accents come out wrong, or the first key is not the key it seems to be.

    Instead: save the file as UTF-8 without byte order mark.
    """

    code, name, kind = "RVX010", "not-utf-8", ProblemKind.ENCODING
    VALID = (GOOD,)
    INVALID = (
        Example(b"name: Caf\xe9\nprompt: Hi\n", at="1:10"),
        Example(b"\xef\xbb\xbfname: A\nprompt: Hi\n", at="1:1"),
    )
