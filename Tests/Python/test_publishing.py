"""Publishing over HTTP: the endpoint on a real server, and `python -m subsgen publish`."""

from __future__ import annotations

import json
import os
import socket
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from chat import MESSAGE_ADDED, SDL, message
from pulling import result, subscribed
from serving import uvicorn_server, within
from subsgen import SubscriptionManager, create_publish_app
from subsgen.__main__ import main

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
    [b"", b"{", b"\xff", [], {"topic": "chat.1"}, {"topic": 1, "payload": 1}, EVENT | {"attributes": {"a": 1}}, EVENT | {"claims": {}}],
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
    assert capsys.readouterr().err.startswith(f"error: cannot publish to {url}: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["redis://localhost", "t", "{}"], "publishing to redis:// is not possible yet"),
        (["postgresql://localhost/a", "t", "{}"], "publishing to postgresql:// is not possible yet"),
        (["ftp://a", "t", "{}"], "begins with http:// or https://"),
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
