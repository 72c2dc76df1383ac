"""Rules of tenants, federations and rows, as Python has them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from subsgen import RuntimeOptions, SubscriptionError, SubscriptionExecutor

SDL = """
type Query { ok: Boolean }
type Subscription {
  order: Order @tenant @rowFilter(field: "owner.id", claim: "user_id")
  shipped: Order @tenant @topic(name: "shipped:tenant-{tenant}")
  bill: Order @federation
}
type Order { id: Int tenantId: ID @internal federationId: ID @internal serviceName: ID @internal owner: Owner }
type Owner @tenant { id: ID tenantId: ID @internal }
"""


def seen(event: dict[str, Any], claims: dict[str, Any] | None, field: str = "order", topic: str | None = None, **options: Any) -> Any:
    """What a subscriber gets of an event; None where it gets nothing."""
    executor = SubscriptionExecutor(SDL, options=RuntimeOptions(**options))
    executor.register_subscription("c", "s", f"subscription {{ {field} {{ id owner {{ id }} }} }}", claims=claims)
    executor.publish_event(topic or field, event)
    result = executor.next_event("s")
    return None if result is None else json.loads(result)


def test_an_event_reaches_who_has_its_tenant_and_its_row() -> None:
    event = {"id": 1, "tenantId": "t", "owner": {"id": "u", "tenantId": "t"}}
    assert seen(event, {"tenant_id": "t", "user_id": "u"}) == {"data": {"order": {"id": 1, "owner": {"id": "u"}}}}
    for claims in ({"tenant_id": "x", "user_id": "u"}, {"tenant_id": "t", "user_id": ["x"]}):
        assert seen(event, claims) is None


def test_an_object_inside_of_an_event_is_null_and_an_error() -> None:
    event = {"id": 1, "tenantId": "t", "owner": {"id": "u", "tenantId": "x"}}
    result = seen(event, {"tenant_id": "t", "user_id": "u"})
    assert result["data"] == {"order": {"id": 1, "owner": None}}
    assert [error["extensions"] for error in result["errors"]] == [{"code": "FORBIDDEN"}]


@pytest.mark.parametrize("claims", [None, {}, {"tenant_id": "t"}, {"user_id": "u"}])
def test_who_lacks_a_claim_may_not_subscribe(claims: dict[str, Any] | None) -> None:
    with pytest.raises(SubscriptionError) as refused:
        seen({}, claims)
    assert [error["extensions"] for error in refused.value.errors] == [{"code": "FORBIDDEN"}]


@pytest.mark.parametrize(
    ("event", "claims", "reaches"),
    [
        ({}, None, True),
        ({"federationId": "f"}, None, False),
        ({}, {"federation_id": "f"}, False),
        ({"federationId": "f"}, {"federation_id": "f"}, True),
        ({"federationId": "f", "serviceName": "s"}, {"federation_id": "g", "service_name": "s"}, True),
    ],
)
def test_federated_events_are_for_those_of_the_federation(event: dict[str, Any], claims: dict[str, Any] | None, reaches: bool) -> None:
    assert (seen(event, claims, "bill") is not None) is reaches


def test_a_tenant_has_a_topic_of_its_own() -> None:
    claims = {"tenant_id": 5}
    assert seen({"tenantId": 5}, claims, "shipped", "shipped:tenant-5") is not None
    assert seen({"tenantId": 6}, claims, "shipped", "shipped:tenant-5") is None
    assert seen({"tenantId": 5}, claims, "shipped", "shipped:tenant-6") is None


def test_with_one_tenant_what_names_none_is_its_own() -> None:
    event = {"id": 1, "owner": {"id": "u"}}
    assert seen(event, {"user_id": "u"}, single_tenant="t") == {"data": {"order": event}}
    assert seen(event | {"tenantId": "x"}, {"user_id": "u"}, single_tenant="t") is None
    with pytest.raises(SubscriptionError):
        seen(event, {"user_id": "u", "tenant_id": "x"}, single_tenant="t")


def test_the_one_tenant_has_a_name() -> None:
    with pytest.raises(ValueError, match="single_tenant names a tenant, and is empty"):
        RuntimeOptions(single_tenant="")
