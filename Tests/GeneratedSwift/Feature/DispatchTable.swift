// Written by subsgen. Do not edit: the next run writes it again.
import SubsgenRuntime

extension DispatchTable {
    /// What the runtime must know of each subscription field of the schema.
    public static let generated: DispatchTable = makeGenerated()

    /// Refuses a runtime that this code was not made for: where the compiler finds no such version, generate the code again with the
    /// subsgen that belongs to the runtime.
    private typealias FittingRuntime = SubsgenRuntimeVersion.v1

    private static func makeGenerated() -> DispatchTable {
        var table: DispatchTable = DispatchTable(fields: [])
        table.fields.append(makeField0())
        table.fields.append(makeField1())
        table.fields.append(makeField2())
        table.fields.append(makeField3())
        table.fields.append(makeField4())
        table.fields.append(makeField5())
        table.fields.append(makeField6())
        table.suppliedFields.append(SuppliedField(type: "Message", name: "replies", valueType: "[Message!]!"))
        table.inputFilters.append(InputFilter(type: "MeasurementFilter", payload: "Measurement", fields: []))
        table.inputFilters[0].fields.append(InputFilterField(name: "deviceId", role: .filter(path: ["deviceId"], operator: .prefix)))
        table.inputFilters[0].fields.append(InputFilterField(name: "kind", role: .filter(path: ["kind"], operator: .isNotIn)))
        table.inputFilters[0].fields.append(InputFilterField(name: "value", role: .filter(path: ["value"], operator: .between)))
        table.inputFilters[0].fields.append(InputFilterField(name: "and", role: .and(0)))
        table.inputFilters[0].fields.append(InputFilterField(name: "or", role: .or(0)))
        table.inputFilters[0].fields.append(InputFilterField(name: "not", role: .not(0)))
        return table
    }

    private static func makeField0() -> SubscriptionField {
        let segments: [TopicTemplate.Segment] = [
            .literal("chat."),
            .argument("roomId"),
        ]
        let arguments: [SubscriptionArgument] = [
            SubscriptionArgument(name: "roomId", type: "ID!", role: .topic, publishPath: ["roomId"]),
            SubscriptionArgument(name: "kind", type: "Kind", role: .filter(path: ["kind"], operator: .equal), publishPath: nil),
            SubscriptionArgument(name: "authors", type: "[ID!]", role: .filter(path: ["author", "id"], operator: .isIn), publishPath: nil),
        ]
        return SubscriptionField(
            name: "messageAdded", topic: TopicTemplate(segments: segments), payloadType: "Message!", arguments: arguments)
    }

    private static func makeField1() -> SubscriptionField {
        let segments: [TopicTemplate.Segment] = [
            .literal("node."),
            .argument("id"),
        ]
        let arguments: [SubscriptionArgument] = [
            SubscriptionArgument(name: "id", type: "ID!", role: .topic, publishPath: nil),
        ]
        return SubscriptionField(
            name: "nodeChanged", topic: TopicTemplate(segments: segments), payloadType: "Node", arguments: arguments)
    }

    private static func makeField2() -> SubscriptionField {
        let segments: [TopicTemplate.Segment] = [
            .literal("presence"),
        ]
        let arguments: [SubscriptionArgument] = [
            SubscriptionArgument(name: "filter", type: "PresenceFilter", role: .resolver, publishPath: nil),
            SubscriptionArgument(name: "since", type: "DateTime", role: .resolver, publishPath: nil),
        ]
        return SubscriptionField(
            name: "presence", topic: TopicTemplate(segments: segments), payloadType: "[Presence!]", arguments: arguments)
    }

    private static func makeField3() -> SubscriptionField {
        let segments: [TopicTemplate.Segment] = [
            .literal("searched"),
        ]
        let arguments: [SubscriptionArgument] = [
            SubscriptionArgument(name: "key", type: "SearchKey!", role: .resolver, publishPath: nil),
        ]
        return SubscriptionField(
            name: "searched", topic: TopicTemplate(segments: segments), payloadType: "[[SearchResult!]]!", arguments: arguments)
    }

    private static func makeField4() -> SubscriptionField {
        let segments: [TopicTemplate.Segment] = [
            .literal("clients"),
        ]
        let arguments: [SubscriptionArgument] = [
        ]
        return SubscriptionField(
            name: "clients", topic: TopicTemplate(segments: segments), payloadType: "Int!", arguments: arguments)
    }

    private static func makeField5() -> SubscriptionField {
        let segments: [TopicTemplate.Segment] = [
            .literal("device:"),
            .argument("deviceId"),
            .literal("/"),
            .argument("channel"),
            .literal("/"),
            .argument("limit"),
            .literal("/"),
            .argument("alarm"),
            .literal("/"),
            .argument("kind"),
        ]
        let arguments: [SubscriptionArgument] = [
            SubscriptionArgument(name: "deviceId", type: "ID!", role: .topic, publishPath: ["deviceId"]),
            SubscriptionArgument(name: "channel", type: "Int!", role: .topic, publishPath: ["channel"]),
            SubscriptionArgument(name: "limit", type: "Float!", role: .topic, publishPath: ["limit"]),
            SubscriptionArgument(name: "alarm", type: "Boolean!", role: .topic, publishPath: ["alarm"]),
            SubscriptionArgument(name: "kind", type: "Kind!", role: .topic, publishPath: ["kind"]),
        ]
        return SubscriptionField(
            name: "measured", topic: TopicTemplate(segments: segments), payloadType: "Measurement!", arguments: arguments)
    }

    private static func makeField6() -> SubscriptionField {
        let segments: [TopicTemplate.Segment] = [
            .literal("alarmed"),
        ]
        let arguments: [SubscriptionArgument] = [
            SubscriptionArgument(name: "where", type: "MeasurementFilter", role: .composed(path: [], filter: 0), publishPath: nil),
            SubscriptionArgument(name: "above", type: "Float", role: .filter(path: ["value"], operator: .greaterThan), publishPath: nil),
        ]
        return SubscriptionField(
            name: "alarmed", topic: TopicTemplate(segments: segments), payloadType: "Measurement!", arguments: arguments)
    }
}
