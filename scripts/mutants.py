"""Mutants of Swift sources, all in one build: each change is in the source beside what it changes, and a number chooses it.

`MUTANT=17` in the environment of what is built lets the seventeenth change hold; without it the program is as it was written. So a
program is compiled once for hundreds of changes, and tried with each in the time that its tests take.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from swift_tokens import Token, tokens

_PRECEDENCE = {
    "&&": "LogicalConjunctionPrecedence",
    "||": "LogicalDisjunctionPrecedence",
    "??": "NilCoalescingPrecedence",
    **dict.fromkeys(("+", "-"), "AdditionPrecedence"),
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), "ComparisonPrecedence"),
}
_OTHER = {
    "&&": "||",
    "||": "&&",
    "==": "!=",
    "!=": "==",
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "+": "-",
    "-": "+",
    "??": "its right side",
}
_STATEMENT = re.compile(
    r"^[ \t]*(?!return\b|let\b|var\b|case\b|throw\b|func\b|super\b|self\.init\b)"
    r"((?:try )?[\w.?!\[\]]+(\(.*\)| [-+*/|&]?= .*))$"
)
_ACTIVE = "Mutants.active"


@dataclass(frozen=True)
class Mutant:
    """One change of a source."""

    number: int
    line: int
    what: str
    """What is changed into what."""
    text: str
    """The line as it was written, without the space around it."""
    last_line: int
    """The last line that it changes."""


@dataclass
class MutatedSource:
    """A source with its mutants in it."""

    text: str
    mutants: list[Mutant]
    declarations: str
    """What the mutants need in another file of the module."""


@dataclass
class _Edits:
    """Insertions and replacements in a source, by place."""

    parts: list[tuple[int, int, int, str]] = field(default_factory=list[tuple[int, int, int, str]])

    def insert(self, at: int, text: str, rank: int = 0) -> None:
        """Of what is inserted at one place, what has the lower rank comes first."""
        self.parts.append((at, at, rank, text))

    def replace(self, token: Token, text: str) -> None:
        self.parts.append((token.start, token.end, 0, text))

    def applied(self, source: str) -> str:
        result: list[str] = []
        at = 0
        for start, end, _, text in sorted(self.parts, key=lambda part: part[:3]):
            result += [source[at:start], text]
            at = end
        return "".join([*result, source[at:]])


class Mutation:
    """The mutants of one source, numbered from `first`. Those whose numbers are `left_out` are not made: they do not compile."""

    def __init__(self, source: str, first: int, left_out: frozenset[int] = frozenset()) -> None:
        self.source = source
        self.tokens = tokens(source)
        self.left_out = left_out
        self.next = first
        self.mutants: list[Mutant] = []
        self.edits = _Edits()
        self.declarations: list[str] = []

    def result(self) -> MutatedSource:
        """Makes all mutants."""
        for index, token in enumerate(self.tokens):
            if token.kind == "operator":
                self._operator(index)
            elif token.text in ("true", "false"):
                self._literal(token)
            elif token.text in ("contains", "allSatisfy"):
                self._quantifier(index)
            elif token.text in ("if", "guard", "while"):
                self._condition(index)
            elif token.text == "where":
                self._where(index)
            elif token.text in ("func", "var"):
                self._body(index)
        self._statements()
        return MutatedSource(self.edits.applied(self.source), self.mutants, "\n".join(self.declarations))

    def _mutant(self, at: int, what: str, last: int | None = None) -> int | None:
        """The number of a new mutant; none where it is left out."""
        number = self.next
        self.next += 1
        if number in self.left_out:
            return None
        start = self.source.rfind("\n", 0, at) + 1
        end = self.source.find("\n", at)
        text = self.source[start : end if end >= 0 else len(self.source)].strip()
        line, last_line = (self.source.count("\n", 0, place) + 1 for place in (at, at if last is None else last))
        self.mutants.append(Mutant(number, line, what, text, last_line))
        return number

    # Operators, literals

    def _operator(self, index: int) -> None:
        token = self.tokens[index]
        before, after = self.source[token.start - 1 : token.start], self.source[token.end : token.end + 1]
        if token.text in _OTHER and before.isspace() and after.isspace():
            if number := self._mutant(token.start, f"{token.text} becomes {_OTHER[token.text]}"):
                name = _operator_name(number)
                self.edits.replace(token, name)
                self.declarations.append(f"infix operator {name}: {_PRECEDENCE[token.text]}\n{_infix(name, token.text, number)}")
        elif token.text == "!" and (before.isspace() or before in "([{") and not after.isspace():  # noqa: SIM102
            if number := self._mutant(token.start, "! is taken away"):
                name = _operator_name(number)
                self.edits.replace(token, name)
                self.declarations.append(
                    f"prefix operator {name}\nprefix func {name}(value: Bool) -> Bool {{ {_ACTIVE} == {number} ? value : !value }}"
                )

    def _literal(self, token: Token) -> None:
        other = "false" if token.text == "true" else "true"
        if number := self._mutant(token.start, f"{token.text} becomes {other}"):
            self.edits.replace(token, f"Mutants.flip({number}, {token.text})")

    def _quantifier(self, index: int) -> None:
        """`contains(where:)` becomes `allSatisfy`, and the reverse."""
        token = self.tokens[index]
        follows = self.source[token.end :].lstrip(" ")
        if index == 0 or self.tokens[index - 1].text != "." or (token.text == "contains" and not follows.startswith(("(where:", "{"))):
            return
        other = "allSatisfy" if token.text == "contains" else "contains"
        if number := self._mutant(token.start, f"{token.text} becomes {other}"):
            label = "where predicate" if token.text == "contains" else "_ predicate"
            one, another = "try contains(where: predicate)", "try allSatisfy(predicate)"
            if token.text == "contains":
                one, another = another, one
            self.edits.replace(token, f"{token.text}{number}")
            self.declarations.append(
                f"extension Sequence {{ func {token.text}{number}({label}: (Element) throws -> Bool) rethrows -> Bool "
                f"{{ {_ACTIVE} == {number} ? {one} : {another} }} }}"
            )

    # Conditions

    def _condition(self, index: int) -> None:
        keyword = self.tokens[index]
        end = "else" if keyword.text == "guard" else "{"
        clauses = list(self._clauses(index + 1, end))
        if not clauses:
            return
        if number := self._mutant(keyword.start, f"{keyword.text} never holds"):
            self.edits.insert(clauses[0][0].start, f"{_ACTIVE} != {number}, ", -1)
        for clause in clauses:
            if keyword.text != "while" and clause[0].text not in ("let", "var", "case") and clause[0].kind != "mark":
                self._always(clause[0].start, clause)

    def _where(self, index: int) -> None:
        """Of a loop or a case; where a declaration has it, it speaks of types, and before a colon it is a label."""
        line = self.source.rfind("\n", 0, self.tokens[index].start) + 1
        first = next(token for token in self.tokens if token.start >= line).text
        if first not in ("for", "case") or self.tokens[index + 1].text == ":":
            return
        clauses = list(self._clauses(index + 1, "{" if first == "for" else ":"))
        if len(clauses) != 1:
            return
        start, end = clauses[0][0].start, clauses[0][-1].end
        if number := self._mutant(self.tokens[index].start, "where never holds"):
            self.edits.insert(start, f"{_ACTIVE} != {number} && (", -1)
            self.edits.insert(end, ")", 1)
        self._always(self.tokens[index].start, clauses[0])

    def _always(self, at: int, clause: list[Token]) -> None:
        text = self.source[clause[0].start : clause[-1].end]
        if any(token.text in ("try", "await") for token in clause):
            return
        if number := self._mutant(at, f"{text} always holds"):
            self.edits.insert(clause[0].start, f"({_ACTIVE} == {number} || (", 0)
            self.edits.insert(clause[-1].end, "))", 0)

    def _clauses(self, index: int, end: str) -> Iterator[list[Token]]:
        """The parts of a condition between commas, up to a token that stands in no brackets."""
        depth = 0
        clause: list[Token] = []
        for token in self.tokens[index:]:
            if depth == 0 and token.text == end:
                break
            depth += {"open": 1, "close": -1}.get(token.kind, 0)
            if depth < 0:
                return
            if depth == 0 and token.text == ",":
                yield clause
                clause = []
            else:
                clause.append(token)
        if clause:
            yield clause

    # Bodies and statements

    def _body(self, index: int) -> None:
        found = self._opening_of_body(index)
        if found is None:
            return
        opening, result = found
        closing = self._closing(opening)
        body = self.tokens[opening + 1 : closing]
        if not body or body[0].text in ("get", "set", "didSet", "willSet", "_read", "_modify", "mutating"):
            return
        values = _other_values(result)
        at, last = self.tokens[index].start, self.tokens[closing].start
        if any(token.text == "return" for token in body) or result == "":
            for value in values:
                if number := self._mutant(at, f"it does nothing but return {value}".strip() if value else "it does nothing", last):
                    self.edits.insert(self.tokens[opening].end, f" if {_ACTIVE} == {number} {{ return {value} }}; ", number)
            return
        for value in values:
            if number := self._mutant(at, f"it is {value}", last):
                self.edits.insert(self.tokens[opening].end, f" if {_ACTIVE} == {number} {{ {value} }} else {{ ", number)
                self.edits.insert(self.tokens[closing].start, " } ", -number)

    def _opening_of_body(self, index: int) -> tuple[int, str] | None:
        """Where the body of a function or computed property opens, and the type of its value; "" of none."""
        depth = 0
        result: int | None = None
        for position in range(index + 1, len(self.tokens)):
            token = self.tokens[position]
            if depth == 0 and token.text == "{":
                end = result if result is not None else position
                words = [token.text for token in self.tokens[end:position]]
                text = "" if result is None else self.source[self.tokens[end].start : token.start].split(" where ")[0].strip()
                return position, "" if words in ([], ["Void"], ["(", ")"]) else text
            line = self.source[self.tokens[position - 1].end : token.start]
            if depth == 0 and ("\n" in line or token.text == "="):
                return None
            depth += {"open": 1, "close": -1}.get(token.kind, 0)
            if depth < 0:
                return None
            if depth == 0 and result is None and token.text == ("->" if self.tokens[index].text == "func" else ":"):
                result = position + 1
        return None

    def _body_of_initializer(self, index: int) -> tuple[int, int]:
        """Where it begins and ends; nowhere of a call."""
        depth = 0
        for position in range(index + 1, len(self.tokens)):
            token = self.tokens[position]
            if depth == 0 and token.text == "{":
                return token.start, self.tokens[self._closing(position)].start
            depth += {"open": 1, "close": -1}.get(token.kind, 0)
            if depth < 0 or (depth == 0 and token.text not in ("?", ")", "<", ">", "throws", "async") and token.kind != "word"):
                break
        return 0, 0

    def _closing(self, opening: int) -> int:
        depth = 0
        for position in range(opening, len(self.tokens)):
            depth += {"open": 1, "close": -1}.get(self.tokens[position].kind, 0)
            if depth == 0:
                return position
        return len(self.tokens) - 1

    def _statements(self) -> None:
        """Calls and assignments that are a line of their own."""
        made = [self._body_of_initializer(index) for index, token in enumerate(self.tokens) if token.text == "init"]
        at = 0
        for line in self.source.split("\n"):
            if (match := _STATEMENT.match(line)) and _is_balanced(line):
                if re.match(r"(self\.)?\w+ = ", match[1]) and any(start < at < end for start, end in made):
                    # Every property of what is made needs its value.
                    at += len(line) + 1
                    continue
                start = at + match.start(1)
                if number := self._mutant(start, "it is taken away"):
                    self.edits.insert(start, f"if {_ACTIVE} != {number} {{ ", -2)
                    self.edits.insert(at + len(line), " }", 2)
            at += len(line) + 1


def support(declarations: list[str]) -> str:
    """A file of the module that every mutant needs."""
    return "\n".join(
        [
            "import Glibc",
            "",
            "enum Mutants {",
            '    static let active: Int = getenv("MUTANT").flatMap { Int(String(cString: $0)) } ?? 0',
            "    @inline(never) static func flip(_ number: Int, _ value: Bool) -> Bool { active == number ? !value : value }",
            "}",
            "",
            *declarations,
            "",
        ]
    )


def _is_balanced(line: str) -> bool:
    depth = 0
    for token in tokens(line):
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth < 0:
            return False
    return depth == 0


def _other_values(result: str) -> list[str]:
    """What a body can be replaced with, by the type of its value."""
    if result == "":
        return [""]
    if result == "Bool":
        return ["true", "false"]
    if result.endswith("?"):
        return ["nil"]
    if result.startswith("[") and result.endswith("]"):
        return ["[:]" if ":" in result and "[" not in result[1:].split(":")[0] else "[]"]
    if result.startswith("Set<"):
        return ["[]"]
    return ["0"] if re.fullmatch(r"U?Int\d*", result) else []


def _operator_name(number: int) -> str:
    """Operators are named by symbols alone; these stand for the digits."""
    return "∘" + "".join("∀∁∂∃∄∅∆∇∈∉"[int(digit)] for digit in str(number))


def _infix(name: str, operator: str, number: int) -> str:
    """What an operator does that is another in the mutant; as the one that it stands for, where it isn't."""
    right = "@autoclosure () throws -> "
    if operator in ("&&", "||"):
        one, another = "try left || right()", "try left && right()"
        if operator == "||":
            one, another = another, one
        return f"func {name}(left: Bool, right: {right}Bool) rethrows -> Bool {{ {_ACTIVE} == {number} ? {one} : {another} }}"
    if operator == "??":
        body = f"{{ {_ACTIVE} == {number} ? try right() : try left ?? right() }}"
        return "\n".join(f"func {name}<T>(left: T?, right: {right}{type_}) rethrows -> {type_} {body}" for type_ in ("T", "T?"))
    if operator in ("==", "!="):
        body = f"{{ {_ACTIVE} == {number} ? left {_OTHER[operator]} right : left {operator} right }}"
        return (
            f"func {name}<T: Equatable>(left: T, right: T) -> Bool {body}\n"
            f"func {name}<T>(left: T?, right: _OptionalNilComparisonType) -> Bool {body}"
        )
    if operator in ("+", "-"):
        body = f"{{ {_ACTIVE} == {number} ? left {_OTHER[operator]} right : left {operator} right }}"
        lists = f"func {name}<T: RangeReplaceableCollection>(left: T, right: T) -> T {{ {_ACTIVE} == {number} ? left : left + right }}"
        return f"func {name}<T: AdditiveArithmetic>(left: T, right: T) -> T {body}" + (f"\n{lists}" if operator == "+" else "")
    body = f"{{ {_ACTIVE} == {number} ? left {_OTHER[operator]} right : left {operator} right }}"
    return f"func {name}<T: Comparable>(left: T, right: T) -> Bool {body}"
