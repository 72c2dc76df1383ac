"""`python -m subsgen subscribe`, against real servers."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

import serving
from chat import message, registry, resolver_module
from serving import PROTOCOL, within
from subsgen import SubscriptionManager
from subsgen.__main__ import main

QUERY = "subscription ($room: ID) { message(roomId: $room) { id text } }"
Handle = Callable[[ServerConnection], Awaitable[None]]


def _heed_ctrl_c() -> None:
    """A shell that runs the tests in the background has it ignored, by them and what they start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


async def start(*arguments: str) -> Process:
    command = [sys.executable, "-m", "subsgen", "subscribe", *arguments]
    return await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=PIPE, preexec_fn=_heed_ctrl_c)


async def run(*arguments: str, typed: str = "") -> tuple[int | None, list[Any], str]:
    """The command's status, its lines of JSON, and what it says on standard error."""
    process = await start(*arguments)
    out, err = await within(process.communicate(typed.encode()))
    return process.returncode, [json.loads(line) for line in out.splitlines()], err.decode()


async def three(args: Any) -> AsyncGenerator[Any]:
    for id in range(3):
        yield message(id, args.room_id or "1")


async def one_and_no_end(_: Any) -> AsyncGenerator[Any]:
    yield message(0)
    await asyncio.Event().wait()


def manager(source: Callable[[Any], AsyncGenerator[Any]] = three) -> SubscriptionManager:
    return SubscriptionManager(registry=registry(message=resolver_module(source=source)))


def results(*ids: int) -> list[Any]:
    return [{"data": {"message": {"id": str(id), "text": "hello"}}} for id in ids]


async def test_results_are_lines_of_json_until_the_server_completes() -> None:
    async with serving.fastapi(manager()) as server:
        assert await run(server.url, QUERY, "--variables", '{"room": "1"}') == (0, results(0, 1, 2), "")


async def test_count_ends_it_and_the_document_may_come_from_standard_input() -> None:
    async with serving.websockets(manager()) as server:
        assert await run(server.url, "-", "--count", "2", typed="subscription { message { id text } }") == (0, results(0, 1), "")


async def test_a_refused_subscription_says_why() -> None:
    async with serving.websockets(manager()) as server:
        status, lines, said = await run(server.url, "subscription { nothing }")
    assert (status, lines) == (1, [])
    assert said.startswith("error: the server refused the subscription: ")
    assert "nothing" in said


async def test_headers_and_payload_reach_the_server_and_a_refusal_is_told() -> None:
    seen: list[Any] = []

    def refuse(payload: Any, connection: Any) -> Any:
        seen.append((payload, connection.headers["x-tenant"]))
        raise ValueError("nobody may")

    async with serving.websockets(manager(), refuse) as server:
        status, lines, said = await run(server.url, QUERY, "--payload", '{"token": "t"}', "-H", "X-Tenant: a")
    assert seen == [({"token": "t"}, "a")]
    assert (status, lines) == (1, [])
    assert "closed with 4403" in said


async def test_without_a_server_it_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"ws://127.0.0.1:{listener.getsockname()[1]}/graphql"
    status, lines, said = await run(url, QUERY)
    assert (status, lines) == (3, [])
    assert said.startswith(f"error: cannot connect to {url}")


async def test_a_timeout_before_count_is_told() -> None:
    async with serving.websockets(manager(one_and_no_end)) as server:
        status, _, said = await run(server.url, QUERY, "--count", "2", "--timeout", "0.01")
    assert status == 4
    assert said == "error: there were less than 2 results in 0.01 seconds\n"


async def test_ctrl_c_ends_it_by_the_signal_and_without_a_traceback() -> None:
    async with serving.websockets(manager(one_and_no_end)) as server:
        process = await start(server.url, QUERY)
        assert process.stdout is not None
        assert json.loads(await within(process.stdout.readline())) == results(0)[0]
        process.send_signal(signal.SIGINT)
        _, err = await within(process.communicate())
    assert (process.returncode, err) == (-signal.SIGINT, b"")


async def test_numbers_keep_their_digits_and_pings_are_answered_and_a_lost_connection_is_made_again() -> None:
    """Against a server that speaks by the letter, and drops its first client."""
    connections = 0

    async def handle(connection: ServerConnection) -> None:
        nonlocal connections
        connections += 1
        assert json.loads(await connection.recv()) == {"type": "connection_init"}
        await connection.send('{"type":"ping"}')
        assert json.loads(await connection.recv()) == {"type": "pong"}
        await connection.send('{"type":"connection_ack"}')
        subscribe = json.loads(await connection.recv())
        assert subscribe == {"type": "subscribe", "id": "1", "payload": {"query": "{ a }"}}
        if connections == 1:
            await connection.close(1012, "restart")
            return
        await connection.send('{"type":"next","id":"1","payload":{"data": {"a": 1.10000000000000000000001}}}')
        assert json.loads(await connection.recv()) == {"type": "complete", "id": "1"}
        with pytest.raises(ConnectionClosed):
            await connection.recv()

    listener = socket.create_server(("127.0.0.1", 0))
    async with serve(handle, sock=listener, subprotocols=[PROTOCOL]):
        process = await start(f"ws://127.0.0.1:{listener.getsockname()[1]}", "{ a }", "--count", "1", "--reconnect")
        out, err = await within(process.communicate())
    assert (process.returncode, out) == (0, b'{"data":{"a":1.10000000000000000000001}}\n')
    assert err.startswith(b"the connection was closed with 1012 (restart); connecting again in 0.")
    assert connections == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ftp://a", "{a}"], "begins with ws://, wss://, http:// or https://"),
        (["http:///graphql", "{a}"], "begins with ws://, wss://, http:// or https://"),
        (["http://a/b c", "{a}"], "percent-encoded"),
        (["ws://a:port", "{a}"], "Port could not be cast"),
        (["http://a/graphql", "{a}", "--payload", "{}"], "--payload is that of connection_init"),
        (["ws://a", "{a}", "--variables", "[]"], "--variables is a JSON object"),
        (["ws://a", "{a}", "--payload", "{"], "--payload is a JSON object"),
        (["ws://a", "{a}", "-H", "Token"], "--header is 'Name: value'"),
        (["ws://a", "{a}", "-H", "a: b\nc: d"], "--header is 'Name: value'"),
        (["ws://a", "{a}", "--count", "0"], "--count is at least 1"),
        (["ws://a", "{a}", "--timeout", "nan"], "--timeout is more than 0"),
    ],
)
def test_wrong_use_is_told(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        main(["subscribe", *arguments])
    assert exit.value.code == 2
    assert said in capsys.readouterr().err
