"""Every adapter speaks graphql-transport-ws as Tests/Protocol tells it: real servers, real sockets, a client of another author."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio

from conversations import SDL, Conversation, Step, conversations
from serving import ADAPTERS, Client, Server, Start, client, within
from subsgen import Context, ExecutionResponse, GraphQLRequest, RuntimeOptions, SubscriptionManager

# A server for each adapter, not for each conversation: uvicorn takes its time to stop.
pytestmark = pytest.mark.asyncio(loop_scope="module")

CONVERSATIONS = conversations()
QUICK_TIMEOUT = 0.01
"""Where a conversation is about the time limit of `connection_init`."""


class Refused(Exception):
    """What an application raises to refuse a client."""


class Stage:
    """A server, and the application behind it, which the conversation directs."""

    def __init__(self, options: RuntimeOptions) -> None:
        self.manager = SubscriptionManager(schema=SDL, auth_handler=self._authenticate, execute=self._execute, options=options)
        self.server: Server
        self.heard: asyncio.Queue[str] = asyncio.Queue()
        """The queries and mutations that are to be executed, and those that are cancelled."""
        self.executing: deque[asyncio.Future[str | None]] = deque()
        """The response to each, in the order in which they came."""
        self._asked: asyncio.Queue[Any] = asyncio.Queue()
        self._decisions: asyncio.Queue[Mapping[str, Any] | Refused | None] = asyncio.Queue()

    async def _authenticate(self, payload: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        self._asked.put_nowait(payload)
        decision = await self._decisions.get()
        if isinstance(decision, Refused):
            raise decision
        return decision

    async def _execute(self, request: GraphQLRequest, context: Context) -> ExecutionResponse:
        self.heard.put_nowait(f"execute {request.operation} {json.dumps(request.to_dict())}")
        response: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self.executing.append(response)
        try:
            text = await response
        except asyncio.CancelledError:
            self.heard.put_nowait(f"cancelled {request.operation}")
            raise
        if text is None:
            raise RuntimeError("the host fails")
        return text.encode()

    def executed(self, response: str | None) -> None:
        """Gives the query or mutation that came first its response; without one it fails."""
        first = self.executing.popleft()
        if not first.done():
            first.set_result(response)

    async def decide(self, decision: Mapping[str, Any] | Refused | None) -> Any:
        """Answers the client that waits, and returns the payload that it came with."""
        self._decisions.put_nowait(decision)
        return await within(self._asked.get())

    @classmethod
    @asynccontextmanager
    async def opened(cls, start: Start, options: RuntimeOptions | None = None) -> AsyncGenerator[Stage, None]:
        stage = cls(options or RuntimeOptions())
        async with start(stage.manager, None) as stage.server:
            yield stage

    async def play(self, conversation: Conversation) -> None:
        async with client(self.server) as peer:
            await Play(self, peer).all(conversation)
        await within(self.server.ended.get())
        while not self._asked.empty():
            self._asked.get_nowait()
        assert self.heard.empty()
        self.executing.clear()
        left = self.manager.get_metrics()
        assert {name: left[name] for name in ("connections", "subscriptions", "groups", "topics")} == {
            "connections": 0,
            "subscriptions": 0,
            "groups": 0,
            "topics": 0,
        }


class Play:
    """One conversation over one socket."""

    def __init__(self, stage: Stage, peer: Client) -> None:
        self._stage = stage
        self._manager = stage.manager
        self._peer = peer
        self._barriers = itertools.count()
        self._running = 0
        self._payload = ""
        """Of `connection_init`, as the application should get it."""
        self._open = True

    async def all(self, conversation: Conversation) -> None:
        for step in conversation.steps:
            if self._open:
                await self._perform(step)
                await self._expect(step)
            elif step.line.startswith("! "):
                # The client is gone; what the application does now reaches nobody.
                await self._perform(step)

    async def _perform(self, step: Step) -> None:
        if step.line == ">>":
            await self._peer.socket.send(b"{}")
        elif step.line.startswith("> "):
            await self._peer.socket.send(step.line[2:])
        else:
            await self._direct(step.line.split(" ", 3)[1:])

    async def _direct(self, action: list[str]) -> None:
        match action:
            case ["acknowledged"]:
                await self._peer.send({"type": "connection_init"})
                await self._decide(None)
                assert await self._peer.receive() == {"type": "connection_ack"}
            case ["authenticated", *claims]:
                await self._decide(json.loads(claims[0]) if claims else None)
            case ["rejected"]:
                await self._decide(Refused())
            case ["timeout"]:
                pass  # it comes by itself
            case ["publish", topic, payload]:
                await self._manager.publish_event(topic, payload)
            case ["complete", topic]:
                await self._manager.complete_topic(topic)
            case ["executed", *response]:
                self._stage.executed(" ".join(response))
            case ["failed"]:
                self._stage.executed(None)
            case ["drain"]:
                await within(self._manager.close())
            case ["gone"]:
                self._peer.vanish()
                self._open = False
            case _:
                raise ValueError(f"nobody knows how to {action}")

    async def _decide(self, decision: Mapping[str, Any] | Refused | None) -> None:
        assert await self._stage.decide(decision) == (json.loads(self._payload) if self._payload else None)

    async def _expect(self, step: Step) -> None:
        for heard in step.heard:
            match heard.split(" ", 1):
                case ["authenticate", *payload]:
                    self._payload = "".join(payload)
                case ["started", _]:
                    self._running += 1
                case ["execute" | "cancelled", _]:
                    assert _plain(await within(self._stage.heard.get())) == _plain(heard)
                case _:
                    self._running -= 1
        for expected in step.frames:
            assert await within(self._peer.socket.recv()) == expected, f"after {step.line}"
        if step.close is not None:
            code, reason = await self._peer.closing()
            assert f"{code} {reason}" == step.close
            self._open = False
        elif self._open:
            await self._nothing_more(step)
            assert self._manager.get_metrics()["subscriptions"] == self._running

    async def _nothing_more(self, step: Step) -> None:
        """Messages are answered in order: what comes before the answer to a ping is all there is."""
        barrier = json.dumps({"barrier": next(self._barriers)})
        await self._peer.socket.send(f'{{"type":"ping","payload":{barrier}}}')
        assert await within(self._peer.socket.recv()) == f'{{"type":"pong","payload":{barrier}}}', f"after {step.line}"


def _plain(heard: str) -> list[Any]:
    """What the host hears, its JSON read: Python has seen the request as values."""
    word, operation, *request = heard.split(" ", 2)
    return [word, operation, *map(json.loads, request)]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=ADAPTERS)
async def stage(request: pytest.FixtureRequest) -> AsyncGenerator[Stage, None]:
    async with Stage.opened(ADAPTERS[request.param]) as opened:
        yield opened


@pytest.mark.parametrize("conversation", [pytest.param(each, id=each.requirement) for each in CONVERSATIONS if not each.does("! timeout")])
async def test_conversation(stage: Stage, conversation: Conversation) -> None:
    await stage.play(conversation)


@pytest.mark.parametrize("start", [pytest.param(start, id=name) for name, start in ADAPTERS.items()])
@pytest.mark.parametrize("conversation", [pytest.param(each, id=each.requirement) for each in CONVERSATIONS if each.does("! timeout")])
async def test_conversation_about_time(start: Start, conversation: Conversation) -> None:
    async with Stage.opened(start, RuntimeOptions(connection_init_timeout=QUICK_TIMEOUT)) as stage:
        await stage.play(conversation)


async def test_every_conversation_is_told_once() -> None:
    assert len(CONVERSATIONS) > 80
    assert len({each.requirement for each in CONVERSATIONS}) == len(CONVERSATIONS)
