"""Nothing is lost when many threads use the extension at once, and nothing is kept when they are done."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from chat import MESSAGE, SDL, message
from serving import Server, client, fastapi, within
from subsgen import SubscriptionManager, _native
from test_native import connected, executor


def test_threads_publish_while_others_subscribe_and_take() -> None:
    native, port = executor(), _native.LoopPort()
    kept = native.subscribe("subscription { tick }", None, None, None, "", port, None)
    assert not isinstance(kept, bytes)
    errors: list[BaseException] = []

    def run(body: Callable[[], None]) -> None:
        try:
            body()
        except BaseException as error:
            errors.append(error)

    def publish() -> None:
        for number in range(250):
            native.publish("tick", b"%d" % number)

    def come_and_go() -> None:
        for _ in range(100):
            connection = connected(native, port)
            connection.receive('{"id":"s","type":"subscribe","payload":{"query":"subscription { tick }"}}')
            while len(connection.take(7)) == 7:
                port.take()
            connection.disconnected()

    threads = [threading.Thread(target=run, args=[body]) for body in (publish, publish, publish, publish, come_and_go, come_and_go)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    received = 0
    while kept.next() is not None:
        received += 1
    assert received == 1000
    kept.complete()
    assert {name: native.metrics()[name] for name in ("connections", "subscriptions", "groups", "topics")} == dict.fromkeys(
        ("connections", "subscriptions", "groups", "topics"), 0
    )


def instances() -> dict[str, int]:
    """How many instances of each type live: each holds a reference to its type."""
    types = (_native.LoopPort, _native.Executor, _native.Subscription, _native.Connection, _native.ResolverCall)
    return {type_.__name__: sys.getrefcount(type_) for type_ in types}


def test_no_object_outlives_its_use() -> None:
    def use() -> None:
        native, port = executor(), _native.LoopPort()
        native.set_resolver("message", b'{"resolve":false}', port)
        native.set_execution(port)
        subscription = native.subscribe(MESSAGE, None, None, None, "", port, None)
        connection = connected(native, port)
        connection.receive('{"id":"s","type":"subscribe","payload":{"query":"subscription { tick }"}}')
        connection.receive('{"id":"q","type":"subscribe","payload":{"query":"{ version }"}}')
        native.publish("message", b"null")
        native.publish("tick", b"1")
        port.take()
        connection.take(10)
        assert not isinstance(subscription, bytes)
        assert native.metrics()["connections"] == 1
        # Neither disconnected nor completed: their going must do it.

    use()
    before = instances()
    for _ in range(100):
        use()
    assert instances() == before


async def test_connections_over_real_sockets_leave_no_object_and_no_task() -> None:
    manager = SubscriptionManager(schema=SDL)

    async def visit(server: Server) -> None:
        async with client(server) as subscriber:
            await subscriber.initialise()
            await subscriber.subscribe("s", MESSAGE, room="1")
            await manager.publish_event("message", message(1))
            assert (await subscriber.receive())["type"] == "next"
            subscriber.vanish()
        await within(server.ended.get())

    async with fastapi(manager) as server:
        await visit(server)
        gc.collect()
        before = (instances(), len(asyncio.all_tasks()))
        for _ in range(30):
            await visit(server)
        gc.collect()
        assert (instances(), len(asyncio.all_tasks())) == before


class _MallInfo(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_size_t)
        for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")
    ]


def allocated() -> int:
    """How many bytes the C library, from which Swift takes its memory, has given out and not got back."""
    mallinfo2 = ctypes.CDLL(None).mallinfo2
    mallinfo2.restype = _MallInfo
    info: Any = mallinfo2()
    return int(info.uordblks + info.hblkhd)


@pytest.mark.parametrize("what", ["events", "connections", "subscriptions", "refusals", "resolver calls", "openings"])
def test_memory_does_not_grow(what: str) -> None:
    native, port = executor(), _native.LoopPort()
    kept = native.subscribe("subscription { tick }", None, None, None, "", port, None)
    assert not isinstance(kept, bytes)

    def event() -> None:
        native.publish("tick", b"1", b'{"trace":"1"}')
        assert kept.next() == b'{"data":{"tick":1}}'
        port.take()

    def connection() -> None:
        made = connected(native, port)
        made.receive('{"id":"s","type":"subscribe","payload":{"query":"subscription { tick }"}}')
        native.publish("tick", b"1")
        assert len(made.take(10)) == 2
        assert kept.next() is not None
        made.disconnected()
        assert len(made.take(10)) == 1
        port.take()

    def subscription() -> None:
        made = native.subscribe(MESSAGE, None, b'{"room":"1"}', None, "", port, None)
        assert not isinstance(made, bytes)
        native.publish("message", b'{"id":1,"roomId":"1","text":""}')
        assert made.next() is not None
        port.take()

    def refusal() -> None:
        assert isinstance(native.subscribe("subscription { unheard }", None, None, None, "", None, None), bytes)
        with pytest.raises(ValueError, match="JSON"):
            native.publish("tick", b"{")

    def resolver_call() -> None:
        native.publish("tick", b"1")
        call, *_ = port.take()
        assert isinstance(call, _native.ResolverCall)
        call.finish(b"2")
        assert kept.next() == b'{"data":{"tick":2}}'
        port.take()

    def opening() -> None:
        made = connected(native, port)
        for id in ("denied", "left", "fed"):
            made.receive(f'{{"id":"{id}","type":"subscribe","payload":{{"query":"subscription {{ message {{ id }} }}"}}}}')
        denied, left, fed = calls()
        denied.finish(b"false")
        fed.finish(b"true")
        made.receive('{"id":"left","type":"complete"}')
        assert left.cancelled
        source, initial, changed = calls()
        assert changed.handle == left.handle
        assert source.emit(b'{"id":1}')
        initial.finish(b'{"id":0}')
        assert len(made.take(10)) == 4
        made.disconnected()
        assert len(made.take(10)) == 1
        assert [call.handle for call in calls()] == [source.handle]

    def calls() -> list[_native.ResolverCall]:
        return [call for call in port.take() if isinstance(call, _native.ResolverCall)]

    if what == "openings":
        native.set_resolver("message", b'{"authorize":true,"initial":true,"source":false}', port)
    if what == "resolver calls":
        native.set_resolver("tick", b'{"resolve":false}', port)
    bodies = {
        "events": event,
        "connections": connection,
        "subscriptions": subscription,
        "refusals": refusal,
        "resolver calls": resolver_call,
        "openings": opening,
    }
    body = bodies[what]
    for _ in range(3000):
        body()
    before = allocated()
    for _ in range(3000):
        body()
    # A leak of the smallest object, 32 bytes, in one round of three would be 32,000 bytes.
    assert allocated() - before < 24_000
