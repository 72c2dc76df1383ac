"""What importing costs: a name loads the modules that it needs, and no others."""

from __future__ import annotations

import json
import pickle
import py_compile
import subprocess
import sys
import typing
import zipfile
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import subsgen
from generating import ROOT, generate, imported

SDL = """
type Query { ok: Boolean }
type Subscription { messageAdded(roomId: ID!): Message! }
type Message { id: ID! roomId: ID! author: User }
type User { name: String! }
"""

USE_FROM_A_ZIP = """
import asyncio, sys
sys.path.insert(0, sys.argv[1])
import gen
from gen.types import Message
from subsgen import ID, SubscriptionPayload

async def main():
    manager = gen.create_manager()
    id = await manager.create_subscription(SubscriptionPayload('subscription { messageAdded(roomId: "r") { id } }'))
    await gen.topics.message_added.publish(manager, Message(id=ID("1"), room_id=ID("r")))
    print((await manager.get_next_event(id)).decode())
    await manager.close()

asyncio.run(main())
assert gen.__file__.startswith(sys.argv[1])
"""


def loaded_by(statement: str, *, cwd: Path) -> set[str]:
    """The modules that a new interpreter has after a statement."""
    code = f"{statement}\nimport json, sys\nprint(json.dumps(list(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], cwd=cwd, capture_output=True, text=True, check=True)
    return set(json.loads(result.stdout))


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return generate(tmp_path, SDL)


def test_every_name_of_the_package_is_there_and_listed() -> None:
    for name in subsgen.__all__:
        assert getattr(subsgen, name) is not None
    assert set(subsgen.__all__) <= set(dir(subsgen))


def test_a_name_that_the_package_has_not_is_an_error() -> None:
    with pytest.raises(AttributeError, match="module 'subsgen' has no attribute 'Nothing'"):
        _ = subsgen.Nothing  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    with pytest.raises(ImportError, match="Nothing"):
        exec("from subsgen import Nothing")


def test_importing_a_generated_package_loads_neither_classes_nor_runtime(package: Path) -> None:
    loaded = loaded_by("import gen", cwd=package.parent)
    assert {name for name in loaded if name.startswith(("gen.", "subsgen."))} == {"subsgen._version"}
    assert loaded.isdisjoint({"asyncio", "msgspec"})


def test_payload_classes_need_no_event_loop(package: Path) -> None:
    loaded = loaded_by("from gen.types import Message", cwd=package.parent)
    needed = {"gen.types", *(f"subsgen.{name}" for name in ("_version", "encoding", "payload", "shapes", "wire"))}
    assert {name for name in loaded if name.startswith(("gen.", "subsgen."))} == needed
    assert "asyncio" not in loaded


def test_a_manager_needs_neither_a_server_nor_what_nobody_has_edited(package: Path) -> None:
    loaded = loaded_by("import gen; gen.create_manager()", cwd=package.parent)
    assert {name for name in loaded if name.startswith("gen.")} == {"gen.registry"}
    assert loaded.isdisjoint({"subsgen.asgi", "subsgen.handler", "subsgen.websocket"})


def test_topics_and_types_are_attributes_of_the_package_and_nothing_else_is(package: Path) -> None:
    with imported(package) as module:
        assert module.types.Message.__name__ == "Message"
        assert module.topics.message_added.name() == "messageAdded"
        with pytest.raises(AttributeError, match="module 'gen' has no attribute 'topic'"):
            _ = module.topic


# MARK: What the developer has edited


def edit(package: Path, addition: str) -> Path:
    """Adds to a resolver."""
    stub = package / "resolvers" / "message_added.py"
    stub.write_text(stub.read_text() + addition)
    return stub


FAILING = "\nresolve = 7\n"


def test_a_resolver_that_somebody_has_edited_is_loaded(package: Path) -> None:
    edit(package, "\n\ndef on_subscribe(args, context): ...\n")
    loaded = loaded_by("import gen; gen.create_manager()", cwd=package.parent)
    assert {"gen.types", "gen.resolvers.message_added"} <= loaded
    edit(package, FAILING)
    with imported(package) as module, pytest.raises(TypeError, match="resolve"):
        module.create_manager()


def test_one_that_was_imported_counts_as_it_is_there(package: Path) -> None:
    with imported(package) as module:
        resolver = import_module("gen.resolvers.message_added")
        resolver.resolve = 7  # type: ignore[attr-defined]
        with pytest.raises(TypeError, match="resolve"):
            module.create_manager()


def test_one_that_cannot_be_read_is_loaded(package: Path) -> None:
    stub = package / "resolvers" / "message_added.py"
    py_compile.compile(str(stub), cfile=str(stub.with_suffix(".pyc")))
    stub.unlink()
    assert "gen.resolvers.message_added" in loaded_by("import gen; gen.create_manager()", cwd=package.parent)


def test_what_a_template_of_the_users_makes_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    own = (ROOT / "Templates" / "py_resolver.mustache").read_text()
    (tmp_path / "mine" / "py_resolver.mustache").write_text(own + FAILING)
    package = generate(tmp_path, SDL, "--templates", "mine")
    with imported(package) as module, pytest.raises(TypeError, match="resolve"):
        module.create_manager()


# MARK: Typing, pickling, archives


def test_annotations_can_be_read_at_run_time(package: Path) -> None:
    with imported(package) as module:
        assert typing.get_type_hints(module.create_manager)["return"] is subsgen.SubscriptionManager
        hints = typing.get_type_hints(module.types.Message)
        assert hints["author"] == module.types.User | None | subsgen.UnsetType


def test_payloads_can_be_pickled(package: Path) -> None:
    with imported(package) as module:
        message: Any = module.types.Message(id="1", room_id="r")
        assert pickle.loads(pickle.dumps(message)) == message


def test_the_package_works_from_a_zip_archive(package: Path, tmp_path: Path) -> None:
    archive = tmp_path / "packages.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in package.rglob("*"):
            file.write(path, path.relative_to(package.parent))
    empty = tmp_path / "elsewhere"
    empty.mkdir()
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", USE_FROM_A_ZIP, archive], cwd=empty, capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, '{"data":{"messageAdded":{"id":"1"}}}\n', "")
