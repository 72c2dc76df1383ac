"""Judges documents by subsgen and by graphql-core, and says where they differ."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple

from graphql import (
    DirectiveDefinitionNode,
    DocumentNode,
    EnumValueDefinitionNode,
    FieldDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    InputValueDefinitionNode,
    Node,
    TypeDefinitionNode,
    TypeExtensionNode,
    build_ast_schema,
    get_location,
    parse,
    validate,
    validate_schema,
)
from graphql.validation.validate import validate_sdl

from generating import command
from mutated_documents import mutated, names_in, schema

SCHEMAS_PER_SEED = 3
OPERATIONS_PER_SEED = 7
DEFINITIONS = (
    DirectiveDefinitionNode, EnumValueDefinitionNode, FieldDefinitionNode, InputValueDefinitionNode, TypeDefinitionNode, TypeExtensionNode,
)  # fmt: skip
CASES_PER_SEED = SCHEMAS_PER_SEED + OPERATIONS_PER_SEED


class Mistake(NamedTuple):
    """What is said of a document, and where."""

    message: str
    places: tuple[tuple[int, int], ...]


@dataclass
class Case:
    seed: int
    kind: str
    text: str
    schema: str = ""
    """The schema of an operation."""


@dataclass
class Difference:
    case: Case
    missing: list[Mistake]
    """What only graphql-core says."""
    extra: list[Mistake]
    """What only subsgen says."""

    def __str__(self) -> str:
        schema = f"\n--- its schema\n{self.case.schema}" if self.case.schema else ""
        lines = [f"seed {self.case.seed}, {self.case.kind}:\n{self.case.text}{schema}"]
        lines += [f"only graphql-core: {mistake}" for mistake in self.missing] + [f"only subsgen: {mistake}" for mistake in self.extra]
        return "\n".join(lines)


def cases(seed: int) -> list[Case]:
    """The cases of a seed. The operations stand behind their schema."""
    random = Random(seed)
    sdl, operations = schema(random)
    names = names_in(sdl, *operations)
    made = [Case(seed, "schema", mutated(random, sdl, names)) for _ in range(SCHEMAS_PER_SEED - 1)]
    made.append(Case(seed, "schema", sdl))
    for number in range(OPERATIONS_PER_SEED):
        text = operations[number % len(operations)]
        made.append(Case(seed, "operation", text if number == 0 else mutated(random, text, names), sdl))
    return made


def differences(seeds: range) -> list[Difference]:
    """Where the two differ in the cases of some seeds. One process judges all of them."""
    made = [case for seed in seeds for case in cases(seed)]
    found = judged(made)
    differing: list[Difference] = []
    reference = Reference()
    for case, ours in zip(made, found, strict=True):
        difference = reference.compare(case, ours)
        if difference:
            differing.append(difference)
    return differing


def judged(made: list[Case]) -> list[list[dict[str, Any]]]:
    """What subsgen says of each case."""
    texts = [(case.kind, case.text.encode()) for case in made]
    stream = b"".join(b"%s %d\n%s" % (kind.encode(), len(text), text) for kind, text in texts)
    result = subprocess.run([command(), "validate-cases"], input=stream, capture_output=True, check=True)
    return [json.loads(line) for line in result.stdout.splitlines()]


class Reference:
    """What graphql-core says; it keeps the schema of the operations that come next."""

    def __init__(self) -> None:
        self._sdl = ""
        self._schema = GraphQLSchema()

    def compare(self, case: Case, ours: list[dict[str, Any]]) -> Difference | None:
        errors = [report for report in ours if report["severity"] == "error"]
        try:
            # An empty selection is a mistake by the September 2025 edition.
            document = parse(case.text, allow_empty_selection_sets=False)
        except GraphQLSyntaxError as error:
            # subsgen goes on after the first.
            return difference(case, [error], errors[:1])
        if case.kind == "operation":
            return difference(case, validate(self._schema_of(case), document), errors)
        first = validate_sdl(document)
        if first:
            # graphql-core judges types only when their definitions are in order, subsgen both in one run.
            return difference(case, first, [report for report in errors if report["code"] not in SECOND_STAGE], errors, document)
        try:
            second = validate_schema(build_ast_schema(document, assume_valid_sdl=True))
        except (GraphQLError, TypeError) as error:
            # It fails over what it did not validate, and so says one thing, in other words.
            return None if errors else Difference(case, [Mistake(str(error), ())], [])
        second = [error for error in second if error.message != MISSING_QUERY]
        return difference(case, second, [report for report in errors if report["code"] != DIRECTIVE_VALUE], document=document)

    def _schema_of(self, case: Case) -> GraphQLSchema:
        if case.schema != self._sdl:
            self._sdl = case.schema
            self._schema = build_ast_schema(parse(case.schema))
        return self._schema


# subsgen warns only: many schemas of events have none.
MISSING_QUERY = "Query root type must be provided."
# graphql-core does not validate the arguments of directives in schemas.
DIRECTIVE_VALUE = "SG1036"
SECOND_STAGE = {f"SG{number}" for number in [1011, 1012, *range(1014, 1027), 1036]}


def difference(
    case: Case,
    reference: list[GraphQLError],
    ours: list[dict[str, Any]],
    allowed: list[dict[str, Any]] | None = None,
    document: DocumentNode | None = None,
) -> Difference | None:
    """What differs of what must be said. What is ``allowed`` may be said besides; ``document`` is that of a schema."""
    wanted = {of_reference(error) for error in reference}
    found = {of_subsgen(report) for report in ours}
    permitted = found if allowed is None else {of_subsgen(report) for report in allowed}
    if any(comparable(report["message"]) in NO_DIRECTIVES_OF_DIRECTIVES for report in ours):
        return None
    aside = set_aside(document) if document and wanted - permitted else []
    missing = [mistake for mistake in wanted - permitted if not is_exception(mistake, permitted, aside)]
    extra = [mistake for mistake in found - wanted if not is_exception_of_subsgen(mistake, found, wanted)]
    if not missing and not extra:
        return None
    return Difference(case, sorted(missing), sorted(extra))


# MARK: Where the two may differ, and why


# graphql-core has `extend directive` and directives at the definitions of directives; the September 2025 edition does not.
NO_DIRECTIVES_OF_DIRECTIVES = {
    'Syntax Error: Unexpected Name "directive".',
    'Syntax Error: Expected "on", found "@".',
}


def is_exception(mistake: Mistake, ours: set[Mistake], aside: list[range]) -> bool:
    """Whether subsgen need not say what graphql-core says."""
    # Of a deprecation that only the implementation has, subsgen warns.
    if mistake.message.endswith(" must not be deprecated."):
        return True
    if any(line in lines for line, _ in mistake.places for lines in aside):
        return True
    # By graphql-js 17, a field that is unknown is none of the one that a @oneOf input has. One mistake is enough.
    one_of = re.match(r'Exactly one field of "(\w+)"', mistake.message)
    if one_of and any(f'is not defined by type "{one_of[1]}"' in other.message for other in ours):
        return True
    # The built-in scalars are there also where a schema does not use them. graphql-core does not know them then.
    if re.match(r'Unknown type "(Int|Float|ID)"', mistake.message):
        return True
    # graphql-core judges the types of definitions that have no place in an operation.
    if mistake.message.startswith("Unknown type") and any(other.message.endswith("definition is not executable.") for other in ours):
        return True
    # By graphql-js 17, a subscription without any field is one mistake more than its unknown fragment.
    if "must select one top level field" in mistake.message and any(other.message.startswith("Unknown fragment") for other in ours):
        return True
    # graphql-core also points at the declaration that is right.
    if "because it is implemented by" in mistake.message or "can only implement" in mistake.message:
        return any(other.message == mistake.message and set(other.places) <= set(mistake.places) for other in ours)
    # A number without its first digit: graphql-core says how to write it, subsgen that no token begins so.
    if "expected digit before" in mistake.message and any(other.places == mistake.places for other in ours):
        return True
    # Of fragments of one name, graphql-core follows whichever it meets.
    if mistake.message.startswith("Cannot spread") and any("only one fragment named" in other.message for other in ours):
        return True
    # graphql-core judges the rest of what it passes over.
    if any(other.message.endswith("cannot be part of a schema.") for other in ours):
        return True
    # graphql-core takes the arguments of an unknown directive for those of its field.
    if re.match("Variable |Field |Expected value|.* cannot represent ", mistake.message) and any(
        other.message.startswith("Unknown directive") for other in ours
    ):
        return True
    # graphql-core does not say where in a list the value stands that is wrong.
    return not mistake.places and any(other.message == mistake.message for other in ours)


def is_exception_of_subsgen(mistake: Mistake, ours: set[Mistake], reference: set[Mistake]) -> bool:
    """Whether subsgen may say what graphql-core does not."""
    # The specification reserves the names of the built-in types; graphql-core lets a schema define and extend them.
    built_in = "(Int|Float|String|Boolean|ID|__\\w+)"
    if re.match(f'There can be only one type named "{built_in}"|Cannot extend type "{built_in}"', mistake.message):
        return True
    if mistake.message == 'Syntax Error: Unexpected character: ".".' and any(
        "expected digit before" in other.message for other in reference
    ):
        return True
    # A required field of a @oneOf input is a circle as well.
    if mistake.message.startswith("Cannot reference Input Object") and any(other.message.startswith("OneOf input field") for other in ours):
        return True
    if re.match(r'Variable "\$\w+" of type "[^"]*" used in position|.* non composite type "(Int|Float|ID)"', mistake.message):
        return any(re.match(r'Unknown type "(Int|Float|ID)"', other.message) for other in reference)
    if "because it is implemented by" in mistake.message or "can only implement" in mistake.message:
        return any(other.message == mistake.message and set(mistake.places) <= set(other.places) for other in reference)
    # graphql-core passes over operations and fragments in a schema.
    if mistake.message.endswith("cannot be part of a schema."):
        return True
    one_of = re.match(r'Exactly one field of "(\w+)"', mistake.message)
    if one_of and any(f'is not defined by type "{one_of[1]}"' in other.message for other in reference):
        return True
    # Which of two types is extended is anybody's guess; graphql-core's is the last.
    extended = re.match(r'Cannot extend non-[a-z ]+ type "(\w+)"', mistake.message)
    if extended and any(other.message == f'There can be only one type named "{extended[1]}".' for other in ours):
        return True
    # Of fields that are given twice, graphql-core looks at the last.
    if any(other.message.startswith("There can be only one input field named") for other in ours):
        return True
    return any(not other.places and other.message == mistake.message for other in reference)


def set_aside(document: DocumentNode) -> list[range]:
    """The lines of definitions that subsgen does not judge: what has a name that is taken, and extensions of nothing or of another kind.

    graphql-core judges them, and takes the last definition of a name for the right one: one slip gives many errors.
    """
    kinds: dict[str, list[str]] = {}
    for node in document.definitions:
        if isinstance(node, TypeDefinitionNode):
            kinds.setdefault(node.name.value, []).append(node.kind.removesuffix("_definition"))
    lines: list[range] = []
    for node in document.definitions:
        if not isinstance(node, (TypeDefinitionNode, TypeExtensionNode)) or node.loc is None:
            continue
        own = kinds.get(node.name.value, [])
        if len(own) != 1 or node.name.value in BUILT_IN or node.kind.removesuffix("_extension") not in (own[0], f"{own[0]}_definition"):
            lines.append(range(get_location(node.loc.source, node.loc.start).line, get_location(node.loc.source, node.loc.end).line + 1))
    return lines


BUILT_IN = {"Int", "Float", "String", "Boolean", "ID"}

# subsgen has the words of graphql-js 16, which people find when they search; graphql-core 3.3 has those of graphql-js 17.
WORDS = [
    (r'Argument "@(\w+)\((\w+):\)" of type', r'Directive "@\1" argument "\2" of type'),
    (r'Argument "[<\w>]+\.(\w+)\((\w+):\)" of type', r'Field "\1" argument "\2" of type'),
    (
        r'Expected value of type "(\w+)" not to include unknown field "(\w+)"(?:, found: .*|\.( Did you mean .*\?) Found: .*)',
        r'Field "\2" is not defined by type "\1".\3',
    ),
    (r'Expected value of type "(\w+)" to include required field "(\w+)", found: .*', r'Field "\1.\2" of required type was not provided.'),
    (r'Expected value of type "(\w+)" to be an object, found: (.*)', r'Expected value of type "\1", found \2'),
    (r'Expected value of non-null type "([^"]*)" not to be None\.', r'Expected value of type "\1", found null.'),
    (r"^\S+ has invalid default value(?: at [^:]*)?: ", ""),
]


ONE_OF = [
    r'^Within OneOf Input Object type "(\w+)", exactly one field must be specified, and the value for that field must be non-null\.',
    r'^OneOf Input Object "(\w+)" must specify exactly one key\.',
    r'^Field "(\w+)\.\w+" must be non-null\.',
]


def of_reference(error: GraphQLError) -> Mistake:
    message = comparable(error.message)
    for pattern, words in WORDS:
        message = re.sub(pattern, words, message)
    # The enum's names, as in graphql-js and in the specification.
    message = re.sub(r"(may not be used on )([a-z ]+)\.", lambda match: match[1] + match[2].upper().replace(" ", "_") + ".", message)
    if error.nodes:
        # What lacks something lacks it where it is defined, and not at each of its extensions.
        has_definition = not message.startswith("Cannot extend") and any(isinstance(node, TypeDefinitionNode) for node in error.nodes)
        nodes = [node for node in error.nodes if not (has_definition and isinstance(node, TypeExtensionNode))]
        places = [place(node) for node in nodes if node.loc]
    else:
        places = [(location.line, location.column) for location in error.locations or []]
    return mistake_at(message, places)


def mistake_at(message: str, places: list[tuple[int, int]]) -> Mistake:
    # By graphql-js 16, a mistake in a @oneOf input has one of two messages; by graphql-js 17 it has one.
    for pattern in ONE_OF:
        message = re.sub(pattern, r'Exactly one field of "\1".', message)
    # A value that stands for a list of one is called by the type of the list, or by that of the item.
    message = re.sub(r'^Expected value of type "\[*(\w+)[]!]*"', r'Expected value of type "\1"', message)
    # A definition without a name of its own is told by its keyword.
    if message.endswith("definition is not executable."):
        places = []
    # Of several directives at one field, graphql-core names the first; subsgen notes where a misplaced directive is defined.
    if "must not use `@skip`" in message or "may not be used on" in message:
        places = places[:1]
    # graphql-core points at the field, argument or operation; subsgen at its default value or its type, or the other way round.
    elsewhere = "OneOf input field .* default|Invalid circular reference. The default|The type of @|There can be only one [a-z]+ type in"
    if re.match(elsewhere, message):
        places = []
    return Mistake(message, tuple(sorted(set(places))))


def place(node: Node) -> tuple[int, int]:
    """Where subsgen points for a node: at the name of a definition, which may begin lines above it with a description."""
    if isinstance(node, DEFINITIONS):
        node = node.name
    assert node.loc is not None
    location = get_location(node.loc.source, node.loc.start)
    return (location.line, location.column)


def of_subsgen(report: dict[str, Any]) -> Mistake:
    places = [(report["line"], report["column"]), *((note["line"], note["column"]) for note in report["related"])]
    message = re.sub(r"of required type \S+ was not provided", "of required type was not provided", comparable(report["message"]))
    return mistake_at(message, places)


def comparable(message: str) -> str:
    """A message without what differs by language: quotation marks, and the space within braces."""
    message = re.sub(r"\s+", " ", message.replace("'", '"'))
    # graphql-core proposes introspection types, but neither built-in scalars that a schema does not use yet nor subsgen's directives.
    message = re.sub(r'^(Unknown (?:type|directive) "@?\w+"\.) Did you mean .*', r"\1", message)
    return message.replace("{ ", "{").replace(" }", "}")
