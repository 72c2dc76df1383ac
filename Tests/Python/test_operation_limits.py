"""What an operation may be, and what is kept of operations."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from chat import SDL, message
from subsgen import RuntimeOptions, SubscriptionError, SubscriptionExecutor

QUERY = "subscription { message { id text author { name } } }"


def refusal(options: RuntimeOptions, query: str = QUERY) -> list[str]:
    """Why an operation is refused that is none of the default limits' business."""
    SubscriptionExecutor(SDL).register_subscription("c", "s", query)
    with pytest.raises(SubscriptionError) as refused:
        SubscriptionExecutor(SDL, options=options).register_subscription("c", "s", query)
    return [error["message"] for error in refused.value.errors]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (RuntimeOptions(document_bytes=51), "The document has 52 bytes, more than the limit of 51."),
        (RuntimeOptions(document_tokens=10), "Syntax Error: Document contains more than 10 tokens. Parsing aborted."),
        (RuntimeOptions(operation_depth=2), "Syntax Error: Document is nested more than 2 levels deep."),
        (RuntimeOptions(operation_fields=3), "The operation selects more fields than the limit of 3."),
        (RuntimeOptions(operation_cost=4), "The operation costs 5, more than the limit of 4."),
    ],
)
def test_an_operation_beyond_a_limit_is_refused(options: RuntimeOptions, expected: str) -> None:
    assert refusal(options) == [expected]


def test_aliases_beyond_their_limit_are_refused() -> None:
    query = "subscription { a: message { b: id } }"
    SubscriptionExecutor(SDL, options=RuntimeOptions(operation_aliases=2)).register_subscription("c", "s", query)
    assert refusal(RuntimeOptions(operation_aliases=1), query) == ["The operation has 2 aliases, more than the limit of 1."]


def test_a_user_has_so_many_subscriptions() -> None:
    executor = SubscriptionExecutor(SDL, options=RuntimeOptions(subscriptions_per_user=1))
    executor.register_subscription("c", "s", QUERY, claims={"user_id": "ann"})
    with pytest.raises(SubscriptionError, match="You have 1 subscriptions, and may not have more"):
        executor.register_subscription("d", "s", QUERY, claims={"user_id": "ann"})
    executor.register_subscription("d", "s", QUERY, claims={"user_id": "bob"})
    executor.complete_subscription("s", "c")
    executor.register_subscription("c", "s", QUERY, claims={"user_id": "ann"})


def test_an_event_has_so_many_bytes() -> None:
    event = b'{"id":"1","roomId":"1","text":"x"}'
    executor = SubscriptionExecutor(SDL, options=RuntimeOptions(event_bytes=len(event)))
    executor.publish_event("message", event)
    with pytest.raises(ValueError, match=f"has {len(event) + 1} bytes, more than the limit of {len(event)}"):
        executor.publish_event("message", event + b" ")


def test_a_response_beyond_its_limit_is_null_and_an_error() -> None:
    executor = SubscriptionExecutor(SDL, options=RuntimeOptions(response_bytes=100))
    executor.register_subscription("c", "s", "subscription { message { a: text b: text } }")
    executor.publish_event("message", message(1, text="x" * 30))
    executor.publish_event("message", message(2, text="x" * 60))
    small, large = (json.loads(executor.next_event("s") or "") for _ in range(2))
    assert small == {"data": {"message": {"a": "x" * 30, "b": "x" * 30}}}
    assert large["data"] is None
    assert [error["message"] for error in large["errors"]] == ["The response is larger than the limit of 100 bytes."]


@pytest.mark.parametrize("depth", [129, 1_000_000])
def test_a_depth_that_exhausts_a_stack_cannot_be_set(depth: int) -> None:
    with pytest.raises(ValueError, match="operation_depth is at most 128"):
        RuntimeOptions(operation_depth=depth)


SHAPES = """
import os, sys
from subsgen import RuntimeOptions, SubscriptionExecutor

executor = SubscriptionExecutor(sys.argv[1], options=RuntimeOptions(operation_cache_bytes=4 * 1024 * 1024))

def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

start = resident()
for number in range(100_000):
    executor.register_subscription("c", "s", 'subscription { message(roomId: "%d") { a%d: id text author { name } } }' % (number, number))
    executor.complete_subscription("s", connection_id="c")
    if number == 10_000:
        warm = resident()
print(warm - start, resident() - warm)
"""


def test_operations_of_ever_new_shapes_leave_no_more_than_is_allowed() -> None:
    """A process of its own, since what others free would be counted."""
    ran = subprocess.run([sys.executable, "-c", SHAPES, SDL], capture_output=True, text=True, check=True)
    warm, grown = map(int, ran.stdout.split())
    assert warm < 16 * 1024 * 1024
    assert grown < 2 * 1024 * 1024
