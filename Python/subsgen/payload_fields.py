"""The developer's functions for fields of payloads, each of which supplies the values of many objects at once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import msgspec

from .auth import takes
from .calling import Invoke
from .coercion import argument_decoder, event_decoder
from .log import logger
from .payload import event_encoder
from .resolvers import Context, FieldError, is_unfilled

if TYPE_CHECKING:
    from ._native import ResolverCall
    from .registry import PayloadFieldBinding

__all__ = ["PayloadFieldResolver"]


class PayloadFieldResolver:
    """The function of a field, and the decoders for what it is called with."""

    def __init__(
        self,
        type_name: str,
        name: str,
        resolve: Callable[..., Any],
        *,
        parent_type: Any = Any,
        arguments_type: Any = Any,
        value_type: Any = Any,
    ) -> None:
        self.type_name = type_name
        self.name = name
        self.coordinate = f"{type_name}.{name}"
        self.resolve = resolve
        self.per_claims = takes(resolve, 3)
        """Whether ``resolve`` takes a context, so that one call serves equal claims only."""
        if not (self.per_claims or takes(resolve, 2)):
            raise TypeError(f'the resolver of "{self.coordinate}" is resolve(parents, args) or resolve(parents, args, context)')
        self.decode_parents: Callable[[bytes], list[Any]] = event_decoder(list[parent_type])
        self.decode_parent = event_decoder(parent_type)
        self.decode_arguments = argument_decoder(arguments_type)
        self.encode_value = event_encoder(value_type)

    @classmethod
    def bound(cls, binding: PayloadFieldBinding) -> PayloadFieldResolver | None:
        """The function of a generated package's field; None where nobody has written it. Raises ``TypeError`` for a module that cannot
        be served."""
        module = import_module(binding.module)
        resolve = getattr(module, "resolve", None)
        if not callable(resolve):
            raise TypeError(f'{module.__name__} defines no function "resolve"')
        if is_unfilled(resolve):
            return None
        return cls(
            binding.type_name,
            binding.name,
            resolve,
            parent_type=binding.parent_type,
            arguments_type=binding.arguments_type,
            value_type=binding.value_type,
        )

    def key(self, call: ResolverCall) -> Hashable:
        """Calls of equal keys can be one."""
        return (call.field, call.arguments, call.claims)

    def work(self, calls: Sequence[ResolverCall]) -> FieldWork:
        """What is to be done for calls of equal keys. Raises ``msgspec.ValidationError`` where the arguments are not of their class."""
        return FieldWork(self, calls)


class FieldWork:
    """One call of a field's function for all objects of several events."""

    def __init__(self, field: PayloadFieldResolver, calls: Sequence[ResolverCall]) -> None:
        self.name = field.coordinate
        self.function = field.resolve
        self._field = field
        self.calls = calls
        self._parents = [self._decoded(call.event) for call in calls]
        """Of each call; an exception where an object is not of its class."""
        self._arguments = field.decode_arguments(calls[0].arguments)

    def _decoded(self, parents: bytes) -> list[Any]:
        try:
            return self._field.decode_parents(parents)
        except msgspec.ValidationError:
            # One by one: what is wrong with an object is no matter of the others.
            return [self._decoded_one(parent) for parent in msgspec.json.decode(parents, type=list[msgspec.Raw])]

    def _decoded_one(self, parent: msgspec.Raw) -> Any:
        try:
            return self._field.decode_parent(bytes(parent))
        except msgspec.ValidationError as error:
            return error

    def run(self, invoke: Invoke) -> Any:
        """What the function returns; an awaitable where it is ``async def``."""
        parents = [parent for parents in self._parents for parent in parents if not isinstance(parent, msgspec.ValidationError)]
        if not parents:
            return parents
        if not self._field.per_claims:
            return invoke(self.function, parents, self._arguments)
        claims = self.calls[0].claims
        return invoke(self.function, parents, self._arguments, Context({} if claims is None else msgspec.json.decode(claims)))

    def answer(self, values: Sequence[Any]) -> None:
        """Gives each call the values of its objects."""
        waiting = iter(values)
        for call, parents in zip(self.calls, self._parents, strict=True):
            outcomes = [parent if isinstance(parent, msgspec.ValidationError) else next(waiting) for parent in parents]
            call.finish(self._answer(outcomes))

    @property
    def expected(self) -> int:
        """How many values the function returns."""
        return sum(not isinstance(parent, msgspec.ValidationError) for parents in self._parents for parent in parents)

    def _answer(self, outcomes: Sequence[object]) -> bytes:
        values: list[bytes] = []
        errors: list[tuple[int, str]] = []
        for position, outcome in enumerate(outcomes):
            try:
                if isinstance(outcome, Exception):
                    raise outcome
                values.append(self._field.encode_value(outcome))
            except FieldError as error:
                errors.append((position, str(error)))
                values.append(b"null")
            except Exception as error:
                logger.error('the resolver of "%s" failed for an object', self.name, exc_info=error)
                errors.append((position, f'The resolver of "{self.name}" failed.'))
                values.append(b"null")
        return b'{"values":[%b],"errors":%b}' % (b",".join(values), msgspec.json.encode(errors))
