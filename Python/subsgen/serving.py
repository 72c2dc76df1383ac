"""``python -m subsgen serve``: a manager of an application on the native server, in this process or in many that share a port."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import inspect
import logging
import os
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, fields
from ipaddress import ip_network
from typing import TYPE_CHECKING, cast

from .bus import BusType
from .lifecycle import on_hang_up, until_a_signal
from .log import logger
from .manager import SubscriptionManager

if TYPE_CHECKING:
    from socket import socket

    from .server import Server
    from .server_requests import ASGIApplication

__all__ = ["ENDED", "FAILED", "NO_PORT", "WRONG_USE", "Application", "Wanted", "load_manager", "require_shared", "run", "serve"]

ENDED, FAILED, WRONG_USE, NO_PORT = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is served, and where."""

    manager: str
    app: str | None
    host: str
    port: int
    path: str
    workers: int
    drain_timeout: float
    metrics_path: str | None
    tls_cert: str | None
    tls_key: str | None
    unix_socket: str | None
    trusted_proxies: list[str]
    proxy_protocol: bool
    reload: bool

    @property
    def place(self) -> str:
        """Where it listens, for people to read."""
        return f"{self.host}, port {self.port}" if self.unix_socket is None else f"the socket {self.unix_socket}"

    @classmethod
    def of_arguments(cls, given: argparse.Namespace) -> Wanted:
        """Reads the command's arguments. Raises ``ValueError`` that says what is wrong."""
        for name, reference in (("MANAGER", given.manager), ("--app", given.app)):
            if reference is not None:
                module, colon, attribute = reference.partition(":")
                if not (module and colon and attribute):
                    raise ValueError(f"{name} is a module, a colon and a name in it, as app:manager is, and not {reference!r}")
        if not given.path.startswith("/"):
            raise ValueError(f"--path begins with a slash, and {given.path!r} does not")
        if not 0 <= given.port <= 65535:
            raise ValueError(f"--port is from 0, which takes one that is free, to 65535, and not {given.port}")
        if given.workers < 1:
            raise ValueError(f"--workers is at least 1, and not {given.workers}")
        if given.reload and given.workers > 1:
            raise ValueError("--reload is for development, with one process: leave out --workers")
        if given.drain_timeout <= 0:
            raise ValueError(f"--drain-timeout is greater than zero, and not {given.drain_timeout:g}")
        if given.tls_key is not None and given.tls_cert is None:
            raise ValueError("--tls-key is the key of a certificate: give that by --tls-cert")
        given.trusted_proxies = [_network(name) for name in given.trusted_proxies]
        if given.proxy_protocol and not given.trusted_proxies:
            raise ValueError("--proxy-protocol is believed of trusted proxies only: name them by --trusted-proxies")
        return cls(**{field.name: getattr(given, field.name) for field in fields(cls)})


def _network(name: str) -> str:
    if name == "unix":
        return name
    try:
        return str(ip_network(name, strict=False))
    except ValueError:
        raise ValueError(
            f"--trusted-proxies names addresses, networks as 10.0.0.0/8 is, and unix, with commas between, and not {name!r}"
        ) from None


@dataclass(frozen=True, slots=True)
class Application:
    """What an application has to serve."""

    manager: SubscriptionManager
    app: ASGIApplication | None

    @classmethod
    def load(cls, wanted: Wanted) -> Application:
        """Imports it. Raises ``ValueError`` where there is nothing of the name, or nothing that can be served."""
        return cls(load_manager(wanted.manager), None if wanted.app is None else _load_app(wanted.app))

    def server(self, wanted: Wanted, *, reuse_port: bool, sock: socket | None) -> AbstractAsyncContextManager[Server]:
        """A server that listens while the block runs: at a socket that listens already, where there is one."""
        return self.manager.server(
            wanted.host,
            wanted.port,
            path=wanted.path,
            app=self.app,
            metrics_path=wanted.metrics_path,
            reuse_port=reuse_port and sock is None,
            tls_cert=wanted.tls_cert,
            tls_key=wanted.tls_key,
            unix_socket=None if sock is not None else wanted.unix_socket,
            sock=sock,
            trusted_proxies=wanted.trusted_proxies,
            proxy_protocol=wanted.proxy_protocol,
            drain_timeout=wanted.drain_timeout,
        )


def run(wanted: Wanted) -> int:
    """Serves until a signal ends it, and returns the exit status."""
    if wanted.reload:
        from .workers import run_reloading

        return run_reloading(wanted)
    if wanted.workers > 1:
        from .workers import run_workers

        return run_workers(wanted)

    def began(server: Server, _: asyncio.Event) -> None:
        where = f"{server.url}{wanted.path}" if server.url else f"{wanted.path} of {wanted.place}"
        logger.info("operations are served at %s", where)

    return serve(wanted, is_worker=False, began=began)


def serve(wanted: Wanted, *, is_worker: bool, began: Callable[[Server, asyncio.Event], None], sock: socket | None = None) -> int:
    """Serves in this process, at ``sock`` where that listens already. ``began`` is called when it listens, with an event that ends it."""
    label = f"[{os.getpid()}] " if is_worker else ""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format=f"%(levelname)s: {label}%(message)s")

    async def listen(application: Application) -> None:
        # Nobody keeps SIGHUP from ending a process that has no certificate.
        renewing = nullcontext() if wanted.tls_cert is None else on_hang_up(application.manager.runtime.renew_certificates)
        with until_a_signal() as asked, renewing:
            async with application.server(wanted, reuse_port=is_worker, sock=sock) as server:
                began(server, asked)
                await asked.wait()

    try:
        application = Application.load(wanted)
        if wanted.workers > 1:
            require_shared(application.manager.bus_type)
    except ValueError as error:
        sys.stderr.write(f"error: {error}\n")
        return WRONG_USE
    try:
        asyncio.run(listen(application))
    except OSError as error:
        sys.stderr.write(f"error: {error.strerror or error}\n")
        return NO_PORT
    return ENDED


def require_shared(bus: BusType) -> None:
    """Raises ``ValueError`` for a bus on which processes do not meet."""
    if bus == "memory":
        raise ValueError(
            "workers are processes, and meet on Redis or PostgreSQL only: with the memory bus of this manager each would have events of "
            "its own. Give the manager EventBusConfig.redis(...) or EventBusConfig.postgresql(...), or leave out --workers"
        )


def load_manager(reference: str) -> SubscriptionManager:
    """The manager that ``module:name`` names, or that the function of that name makes. Raises ``ValueError`` where there is none."""
    found = _find(reference)
    if inspect.isfunction(found):
        found = found()
    if isinstance(found, SubscriptionManager):
        return found
    mend = f"; give it as --app {reference}, and name its manager" if callable(found) else ""
    raise ValueError(f"{reference} is {_kind(found)}, and no SubscriptionManager{mend}")


def _load_app(reference: str) -> ASGIApplication:
    found = _find(reference)
    if not callable(found):
        raise ValueError(f"{reference} is {_kind(found)}, and no ASGI application")
    return cast("ASGIApplication", found)


def _kind(value: object) -> str:
    return f"a {type(value).__module__}.{type(value).__qualname__}"


def _find(reference: str) -> object:
    module_name, _, names = reference.partition(":")
    if (here := os.getcwd()) not in sys.path:
        sys.path.insert(0, here)
    try:
        found: object = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise  # the module is there, and imports one that is not
        raise ValueError(
            f"there is no module {error.name!r} in {here} or among what is installed; run this where {module_name} can be imported"
        ) from None
    module = found
    for name in names.split("."):
        if not hasattr(found, name):
            managers = sorted(other for other, value in vars(module).items() if isinstance(value, SubscriptionManager))
            there = f"; its managers are {', '.join(managers)}" if managers else ", and no manager under another name"
            raise ValueError(f"the module {module_name} has no {names!r}{there}")
        found = getattr(found, name)
    return found
