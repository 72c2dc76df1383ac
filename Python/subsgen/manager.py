"""The face of the runtime for applications."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, TypeVar

from .auth import AuthHandler, seconds_until
from .bus import BusType, EventBusConfig
from .event_handlers import EventHandler
from .execution import Execute, ExecuteHook
from .extension import load_extension
from .lifecycle import before_the_server_closes, until_a_signal
from .log import logger
from .messages import SubscriptionPayload
from .options import RuntimeOptions
from .payload import Event, encode, encode_value
from .payload_fields import PayloadFieldResolver
from .policies import Policies, PolicyHook
from .registry import Registry
from .resolvers import is_passthrough
from .resolving import FieldResolver
from .runtime import Runtime, SubscriptionError, make_executor, subscribe

if TYPE_CHECKING:
    from socket import socket

    from ._native import Subscription
    from .clock import Clock
    from .port import Port
    from .server import Server
    from .server_requests import ASGIApplication

__all__ = ["SubscriptionManager"]

Handler = TypeVar("Handler", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class _Pulled:
    native: Subscription
    port: Port
    clock: Clock
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def news(self, deadline: float | None) -> bool:
        """Waits for something to look at: what the port tells, or that the claims have expired. False where the deadline comes first."""
        # By the machine's clock, also where a test turns another: who waits here cannot turn it.
        timeout = None if deadline is None else deadline - asyncio.get_running_loop().time()
        expires = self.native.expiry
        # Where the runtime's clock says that they have not expired it is asked again.
        timer = None if expires is None else self.clock.call_later(seconds_until(expires, self.clock.time()), self.ready.set)
        # asyncio.wait_for forgets before Python 3.12 that it was cancelled, where what it waits for comes at that moment.
        waiting = asyncio.ensure_future(self.ready.wait())
        try:
            done, _ = await asyncio.wait([waiting], timeout=timeout)
        finally:
            waiting.cancel()
            if timer is not None:
                timer.cancel()
        return waiting in done


class SubscriptionManager:
    """Publishes events and serves the subscriptions of one schema.

    Generated packages make it by their ``create_manager``; without one, give the schema's SDL. Its methods are called on an event loop.
    """

    def __init__(
        self,
        event_bus_config: EventBusConfig | None = None,
        *,
        registry: Registry | None = None,
        schema: str | None = None,
        auth_handler: AuthHandler | None = None,
        execute: Execute | None = None,
        policies: Policies | None = None,
        options: RuntimeOptions | None = None,
    ) -> None:
        """``execute`` answers queries and mutations; without it they are refused, but for those about the schema alone. ``policies`` says
        who is granted what ``@policy`` asks for; without it nobody is.

        Raises ``ValueError`` with the schema's mistakes, ``TypeError`` for a resolver module or a hook that this version cannot serve,
        and ``ImportError`` where the package has an extension of its own that cannot be loaded or does not fit.
        """
        if (registry is None) == (schema is None):
            raise ValueError("a manager takes either the registry of a generated package or a schema")
        options = options or RuntimeOptions()
        fields = {} if registry is None else {binding.name: FieldResolver.bound(binding) for binding in registry.bindings()}
        supplied = () if registry is None else registry.payload_bindings()
        payload_fields = [field for field in map(PayloadFieldResolver.bound, supplied) if field is not None]
        sdl = registry.sdl if registry is not None else schema or ""
        if registry is not None:
            load_extension(registry.module, sdl)
        self.auth_handler = auth_handler
        """Who says who a client is, where the handler is not given another."""
        hook = None if execute is None else ExecuteHook(execute)
        decide = None if policies is None else PolicyHook(policies)
        self.runtime = Runtime(make_executor(sdl, event_bus_config, options), fields, payload_fields, options, hook, decide)
        """What the protocol's handler drives; not for applications."""
        self._pulled: dict[str, _Pulled] = {}
        self.bus_type: BusType = "memory" if event_bus_config is None else event_bus_config.bus_type
        """On which bus it meets others."""
        self._group = None if event_bus_config is None else event_bus_config.consumer_group

    async def publish_event(self, topic: str, payload: Event, attributes: Mapping[str, str] | None = None) -> str:
        """Publishes an event and returns its cursor. ``bytes`` and ``str`` are JSON text; anything else is written as JSON.

        Raises ``ValueError`` where the event is refused, ``TypeError`` for what has no form in JSON, and ``ConnectionError`` where the bus
        cannot be reached.
        """
        return await self.runtime.publish(topic, encode(payload), attributes)

    async def complete_topic(self, topic: str) -> None:
        """Ends every subscription of a topic: its clients get ``complete``."""
        await self.runtime.complete_topic(topic)

    async def create_subscription(self, payload: SubscriptionPayload, *, claims: Mapping[str, Any] | None = None) -> str:
        """Subscribes without a socket and returns an id for ``get_next_event``. Raises ``SubscriptionError`` where it is refused.

        Waits for the field's ``authorize``, where it has one.
        """
        if not self.runtime.acceptance.is_open:
            raise SubscriptionError([{"message": "The server is going away."}])
        port = self.runtime.port()
        subscription_id = uuid.uuid4().hex
        native = subscribe(
            self.runtime.executor,
            payload.query,
            payload.operation_name,
            payload.variables,
            claims,
            subscription_id,
            port,
            payload.extensions,
        )
        pulled = self._pulled[subscription_id] = _Pulled(native, port, self.runtime.clock)
        port.add(native, pulled.ready.set)
        try:
            while native.opening:
                await pulled.ready.wait()
                pulled.ready.clear()
            if (refusal := native.refusal) is not None:
                raise SubscriptionError.of(refusal)
        except BaseException:
            await self.complete_subscription(subscription_id)
            raise
        return subscription_id

    async def get_next_event(self, subscription_id: str, timeout: float | None = None) -> bytes | None:
        """Waits for the next execution result, JSON. None when the subscription has ended, or after ``timeout`` seconds.

        When the claims expire that is an error that says so, and the last result.

        Raises ``KeyError`` for an unknown subscription.
        """
        pulled = self._pulled[subscription_id]
        deadline = None if timeout is None else asyncio.get_running_loop().time() + timeout
        while True:
            # Cleared before looking: what comes in between sets it again.
            pulled.ready.clear()
            if (event := pulled.native.next()) is not None:
                return event
            if pulled.native.ended:
                return None
            if not await pulled.news(deadline):
                return None

    async def complete_subscription(self, subscription_id: str) -> None:
        """Ends a subscription of ``create_subscription``. Raises ``KeyError`` for an unknown one."""
        _end(self._pulled.pop(subscription_id))

    async def revoke(
        self,
        *,
        user_id: str | int | None = None,
        connection_id: str | None = None,
        claim: tuple[str, Any] | None = None,
        recheck: bool = False,
    ) -> int:
        """Revokes the claims of a user, of a connection (``ConnectionInfo.id``), or those in which a claim equals a value or is a list that
        has it: in every process of the bus, where that is shared. Returns how many connections and subscriptions without a socket that
        concerns in this process.

        The connections are closed with 4403. With ``recheck`` they stay, and everything that was decided about their subscriptions is
        decided again, ``policies`` and ``authorize`` included: those that are denied end with an error. Raises ``ValueError`` unless
        exactly one is said whose claims are meant.
        """
        if sum(given is not None for given in (user_id, connection_id, claim)) != 1:
            raise ValueError("revoke takes one of user_id, connection_id and claim")
        executor = self.runtime.executor
        if claim is not None:
            name, value = claim
            return executor.revoke_claim(name, encode_value(value), recheck)
        if user_id is not None:
            return executor.revoke_user(str(user_id), recheck)
        handles = [handle for handle, connection in self.runtime.connections.items() if connection.id == connection_id]
        return sum(executor.revoke_connection(handle, recheck) for handle in handles)

    def register_resolver(self, field_name: str, resolve: Callable[..., Any], *, event_type: Any = Any, arguments_type: Any = Any) -> None:
        """Lets ``resolve(event, args)`` or ``resolve(event, args, context)`` answer a field, in place of the one it had.

        Events and arguments come as what JSON is made of, where no types are given. Raises ``ValueError`` for an unknown field.
        """
        if is_passthrough(resolve):
            raise ValueError("a passthrough function answers nothing; give a resolver that does")
        before = self.runtime.fields.get(field_name)
        self.runtime.add_field(
            FieldResolver(
                field_name,
                event_type=event_type,
                arguments_type=arguments_type,
                resolve=resolve,
                lifecycle=None if before is None else before.lifecycle,
            )
        )

    def register_field_resolver(
        self,
        type_name: str,
        field_name: str,
        resolve: Callable[..., Any],
        *,
        parent_type: Any = Any,
        arguments_type: Any = Any,
        value_type: Any = Any,
    ) -> None:
        """Lets ``resolve(parents, args)`` or ``resolve(parents, args, context)`` supply a payload field, in place of what did.

        Parents and arguments come as what JSON is made of, where no types are given. Raises ``ValueError`` for a field that has neither
        ``@resolver`` nor arguments.
        """
        self.runtime.add_payload_field(
            PayloadFieldResolver(
                type_name, field_name, resolve, parent_type=parent_type, arguments_type=arguments_type, value_type=value_type
            )
        )

    def on_event(
        self,
        topic: str,
        *,
        group: str | None = None,
        event_type: Any = Any,
        seconds: int = 60,
        attempts: int = 5,
        in_flight: int = 16,
    ) -> Callable[[Handler], Handler]:
        """Lets a function handle the events of a topic, ``orderCreated`` or, as the schema writes it, ``chat.{roomId}``: each event in
        one of the processes that have a handler for the topic and ``group``, by default that of ``EventBusConfig.redis``. ``def`` or
        ``async def``, called as ``handler(event)`` or ``handler(event, received)`` with a ``ReceivedEvent``.

        An event is handled when the function returns. Where it raises, takes too long or goes with its process, the event is handled
        again, perhaps elsewhere, after ``seconds``, and after ``attempts`` put aside: so an event may be handled twice. At most
        ``in_flight`` are under way in this process, in no order. They run on the manager's event loop, from ``async with manager`` on.

        Raises ``ValueError`` where no field reads the topic, there is a handler for it already, or the bus has no groups.
        """
        name = group or self._group
        if name is None:
            raise ValueError(
                "on_event takes the name of a group: on_event(topic, group=...), or EventBusConfig.redis(url, consumer_group=...)"
            )

        def add(function: Handler) -> Handler:
            handler = EventHandler(topic, name, function, event_type=event_type, seconds=seconds, attempts=attempts, in_flight=in_flight)
            self.runtime.add_handler(handler)
            return function

        return add

    def get_metrics(self) -> dict[str, int]:
        """What the runtime counted since it began, and what it holds now."""
        return self.runtime.executor.metrics()

    def metrics_text(self, *, open_metrics: bool = False) -> str:
        """All metrics as Prometheus scrapes them: its text format 0.0.4, or OpenMetrics 1.0."""
        return self.runtime.executor.metrics_text(open_metrics)

    def metrics_json(self) -> bytes:
        """All metrics as JSON, for collectors: a list of families with their samples."""
        return self.runtime.executor.metrics_json()

    async def __aenter__(self) -> SubscriptionManager:
        """Serves on this event loop until the block ends, and then drains it."""
        self.runtime.acceptance.open()
        self.runtime.port()
        self.runtime.acceptance_changed()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.drain()

    @asynccontextmanager
    async def lifespan(self, _: object) -> AsyncGenerator[None, None]:
        """The lifespan of an application of FastAPI or Starlette: ``FastAPI(lifespan=manager.lifespan)``, or ``async with`` it in your own.

        Where uvicorn serves, clients are told before it closes their sockets: SIGTERM and SIGINT drain first.
        """
        async with self:
            with before_the_server_closes(self.drain):
                yield

    async def drain(self, timeout: float = 10.0) -> None:
        """Says goodbye as ``close`` does, and lets nobody in on this event loop any more: who connects gets 503, or is closed with 1001.

        ``async with manager`` lets clients in again.
        """
        self.runtime.acceptance.shut()
        self.runtime.acceptance_changed()
        await self.close(timeout)

    @asynccontextmanager
    async def server(
        self,
        host: str = "127.0.0.1",
        port: int = 8000,
        *,
        path: str = "/graphql",
        auth_handler: AuthHandler | None = None,
        http: bool = True,
        page: bool = True,
        app: ASGIApplication | None = None,
        metrics_path: str | None = None,
        health_path: str | None = "/healthz",
        ready_path: str | None = "/readyz",
        threads: int | None = None,
        reuse_port: bool = False,
        sock: socket | None = None,
        unix_socket: str | PathLike[str] | None = None,
        trusted_proxies: Sequence[str] = (),
        proxy_protocol: bool = False,
        tls_cert: str | PathLike[str] | None = None,
        tls_key: str | PathLike[str] | None = None,
        drain_timeout: float = 10.0,
    ) -> AsyncGenerator[Server, None]:
        """A native server that listens while the block runs: ``async with manager.server(port=0) as server: server.port``. The block
        ends by draining the manager on this event loop, for at most ``drain_timeout`` seconds.

        - ``path`` serves operations over WebSockets and, unless ``http`` is false, as requests and event streams; and to browsers a page to
          try them with, unless ``page`` is false. ``health_path`` says that the server runs, ``ready_path`` whether it takes clients, and
          ``metrics_path`` has all metrics for Prometheus, for whoever reaches the port; None is nowhere.
        - ``app``, an ASGI application, answers the requests for other paths.
        - ``threads`` serve the connections; by default one for each processor. Python's functions run on this event loop.
        - In place of ``host`` and ``port``, ``unix_socket`` is the path of a socket of Unix to make and listen at, and ``sock`` a socket
          that is bound already. ``reuse_port`` lets other processes listen at the same port.
        - ``trusted_proxies`` are believed when they say who a client is, by ``Forwarded``, ``X-Forwarded-For`` and ``X-Forwarded-Proto``.
          They are addresses, networks as ``10.0.0.0/8``, and ``unix``, which is whoever comes by a socket of Unix. With ``proxy_protocol``
          their connections begin with a header of the PROXY protocol.
        - ``tls_cert`` and ``tls_key``, files in PEM, have clients speak TLS; the key may stand in the certificate's file. Where the files
          change, new connections are shown the new certificate.

        Raises ``OSError`` where it cannot listen, or cannot use the certificate or the key; ``ValueError`` for a key without a certificate,
        the PROXY protocol without trusted proxies, and a proxy that is no address or network.
        """
        from .server import NativeServer
        from .server_requests import answering

        paths = {"metricsPath": metrics_path, "healthPath": health_path, "readyPath": ready_path}
        options: dict[str, Any] = {"host": host, "port": port, "servesExplorer": page, "reusesPort": reuse_port, **paths}
        if threads is not None:
            options["threads"] = threads
        if unix_socket is not None:
            if sock is not None:
                raise ValueError("sock is a socket already: leave out unix_socket")
            options["unixSocket"] = fspath(unix_socket)
        if isinstance(trusted_proxies, str):
            raise ValueError(f'trusted_proxies is a list: ["{trusted_proxies}"]')
        if trusted_proxies:
            options["trustedProxies"] = list(trusted_proxies)
        if proxy_protocol:
            if not trusted_proxies:
                raise ValueError("the PROXY protocol is believed of trusted proxies only: name them by trusted_proxies")
            options["proxyProtocol"] = True
        if tls_cert is not None:
            options["tls"] = {"certificate": fspath(tls_cert), "key": fspath(tls_cert if tls_key is None else tls_key)}
        elif tls_key is not None:
            raise ValueError("tls_key is the key of a certificate: give that as tls_cert")
        if sock is not None:
            options["socket"] = sock.detach()
        async with answering(self, path, auth_handler, http=http, app=app) as answer:
            await self.__aenter__()
            server = NativeServer(self, path, auth_handler, answer, options)
            try:
                yield await server.start()
            finally:
                try:
                    await self.drain(drain_timeout)
                finally:
                    await server.stop()

    async def serve(
        self,
        host: str = "127.0.0.1",
        port: int = 8000,
        *,
        path: str = "/graphql",
        auth_handler: AuthHandler | None = None,
        http: bool = True,
        page: bool = True,
        app: ASGIApplication | None = None,
        metrics_path: str | None = None,
        health_path: str | None = "/healthz",
        ready_path: str | None = "/readyz",
        threads: int | None = None,
        reuse_port: bool = False,
        sock: socket | None = None,
        unix_socket: str | PathLike[str] | None = None,
        trusted_proxies: Sequence[str] = (),
        proxy_protocol: bool = False,
        tls_cert: str | PathLike[str] | None = None,
        tls_key: str | PathLike[str] | None = None,
        drain_timeout: float = 10.0,
    ) -> None:
        """Serves natively, as ``server`` does, until SIGTERM or SIGINT asks the process to end, or until it is cancelled: ``asyncio.run(
        manager.serve(port=8000))``. Then it drains: nothing new begins, what waits is sent, clients get ``complete`` and are closed with
        1001, all in ``drain_timeout`` seconds. A second signal ends at once.

        Raises ``OSError`` where it cannot listen.
        """
        with until_a_signal() as asked:
            async with self.server(
                host,
                port,
                path=path,
                auth_handler=auth_handler,
                http=http,
                page=page,
                app=app,
                metrics_path=metrics_path,
                health_path=health_path,
                ready_path=ready_path,
                threads=threads,
                reuse_port=reuse_port,
                sock=sock,
                unix_socket=unix_socket,
                trusted_proxies=trusted_proxies,
                proxy_protocol=proxy_protocol,
                tls_cert=tls_cert,
                tls_key=tls_key,
                drain_timeout=drain_timeout,
            ) as server:
                logger.info("serving on %s", server)
                await asked.wait()
                logger.info("going away")

    async def close(self, timeout: float = 10.0) -> None:
        """Says goodbye to every client of this event loop: what waits is sent, then ``complete``, and the socket is closed with 1001.

        Meanwhile nobody is let in; afterwards the manager may be used here again.

        A query or mutation that ``execute`` is at work on has half of ``timeout`` for its answer. A client that has not read what waits
        for it within ``timeout`` seconds loses the rest. Subscriptions of ``create_subscription`` end.
        """
        port = self.runtime.port()
        for pulled in self._pulled.values():
            if pulled.port is port:
                _end(pulled)
        await self.runtime.close(timeout)


def _end(pulled: _Pulled) -> None:
    pulled.port.remove(pulled.native)
    pulled.native.complete()
    pulled.ready.set()
