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
from .payload import UNSET, Payload, UnsetType, field
from .registry import RUNTIME_VERSION, Arg, FieldBinding, Registry, topic_name
from .resolvers import ConnectionInfo, Context, Skip, passthrough
from .runtime import SubscriptionError
from .websocket import ConnectionClosed, CustomServerWebSocketAdapter, WebSocketAdapter

__all__ = [
    "RUNTIME_VERSION",
    "UNSET",
    "Arg",
    "AuthHandler",
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
    "Payload",
    "Registry",
    "RuntimeOptions",
    "Skip",
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
    "field",
    "passthrough",
    "topic_name",
]
