"""Publishing over HTTP: the endpoint on a real server, and `python -m subsgen publish`."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from chat import MESSAGE_ADDED, SDL, message
from pulling import result, subscribed
from serving import uvicorn_server, within
from subsgen import EventBusConfig, Publisher, SubscriptionManager, create_publish_app
from subsgen.__main__ import main
from subsgen.publish_hook import WrongTokens

TOKEN = "a secret that is long enough".replace(" ", "-")
GOOD = {"authorization": f"Bearer {TOKEN}"}
EVENT = {"topic": "chat.1", "payload": message(1)}


def application(manager: SubscriptionManager, **options: Any) -> Starlette:
    return Starlette(routes=[Route("/publish", create_publish_app(manager, TOKEN, **options))])


async def post(
    manager: SubscriptionManager, content: Any, headers: dict[str, str] = GOOD, method: str = "POST", **options: Any
) -> httpx.Response:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    transport = httpx.ASGITransport(application(manager, **options))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.request(method, "/publish", content=body, headers=headers)


@pytest.fixture
def manager() -> SubscriptionManager:
    return SubscriptionManager(schema=SDL)


async def test_an_event_reaches_its_subscribers(manager: SubscriptionManager) -> None:
    async with subscribed(manager, MESSAGE_ADDED, room="1") as id:
        response = await post(manager, EVENT | {"attributes": {"source": "test"}})
        assert response.status_code == 200
        assert list(response.json()) == ["cursor"]
        assert await result(manager, id) == {"data": {"messageAdded": {"id": "1", "text": "hello"}}}


@pytest.mark.parametrize(
    "header",
    ["", TOKEN, "Bearer", "Bearer ", f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Bearer  {TOKEN}"],
)
async def test_nobody_publishes_without_the_token(manager: SubscriptionManager, header: str) -> None:
    response = await post(manager, EVENT, {"authorization": header} if header else {})
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert manager.get_metrics()["events_published"] == 0


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff", [], {"topic": 1, "payload": 1}, EVENT | {"attributes": {"a": 1}}, EVENT | {"claims": {}}],
)
async def test_what_is_no_request_is_answered_with_400(manager: SubscriptionManager, content: Any) -> None:
    response = await post(manager, content)
    assert response.status_code == 400
    assert response.json()["error"].startswith("the request is no JSON object of topic, payload and attributes: ")


async def test_a_topic_that_no_field_reads_is_answered_with_400_and_the_reason(manager: SubscriptionManager) -> None:
    response = await post(manager, EVENT | {"topic": "nowhere"})
    assert response.status_code == 400
    assert "nowhere" in response.json()["error"]


async def test_only_post_publishes(manager: SubscriptionManager) -> None:
    response = await post(manager, EVENT, method="PUT")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


async def test_a_request_is_bounded(manager: SubscriptionManager) -> None:
    size = len(json.dumps(EVENT))
    assert (await post(manager, EVENT, max_bytes=size - 1)).status_code == 413
    assert (await post(manager, EVENT, max_bytes=size)).status_code == 200


async def test_a_bus_that_cannot_be_reached_is_answered_with_503() -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    manager = SubscriptionManager(EventBusConfig.redis(f"redis://127.0.0.1:{port}?seconds_to_publish=1"), schema=SDL)
    response = await post(manager, EVENT)
    assert response.status_code == 503
    assert str(port) in response.json()["error"]


async def test_a_topic_is_ended_by_the_endpoint(manager: SubscriptionManager) -> None:
    async with subscribed(manager, MESSAGE_ADDED, room="1") as id:
        response = await post(manager, {"topic": "chat.1", "complete": True})
        assert (response.status_code, response.json()) == (200, {})
        assert await manager.get_next_event(id, timeout=10) is None
    for neither in ({"topic": "chat.1"}, EVENT | {"complete": True}):
        response = await post(manager, neither)
        assert (response.status_code, response.json()) == (400, {"error": "the request has either a payload or complete: true"})


async def test_an_address_that_tries_tokens_is_told_to_wait_and_who_has_the_right_one_is_not(manager: SubscriptionManager) -> None:
    app = create_publish_app(manager, TOKEN)

    async def ask(address: str, token: str) -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.post("/", json=EVENT, headers={"authorization": f"Bearer {token}"})

    for guess in range(10):
        assert (await ask("192.0.2.1", f"guess-{guess}")).status_code == 401
    refused = await ask("192.0.2.1", "guess-10")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert (await ask("192.0.2.2", "guess-0")).status_code == 401
    # Behind a proxy they may have one address.
    assert (await ask("192.0.2.1", TOKEN)).status_code == 200


def test_wrong_tokens_are_forgotten_after_a_minute_and_with_very_many_addresses() -> None:
    now = 0.0
    wrong = WrongTokens(lambda: now)
    for _ in range(10):
        wrong.add("a")
    assert wrong.wait("a") == 60
    now = 59.5
    assert wrong.wait("a") == 1
    now = 60.0
    assert wrong.wait("a") == 0
    wrong.add("a")
    assert wrong.wait("a") == 0
    for address in range(20_000):
        wrong.add(str(address))
    assert len(wrong) == 10_000


@pytest.fixture
async def endpoint(manager: SubscriptionManager) -> AsyncGenerator[str]:
    async with uvicorn_server(application(manager)) as server:
        yield server.url.replace("ws:", "http:").replace("/graphql", "/publish")


async def test_a_publisher_publishes_and_ends_topics(manager: SubscriptionManager, endpoint: str) -> None:
    async with subscribed(manager, MESSAGE_ADDED, room="1") as id, Publisher(endpoint, TOKEN) as publisher:
        for number in range(3):
            assert await within(publisher.publish_event("chat.1", message(number), {"source": "test"}))
        for number in range(3):
            assert await result(manager, id) == {"data": {"messageAdded": {"id": str(number), "text": "hello"}}}
        await within(publisher.complete_topic("chat.1"))
        assert await manager.get_next_event(id, timeout=10) is None


async def test_a_publisher_without_an_event_loop_publishes(manager: SubscriptionManager, endpoint: str) -> None:
    def publish() -> str:
        with Publisher(endpoint, TOKEN) as publisher:
            return publisher.publish_event_blocking("chat.1", json.dumps(message(1)))

    assert await within(asyncio.to_thread(publish))
    assert manager.get_metrics()["events_published"] == 1


async def test_a_publisher_tells_what_was_refused_and_why(endpoint: str) -> None:
    async with Publisher(endpoint, TOKEN) as publisher:
        with pytest.raises(ValueError, match=r"answered with HTTP 400: .*nowhere"):
            await within(publisher.publish_event("nowhere", 1))
        with pytest.raises(ValueError, match="the event is no JSON"):
            await publisher.publish_event("chat.1", '1},"topic":"chat.2","x":{')
        with pytest.raises(TypeError):
            await publisher.publish_event("chat.1", object())
    async with Publisher(endpoint, "another-token-of-length") as publisher:
        with pytest.raises(PermissionError, match="HTTP 401: the token is missing or wrong"):
            await within(publisher.publish_event("chat.1", message(1)))
    async with Publisher(endpoint.replace("/publish", "/nowhere"), TOKEN) as publisher:
        with pytest.raises(ConnectionError, match="HTTP 404: this is no endpoint of create_publish_app"):
            await within(publisher.publish_event("chat.1", message(1)))


async def test_a_publisher_goes_on_where_the_server_has_closed_a_connection_that_lay_idle() -> None:
    requests = 0

    async def answer_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
        await reader.readexactly(length)
        requests += 1
        writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 14\r\n\r\n{"cursor":"1"}')
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer_one, "127.0.0.1", 0)
    async with server, Publisher(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", TOKEN) as publisher:
        assert [await within(publisher.publish_event("t", number)) for number in range(3)] == ["1", "1", "1"]
    assert requests == 3


async def test_a_publisher_without_a_server_raises_and_a_closed_one_publishes_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/publish"
    async with Publisher(url, TOKEN) as publisher:
        with pytest.raises(ConnectionRefusedError):
            await within(publisher.publish_event("chat.1", 1))
    with pytest.raises(RuntimeError):
        await publisher.publish_event("chat.1", 1)


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        (("redis://localhost", TOKEN), {}, "begins with http:// or https://"),
        (("redis://localhost",), {}, "becomes one by EventBusConfig.from_url"),
        (("http:///publish", TOKEN), {}, "begins with http:// or https://"),
        (("http://a/", ""), {}, "the token is"),
        (("http://a/", "a\r\nb"), {}, "the token is"),
        (("http://a/", TOKEN), {"timeout": 0}, "timeout is more than 0"),
        (("http://a/", TOKEN), {"connections": 0}, "connections is at least 1"),
    ],
)
def test_a_publisher_that_cannot_be_meant_is_refused(arguments: Any, options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Publisher(*arguments, **options)


@pytest.mark.parametrize("token", ["", "short", "with a space in it " * 2, "ü" * 20])
def test_a_token_that_is_no_secret_is_refused(manager: SubscriptionManager, token: str) -> None:
    with pytest.raises(ValueError, match="the token has at least 16 characters"):
        create_publish_app(manager, token)


async def run(url: str, *arguments: str, token: str = TOKEN, typed: str = "") -> tuple[int | None, str, str]:
    environment = os.environ | {"SUBSGEN_PUBLISH_TOKEN": token}
    process = await create_subprocess_exec(
        sys.executable, "-m", "subsgen", "publish", url, *arguments, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment
    )
    out, err = await within(process.communicate(typed.encode()))
    return process.returncode, out.decode(), err.decode()


async def test_the_command_publishes_and_tells_a_refusal(manager: SubscriptionManager) -> None:
    async with subscribed(manager, MESSAGE_ADDED, room="1") as id, uvicorn_server(application(manager)) as server:
        url = server.url.replace("ws:", "http:").replace("/graphql", "/publish")
        status, cursor, said = await run(url, "chat.1", "-", "--attribute", "source=test", typed=json.dumps(message(7)))
        assert (status, said) == (0, "")
        assert len(cursor.split()) == 1
        assert await result(manager, id) == {"data": {"messageAdded": {"id": "7", "text": "hello"}}}
        wrong = await run(url, "chat.1", "{}", token="another-token-of-length")
        assert wrong == (1, "", f"error: {url} answered with HTTP 401: the token is missing or wrong\n")


def test_without_a_server_the_command_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SUBSGEN_PUBLISH_TOKEN", TOKEN)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/publish"
    assert main(["publish", url, "chat.1", "{}"]) == 3
    assert capsys.readouterr().err.startswith("error: cannot publish: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["redis://localhost", "t", "{}"], "a bus needs --schema"),
        (["redis://localhost", "t", "{}", "--schema", "/none"], "--schema: "),
        (["memory://", "t", "{}"], "the memory bus is of one process"),
        (["ftp://a", "t", "{}"], "that of an endpoint, http:// or https://, or of a bus"),
        (["env:SUBSGEN_NONE", "t", "{}"], "the environment has no variable 'SUBSGEN_NONE'"),
        (["http://a:port/", "t", "{}"], "Port could not be cast"),
        (["http://a/", "t", "hello"], "PAYLOAD is JSON"),
        (["http://a/", "t", "{}", "--attribute", "a"], "--attribute is NAME=VALUE"),
    ],
)
def test_wrong_use_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    monkeypatch.setenv("SUBSGEN_PUBLISH_TOKEN", TOKEN)
    with pytest.raises(SystemExit) as exit:
        main(["publish", *arguments])
    assert exit.value.code == 2
    assert said in capsys.readouterr().err
