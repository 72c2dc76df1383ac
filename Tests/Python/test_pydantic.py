"""Models of the style ``pydantic`` on their own: what pydantic's users do with models."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pydantic
import pytest

from generating import GOLDEN, generate, imported
from subsgen import ID, UNSET, encode_value
from subsgen.coercion import event_decoder


@pytest.fixture
def types(tmp_path: Path) -> Generator[Any]:
    sdl = (GOLDEN / "features" / "schema.graphql").read_text(encoding="utf-8")
    with imported(generate(tmp_path, sdl, "--style", "pydantic", name="models")) as module:
        yield module.types


def test_models_are_read_and_dumped_by_the_names_of_the_schema(types: Any) -> None:
    text = '{"__typename":"User","id":"1","name":"Ada","class":null,"_internalId":3}'
    user = types.User.model_validate_json(text)
    assert (user.class_, user.internal_id_, user.status) == (None, 3, UNSET)
    assert user.model_fields_set == {"typename__", "id", "name", "class_", "internal_id_"}
    assert user.model_dump_json() == text == encode_value(user).decode()
    assert user.model_dump(by_alias=False) == {"typename__": "User", "id": "1", "name": "Ada", "class_": None, "internal_id_": 3}
    assert types.User(id=ID("1"), name="Ada", class_=None, internal_id_=3) == user


def test_models_are_told_apart_by_their_typename(types: Any) -> None:
    adapter = pydantic.TypeAdapter[Any](types.Anything)
    assert adapter.validate_json('{"__typename":"User","id":"1","name":"Ada"}') == types.User(id=ID("1"), name="Ada")
    with pytest.raises(pydantic.ValidationError, match="__typename"):
        adapter.validate_json('{"id":"1","name":"Ada"}')


def test_integers_are_checked_at_32_bits(types: Any) -> None:
    with pytest.raises(pydantic.ValidationError, match="less than or equal to 2147483647"):
        types.MessageRepeatedArgs(room_id=ID("r"), limit=2**31)


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_models_have_a_json_schema(types: Any, mode: Any) -> None:
    schema = types.Message.model_json_schema(mode=mode)
    message = schema["$defs"]["Message"]
    assert message["required"] == ["id", "roomId", "body", "spamScore", "sentAt", "tags"]
    assert message["properties"]["parent"]["anyOf"] == [{"$ref": "#/$defs/Message"}, {"type": "null"}]
    assert schema["$defs"]["Status"]["enum"] == ["ACTIVE", "AWAY", "GONE", "continue", "name", "_2FA"]
    union = pydantic.TypeAdapter[Any](types.Anything).json_schema(mode=mode)
    assert union["discriminator"]["propertyName"] == "__typename"


def test_attributes_that_are_called_as_others_are_in_json_stay_apart(tmp_path: Path) -> None:
    sdl = "type Query { ok: Int } type Subscription { a: A } type A { fooBar: Int foo_bar: Int copy: Int modelFields: Int class: Int b: A }"
    with imported(generate(tmp_path, sdl, "--style", "pydantic", name="ambiguous")) as module:
        text = '{"foo_bar":2,"copy":3,"modelFields":4,"class":5,"b":{"fooBar":1}}'
        value = event_decoder(module.types.A)(text.encode())
        assert (value.foo_bar, value.foo_bar_, value.copy_, value.model_fields_, value.class_) == (UNSET, 2, 3, 4, 5)
        assert value.model_dump_json() == text == encode_value(value).decode()


def test_without_pydantic_the_error_says_what_to_install() -> None:
    script = "import sys; sys.modules['pydantic'] = None\ntry:\n import subsgen.pydantic\nexcept ImportError as error:\n print(error)"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert 'pip install "subsgen[pydantic]"' in result.stdout


def test_other_styles_do_without_pydantic(tmp_path: Path) -> None:
    generate(tmp_path, "type Query { ok: Int } type Subscription { a: A } type A { b: Int }", "--style", "dataclass")
    script = "import sys, gen.types, gen; gen.create_manager(); assert 'pydantic' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True)
