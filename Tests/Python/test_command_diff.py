"""``subsgen diff``: what changed between two versions of a schema, compared with ``find_schema_changes`` of graphql-core.

A failing case prints its seed; ``SUBSGEN_SEED=N pytest Tests/Python/test_command_diff.py`` runs it again.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from pathlib import Path
from random import Random, SystemRandom
from typing import Any

import pytest
from graphql import GraphQLError, GraphQLSchema, build_schema, validate_schema
from graphql.utilities import BreakingChangeType, DangerousChangeType, find_schema_changes

import generating
from generating import generate
from random_schemas import EditedSchema

first_seed = int(os.environ.get("SUBSGEN_SEED") or SystemRandom().randrange(1_000_000_000))
PAIRS = int(os.environ.get("SUBSGEN_PAIRS") or 100)


def diff(folder: Path, old: str, new: str, *options: str) -> tuple[int, list[dict[str, Any]]]:
    """The exit status and the changes between two schemas."""
    (folder / "old.graphql").write_text(old, encoding="utf-8")
    (folder / "new.graphql").write_text(new, encoding="utf-8")
    result = generating.subsgen("diff", "old.graphql", "new.graphql", "--format", "json", *options, cwd=folder)
    assert "error" not in result.stderr, result.stderr
    return result.returncode, json.loads(result.stdout)


def valid(sdl: str) -> GraphQLSchema | None:
    try:
        schema = build_schema(sdl)
    except (GraphQLError, TypeError):
        return None
    return None if validate_schema(schema) else schema


def reference(old: GraphQLSchema, new: GraphQLSchema) -> Counter[tuple[str, str, str]]:
    """The changes that graphql-core finds, in graphql-js's words where it has others."""
    found: Counter[tuple[str, str, str]] = Counter()
    for change in find_schema_changes(old, new):
        criticality = (
            "breaking"
            if isinstance(change.type, BreakingChangeType)
            else "dangerous"
            if isinstance(change.type, DangerousChangeType)
            else "safe"
        )
        description = change.description.replace(' has changed to "None".', " was removed.")
        # graphql-js writes the coordinate of an argument with a colon.
        description = re.sub(r"^(Description of argument .*\(\w+)\)", r"\1:)", description)
        # graphql-core has spaces in the braces of objects.
        found[criticality, change.type.name, description.replace("{ ", "{").replace(" }", "}")] += 1
    return found


def test_random_edits_are_found_as_graphql_core_finds_them(tmp_path: Path) -> None:
    kinds: set[str] = set()
    seed = first_seed
    pairs = 0
    while pairs < PAIRS:
        seed += 1
        random = Random(seed)
        first = EditedSchema(random)
        second = first.copy()
        second.random = random
        for _ in range(random.randint(1, 6)):
            second.edit()
        sdls = first.sdl(), second.sdl()
        schemas = valid(sdls[0]), valid(sdls[1])
        if schemas[0] is None or schemas[1] is None:
            continue
        pairs += 1
        status, changes = diff(tmp_path, *sdls)
        found = Counter((change["criticality"], change["type"], change["description"]) for change in changes)
        assert found == reference(schemas[0], schemas[1]), f"SUBSGEN_SEED={seed - 1}\n{sdls[0]}\n-----\n{sdls[1]}"
        assert status == any(change["criticality"] == "breaking" for change in changes)
        kinds.update(change["type"] for change in changes)
    # Else the edits have become too tame to show anything.
    assert len(kinds) > 15, f"SUBSGEN_SEED={first_seed}: {kinds}"


# MARK: What subsgen alone knows of

BASE = """
type Query { ok: Int }
type Subscription {
  messageAdded(roomId: ID!, author: ID @filter(field: "author.id"), note: String @resolverArgument): Message! @topic(name: "chat.{roomId}")
  roomClosed(by: By): Room!
}
type Message { id: ID! text: String author: User! secret: String @internal }
type User { id: ID! name: String }
type Room { id: ID! state: State! }
enum State { OPEN CLOSED }
input By { key: ID }
type Elsewhere { a: Int }
"""


def edited(*edits: tuple[str, str]) -> str:
    sdl = BASE
    for old, new in edits:
        assert old in sdl
        sdl = sdl.replace(old, new)
    return sdl


@pytest.mark.parametrize(
    ("edit", "status", "expected"),
    [
        pytest.param(
            ("chat.{roomId}", "rooms.{roomId}"),
            1,
            ("breaking", "TOPIC_CHANGED", 'Topic of Subscription.messageAdded changed from "chat.{roomId}" to "rooms.{roomId}".'),
            id="another topic",
        ),
        pytest.param(
            ('@filter(field: "author.id")', "@resolverArgument"),
            1,
            ("breaking", "FILTER_REMOVED", "Filter author.id EQ was removed from Subscription.messageAdded(author:)."),
            id="a filter less",
        ),
        pytest.param(
            ('field: "author.id"', 'field: "author.name"'),
            0,
            ("dangerous", "FILTER_CHANGED", "Filter of Subscription.messageAdded(author:) changed from author.id EQ to author.name EQ."),
            id="another filter",
        ),
        pytest.param(
            ("note: String @resolverArgument", 'note: String @filter(field: "text")'),
            0,
            ("dangerous", "FILTER_ADDED", "Filter text EQ was added to Subscription.messageAdded(note:)."),
            id="a filter more",
        ),
        pytest.param(
            ("note: String @resolverArgument", "note: String"),
            1,
            (
                "breaking",
                "RESOLVER_ARGUMENT_REMOVED",
                "Subscription.messageAdded(note:) is no @resolverArgument any more: subscriptions that give it are refused.",
            ),
            id="an argument that nobody reads any more",
        ),
        pytest.param(
            ("roomClosed(by: By)", "roomClosed(by: By @resolverArgument)"),
            0,
            ("safe", "RESOLVER_ARGUMENT_ADDED", "Subscription.roomClosed(by:) became a @resolverArgument."),
            id="an argument that the resolver reads now",
        ),
    ],
)
def test_changes_of_topics_and_filters(tmp_path: Path, edit: tuple[str, str], status: int, expected: tuple[str, str, str]) -> None:
    found, changes = diff(tmp_path, BASE, edited(edit))
    assert found == status
    assert [(change["criticality"], change["type"], change["description"]) for change in changes] == [expected]


def test_what_becomes_internal_is_gone_for_clients_and_internal_changes_are_named_so(tmp_path: Path) -> None:
    _, changes = diff(tmp_path, BASE, edited(("text: String", "text: String @internal")))
    assert [(change["type"], change["internal"]) for change in changes] == [("FIELD_REMOVED", False)]
    _, changes = diff(tmp_path, BASE, edited(("secret: String @internal", "")))
    assert [(change["description"], change["internal"]) for change in changes] == [("Field Message.secret was removed.", True)]
    _, changes = diff(tmp_path, BASE, edited(("secret: String @internal", "secret: String")))
    assert [(change["description"], change["internal"]) for change in changes] == [("Field Message.secret was added.", False)]


# MARK: What a change touches


@pytest.mark.parametrize(
    ("edit", "touched"),
    [
        pytest.param(("name: String", "name: Int"), ["gen/resolvers/message_added.py"], id="a type inside a payload"),
        pytest.param(("OPEN CLOSED", "OPEN"), ["gen/resolvers/room_closed.py"], id="an enum inside a payload"),
        pytest.param(("By { key: ID }", "By { key: ID! }"), ["gen/resolvers/room_closed.py"], id="an input type"),
        pytest.param(("roomClosed(by: By)", "roomClosed"), ["gen/resolvers/room_closed.py"], id="an argument"),
        pytest.param(("  roomClosed(by: By): Room!\n", ""), ["gen/resolvers/room_closed.py"], id="a field that is gone"),
        pytest.param(("secret: String", "secret: Int"), ["gen/resolvers/message_added.py"], id="an internal field"),
        pytest.param(("Elsewhere { a: Int }", "Elsewhere { a: Float }"), [], id="a type that no event has"),
        pytest.param(("type User {", '"Who." type User {'), [], id="a description"),
    ],
)
def test_the_resolvers_that_a_change_touches(tmp_path: Path, edit: tuple[str, str], touched: list[str]) -> None:
    generate(tmp_path, BASE)
    _, changes = diff(tmp_path, BASE, edited(edit), "--out", "gen/")
    assert changes
    assert sorted({path for change in changes for path in change["resolvers"]}) == touched


def test_a_folder_that_is_no_package_is_named(tmp_path: Path) -> None:
    (tmp_path / "old.graphql").write_text(BASE)
    result = generating.subsgen("diff", "old.graphql", "old.graphql", "--out", "gen", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (3, "")
    assert result.stderr.startswith("error: gen is no package: it has no manifest.json.\n")


# MARK: Text


def test_the_report_for_people(tmp_path: Path) -> None:
    generate(tmp_path, BASE)
    (tmp_path / "new.graphql").write_text(edited(("id: ID! name: String", "id: ID! nick: String"), ("CLOSED", "CLOSED GONE")))
    result = generating.subsgen("diff", "schema.graphql", "new.graphql", "--out", "gen", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (1, "")
    assert result.stdout == (
        "breaking:\n"
        "  FIELD_REMOVED: Field User.name was removed.\n"
        "    touches gen/resolvers/message_added.py\n"
        "\n"
        "dangerous:\n"
        "  VALUE_ADDED_TO_ENUM: Enum value State.GONE was added.\n"
        "    touches gen/resolvers/room_closed.py\n"
        "\n"
        "safe:\n"
        "  FIELD_ADDED: Field User.nick was added.\n"
        "    touches gen/resolvers/message_added.py\n"
        "\n"
        "1 breaking, 1 dangerous, 1 safe changes.\n"
    )


def test_a_schema_and_its_introspection_differ_in_nothing_that_clients_see(tmp_path: Path) -> None:
    (tmp_path / "schema.graphql").write_text("type Query { ok(a: Int = 1): Int @deprecated } enum E { A } input I { a: [Int!]! = [1] }")
    assert generating.subsgen("introspect", "schema.graphql", "--out", "schema.json", cwd=tmp_path).returncode == 0
    result = generating.subsgen("diff", "schema.json", "schema.graphql", cwd=tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (0, "No changes.\n", "")


def test_mistakes_in_either_schema_are_told(tmp_path: Path) -> None:
    (tmp_path / "old.graphql").write_text("type Query { ok: Int }")
    (tmp_path / "new.graphql").write_text("type Query { ok: Nope }")
    result = generating.subsgen("diff", "old.graphql", "new.graphql", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith('new.graphql:1:18: error: Unknown type "Nope".')
