// Written by subsgen. Do not edit: the next run writes it again.
import SubsgenRuntime

/// The resolvers of a server that answers in Swift. A field that is left out passes its events through.
public protocol SubscriptionResolvers: Sendable {
    /// A message was posted in a room.
    ///
    /// Authors see their own messages too.
    var messageAdded: FieldResolver<Message, MessageAddedArguments> { get }
    /// Anything changed.
    var nodeChanged: FieldResolver<Node?, NodeChangedArguments> { get }
    var presence: FieldResolver<[Presence]?, PresenceArguments> { get }
    var searched: FieldResolver<[[SearchResult]?], SearchedArguments> { get }
    /// How many clients there are.
    ///
    /// Deprecated: Use presence.
    var clients: FieldResolver<Int32, ClientsArguments> { get }
    /// Deprecated: No longer supported
    var measured: FieldResolver<Measurement, MeasuredArguments> { get }
    var alarmed: FieldResolver<Measurement, AlarmedArguments> { get }
}

extension SubscriptionResolvers {
    public var messageAdded: FieldResolver<Message, MessageAddedArguments> { .passthrough }
    public var nodeChanged: FieldResolver<Node?, NodeChangedArguments> { .passthrough }
    public var presence: FieldResolver<[Presence]?, PresenceArguments> { .passthrough }
    public var searched: FieldResolver<[[SearchResult]?], SearchedArguments> { .passthrough }
    public var clients: FieldResolver<Int32, ClientsArguments> { .passthrough }
    public var measured: FieldResolver<Measurement, MeasuredArguments> { .passthrough }
    public var alarmed: FieldResolver<Measurement, AlarmedArguments> { .passthrough }
}

extension SubscriptionExecutor {
    /// Lets `resolvers` answer. Fields that they pass through keep the resolver that they have.
    ///
    /// What a resolver throws goes to `onError` with the name of its field; clients are told no more than that it failed, unless it is
    /// a `GraphQLError`. Throws where the executor's schema is not the one that this code was generated from, and where a field has
    /// subscribers already who would have to be told apart by their claims.
    public func setResolvers(
        _ resolvers: some SubscriptionResolvers, onError: @escaping @Sendable (_ field: String, _ error: any Error) -> Void
    ) throws(ResolverError) {
        try self.require(DispatchTable.generated)
        try self.setResolver("messageAdded", resolvers.messageAdded, onError: onError)
        try self.setResolver("nodeChanged", resolvers.nodeChanged, onError: onError)
        try self.setResolver("presence", resolvers.presence, onError: onError)
        try self.setResolver("searched", resolvers.searched, onError: onError)
        try self.setResolver("clients", resolvers.clients, onError: onError)
        try self.setResolver("measured", resolvers.measured, onError: onError)
        try self.setResolver("alarmed", resolvers.alarmed, onError: onError)
    }
}

/// The arguments of `messageAdded`.
public struct MessageAddedArguments: ObjectPayload {
    public var roomId: ID
    public var kind: GraphQLNullable<Kind>
    public var authors: GraphQLNullable<[ID]>

    public init(roomId: ID, kind: GraphQLNullable<Kind> = .absent, authors: GraphQLNullable<[ID]> = .absent) {
        self.roomId = roomId
        self.kind = kind
        self.authors = authors
    }

    public init(decoding fields: inout PayloadFields) throws(PayloadError) {
        self.roomId = try fields.required("roomId")
        self.kind = try fields.nullable("kind")
        self.authors = try fields.nullable("authors")
    }

    public func writeFields(into writer: inout JSONWriter) {
        writer.required("roomId", self.roomId)
        writer.nullable("kind", self.kind)
        writer.nullable("authors", self.authors)
    }
}

/// The arguments of `nodeChanged`.
public struct NodeChangedArguments: ObjectPayload {
    public var id: ID

    public init(id: ID) {
        self.id = id
    }

    public init(decoding fields: inout PayloadFields) throws(PayloadError) {
        self.id = try fields.required("id")
    }

    public func writeFields(into writer: inout JSONWriter) {
        writer.required("id", self.id)
    }
}

/// The arguments of `presence`.
public struct PresenceArguments: ObjectPayload {
    public var filter: GraphQLNullable<PresenceFilter>
    public var since: DateTime?

    public init(filter: GraphQLNullable<PresenceFilter> = .absent, since: DateTime? = nil) {
        self.filter = filter
        self.since = since
    }

    public init(decoding fields: inout PayloadFields) throws(PayloadError) {
        self.filter = try fields.nullable("filter")
        self.since = try fields.optional("since")
    }

    public func writeFields(into writer: inout JSONWriter) {
        writer.nullable("filter", self.filter)
        writer.optional("since", self.since)
    }
}

/// The arguments of `searched`.
public struct SearchedArguments: ObjectPayload {
    public var key: SearchKey

    public init(key: SearchKey) {
        self.key = key
    }

    public init(decoding fields: inout PayloadFields) throws(PayloadError) {
        self.key = try fields.required("key")
    }

    public func writeFields(into writer: inout JSONWriter) {
        writer.required("key", self.key)
    }
}

/// The arguments of `clients`.
public struct ClientsArguments: ObjectPayload {
    public init() {
    }

    public init(decoding fields: inout PayloadFields) throws(PayloadError) {
    }

    public func writeFields(into writer: inout JSONWriter) {
    }
}

/// The arguments of `measured`.
public struct MeasuredArguments: ObjectPayload {
    public var deviceId: ID
    public var channel: Int32
    public var limit: Double
    public var alarm: Bool
    public var kind: Kind

    public init(deviceId: ID, channel: Int32, limit: Double, alarm: Bool, kind: Kind) {
        self.deviceId = deviceId
        self.channel = channel
        self.limit = limit
        self.alarm = alarm
        self.kind = kind
    }

    public init(decoding fields: inout PayloadFields) throws(PayloadError) {
        self.deviceId = try fields.required("deviceId")
        self.channel = try fields.required("channel")
        self.limit = try fields.required("limit")
        self.alarm = try fields.required("alarm")
        self.kind = try fields.required("kind")
    }

    public func writeFields(into writer: inout JSONWriter) {
        writer.required("deviceId", self.deviceId)
        writer.required("channel", self.channel)
        writer.required("limit", self.limit)
        writer.required("alarm", self.alarm)
        writer.required("kind", self.kind)
    }
}

/// The arguments of `alarmed`.
public struct AlarmedArguments: ObjectPayload {
    public var `where`: GraphQLNullable<MeasurementFilter>
    public var above: GraphQLNullable<Double>

    public init(`where`: GraphQLNullable<MeasurementFilter> = .absent, above: GraphQLNullable<Double> = .absent) {
        self.`where` = `where`
        self.above = above
    }

    public init(decoding fields: inout PayloadFields) throws(PayloadError) {
        self.`where` = try fields.nullable("where")
        self.above = try fields.nullable("above")
    }

    public func writeFields(into writer: inout JSONWriter) {
        writer.nullable("where", self.`where`)
        writer.nullable("above", self.above)
    }
}
