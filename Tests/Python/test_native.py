"""The extension module: its surface, what it refuses, and what it must not keep."""

from __future__ import annotations

import inspect
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import subsgen
from chat import MESSAGE, MESSAGE_ADDED, SDL
from subsgen import _native

OPTIONS = b"{}"
INIT = '{"type":"connection_init"}'


def executor() -> _native.Executor:
    return _native.Executor(SDL, OPTIONS)


def connected(native: _native.Executor, port: _native.LoopPort) -> _native.Connection:
    """A connection that was let in."""
    connection = native.connect(port)
    connection.receive(INIT)
    assert connection.take(10) == [("authenticate", None)]
    connection.authenticated(None)
    assert connection.take(10) == ['{"type":"connection_ack"}']
    return connection


def is_readable(port: _native.LoopPort) -> bool:
    return bool(select.select([port.fileno()], [], [], 0)[0])


# MARK: The surface


def test_the_stub_says_what_the_module_has(tmp_path: Path) -> None:
    only_types = tmp_path / "allowed"
    only_types.write_text(
        "".join(
            f"subsgen._native.{alias}\n"
            for alias in ("Delivery", "Expires", "Idle", "LogRecord", "Output", "Protocol", "ServerEvent", "Started")
        )
    )
    command = [sys.executable, "-m", "mypy.stubtest", "subsgen._native", "--allowlist", str(only_types), "--ignore-unused-allowlist"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_extension_and_package_have_one_version() -> None:
    assert _native.__version__ == subsgen.__version__


def test_everything_is_documented_and_has_a_signature() -> None:
    for type_ in (_native.LoopPort, _native.Executor, _native.Subscription, _native.Connection, _native.ResolverCall):
        assert type_.__doc__
        for name, member in vars(type_).items():
            if not name.startswith("__"):
                assert member.__doc__, name
                if callable(member):
                    assert next(iter(inspect.signature(member).parameters)) == "self"


@pytest.mark.parametrize("type_", [_native.Subscription, _native.Connection, _native.ResolverCall])
def test_only_the_runtime_makes(type_: type[Any]) -> None:
    with pytest.raises(TypeError, match="cannot create"):
        type_()


@pytest.mark.parametrize("type_", [_native.LoopPort, _native.Executor, _native.Connection])
def test_types_are_final_and_fixed(type_: type[Any]) -> None:
    with pytest.raises(TypeError):
        type("Derived", (type_,), {})
    with pytest.raises(TypeError):
        type_.name = 1
    with pytest.raises(AttributeError):
        _native.LoopPort().name = 1  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


# MARK: Wrong arguments


def wrong_calls() -> Iterator[tuple[Callable[..., Any], tuple[Any, ...], type[Exception]]]:
    native, port = executor(), _native.LoopPort()
    connection = native.connect(port)
    subscription = native.subscribe(MESSAGE, None, None, None, "", None, None)
    assert not isinstance(subscription, bytes)
    yield _native.LoopPort, (1,), TypeError
    yield _native.Executor, (), TypeError
    yield _native.Executor, (SDL,), TypeError
    yield _native.Executor, (SDL, OPTIONS, 1), TypeError
    yield _native.Executor, (SDL.encode(), OPTIONS), TypeError
    yield _native.Executor, (SDL, "{}"), TypeError
    yield _native.Executor, ("type Query", OPTIONS), ValueError
    yield _native.Executor, ("\ud800", OPTIONS), UnicodeEncodeError
    for options in (
        b"",
        b"[]",
        b'{"unheard":1}',
        b'{"bytesPerConnection":0}',
        b'{"bytesPerConnection":"1"}',
        b'{"bytesPerConnection":1e99}',
    ):
        yield _native.Executor, (SDL, options), ValueError
    yield native.publish, (), TypeError
    yield native.publish, ("tick",), TypeError
    yield native.publish, ("tick", b"1", None, 1), TypeError
    yield native.publish, ("tick", "1"), TypeError
    yield native.publish, (b"tick", b"1"), TypeError
    yield native.publish, (None, b"1"), TypeError
    yield native.publish, ("tick", b"1", {}), TypeError
    yield native.publish, ("tick", b"\xff"), ValueError
    yield native.publish, ("tick", b"1", b"[]"), ValueError
    yield native.publish, ("\udfff", b"1"), UnicodeEncodeError
    yield native.publish, ("unheard", b"1"), ValueError
    yield native.complete_topic, (1,), TypeError
    yield native.complete_topic, ("unheard",), ValueError
    yield native.connect, (), TypeError
    yield native.connect, (None,), TypeError
    yield native.connect, (native,), TypeError
    yield native.set_resolver, ("tick", b"{}"), TypeError
    yield native.set_resolver, ("unheard", b"{}", None), ValueError
    yield native.set_resolver, ("tick", b"{}", connection), TypeError
    yield native.set_resolver, ("tick", "{}", port), TypeError
    yield native.set_resolver, ("unheard", b"{}", port), ValueError
    for functions in (b"", b"[]", b'{"resolve":null}', b'{"cook":true}'):
        yield native.set_resolver, ("tick", functions, port), ValueError
    yield native.subscribe, (MESSAGE,), TypeError
    yield native.subscribe, (MESSAGE, None, "{}", None, "", None), TypeError
    yield native.subscribe, (MESSAGE, None, None, None, None, None), TypeError
    yield native.subscribe, (MESSAGE, None, None, None, "", connection), TypeError
    yield native.subscribe, (None, None, None, None, "", None), TypeError
    yield native.metrics, (1,), TypeError
    yield connection.receive, (), TypeError
    yield connection.receive, (b"{}",), TypeError
    yield connection.receive, ("\ud800",), UnicodeEncodeError
    yield connection.authenticated, ("{}",), TypeError
    yield connection.rejected, (4403,), TypeError
    yield connection.rejected, ("4403", ""), TypeError
    yield connection.rejected, (4403.0, ""), TypeError
    for code in (-1, 0, 1005, 5000, 65536, 1 << 70):
        yield connection.rejected, (code, ""), OverflowError
    for limit in (0, -1, 1 << 70):
        yield connection.take, (limit,), OverflowError
    yield connection.take, ("1",), TypeError
    yield connection.take, (), TypeError
    yield subscription.next, (1,), TypeError


def test_a_wrong_call_is_an_exception_and_nothing_more() -> None:
    tried = 0
    for function, arguments, expected in wrong_calls():
        with pytest.raises(expected):
            function(*arguments)
        tried += 1
    assert tried > 50


def test_names_of_arguments_are_refused() -> None:
    with pytest.raises(TypeError, match="keyword"):
        _native.Executor(sdl=SDL, options=OPTIONS)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    with pytest.raises(TypeError, match="keyword"):
        executor().publish(topic="tick", payload=b"1")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def test_another_types_method_is_refused() -> None:
    with pytest.raises(TypeError):
        _native.LoopPort.take(executor())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_a_sub_interpreter_is_refused() -> None:
    interpreters = pytest.importorskip("_interpreters" if sys.version_info >= (3, 13) else "_xxsubinterpreters")
    code = "try:\n  import subsgen._native\nexcept ImportError as error:\n  assert 'interpreter' in str(error)\nelse:\n  assert False"
    interpreter = interpreters.create()
    try:
        assert interpreters.run_string(interpreter, code) is None
    finally:
        interpreters.destroy(interpreter)


# MARK: Ports


def test_a_port_hands_out_the_object_that_was_made_and_each_once() -> None:
    native, port = executor(), _native.LoopPort()
    connection = connected(native, port)
    port.take()
    assert not is_readable(port)
    connection.receive('{"type":"ping"}')
    assert connection.take(10) == ['{"type":"pong"}']
    connection.receive('{"type":"ping"}')
    assert is_readable(port)
    taken = port.take()
    assert [id(object) for object in taken] == [id(connection)]
    assert not is_readable(port)
    assert port.take() == []
    # What waits was told of once: it is told of again after it was taken.
    connection.receive('{"type":"ping"}')
    assert port.take() == []
    assert connection.take(10) == ['{"type":"pong"}'] * 2
    connection.receive('{"type":"ping"}')
    assert port.take() == [connection]


def test_a_port_forgets_whom_nobody_holds() -> None:
    native, port = executor(), _native.LoopPort()
    connection = connected(native, port)
    port.take()
    connection.receive('{"type":"ping"}')
    del connection
    assert is_readable(port)
    assert port.take() == []


def test_a_limit_leaves_the_rest() -> None:
    native, port = executor(), _native.LoopPort()
    connection = connected(native, port)
    for _ in range(5):
        connection.receive('{"type":"ping"}')
    assert [len(connection.take(2)) for _ in range(4)] == [2, 2, 1, 0]


def test_what_must_be_done_comes_as_strings_and_tuples() -> None:
    native, port = executor(), _native.LoopPort()
    connection = native.connect(port)
    connection.receive('{"type":"connection_init","payload":{"token":"ü"}}')
    assert connection.take(10) == [("authenticate", '{"token":"ü"}'.encode())]
    connection.authenticated(b'{"sub":"1"}')
    query = MESSAGE_ADDED.replace('"', '\\"')
    connection.receive(f'{{"id":"s","type":"subscribe","payload":{{"query":"{query}","variables":{{"room":"1"}}}}}}')
    acknowledged, started = connection.take(10)
    assert acknowledged == '{"type":"connection_ack"}'
    assert (started[0], started[2:]) == ("started", ("s", "messageAdded", b'{"roomId":"1"}'))
    native.publish("chat.1", '{"id":1,"roomId":1,"text":"ü😀"}'.encode())
    assert connection.take(10) == ['{"id":"s","type":"next","payload":{"data":{"messageAdded":{"id":"1","text":"ü😀"}}}}']
    connection.receive('{"id":"s","type":"complete"}')
    assert connection.take(10) == [("ended", started[1])]
    connection.rejected(4403, "Forbidden")
    assert connection.take(10) == []
    connection.receive("{")
    [closing] = connection.take(10)
    assert closing[:2] == ("close", 4400)


def test_a_resolver_call_answers_once_and_fails_when_it_is_thrown_away() -> None:
    native, port = executor(), _native.LoopPort()
    native.set_resolver("message", b'{"resolve":true}', port)
    subscription = native.subscribe(MESSAGE, None, b'{"room":"1"}', b'{"sub":"ada"}', "", port, None)
    assert not isinstance(subscription, bytes)

    def call(id: int) -> _native.ResolverCall:
        native.publish("message", b'{"id":%d,"roomId":"1","text":"secret"}' % id)
        [call] = port.take()
        assert isinstance(call, _native.ResolverCall)
        return call

    first = call(1)
    assert (first.kind, first.field, first.arguments, first.claims) == ("resolve", "message", b'{"roomId":"1"}', b'{"sub":"ada"}')
    assert b'"id":1' in first.event
    first.finish(b'{"id":7,"roomId":"1","text":"answered"}')
    first.fail("too late")
    first.skip()
    assert subscription.next() == b'{"data":{"message":{"id":"7","text":"answered"}}}'
    assert port.take() == [subscription]
    call(2).skip()
    assert subscription.next() is None
    call(3).fail("It failed.")
    failed = subscription.next()
    assert failed is not None
    assert b'"message":"It failed."' in failed
    port.take()
    del first
    call(4)  # thrown away
    failed = subscription.next()
    assert failed is not None
    assert b"did not answer" in failed
    assert b"secret" not in failed


def test_the_calls_of_a_port_that_is_gone_have_failed() -> None:
    native, port = executor(), _native.LoopPort()
    native.set_resolver("message", b'{"resolve":false}', port)
    subscription = native.subscribe(MESSAGE, None, None, None, "", None, None)
    assert not isinstance(subscription, bytes)
    native.publish("message", b"null")
    assert subscription.next() is None
    del port
    for _ in range(2):
        failed = subscription.next()
        assert failed is not None
        assert b"did not answer" in failed
        native.publish("message", b"null")
