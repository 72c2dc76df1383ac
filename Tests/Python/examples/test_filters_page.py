"""The table of docs/reference/filters.md is what the generator enforces."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

TYPES = """
type Query { ok: Boolean! }
enum Kind { A }
enum Other { A }
scalar Date
input Range { from: ID }
type Room { id: ID! }
type Hall { id: ID! }
union Place = Room | Hall
"""

# The type of the argument, the type of the field, and what becomes of EQ and of IN: the code that refuses it, or nothing.
TABLE = [
    ("ID!", "ID", None, 2022),
    ("Kind", "Kind!", None, 2022),
    ("Date", "Date", None, 2022),
    ("ID", "[ID!]!", None, 2022),
    ("[ID!]!", "ID!", None, None),
    ("[Kind]", "Kind", None, None),
    ("[ID]", "[ID!]!", None, None),
    ("ID", "String", None, 2022),
    ("ID", "Int", None, 2022),
    ("String", "ID", None, 2022),
    ("[Int!]", "ID", None, None),
    ("Int", "Float", 2022, 2022),
    ("[Float]", "Int", 2022, 2022),
    ("String", "Int", 2022, 2022),
    ("Kind", "Other", 2022, 2022),
    ("Date", "String", 2022, 2022),
    ("Range", "ID", 2022, 2022),
    ("ID", "Room", 2022, 2022),
    ("[ID]", "Place", 2022, 2022),
    ("[[ID]]", "ID", 2022, 2022),
    ("ID", "[[ID]]", 2021, 2022),
    ("[ID]", "[[ID]]", 2021, 2021),
]


@pytest.mark.parametrize(("operator", "column"), [("EQ", 2), ("IN", 3)])
def test_a_comparison_is_accepted_or_refused_as_the_table_says(tmp_path: Path, operator: str, column: int) -> None:
    fields = [f'  field{row}(argument: {line[0]} @filter(field: "value", op: {operator})): Event{row}!' for row, line in enumerate(TABLE)]
    events = [f"type Event{row} {{ value: {line[1]} id: ID }}" for row, line in enumerate(TABLE)]
    (tmp_path / "schema.graphql").write_text("\n".join([TYPES, "type Subscription {", *fields, "}", *events]), "utf-8")
    command = [str(Path(sys.executable).with_name("subsgen")), "schema.graphql", "--out", "gen"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    first = next(number for number, line in enumerate((tmp_path / "schema.graphql").read_text("utf-8").splitlines(), 1) if "field0" in line)
    found = re.findall(r"^schema\.graphql:(\d+):\d+: error: .*\[SG(\d+)\]$", run.stderr, re.MULTILINE)
    assert {int(line) - first: int(code) for line, code in found} == {row: line[column] for row, line in enumerate(TABLE) if line[column]}
    assert run.returncode == 1


@pytest.mark.parametrize("operator", ["NE", "NOT_IN", "LT", "LTE", "GT", "GTE", "BETWEEN", "PREFIX", "CONTAINS"])
def test_an_operator_that_is_not_supported_is_refused(tmp_path: Path, operator: str) -> None:
    schema = f'{TYPES} type Subscription {{ e(a: ID @filter(field: "id", op: {operator})): Room! }}'
    (tmp_path / "schema.graphql").write_text(schema, "utf-8")
    command = [str(Path(sys.executable).with_name("subsgen")), "schema.graphql", "--out", "gen"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 1
    assert f"The filter operator {operator} is not supported by this version of subsgen. [SG2020]" in run.stderr
    assert not (tmp_path / "gen").exists()
