#!/usr/bin/env python3
"""Prints a schema of names that mean something in Swift or in generated code, and of descriptions that try to become code.

Each name is a type, a field, an argument, an enum value, an input field and a member of a union. The compiler is the test.
"""

from __future__ import annotations

import sys

KEYWORDS = """
associatedtype class deinit enum extension fileprivate func import init inout internal let open operator precedencegroup private
protocol public rethrows static struct subscript typealias var break case catch continue default defer do else fallthrough for guard
if in repeat return switch throw where while as is nil self super throws try Any Self Type Protocol
"""

CONTEXTUAL_KEYWORDS = """
actor any async await borrowing consume consuming convenience copy didSet discard distributed dynamic each final get indirect infix
isolated lazy left macro module mutating none nonisolated nonmutating of optional override package postfix precedence prefix required
right sending set some then unowned unsafe using weak wildcard willSet yield _
"""

STANDARD_LIBRARY = """
Actor AnyObject Array AttributeError Bool Character Codable Collection Decodable Dictionary Double Duration Encodable Equatable Error
Float32 Hashable Hasher Identifiable Int32 Int64 MainActor Never Optional RawRepresentable Result Sendable Sequence Set StaticString
Substring Swift Task UInt8 Void
"""

RUNTIME = """
ApplicationExtension Boxed Cursor DispatchTable EventBus EventPayload FieldResolver FilterOperator GraphQLEnum GraphQLNullable
InputFilter InputFilterField JSONValue JSONWriter ObjectPayload PayloadError PayloadFields PublishError Resolution ResolverError
RuntimeLimits SchemaErrors Session Subscriptions SubscriptionArgument SubscriptionExecutor SubscriptionField SubscriptionResolvers
SubscriptionSchema SubsgenRuntime SubsgenRuntimeVersion TopicName TopicTemplate
"""

GENERATED = """
Arguments FittingRuntime ClassArguments classArguments makeField0 makeGenerated allCases attributes box complete debugDescription
bus decoded decoding description event executor field fields generated generatedSDL hash hashValue json key limits nullable onError
publish rawValue resolvers sdl table text topic typename unrecognized value write writeFields writer
"""

COLLISIONS = """
fooBar foobar FooBar foo_bar _fooBar FOO_BAR _foo Foo foo Error_ Error__ Optional_ class_ fields_ init_ none_ self_ some_
"""

ATTACK = '''"""
*/ print("out") /* \\(run()) \\u{202E}
#sourceLocation(file: "x", line: 1)\r\u2028import Foundation\u0085} \u202e reversed \u2066{{name}}
"""'''


def names() -> list[str]:
    words = (KEYWORDS + CONTEXTUAL_KEYWORDS + STANDARD_LIBRARY + RUNTIME + GENERATED + COLLISIONS).split()
    return list(dict.fromkeys(words))


def definition(position: int, name: str) -> str:
    match position % 5:
        case 0 | 1:
            return f"type {name} implements WordInterface {{ {name}: {name}, list: [{name}!]!, word: Word! }}"
        case 2:
            return f"enum {name} {{ {name} }}"
        case 3:
            return f"scalar {name}"
        case _:
            return f"union {name} = WordFields | WordTypes"


def schema() -> str:
    words = names()
    objects = [name for position, name in enumerate(words) if position % 5 < 2]
    # Every fourth word is enough of a root type, whose fields each make several functions.
    roots = [*words[::4], "init", "self", "class", "Self", "TopicName", "fooBar", "FooBar", "_fooBar"]
    lines = ["type Query { ok: Boolean }", ATTACK, "type Subscription {"]
    for name in dict.fromkeys(roots):
        lines += [ATTACK, f'  {name}({name}: ID!): {name} @topic(name: "{name}.{{{name}}}")']
    lines += [
        '  words(init: ID!, self: Int! @filter(field: "class.default"), event: ID!): WordFields!',
        '    @topic(name: "words.{init}.{self}.{event}") @overflow(policy: LATEST, capacity: 7, key: "class.default")',
        "  types(input: WordInput @resolverArgument, choice: ChoiceInput @resolverArgument): WordTypes!",
        "  union: WordUnion",
        "  interface: WordInterface",
        "}",
        "type DefaultField { default: Int! }",
        "interface WordInterface { word: Word! }",
        f"union WordUnion = {' | '.join(objects)}",
        "type WordFields { class: DefaultField!",
        *(f"  {name}: Int!" for name in words if name != "class"),
        "}",
        "type WordTypes {",
        *(f"  {name}: {name}" for name in words),
        "}",
        "enum Word {",
        *(f"  {ATTACK} {name}" for name in words),
        "}",
        "input WordInput {",
        *(f"  {name}: WordInput = null" for name in words),
        "}",
        "input ChoiceInput @oneOf {",
        *(f"  {name}: Word" for name in words),
        "}",
        *(definition(position, name) for position, name in enumerate(words)),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(schema())
