"""``subsgen audit``, and what the configuration says of rules."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import generating

SCHEMA = """\
type Query { ok: Int }
type Subscription {
  orderChanged(customer: ID @ownArgument(claim: "user_id") total: Int): Order @tenant @rateLimit(limit: 5, window: "1m", per: CONNECTION)
  tick: Int
}
type Order {
  id: ID!
  customer: ID
  total: Int @requiresScopes(scopes: [["orders:read", "money"], ["admin"]])
  bill: Bill
  tenantId: ID! @internal
}
type Bill @rowFilter(field: "payer", claim: "user_id") { payer: ID }
"""


def audit(folder: Path, *arguments: str, schema: str = SCHEMA) -> subprocess.CompletedProcess[str]:
    (folder / "schema.graphql").write_text(schema)
    return generating.subsgen("audit", "schema.graphql", *arguments, cwd=folder)


def test_a_table_says_who_sees_what_by_which_rule(tmp_path: Path) -> None:
    result = audit(tmp_path)
    assert result.returncode == 0
    assert result.stdout == (
        "Subscription.orderChanged  @tenant tenantId = claim tenant_id; @rateLimit 5 in 60000 ms, 5 at once, for each connection\n"
        "  (customer:)              @ownArgument claim user_id\n"
        "  (total:)                 @requiresScopes orders:read and money, or admin\n"
        "  Order.id                 everyone\n"
        "  Order.customer           everyone\n"
        "  Order.total              @requiresScopes orders:read and money, or admin\n"
        "  Order.bill               @rowFilter payer = claim user_id\n"
        "  Bill.payer               everyone\n"
        "\n"
        "Subscription.tick  everyone\n"
    )
    assert "[SG2055]" in result.stderr


def test_programs_get_json(tmp_path: Path) -> None:
    order, tick = json.loads(audit(tmp_path, "--format", "json").stdout)
    scopes = {"rule": "requiresScopes", "anyOf": [["orders:read", "money"], ["admin"]]}
    assert order["field"] == "Subscription.orderChanged"
    assert order["rules"] == [{"rule": "tenant", "field": "tenantId", "claim": "tenant_id"}]
    assert order["rateLimits"] == [{"limit": 5, "windowMilliseconds": 60000, "burst": 5, "per": "CONNECTION"}]
    assert order["arguments"] == [
        {"name": "customer", "ownClaim": "user_id", "rules": []},
        {"name": "total", "ownClaim": None, "rules": [scopes]},
    ]
    assert {"field": "Order.total", "rules": [scopes]} in order["payload"]
    assert tick == {"field": "Subscription.tick", "rules": [], "rateLimits": [], "arguments": [], "payload": []}


def test_a_schema_with_mistakes_is_told_of_and_not_audited(tmp_path: Path) -> None:
    result = audit(tmp_path, schema=SCHEMA.replace("tenantId: ID! @internal", ""))
    assert (result.returncode, result.stdout) == (1, "")
    assert "[SG2050]" in result.stderr


def test_the_configuration_makes_authenticated_subscribers_the_default(tmp_path: Path) -> None:
    (tmp_path / "subsgen.toml").write_text('default-access = "authenticated"\n')
    assert "Subscription.tick  @authenticated\n" in audit(tmp_path).stdout
    assert generating.subsgen("schema.graphql", "--out", "gen", cwd=tmp_path).returncode == 0
    assert "tick: Int @authenticated" in (tmp_path / "gen" / "schema.graphql").read_text()
    assert "authenticated" not in (tmp_path / "gen" / "schema.public.graphql").read_text()


def test_another_access_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "subsgen.toml").write_text('default-access = "authentcated"\n')
    result = audit(tmp_path)
    assert result.returncode == 2
    assert '"authentcated" is no access. Did you mean "authenticated"?' in result.stderr


def test_rules_compare_declared_claims_where_the_configuration_has_them(tmp_path: Path) -> None:
    (tmp_path / "subsgen.toml").write_text('[claims]\nuser_id = "who it is"\n')
    result = audit(tmp_path)
    assert result.returncode == 1
    assert 'compares the claim "tenant_id", which is not declared.' in result.stderr
    (tmp_path / "subsgen.toml").write_text('[claims]\nuser_id = "who it is"\ntenant_id = "whose it is"\n')
    assert audit(tmp_path).returncode == 0
