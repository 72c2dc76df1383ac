"""Filters end to end: from a client's arguments over a generated package to the events that it gets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generating import generate, imported
from serving import within
from subsgen import SubscriptionPayload

SDL = """
type Query { ok: Boolean }
type Subscription { orderChanged(where: OrderFilter, above: Float @filter(field: "total", op: GT)): Order! }
input OrderFilter {
  status: [Status!] total: Range @filter(op: BETWEEN) customer: CustomerFilter and: [OrderFilter!] or: [OrderFilter!] not: OrderFilter
}
input CustomerFilter { name: String @filter(op: PREFIX) }
input Range { from: Float to: Float }
enum Status { NEW PAID SENT }
type Order { id: ID! status: Status! total: Float! customer: Customer }
type Customer { name: String! }
"""

# It sees the arguments as the package's classes.
RESOLVER = """
from __future__ import annotations

from subsgen import UNSET, Skip

from ..types import OrderChangedArgs, OrderFilter, Order


async def resolve(event: Order, args: OrderChangedArgs) -> Order | Skip:
    assert args.where is UNSET or args.where is None or isinstance(args.where, OrderFilter)
    return event
"""

ORDERS = [
    {"id": "1", "status": "NEW", "total": 5, "customer": {"name": "Ada"}},
    {"id": "2", "status": "PAID", "total": 10.0, "customer": {"name": "Alan"}},
    {"id": "3", "status": "SENT", "total": 15.5, "customer": None},
    {"id": "4", "status": "PAID", "total": 20, "customer": {"name": "Grace"}},
]

CASES: list[tuple[dict[str, Any], str]] = [
    ({}, "1234"),
    ({"above": 10}, "34"),
    ({"where": {"status": ["NEW", "SENT"]}}, "13"),
    ({"where": {"total": {"from": 10, "to": 15.5}}}, "23"),
    ({"where": {"customer": {"name": "A"}}}, "12"),
    ({"where": {"not": {"customer": {"name": "A"}}}}, "34"),
    ({"where": {"or": [{"status": ["NEW"]}, {"total": {"from": 20}}]}, "above": 5}, "4"),
    ({"where": {"and": [{"status": ["PAID"]}, {"not": {"customer": {"name": "G"}}}]}}, "2"),
    ({"where": {"status": []}}, ""),
    ({"where": None}, "1234"),
]


@pytest.mark.parametrize("style", ["msgspec", "dataclass", "pydantic"])
@pytest.mark.parametrize("resolver", [None, RESOLVER], ids=["passthrough", "resolver"])
async def test_subscriptions_get_the_events_that_their_arguments_select(style: str, resolver: str | None, tmp_path: Path) -> None:
    name = f"orders_{style}"
    package = generate(tmp_path, SDL, "--strict", "--style", style, name=name)
    if resolver:
        (package / "resolvers" / "order_changed.py").write_text(resolver, "utf-8")
        generate(tmp_path, SDL, "--strict", "--style", style, name=name)
    with imported(package) as module:
        manager = module.create_manager()
        query = "subscription($where: OrderFilter, $above: Float) { orderChanged(where: $where, above: $above) { id } }"
        ids = [await manager.create_subscription(SubscriptionPayload(query, variables=variables)) for variables, _ in CASES]
        for order in ORDERS:
            await manager.publish_event("orderChanged", order)
        await manager.complete_topic("orderChanged")
        for id, (variables, expected) in zip(ids, CASES, strict=True):
            found = ""
            while (body := await within(manager.get_next_event(id))) is not None:
                answer = json.loads(body)
                assert "errors" not in answer, answer
                found += answer["data"]["orderChanged"]["id"]
            assert found == expected, variables
        await manager.close()
