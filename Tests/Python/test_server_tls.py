"""TLS of the native server: who speaks it, which pages may connect, and certificates that change."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import signal
import ssl
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from certificates import Certificate, shown
from chat import MESSAGE_ADDED, SDL, message
from serve_command import APPLICATION, TICK, Serving, serve
from serving import PROTOCOL, Client, within
from subsgen import SubscriptionManager


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return Certificate(tmp_path)


@asynccontextmanager
async def client(port: int, context: ssl.SSLContext, **headers: str) -> AsyncGenerator[Client]:
    async with connect(f"wss://127.0.0.1:{port}/graphql", ssl=context, subprotocols=[PROTOCOL], additional_headers=headers) as socket:
        yield Client(socket)


async def test_subscriptions_and_requests_come_by_tls(certificate: Certificate) -> None:
    schemes: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        schemes.append(scope["scheme"])
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    manager, context = SubscriptionManager(schema=SDL), certificate.trusted()
    async with manager.server(port=0, app=app, tls_cert=certificate.file, tls_key=certificate.key_file) as server:
        assert server.url == f"https://127.0.0.1:{server.port}"
        async with client(server.port, context) as ada, httpx.AsyncClient(base_url=server.url, verify=context, trust_env=False) as visitor:
            await ada.initialise()
            await ada.subscribe("1", MESSAGE_ADDED, room="1")
            await manager.publish_event("chat.1", message(1, text="long " * 100_000))
            assert len((await ada.receive())["payload"]["data"]["messageAdded"]["text"]) == 500_000
            assert (await visitor.post("/graphql", json={"query": "{ __typename }"})).json() == {"data": {"__typename": "Query"}}
            await visitor.get("/other")
        assert schemes == ["https"]
        with pytest.raises(InvalidStatus, match="403"):
            # The page of the same host that came without TLS, which anybody on the way may have written.
            async with client(server.port, context, Origin=f"http://127.0.0.1:{server.port}"):
                pass
        async with client(server.port, context, Origin=server.url) as page:
            await page.initialise()


async def test_a_file_may_hold_both(certificate: Certificate) -> None:
    certificate.file.write_bytes(certificate.file.read_bytes() + certificate.key_file.read_bytes())
    manager = SubscriptionManager(schema=SDL)
    async with manager.server(port=0, tls_cert=str(certificate.file)) as server, client(server.port, certificate.trusted()) as ada:
        await ada.initialise()


async def test_a_client_that_leaves_without_a_goodbye_leaves_nothing(certificate: Certificate) -> None:
    manager = SubscriptionManager(schema=SDL)
    async with manager.server(port=0, tls_cert=certificate.file, tls_key=certificate.key_file) as server:
        async with client(server.port, certificate.trusted()) as ada:
            await ada.initialise()
            ada.socket.transport.abort()
        while manager.get_metrics()["connections"]:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)


async def test_what_is_wrong_with_a_file_is_an_error(certificate: Certificate) -> None:
    manager = SubscriptionManager(schema=SDL)
    with pytest.raises(FileNotFoundError, match=rf"The file of the key, {re.escape(str(certificate.file))}.none, cannot be read") as caught:
        async with manager.server(port=0, tls_cert=certificate.file, tls_key=f"{certificate.file}.none"):
            pass
    assert caught.value.errno == errno.ENOENT
    with pytest.raises(OSError, match="holds none in PEM"):
        async with manager.server(port=0, tls_cert=certificate.file):
            pass
    with pytest.raises(ValueError, match="give that as tls_cert"):
        async with manager.server(port=0, tls_key=certificate.key_file):
            pass


async def test_who_speaks_no_tls_is_closed_and_holds_nobody_up(certificate: Certificate) -> None:
    async with SubscriptionManager(schema=SDL).server(port=0, tls_cert=certificate.file, tls_key=certificate.key_file) as server:
        _, silent = await asyncio.open_connection("127.0.0.1", server.port)
        reader, plain = await asyncio.open_connection("127.0.0.1", server.port)
        plain.write(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
        assert b"HTTP/1.1" not in await within(reader.read())
        async with client(server.port, certificate.trusted()) as ada:
            await ada.initialise()
        for writer in (silent, plain):
            writer.close()


# MARK: The command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "application.py").write_text(APPLICATION)
    return tmp_path


async def test_the_command_reads_the_certificate_again_when_it_changes_or_by_a_signal(folder: Path, certificate: Certificate) -> None:
    async with serve(folder, "memory://", "application:manager", "--port", "0", *certificate.arguments) as serving:
        port = int((await serving.says(r"served at https://127.0.0.1:(\d+)/graphql\n"))[1])
        async with client(port, certificate.trusted()) as old:
            await old.initialise()
            await old.subscribe("s", TICK)

            first, key = certificate.file.read_text(), certificate.key_file.read_text()
            certificate.key_file.write_text("nonsense")
            serving.process.send_signal(signal.SIGHUP)
            await serving.says(r"holds none in PEM.* The certificate from before is still used\.\n")
            assert await asyncio.to_thread(shown, port) == first
            certificate.key_file.write_text(key)

            certificate.make()
            serving.process.send_signal(signal.SIGHUP)
            await serving.says("new connections are shown the new certificate\n")
            assert await asyncio.to_thread(shown, port) == certificate.file.read_text()

            # Without a signal: it is looked at every other second.
            certificate.make()
            while await asyncio.to_thread(shown, port) != certificate.file.read_text():
                pass
            await old.settle()


async def test_workers_are_told_by_their_parent(folder: Path, redis_url: str, certificate: Certificate) -> None:
    arguments = ("application:manager", "--app", "application:app", "--port", "0", "--workers", "2", *certificate.arguments)
    async with serve(folder, redis_url, *arguments) as serving:
        port = int((await serving.says(r"2 workers serve at 127.0.0.1, port (\d+)\n"))[1])
        certificate.make()
        serving.process.send_signal(signal.SIGHUP)
        await renewed(serving, 2)
        async with httpx.AsyncClient(verify=certificate.trusted(), trust_env=False) as visitor:
            seen: set[str] = set()
            while len(seen) < 2:
                answer = await visitor.get(f"https://127.0.0.1:{port}/process", headers={"Connection": "close"})
                seen.add(answer.text)


async def renewed(serving: Serving, count: int) -> None:
    """Waits until so many processes have said that they show the new certificate."""
    sentence = r"\[(\d+)\] new connections are shown the new certificate\n"
    await serving.says(rf"(?:[\s\S]*{sentence}){{{count}}}")
    assert len(set(re.findall(sentence, serving.said))) == count


def test_wrong_files_are_said_by_the_command(folder: Path, certificate: Certificate) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        command = (sys.executable, "-m", "subsgen", "serve", "application:manager", "--port", "0", *arguments)
        ended = subprocess.run(command, cwd=folder, env=os.environ | {"BUS": "memory://"}, capture_output=True, text=True, timeout=60)
        return ended.returncode, ended.stderr

    status, said = run("--tls-cert", "nowhere.pem")
    assert (status, said) == (3, "error: The file of the certificate, nowhere.pem, cannot be read: No such file or directory.\n")
    status, said = run("--tls-key", str(certificate.key_file))
    assert status == 2
    assert "--tls-key is the key of a certificate: give that by --tls-cert" in said
