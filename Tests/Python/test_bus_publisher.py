"""Publishing to a bus from processes that serve no one: `Publisher` and `subsgen publish`."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from chat import MESSAGE_ADDED, SDL, message
from pulling import result, subscribed
from redis_server import redis_server
from serving import within
from subsgen import EventBusConfig, Publisher, RuntimeOptions, SubscriptionManager


async def test_what_a_publisher_publishes_reaches_those_who_serve_in_order(bus_url: str) -> None:
    bus = EventBusConfig.from_url(bus_url)
    manager = SubscriptionManager(bus, schema=SDL)
    async with manager, subscribed(manager, MESSAGE_ADDED, room="1") as id:
        async with Publisher(bus, schema=SDL) as publisher:
            cursors = [await within(publisher.publish_event("chat.1", message(number), {"source": "test"})) for number in range(3)]
            many = await asyncio.gather(*(publisher.publish_event("chat.1", json.dumps(message(number))) for number in range(3, 50)))
            await within(publisher.complete_topic("chat.1"))
        assert len({*cursors, *many}) == 50
        for number in range(50):
            assert await result(manager, id) == {"data": {"messageAdded": {"id": str(number), "text": "hello"}}}
        assert await manager.get_next_event(id, timeout=10) is None
        with pytest.raises(RuntimeError, match="the publisher is closed"):
            await publisher.publish_event("chat.1", message(1))


async def test_a_closing_publisher_waits_for_what_is_under_way(bus_url: str) -> None:
    async with Publisher(EventBusConfig.from_url(bus_url), schema=SDL) as publisher:
        tasks = [asyncio.ensure_future(publisher.publish_event("chat.1", message(number))) for number in range(100)]
        await asyncio.sleep(0)
    assert len({task.result() for task in tasks}) == 100


async def test_a_publisher_without_an_event_loop_publishes(bus_url: str, tmp_path: Path) -> None:
    schema = tmp_path / "schema.graphql"
    schema.write_text(SDL)

    def publish() -> list[str]:
        with Publisher(EventBusConfig.from_url(bus_url), schema=schema) as publisher:
            return [publisher.publish_event_blocking("chat.1", message(number)) for number in range(3)]

    async with (
        SubscriptionManager(EventBusConfig.from_url(bus_url), schema=SDL) as manager,
        subscribed(manager, MESSAGE_ADDED, room="1") as id,
    ):
        assert len(set(await within(asyncio.to_thread(publish)))) == 3
        for number in range(3):
            assert await result(manager, id) == {"data": {"messageAdded": {"id": str(number), "text": "hello"}}}


async def test_a_publisher_refuses_what_nobody_would_get(bus_url: str) -> None:
    async with Publisher(EventBusConfig.from_url(bus_url), schema=SDL, options=RuntimeOptions(event_bytes=100)) as publisher:
        with pytest.raises(ValueError, match="nowhere"):
            await publisher.publish_event("nowhere", 1)
        with pytest.raises(ValueError, match="JSON"):
            await publisher.publish_event("chat.1", "{")
        with pytest.raises(ValueError, match="100"):
            await publisher.publish_event("chat.1", {"id": "1", "text": "x" * 100})
        with pytest.raises(TypeError):
            await publisher.publish_event("chat.1", object())


async def test_a_publisher_without_a_server_raises(tmp_path: Path) -> None:
    url = f"unix://{tmp_path}/none.sock?seconds_to_publish=1"
    async with Publisher(EventBusConfig.redis(url), schema=SDL) as publisher:
        with pytest.raises(ConnectionError, match="It was not published"):
            await publisher.publish_event("chat.1", message(1))


def test_a_publisher_that_cannot_be_meant_is_refused() -> None:
    with pytest.raises(ValueError, match="memory bus is of one process"):
        Publisher(EventBusConfig.memory(), schema=SDL)
    with pytest.raises(ValueError, match="takes the schema"):
        Publisher(EventBusConfig.redis("redis://localhost"))  # type: ignore[call-overload] # pyright: ignore[reportCallIssue]
    with pytest.raises(ValueError, match="Nothing"):
        Publisher(EventBusConfig.redis("redis://localhost"), schema="type Subscription { a: Nothing }")


async def run(*arguments: str, **environment: str) -> tuple[int | None, str, str]:
    process = await create_subprocess_exec(
        sys.executable, "-m", "subsgen", "publish", *arguments, stdout=PIPE, stderr=PIPE, env=environment
    )
    out, err = await within(process.communicate())
    return process.returncode, out.decode(), err.decode()


async def test_the_command_publishes_to_a_bus_whose_password_stays_in_the_environment(tmp_path: Path) -> None:
    package = tmp_path / "gen"
    package.mkdir()
    (package / "schema.graphql").write_text(SDL)
    with redis_server("--requirepass", "secret") as socket:
        url = f"unix://:secret@{socket}"
        async with (
            SubscriptionManager(EventBusConfig.redis(url), schema=SDL) as manager,
            subscribed(manager, MESSAGE_ADDED, room="1") as id,
        ):
            event = json.dumps(message(7))
            status, cursor, said = await run("env:BUS", "chat.1", event, "--schema", str(package), "--attribute", "a=b", BUS=url)
            assert (status, said) == (0, "")
            assert len(cursor.split()) == 1
            assert await result(manager, id) == {"data": {"messageAdded": {"id": "7", "text": "hello"}}}
            refused = await run(url, "nowhere", "1", "--schema", str(package / "schema.graphql"))
            assert refused == (1, "", 'error: No subscription field reads the topic "nowhere".\n')
            wrong = await run(f"unix://:wrong@{socket}?seconds_to_publish=1", "chat.1", "{}", "--schema", str(package))
            assert (wrong[0], wrong[1]) == (3, "")
            assert "refuses the user or the password" in wrong[2]
