"""The tables and examples of docs/reference/filters.md are what the generator enforces."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "filters.md"

TYPES = """
type Query { ok: Boolean! }
enum Kind { A }
enum Other { A }
scalar Date
input Range { from: Int to: Float }
input Words { from: String! to: String! }
input Half { from: Int }
input Filter { id: ID }
type Room { id: ID! }
type Hall { id: ID! }
union Place = Room | Hall
"""

OPERATORS = ("EQ", "NE", "IN", "NOT_IN", "LT", "LTE", "GT", "GTE", "BETWEEN", "PREFIX", "CONTAINS")


def row(equality: int | None, membership: int | None, order: int | None, ranges: int | None, text: int | None) -> dict[str, int | None]:
    """What becomes of each operator: the code that refuses it, or nothing."""
    of = {"EQ": equality, "NE": equality, "IN": membership, "NOT_IN": membership, "BETWEEN": ranges, "PREFIX": text, "CONTAINS": text}
    return {operator: of.get(operator, order) for operator in OPERATORS}


# The type of the argument, the type of the field, and what becomes of the operators.
SINGLE_ORDERED = row(None, 2022, None, 2022, 2020)
SINGLE_TEXT = row(None, 2022, 2020, 2022, None)
SINGLE_PLAIN = row(None, 2022, 2020, 2022, 2020)
LIST = row(None, None, 2022, 2022, 2022)
REFUSED = row(2022, 2022, 2022, 2022, 2022)
TABLE = [
    ("Int", "Int!", SINGLE_ORDERED),
    ("Int!", "Float", SINGLE_ORDERED),
    ("Float", "Int", SINGLE_ORDERED),
    ("Float", "[Int!]", SINGLE_ORDERED),
    ("String", "String", row(None, 2022, None, 2022, None)),
    ("String", "[String!]!", row(None, 2022, None, 2022, None)),
    ("ID!", "ID", SINGLE_TEXT),
    ("ID", "[ID!]!", SINGLE_TEXT),
    ("ID", "String", SINGLE_TEXT),
    ("String", "ID", SINGLE_TEXT),
    ("ID", "Int", SINGLE_PLAIN),
    ("Int", "ID", SINGLE_PLAIN),
    ("Boolean", "Boolean", SINGLE_PLAIN),
    ("Kind", "Kind!", SINGLE_PLAIN),
    ("Date", "Date", SINGLE_PLAIN),
    ("[ID!]!", "ID!", LIST),
    ("[Kind]", "Kind", LIST),
    ("[ID]", "[ID!]!", LIST),
    ("[Int!]", "ID", LIST),
    ("[Float]", "Int", LIST),
    ("String", "Int", REFUSED),
    ("Kind", "Other", REFUSED),
    ("Date", "String", REFUSED),
    ("Boolean", "Int", REFUSED),
    ("ID", "Room", REFUSED),
    ("[ID]", "Place", REFUSED),
    ("[[ID]]", "ID", REFUSED),
    ("Filter", "ID", REFUSED),
    ("[Filter]", "Room", REFUSED),
    ("Filter", "Room", {**REFUSED, "EQ": None}),
    ("Range", "Int", row(2022, 2022, 2022, None, 2022)),
    ("Range!", "[Float]", row(2022, 2022, 2022, None, 2022)),
    ("Words", "String", row(2022, 2022, 2022, None, 2022)),
    ("Words", "ID", row(2022, 2022, 2022, 2020, 2022)),
    ("Words", "Int", REFUSED),
    ("[Range]", "Int", REFUSED),
    ("Half", "Int", REFUSED),
    ("ID", "[[ID]]", row(2021, 2021, 2021, 2021, 2021)),
    ("[ID]", "[[ID]]", row(2021, 2021, 2021, 2021, 2021)),
]


def subsgen(schema: str, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "schema.graphql").write_text(schema, "utf-8")
    command = [str(Path(sys.executable).with_name("subsgen")), "schema.graphql", "--out", "gen", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_comparison_is_accepted_or_refused_as_the_table_says(tmp_path: Path, operator: str) -> None:
    fields = [f'  field{row}(argument: {line[0]} @filter(field: "value", op: {operator})): Event{row}!' for row, line in enumerate(TABLE)]
    events = [f"type Event{row} {{ value: {line[1]} id: ID }}" for row, line in enumerate(TABLE)]
    schema = "\n".join([TYPES, "type Subscription {", *fields, "}", *events])
    run = subsgen(schema, tmp_path)
    first = next(number for number, line in enumerate(schema.splitlines(), 1) if "field0" in line)
    found = re.findall(r"^schema\.graphql:(\d+):\d+: error: .*\[SG(\d+)\]$", run.stderr, re.MULTILINE)
    assert {int(line) - first: int(code) for line, code in found} == {
        row: line[2][operator] for row, line in enumerate(TABLE) if line[2][operator]
    }
    assert run.returncode == 1


def test_a_refusal_for_want_of_an_order_says_what_to_write(tmp_path: Path) -> None:
    run = subsgen(f'{TYPES} type Subscription {{ e(a: Date @filter(field: "at", op: GT)): E! }} type E {{ at: Date }}', tmp_path)
    assert run.returncode == 1
    assert '@filter on "e(a:)" cannot compare: the values of Date have no order that subsgen knows. [SG2020]' in run.stderr
    assert "Give both sides the type String where the text of Date sorts as its values do (RFC 3339 in UTC), or Float" in run.stderr
    assert not (tmp_path / "gen").exists()


EXAMPLES = [
    example for example in re.findall(r"```graphql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL) if "type Subscription" in example
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_of_the_page_is_accepted_without_a_warning(tmp_path: Path, example: str) -> None:
    assert len(EXAMPLES) == 2
    run = subsgen(f"type Query {{ ok: Boolean! }} {example}", tmp_path, "--strict")
    assert run.returncode == 0, run.stderr
    assert "warning" not in run.stderr
