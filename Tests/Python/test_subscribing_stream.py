"""`python -m subsgen subscribe http://...`: event streams, against real servers, and against one that misbehaves."""

from __future__ import annotations

import asyncio
import json
import random
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

import serving
from serving import within
from subsgen import subscribing, subscribing_stream
from subsgen.subscribing import Wanted
from subsgen.subscribing_stream import EventStream
from test_subscribing import QUERY, manager, one_and_no_end, results, run, start

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"


def http(server: serving.Server) -> str:
    return server.url.replace("ws:", "http:")


# MARK: Our servers


@pytest.mark.parametrize("serve", [serving.fastapi, serving.aiohttp_requests], ids=["fastapi", "aiohttp"])
async def test_results_are_lines_of_json_until_the_server_completes(serve: Any) -> None:
    async with serve(manager()) as server:
        assert await run(http(server), QUERY, "--variables", '{"room": "1"}') == (0, results(0, 1, 2), "")
        assert await run(http(server), QUERY, "--count", "2") == (0, results(0, 1), "")


async def test_a_refused_subscription_says_why() -> None:
    async with serving.fastapi(manager()) as server:
        status, lines, said = await run(http(server), "subscription { nothing }")
    assert (status, lines) == (1, [])
    assert said.startswith("error: the server refused the subscription: ")
    assert "nothing" in said


async def test_headers_reach_the_server_and_a_refusal_is_told() -> None:
    seen: list[Any] = []

    def refuse(payload: Any, connection: Any) -> Any:
        seen.append((payload, connection.headers["x-tenant"]))
        raise ValueError("nobody may")

    async with serving.fastapi(manager(), refuse) as server:
        status, lines, said = await run(http(server), QUERY, "-H", "X-Tenant: a")
    assert seen == [(None, "a")]
    assert (status, lines) == (1, [])
    assert "answered with HTTP 403" in said


async def test_ctrl_c_and_a_timeout_end_it() -> None:
    async with serving.fastapi(manager(one_and_no_end)) as server:
        process = await start(http(server), QUERY)
        assert process.stdout is not None
        assert json.loads(await within(process.stdout.readline())) == results(0)[0]
        process.send_signal(signal.SIGINT)
        _, err = await within(process.communicate())
        assert (process.returncode, err) == (-signal.SIGINT, b"")
        status, _, said = await run(http(server), QUERY, "--count", "2", "--timeout", "0.01")
        assert (status, said) == (4, "error: there were less than 2 results in 0.01 seconds\n")


# MARK: Servers of another kind

Answer = Callable[[asyncio.StreamWriter, dict[str, str], Any], Awaitable[None]]


@asynccontextmanager
async def server(answer: Answer) -> AsyncGenerator[str]:
    """Reads requests by the letter, and lets `answer` answer them."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in head[1:-2])
        assert head[0] == "POST /graphql?a=b HTTP/1.1"
        assert headers["accept"] == "text/event-stream"
        await answer(writer, headers, json.loads(await reader.readexactly(int(headers["content-length"]))))
        writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listener:
        yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/graphql?a=b"


async def test_numbers_keep_their_digits_and_a_lost_stream_goes_on_after_its_cursor() -> None:
    """By the letter: chunks that end anywhere, comments, ids, a stream that breaks off."""
    requests: list[tuple[str | None, Any]] = []

    async def answer(writer: asyncio.StreamWriter, headers: dict[str, str], request: Any) -> None:
        requests.append((headers.get("last-event-id"), request))
        text = b':\r\nid: c1\r\nevent: next\r\ndata: {"data": {"a":\r\ndata: 1.10000000000000000000001}}\r\n\r\n'
        if len(requests) == 2:
            text += b"event: complete\ndata:\n\n"
        chunks = b"".join(b"%x;x=y\r\n%c\r\n" % (1, byte) for byte in text)
        writer.write(HEAD + b"transfer-encoding: chunked\r\n\r\n" + chunks + (b"0\r\n\r\n" if len(requests) == 2 else b""))
        await writer.drain()

    async with server(answer) as url:
        process = await start(url, "{ a }", "--resume")
        out, err = await within(process.communicate())
    assert (process.returncode, out) == (0, 2 * b'{"data":{"a":1.10000000000000000000001}}\n')
    assert b"was lost: " in err
    assert b"connecting again in 0." in err
    assert requests == [
        (None, {"query": "{ a }", "extensions": {"resume": True}}),
        ("c1", {"query": "{ a }", "extensions": {"after": "c1"}}),
    ]


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<html>", 1, "HTTP 200 and text/html, which is no event stream"),
        (
            b'HTTP/1.1 400 No\r\ncontent-type: application/json\r\ncontent-length: 29\r\n\r\n{"errors":[{"message":"no"}]}',
            1,
            "HTTP 400: no",
        ),
        (b"HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n", 3, "answered with HTTP 503"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", 1, "its answer is no HTTP/1.1"),
        (b"", 3, "was lost"),
        (HEAD + b"\r\nevent: next\ndata: {]\n\n", 1, "no event stream"),
        (HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\n", 1, "no event stream"),
        (HEAD + b'\r\nevent: next\ndata: {"data":null}\n\n', 3, "ended without complete"),
    ],
)
async def test_what_is_no_event_stream_is_told(text: bytes, status: int, said: str) -> None:
    async def answer(writer: asyncio.StreamWriter, _: dict[str, str], __: Any) -> None:
        writer.write(text)
        await writer.drain()

    async with server(answer) as url:
        ended, _, told = await run(url, "{ a }")
    assert (ended, said in told) == (status, True), told


def test_an_event_stream_reads_the_same_however_it_is_cut() -> None:
    text = b"".join(
        (b":hello\n", b"event: next\rdata: 1\r\r", b"data:2\r\ndata:  3\r\n\r\n", b"event: x\n\n", b"id: 7\ndata\n\n", b"data: lost")
    )
    expected = [("next", b"1"), ("message", b"2\n 3"), ("message", b"")]
    seed = random.randrange(1 << 32)
    source = random.Random(seed)
    for _ in range(200):
        stream, got, rest = EventStream(), list[tuple[str, bytes]](), text
        while rest:
            size = source.randint(1, 9)
            got += stream.feed(rest[:size])
            rest = rest[size:]
        assert (got, stream.last_id) == (expected, "7"), f"seed {seed}"


def test_a_timeout_ends_also_a_connection_that_forgets_a_cancellation(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def forgetful(*_: object) -> None:
        # As `asyncio.wait_for` before Python 3.12, where what it waits for comes in the same turn.
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    monkeypatch.setattr(subscribing_stream, "connection", forgetful)
    assert subscribing.run(Wanted("http://localhost/graphql", QUERY, count=2, timeout=0.01)) == 4
    assert capsys.readouterr().err == "error: there were less than 2 results in 0.01 seconds\n"
