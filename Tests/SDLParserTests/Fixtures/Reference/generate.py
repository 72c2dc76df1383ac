"""Writes what graphql-core reads in each of its documents in cases.json beside it: `python3 generate.py [COUNT [SEED [FILE]]]`.

Besides the documents of documents.txt (one a line; <LF>, <CR>, <TAB>, <BOM> and <NUL> stand for those characters) it takes COUNT
that are made of them: tokens lost, doubled, swapped or taken from elsewhere.
graphql-core 3.2 is the port of graphql-js 16 to Python; it reads the October 2021 edition, so that documents.txt has no descriptions of
executable definitions.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from random import Random

from graphql import GraphQLSyntaxError, parse
from graphql.language import ast

folder = Path(__file__).parent
CHARACTERS = {"LF": "\n", "TAB": "\t", "CR": "\r", "BOM": "\ufeff", "NUL": "\0"}
TOKEN = re.compile(r'"""(?:[^"\\]|\\"""|\\|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|[A-Za-z_]\w*|[-0-9.eE]+|\s+|#.*|.', re.DOTALL)


class TreeText:
    """A tree as text, with all that its nodes hold and the bytes that they cover; Support/TreeText.swift writes the same."""

    def __init__(self, body: str) -> None:
        self._body = body

    def document(self, document: ast.DocumentNode) -> str:
        return "\n".join(self._definition(definition) for definition in document.definitions)

    def _place(self, node: ast.Node) -> str:
        assert node.loc
        start, end = (len(self._body[:offset].encode()) for offset in (node.loc.start, node.loc.end))
        return f"{start}-{end} "

    def _definition(self, node: ast.Node) -> str:
        place = self._place(node)
        match node:
            case ast.OperationDefinitionNode():
                name = node.name.value if node.name else ""
                variables = self._list(node.variable_definitions, self._variable)
                directives = self._list(node.directives, self._directive)
                return f"{place}{node.operation.value} {name} {variables} {directives} {self._selections(node.selection_set)}"
            case ast.FragmentDefinitionNode():
                directives = self._list(node.directives, self._directive)
                condition = self._type(node.type_condition)
                return f"{place}fragment {node.name.value} {condition} {directives} {self._selections(node.selection_set)}"
            case ast.DirectiveDefinitionNode():
                arguments = self._list(node.arguments, self._input_value)
                repeatable = " repeatable" if node.repeatable else ""
                locations = self._list(node.locations, lambda name: f"{self._place(name)}{name.value}")
                return f"{place}{self._description(node)}directive {node.name.value} {arguments}{repeatable} {locations}"
        extend = "extend " if node.kind.endswith("extension") else ""
        head = place + ("" if extend else self._description(node)) + extend
        directives = self._list(node.directives, self._directive)
        if node.kind.startswith("schema"):
            roots = self._list(node.operation_types, lambda root: f"{self._place(root)}{root.operation.value} {self._type(root.type)}")
            return f"{head}schema {directives} {roots}"
        kind = node.kind.split("_")[0]
        head += f"{kind} {node.name.value} "
        match kind:
            case "object" | "interface":
                interfaces = self._list(node.interfaces, self._type)
                return f"{head}{interfaces} {directives} {self._list(node.fields, self._field)}"
            case "union":
                return f"{head}{directives} {self._list(node.types, self._type)}"
            case "enum":
                return f"{head}{directives} {self._list(node.values, self._enum_value)}"
            case "input":
                return f"{head}{directives} {self._list(node.fields, self._input_value)}"
        return f"{head}{directives}"

    def _list(self, nodes, text) -> str:
        return "[" + "; ".join(text(node) for node in nodes or []) + "]"

    def _description(self, node) -> str:
        return self._value(node.description) + " " if node.description else ""

    def _field(self, node: ast.FieldDefinitionNode) -> str:
        arguments = self._list(node.arguments, self._input_value)
        rest = f"{self._type(node.type)} {self._list(node.directives, self._directive)}"
        return f"{self._place(node)}{self._description(node)}{node.name.value} {arguments} {rest}"

    def _input_value(self, node: ast.InputValueDefinitionNode) -> str:
        rest = f"{self._type(node.type)}{self._default(node)} {self._list(node.directives, self._directive)}"
        return f"{self._place(node)}{self._description(node)}{node.name.value} {rest}"

    def _enum_value(self, node: ast.EnumValueDefinitionNode) -> str:
        return f"{self._place(node)}{self._description(node)}{node.name.value} {self._list(node.directives, self._directive)}"

    def _variable(self, node: ast.VariableDefinitionNode) -> str:
        rest = f"{self._type(node.type)}{self._default(node)} {self._list(node.directives, self._directive)}"
        return f"{self._place(node)}{node.variable.name.value} {rest}"

    def _default(self, node) -> str:
        return f" = {self._value(node.default_value)}" if node.default_value else ""

    def _directive(self, node: ast.DirectiveNode) -> str:
        return f"{self._place(node)}@{node.name.value} {self._list(node.arguments, self._argument)}"

    def _argument(self, node) -> str:
        return f"{self._place(node)}{node.name.value} {self._value(node.value)}"

    def _selections(self, node: ast.SelectionSetNode | None) -> str:
        return "{" + "; ".join(self._selection(selection) for selection in node.selections) + "}" if node else "none"

    def _selection(self, node: ast.SelectionNode) -> str:
        place = self._place(node)
        directives = self._list(node.directives, self._directive)
        match node:
            case ast.FieldNode():
                alias = f"{node.alias.value}: " if node.alias else ""
                arguments = self._list(node.arguments, self._argument)
                return f"{place}{alias}{node.name.value} {arguments} {directives} {self._selections(node.selection_set)}"
            case ast.FragmentSpreadNode():
                return f"{place}...{node.name.value} {directives}"
            case ast.InlineFragmentNode():
                condition = self._type(node.type_condition) if node.type_condition else ""
                return f"{place}... {condition} {directives} {self._selections(node.selection_set)}"
        raise AssertionError(node.kind)

    def _type(self, node: ast.TypeNode) -> str:
        place = self._place(node)
        match node:
            case ast.NonNullTypeNode():
                return f"{place}({self._type(node.type)})!"
            case ast.ListTypeNode():
                return f"{place}[{self._type(node.type)}]"
            case ast.NamedTypeNode():
                return f"{place}{node.name.value}"
        raise AssertionError(node.kind)

    def _value(self, node: ast.ValueNode) -> str:
        place = self._place(node)
        match node:
            case ast.VariableNode():
                return f"{place}${node.name.value}"
            case ast.IntValueNode():
                return f"{place}int {node.value}"
            case ast.FloatValueNode():
                return f"{place}float {node.value}"
            case ast.StringValueNode():
                return f"{place}{'block' if node.block else 'string'} {self._string(node.value)}"
            case ast.BooleanValueNode():
                return f"{place}{'true' if node.value else 'false'}"
            case ast.NullValueNode():
                return f"{place}null"
            case ast.EnumValueNode():
                return f"{place}enum {node.value}"
            case ast.ListValueNode():
                return f"{place}{self._list(node.values, self._value)}"
            case ast.ObjectValueNode():
                return f"{place}object {self._list(node.fields, self._argument)}"
        raise AssertionError(node.kind)

    def _string(self, value: str) -> str:
        """In quotation marks, with a code point for whatever is no letter, digit or the like."""
        return '"' + "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else f"\\{ord(c):X};" for c in value) + '"'


def case(document: str) -> dict[str, object] | None:
    """What graphql-core says; nothing where it gives up without a verdict, as of an escape that the document's end cuts off."""
    try:
        return {"document": document, "tree": TreeText(document).document(parse(document))}
    except GraphQLSyntaxError as error:
        [position] = error.positions or []
        # Its own line and column are wrong at the start of a line; graphql-js has them right.
        lines = re.split(r"\r\n|[\n\r]", document[:position])
        return {"document": document, "error": {"message": error.message, "line": len(lines), "column": len(lines[-1]) + 1}}
    except (IndexError, RecursionError):
        return None


def mutated(documents: list[str], random: Random) -> str:
    tokens = TOKEN.findall(random.choice(documents))
    for _ in range(random.randint(1, 3)):
        place = random.randrange(len(tokens) + 1)
        other = random.choice(TOKEN.findall(random.choice(documents)) or [" "])
        match random.randrange(4):
            case 0:
                del tokens[place : place + 1]
            case 1:
                tokens[place:place] = [other]
            case 2:
                tokens[place : place + 1] = [other]
            case 3:
                tokens[place : place + 2] = reversed(tokens[place : place + 2])
    return "".join(tokens)


def main() -> None:
    count, seed, file = [*sys.argv[1:], *["600", "1", str(folder / "cases.json")][len(sys.argv) - 1 :]]
    text = (folder / "documents.txt").read_text().removesuffix("\n")
    documents = [re.sub("<([A-Z]+)>", lambda name: CHARACTERS[name[1]], line) for line in text.split("\n")]
    random = Random(int(seed))
    made = [mutated(documents, random) for _ in range(int(count))]
    cases = [case(document) for document in dict.fromkeys(documents + made)]
    lines = ",\n".join(json.dumps(case) for case in cases if case)
    Path(file).write_text(f"[\n{lines}\n]\n")


main()
