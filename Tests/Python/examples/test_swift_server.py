"""The server in Swift, without Python: the example, built as its reader builds it, and spoken to by clients of other authors."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect
from test_explorer import rows, run, state
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from examples import EXAMPLES
from swift_builds import SCRATCH, SHARED

PATIENCE = 60.0
LOBBY = 'subscription { messageAdded(roomId: "lobby") { text } }'
RESUMED = {"query": LOBBY, "extensions": json.dumps({"resume": True})}
STREAM = {"accept": "text/event-stream"}


@pytest.fixture(scope="module")
def program() -> Path:
    """The server, built."""
    built = subprocess.run(["swift", "build", *SHARED], cwd=EXAMPLES / "swift-server", capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    return SCRATCH / "debug" / "Server"


class Running:
    """A server at a port of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stderr is not None
        self.said: list[str] = []
        for line in process.stderr:
            self.said.append(line)
            if "listening at " in line:
                self.address = line.split("listening at ")[1].strip()
                return
        pytest.fail(f"the server ended: {self.said}")

    def end(self) -> int:
        """Has it end as those do who run it."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@contextmanager
def running(program: Path) -> Generator[Running]:
    process = subprocess.Popen([program], stderr=subprocess.PIPE, text=True, env=os.environ | {"PORT": "0"})
    with process:
        try:
            yield Running(process)
        finally:
            process.kill()


@pytest.fixture
def server(program: Path) -> Generator[Running]:
    with running(program) as server:
        yield server


@pytest.fixture
def http(server: Running) -> Generator[httpx.Client]:
    with httpx.Client(base_url=f"http://{server.address}", timeout=PATIENCE, trust_env=False) as client:
        yield client


def events(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    """The events of a stream, by the names of their fields."""
    event: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(": ")
        if name and colon:
            event[name] = value
        elif event:
            yield event
            event = {}


def message(text: str) -> Any:
    return {"data": {"messageAdded": {"text": text}}}


def test_sockets_streams_and_requests_are_served_until_the_server_is_told_to_end(server: Running, http: httpx.Client) -> None:
    with connect(f"ws://{server.address}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as socket:
        socket.send('{"type":"connection_init"}')
        assert json.loads(socket.recv(PATIENCE)) == {"type": "connection_ack"}
        socket.send(json.dumps({"id": "a", "type": "subscribe", "payload": {"query": LOBBY}}))
        socket.send('{"type":"ping"}')
        assert json.loads(socket.recv(PATIENCE)) == {"type": "pong"}
        with http.stream("GET", "/graphql", params={"query": LOBBY}, headers=STREAM) as response:
            assert response.status_code == 200
            lines = response.iter_lines()
            # The comment says that the stream is open; the subscription began before.
            assert next(lines) == ":"
            # Nobody is told of a message without text, nor of one in another room.
            for room, text in (("lobby", ""), ("attic", "Is anybody here?"), ("lobby", "Hello")):
                assert http.post(f"/rooms/{room}", content=text).status_code == 201
            assert json.loads(socket.recv(PATIENCE)) == {"id": "a", "type": "next", "payload": message("Hello")}
            heard = events(lines)
            first = next(heard)
            assert (first["event"], json.loads(first["data"])) == ("next", message("Hello"))
            fields = http.post("/graphql", json={"query": '{ __type(name: "Message") { fields { name } } }'}).json()
            assert fields == {"data": {"__type": {"fields": [{"name": "id"}, {"name": "roomId"}, {"name": "text"}]}}}
            assert http.get("/readyz").text == "ready\n"
            server.process.send_signal(signal.SIGTERM)
            # What runs is completed, then closed.
            assert [event["event"] for event in heard] == ["complete"]
        assert json.loads(socket.recv(PATIENCE)) == {"id": "a", "type": "complete"}
    assert socket.close_code == 1001
    assert server.process.wait(PATIENCE) == 0


def test_a_client_of_a_stream_that_was_away_gets_what_it_missed(http: httpx.Client) -> None:
    with http.stream("GET", "/graphql", params=RESUMED, headers=STREAM) as response:
        heard = events(response.iter_lines())
        assert http.post("/rooms/lobby", content="one").status_code == 201
        first = next(heard)
        assert json.loads(first["data"])["data"] == message("one")["data"]
    assert http.post("/rooms/lobby", content="two").status_code == 201
    with http.stream("GET", "/graphql", params=RESUMED, headers=STREAM | {"last-event-id": first["id"]}) as response:
        assert json.loads(next(events(response.iter_lines()))["data"])["data"] == message("two")["data"]


def test_a_server_with_nobody_ends_at_once_and_a_page_of_another_site_posts_nothing(server: Running, http: httpx.Client) -> None:
    assert http.post("/rooms/lobby", content="x", headers={"origin": "https://evil.example"}).status_code == 403
    assert http.get("/rooms/lobby").status_code == 405
    assert http.get("/nowhere").status_code == 404
    assert server.end() == 0


def test_a_browser_gets_the_page_and_subscribes_with_it(server: Running, http: httpx.Client, chromium: Browser) -> None:
    page = chromium.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"http://{server.address}/graphql")
    expect(page.locator("#status")).to_have_text("WebSocket")
    expect(page.get_by_role("button", name="Insert messageAdded")).to_be_visible()
    run(page, LOBBY)
    expect(state(page)).to_have_text("Running")
    # What the same connection asks later is answered when the subscription has begun.
    run(page, "query Later { __typename }")
    expect(state(page)).to_have_text("Complete")
    page.locator("#runs").get_by_role("tab").first.click()
    assert http.post("/rooms/lobby", content="<b>Hello</b>").status_code == 201
    expect(rows(page)).to_have_count(1)
    expect(page.locator("#events")).to_contain_text("<b>Hello</b>")
    page.close()
    assert complaints == []
