"""Custom scalars with Python types of the configuration's choice."""

from __future__ import annotations

import datetime
import decimal
import uuid
from pathlib import Path
from typing import Any

import msgspec
import pytest

import checkers
import generating
from generating import generate, imported

SDL = """
type Query { ok: Int }
type Subscription {
  "An order."
  order(since: Moment = "2026-01-01T00:00:00Z", day: Day, id: Key!): Order! @topic(name: "order.{id}")
  moments: [Moment!]
}
type Order {
  id: Key! since: Moment! day: Day at: Clock took: Span price: Price size: Big note: Note! word: Word other: Other
  datetime: Moment Acme: Acme
}
type Acme { a: Int }
enum Kind { A }
scalar Moment scalar Day scalar Clock scalar Span scalar Key scalar Price scalar Big scalar Other
"Of the shop."
scalar Note
scalar Word
"""
CONFIGURATION = """
[scalars]
Moment = "datetime.datetime"
Day = "datetime.date"
Clock = "datetime.time"
Span = "datetime.timedelta"
Key = "uuid.UUID"
Price = "decimal.Decimal"
Big = "int"
Note = "Acme.scalars.Note"
Word = "str"
"""
SCALARS = '"""The shop\'s."""\n\nfrom typing import NewType\n\nNote = NewType("Note", str)\n'


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "subsgen.toml").write_text(CONFIGURATION)
    (tmp_path / "Acme").mkdir()
    (tmp_path / "Acme" / "__init__.py").write_text("")
    (tmp_path / "Acme" / "scalars.py").write_text(SCALARS)
    return generate(tmp_path, SDL, "--all-types", name="configured")


def test_checkers_find_nothing(package: Path) -> None:
    checkers.mypy(package)
    checkers.pyright(package)
    checkers.ruff(package)


def test_events_and_arguments_are_decoded_and_encoded(package: Path) -> None:
    text = (
        b'{"id":"12345678-1234-5678-1234-567812345678","since":"2026-01-02T03:04:05Z","day":"2026-01-02","at":"03:04:05","took":"PT90S",'
        b'"price":"1.50","size":9007199254740993,"note":"n","word":"w","other":{"a":[1]},"datetime":null}'
    )
    with imported(package) as module:
        types: Any = module.types
        order = msgspec.json.decode(text, type=types.Order)
        assert order.id == uuid.UUID("12345678-1234-5678-1234-567812345678")
        assert order.since == datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
        assert (order.day, order.at, order.took) == (datetime.date(2026, 1, 2), datetime.time(3, 4, 5), datetime.timedelta(seconds=90))
        assert (order.price, order.size, order.note, order.other) == (decimal.Decimal("1.50"), 9007199254740993, "n", {"a": [1]})
        assert msgspec.json.encode(order) == text
        with pytest.raises(msgspec.ValidationError, match="since"):
            msgspec.json.decode(text.replace(b"2026-01-02T", b"yesterday "), type=types.Order)
        arguments = msgspec.json.decode(
            b'{"since":"2026-01-01T00:00:00Z","id":"12345678-1234-5678-1234-567812345678"}', type=types.OrderArgs
        )
        assert arguments.since.year == 2026
        assert module.topics.order.name(order.id) == "order.12345678-1234-5678-1234-567812345678"


def test_options_win_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "subsgen.toml").write_text('[scalars]\nMoment = "str"\n')
    sdl = "type Query { ok: Int } type Subscription { at: Moment } scalar Moment"
    package = generate(tmp_path, sdl, "--scalar", "Moment=datetime.datetime")
    assert "import datetime\n" in (package / "types.py").read_text()
    assert "\nMoment: TypeAlias = datetime.datetime\n" in (package / "types.py").read_text()


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        ('Momen = "str"', "2:1", 'The schema has no custom scalar "Momen". Did you mean "Moment" or "Note"?'),
        ('String = "str"', "2:1", 'The schema has no custom scalar "String".'),
        ('Kind = "str"', "2:1", 'The schema has no custom scalar "Kind".'),
        ('Moment = "pathlib.Path"', "2:11", '"pathlib.Path" is no Python type that a scalar can be.'),
        ('Moment = "datetime.tzinfo"', "2:11", '"datetime.tzinfo" is no Python type that a scalar can be.'),
        ('Moment = "datetime"', "2:11", '"datetime" is no Python type that a scalar can be.'),
        ('Moment = "a.class.B"', "2:11", '"a.class.B" is no Python type that a scalar can be.'),
        ('Moment = "a.B; import os"', "2:11", '"a.B; import os" is no Python type that a scalar can be.'),
        ('Moment = "a..B"', "2:11", '"a..B" is no Python type that a scalar can be.'),
        ('Moment = ""', "2:1", '"" is no Python type that a scalar can be.'),
    ],
)
def test_mistakes_are_told_of_the_configuration(tmp_path: Path, line: str, place: str, message: str) -> None:
    (tmp_path / "schema.graphql").write_text(SDL)
    (tmp_path / "subsgen.toml").write_text(f"[scalars]\n{line}\n")
    result = generating.subsgen("schema.graphql", "--out", "gen", cwd=tmp_path)
    assert result.returncode == 1
    assert f"subsgen.toml:{place}: error: {message}" in result.stderr
    assert not (tmp_path / "gen").exists()
