"""Typed, filtered GraphQL subscriptions on a native runtime."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from ._version import RUNTIME_VERSION, __version__, require_runtime

if TYPE_CHECKING:
    from .asgi import FastAPIWebSocketAdapter, StarletteWebSocketAdapter, SubscriptionRouterFactory, create_subscription_app
    from .auth import AuthHandler, Claims, InvalidToken, JWTAuth
    from .bus import EventBusConfig
    from .deprecation import deprecated
    from .event_handlers import ReceivedEvent
    from .execution import Execute, ExecutionResponse, GraphQLRequest
    from .executor import SubscriptionExecutor
    from .handler import GraphQLTransportWSHandler
    from .http import GraphQLHTTPHandler
    from .http_adapter import HTTPRequestAdapter
    from .manager import SubscriptionManager
    from .messages import GraphQLMessage, SubscriptionPayload
    from .metrics import prometheus_collector
    from .options import RuntimeOptions
    from .payload import ID, UNSET, Int, OpenEnum, Payload, UnsetType, encode_value, field, is_known, present
    from .policies import Policies
    from .publish_hook import create_publish_app
    from .publisher import EventPublisher, Publisher
    from .registry import Arg, FieldBinding, FieldModule, PayloadFieldBinding, PayloadFieldModule, Registry, schema_text, topic_name
    from .resolvers import (
        Authorize,
        ConnectionInfo,
        Context,
        FieldError,
        Hook,
        Initial,
        Resolve,
        ResolveBatch,
        ResolveField,
        Skip,
        Source,
        passthrough,
        runs,
        unfilled,
    )
    from .runtime import SubscriptionError
    from .server import Server
    from .shapes import Scalar
    from .websocket import ConnectionClosed, CustomServerWebSocketAdapter, WebSocketAdapter

__all__ = [
    "ID",
    "RUNTIME_VERSION",
    "UNSET",
    "Arg",
    "AuthHandler",
    "Authorize",
    "Claims",
    "ConnectionClosed",
    "ConnectionInfo",
    "Context",
    "CustomServerWebSocketAdapter",
    "EventBusConfig",
    "EventPublisher",
    "Execute",
    "ExecutionResponse",
    "FastAPIWebSocketAdapter",
    "FieldBinding",
    "FieldError",
    "FieldModule",
    "GraphQLHTTPHandler",
    "GraphQLMessage",
    "GraphQLRequest",
    "GraphQLTransportWSHandler",
    "HTTPRequestAdapter",
    "Hook",
    "Initial",
    "Int",
    "InvalidToken",
    "JWTAuth",
    "OpenEnum",
    "Payload",
    "PayloadFieldBinding",
    "PayloadFieldModule",
    "Policies",
    "Publisher",
    "ReceivedEvent",
    "Registry",
    "Resolve",
    "ResolveBatch",
    "ResolveField",
    "RuntimeOptions",
    "Scalar",
    "Server",
    "Skip",
    "Source",
    "StarletteWebSocketAdapter",
    "SubscriptionError",
    "SubscriptionExecutor",
    "SubscriptionManager",
    "SubscriptionPayload",
    "SubscriptionRouterFactory",
    "UnsetType",
    "WebSocketAdapter",
    "__version__",
    "create_publish_app",
    "create_subscription_app",
    "deprecated",
    "encode_value",
    "field",
    "is_known",
    "passthrough",
    "present",
    "prometheus_collector",
    "require_runtime",
    "runs",
    "schema_text",
    "topic_name",
    "unfilled",
]

_HOMES: Final = {
    "asgi": ("FastAPIWebSocketAdapter", "StarletteWebSocketAdapter", "SubscriptionRouterFactory", "create_subscription_app"),
    "auth": ("AuthHandler", "Claims", "InvalidToken", "JWTAuth"),
    "bus": ("EventBusConfig",),
    "deprecation": ("deprecated",),
    "event_handlers": ("ReceivedEvent",),
    "execution": ("Execute", "ExecutionResponse", "GraphQLRequest"),
    "executor": ("SubscriptionExecutor",),
    "handler": ("GraphQLTransportWSHandler",),
    "http": ("GraphQLHTTPHandler",),
    "http_adapter": ("HTTPRequestAdapter",),
    "manager": ("SubscriptionManager",),
    "messages": ("GraphQLMessage", "SubscriptionPayload"),
    "metrics": ("prometheus_collector",),
    "options": ("RuntimeOptions",),
    "payload": ("ID", "UNSET", "Int", "OpenEnum", "Payload", "UnsetType", "encode_value", "field", "is_known", "present"),
    "policies": ("Policies",),
    "publish_hook": ("create_publish_app",),
    "publisher": ("EventPublisher", "Publisher"),
    "registry": (
        "Arg",
        "FieldBinding",
        "FieldModule",
        "PayloadFieldBinding",
        "PayloadFieldModule",
        "Registry",
        "schema_text",
        "topic_name",
    ),
    "resolvers": (
        "Authorize",
        "ConnectionInfo",
        "Context",
        "FieldError",
        "Hook",
        "Initial",
        "Resolve",
        "ResolveBatch",
        "ResolveField",
        "Skip",
        "Source",
        "passthrough",
        "runs",
        "unfilled",
    ),
    "runtime": ("SubscriptionError",),
    "server": ("Server",),
    "shapes": ("Scalar",),
    "websocket": ("ConnectionClosed", "CustomServerWebSocketAdapter", "WebSocketAdapter"),
}
"""Which module has which names. It is loaded when one of them is first asked for: who only makes payloads needs no event loop, and who
serves custom servers no ASGI."""

if not TYPE_CHECKING:  # Checkers would take it for a name that is there, whatever is asked for.

    def __getattr__(name: str) -> object:
        for module, names in _HOMES.items():
            if name in names:
                value = globals()[name] = getattr(import_module(f".{module}", __name__), name)
                return value
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
