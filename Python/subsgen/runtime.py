"""The native runtime of one schema with the Python code around it: what a manager and its connections share."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Final, cast
from weakref import ReferenceType, WeakKeyDictionary, ref

import msgspec

from .admission import Admission
from .batching import BatchedFunction, BatchRunner
from .bus import EventBusConfig
from .calling import Caller
from .clock import Clock, SystemClock
from .lifecycle import Acceptance, ForkGuard
from .log import logger, write_log
from .options import RuntimeOptions
from .payload import encode_value
from .port import Port, say_goodbye
from .refusals import Refusals
from .running import ResolverRunner
from .tracing import find_tracing

if TYPE_CHECKING:
    from ._native import Executor, ResolverCall, Subscription, WaitingEvent
    from .event_handlers import EventHandler
    from .execution import ExecuteHook
    from .http_streams import SharedStream
    from .opentelemetry import Tracing
    from .payload_fields import PayloadFieldResolver
    from .policies import PolicyHook
    from .resolvers import ConnectionInfo
    from .resolving import FieldResolver
    from .server import NativeServer

__all__ = ["Runtime", "SubscriptionError", "make_executor", "publish_blocking", "subscribe"]

_PUBLISHES_A_TURN: Final = 64
"""After so many events at most a publisher lets the event loop turn, so that the outboxes of its own process are emptied."""
_SECONDS_A_TURN: Final = 0.002
"""So long it may take to send what they brought: an event waits until those before it are sent."""


class SubscriptionError(Exception):
    """A subscription was refused."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__("; ".join(str(error.get("message")) for error in errors))
        self.errors = errors
        """GraphQL errors: ``message``, and ``locations``, ``path`` and ``extensions`` where they have some."""

    @classmethod
    def of(cls, errors: bytes) -> SubscriptionError:
        """The error for a JSON list of GraphQL errors."""
        return cls(msgspec.json.decode(errors, type=list[dict[str, Any]]))


class Runtime:
    """Belongs to a manager. Everything but the executor is used on event loops only."""

    def __init__(
        self,
        executor: Executor,
        fields: dict[str, FieldResolver],
        payload_fields: Iterable[PayloadFieldResolver],
        options: RuntimeOptions,
        execute: ExecuteHook | None = None,
        policies: PolicyHook | None = None,
    ) -> None:
        self.executor = executor
        for name in fields:
            self._require_field(name)
        self.fields = fields
        self._payload_fields = {field.coordinate: field for field in payload_fields}
        self.options = options
        self.clock: Clock = options.clock or SystemClock()
        self.admission = Admission(options)
        self.acceptance = Acceptance()
        self.refusals = Refusals(executor)
        self.connections: dict[int, ConnectionInfo] = {}
        """By the handles that resolver calls name them with; those of a native server as far as anybody has asked for them."""
        self.servers: list[NativeServer] = []
        """Native servers that listen, on any event loop."""
        self.streams: dict[str, SharedStream] = {}
        """Event streams for many operations, by the tokens that their clients have."""
        self.background: set[asyncio.Task[None]] = set()
        """Tasks that outlive the one who started them."""
        self._execute = execute
        self._policies = policies
        self.caller = Caller(options, self.clock)
        self.tracing = find_tracing(options.tracing, executor)
        self._handlers: dict[str, EventHandler] = {}
        self._runner = ResolverRunner(
            fields, execute, policies, self.connection, options, self._handlers, self.caller, self.clock, self.tracing
        )
        self._batches = BatchRunner(self.caller, self.clock, self.tracing)
        self._ports: WeakKeyDictionary[asyncio.AbstractEventLoop, Port] = WeakKeyDictionary()
        self._fork_guard = ForkGuard()
        # Weak, as the ports' keys are: a loop that is gone lets go of its port, whose calls fail.
        self._resolver_loop: ReferenceType[asyncio.AbstractEventLoop] | None = None
        self._published = 0
        """Events since the loop was last seen to turn."""
        self._publishes_a_turn = _PUBLISHES_A_TURN
        # Known before a loop runs them: until then what they must allow is refused, and what they feed takes no other event.
        for field in fields.values():
            self._set_resolver(field, None)
        for payload_field in self._payload_fields.values():
            self._set_supplier(payload_field, None)
        self._set_hooks(None)

    def port(self) -> Port:
        """The running loop's port. Resolvers run on the first loop, and when that one is closed or let go of on the next.

        Raises ``RuntimeError`` in a child of a process that had one.
        """
        self._fork_guard.require()
        loop = asyncio.get_running_loop()
        port = self._ports.get(loop)
        if port is None:
            with nullcontext() if self.tracing is None else self.tracing.detached():
                port = self._ports[loop] = Port(self._start, self._turned, self._leave)
            self._fork_guard.in_use = True
        self._leave_if_closed()
        if self._resolver_port() is None:
            self._resolve_on(loop, port)
        return port

    def add_field(self, field: FieldResolver) -> None:
        """Takes a resolver in, also while subscriptions are served. Raises ``ValueError`` for an unknown field."""
        self._require_field(field.name)
        self._set_resolver(field, self._resolver_port())
        self.fields[field.name] = field

    def add_payload_field(self, field: PayloadFieldResolver) -> None:
        """The same for the function of a payload field."""
        self._set_supplier(field, self._resolver_port())
        self._payload_fields[field.coordinate] = field

    def add_handler(self, handler: EventHandler) -> None:
        """Takes a handler of events in. Raises ``ValueError`` where there is one for the topic and group, or no field reads the topic."""
        if handler.name in self._handlers:
            raise ValueError(f"there is a handler of {handler.name} already")
        port = self._resolver_port()
        handler.set(self.executor, None if port is None else port.native)
        self._handlers[handler.name] = handler

    async def close(self, timeout: float) -> None:
        """Says goodbye to the running loop's clients, waits until they are gone, and lets go of the loop.

        Whoever takes longer than ``timeout`` seconds is left without the rest.
        """
        loop = asyncio.get_running_loop()
        port = self._ports.pop(loop, None)
        if port is None:
            return
        try:
            with self.acceptance.paused():
                await self._close(loop, port, timeout)
        finally:
            self.acceptance_changed()

    async def _close(self, loop: asyncio.AbstractEventLoop, port: Port, timeout: float) -> None:
        self._resolve_elsewhere(loop)
        # What was published before goes out before the goodbye.
        self.executor.flush()
        everyone = [*port.served.values(), *(server.leaving() for server in self.servers if server.loop is loop)]
        await say_goodbye(everyone, timeout)
        # What handlers have begun need not be done again elsewhere.
        await self._runner.finish("handle", timeout / 2)
        # Without listeners a source ends by itself; those that are left have listeners on another loop.
        await self._runner.close(timeout)
        await self._batches.close(timeout)
        if self.tracing is not None:
            self.tracing.write()
        port.close()
        if not self._ports:
            self._fork_guard.in_use = False
            self.caller.close()

    def renew_certificates(self) -> None:
        """Has the native servers read their certificates again, without waiting for that."""
        for server in self.servers:
            server.renew_certificate()

    def acceptance_changed(self) -> None:
        """Tells the running loop's servers whether they let clients in."""
        loop = asyncio.get_running_loop()
        for server in self.servers:
            if server.loop is loop:
                server.resume()

    def connection(self, handle: int) -> ConnectionInfo | None:
        """Who is connected by a handle that resolver calls have; None where it has ended."""
        if (connection := self.connections.get(handle)) is not None:
            return connection
        known = (server.connection(handle) for server in list(self.servers))
        return next((connection for connection in known if connection is not None), None)

    def working(self) -> list[asyncio.Task[Any]]:
        """The developer's functions that are under way on this event loop, hooks included, sources not: for tests, which wait for them."""
        loop = asyncio.get_running_loop()
        hooks = [task for task in self.background if task.get_loop() is loop]
        return [*(task for _, task in self._runner.tasks()), *self._batches.tasks(), *hooks]

    def deciding(self, subscription_id: str) -> list[asyncio.Task[Any]]:
        """Those of them that decide whether a subscription may begin."""
        return [
            task
            for call, task in self._runner.tasks()
            if call.kind == "policies" or (call.kind == "authorize" and call.subscription_id == subscription_id)
        ]

    def _require_field(self, name: str) -> None:
        if name not in self.executor.fields:
            raise ValueError(f'the schema has no subscription field "{name}"')

    def _leave(self, loop: asyncio.AbstractEventLoop) -> None:
        """A loop ends and nobody has closed the manager on it: nothing waits for it any more."""
        port = self._ports.pop(loop, None)
        if port is None:
            return
        logger.debug("an event loop ended, and manager.close() was not called on it")
        self._resolve_elsewhere(loop)
        self._runner.abandon(loop)
        self._batches.abandon(loop)
        port.close()
        self._fork_guard.in_use = len(self._ports) > 0

    def _leave_if_closed(self) -> None:
        loop = None if self._resolver_loop is None else self._resolver_loop()
        if loop is not None and loop.is_closed():
            self._leave(loop)

    def _resolve_elsewhere(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._resolver_loop is None or self._resolver_loop() is not loop:
            return
        running = [(other, other_port) for other, other_port in list(self._ports.items()) if not other.is_closed()]
        self._resolve_on(*(running[0] if running else (None, None)))

    def _resolve_on(self, loop: asyncio.AbstractEventLoop | None, port: Port | None) -> None:
        self._resolver_loop = None if loop is None else ref(loop)
        for field in self.fields.values():
            self._set_resolver(field, port)
        for payload_field in self._payload_fields.values():
            self._set_supplier(payload_field, port)
        self._set_hooks(port)
        for handler in self._handlers.values():
            handler.set(self.executor, None if port is None else port.native)

    def _resolver_port(self) -> Port | None:
        loop = None if self._resolver_loop is None else self._resolver_loop()
        return None if loop is None or loop.is_closed() else self._ports.get(loop)

    def _start(self, calls: list[ResolverCall]) -> None:
        """Starts the calls that waited for the loop. Raises nothing."""
        batched: list[tuple[ResolverCall, BatchedFunction]] = []
        for call in calls:
            function = self._batched_function(call)
            if function is None:
                self._runner.start(call)
            else:
                batched.append((call, function))
        self._batches.start(batched)

    def _turned(self, seconds: float) -> None:
        if self._published:
            self._publishes_a_turn = min(max(1, int(_SECONDS_A_TURN * self._published / max(seconds, 1e-9))), _PUBLISHES_A_TURN)
            self._published = 0
        # Whatever the native runtime tells of, it wakes a loop for too: what it ended, it says to who has it.
        write_log(self.executor)
        if self.tracing is not None:
            self.tracing.write()

    def _batched_function(self, call: ResolverCall) -> BatchedFunction | None:
        match call.kind:
            case "field":
                return self._payload_fields[call.field]
            case "resolve":
                return self.fields[call.field].batches
            case _:
                return None

    def _set_supplier(self, field: PayloadFieldResolver, port: Port | None) -> None:
        in_flight = self.options.in_flight(field.resolve)
        self.executor.set_supplier(field.type_name, field.name, field.per_claims, None if port is None else port.native, in_flight)

    def _set_resolver(self, field: FieldResolver, port: Port | None) -> None:
        self.executor.set_resolver(field.name, field.native(self.options), None if port is None else port.native)

    def _set_hooks(self, port: Port | None) -> None:
        native = None if port is None else port.native
        if self.tracing is not None:
            self.tracing.start(native)
        if self._execute is not None:
            self.executor.set_execution(native)
        if self._policies is not None:
            self.executor.set_policies(native)

    async def publish(self, topic: str, event: bytes, attributes: Mapping[str, str] | None) -> str:
        self._fork_guard.require()
        self._leave_if_closed()
        checked = check_attributes(topic, attributes)
        # Where opentelemetry-api just happens to be installed, events cost no more.
        if self.tracing is None or self.tracing.is_idle():
            return await self._publish_event(topic, event, checked)
        with self.tracing.publishing(topic, checked, len(event)) as publishing:
            return publishing.published(await self._publish_event(topic, event, publishing.attributes))

    async def _publish_event(self, topic: str, event: bytes, attributes: dict[str, str] | None) -> str:
        encoded = None if attributes is None else encode_value(attributes)
        if self.executor.answers_later:
            return await self._publish(self.executor.await_room(topic, event, encoded, self.port().native))
        try:
            cursor = self.executor.publish(topic, event, encoded)
        except BlockingIOError:
            cursor = await self._publish(self.executor.await_room(topic, event, encoded, self.port().native))
        self._published += 1
        if self._published >= self._publishes_a_turn:
            # In the first turn the loop learns that there is something to send, in the second, before this goes on, it is sent.
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            self._published = 0
        return cursor

    async def complete_topic(self, topic: str) -> None:
        self._fork_guard.require()
        if self.executor.answers_later:
            await self._publish(self.executor.await_completion(topic, self.port().native))
        else:
            self.executor.complete_topic(topic)

    async def _publish(self, waiting: WaitingEvent) -> str:
        """Publishes when there is room for it, and waits for the bus's answer where that comes later."""
        port = self.port()
        may_try = asyncio.Event()
        port.add(waiting, may_try.set)
        try:
            while (cursor := waiting.publish()) is None:
                await may_try.wait()
                may_try.clear()
            return cursor
        finally:
            port.remove(waiting)
            waiting.give_up()


def publish_blocking(executor: Executor, tracing: Tracing | None, topic: str, event: bytes, attributes: Mapping[str, str] | None) -> str:
    """Publishes from a thread that may wait, and tells what the runtime has to tell."""
    checked = check_attributes(topic, attributes)
    if tracing is None or tracing.is_idle():
        cursor = executor.publish(topic, event, None if checked is None else encode_value(checked))
    else:
        with tracing.publishing(topic, checked, len(event)) as publishing:
            carried = publishing.attributes
            cursor = publishing.published(executor.publish(topic, event, None if carried is None else encode_value(carried)))
    if tracing is not None:
        tracing.write()
    write_log(executor)
    return cursor


def check_attributes(topic: object, attributes: object) -> dict[str, str] | None:
    """An event's attributes. Raises ``TypeError`` for what is no topic, and for attributes that are no strings by strings."""
    if not isinstance(topic, str):
        raise TypeError(f"a topic is a str, and this is {type(topic).__name__}")
    if attributes is None:
        return None
    if not isinstance(attributes, Mapping):
        raise TypeError(f"attributes are a mapping of str to str, and these are {type(attributes).__name__}")
    given = dict(cast("Mapping[object, object]", attributes))
    for part in (*given, *given.values()):
        if not isinstance(part, str):
            raise TypeError(f"attributes are a mapping of str to str, and {part!r} is {type(part).__name__}")
    return cast("dict[str, str]", given)


def make_executor(sdl: str, bus: EventBusConfig | None, options: RuntimeOptions, *, publishes_only: bool = False) -> Executor:
    """The native executor of a schema; one that only publishes hears nothing of its bus and refuses subscriptions.

    Raises ``ValueError`` with the mistakes of the schema or of the bus's URL, and for what this version has not.
    """
    bus = bus or EventBusConfig.memory()
    from . import _native

    executor = _native.Executor(sdl, options.native(bus, publishes_only=publishes_only), bus.url)
    if options.clock is not None:
        options.clock.drive(executor)
    return executor


def subscribe(
    executor: Executor,
    query: str,
    operation_name: str | None,
    variables: Mapping[str, Any] | None,
    claims: Mapping[str, Any] | None,
    id: str,
    port: Port | None,
    extensions: Mapping[str, Any] | None = None,
) -> Subscription:
    """A subscription without a socket, which may still be opening. Raises ``SubscriptionError``."""
    outcome = executor.subscribe(
        query,
        operation_name,
        None if variables is None else encode_value(variables),
        None if claims is None else encode_value(claims),
        id,
        None if port is None else port.native,
        None if extensions is None else encode_value(extensions),
    )
    if isinstance(outcome, bytes):
        raise SubscriptionError.of(outcome)
    return outcome
