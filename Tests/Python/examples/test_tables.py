"""The dispatch table that is generated for a large schema is the one that the runtime derives from its SDL.

`make schemas ARGS=--swift` compares those of real schemas.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tables import report

FIELDS = 400


def schema() -> Iterator[str]:
    """SDL in which arguments do all that arguments can, over and over."""
    yield "type Query { ok: Boolean }"
    yield "type Subscription {"
    for number in range(FIELDS):
        topic = f'@topic(name: "t{number}.{{shop}}")'
        yield (
            f"  f{number}"
            + (
                f'(shop: ID!, kinds: [Kind!] @filter(field: "kind", op: IN)): Order{number % 7}! {topic}',
                '(shop: ID, city: String @filter(field: "buyer.name", op: PREFIX), tag: ID @filter(field: "tags", op: NE)): Order1',
                f'(where: Where{number // 6 % 3} @filter(field: "buyer"), part: Range @filter(op: BETWEEN)): Order4',
                f"(depth: Int = {number} @resolverArgument, kind: Kind): [Order2!]!",
                f"(shop: ID!, part: Int!, nothing: Boolean): Order3 {topic}",
                ": Int",
            )[number % 6]
        )
    yield "}"
    for number in range(7):
        yield f"type Order{number} {{ id: ID! part: Int! shop: ID! kind: Kind! tags: [String!] buyer: Buyer!"
        yield f"  total{number}: Float! @resolver lines(first: Int = 10): [String!]! }}"
    yield "type Buyer { name: String! address: Address! }"
    yield 'type Address { city: String! "Where it is." map: String @resolver }'
    for number in range(3):
        yield f'input Where{number} {{ name: String city: String @filter(field: "address.city", op: CONTAINS)'
        yield f"  and: [Where{number}!] or: [Where{number}!] not: Where{number} }}"
    yield "input Range { from: Int to: Int }"
    yield "enum Kind { NEW PAID }"


def test_the_two_tables_of_a_large_schema_are_equal(tmp_path: Path) -> None:
    file = tmp_path / "large.graphql"
    file.write_text("\n".join(schema()), "utf-8")
    assert report(file, tmp_path, []) == f"large.graphql: equal, {FIELDS} subscription fields, 15 supplied"
