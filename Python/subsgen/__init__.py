"""Typed, filtered GraphQL subscriptions on a native runtime."""

from ._version import __version__
from .asgi import FastAPIWebSocketAdapter, StarletteWebSocketAdapter, SubscriptionRouterFactory, create_subscription_app
from .auth import AuthHandler, Claims
from .bus import EventBusConfig
from .executor import SubscriptionExecutor
from .handler import GraphQLTransportWSHandler
from .manager import SubscriptionManager
from .messages import GraphQLMessage, SubscriptionPayload
from .options import RuntimeOptions
from .payload import ID, UNSET, Int, Payload, UnsetType, encode_value, field, present
from .registry import RUNTIME_VERSION, Arg, FieldBinding, Registry, topic_name
from .resolvers import (
    Authorize,
    ConnectionInfo,
    Context,
    Hook,
    Initial,
    Resolve,
    ResolveBatch,
    ResolveField,
    Skip,
    Source,
    passthrough,
)
from .runtime import SubscriptionError
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
    "FastAPIWebSocketAdapter",
    "FieldBinding",
    "GraphQLMessage",
    "GraphQLTransportWSHandler",
    "Hook",
    "Initial",
    "Int",
    "Payload",
    "Registry",
    "Resolve",
    "ResolveBatch",
    "ResolveField",
    "RuntimeOptions",
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
    "create_subscription_app",
    "encode_value",
    "field",
    "passthrough",
    "present",
    "topic_name",
]
