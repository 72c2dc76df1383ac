"""The runtime's metrics for ``prometheus_client``, the extra ``prometheus``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Protocol

import msgspec

try:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
    from prometheus_client.registry import Collector
except ImportError as error:
    raise ImportError("prometheus_collector needs prometheus_client: pip install 'subsgen[prometheus]'") from error

__all__ = ["Measured", "prometheus_collector"]


class Measured(Protocol):
    """What has metrics: a ``SubscriptionManager`` or a ``SubscriptionExecutor``."""

    def metrics_json(self) -> bytes: ...


def prometheus_collector(runtimes: Measured | Mapping[str, Measured]) -> Collector:
    """A collector for ``registry.register``: reads the metrics of a manager, or of an executor, whenever they are scraped.

    A registry takes one collector of these names. For several managers in a process give a mapping of them by name: their samples
    have it as the label ``manager``.
    """
    return _Collector(runtimes)


class _Sample(msgspec.Struct):
    labels: dict[str, str]
    value: int = 0
    sum: float = 0.0
    buckets: list[tuple[str, int]] = []


class _Family(msgspec.Struct):
    name: str
    help: str
    kind: str
    unit: str
    samples: list[_Sample]


_MANAGER: Final = "manager"


class _Collector(Collector):
    def __init__(self, runtimes: Measured | Mapping[str, Measured]) -> None:
        self._runtimes = runtimes

    def collect(self) -> Iterable[Metric]:
        if not isinstance(self._runtimes, Mapping):
            return [_metric(family, [(family, {})]) for family in _families(self._runtimes)]
        found: dict[str, list[tuple[_Family, dict[str, str]]]] = {}
        for name, runtime in self._runtimes.items():
            for family in _families(runtime):
                found.setdefault(family.name, []).append((family, {_MANAGER: name}))
        return [_metric(families[0][0], families) for families in found.values()]


def _families(runtime: Measured) -> list[_Family]:
    return msgspec.json.decode(runtime.metrics_json(), type=list[_Family])


def _metric(family: _Family, sources: list[tuple[_Family, dict[str, str]]]) -> Metric:
    labels = [*sources[0][1], *family.samples[0].labels]
    samples = [([*extra.values(), *sample.labels.values()], sample) for source, extra in sources for sample in source.samples]
    if family.kind == "histogram":
        histogram = HistogramMetricFamily(family.name, family.help, labels=labels, unit=family.unit)
        for values, sample in samples:
            histogram.add_metric(values, sample.buckets, sample.sum)
        return histogram
    kind = CounterMetricFamily if family.kind == "counter" else GaugeMetricFamily
    metric = kind(family.name, family.help, labels=labels, unit=family.unit)
    for values, sample in samples:
        metric.add_metric(values, sample.value)
    return metric
