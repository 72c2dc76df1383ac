"""What calls of the extension cost: `.venv/bin/python Benchmarks/extension.py [FOLDER]` after `make build`.

With a FOLDER of the contract, such as Examples/contract/built, the extension is the one of its package. Prints the best of several runs,
since a machine that does other work only ever adds to the time.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

if len(sys.argv) > 1:
    sys.path.insert(0, sys.argv[1])
    import_module("gen").create_manager()

from subsgen import _native

SDL = (Path(__file__).resolve().parents[1] / "Examples" / "contract" / "schema.graphql").read_text("utf-8")
QUERY = 'subscription { message(roomId: "1") { id roomId body ts author { id name } } }'
EVENT = b'{"id":"123","roomId":"1","body":"hello world, this is message","ts":"1234567890123456","author":{"id":"7","name":"Ada"}}'
SUBSCRIBERS = 100
EVENTS = 16

print(_native.__file__)
executor = _native.Executor(SDL, b"{}")
port = _native.LoopPort()


def connection() -> _native.Connection:
    made = executor.connect(port)
    made.receive('{"type":"connection_init"}')
    made.take(1)
    made.authenticated(None)
    made.receive(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": QUERY}}))
    made.take(10)
    return made


connections = [connection() for _ in range(SUBSCRIBERS)]


def publish() -> None:
    for _ in range(EVENTS):
        executor.publish("message", EVENT)


def take() -> None:
    for made in connections:
        made.take(EVENTS)
    port.take()


def ping() -> None:
    connections[0].receive('{"type":"ping"}')
    connections[0].take(1)
    port.take()


def best(body: Callable[[], object], before: Callable[[], object] = lambda: None, after: Callable[[], object] = lambda: None) -> float:
    """Seconds of the quickest run."""
    times: list[float] = []
    for _ in range(300):
        before()
        began = time.perf_counter()
        body()
        times.append(time.perf_counter() - began)
        after()
    return min(times)


print(f"publish to {SUBSCRIBERS} subscribers   {best(publish, after=take) / EVENTS * 1e6:7.1f} us an event")
print(f"take as str                  {best(take, before=publish) / EVENTS / SUBSCRIBERS * 1e9:7.0f} ns a frame")
print(f"publish to nobody            {best(lambda: executor.publish('tick', b'1')) * 1e9:7.0f} ns an event")
print(f"receive a ping, take a pong  {best(ping) * 1e9:7.0f} ns")
print(f"take nothing                 {best(lambda: connections[0].take(1)) * 1e9:7.0f} ns")
