"""What breaks. Each fault breaks something and mends it again; its sentence is what docs/reliability.md says of it."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from .fleet import Worker
from .stage import Stage

__all__ = ["FAULTS", "Fault"]

Act = Callable[[Stage, random.Random], Awaitable[None]]


@dataclass(frozen=True)
class Fault:
    """One kind of fault."""

    name: str
    act: Act
    weight: float = 1
    """How often it is drawn, against others."""
    size: int = 16
    """How many characters of text the events have meanwhile."""
    events: int = 240
    """How many a publication has at most."""
    loses_data: bool = False
    """Whether the bus begins anew: cursors are too old then, which clients must be told."""


FAULTS: dict[str, Fault] = {}


def fault(**options: object) -> Callable[[Act], Act]:
    def declare(act: Act) -> Act:
        name = act.__name__
        FAULTS[name] = Fault(name, act, **options)  # type: ignore[arg-type]
        return act

    return declare


def some(stage: Stage, generator: random.Random) -> list[Worker]:
    """At least one of those that are there."""
    up = stage.fleet.up
    return generator.sample(up, generator.randint(1, len(up))) if up else []


def cut_off(stage: Stage, workers: list[Worker]) -> None:
    """These lose their connections to the bus now."""
    stage.disconnected |= {(worker, worker.starts) for worker in workers if worker.is_up}


@fault()
async def nothing(_: Stage, __: random.Random) -> None:
    """What all the others are compared with."""


@fault(weight=2)
async def worker_killed(stage: Stage, generator: random.Random) -> None:
    """Workers are killed with `kill -9` while they publish and serve, and started again."""
    victims = some(stage, generator)
    stage.log(f"kills {[worker.name for worker in victims]}")
    await asyncio.gather(*(worker.kill() for worker in victims))
    await stage.fleet.start()


@fault()
async def worker_restarted(stage: Stage, generator: random.Random) -> None:
    """A rolling deployment: workers are told to end by SIGTERM, one after the other, and started again."""
    for worker in some(stage, generator):
        stage.log(f"ends {worker.name}")
        worker.signal(signal.SIGTERM)
        await worker.ended()
        await stage.fleet.start()


@fault()
async def worker_stopped(stage: Stage, generator: random.Random) -> None:
    """Workers get no processor for a while (SIGSTOP)."""
    victims = some(stage, generator)
    for worker in victims:
        worker.signal(signal.SIGSTOP)
    await asyncio.sleep(generator.uniform(0.02, 0.6))
    for worker in victims:
        worker.signal(signal.SIGCONT)


@fault(weight=2)
async def server_killed(stage: Stage, generator: random.Random) -> None:
    """The bus's server is killed with `kill -9` while events are published, and started again with its data."""
    async with stage.changing_server:
        cut_off(stage, stage.fleet.up)
        await stage.server.kill()
        await asyncio.sleep(generator.uniform(0, 0.3))
        await stage.server.start()


@fault()
async def server_stopped(stage: Stage, generator: random.Random) -> None:
    """The bus's server gets no processor for a moment (SIGSTOP)."""
    stage.server.signal(signal.SIGSTOP)
    await asyncio.sleep(generator.uniform(0.05, 0.6))
    stage.server.signal(signal.SIGCONT)


@fault(weight=0.1)
async def server_silent(stage: Stage, generator: random.Random) -> None:
    """The bus's server gets none for longer than publishers wait, and mostly for longer than a connection is trusted."""
    stage.server.signal(signal.SIGSTOP)
    await asyncio.sleep(generator.uniform(3.2, 9))
    stage.server.signal(signal.SIGCONT)


@fault(weight=2)
async def connections_cut(stage: Stage, generator: random.Random) -> None:
    """Connections of workers to the bus break, some in the middle of a reply, several times in a row."""
    for _ in range(generator.randint(1, 4)):
        victims = some(stage, generator)
        after = generator.choice([0, generator.randint(1, 2000)])
        for worker in victims:
            if stage.proxies[worker].cut(after) and not after:
                cut_off(stage, [worker])
        await asyncio.sleep(generator.uniform(0, 0.15))


@fault(weight=2)
async def bytes_late(stage: Stage, generator: random.Random) -> None:
    """Connections break for the worker alone: what it had sent arrives when it has long connected again; new connections break too."""
    victims = some(stage, generator)
    links = [link for worker in victims for link in stage.proxies[worker].hold()]
    await asyncio.sleep(generator.uniform(0, 0.05))
    cut_off(stage, victims)
    for worker in victims:
        stage.proxies[worker].heard_pieces = generator.randint(1, stage.server.pieces_to_connect)
        # The reader's and the publisher's.
        stage.proxies[worker].deaf_connections = generator.choice([0, 1, 2, 4])
    for link in links:
        link.lose_client()
    await asyncio.sleep(generator.uniform(0.05, 0.5))
    for link in links:
        link.release()
    for worker in victims:
        stage.proxies[worker].deaf_connections = 0


@fault()
async def connections_slow(stage: Stage, generator: random.Random) -> None:
    """Everything between workers and the bus takes up to 40 ms a piece, each another time."""
    victims = some(stage, generator)
    for worker in victims:
        stage.proxies[worker].delays = (random.Random(generator.random()), 0.04)
    await asyncio.sleep(generator.uniform(0.1, 0.8))
    for worker in victims:
        stage.proxies[worker].delays = None


@fault()
async def server_unreachable(stage: Stage, generator: random.Random) -> None:
    """Workers lose the bus, and for a while nobody lets them connect again."""
    victims = some(stage, generator)
    for worker in victims:
        stage.proxies[worker].is_refusing = True
        if stage.proxies[worker].cut():
            cut_off(stage, [worker])
    await asyncio.sleep(generator.uniform(0.05, 0.7))
    for worker in victims:
        stage.proxies[worker].is_refusing = False


@fault()
async def memory_full(stage: Stage, generator: random.Random) -> None:
    """The bus's server has no memory left and says so, then it has some again."""
    async with stage.changing_server:
        with contextlib.suppress(OSError):
            await stage.server.exhaust_memory()
        await asyncio.sleep(generator.uniform(0.02, 0.3))
        with contextlib.suppress(OSError):
            await stage.server.free_memory()


@fault()
async def disk_full(stage: Stage, generator: random.Random) -> None:
    """The bus's server cannot write to its disk, then it can again."""
    async with stage.changing_server:
        with contextlib.suppress(OSError, EOFError):
            await stage.server.fill_disk()
        await asyncio.sleep(generator.uniform(0.02, 0.3))
        with contextlib.suppress(OSError, EOFError):
            await stage.server.free_disk()


@fault(weight=2)
async def clients_cut(stage: Stage, generator: random.Random) -> None:
    """Clients lose their connections, most in the middle of a message, several times in a row, and come back to any worker."""
    for _ in range(generator.randint(1, 5)):
        for client in generator.sample(stage.clients, generator.randint(1, len(stage.clients))):
            client.vanish(generator.choice([0, generator.randint(1, 4000)]))
        await asyncio.sleep(generator.uniform(0, 0.1))


@fault(size=12_000, events=480)
async def clients_slow(stage: Stage, generator: random.Random) -> None:
    """Clients read nothing for a while, so long that more waits for them than may; then they read on."""
    going_on = [client.pause() for client in generator.sample(stage.clients, generator.randint(1, len(stage.clients)))]
    await asyncio.sleep(generator.uniform(0.4, 1))
    for go_on in going_on:
        go_on()


@fault(weight=0.5, loses_data=True)
async def data_lost(stage: Stage, generator: random.Random) -> None:
    """The bus's server comes back empty: what it lost is lost, and no cursor of before is good for anything."""
    async with stage.changing_server:
        cut_off(stage, stage.fleet.up)
        await stage.server.lose_data()
        await asyncio.sleep(generator.uniform(0, 0.1))
        await stage.server.start()
