"""Custom scalars with Python types of the configuration's choice."""

from __future__ import annotations

import datetime
import decimal
import pathlib
import uuid
from pathlib import Path
from typing import Any

import msgspec
import pytest

import checkers
import generating
from generating import generate, imported
from pulling import result, subscribed
from subsgen import encode_value
from subsgen.coercion import argument_decoder, event_decoder

SDL = """
type Query { ok: Int }
type Subscription {
  "An order."
  order(since: Moment = "2026-01-01T00:00:00Z", day: Day, id: Key!): Order! @topic(name: "order.{id}")
  moments: [Moment!]
  paid(amount: Money!): Money! @topic(name: "paid.{amount}")
}
type Order {
  id: Key! since: Moment! day: Day at: Clock took: Span price: Price size: Big note: Note! word: Word other: Other
  datetime: Moment Acme: Acme total: Money places: [Place]
}
type Acme { a: Int }
enum Kind { A }
scalar Moment scalar Day scalar Clock scalar Span scalar Key scalar Price scalar Big scalar Other
"Of the shop."
scalar Note
scalar Word scalar Money scalar Place
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
Money = { type = "decimal.Decimal", parse = "Acme.scalars.money", serialise = "Acme.scalars.text" }

[scalars.Place]
type = "pathlib.PurePosixPath"
parse = "pathlib.PurePosixPath"
serialise = "Acme.scalars.place"
"""
SCALARS = '''"""The shop's."""

from decimal import Decimal
from pathlib import PurePosixPath
from typing import NewType

Note = NewType("Note", str)


def money(value: str) -> Decimal:
    currency, amount = value.split(" ")
    if currency != "EUR":
        raise ValueError("no euros")
    return Decimal(amount)


def text(value: Decimal) -> str:
    return f"EUR {value}"


def place(value: PurePosixPath) -> str:
    return str(value)
'''


def configured(folder: Path, style: str, scalars: str = SCALARS) -> Path:
    (folder / "subsgen.toml").write_text(f'style = "{style}"\n{CONFIGURATION}')
    (folder / "Acme").mkdir()
    (folder / "Acme" / "__init__.py").write_text("")
    (folder / "Acme" / "scalars.py").write_text(scalars)
    return generate(folder, SDL, "--all-types", name="configured")


@pytest.fixture(params=["msgspec", "dataclass", "pydantic"])
def package(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return configured(tmp_path, str(request.param))


@pytest.mark.checkers
def test_checkers_find_nothing(package: Path) -> None:
    checkers.mypy(package)
    checkers.pyright(package)
    checkers.ruff(package)


def test_events_and_arguments_are_decoded_and_encoded(package: Path) -> None:
    text = (
        b'{"id":"12345678-1234-5678-1234-567812345678","since":"2026-01-02T03:04:05Z","day":"2026-01-02","at":"03:04:05","took":"PT90S",'
        b'"price":"1.50","size":9007199254740993,"note":"n","word":"w","other":{"a":[1]},"datetime":null,'
        b'"total":"EUR 2.50","places":["/a/b"]}'
    )
    with imported(package) as module:
        types: Any = module.types
        order = event_decoder(types.Order)(text)
        assert order.id == uuid.UUID("12345678-1234-5678-1234-567812345678")
        assert order.since == datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
        assert (order.day, order.at, order.took) == (datetime.date(2026, 1, 2), datetime.time(3, 4, 5), datetime.timedelta(seconds=90))
        assert (order.price, order.size, order.note, order.other) == (decimal.Decimal("1.50"), 9007199254740993, "n", {"a": [1]})
        assert (order.total, order.places) == (decimal.Decimal("2.50"), [pathlib.PurePosixPath("/a/b")])
        assert encode_value(order) == text
        with pytest.raises(msgspec.ValidationError, match="since"):
            event_decoder(types.Order)(text.replace(b"2026-01-02T", b"yesterday "))
        with pytest.raises(ValueError, match="no euros"):
            event_decoder(types.Order)(text.replace(b"EUR", b"USD"))
        arguments = argument_decoder(types.OrderArgs)(b'{"since":"2026-01-01T00:00:00Z","id":"12345678-1234-5678-1234-567812345678"}')
        assert arguments.since.year == 2026
        assert module.topics.order.name(order.id) == "order.12345678-1234-5678-1234-567812345678"


async def test_scalars_of_the_users_functions_go_all_the_way(package: Path) -> None:
    (package / "resolvers" / "paid.py").write_text(
        "from decimal import Decimal\n\nfrom ..types import PaidArgs\n\n\n"
        "def resolve(event: Decimal, args: PaidArgs) -> Decimal:\n    return event + args.amount\n"
    )
    with imported(package) as module:
        manager = module.create_manager()
        two = decimal.Decimal("2.50")
        assert module.topics.paid.name(two) == "paid.EUR%202%2E50"
        async with subscribed(manager, 'subscription { paid(amount: "EUR 2.50") }') as id:
            await module.topics.paid.publish(manager, decimal.Decimal(1), amount=two)
            assert await result(manager, id) == {"data": {"paid": "EUR 3.50"}}


@pytest.mark.checkers
@pytest.mark.parametrize(
    ("before", "after"), [("-> Decimal", "-> Decimal | None"), ("text(value: Decimal", "text(value: int")], ids=["parse", "serialise"]
)
def test_type_checkers_read_the_users_functions(tmp_path: Path, before: str, after: str) -> None:
    package = configured(tmp_path, "msgspec", SCALARS.replace(before, after))
    for check in (checkers.mypy, checkers.pyright):
        with pytest.raises(checkers.Found, match=r"configured/types\.py"):
            check(package)


def test_an_option_may_be_a_table_too(tmp_path: Path) -> None:
    sdl = "type Query { ok: Int } type Subscription { at: Moment } scalar Moment"
    package = generate(tmp_path, sdl, "--scalar", 'Moment={ type = "int", parse = "a.b.parse", serialise = "a.c.dump" }')
    text = (package / "types.py").read_text()
    assert "import a.b\nimport a.c\n" in text
    assert "\n_Moment: Final[Scalar[int]] = Scalar(parse=a.b.parse, serialise=a.c.dump)\n" in text
    assert "\nMoment: TypeAlias = Annotated[int, _Moment]\n" in text


def test_options_win_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "subsgen.toml").write_text('[scalars]\nMoment = "str"\n')
    sdl = "type Query { ok: Int } type Subscription { at: Moment } scalar Moment"
    package = generate(tmp_path, sdl, "--scalar", "Moment=datetime.datetime")
    assert "import datetime\n" in (package / "types.py").read_text()
    assert "\nMoment: TypeAlias = datetime.datetime\n" in (package / "types.py").read_text()


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        ('Momen = "str"', "2:1", 'The schema has no custom scalar "Momen". Did you mean "Moment", "Money", or "Note"?'),
        ('String = "str"', "2:1", 'The schema has no custom scalar "String".'),
        ('Kind = "str"', "2:1", 'The schema has no custom scalar "Kind".'),
        ('Moment = "pathlib.Path"', "2:11", '"pathlib.Path" is no Python type that a scalar can be.'),
        ('Moment = "datetime.tzinfo"', "2:11", '"datetime.tzinfo" is no Python type that a scalar can be.'),
        ('Moment = "datetime"', "2:11", '"datetime" is no Python type that a scalar can be.'),
        ('Moment = "a.class.B"', "2:11", '"a.class.B" is no Python type that a scalar can be.'),
        ('Moment = "a.B; import os"', "2:11", '"a.B; import os" is no Python type that a scalar can be.'),
        ('Moment = "a..B"', "2:11", '"a..B" is no Python type that a scalar can be.'),
        ('Moment = { type = "int", parse = "float", serialise = "a.b" }', "2:35", '"float" is no Python function.'),
        ('Moment = { type = "Acme", parse = "a.b", serialise = "a.b" }', "2:20", '"Acme" is no Python type.'),
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
