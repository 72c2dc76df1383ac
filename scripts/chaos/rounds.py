"""A round: events are published, something breaks, it is mended, and in the end every client has every event once and in order."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from .client import Client
from .faults import FAULTS, Fault
from .fleet import Publication, Worker
from .oracle import Outcome, violations
from .stage import TOPICS, Stage

__all__ = ["Report", "play"]

PATIENCE = 40.0
"""Seconds after which what is not there counts as lost, or hung."""


@dataclass
class Report:
    """What came of a round."""

    number: int
    faults: list[str]
    wrong: list[str] = field(default_factory=list[str])
    counts: Counter[str] = field(default_factory=Counter[str])
    """What publishers and clients were told, and what the runtime's counters say."""


async def play(stage: Stage, seed: str, number: int, only: Sequence[str] = ()) -> Report:
    """Plays round `number` of a seed: the same faults, publications and instants each time, as far as processes can repeat themselves."""
    generator = random.Random(f"{seed}/{number}")
    faults = draw(stage, generator, only)
    report = Report(number, [fault.name for fault in faults])
    stage.begin(f"round {number}: {' and '.join(report.faults)}")
    before = {client: (client.connections, client.codes.copy()) for client in stage.clients}
    try:
        await asyncio.wait_for(_attempt(stage, generator, number, faults, report), PATIENCE)
    except asyncio.TimeoutError:
        report.wrong += [f"it is not over after {PATIENCE:.0f} seconds", *_standing(stage)]
    for client, (connections, codes) in before.items():
        report.counts["connections of clients"] += client.connections - connections
        for code in client.codes - codes:
            report.counts[f"clients told {code}"] += (client.codes - codes)[code]
    report.counts["publishers told an error"] += len(stage.refusals)
    stage.log(f"round {number}: {'; '.join(report.wrong) or 'all is well'} {dict(report.counts)}")
    stage.forget()
    return report


def draw(stage: Stage, generator: random.Random, only: Sequence[str]) -> list[Fault]:
    """One fault, or two at once."""
    known = [fault for name, fault in FAULTS.items() if name in (only or FAULTS) and name not in stage.server.cannot]
    first, second = generator.choices(known, [fault.weight for fault in known], k=2)
    if first.loses_data or second.loses_data or first is second or generator.random() < 0.6:
        return [first]
    return [first, second]


async def _attempt(stage: Stage, generator: random.Random, number: int, faults: list[Fault], report: Report) -> None:
    if faults[0].loses_data:
        newcomers = await _lose(stage, generator, number, faults[0])
    else:
        newcomers = set[Client]()
        await _break(stage, generator, number, faults)
    cursors = await stage.fence()
    fences = {topic: next(event for event, cursor in stage.ledgers[topic].cursors.items() if cursor == cursors[topic]) for topic in TOPICS}
    await asyncio.gather(*(client.reaches(fences[client.topic]) for client in stage.clients))
    for topic, ledger in stage.ledgers.items():
        report.counts["events"] += ledger.count(Outcome.TAKEN)
        clients = {client.name: client.got for client in stage.of(topic)}
        report.wrong += [f"{topic}: {text}" for text in violations(ledger, clients, {client.name for client in newcomers})]
    report.wrong += [client.failure for client in stage.clients if client.failure is not None]
    if not faults[0].loses_data:
        report.wrong += [f"{client.name} was told that its cursor is too old" for client in stage.clients if client.cursor is None]
    report.wrong += await _counters(stage, report, has_lost=faults[0].loses_data)


async def _break(stage: Stage, generator: random.Random, number: int, faults: list[Fault]) -> None:
    """Publishes, and lets the faults happen amid that."""
    size, most = max(fault.size for fault in faults), max(fault.events for fault in faults)
    publications = [
        _publish(stage, generator, worker, f"{number}-{place}", most, size)
        for place, worker in enumerate(generator.sample(stage.fleet.up, min(len(stage.fleet.up), generator.randint(1, 2))))
    ]
    at = generator.randint(0, most // 2)
    randoms = [random.Random(generator.random()) for _ in faults]
    await publications[0].reaches(at)
    stage.log(f"breaks behind {at} events")
    await asyncio.gather(*(fault.act(stage, its) for fault, its in zip(faults, randoms, strict=True)))
    stage.log("mended")
    await asyncio.gather(*(publication.ended.wait() for publication in publications))
    # Whom a fault has killed while another one had its own start under way.
    await stage.fleet.start()


def _publish(stage: Stage, generator: random.Random, worker: Worker, name: str, most: int, size: int) -> Publication:
    topics = generator.sample(TOPICS, len(TOPICS))
    count, window = generator.randint(most // 2, most), generator.choice([1, 8, 64])
    stage.log(f"{worker.name} publishes {count} events as {name}, {window} at once")
    stage.attempt(name, topics, count)
    return worker.publish(name, topics, count, window=window, size=size)


async def _lose(stage: Stage, generator: random.Random, number: int, fault: Fault) -> set[Client]:
    """Lets the bus begin anew where everybody has everything, and some clients come back with cursors of before. Returns those."""
    fences = await stage.fence()
    await asyncio.gather(*(client.catches_up(fences[client.topic]) for client in stage.clients))
    stage.forget()
    await fault.act(stage, generator)
    newcomers = set(generator.sample(stage.clients, generator.randint(1, len(stage.clients))))
    told = {client: client.codes["CURSOR_TOO_OLD"] for client in newcomers}
    for client in newcomers:
        client.vanish()
    # A client that begins anew does not know from when on it is there: events are published until everybody has seen one.
    while any(client.codes["CURSOR_TOO_OLD"] == told.get(client, -1) or client.lacks(fences[client.topic]) for client in stage.clients):
        later = await stage.fence()
        await asyncio.wait([asyncio.create_task(client.catches_up(later[client.topic])) for client in stage.clients], timeout=0.1)
    await _publish(stage, generator, generator.choice(stage.fleet.up), f"{number}-0", fault.events, fault.size).ended.wait()
    return newcomers


def _standing(stage: Stage) -> list[str]:
    """Who has not got what, for a round that does not end."""
    told = [
        f"{worker.name} is {'there' if worker.is_up else 'away'}, publishing {sorted(worker.publications)}"
        for worker in stage.fleet.workers
    ]
    for client in stage.clients:
        seen = {received.event for received in client.got}
        lost = [event for event, outcome in stage.ledgers[client.topic].outcomes.items() if outcome is Outcome.TAKEN and event not in seen]
        told.append(
            f"{client.name} has {len(client.got)} events up to {client.cursor}, not {len(lost)}: {[tuple(event) for event in lost[:3]]}"
        )
    return told


async def _counters(stage: Stage, report: Report, *, has_lost: bool) -> list[str]:
    """What the runtime's counters say that cannot be."""
    wrong: list[str] = []
    metrics = {worker: await worker.metrics() for worker in stage.fleet.up}
    # A server notices a client that vanished, and a replay that is over, a moment later.
    for _ in range(100):
        if _counts(metrics, "subscriptions") == len(stage.clients) and _counts(metrics, "replays") == 0:
            break
        await asyncio.sleep(0.05)
        metrics = {worker: await worker.metrics() for worker in stage.fleet.up}
    for name, expected in (("subscriptions", len(stage.clients)), ("connections", len(stage.clients)), ("replays", 0)):
        if _counts(metrics, name) != expected:
            wrong.append(f"workers count {_counts(metrics, name)} {name}, and there are {expected}")
    for worker, counted in metrics.items():
        ended = sum(counted[name] for name in ("deliveries", "filtered", "dropped", "denied", "abandoned"))
        if counted["considered"] != ended:
            wrong.append(f"{worker.name} counts {counted['considered']} pairs considered and {ended} that ended")
        published = stage.published.get((worker, worker.starts), 0)
        unknown = stage.unknown.get((worker, worker.starts), 0)
        if not published <= counted["events_published"] <= published + unknown:
            wrong.append(
                f"{worker.name} counts {counted['events_published']} events published, and said so of {published}, not knowing {unknown}"
            )
        # Not how often: who is cut off while it connects again has lost its bus once.
        if (worker, worker.starts) in stage.disconnected and not counted["bus_disconnects"]:
            wrong.append(f"{worker.name} lost its bus and does not count that")
        if counted["events_unreadable"]:
            wrong.append(f"{worker.name} found {counted['events_unreadable']} events unreadable")
        if counted["bus_gaps"] and not has_lost and not stage.has_lost:
            wrong.append(f"{worker.name} counts {counted['bus_gaps']} gaps")
    stage.has_lost = stage.has_lost or has_lost
    for name in ("dropped", "events_replayed", "bus_disconnects", "resumes_refused"):
        report.counts[name] = _counts(metrics, name)
    return wrong


def _counts(metrics: dict[Worker, dict[str, int]], name: str) -> int:
    return sum(counted[name] for counted in metrics.values())
