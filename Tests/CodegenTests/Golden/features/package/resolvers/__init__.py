"""The resolvers: a module for each field of ``Subscription``, yours to edit.

A module defines ``resolve(event, args)`` or ``resolve(event, args, context)``, with
``def`` or ``async def``, and if it likes ``on_subscribe(args, context)`` and
``on_unsubscribe(args, context)``. Once you have edited one, subsgen leaves it alone.
"""
