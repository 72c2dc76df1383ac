"""Schemas and operations with mistakes in them: random and written ones, of which a few tokens are changed."""

# ruff: noqa: E501 (documents have the lines that they have)

from __future__ import annotations

import re
from random import Random

from random_cases import RandomOperation, RandomSchema
from random_inputs import RandomInputs

TOKEN = re.compile(r'"""(?:\\"""|[^"]|"(?!""))*"""|"(?:\\.|[^"\\\n])*"|\.\.\.|[@$]?[_A-Za-z]\w*|-?\d+(?:\.\d+)?|[^\s,\w]|\s+|,')

SCHEMAS = [
    '''
schema { query: Query mutation: Mutation subscription: Subscription }
"""A thing with an id."""
interface Node { id: ID! }
interface Named implements Node { id: ID! name(style: Style = SHORT, max: Int): String }
type User implements Named & Node @tag(name: "user") {
  id: ID! name(style: Style = SHORT, max: Int, more: [Int!]): String! friends(first: Int! = 10, by: By): [User!]! home: Address
}
type Address { street: String @deprecated(reason: "old") city: City! }
type City implements Node { id: ID! name: String }
union Found = User | City
extend union Found = | Address
enum Style { SHORT LONG @deprecated }
extend enum Style { TINY }
input By @oneOf { id: ID name: String city: Filter }
input Filter { name: String = "x" near: Near not: Filter tags: [String!] = ["a", "b"] size: Size style: Style = LONG }
input Near { lat: Float! lon: Float! = 1.5 within: Int = 7 }
input Size { least: Int most: Int = 4 }
scalar Date @specifiedBy(url: "https://date.example")
directive @tag(name: String!, of: [Style!] = [SHORT]) repeatable on OBJECT | FIELD_DEFINITION | ENUM_VALUE | ARGUMENT_DEFINITION
directive @live(every: Int = 5, filter: Filter) on FIELD | FRAGMENT_SPREAD | QUERY | VARIABLE_DEFINITION
directive @once on FIELD | INLINE_FRAGMENT | FRAGMENT_DEFINITION | SUBSCRIPTION | MUTATION
type Query { node(id: ID!): Node found(text: String = "a", filter: Filter, styles: [[Style!]]): [Found!] user(by: By!): User at: Date any: Named }
type Mutation { rename(id: ID!, name: String!): User at(date: Date): Date }
type Subscription { renamed(id: ID): User! moved(filter: Filter = { near: { lat: 1 } }): City tick: Int }
''',
    """
type Query { a(b: A = { c: { d: [1] } }, e: E): B }
extend type Query @mark { f: F g: [F] }
input A { c: C = { d: [2] } }
input C { d: [Int] back: A }
enum E { X Y }
type B implements F { h(i: Int): String j: D }
extend type B implements G { k: Int }
type D implements F & G { h(i: Int, l: Int): String k: Int! m: U }
interface F { h(i: Int): String }
interface G { k: Int }
union U = B | D
directive @mark(deep: [[A!]!]) on OBJECT | INTERFACE | SCHEMA | SCALAR | UNION | ENUM | INPUT_OBJECT | INPUT_FIELD_DEFINITION
extend schema @mark { mutation: M }
type M { n: Boolean! o(p: Float = 1, q: ID = 2, r: String = "s", t: Boolean = true): Int @deprecated }
extend input C @mark { z: Int @mark(deep: [[{ c: null }]]) }
scalar S
extend scalar S @specifiedBy(url: "https://s.example")
""",
]

OPERATIONS = [
    """
query One($id: ID!, $text: String = "t", $filter: Filter, $by: By!, $styles: [[Style!]], $live: Int @live) {
  node(id: $id) { id ...N ... on User @once { home { city { name } street } } }
  found(text: $text, filter: $filter, styles: $styles) { __typename ... on User { id } ... on City { id name } ...A }
  user(by: $by) { name(style: LONG, max: 3) friends(first: 2, by: { name: "n" }) { id @live(every: $live) } }
  any { name other: name(max: 1) ... @include(if: true) { id } }
}
fragment N on Node { id ... on Named { name } }
fragment A on Address { street city { ...N @live(filter: { size: { least: 1 }, tags: "one", style: TINY }) } }
""",
    'mutation ($name: String!) { a: rename(id: 7, name: $name) { id ...F } b: rename(id: "x", name: "y") { ...F } } fragment F on User { id }',
    "subscription S($near: Near!) { moved(filter: { near: $near, not: { near: { lat: 1, lon: 2.5 } } }) { id name } }",
    "query Q { at found { ... on User { x: id } ... on City { x: name } } } query R { user(by: { id: 1 }) { ...G } } fragment G on User { friends { ...H } } fragment H on User { id }",
    '{ __schema { types { name fields(includeDeprecated: true) { args { name } } } } __type(name: "User") { kind ofType { name } } }',
]

NAMES = [
    "Int", "Float", "String", "Boolean", "ID", "Query", "__typename", "__Type", "__x", "missing", "true", "null", "type", "input", "on", "reason",
    "if", "subscription", "FIELD",
]  # fmt: skip
VALUES = [
    "1",
    "-1",
    "2147483648",
    "1.5",
    '"text"',
    '"""block"""',
    "true",
    "null",
    "RED",
    "[]",
    "[1, null]",
    "{}",
    "{ a: 1 }",
    "$id",
    "$unknown",
]
DIRECTIVES = [
    "@deprecated",
    '@deprecated(reason: "r")',
    "@skip(if: true)",
    "@include(if: $id)",
    "@oneOf",
    "@unknown",
    "@specifiedBy(url: 1)",
    "@tag(name: 1)",
]
PUNCTUATION = ["!", "[", "]", "{", "}", "(", ")", ":", "=", "|", "&", "@", "$", "...", "extend", "implements", "repeatable"]


def schema(random: Random) -> tuple[str, list[str]]:
    """A sound schema, and operations for it that are mostly sound."""
    choice = random.random()
    if choice < 0.5:
        made = RandomSchema(random)
        return made.sdl(), [RandomOperation(made, random).text for _ in range(3)]
    if choice < 0.65:
        return RandomInputs(random).sdl().replace(" @resolverArgument", ""), ["subscription ($v: P1) { s(arg: $v) }", "subscription { s }"]
    text = random.choice(SCHEMAS)
    operations = (
        OPERATIONS
        if text is SCHEMAS[0]
        else ["query ($b: A) { a(b: $b) { h j { m { ... on B { k } } } } f { h(i: 1) } }", "mutation { n o(p: 1) }"]
    )
    return text, operations


def mutated(random: Random, text: str, names: list[str]) -> str:
    """The document after a few changes, of which each might be a slip of its author."""
    tokens = TOKEN.findall(text)
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        _change(random, tokens, names)
    return "".join(tokens)


def names_in(*texts: str) -> list[str]:
    """The names of documents, to put one in the place of another."""
    return sorted({token.lstrip("@$") for text in texts for token in TOKEN.findall(text) if re.match(r"[@$]?[_A-Za-z]", token)})


def _change(random: Random, tokens: list[str], names: list[str]) -> None:
    solid = [index for index, token in enumerate(tokens) if not token.isspace() and token != ","]
    if not solid:
        return
    named = [index for index in solid if re.match(r"[@$]?[_A-Za-z]", tokens[index])] or solid
    index = random.choice(solid)
    choice = random.random()
    if choice < 0.45:
        index = random.choice(named)
        sign = tokens[index][0] if tokens[index][0] in "@$" else ""
        tokens[index] = sign + random.choice([*names, *names, *NAMES])
    elif choice < 0.6:
        _copy_or_drop(random, tokens, random.choice(["{", "(", ""]))
    elif choice < 0.7:
        tokens.insert(random.choice(named) + 1, " " + random.choice(DIRECTIVES) + " ")
    elif choice < 0.8:
        literals = [index for index in solid if re.match(r'["\d-]', tokens[index])] or named
        tokens[random.choice(literals)] = random.choice(VALUES)
    elif choice < 0.88:
        tokens[random.choice(named)] += "!" if random.random() < 0.5 else " = " + random.choice(VALUES)
    elif choice < 0.92:
        del tokens[index]
    elif choice < 0.95:
        tokens.insert(index, f" {tokens[index]} ")
    elif choice < 0.98:
        tokens.insert(index, f" {random.choice(PUNCTUATION)} ")
    else:
        other = random.choice(solid)
        tokens[index], tokens[other] = tokens[other], tokens[index]


def _copy_or_drop(random: Random, tokens: list[str], opening: str) -> None:
    """Copies, moves or drops a part that is whole: from a name to the end of what its brace or parenthesis opens, or a name and its type."""
    starts = [index for index, token in enumerate(tokens) if re.match(r"[@.]?[_A-Za-z]", token) or token == "..."]
    if not starts:
        return
    start = random.choice(starts)
    end = start + 1
    if opening and opening in tokens[start:]:
        end = tokens.index(opening, start) + 1
        depth = 1
        while depth and end < len(tokens):
            depth += {opening: 1, {"{": "}", "(": ")"}[opening]: -1}.get(tokens[end], 0)
            end += 1
    else:
        while end < len(tokens) and "\n" not in tokens[end] and end - start < 6:
            end += 1
    part = tokens[start:end]
    if random.random() < 0.5:
        del tokens[start:end]
    place = random.choice([start, random.randrange(len(tokens) + 1)])
    if random.random() < 0.7:
        tokens[place:place] = [" ", *part, " "]
