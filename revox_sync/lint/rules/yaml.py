"""RVX0: what is wrong before anybody looks at fields. The problems are found while reading (`source`)."""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import ClassVar, Final

from revox_sync.contract.fields import assistant_node, secret_pointers
from revox_sync.contract.violation import Violation
from revox_sync.lint.checks.conflict_markers import conflicts, may_conflict
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import ADDRESS_OF_EXAMPLES, Example, FileRule, Fix, Hit, with_fields
from revox_sync.lint.subject.subject import FileTrait, Subject
from revox_sync.source.documents.locate import Location
from revox_sync.source.model.amendment import RemoveMark, SetValue
from revox_sync.source.model.place import Place
from revox_sync.source.model.problem import AmbiguousScalar, Problem, ProblemKind, Related
from revox_sync.source.model.value import Scalar
from revox_sync.source.yaml.scalars import plain_value

_BY_CONFLICT: Final = frozenset({ProblemKind.SYNTAX, ProblemKind.DUPLICATE_KEY})
_CONFLICT_IN_TEXT: Final = "  <<<<<<< HEAD\n  Be brief.\n  =======\n  Be warm.\n  >>>>>>> warm\n"
_CONFLICT_IN_FILE: Final = {"assistants/p.md": "Tu es Emma.\n<<<<<<< HEAD\nBref.\n=======\nDoux.\n>>>>>>> ton\n"}


class ProblemRule(FileRule):
    """Reports the reading problems of one kind."""

    kind: ClassVar[ProblemKind]
    looks_at: ClassVar[tuple[str, ...]] = (FileTrait.PROBLEM,)

    def check(self, subject: Subject) -> Iterator[Hit]:
        for problem in subject.document.problems:
            if problem.kind is self.kind and not _is_conflict(subject, problem):
                yield Hit(problem.message, problem.label, Location(problem.place, None), problem.related)


def _is_conflict(subject: Subject, problem: Problem) -> bool:
    """Whether a problem comes from the markers of a merge conflict, which are a finding of their own."""
    if problem.kind not in _BY_CONFLICT:
        return False
    source = subject.document.sources.get(problem.place.path)
    return source is not None and _has_conflict(source.text)


@lru_cache(maxsize=8)
def _has_conflict(text: str) -> bool:
    # A file may have thousands of problems.
    return any(conflicts(text))


class SyntaxProblem(ProblemRule):
    """The file is not valid YAML.

    What it finds: text that no YAML 1.2 parser can read: a tab or a no-break space as indentation, a quote or bracket
    that is never closed, a colon inside an unquoted text, a comment without a space before its `#`, collections nested
    a hundred deep.

    Why it matters: nothing in the file can be checked or applied. Other files are still checked.

    Instead: correct the marked place. Put texts that contain `: ` or ` #` in quotes or in a `|` block.
    """

    code, name, kind = "RVX001", "syntax-error", ProblemKind.SYNTAX
    VALID = (
        Example('name: "Support: day"\nprompt: |\n  Say: "hello"\n'),
        Example("name:\tA\t# a tab may separate\nprompt: Hi\n"),
        with_fields("voice: { id: x, provider\n  : cartesia }"),
    )
    INVALID = (
        Example("name: Support\nvoice:\n\tid: x\nprompt: Hi\n", "3:1", "tab"),
        Example('name: "Support\nprompt: Hi\n', "1:7"),
        Example('name: "Support"# new\nprompt: Hi\n', "1:16", "space before"),
    )


class DuplicateKey(ProblemRule):
    """A key appears twice.

    What it finds: two equal keys in one mapping. The later one is marked, the first one is named.

    Why it matters: most YAML readers silently keep the last value, so half of an edit is lost.

    Instead: keep one of them.
    """

    code, name, kind = "RVX002", "duplicate-key", ProblemKind.DUPLICATE_KEY
    INVALID = (Example("name: A\nprompt: Hi\nname: B\n", "3:1", "`name`"),)


class NotAMapping(ProblemRule):
    """The file contains no assistant.

    What it finds: a file that is empty or whose top level is a list or a single value.

    Why it matters: an assistant is a mapping of fields, the body of `POST /assistants`.

    Instead: start with `name:` and `prompt:`, or delete the file. A file whose name starts with `_` is not an
    assistant, so it may contain anything.
    """

    code, name, kind = "RVX003", "not-a-mapping", ProblemKind.NOT_A_MAPPING
    INVALID = (Example("- name: A\n", "1:1"), Example("# nothing yet\n", "1:1"), Example("", "1:1"))


class SeveralDocuments(ProblemRule):
    """The file contains more than one YAML document.

    What it finds: a second document after `---`.

    Why it matters: one file is one assistant, and the second document would silently be ignored.

    Instead: move it to its own file.
    """

    code, name, kind = "RVX004", "several-documents", ProblemKind.SEVERAL_DOCUMENTS
    VALID = (Example("---\nname: A\nprompt: Hi\n"),)
    INVALID = (Example("name: A\nprompt: Hi\n---\nname: B\nprompt: Hi\n", "3:1"),)


class UnknownTag(ProblemRule):
    """A tag that does not exist.

    What it finds: a tag other than `!file`, `!include`, `!env`, `!var`, `!sub` and the core tags of YAML.

    Why it matters: with a misspelt tag, callers would hear the path of a file instead of its text.

    Instead: use one of the five tags, or quote a text that starts with `!`.
    """

    code, name, kind = "RVX005", "unknown-tag", ProblemKind.UNKNOWN_TAG
    VALID = (Example("name: A\nprompt: !file hi.md\n", files={"assistants/hi.md": "Hi\n"}),)
    INVALID = (Example("name: A\nprompt: !flie hi.md\n", "2:9", "!file"),)


class Unresolved(ProblemRule):
    """A reference that leads nowhere.

    What it finds: a file that is missing, too large, outside the project, hidden or ignored by git, a pointer to a key
    that does not exist, includes that form a loop, a variable that an environment does not define, an alias without
    anchor.

    Why it matters: the value is not known, so the assistant can be neither compared nor applied.

    Instead: correct the name. Paths are relative to the YAML file that contains the tag.
    """

    code, name, kind = "RVX006", "unresolved-reference", ProblemKind.UNRESOLVED
    VALID = (Example("name: A\nprompt: !include _p.yaml#/text\n", files={"assistants/_p.yaml": "text: Hi\n"}),)
    INVALID = (
        Example("name: A\nprompt: !file gone.md\n", "2:9", "gone.md"),
        Example("name: A\nprompt: !file ../../secret.md\n", "2:9", "outside"),
        Example("name: A\nprompt: !file ../.env\n", "2:9", "hidden", files={".env": "KEY=1\n"}),
    )


class AmbiguousScalarRule(FileRule):
    """A value that YAML readers disagree about.

    What it finds: unquoted `18:30`, `no`, `2024-01-15`, `007`, `1_000`, and phone numbers such as `+33612345678`,
    which YAML reads as a number. It is an error where the value then has the wrong type, else a warning.

    Why it matters: tools that read YAML 1.1 (and people) see another value than YAML 1.2 does: `no` becomes false,
    `18:30` becomes 1110.

    Instead: quote the text, or write `true` and `false` for booleans. `--fix` adds quotes, and never changes a digit or
    a sign: only you know whether `0400` is a code, 400 or an octal number.
    """

    code, name, severity, looks_at = "RVX007", "ambiguous-scalar", Severity.WARNING, (FileTrait.AMBIGUITY,)
    VALID = (
        with_fields(
            'from_phone_number: "+33639980001"\ncall_retry_config:\n  max_retry_attempts: 2\n'
            "  call_twice_in_a_row: false\n  allowed_days: [monday]\n  calling_windows:\n"
            '      - {calling_window_start_time: "09:00", calling_window_end_time: "18:30", retry_delay_seconds: 60}'
        ),
    )
    INVALID = (
        with_fields("from_phone_number: +33639980001", "3:20", "quote", fix=("+33639980001", '"+33639980001"')),
        with_fields("sms_enabled: yes", "3:14", "true", fix=("yes", "true")),
        Example("name: 2024-01-15\nprompt: Hi\n", "1:7", fix=("2024-01-15", '"2024-01-15"')),
        with_fields("first_sentence_delay_ms: 0400", "3:26", "400", fix=("0400", "400")),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        secrets = set(secret_pointers(subject.document.value)) if subject.ambiguous else ()
        for scalar, violation in subject.ambiguous:
            location, severity = subject.locate(scalar.pointer), Severity.ERROR if violation else None
            if scalar.pointer in secrets:
                # The value itself must not be shown, neither in the message nor in a fix.
                message = f"the value of `{scalar.pointer[-1]}` is ambiguous: YAML versions read it differently"
                yield Hit(message, "quote it", location, severity=severity, secret=True)
                continue
            meant = _meant(scalar, violation, subject)
            message = f"`{scalar.text}` is ambiguous: {scalar.reason}"
            fix = _fix(subject, scalar, meant)
            yield Hit(message, _advice(meant, violation), location, severity=severity, fix=fix)


_BOOLEANS: Final = {**dict.fromkeys(("y", "yes", "on"), True), **dict.fromkeys(("n", "no", "off"), False)}


def _meant(scalar: AmbiguousScalar, violation: Violation | None, subject: Subject) -> Scalar:
    """The value to write so that every reader sees it. None: nobody can tell."""
    text = scalar.text
    if violation is None:
        value = plain_value(text)
        node = assistant_node().at(scalar.pointer, subject.value)
        if node is None or "string" in node.types or not {"number", "integer"} & {*node.types}:
            # Where nobody knows what belongs there, only a text keeps what the author typed.
            return text
        return int(value) if isinstance(value, float) and value == int(value) else value
    # Quotes help only where a text belongs.
    if "string" in violation.expected:
        return text
    return _BOOLEANS.get(text.lower()) if "boolean" in violation.expected else None


def _advice(meant: Scalar, violation: Violation | None) -> str:
    if isinstance(meant, str):
        return f'quote it: "{meant}"'
    return violation.label if meant is None and violation else f"write `{json.dumps(meant)}`"


def _fix(subject: Subject, scalar: AmbiguousScalar, meant: Scalar) -> Fix | None:
    """Safe where the field is known to take what is written, and each character that was typed is kept."""
    from revox_sync.lint.fixes.contract_fixes import is_accepted  # costs an import that a good file does not need

    if meant is None or not is_accepted(subject, scalar.pointer, meant):
        return None
    is_known = assistant_node().at(scalar.pointer, subject.value) is not None
    # A text in a field that nobody knows stays the text that it is; a number would become one.
    keeps = isinstance(meant, bool) or (meant == scalar.text and (is_known or isinstance(plain_value(meant), str)))
    return Fix(_advice(meant, None), (SetValue(scalar.pointer, meant),), safe=keeps)


class NoJsonValue(ProblemRule):
    """A value that JSON cannot express.

    What it finds: `.nan`, `.inf`, numbers that are too large, and keys that are not strings.

    Why it matters: the API speaks JSON, so such a value cannot be sent.

    Instead: write a finite number, and quote the key.
    """

    code, name, kind = "RVX008", "no-json-value", ProblemKind.NO_JSON_VALUE
    INVALID = (with_fields("voice: {id: x, provider: cartesia, speed: .nan}", "3:43"),)


class EncodingProblem(ProblemRule):
    """The file is not UTF-8, or starts with a byte order mark.

    What it finds: bytes that are not valid UTF-8, files in UTF-16 or UTF-32, and a byte order mark.

    Why it matters: accents come out wrong, or the first key is not the key it seems to be.

    Instead: save the file as UTF-8 without byte order mark.
    """

    code, name, kind = "RVX010", "not-utf-8", ProblemKind.ENCODING
    INVALID = (
        Example(b"name: Caf\xe9\nprompt: Hi\n", "1:10"),
        Example("\ufeffname: A\nprompt: Hi\n", "1:1", fix=("\ufeff", "")),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        for hit in super().check(subject):
            place = hit.location.place
            # The mark is reported at the very start; what is reported there of a file without a mark is another fault.
            is_mark = place.start == place.end == 0 and subject.document.sources[place.path].has_mark
            fix = Fix("remove the mark", (RemoveMark(place.path),), safe=True) if is_mark else None
            yield hit._replace(fix=fix)


class IgnoredDirective(ProblemRule):
    """A directive that is not followed.

    What it finds: `%YAML` with a version other than 1.1 and 1.2, and directives that YAML does not define.

    Why it matters: the file is read as YAML 1.2, whatever it asks for. A reader that follows the directive, now or in
    some years, may see other values.

    Instead: remove the line. `%YAML 1.2` and `%TAG` are followed.
    """

    code, name, kind, severity = "RVX011", "ignored-directive", ProblemKind.DIRECTIVE, Severity.WARNING
    VALID = (Example("%YAML 1.2\n---\nname: A\nprompt: Hi\n"),)
    INVALID = (Example("%YAML 1.3\n---\nname: A\nprompt: Hi\n", "1:1", "YAML 1.2"),)


class MergeConflict(FileRule):
    """A merge conflict that nobody has resolved.

    What it finds: the markers `<<<<<<<` and `>>>>>>>` that git writes at the start of a line, in the file and in every
    file that it includes. A line `=======` alone, which underlines a heading in Markdown, is none.

    Why it matters: the agent gets both versions and the markers. Outside of texts the file is no longer YAML.

    Instead: keep one version, and delete the three markers.
    """

    code, name = "RVX012", "merge-conflict"
    VALID = (
        Example("name: A\nprompt: |\n  Role\n  =======\n  You are Emma. >>> Be kind. <<<\n"),
        Example("name: A\nprompt: |\n  Tu es Emma. << Important >>\n  >> Sois brève.\n"),
    )
    INVALID = (
        Example(f"name: A\nprompt: |\n  Du bist Emma.\n{_CONFLICT_IN_TEXT}", "4:3", "both versions"),
        Example("name: A\n<<<<<<< HEAD\nprompt: Hi\n=======\nprompt: Hello\n>>>>>>> greeting\n", "2:1", "conflict"),
        Example("name: A\nprompt: !file p.md\n", "assistants/p.md:2:1", "conflict", files=_CONFLICT_IN_FILE),
        Example('name: A\nprompt: "Eres Emma.\\n<<<<<<< HEAD\\nBreve.\\n=======\\nAmable.\\n"\n', "2:22", "conflict"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        sources = [
            [Place(path, *span) for span in conflict.markers]
            for path, source in subject.document.sources.items()
            for conflict in conflicts(source.text)
        ]
        # Where line breaks are written as `\n`, a marker begins no line of the file.
        texts = [
            [subject.locate_text(text.pointer, *span).place for span in conflict.markers]
            for text in (subject.texts.known if not sources and may_conflict(subject.texts.joined) else ())
            for conflict in conflicts(text.text)
        ]
        for first, *others in (*sources, *texts):
            related = tuple(Related("its next marker", place) for place in others)
            message, label = "this merge conflict is not resolved", "keep one of both versions"
            yield Hit(message, label, Location(first, None), related)


class StrayFile(ProblemRule):
    """A file that was meant as an assistant and is none.

    What it finds: in an assistants directory, a file whose suffix is `.YAML` or `.json` (the latter where it holds a
    `name` and a `prompt`), and a file beside another one with the same address: `a.yml` beside `a.yaml`, or two that
    differ only in case.

    Why it matters: an assistant is a `.yaml` or `.yml` file. Whoever wrote the file believes that it is applied.

    Instead: rename it, remove it, or give it a name that starts with `_` where other files include it.
    """

    code, name, kind = "RVX014", "stray-file", ProblemKind.STRAY
    VALID = (Example("name: A\nprompt: Hi\n", files={"assistants/data.json": "[]"}),)
    INVALID = (
        Example(
            "name: A\nprompt: Hi\n",
            "assistants/example.yml:1:1",
            "same address",
            files={f"{ADDRESS_OF_EXAMPLES.removesuffix('.yaml')}.yml": "name: B\nprompt: Hi\n"},
        ),
    )
