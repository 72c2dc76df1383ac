"""Nothing of the developer's is waited for without an end: authentication, hooks, and functions whose event loop has ended."""

from __future__ import annotations

import asyncio
import gc
import threading
from typing import Any

import pytest

from chat import Message, RoomArguments, message, registry, resolver_module
from pulling import result, subscribed
from serving import PROTOCOL, Start, client, within
from subsgen import Context, RuntimeOptions, SubscriptionManager, SubscriptionPayload

QUICK = RuntimeOptions(resolver_timeout=0.02)


async def test_an_auth_handler_that_takes_too_long_refuses_the_client(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    async def authenticate(payload: Any) -> Any:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.Event().wait()

    manager = SubscriptionManager(registry=registry(), options=QUICK)
    async with start(manager, authenticate) as server, client(server, PROTOCOL) as subscriber:
        await subscriber.send({"type": "connection_init"})
        assert await subscriber.closing() == (4403, "Forbidden")
    await manager.close()
    assert "auth_handler took longer than 0.02 seconds" in caplog.text


async def test_a_hook_that_takes_too_long_holds_up_no_other(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    called: list[str] = []
    ended = asyncio.Event()

    async def on_subscribe(args: RoomArguments, context: Context) -> None:
        called.append("on_subscribe")
        await asyncio.Event().wait()

    async def on_unsubscribe(args: RoomArguments, context: Context) -> None:
        called.append("on_unsubscribe")
        ended.set()

    manager = SubscriptionManager(
        registry=registry(message=resolver_module(on_subscribe=on_subscribe, on_unsubscribe=on_unsubscribe)), options=QUICK
    )
    async with start(manager, None) as server, client(server, PROTOCOL) as subscriber:
        await subscriber.initialise({})
        await subscriber.subscribe("1", "subscription { message { id } }")
        await subscriber.settle()
    await within(ended.wait())
    await manager.close()
    assert called == ["on_subscribe", "on_unsubscribe"]
    assert 'on_subscribe of "message" failed' in caplog.text


async def test_close_does_not_wait_for_a_batch_that_does_not_end(caplog: pytest.LogCaptureFixture) -> None:
    started, finish = asyncio.Event(), asyncio.Event()
    manager = SubscriptionManager(
        schema="type Query { ok: Boolean } type Subscription { post: Post } type Post { id: ID! text: String @resolver }"
    )

    async def resolve(parents: list[Any], args: Any) -> list[str]:
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await finish.wait()
        return ["" for _ in parents]

    manager.register_field_resolver("Post", "text", resolve)
    await manager.create_subscription(SubscriptionPayload("subscription { post { text } }"))
    await manager.publish_event("post", {"id": "1"})
    await within(started.wait())
    await within(manager.close(timeout=0.02))
    assert "did not end within 0.02 seconds" in caplog.text
    finish.set()


# MARK: Loops that end without a word


def waits_for_ever() -> tuple[SubscriptionManager, threading.Event]:
    begun = threading.Event()

    async def resolve(event: Message, args: RoomArguments) -> Message:
        begun.set()
        await asyncio.Event().wait()
        return event

    return SubscriptionManager(registry=registry(message=resolver_module(resolve=resolve))), begun


@pytest.mark.parametrize("way", ["asyncio.run", "a loop that is only closed"])
def test_what_runs_on_a_loop_that_ends_is_answered(way: str) -> None:
    manager, begun = waits_for_ever()
    ready, end, ended = threading.Event(), threading.Event(), threading.Event()

    async def first() -> None:
        manager.runtime.port()
        ready.set()
        await asyncio.to_thread(end.wait, 10)

    def resolvers() -> None:
        if way == "asyncio.run":
            asyncio.run(first())
        else:
            loop = asyncio.new_event_loop()
            main = loop.create_task(first())
            loop.run_until_complete(main)
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()
        ended.set()

    thread = threading.Thread(target=resolvers)

    async def subscriber() -> list[str]:
        thread.start()
        assert await asyncio.to_thread(ready.wait, 10)
        id = await manager.create_subscription(SubscriptionPayload("subscription { message { id } }"))
        await manager.publish_event("message", message(1))
        assert await asyncio.to_thread(begun.wait, 10)
        end.set()
        assert await asyncio.to_thread(ended.wait, 10)
        begun.clear()
        # The resolvers go on here: this one is begun, and what ran there has failed.
        await manager.publish_event("message", message(2))
        told = (await result(manager, id))["errors"][0]["message"]
        assert await asyncio.to_thread(begun.wait, 10)
        await manager.close()
        await manager.complete_subscription(id)
        return [told]

    [told] = asyncio.run(subscriber())
    thread.join()
    # What a loop leaves behind that is only closed is told of when it goes: here, and not in another test.
    gc.collect()
    assert told in ('The resolver of "message" was stopped.', 'The resolver of "message" failed.')


def test_without_a_loop_events_are_answered_by_an_error() -> None:
    manager, _ = waits_for_ever()

    async def connect() -> str:
        return await manager.create_subscription(SubscriptionPayload("subscription { message { id } }"))

    id = asyncio.run(connect())
    executor = manager.runtime.executor
    executor.publish("message", b'{"id":"1","roomId":"1","text":""}')

    async def first() -> Any:
        return await result(manager, id)

    assert asyncio.run(first())["errors"][0]["message"] == 'The resolver of "message" did not answer.'


# MARK: Arguments


@pytest.mark.parametrize(
    ("topic", "attributes", "said"),
    [
        (3, None, "a topic is a str, and this is int"),
        (b"tick", None, "a topic is a str, and this is bytes"),
        ("tick", ["a"], "attributes are a mapping of str to str, and these are list"),
        ("tick", {"a": 1}, "attributes are a mapping of str to str, and 1 is int"),
        ("tick", {1: "a"}, "attributes are a mapping of str to str, and 1 is int"),
    ],
)
async def test_arguments_of_publish_event_are_what_they_should_be(topic: Any, attributes: Any, said: str) -> None:
    manager = SubscriptionManager(registry=registry())
    with pytest.raises(TypeError, match=said):
        await manager.publish_event(topic, 1, attributes)
    async with subscribed(manager, "subscription { tick }") as id:
        await manager.publish_event("tick", 1, {"traceparent": "00"})
        assert await result(manager, id) == {"data": {"tick": 1}}
