"""What type checkers hold edited resolver modules to, and what ``subsgen`` says of them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import generating
from generating import generate, subsgen

FIELDS = ["plain", "batched", "wrong_authorize", "wrong_initial", "wrong_source", "wrong_batch", "wrong_hook", "wrong_resolve"]


def class_name(field: str) -> str:
    """``WrongBatch`` for ``wrong_batch``."""
    return "".join(word.capitalize() for word in field.split("_"))


SCHEMA = f"""
type Query {{ ok: Int }}
type Subscription {{ {" ".join(f"{field}(room: ID!): Message!" for field in FIELDS)} }}
type Message {{ id: ID! room: ID! }}
"""

HEAD = """
from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from subsgen import Context, Skip, runs

from ..types import Message, ARGS as Args


async def from_elsewhere(args: Args, context: Context) -> bool:
    return bool(context.claims["room"] == args.room)

"""

MODULES = {
    "plain": """
def resolve(event: Message, args: Args, context: Context) -> Message | Skip:
    return event if context.claims else Skip()


authorize = from_elsewhere


def initial(args: Args, context: Context) -> Message:
    return Message(id=args.room, room=args.room)


async def source(args: Args) -> AsyncIterator[Message]:
    yield Message(id=args.room, room=args.room)


def on_subscribe(args: Args, context: Context) -> None: ...


async def on_unsubscribe(args: Args, context: Context) -> None: ...
""",
    "batched": """
@runs(in_flight=2)
async def resolve_batch(events: list[Message], args: Sequence[Args]) -> list[Message]:
    return events


@runs(in_thread=True, timeout=1)
def authorize(args: Args, context: Context) -> bool:
    return True


async def initial(args: Args, context: Context) -> Message | Skip:
    return Skip()


def source(args: Args, context: Context) -> AsyncIterator[Message]:
    raise NotImplementedError
""",
    "wrong_authorize": """
def resolve(event: Message, args: Args) -> Message:
    return event


async def authorize(args: Args, context: Context) -> str:
    return "no"
""",
    "wrong_initial": """
def resolve(event: Message, args: Args) -> Message:
    return event


def initial(args: Args, context: Context) -> str:
    return "no"
""",
    "wrong_source": """
def resolve(event: Message, args: Args) -> Message:
    return event


async def source(args: Args) -> Message:
    return Message(id=args.room, room=args.room)
""",
    "wrong_batch": """
def resolve_batch(events: list[Message], args: list[Args]) -> Message:
    return events[0]
""",
    "wrong_hook": """
def resolve(event: Message, args: Args) -> Message:
    return event


def on_subscribe(args: Args, context: str) -> None: ...
""",
    "wrong_resolve": """
def resolve(event: Message, args: Args) -> str:
    return event.id
""",
}

WRONG = {
    "wrong_authorize": "authorize",
    "wrong_initial": "initial",
    "wrong_source": "source",
    "wrong_batch": "resolve_batch",
    "wrong_hook": "on_subscribe",
    "wrong_resolve": "resolve",
}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package whose resolvers were edited, and that was generated again."""
    package = generate(tmp_path, SCHEMA)
    for field, text in MODULES.items():
        arguments = class_name(field) + "Args"
        (package / "resolvers" / f"{field}.py").write_text(HEAD.replace("ARGS", arguments) + text)
    result = subsgen("schema.graphql", "--out", "gen", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    return package


def checked(package: Path, name: str, *arguments: str | Path) -> str:
    """What a type checker says of a package in which it finds something."""
    command = [sys.executable, "-m", name, *arguments]
    result = subprocess.run(command, cwd=package.parent, capture_output=True, text=True, check=False)
    assert result.returncode == 1, result.stdout + result.stderr
    return result.stdout


@pytest.mark.checkers
def test_mypy_finds_each_function_that_does_not_fit_and_no_other(package: Path) -> None:
    output = checked(package, "mypy", "--strict", "--config-file=", "--python-version", "3.10", package.name)
    assert output.count("error:") == len(WRONG), output
    for field, function in WRONG.items():
        assert f'variable has type "{class_name(field)}Resolver"' in output
        assert f"{function}: expected" in output or f"def {function}(" in output


@pytest.mark.checkers
def test_pyright_finds_each_function_that_does_not_fit_and_no_other(package: Path) -> None:
    settings: dict[str, object] = {"include": ["gen"], "typeCheckingMode": "strict", "pythonVersion": "3.10"}
    settings |= {"reportMissingModuleSource": False, "reportUnusedImport": False}
    (package.parent / "pyrightconfig.json").write_text(json.dumps(settings))
    output = checked(package, "pyright", "--pythonpath", sys.executable, "--project", package.parent)
    assert output.count(" error: ") == len(WRONG), output
    for field, function in WRONG.items():
        assert f'to declared type "{class_name(field)}Resolver"' in output
        assert f'"{function}" is an incompatible type' in output


# MARK: The command

EDITED = """
from subsgen import Context, Skip

from ..types import PostedArgs, Post


async def resolve(event: Post, args: PostedArgs) -> Post | Skip:
    return event
"""

POSTED = "type Query { ok: Int } type Subscription { posted(room: ID!): Post! other: Int! } type Post { id: ID! room: ID! }"


def test_an_optional_function_that_was_added_makes_the_contracts_stale(tmp_path: Path) -> None:
    package = generate(tmp_path, POSTED)
    module = package / "resolvers" / "posted.py"
    module.write_text(EDITED)
    assert subsgen("schema.graphql", "--out", "gen", "--check", cwd=tmp_path).returncode == 0
    module.write_text(EDITED + "\n\ndef authorize(args: PostedArgs, context: Context) -> bool:\n    return True\n")
    result = subsgen("schema.graphql", "--out", "gen", "--check", cwd=tmp_path)
    expected = "out of date: gen/contracts.py\nnot in gen/contracts.py yet, of gen/resolvers/posted.py: authorize\n"
    assert (result.returncode, result.stderr) == (1, expected)
    assert "+    def authorize(self) -> Authorize[types.PostedArgs]: ...\n" in result.stdout
    generate(tmp_path, POSTED)
    assert subsgen("schema.graphql", "--out", "gen", "--check", cwd=tmp_path).returncode == 0
    module.write_text(EDITED)
    generate(tmp_path, POSTED)
    assert "authorize" not in (package / "contracts.py").read_text()


def test_a_resolver_that_no_longer_fits_is_told_and_the_package_is_written(tmp_path: Path) -> None:
    package = generate(tmp_path, POSTED)
    module = package / "resolvers" / "posted.py"
    module.write_text(EDITED)
    (tmp_path / "schema.graphql").write_text(POSTED.replace("Post ", "Message ").replace("Post!", "Message!"))
    message = (
        'gen/resolvers/posted.py:4:33: error: types.py has no "Post". Subscription.posted has "Message" now. [SG6001]\n'
        "4 | from ..types import PostedArgs, Post\n"
        "  |                                 ^^^^\n"
        "hint: Write `from ..types import PostedArgs, Message` and "
        "`async def resolve(event: Message, args: PostedArgs) -> Message | Skip:`\n"
    )
    dry = subsgen("schema.graphql", "--out", "gen", "--dry-run", cwd=tmp_path)
    assert (dry.returncode, dry.stderr) == (6, message)
    check = subsgen("schema.graphql", "--out", "gen", "--check", cwd=tmp_path)
    assert check.returncode == 1
    assert check.stderr.startswith(message + "\nout of date: gen/")
    assert b"class Post(" in (package / "types.py").read_bytes()

    written = subsgen("schema.graphql", "--out", "gen", cwd=tmp_path)
    assert (written.returncode, written.stderr) == (6, message)
    assert " written, 1 kept as you edited them, " in written.stdout
    assert module.read_text() == EDITED
    assert b"class Message(" in (package / "types.py").read_bytes()
    # It is told until it fits.
    again = subsgen("schema.graphql", "--out", "gen", "--check", cwd=tmp_path)
    assert (again.returncode, again.stdout, again.stderr) == (1, "", message)

    module.write_text(EDITED.replace("Post\n", "Message\n").replace(": Post,", ": Message,").replace("-> Post", "-> Message"))
    fits = subsgen("schema.graphql", "--out", "gen", "--check", cwd=tmp_path)
    assert (fits.returncode, fits.stderr) == (0, "")
    with generating.imported(package) as imported:
        imported.create_manager()


def test_warnings_of_resolvers_do_not_fail(tmp_path: Path) -> None:
    package = generate(tmp_path, POSTED)
    (package / "resolvers" / "posted.py").write_text(EDITED + "\n\ndef authorise(args: PostedArgs, context: Context) -> bool: ...\n")
    for arguments in ([], ["--check"], ["--dry-run"]):
        result = subsgen("schema.graphql", "--out", "gen", *arguments, cwd=tmp_path)
        assert result.returncode == 0
        assert 'gen/resolvers/posted.py:11:5: warning: Nothing calls "authorise". Did you mean "authorize"? [SG6006]' in result.stderr


def test_what_is_behind_a_link_is_not_read(tmp_path: Path) -> None:
    package = generate(tmp_path, POSTED)
    module = package / "resolvers" / "posted.py"
    module.unlink()
    (tmp_path / "mine.py").write_text("def authorize(): ...\n")
    module.symlink_to(tmp_path / "mine.py")
    result = subsgen("schema.graphql", "--out", "gen", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert "authorize" not in (package / "contracts.py").read_text()
