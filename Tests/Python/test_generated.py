"""Generated packages: they import, do what they promise, and every checker is content with them."""

from __future__ import annotations

import ast
import asyncio
import json
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import pytest

import checkers
from generating import GOLDEN, generate, imported
from subsgen import ID, SubscriptionPayload
from subsgen.coercion import argument_decoder, event_decoder

HOSTILE_NAMES = """
type Query { ok: Boolean }
type Subscription {
  class: self
  fooBar(class: ID!, self: Int, event: String, manager: String): Payload
  foo_bar: [[Payload!]]
  FooBar: Skip!
  types: Context
  registry: ID
  topics: [Int]
  annotations: Int
  _private: Boolean!
  _1: Float
  match: None
  type: str
  import(name: String! = "x"): Any @topic(name: "im'port.{name}")
  encodeValue: AttributeError
  encode_value: AttributeError
  list: [Int!]
  property: U
  nested(userId: ID!, kind: Colour! = RED, room: ID!): Any! @topic(name: "x.{userId}.{kind}.{room}")
  defaults(a: [Int] = [1, 2], b: String = "q\\"'\\\\ \\u202e", c: In = {x: 1}, e: Float = -1E10, f: Colour = continue, h: ID = 5): Int
  LONG(argumentLONG: InputLONG): TypeLONG
  listLONG: [TypeLONG!]
}
input In { x: Int = 1, y: [In!], z: In, from: Any2 = FOO, None: Int }
scalar Any2
scalar UNSET
input InputLONG @oneOf { a: Int, b: String }
type TypeLONG { attributeLONG: [TypeLONG!] a: Int }
type self {
  self: self! list: [str] str: str int: Int float: Float bool: Boolean any: Any field: String _field: String fooBar: Int FooBar: Int
  foo_bar: Int foo_bar_: Int from: Int from_: Int _id: ID! _: Int _1: Int a__b: Int None: Int True: Int property: Int dict: Int
  object: Int type: Int
}
type Self { x: Int }
type Payload { x: UNSET! y: UNSET }
type Skip { x: Payload! }
type Context { x(y: Int): Int! }
type None { a: Int }
type str { a: Int }
type Any { userId: ID! kind: Colour! room: Room! }
type Room { room: ID! }
type AttributeError { a: Enum n: NotImplementedError }
type NotImplementedError { x(y: Int): Int later: Ellipsis }
type Ellipsis { x: Int }
type _Entity { a: Colour! }
type FooBarArgs { a: Int b: _Entity }
union U = FooBarArgs | _Entity | Any | Self
enum Colour { RED continue mro name value title _sunder_ _Colour__private None True count self }
enum Enum { A }
""".replace("LONG", "OfANameThatNoLineCanHoldSinceItIsLongerThanTheEightyEightColumnsOfTheFormatterAndOfEveryReader")


HOSTILE_STYLE = """
\"""
this describes

Args:
  a: the first
Returns:
things
TODO: say more. x = 1
\"""
type Query { ok: Boolean }
type Subscription {
  "* returns `I`, as \\\\d+ says. It\u2019s a \u2013 thing, whose list of one point is long enough to be broken into two lines"
  six(a: ID!, b: ID!, c: ID!, d: ID!, e: ID!, f: ID!, on: Boolean!): I! @topic(name: "six.{a}.{b}.{c}.{d}.{e}.{f}.{on}")
  l: Boolean!
  O(password: String! = "hunter2", tmp: String = "/tmp/x", host: String = "0.0.0.0", on: Boolean! = true): I
  print(id: ID!, type: Int!, input: Input): I @topic(name: "print.{id}.{type}")
  undecided(breakpoint: Int): Int
  exec: Node  json: I  test_it: [Boolean!]!  setUp: Some
}
input Input { l: Int = 1 O: Boolean = true secret: String = "s" password: String! = "x" pi: Float = 3.14159 }
type I implements Node { id: ID! l: Int! a: ID b: ID c: ID d: ID e: ID f: ID on: Boolean! type: Int! password: String hash: Int }
"A first line that is longer than the page is wide, then https://example.com/a/long/url/that/cannot/be/broken/anywhere/since/it/is/a/word"
type l { a: String }
type TestThing { a: String }
type lower_case_type { camelCase: Int UPPER: Int }
interface Node { id: ID! }
union Some = l | TestThing | lower_case_type
enum PassKind { PASSWORD password TOKEN secret l O I camelCase mixed_Case }
"""


HOSTILE = {"hostile names": HOSTILE_NAMES, "hostile style": HOSTILE_STYLE}

PACKAGES = [
    *(f"{name}, {style}" for name in ("features", "hostile names") for style in ("msgspec", "dataclass", "pydantic")),
    *("minimal, msgspec", "hostile style, msgspec"),
]


@pytest.fixture(params=PACKAGES)
def package(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A generated package; of the golden ones the files on record."""
    name, style = str(request.param).split(", ")
    if name in HOSTILE:
        return generate(tmp_path, HOSTILE[name], "--all-types", "--style", style, name="hostile")
    target = tmp_path / f"golden_{name}_{style}"
    source = GOLDEN / name / ("package" if style == "msgspec" else f"package-{style}")
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


@pytest.fixture
def features(tmp_path: Path) -> Path:
    target = tmp_path / "features"
    shutil.copytree(GOLDEN / "features" / "package", target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


# MARK: Checkers


@pytest.mark.checkers
def test_mypy_strict_finds_nothing(package: Path) -> None:
    checkers.mypy(package)


@pytest.mark.checkers
def test_pyright_strict_finds_nothing(package: Path) -> None:
    checkers.pyright(package)


@pytest.mark.checkers
def test_ruff_finds_nothing_but_what_is_excepted_and_would_format_nothing(package: Path) -> None:
    checkers.ruff(package)


@pytest.mark.checkers
def test_a_resolver_that_does_not_fit_is_reported(features: Path) -> None:
    (features / "resolvers" / "countdown.py").write_text("def resolve(event: str) -> str:\n    return event\n")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", features.name]
    result = subprocess.run(command, cwd=features.parent, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "features/registry.py" in result.stdout
    assert "resolve: expected" in result.stdout
    assert result.stdout.count("error:") == 1


FILLED = {
    "message_excerpt": """
from __future__ import annotations

from subsgen import FieldError

from ..types import Message, MessageExcerptArgs


def resolve(parents: list[Message], args: MessageExcerptArgs) -> list[str | FieldError]:
    length = args.length if isinstance(args.length, int) else 10
    return [parent.body[:length] if parent.body else FieldError("Nothing is there.") for parent in parents]
""",
    "message_readers": """
from __future__ import annotations

from subsgen import Int

from ..types import Message, MessageReadersArgs


async def resolve(parents: list[Message], args: MessageReadersArgs) -> tuple[Int, ...]:
    return tuple(0 for _ in parents)
""",
    "user_friends": """
from __future__ import annotations

from subsgen import Context

from ..types import OrderBy, User, UserFriendsArgs


async def resolve(parents: list[User], args: UserFriendsArgs, context: Context) -> list[list[User]]:
    return [[parent] * args.first if args.order.by is OrderBy.NAME and context.claims else [] for parent in parents]
""",
}


@pytest.fixture(params=["msgspec", "dataclass", "pydantic"])
def filled(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    target = tmp_path / "filled"
    source = GOLDEN / "features" / ("package" if request.param == "msgspec" else f"package-{request.param}")
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    for name, text in FILLED.items():
        (target / "field_resolvers" / f"{name}.py").write_text(text, encoding="utf-8")
    return target


@pytest.mark.checkers
def test_filled_functions_of_payload_fields_pass_the_checkers(filled: Path) -> None:
    checkers.mypy(filled)
    checkers.pyright(filled)


def test_filled_functions_of_payload_fields_run(filled: Path) -> None:
    async def answer(module: Any) -> Any:
        manager = module.create_manager()
        query = "subscription { messageAdded(roomId: 1) { excerpt(length: 2) readers author { friends(first: 1) { id } avatar { url } } } }"
        id = await manager.create_subscription(SubscriptionPayload(query), claims={"sub": "ada"})
        author = module.types.User(id=ID("7"), name="Ada")
        event = module.types.Message(
            id=ID("1"), room_id=ID("1"), body="text", author=author, spam_score=0.5, sent_at="now", tags=[], replies=[]
        )
        await module.topics.message_added.publish(manager, event)
        body = await manager.get_next_event(id)
        await manager.close()
        return json.loads(body)

    with imported(filled) as module:
        result = asyncio.run(answer(module))
    assert result["data"] == {
        "messageAdded": {"excerpt": "te", "readers": 0, "author": {"friends": [{"id": "7"}], "avatar": None}},
    }
    assert [error["message"] for error in result["errors"]] == ['No resolver supplies the field "User.avatar".']


@pytest.mark.checkers
def test_a_function_of_a_payload_field_that_does_not_fit_is_reported(features: Path) -> None:
    wrong = FILLED["message_readers"].replace("tuple[Int, ...]", "str").replace("tuple(0 for _ in parents)", '""')
    (features / "field_resolvers" / "message_readers.py").write_text(wrong, encoding="utf-8")
    for check in (checkers.mypy, checkers.pyright):
        with pytest.raises(checkers.Found, match=r"registry.py.*message_readers"):
            check(features)


# MARK: Importing


def test_it_imports_and_every_type_is_decoded(package: Path) -> None:
    with imported(package) as module:
        registry = import_module(f"{module.__name__}.registry").registry
        assert registry.fields
        module.create_manager()
        # Those that nobody has edited are not imported otherwise.
        fields = [field.loaded() for field in registry.fields]
        payload_fields = [field.loaded() for field in registry.payload_fields]
        for field in fields:
            event_decoder(field.event_type)
            assert callable(field.module.resolve)
        for field in payload_fields:
            event_decoder(field.parent_type)
            assert callable(import_module(field.module).resolve)
        for field in (*fields, *payload_fields):
            argument_decoder(field.arguments_type)
        module.create_manager()


def test_another_version_of_the_runtime_is_refused(features: Path) -> None:
    face = features / "__init__.py"
    face.write_text(face.read_text().replace("require_runtime(1)", "require_runtime(2)"))
    with pytest.raises(ImportError, match="Install the newer subsgen"), imported(features):
        pass


def test_a_one_of_input_may_lead_to_itself(tmp_path: Path) -> None:
    sdl = """
    type Query { ok: Int }
    type Subscription { tick(where: Where @resolverArgument): Int }
    input Where @oneOf { not: Where, all: [Where!], above: Int }
    """
    with imported(generate(tmp_path, sdl, name="one_of")) as module:
        types: Any = module.types
        given = argument_decoder(types.TickArgs)(b'{"where":{"all":[{"above":1},{"not":{"above":2}}]}}')
        assert given.where == types.WhereByAll(all=[types.WhereByAbove(above=1), types.WhereByNot(not_=types.WhereByAbove(above=2))])


# MARK: What the publishers do


async def test_a_publisher_reaches_the_subscribers_of_its_topic(features: Path) -> None:
    with imported(features) as module:
        types: Any = module.types
        topics: Any = module.topics
        manager = module.create_manager()
        try:
            query = 'subscription { reactionAdded(roomId: "r", emoji: HEART) { emoji message { author { name } } } }'
            subscription = await manager.create_subscription(SubscriptionPayload(query))
            author = types.User(id=ID("1"), name="Ada")
            message = types.Message(id=ID("1"), room_id=ID("r"), body="", spam_score=0.0, sent_at="", tags=[], author=author)
            for room, emoji in (("other", types.Emoji.HEART), ("r", types.Emoji.SMILE), ("r", types.Emoji.HEART)):
                await topics.reaction_added.publish(manager, types.Reaction(room_id=ID(room), emoji=emoji, message=message))
            event = await manager.get_next_event(subscription, timeout=20)
            assert msgspec.json.decode(event) == {"data": {"reactionAdded": {"emoji": "HEART", "message": {"author": {"name": "Ada"}}}}}
            await topics.reaction_added.complete(manager, room_id=ID("r"), emoji=types.Emoji.HEART)
            assert await manager.get_next_event(subscription, timeout=20) is None
        finally:
            await manager.close()


async def test_a_string_is_published_as_a_string(features: Path) -> None:
    with imported(features) as module:
        topics: Any = module.topics
        manager = module.create_manager()
        try:
            subscription = await manager.create_subscription(SubscriptionPayload("subscription { greeting }"))
            await topics.greeting.publish(manager, '{"hi"}')
            event = await manager.get_next_event(subscription, timeout=20)
            assert msgspec.json.decode(event) == {"data": {"greeting": '{"hi"}'}}
        finally:
            await manager.close()


async def test_an_event_that_lacks_what_names_its_topic_is_refused(features: Path) -> None:
    with imported(features) as module:
        reaction = module.types.Reaction(room_id=ID("r"), emoji=module.types.Emoji.HEART)
        with pytest.raises(ValueError, match="lacks a field"):
            await module.topics.by_author.publish(module.create_manager(), reaction)


def test_fields_that_share_a_topic_share_its_publisher(features: Path) -> None:
    with imported(features) as module:
        assert module.topics.message_repeated is module.topics.message_added
        assert module.topics.reaction_added.name(ID("a.b"), "HEART") == "reactions.a%2Eb:HEART"


# MARK: Descriptions

HOSTILE_TEXTS = [
    '"""\nimport os\nos.system("x")\n"""',
    "back\\slash \\",
    'ends with \\"',
    '"',
    '""""""',
    "# fmt: off",
    "{{name}} {{{name}}} {{#imports}}x{{/imports}}",
    "\u202eright to left\u202c \u2066\u2069",
    "\x01\x0b\x0c\x1c\x85\u2028\u2029",
    "*/ <!-- */ \\N{BULLET} \\x41 %s {0}",
    "'''",
]


class WithoutDocstrings(ast.NodeTransformer):
    """Leaves out strings that are statements, and the digests of files that have them."""

    def visit_keyword(self, node: ast.keyword) -> ast.AST | None:
        return None if node.arg == "stub" else self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        return None if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str) else node


def code(package: Path) -> dict[str, str]:
    """The code of a package as Python reads it."""
    files = sorted(package.rglob("*.py"))
    return {
        str(path.relative_to(package)): ast.dump(WithoutDocstrings().visit(ast.parse(path.read_text(encoding="utf-8")))) for path in files
    }


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_descriptions_never_become_code(tmp_path: Path, text: str) -> None:
    sdl = """
    %s type Query { ok: Int }
    %s type Subscription { %s tick(%s n: Int @resolverArgument): Tick! }
    %s type Tick { %s n: Int! @deprecated(reason: %s) }
    %s enum Unused { %s A }
    %s scalar Moment
    %s union Some = Tick
    """
    block = '"""' + text.replace('"""', '\\"""') + '\n"""'
    reason = json.dumps(text)
    harmful, harmless = tmp_path / "harmful", tmp_path / "harmless"
    harmful.mkdir()
    harmless.mkdir()
    hostile = generate(harmful, sdl % (*(block,) * 6, reason, *(block,) * 4), "--all-types")
    plain = generate(harmless, sdl % (('"x"',) * 11), "--all-types")
    assert code(hostile) == code(plain)
    for path in hostile.rglob("*.py"):
        assert not any(character in path.read_text(encoding="utf-8") for character in "\u202e\u2066\u2028\x0b\x85")
    checkers.ruff(hostile)


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_reasons_of_deprecation_are_texts(tmp_path: Path, text: str) -> None:
    sdl = "type Query { ok: Int } type Subscription { tick: Int @deprecated(reason: %s) }"
    hostile = generate(tmp_path, sdl % json.dumps(text), name="hostile_reason")
    with imported(hostile) as module:
        assert module.topics.tick.publish.__deprecated__ == text
    assert (hostile / "topics.py").read_text(encoding="utf-8").isascii()
    checkers.ruff(hostile)
