"""``subsgen introspect``: the introspection JSON of a schema, and such JSON in the place of a schema file.

What is written and read is compared with graphql-core. A failing case prints its seed; ``SUBSGEN_SEED=N pytest
Tests/Python/test_command_introspect.py`` runs it again. The schemas in ``SCHEMAS=../shared/schemas`` are compared where they are there.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from random import Random, SystemRandom
from typing import Any

import pytest
from graphql import (
    GraphQLSchema,
    build_client_schema,
    build_schema,
    introspection_from_schema,
    lexicographic_sort_schema,
    parse_value,
    print_ast,
    print_schema,
)

import generating
from generating import GOLDEN, ROOT, contents, generate
from random_cases import RandomSchema

first_seed = int(os.environ.get("SUBSGEN_SEED") or SystemRandom().randrange(1_000_000_000))
SEEDS = range(first_seed, first_seed + 10)

EVERYTHING = '''
"What it is: \\"all\\"."
schema { query: Root subscription: Subscription }
"""
Of several
  lines.
"""
type Root { hello(name: String! = "you\\n\\u0007", old: [Int!] = [1, 2] @deprecated): String @deprecated(reason: "Why.") }
type Query { notTheRoot: Int }
type Subscription { tick(by: In = {most: 3, kind: ONE, least: 1}, c: Choice): Thing! }
interface Node { id: ID! }
interface Thing implements Node { id: ID! kind: Kind }
type A implements Node & Thing { id: ID! kind: Kind deep: [[[Float!]!]!]! when: Date }
type B { "" a: A }
union AB = A | B
"Kinds."
enum Kind { "One." ONE TWO @deprecated THREE @deprecated(reason: "") }
input In { most: Int! = 5 least: Float = -1.5e3 old: In @deprecated(reason: "Old.") in: [In!] = [] kind: Kind = TWO none: Int = null }
input Choice @oneOf { a: Int b: String }
scalar Date @specifiedBy(url: "https://example.com/date?\\"")
"Tags."
directive @tag(name: String! = "x", old: Int @deprecated) repeatable on FIELD_DEFINITION | OBJECT
'''

FOLDER = Path(os.environ.get("SCHEMAS") or ROOT.parent / "shared" / "schemas")
SHARED = [pytest.param(path, id=path.stem) for path in sorted(FOLDER.glob("*.graphql"))] or [
    pytest.param(Path(), marks=pytest.mark.skip(f"NOT TESTED with real schemas: there are none in {FOLDER}; set SCHEMAS"))
]


def introspect(*arguments: str | Path, cwd: Path | None = None) -> str:
    result = generating.subsgen("introspect", *arguments, cwd=cwd)
    assert result.returncode == 0, result.stderr
    return result.stdout


def reference(schema: GraphQLSchema) -> dict[str, Any]:
    """What graphql-core answers. That directives can be deprecated is no part of the specification's edition."""
    answer: dict[str, Any] = json.loads(json.dumps(introspection_from_schema(schema, experimental_directive_deprecation=False)))
    return answer


def with_printed_default(item: dict[str, Any]) -> dict[str, Any]:
    default = item.get("defaultValue")
    return item if default is None else {**item, "defaultValue": print_ast(parse_value(default))}


def comparable(introspection: dict[str, Any]) -> dict[str, Any]:
    """Without the specified definitions, whose descriptions are each implementation's own, without the order of types, and with default
    values in one layout: graphql-core has spaces in the braces of objects."""
    schema: dict[str, Any] = json.loads(json.dumps(introspection["__schema"]), object_hook=with_printed_default)
    builtin = {"String", "Int", "Float", "Boolean", "ID"}
    types: list[dict[str, Any]] = [
        type_ for type_ in schema["types"] if not type_["name"].startswith("__") and type_["name"] not in builtin
    ]
    schema["types"] = sorted(types, key=lambda type_: type_["name"])
    for type_ in types:
        if type_["kind"] == "INTERFACE":
            possible: list[dict[str, Any]] = type_["possibleTypes"]
            type_["possibleTypes"] = sorted(possible, key=lambda object_: str(object_["name"]))
    specified = {"skip", "include", "deprecated", "specifiedBy", "oneOf"}
    schema["directives"] = sorted(
        (directive for directive in schema["directives"] if directive["name"] not in specified), key=lambda directive: directive["name"]
    )
    return schema


def names(introspection: dict[str, Any], member: str) -> set[str]:
    return {item["name"] for item in introspection["__schema"][member]}


def compare(folder: Path, sdl: str) -> None:
    """Both directions: ours is the reference's, either can be read by the other, and nothing is lost on the way."""
    schema = build_schema(sdl)
    (folder / "schema.graphql").write_text(sdl, encoding="utf-8")
    text = introspect("schema.graphql", cwd=folder)
    ours: dict[str, Any] = json.loads(text)["data"]
    theirs = reference(schema)
    assert comparable(ours) == comparable(theirs)
    assert names(ours, "types") - names(theirs, "types") == set()
    assert print_schema(lexicographic_sort_schema(build_client_schema(ours))) == print_schema(lexicographic_sort_schema(schema))  # type: ignore[arg-type]

    for name, content in (("ours.json", text), ("theirs.json", json.dumps({"data": theirs})), ("bare.json", json.dumps(theirs))):
        (folder / name).write_text(content, encoding="utf-8")
        read = json.loads(introspect(name, cwd=folder))["data"]
        assert comparable(read) == comparable(theirs), name


def test_every_part_of_a_schema_is_told_as_graphql_core_tells_it(tmp_path: Path) -> None:
    compare(tmp_path, EVERYTHING)


@pytest.mark.parametrize("path", SHARED)
def test_real_schemas_are_told_as_graphql_core_tells_them(tmp_path: Path, path: Path) -> None:
    sdl = path.read_text(encoding="utf-8")
    if path.stem == "github":
        # It defines a field twice, which either refuses.
        assert generating.subsgen("introspect", path).returncode == 1
        return
    compare(tmp_path, sdl)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_schemas_are_told_as_graphql_core_tells_them(tmp_path: Path, seed: int) -> None:
    compare(tmp_path, RandomSchema(Random(seed)).sdl())


# MARK: What clients see


def test_what_is_internal_is_told_only_where_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "schema.graphql").write_text(
        'type Query { ok: Int } type Subscription { tick(a: Int @filter): Tick! @topic(name: "t") }'
        " type Tick { a: Int secret: Audit @internal } type Audit @internal { by: String }"
        " directive @topic(name: String!) on FIELD_DEFINITION"
    )
    public = introspect("schema.graphql", cwd=tmp_path)
    assert not any(word in public for word in ("secret", "Audit", "topic"))
    everything = json.loads(introspect("schema.graphql", "--internal", cwd=tmp_path))["data"]
    assert {"Audit", "Tick"} <= names(everything, "types")
    assert "topic" in names(everything, "directives")


def test_a_schema_whose_public_part_leads_to_an_internal_one_has_no_public_view(tmp_path: Path) -> None:
    (tmp_path / "schema.graphql").write_text("type Query { audit: Audit } type Audit @internal { by: String }")
    result = generating.subsgen("introspect", "schema.graphql", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (1, "")
    assert "The public field Query.audit exposes the @internal type Audit." in result.stderr
    assert generating.subsgen("introspect", "schema.graphql", "--internal", cwd=tmp_path).returncode == 0


def test_a_schema_without_queries_is_told_with_the_query_root_that_servers_add(tmp_path: Path) -> None:
    (tmp_path / "schema.graphql").write_text("type Subscription { tick: Int! }")
    told = json.loads(introspect("schema.graphql", cwd=tmp_path))["data"]
    assert told["__schema"]["queryType"] == {"name": "Query", "kind": "OBJECT"}
    build_client_schema(told)


def test_the_result_goes_to_a_file(tmp_path: Path) -> None:
    (tmp_path / "schema.graphql").write_text("type Query { ok: Int }")
    text = introspect("schema.graphql", cwd=tmp_path)
    assert introspect("schema.graphql", "--out", "schema.json", cwd=tmp_path) == ""
    assert (tmp_path / "schema.json").read_text() == text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["schema.graphql", "schema.json"]
    failed = generating.subsgen("introspect", "schema.graphql", "--out", "missing/schema.json", cwd=tmp_path)
    assert (failed.returncode, failed.stderr) == (4, "error: cannot write missing/schema.json: No such file or directory.\n")


# MARK: JSON in the place of a schema file


def test_a_package_is_generated_of_introspection_json_and_sdl_together(tmp_path: Path) -> None:
    base = "type Query { ok: Int } type Subscription { tick: Tick! } type Tick { n: Int! at: String }"
    (tmp_path / "base.graphql").write_text(base)
    introspect("base.graphql", "--out", "base.json", cwd=tmp_path)
    (tmp_path / "more.graphql").write_text("extend type Subscription { tock(n: Int @filter): Tick! }")
    result = generating.subsgen("base.json", "more.graphql", "--out", "gen", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert {"resolvers/tick.py", "resolvers/tock.py"} <= contents(tmp_path / "gen").keys()


def test_the_package_of_a_schema_and_of_its_introspection_are_the_same(tmp_path: Path) -> None:
    sdl = (GOLDEN / "minimal" / "schema.graphql").read_text()
    package = contents(generate(tmp_path, sdl))
    public = (tmp_path / "gen" / "schema.public.graphql").read_text()
    (tmp_path / "public.graphql").write_text(public)
    introspect("public.graphql", "--out", "public.json", cwd=tmp_path)
    assert generating.subsgen("public.json", "--out", "again", cwd=tmp_path).returncode == 0
    assert contents(tmp_path / "again")["types.py"] == package["types.py"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(
            "{", "schema.json:1:2: error: JSON syntax error: Expected a key in quotation marks, found the end of the file.", id="cut off"
        ),
        pytest.param("[]", "schema.json:1:1: error: The file is an array, not an introspection result.", id="no object"),
        pytest.param('{"data": null, "errors": []}', 'schema.json:1:1: error: The file has no "__schema".', id="a failed query"),
        pytest.param('{"data": {"__schema": {}}}', 'schema.json:1:23: error: data.__schema has no "types".', id="no types"),
        pytest.param(
            '{"__schema": {"types": [{"kind": "OBJECT", "name": "a b"}]}}',
            'schema.json:1:52: error: __schema.types[0].name is "a b", which is no GraphQL name.',
            id="a name that is none",
        ),
        pytest.param(
            '{"__schema": {"types": [{"kind": "OBJECT", "name": "A", "interfaces": []}]}}',
            'schema.json:1:25: error: __schema.types[0] has no "fields".',
            id="an object without fields",
        ),
        pytest.param(
            '{"__schema": {"types": [{"kind": "INPUT_OBJECT", "name": "A", "inputFields": [{"name": "a",'
            ' "type": {"kind": "SCALAR", "name": "Int"}, "defaultValue": "1 } input B { b: Int"}]}]}}',
            '__schema.types[0].inputFields[0].defaultValue is "1 } input B { b: Int", which is no GraphQL value.',
            id="a default value that is none",
        ),
        pytest.param(
            '{"__schema": {"queryType": {"name": "Q"}, "types": [{"kind": "OBJECT", "name": "Q", "interfaces": [],'
            ' "fields": [{"name": "a", "args": [], "type": {"kind": "NON_NULL", "ofType": null}}]}]}}',
            "__schema.types[0].fields[0].type is a NON_NULL of nothing.",
            id="a type that is cut off",
        ),
        pytest.param(
            '{"__schema": {"queryType": {"name": "Q"}, "types": []}}',
            'schema.json (as SDL):2:10: error: Unknown type "Q".',
            id="a type that is missing",
        ),
    ],
)
def test_what_is_wrong_with_introspection_json_is_said_with_its_place(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "schema.json").write_text(content)
    result = generating.subsgen("introspect", "schema.json", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (1, "")
    assert message in result.stderr
