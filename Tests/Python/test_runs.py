"""``@runs``: functions in threads, and functions with limits of their own."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from typing import Any

import pytest

import subsgen.calling
from chat import Message, RoomArguments, answered_natively, message, registry, resolver_module
from pulling import result, subscribed
from serving import PROTOCOL, Start, client, within
from subsgen import Context, RuntimeOptions, SubscriptionError, SubscriptionManager, SubscriptionPayload, runs
from subsgen.resolvers import Run, run_of


class Gate:
    """Holds up a thread until a test opens it."""

    def __init__(self) -> None:
        self._entered = threading.Semaphore(0)
        self._open = threading.Event()
        self.threads: set[int] = set()

    def wait(self) -> None:
        self.threads.add(threading.get_ident())
        self._entered.release()
        assert self._open.wait(10)

    async def entered(self) -> None:
        """Waits until a thread is held up here."""
        assert await asyncio.to_thread(self._entered.acquire, timeout=10)

    def open(self) -> None:
        self._open.set()


def serving(options: RuntimeOptions | None = None, **functions: Any) -> SubscriptionManager:
    return SubscriptionManager(registry=registry(message=resolver_module(**functions)), options=options)


async def publish(manager: SubscriptionManager, *ids: int) -> None:
    for id in ids:
        await manager.publish_event("message", message(id))


async def text(manager: SubscriptionManager, subscription: str) -> str:
    found = (await result(manager, subscription))["data"]["message"]["text"]
    assert isinstance(found, str)
    return found


def thread_told(event: Message) -> Message:
    where = "loop" if threading.current_thread() is threading.main_thread() else "thread"
    return Message(id=event.id, room_id=event.room_id, text=where)


# MARK: In threads


async def test_a_marked_def_runs_in_a_thread_and_events_stay_in_order() -> None:
    first = Gate()

    @runs(in_thread=True)
    def resolve(event: Message, args: RoomArguments) -> Message:
        if event.id == "0":
            first.wait()
        return thread_told(event)

    manager = serving(resolve=resolve)
    async with subscribed(manager) as id:
        await publish(manager, *range(4))
        await first.entered()
        assert await manager.get_next_event(id, timeout=0) is None
        first.open()
        answers = [(await result(manager, id))["data"]["message"] for _ in range(4)]
    assert answers == [{"id": str(number), "text": "thread"} for number in range(4)]


async def test_every_function_of_a_module_may_run_in_a_thread() -> None:
    where: dict[str, bool] = {}

    def note(name: str) -> None:
        where[name] = threading.current_thread() is threading.main_thread()

    @runs(in_thread=True)
    def authorize(args: RoomArguments, context: Context) -> bool:
        note("authorize")
        return True

    @runs(in_thread=True)
    def initial(args: RoomArguments, context: Context) -> Any:
        note("initial")
        return message(0)

    @runs(in_thread=True)
    def resolve_batch(events: list[Message], args: list[RoomArguments]) -> list[Message]:
        note("resolve_batch")
        return events

    manager = serving(authorize=authorize, initial=initial, resolve=answered_natively, resolve_batch=resolve_batch)
    async with subscribed(manager) as id:
        await publish(manager, 1)
        assert [(await result(manager, id))["data"]["message"]["id"] for _ in range(2)] == ["0", "1"]
    assert where == {"authorize": False, "initial": False, "resolve_batch": False}


async def test_payload_fields_are_supplied_in_threads() -> None:
    manager = SubscriptionManager(
        schema="type Query { ok: Boolean } type Subscription { post: Post } type Post { id: ID! text: String @resolver }"
    )

    @runs(in_thread=True)
    def resolve(parents: list[Any], args: Any) -> list[str]:
        return [str(threading.current_thread() is threading.main_thread()) for _ in parents]

    manager.register_field_resolver("Post", "text", resolve)
    async with subscribed(manager, "subscription { post { text } }") as id:
        await manager.publish_event("post", {"id": "1"})
        assert await result(manager, id) == {"data": {"post": {"text": "False"}}}


async def test_context_variables_reach_the_thread() -> None:
    variable = contextvars.ContextVar("variable", default="unset")
    variable.set("set")

    @runs(in_thread=True)
    def authorize(args: RoomArguments, context: Context) -> bool:
        return variable.get() == "set"

    async with subscribed(serving(authorize=authorize)):
        pass


async def test_what_a_thread_raises_is_an_error_of_its_subscribers_alone(caplog: pytest.LogCaptureFixture) -> None:
    @runs(in_thread=True)
    def resolve(event: Message, args: RoomArguments) -> Message:
        if event.id == "1":
            raise RuntimeError("secret")
        return event

    manager = serving(resolve=resolve)
    async with subscribed(manager) as id:
        await publish(manager, 1, 2)
        assert (await result(manager, id))["errors"][0]["message"] == 'The resolver of "message" failed.'
        assert (await result(manager, id))["data"]["message"]["id"] == "2"
    [record] = caplog.records
    assert record.exc_info is not None


async def test_threads_are_bounded_and_one_that_runs_on_keeps_its_place(caplog: pytest.LogCaptureFixture) -> None:
    gate = Gate()

    @runs(in_thread=True, timeout=0.05)
    def resolve(event: Message, args: RoomArguments) -> Message:
        if event.id == "1":
            gate.wait()
            raise RuntimeError("too late")
        return event

    manager = serving(RuntimeOptions(resolver_threads=1), resolve=resolve)
    async with subscribed(manager) as id:
        await publish(manager, 1, 2)
        assert (await result(manager, id))["errors"][0]["message"] == 'The resolver of "message" took too long.'
        metrics = manager.get_metrics()
        assert (metrics["resolvers_in_flight"], metrics["resolvers_waiting"]) == (1, 1)
        gate.open()
        assert (await result(manager, id))["data"]["message"]["id"] == "2"
    assert [record.getMessage() for record in caplog.records] == [
        'the resolver of "message" took longer than 0.05 seconds',
        'the resolver of "message" raised after nobody waited for it',
    ]


async def test_close_does_not_wait_for_a_thread_that_does_not_end() -> None:
    gate = Gate()

    @runs(in_thread=True)
    def resolve(event: Message, args: RoomArguments) -> Message:
        gate.wait()
        return event

    manager = serving(resolve=resolve)
    id = await manager.create_subscription(SubscriptionPayload("subscription { message { id } }"))
    await publish(manager, 1)
    await gate.entered()
    await within(manager.close())
    assert manager.get_metrics()["resolvers_in_flight"] == 1
    gate.open()
    await manager.complete_subscription(id)


async def test_hooks_and_auth_handlers_run_in_threads(start: Start) -> None:
    where: list[str] = []
    hooked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def note(name: str) -> None:
        where.append(f"{name} in {threading.current_thread().name.partition('_')[0]}")

    @runs(in_thread=True)
    def authenticate(payload: Any) -> Any:
        note("auth_handler")
        return {"sub": "ada"}

    @runs(in_thread=True)
    def on_subscribe(args: RoomArguments, context: Context) -> None:
        note(f"on_subscribe of {context.claims['sub']}")
        loop.call_soon_threadsafe(hooked.set)

    manager = serving(on_subscribe=on_subscribe)
    async with start(manager, authenticate) as server, client(server, PROTOCOL) as subscriber:
        await subscriber.initialise({})
        await subscriber.subscribe("1", "subscription { message { id } }")
        await within(hooked.wait())
    await manager.close()
    assert where == ["auth_handler in subsgen", "on_subscribe of ada in subsgen"]


async def test_a_def_that_holds_up_the_loop_is_told_of_once(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    def resolve(event: Message, args: RoomArguments) -> Message:
        nonlocal now
        now += 0.25
        return event

    monkeypatch.setattr(subsgen.calling, "perf_counter", lambda: now)
    manager = serving(resolve=resolve)
    async with subscribed(manager) as id:
        await publish(manager, 1, 2)
        for _ in range(2):
            await result(manager, id)
    assert [record.getMessage() for record in caplog.records] == [
        'the resolver of "message" held up the event loop for 0.25 seconds; mark it @runs(in_thread=True) if it waits'
    ]


# MARK: Limits of a function's own


async def test_a_function_has_its_own_time() -> None:
    @runs(timeout=0.01)
    async def authorize(args: RoomArguments, context: Context) -> bool:
        await asyncio.Event().wait()
        return True

    with pytest.raises(SubscriptionError, match="You may not subscribe"):
        async with subscribed(serving(authorize=authorize)):
            raise AssertionError("it is not allowed")


async def test_a_function_has_its_own_number_of_places() -> None:
    now = most = 0

    @runs(in_flight=2)
    async def resolve(event: Message, args: RoomArguments) -> Message:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0)
        now -= 1
        return event

    manager = serving(resolve=resolve)
    async with subscribed(manager) as id:
        await publish(manager, *range(10))
        for _ in range(10):
            await result(manager, id)
    assert most == 2


@pytest.mark.parametrize("limit", [{"timeout": 0}, {"timeout": -1.0}, {"in_flight": 0}])
def test_numbers_are_positive(limit: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="is greater than zero"):
        runs(**limit)


def test_only_a_def_runs_in_a_thread() -> None:
    with pytest.raises(TypeError, match="only a def runs in a thread"):

        @runs(in_thread=True)
        async def resolve(event: Any, args: Any) -> Any:
            return event

    def plain() -> None: ...

    assert run_of(plain) == Run()
    assert run_of(runs(timeout=2)(plain)) == Run(timeout=2)


async def numbers(args: Any) -> Any:
    yield 1


def hook(args: Any, context: Any) -> None: ...


def execute(request: Any, context: Any) -> Any: ...


def test_limits_that_say_nothing_are_refused() -> None:
    with pytest.raises(TypeError, match=r'"source" of .* @runs says nothing of it'):
        serving(source=runs(timeout=1)(numbers))
    with pytest.raises(TypeError, match=r'"on_subscribe" of .* takes no in_flight'):
        serving(on_subscribe=runs(in_flight=1)(hook))
    with pytest.raises(TypeError, match="executions_per_connection"):
        SubscriptionManager(schema="type Query { ok: Boolean } type Subscription { n: Int }", execute=runs(in_flight=1)(execute))
