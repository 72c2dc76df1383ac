"""The native server behind proxies, and at a socket of Unix: whom it believes, and what that changes."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import stat
import struct
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect, unix_connect
from websockets.exceptions import InvalidStatus

from chat import MESSAGE_ADDED, SDL, message
from serve_command import APPLICATION, TICK, Serving, serve
from serving import PROTOCOL, Client, within
from subsgen import RuntimeOptions, SubscriptionManager

CLIENT = """
from fastapi import Request

@app.get("/client")
async def client(request: Request) -> str:
    return request.client.host
"""


class Scopes:
    """An ASGI application that notes what it is asked by whom."""

    def __init__(self) -> None:
        self.seen: list[tuple[Any, str]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            self.seen.append((scope["client"], scope["scheme"]))
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body"})


@asynccontextmanager
async def client(port: int, before: bytes = b"", **headers: str) -> AsyncGenerator[Client]:
    """One whose bytes come after others."""
    sock = socket.create_connection(("127.0.0.1", port))
    sock.sendall(before)
    url = f"ws://127.0.0.1:{port}/graphql"
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    async with connect(url, sock=sock, subprotocols=[PROTOCOL], additional_headers=fields) as connected:
        yield Client(connected)


@asynccontextmanager
async def visitor(path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        base_url="http://a", transport=httpx.AsyncHTTPTransport(uds=str(path), verify=False), timeout=20
    ) as visiting:
        yield visiting


async def test_connections_are_counted_by_the_address_that_a_trusted_proxy_tells() -> None:
    manager = SubscriptionManager(schema=SDL, options=RuntimeOptions(connections_per_address=1))
    async with (
        manager.server(port=0, trusted_proxies=["127.0.0.0/8"]) as server,
        client(server.port, x_forwarded_for="192.0.2.1") as ada,
        client(server.port, forwarded="for=192.0.2.2") as bob,
    ):
        for peer in (ada, bob):
            await peer.initialise()
        with pytest.raises(InvalidStatus, match="429"):
            # What the client has written itself stands before what its proxy adds.
            async with client(server.port, x_forwarded_for="203.0.113.9, 192.0.2.1"):
                pass


async def test_who_is_not_trusted_is_not_believed() -> None:
    manager, app = SubscriptionManager(schema=SDL, options=RuntimeOptions(connections_per_address=1)), Scopes()
    async with manager.server(port=0, trusted_proxies=["10.0.0.0/8", "unix"], app=app) as server:
        async with client(server.port, x_forwarded_for="192.0.2.1") as ada:
            await ada.initialise()
            with pytest.raises(InvalidStatus, match="429"):
                async with client(server.port, x_forwarded_for="192.0.2.2"):
                    pass
        async with httpx.AsyncClient(base_url=server.url, trust_env=False) as visiting:
            await visiting.get("/", headers={"x-forwarded-for": "192.0.2.1", "x-forwarded-proto": "https", "forwarded": 'for="'})
    ((address, scheme),) = app.seen
    assert (address[0], scheme) == ("127.0.0.1", "http")


async def test_an_application_and_the_rule_for_pages_see_what_the_client_asked_for() -> None:
    manager, app = SubscriptionManager(schema=SDL), Scopes()
    forwarded = 'for="[2001:db8::1]:4711";proto=https;host=app.example'
    async with manager.server(port=0, trusted_proxies=["127.0.0.1"], app=app) as server:
        async with httpx.AsyncClient(base_url=server.url, trust_env=False) as visiting:
            await visiting.get("/", headers={"forwarded": forwarded})
            assert (await visiting.get("/", headers={"forwarded": 'for="'})).status_code == 400
        async with client(server.port, forwarded=forwarded, origin="https://app.example") as page:
            await page.initialise()
        for other in ("http://app.example", f"http://127.0.0.1:{server.port}"):
            with pytest.raises(InvalidStatus, match="403"):
                async with client(server.port, forwarded=forwarded, origin=other):
                    pass
    assert app.seen == [(("2001:db8::1", 4711), "https")]


@pytest.mark.parametrize("version", [1, 2])
async def test_connections_of_a_trusted_proxy_begin_with_a_header_of_the_proxy_protocol(version: int) -> None:
    def header(host: str) -> bytes:
        if version == 1:
            return f"PROXY TCP4 {host} 10.0.0.1 5000 80\r\n".encode()
        addresses = socket.inet_aton(host) + socket.inet_aton("10.0.0.1") + struct.pack("!HH", 5000, 80)
        return b"\r\n\r\n\0\r\nQUIT\n\x21\x11" + struct.pack("!H", len(addresses)) + addresses

    manager = SubscriptionManager(schema=SDL, options=RuntimeOptions(connections_per_address=1))
    async with manager.server(port=0, trusted_proxies=["127.0.0.1"], proxy_protocol=True) as server:
        async with client(server.port, header("192.0.2.1")) as ada, client(server.port, header("192.0.2.2")):
            await ada.initialise()
            with pytest.raises(InvalidStatus, match="429"):
                async with client(server.port, header("192.0.2.1")):
                    pass
        with pytest.raises(httpx.RemoteProtocolError):
            async with httpx.AsyncClient(base_url=server.url, trust_env=False) as visiting:
                await visiting.get("/healthz")


async def test_a_socket_of_unix_is_made_and_removed(tmp_path: Path) -> None:
    path, app = tmp_path / "served", Scopes()
    manager = SubscriptionManager(schema=SDL)
    # One that is left of a process that has ended.
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    async with manager.server(unix_socket=path, trusted_proxies=["unix"], app=app) as server:
        assert (server.url, server.unix_socket, str(server)) == ("", str(path), f"unix:{path}")
        assert stat.S_ISSOCK(path.stat().st_mode)
        async with visitor(path) as visiting:
            for headers in ({}, {"x-forwarded-for": "192.0.2.1", "x-forwarded-proto": "https"}):
                await visiting.get("/", headers=headers)
        async with unix_connect(str(path), "ws://a/graphql", subprotocols=[PROTOCOL]) as connected:
            ada = Client(connected)
            await ada.initialise()
            await ada.subscribe("1", MESSAGE_ADDED, room="1")
            await manager.publish_event("chat.1", message(1))
            assert (await ada.receive())["id"] == "1"
        with pytest.raises(OSError, match="Address already in use"):
            async with manager.server(unix_socket=path):
                pass
    assert app.seen == [(None, "http"), (("192.0.2.1", 0), "https")]
    assert not path.exists()


async def test_a_burst_of_clients_waits_to_be_accepted(tmp_path: Path) -> None:
    path = tmp_path / "served"
    async with SubscriptionManager(schema=SDL).server(unix_socket=path, threads=1):
        clients = [socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK) for _ in range(600)]
        try:
            assert {one.connect_ex(str(path)) for one in clients} == {0}
        finally:
            for one in clients:
                one.close()


@pytest.mark.parametrize(
    ("options", "mistake"),
    [
        ({"trusted_proxies": ["localhost"]}, "A trusted proxy is an address, a network as 10.0.0.0/8 is, or unix, and not localhost"),
        ({"trusted_proxies": "10.0.0.0/8"}, r'trusted_proxies is a list: \["10.0.0.0/8"\]'),
        ({"proxy_protocol": True}, "the PROXY protocol is believed of trusted proxies only: name them by trusted_proxies"),
    ],
)
async def test_options_that_cannot_be_meant(options: dict[str, Any], mistake: str) -> None:
    with pytest.raises(ValueError, match=mistake):
        async with SubscriptionManager(schema=SDL).server(port=0, **options):
            pass


async def test_another_file_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("kept")
    with pytest.raises(FileExistsError, match="there is a file that is no socket"):
        async with SubscriptionManager(schema=SDL).server(unix_socket=path):
            pass
    assert path.read_text() == "kept"


# The command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "application.py").write_text(APPLICATION)
    return tmp_path


async def process(path: Path) -> int:
    """The worker that takes a new connection."""
    async with visitor(path) as visiting:
        return int((await visiting.get("/process")).text)


@asynccontextmanager
async def subscribed(path: Path) -> AsyncGenerator[Client]:
    async with unix_connect(str(path), "ws://a/graphql", subprotocols=[PROTOCOL]) as connected:
        peer = Client(connected)
        await peer.initialise()
        await peer.subscribe("s", TICK)
        yield peer


async def is_asked_to_end(serving: Serving, peer: Client) -> None:
    serving.process.send_signal(signal.SIGTERM)
    assert await peer.receive() == {"id": "s", "type": "complete"}
    assert await peer.closing() == (1001, "Going away")
    assert await within(serving.process.wait()) == 0


async def test_the_command_serves_at_a_socket_of_unix(folder: Path) -> None:
    path = folder / "served"
    async with serve(folder, "memory://", "application:manager", "--unix-socket", str(path)) as serving:
        await serving.says(rf"operations are served at /graphql of the socket {path}\n")
        async with subscribed(path) as peer:
            await is_asked_to_end(serving, peer)
    assert not path.exists()


async def test_workers_share_a_socket_of_unix_and_one_that_dies_is_replaced(folder: Path, redis_url: str) -> None:
    path = folder / "served"
    arguments = ("application:manager", "--app", "application:app", "--workers", "2", "--unix-socket", str(path))
    async with serve(folder, redis_url, *arguments) as serving:
        await serving.says(rf"2 workers serve at the socket {path}\n")
        dead = await process(path)
        os.kill(dead, signal.SIGKILL)
        await serving.says(rf"worker \d \(process {dead}\) was ended by SIGKILL; another takes its place")
        # While one is missing, and when it is there: somebody answers each.
        assert dead not in await within(asyncio.gather(*(process(path) for _ in range(20))))
        async with subscribed(path) as peer:
            async with visitor(path) as visiting:
                await visiting.get("/publish")
            assert (await peer.receive())["payload"] == {"data": {"tick": 1}}
            await is_asked_to_end(serving, peer)
    assert not path.exists()


async def test_the_socket_of_unix_stays_when_the_application_is_started_again(folder: Path) -> None:
    path = folder / "served"
    arguments = ("application:manager", "--app", "application:app", "--reload", "--unix-socket", str(path))
    async with serve(folder, "memory://", *arguments) as serving:
        await serving.says(rf"served at the socket {path}\n")
        before, file = await process(path), path.stat().st_ino
        (folder / "application.py").write_text(APPLICATION + "\n# changed\n")
        await serving.says(rf"changed: application\.py\n(?:.*\n)*.*served at the socket {path}\n")
        assert before != await process(path)
        assert path.stat().st_ino == file
    assert not path.exists()


async def test_the_command_believes_proxies_that_it_is_told_of(folder: Path) -> None:
    (folder / "application.py").write_text(APPLICATION + CLIENT)
    arguments = ("application:manager", "--app", "application:app", "--port", "0", "--trusted-proxies", "10.0.0.1/8,127.0.0.1")
    async with serve(folder, "memory://", *arguments, "--proxy-protocol") as serving:
        port = int((await serving.says(r"served at http://127.0.0.1:(\d+)/graphql\n"))[1])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"PROXY TCP4 10.1.1.1 10.0.0.1 5000 80\r\nGET /client HTTP/1.0\r\nhost: a\r\nx-forwarded-for: 192.0.2.1\r\n\r\n")
        assert (await within(reader.read())).endswith(b'"192.0.2.1"')
        writer.close()


async def test_a_socket_that_is_taken_is_told(folder: Path, redis_url: str) -> None:
    path = folder / "served"
    with socket.socket(socket.AF_UNIX) as taken:
        taken.bind(str(path))
        taken.listen()
        for workers in ("1", "2"):
            arguments = ("application:manager", "--unix-socket", str(path), "--workers", workers)
            async with serve(folder, redis_url, *arguments) as serving:
                await serving.says(
                    rf"error: .*cannot listen at .*{path}: Address already in use|nobody can listen at the socket {path}: Address"
                )
                assert await within(serving.process.wait()) == 3
    assert path.exists()
