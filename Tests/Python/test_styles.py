"""What generated classes do, which is the same in every style of classes."""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import checkers
from generating import GOLDEN, generate, imported
from subsgen import ID, UNSET, encode_value, is_known
from subsgen.coercion import argument_decoder, event_decoder

STYLES = ["msgspec", "dataclass", "pydantic"]

MESSAGE = '{"id":"1","roomId":"r","body":"hi","spamScore":0.5,"sentAt":"2026-01-01","tags":[]}'


@pytest.fixture(params=STYLES)
def style(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def types(style: str, tmp_path: Path) -> Generator[Any]:
    """types.py of the golden schema."""
    sdl = (GOLDEN / "features" / "schema.graphql").read_text(encoding="utf-8")
    with imported(generate(tmp_path, sdl, "--style", style, name=f"features_{style}")) as module:
        yield module.types


def decoded(type_: Any, text: str) -> Any:
    return event_decoder(type_)(text.encode())


# MARK: Enums


def test_a_value_that_an_enum_lacks_is_a_member_and_is_written_as_it_came(types: Any) -> None:
    user = decoded(types.User, '{"id":"1","name":"Ada","status":"BUSY"}')
    assert isinstance(user.status, types.Status)
    assert (user.status, user.status.value, str(user.status), repr(user.status)) == ("BUSY", "BUSY", "BUSY", "<Status.BUSY: 'BUSY'>")
    assert not is_known(user.status)
    assert is_known(types.Status.ACTIVE)
    assert is_known(types.Status("_2FA"))
    assert encode_value(user) == b'{"__typename":"User","id":"1","name":"Ada","status":"BUSY"}'
    assert len(types.Status) == 6
    assert pickle.loads(pickle.dumps(user.status)) == copy.deepcopy(user.status) == user.status


def test_a_value_of_another_type_is_no_value_of_an_enum(types: Any) -> None:
    for value in (1, None, types.Emoji.HEART):
        with pytest.raises(ValueError, match="is not a valid Status"):
            types.Status(value)
    with pytest.raises(msgspec.ValidationError):
        decoded(types.User, '{"id":"1","name":"Ada","status":{}}')


def test_members_are_strings_as_those_of_a_strenum(types: Any) -> None:
    assert [f"{member}" for member in types.Emoji] == ["HEART", "SMILE"]
    assert types.Status.continue_ == "continue"


# MARK: Inputs


def test_a_one_of_input_is_one_of_its_variants(types: Any) -> None:
    decode = argument_decoder(types.AnythingArgs)
    for text, choice in (('{"id":"1"}', types.ChoiceById(id=ID("1"))), ('{"name":"x"}', types.ChoiceByName(name="x")), ("null", None)):
        arguments = decode(b'{"filter":{"required":"x","ids":["1"],"choice":%s}}' % text.encode())
        assert arguments.filter.choice == choice
        assert encode_value(arguments.filter.choice) == text.encode()
    assert decode(b'{"filter":{"required":"x","ids":["1"]}}').filter.choice is UNSET


def test_integers_are_checked_at_32_bits(types: Any) -> None:
    decode = argument_decoder(types.MessageRepeatedArgs)
    assert decode(b'{"roomId":"r","limit":2147483647}').limit == 2**31 - 1
    for wrong in (b"2147483648", b"-2147483649", b"1.5", b'"1"', b"true"):
        with pytest.raises(msgspec.ValidationError):
            decode(b'{"roomId":"r","limit":%s}' % wrong)


def test_defaults_are_those_of_the_schema(types: Any) -> None:
    given = types.AnythingFilter(ids=[ID("1")], required="x")
    assert (given.status, given.ratio, given.text, given.flag, given.nothing) == (types.Status.AWAY, 0.001, 'say "x"', False, None)
    assert (given.author, given.choice) == (UNSET, UNSET)
    assert argument_decoder(types.AnythingArgs)(b'{"filter":{"ids":["1"],"required":"x"}}').filter == given


def test_inputs_nest(types: Any) -> None:
    arguments = argument_decoder(types.AnythingArgs)(
        b'{"filter":{"required":"x","ids":[],"nested":{"required":"y","ids":["2"],"nested":null}}}'
    )
    nested = arguments.filter.nested
    assert (nested.required, nested.ids, nested.nested, nested.author) == ("y", ["2"], None, UNSET)
    assert isinstance(nested, types.AnythingFilter)


# MARK: Absent and null


def test_absent_and_null_are_told_apart_and_names_in_json_stay(types: Any) -> None:
    user = decoded(types.User, '{"id":"1","name":"Ada","class":null}')
    assert (user.class_, user.list_) == (None, UNSET)
    user.internal_id_ = 3
    user.status = types.Status.continue_
    assert encode_value(user) == b'{"__typename":"User","id":"1","name":"Ada","status":"continue","class":null,"_internalId":3}'


# MARK: Unions and interfaces


def test_types_lead_to_themselves(types: Any) -> None:
    text = MESSAGE[:-1] + ',"parent":' + MESSAGE[:-1] + ',"parent":null},"replies":[' + MESSAGE + "]}"
    message = decoded(types.Message, text)
    assert isinstance(message.parent, types.Message)
    assert message.parent.parent is None
    assert message.replies[0].parent is UNSET
    assert event_decoder(types.Message)(encode_value(message)) == message


def test_a_value_of_a_union_says_by_its_typename_what_it_is(types: Any) -> None:
    tagged = '{"__typename":"Message",' + MESSAGE[1:]
    assert decoded(types.Anything, tagged) == decoded(types.Message, MESSAGE)
    assert decoded(types.Message, MESSAGE).room_id == "r"
    with pytest.raises(msgspec.ValidationError, match="roomId"):
        decoded(types.Message, '{"id":"1"}')
    assert decoded(types.Node | None, '{"__typename":"User","id":"1","name":"Ada"}') == types.User(id=ID("1"), name="Ada")
    assert decoded(types.Node | None, "null") is None
    for wrong in (MESSAGE, '{"__typename":"Empty"}', "7"):
        with pytest.raises(msgspec.ValidationError):
            decoded(types.Anything, wrong)


EXHAUSTED = """
from typing_extensions import assert_never

from {name} import types


def of_union(value: types.Anything) -> str:
    match value:
        case types.Message(room_id=room):
            return room
        case types.User() | types.Reaction():
            return ""
        case _:
            assert_never(value)


def of_interface(value: types.Node | None) -> str:
    match value:
        case types.Message(id=id) | types.User(id=id):
            return id
        case None:
            return ""
        case _:
            assert_never(value)


def of_enum(value: types.Status) -> int:
    match value:
        case types.Status.ACTIVE | types.Status.AWAY:
            return 1
        case types.Status.GONE | types.Status.continue_ | types.Status.name_ | types.Status.value_2FA:
            return 2
        case _:
            assert_never(value)


def of_choice(value: types.Choice) -> str:
    match value:
        case types.ChoiceById(id=id):
            return id
        case types.ChoiceByName(name=name):
            return name
        case _:
            assert_never(value)
"""


@pytest.mark.checkers
def test_a_match_statement_is_exhausted_and_checkers_know_it(types: Any, tmp_path: Path) -> None:
    text = EXHAUSTED.format(name=str(types.__name__).partition(".")[0])
    whole = tmp_path / "whole.py"
    whole.write_text(text)
    forgetful: list[Path] = []
    for forgotten in (" | types.Reaction()", " | types.User(id=id)", " | types.Status.value_2FA", "ById(id=id)"):
        forgetful.append(tmp_path / f"forgetful{len(forgetful)}.py")
        forgetful[-1].write_text(text.replace(forgotten, "ByName()" if "By" in forgotten else "", 1))
    for check in (checkers.mypy, checkers.pyright):
        with pytest.raises(checkers.Found) as found:
            check(whole, *forgetful)
        told = [line for line in str(found.value).splitlines() if "error:" in line and "assert_never" in line]
        assert [sum(path.name in line for line in told) for path in (whole, *forgetful)] == [0, 1, 1, 1, 1], found.value


# MARK: Deprecation


@pytest.mark.checkers
def test_what_is_deprecated_and_can_say_so_by_pep_702_does(types: Any, tmp_path: Path) -> None:
    name = str(types.__name__).partition(".")[0]
    (tmp_path / "publishing.py").write_text(
        f"from subsgen import SubscriptionManager\n\nfrom {name} import topics, types\n\n\n"
        "async def publish(manager: SubscriptionManager, reaction: types.Reaction) -> None:\n"
        "    await topics.by_author.publish(manager, reaction)\n"
        "    await topics.reaction_added.publish(manager, reaction)\n"
    )
    with pytest.raises(checkers.Found, match=r"publishing\.py:8(?s:.*)Use `messageAdded`") as found:
        checkers.tool("mypy", "--strict", "--config-file=", "--enable-error-code", "deprecated", "publishing.py", cwd=tmp_path)
    assert str(found.value).count("error:") == 1
    (tmp_path / "pyrightconfig.json").write_text('{"include": ["publishing.py"], "reportDeprecated": "error"}')
    with pytest.raises(checkers.Found, match=r"publishing\.py:8(?s:.*)reportDeprecated"):
        checkers.tool("pyright", "--pythonpath", sys.executable, "--project", tmp_path, cwd=tmp_path)
