"""The server that the benchmark measures does the work that the benchmark counts."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import httpx
import pytest
from gql import Client, gql
from gql.transport.websockets import WebsocketsTransport

from examples import CONTRACT, generate, running

ROOT = CONTRACT.parent.parent

TICK = "subscription { tick { n ts } }"
ROOM = 'subscription { message(roomId: "%d") { id roomId body ts author { id name } } }'


@pytest.fixture(scope="module", params=["stock", "built"])
def application(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the example: on the extension of the wheel, and on its own, which is not optimised here."""
    if request.param == "stock":
        generate(CONTRACT)
        return CONTRACT
    folder = tmp_path_factory.mktemp("contract")
    # Where scripts/test-generated-swift has compiled the runtime.
    scratch = ROOT / ".build" / "generated" / "build"
    built = subprocess.run([CONTRACT / "build", folder, "--debug", "--scratch-path", scratch], capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


@pytest.fixture(scope="module")
def contract(application: Path) -> Iterator[str]:
    """The address of the running example."""
    with running(application) as app:
        yield app.address


def test_the_extension_is_the_one_that_was_meant(application: Path) -> None:
    code = "import gen; gen.create_manager(); from subsgen import _native; print(_native.application_schema is not None, _native.__file__)"
    said = subprocess.run([sys.executable, "-c", code], cwd=application, check=True, capture_output=True, text=True).stdout.split()
    own = application / "gen" / "_native.abi3.so"
    assert (said[0], Path(said[1]) == own) == (("False", False) if application == CONTRACT else ("True", True))


async def received(address: str, query: str, count: int, burst: str) -> list[Any]:
    """The first ``count`` events of a subscription that stands before the burst begins."""
    transport = WebsocketsTransport(url=address.replace("http", "ws", 1) + "/graphql", subprotocols=["graphql-transport-ws"])
    async with (
        Client(transport=transport) as session,
        httpx.AsyncClient(base_url=address) as http,
        aclosing(session.subscribe(gql(query))) as results,
    ):
        events = asyncio.create_task(_take(results, count))
        # Sent after the `subscribe` of the task before, and answered when the server has taken that.
        await asyncio.create_task(transport.send_ping())
        await transport.pong_received.wait()
        response = await http.get(burst)
        assert (response.status_code, response.json()) == (200, "ok")
        return await events


async def _take(results: AsyncIterator[dict[str, Any]], count: int) -> list[Any]:
    events: list[Any] = []
    while len(events) < count:
        events.append(await anext(results))
    return events


async def test_a_burst_of_ticks_reaches_a_subscriber_whole_and_in_order(contract: str) -> None:
    events = await received(contract, TICK, 500, "/burst?kind=tick&count=500")
    assert [event["tick"]["n"] for event in events] == list(range(500))
    stamps = [int(event["tick"]["ts"]) for event in events]
    assert stamps == sorted(stamps)


async def test_a_burst_of_messages_goes_to_its_rooms_by_turns(contract: str) -> None:
    events = await received(contract, ROOM % 1, 3, "/burst?kind=room&count=9&rooms=3&rate=1000")
    messages = [event["message"] for event in events]
    assert [message["id"] for message in messages] == ["1", "4", "7"]
    assert {message["roomId"] for message in messages} == {"1"}
    assert messages[0]["author"] == {"id": "7", "name": "Ada"}


def test_the_script_that_starts_it_says_how_it_is_used() -> None:
    run = subprocess.run([CONTRACT / "serve"], capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == "usage: Examples/contract/serve PORT [--built]\n"
