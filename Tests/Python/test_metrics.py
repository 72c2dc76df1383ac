"""Metrics as text, for prometheus_client and as a dict; and what is logged of what the native runtime does by itself."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from prometheus_client import CollectorRegistry, generate_latest, parser
from prometheus_client.core import Metric
from prometheus_client.openmetrics import parser as open_metrics_parser

from chat import SDL, message
from pulling import result, subscribed
from subsgen import RuntimeOptions, SubscriptionExecutor, SubscriptionManager, prometheus_collector

# The parsers have no types.
open_metrics_families = cast(Callable[[str], Iterable[Metric]], cast(Any, open_metrics_parser).text_string_to_metric_families)
prometheus_families = cast(Callable[[str], Iterable[Metric]], cast(Any, parser).text_string_to_metric_families)

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples(families: Iterable[Metric]) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): float(sample.value)
        for family in families
        for sample in family.samples
        # The collector's counters may have been created at a time; the text says nothing of it.
        if not sample.name.endswith("_created")
    }


def unchanged(event: Any, args: Any) -> Any:
    return event


async def used() -> SubscriptionManager:
    """A manager that has published, asked a resolver and delivered."""
    manager = SubscriptionManager(schema=SDL)
    manager.register_resolver("message", unchanged)
    async with subscribed(manager) as id:
        await manager.publish_event("message", message(1))
        assert await result(manager, id) == {"data": {"message": {"id": "1", "text": "hello"}}}
    with pytest.raises(ValueError, match="No subscription field"):
        await manager.publish_event("nobody", 1)
    return manager


async def test_the_text_is_what_the_collector_gives() -> None:
    manager = await used()
    expected = samples(prometheus_collector(manager).collect())
    assert samples(prometheus_families(manager.metrics_text())) == expected
    assert samples(open_metrics_families(manager.metrics_text(open_metrics=True))) == expected
    assert expected["subsgen_events_published_total", frozenset()] == 1
    assert expected["subsgen_events_rejected_total", frozenset()] == 1
    assert expected["subsgen_deliveries_total", frozenset()] == 1
    assert expected["subsgen_dropped_total", frozenset({("policy", "disconnect")})] == 0
    resolve = {("field", "message"), ("kind", "resolve")}
    assert expected["subsgen_resolver_seconds_count", frozenset(resolve)] == 1
    assert expected["subsgen_resolver_seconds_bucket", frozenset({*resolve, ("le", "+Inf")})] == 1
    assert expected["subsgen_calls_in_flight", frozenset(resolve)] == 0
    assert expected["subsgen_event_lag_seconds_count", frozenset()] == 1


async def test_the_dict_has_the_totals() -> None:
    metrics = (await used()).get_metrics()
    assert all(type(value) is int for value in metrics.values())
    expected = {"considered": 1, "deliveries": 1, "filtered": 0, "dropped": 0, "abandoned": 0, "resolver_seconds": 1, "calls_in_flight": 0}
    assert {name: metrics[name] for name in expected} == expected


async def test_the_page_tells_every_name() -> None:
    page = (Path(__file__).parents[2] / "docs/reference/metrics.md").read_text("utf-8")
    assert [name for name in (await used()).get_metrics() if f"`{name}`" not in page] == []


async def test_a_registry_scrapes_it() -> None:
    manager = await used()
    registry = CollectorRegistry(auto_describe=True)
    registry.register(prometheus_collector(manager))
    assert samples(prometheus_families(generate_latest(registry).decode())) == samples(prometheus_collector(manager).collect())
    with pytest.raises(ValueError, match="Duplicated"):
        registry.register(prometheus_collector(manager))


async def test_several_managers_are_told_apart_by_a_label() -> None:
    managers: Mapping[str, SubscriptionManager] = {"chat": await used(), "idle": SubscriptionManager(schema=SDL)}
    found = samples(prometheus_collector(managers).collect())
    assert found["subsgen_deliveries_total", frozenset({("manager", "chat")})] == 1
    assert found["subsgen_deliveries_total", frozenset({("manager", "idle")})] == 0
    lag = "subsgen_event_lag_seconds_count"
    assert [found[lag, frozenset({("manager", name)})] for name in managers] == [1, 0]
    # Of functions that were never called there is nothing.
    labels = [dict(labels) for name, labels in found if name == "subsgen_resolver_seconds_count"]
    assert labels == [{"manager": "chat", "field": "message", "kind": "resolve"}]


def test_importing_the_package_does_not_import_prometheus_client() -> None:
    code = "import subsgen, sys; subsgen.SubscriptionManager; assert 'prometheus_client' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_subscription_that_is_ended_for_its_client_is_logged_without_what_it_read(caplog: pytest.LogCaptureFixture) -> None:
    executor = SubscriptionExecutor(SDL, options=RuntimeOptions(messages_per_subscription=1))
    for number in range(3):
        executor.register_subscription("c", f"secret-{number}", "subscription { message { id } }")
    for number in range(2):
        executor.publish_event("message", message(number))
    [record] = caplog.records
    assert (record.name, record.levelno) == ("subsgen", logging.WARNING)
    assert record.getMessage() == 'a subscription to "message" was ended: its client does not take its messages'


async def test_a_manager_logs_when_its_loop_is_woken(caplog: pytest.LogCaptureFixture) -> None:
    manager = SubscriptionManager(schema=SDL, options=RuntimeOptions(messages_per_subscription=1))
    async with subscribed(manager) as id:
        for number in range(2):
            await manager.publish_event("message", message(number))
        while await manager.get_next_event(id) is not None:
            pass
    assert [record.levelname for record in caplog.records] == ["WARNING"]
