"""`subsgen.testing.build`: events of which a test says only what it is about."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from generating import GOLDEN, generate, imported
from subsgen import UNSET, encode_value
from subsgen.coercion import event_decoder
from subsgen.testing import build, build_list

STYLES = ["msgspec", "dataclass", "pydantic"]

SCALARS = """
[scalars]
Moment = "datetime.datetime"
Day = "datetime.date"
Clock = "datetime.time"
Span = "datetime.timedelta"
Key = "uuid.UUID"
Price = "decimal.Decimal"
Path = { type = "pathlib.PurePosixPath", parse = "pathlib.PurePosixPath", serialise = "os.fspath" }
"""
SCHEMA = """
type Query { ok: Int }
type Subscription { order: Order! path: Road! }
type Order { key: Key! at: Moment! day: Day! clock: Clock! took: Span! price: Price! ratio: Float! paid: Boolean!
  items: [Item!]! first: Item! }
type Item { id: ID! order: Order! }
type Road { path: Path! }
scalar Moment scalar Day scalar Clock scalar Span scalar Key scalar Price scalar Path
"""


@pytest.fixture(params=STYLES)
def style(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def types(style: str, tmp_path: Path) -> Generator[Any]:
    sdl = (GOLDEN / "features" / "schema.graphql").read_text(encoding="utf-8")
    with imported(generate(tmp_path, sdl, "--style", style, name=f"built_{style}")) as module:
        yield module.types


def test_what_must_be_there_is_there_and_the_rest_is_not(types: Any) -> None:
    message = build(types.Message, sent_at="2026-01-01", body="hi")
    assert (message.id, message.room_id, message.body, message.tags, message.replies) == ("1", "1", "hi", [], [])
    assert (message.spam_score, message.parent, message.edited_at, message.readers) == (1.0, UNSET, UNSET, UNSET)
    assert message.author == build(types.User) == types.User(id="1", name="name 1")
    assert build(types.Reaction, message=message).emoji is types.Emoji.HEART
    assert event_decoder(types.Message)(encode_value(message)) == message == build(types.Message, sent_at="2026-01-01", body="hi")


def test_objects_are_given_as_dicts_of_their_own_attributes(types: Any) -> None:
    message = build(types.Message, sent_at=None, author={"name": "Ada"}, parent={"sent_at": "", "author": {"id": "7"}})
    assert message.author == types.User(id="1", name="Ada")
    assert (message.parent.author.id, message.parent.parent) == ("7", UNSET)


def test_of_a_list_each_is_another(types: Any) -> None:
    users = build_list(types.User, 3, status=types.Status.AWAY)
    assert [(user.id, user.name, user.status) for user in users] == [(str(n), f"name {n}", "AWAY") for n in (1, 2, 3)]


def test_inputs_are_built_as_events_are(types: Any) -> None:
    given = build(types.AnythingFilter, required="x")
    assert (given.required, given.status, given.nested, given.flag) == ("x", types.Status.AWAY, UNSET, False)


def test_what_cannot_be_built_says_what_to_do(types: Any) -> None:
    with pytest.raises(TypeError, match="User has no attribute 'nmae'; it has id, name"):
        build(types.User, nmae="Ada")
    with pytest.raises(TypeError, match=r"Message\.sent_at: nothing is known of its type; give it"):
        build(types.Message)
    with pytest.raises(TypeError, match="instances of generated classes, and dict is none"):
        build(dict)
    with pytest.raises(TypeError, match="of an interface or a union, name the type"):
        build(types.Node)


def test_scalars_have_plausible_values_that_can_be_published(style: str, tmp_path: Path) -> None:
    (tmp_path / "subsgen.toml").write_text(SCALARS, "utf-8")
    with imported(generate(tmp_path, SCHEMA, "--style", style, name=f"scalars_{style}")) as module:
        order = build(module.types.Order, price=2)
        assert order.first.order is UNSET
        assert encode_value(build(module.types.Order)) == (
            b'{"key":"00000000-0000-0000-0000-000000000001","at":"2025-01-01T12:00:00Z","day":"2025-01-01","clock":"12:00:00",'
            b'"took":"PT1S","price":"1","ratio":1.0,"paid":false,"items":[],"first":{"id":"1"}}'
        )
        with pytest.raises(TypeError, match=r"Road\.path: nothing is plausible for PurePosixPath; give it"):
            build(module.types.Road)
