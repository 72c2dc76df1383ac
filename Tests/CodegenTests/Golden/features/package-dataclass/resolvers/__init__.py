"""The resolvers: a module for each field of ``Subscription``, yours to edit.

A module defines ``resolve(event, args)`` or ``resolve(event, args, context)``, and
if it likes:

``authorize(args, context)``
    Whether a client may subscribe: ``True`` or ``False``.
``initial(args, context)``
    An event that a new subscriber gets before all others, or ``Skip()``.
``source(args)`` or ``source(args, context)``
    Yields the events, in place of the field's topic.
``on_subscribe(args, context)`` and ``on_unsubscribe(args, context)``
    Told when a subscription has begun and ended.

Each is ``def`` or ``async def``. Once you have edited a module, subsgen leaves it alone.
"""
