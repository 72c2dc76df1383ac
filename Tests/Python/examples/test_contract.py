"""The server that the benchmark measures does the work that the benchmark counts."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import httpx
import pytest
from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.websockets import WebsocketsTransport

from examples import CONTRACT, generate, running
from swift_builds import SHARED

TICK = "subscription { tick { n ts } }"
ROOM = 'subscription { message(roomId: "%d") { id roomId body ts author { id name } } }'


@pytest.fixture(scope="module", params=["stock", "built"])
def application(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the example: on the extension of the wheel, and on its own, which is not optimised here."""
    if request.param == "stock":
        generate(CONTRACT)
        return CONTRACT
    folder = tmp_path_factory.mktemp("contract")
    built = subprocess.run([CONTRACT / "build", folder, "--debug", *SHARED], capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


@pytest.fixture(scope="module", params=["uvicorn", "native"])
def contract(request: pytest.FixtureRequest, application: Path) -> Iterator[str]:
    """The address of the running example."""
    with running(application, native=request.param == "native") as app:
        yield app.address


def test_the_extension_is_the_one_that_was_meant(application: Path) -> None:
    code = "import gen; gen.create_manager(); from subsgen import _native; print(_native.application_schema is not None, _native.__file__)"
    said = subprocess.run([sys.executable, "-c", code], cwd=application, check=True, capture_output=True, text=True).stdout.split()
    own = application / "gen" / "_native.abi3.so"
    assert (said[0], Path(said[1]) == own) == (("False", False) if application == CONTRACT else ("True", True))


async def received(address: str, query: str, count: int, burst: str, claims: dict[str, str] | None = None) -> list[Any]:
    """The first ``count`` events of a subscription that stands before the burst begins."""
    transport = WebsocketsTransport(
        url=address.replace("http", "ws", 1) + "/graphql", subprotocols=["graphql-transport-ws"], init_payload=claims or {}
    )
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


@pytest.mark.parametrize("native", [False, True], ids=["uvicorn", "native"])
async def test_with_resolvers_each_event_is_what_they_make_of_it(native: bool) -> None:
    generate(CONTRACT)
    with running(CONTRACT, module="resolved", native=native) as app:
        ticks = await received(app.address, TICK, 50, "/burst?kind=tick&count=50")
        assert [event["tick"]["n"] for event in ticks] == list(range(50))
        (event,) = await received(app.address, ROOM % 1, 1, "/burst?kind=room&count=2&rooms=2")
        assert event["message"]["body"] == "Hello world, this is message"


CLAIMS = {"user_id": "u1", "tenant_id": "t1", "scope": "chat:read profile"}


@pytest.fixture(scope="module", params=["uvicorn", "native"])
def secured(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of the running example with rules."""
    generate(CONTRACT, "secured.graphql", "secured_gen")
    with running(CONTRACT, module="secured", native=request.param == "native") as app:
        yield app.address


async def test_with_rules_who_may_gets_the_same(secured: str) -> None:
    ticks = await received(secured, TICK, 50, "/burst?kind=tick&count=50", CLAIMS)
    assert [event["tick"]["n"] for event in ticks] == list(range(50))
    (event,) = await received(secured, ROOM % 1, 1, "/burst?kind=room&count=2&rooms=2", CLAIMS)
    assert event["message"]["author"] == {"id": "7", "name": "Ada"}


@pytest.mark.parametrize(
    ("query", "burst", "claims", "message"),
    [
        (TICK, "/burst?kind=tick&count=1", {}, 'You may not subscribe to "tick".'),
        (TICK, "/burst?kind=tick&count=1", {"user_id": "u1"}, 'You may not subscribe to "tick".'),
        (ROOM % 0, "/burst?kind=room&count=1", {**CLAIMS, "scope": "profile"}, 'You may not subscribe to "message".'),
        (ROOM % 0, "/burst?kind=room&count=1", {**CLAIMS, "scope": "chat:read"}, 'You may not see "User.name".'),
    ],
)
async def test_with_rules_who_may_not_is_told(secured: str, query: str, burst: str, claims: dict[str, str], message: str) -> None:
    with pytest.raises(TransportQueryError, match=re.escape(message)):
        await received(secured, query, 1, burst, claims)


async def test_with_rules_another_tenant_gets_nothing(secured: str) -> None:
    transport = WebsocketsTransport(
        url=secured.replace("http", "ws", 1) + "/graphql",
        subprotocols=["graphql-transport-ws"],
        init_payload={**CLAIMS, "tenant_id": "t2"},
    )
    async with Client(transport=transport) as session, aclosing(session.subscribe(gql(TICK))) as results:
        events = asyncio.create_task(_take(results, 1))
        await asyncio.create_task(transport.send_ping())
        await transport.pong_received.wait()
        assert len(await received(secured, TICK, 5, "/burst?kind=tick&count=5", CLAIMS)) == 5
        # What had been sent to it would come before the answer.
        transport.pong_received.clear()
        await transport.send_ping()
        await transport.pong_received.wait()
        assert not events.done()
        events.cancel()
        await asyncio.wait([events])


def test_the_script_that_starts_it_says_how_it_is_used() -> None:
    run = subprocess.run([CONTRACT / "serve"], capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == "usage: Examples/contract/serve PORT [--native] [--built | --resolved | --secured]\n"
