"""Values as they stand in JSON, and classes that differ from it."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from typing import Annotated, Any, TypeAlias, cast

import msgspec
import pytest

from subsgen import ID, UNSET, Arg, Int, Payload, Scalar, UnsetType, encode_value, field, topic_name
from subsgen.coercion import argument_decoder, event_decoder
from subsgen.shapes import Conversions
from subsgen.wire import WireType, event_wire_type, lowered, wire_type


def parse(value: Any) -> Decimal:
    if not isinstance(value, dict):
        raise ValueError("money is an object")
    return Decimal(str(cast("dict[str, Any]", value)["amount"]))


def serialise(value: Decimal) -> Any:
    return {"amount": str(value)}


_Money: Scalar[Decimal] = Scalar(parse=parse, serialise=serialise)
Money: TypeAlias = Annotated[Decimal, _Money]
"""The same type as ``Price`` to Python, and not in JSON."""


class Price(Payload, kw_only=True):
    net: Money
    plain: Decimal | UnsetType = UNSET
    history: list[list[Money | None]] | UnsetType | None = UNSET
    discount: Money | UnsetType | None = field(default=UNSET, name="DISCOUNT")


class Order(Payload, kw_only=True, tag_field="__typename", tag="Order"):
    total: Price | UnsetType = UNSET
    parent: Order | UnsetType | None = UNSET


class Note(Payload, kw_only=True, tag_field="__typename", tag="Note"):
    text: str


class ById(Payload, kw_only=True):
    id: ID


class ByPrice(Payload, kw_only=True):
    price: Money


class ByPair(Payload, kw_only=True):
    pair: list[Int]


Choice: TypeAlias = ById | ByPrice | ByPair


class Arguments(Payload, kw_only=True):
    choice: Choice | UnsetType | None = UNSET
    choices: list[Choice | None] | UnsetType = UNSET
    limit: Int | None = 3


TEXT = (
    b'{"__typename":"Order","total":{"net":{"amount":"1.50"},"plain":"2.5","history":[[{"amount":"1"},null],[]],"DISCOUNT":null},'
    b'"parent":{"__typename":"Order","total":{"net":{"amount":"3"}},"parent":null}}'
)
ORDER = Order(
    total=Price(net=Decimal("1.50"), plain=Decimal("2.5"), history=[[Decimal(1), None], []], discount=None),
    parent=Order(total=Price(net=Decimal(3)), parent=None),
)


def test_a_scalar_is_parsed_and_serialised_by_the_users_functions_wherever_it_stands() -> None:
    for type_ in (Order, Order | None, Order | Note):
        assert event_decoder(type_)(TEXT) == ORDER
    assert encode_value(ORDER) == TEXT
    assert encode_value({"a": [ORDER]}) == b'{"a":[' + TEXT + b"]}"
    assert event_decoder(list[Order | None])(b"[" + TEXT + b",null]") == [ORDER, None]
    assert event_decoder(Money | None)(b"null") is None


def test_a_scalar_that_is_no_attribute_is_written_by_its_type() -> None:
    assert encode_value(Decimal(1), Money) == b'{"amount":"1"}'
    assert encode_value([Decimal(1), None], list[Money | None] | None) == b'[{"amount":"1"},null]'
    assert encode_value(None, Money | None) == b"null"
    assert encode_value(Decimal(1)) == b'"1"'
    code: Any = Annotated[int, Scalar(parse=int, serialise=str)]
    assert topic_name("a.", Arg(7, code), ".", Arg("b.c", str)) == "a.7.b%2Ec"


def test_leaves_beside_a_scalar_are_coerced_as_without_it() -> None:
    assert event_decoder(Note | Order)(b'{"__typename":"Note","text":7}') == Note(text="7")
    assert event_decoder(Price)(b'{"net":{"amount":1},"plain":2}') == Price(net=Decimal(1), plain=Decimal(2))


def test_what_parse_refuses_is_refused() -> None:
    with pytest.raises(ValueError, match="money is an object"):
        event_decoder(Price)(b'{"net":7}')


def test_each_variant_of_a_one_of_input_is_made_and_written() -> None:
    decode = argument_decoder(Arguments)
    cases: list[tuple[bytes, Any]] = [
        (b'{"id":"1"}', ById(id=ID("1"))),
        (b'{"price":{"amount":"2"}}', ByPrice(price=Decimal(2))),
        (b'{"pair":[1,2]}', ByPair(pair=[1, 2])),
    ]
    for text, choice in cases:
        given = Arguments(choice=choice, choices=[choice, None])
        assert decode(b'{"choice":%s,"choices":[%s,null]}' % (text, text)) == given
        assert encode_value(given) == b'{"choice":%s,"choices":[%s,null],"limit":3}' % (text, text)


@pytest.mark.parametrize("choice", [b"{}", b'{"id":"1","pair":[]}', b'{"id":null}', b'{"pair":[2147483648]}', b'"x"'])
def test_what_is_not_one_variant_is_refused(choice: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        argument_decoder(Arguments)(b'{"choice":%s}' % choice)


def test_classes_that_look_like_their_json_are_read_as_they_are() -> None:
    for type_ in (Note, Note | None, list[Note], int, Any, None, Decimal, list[list[str]]):
        assert wire_type(type_) == WireType(type_, None, None)
    note = Note(text="x")
    assert lowered(note) is note


def test_classes_that_are_not_generated_are_left_alone() -> None:
    class Foreign(msgspec.Struct):
        room_id: int

    assert encode_value({"a": (Foreign(1), {2})}) == b'{"a":[{"room_id":1},[2]]}'


def test_no_class_is_looked_into_where_no_scalar_is_of_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Conversions, "exist", False)
    assert event_wire_type(Order | None) == WireType(Order | None, None, None)
    assert event_wire_type(Money).lower is not None


def test_what_is_published_is_not_walked_through_where_nothing_is_to_be_converted(monkeypatch: pytest.MonkeyPatch) -> None:
    event = {"lines": [{"count": 1}, Note(text="x")]}
    assert lowered(event) is not event
    monkeypatch.setattr(Conversions, "exist", False)
    assert lowered(event) is event


@pytest.mark.parametrize("style", ["dataclasses", "pydantic"])
def test_a_style_that_msgspec_does_not_write_is_known_when_it_is_imported(style: str) -> None:
    program = f"import subsgen.{style}; from subsgen.shapes import Conversions; print(Conversions.exist)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "True\n"
