// Written by subsgen. Do not edit: the next run writes it again.
import SubsgenRuntime

public struct MeasurementFilter: ObjectPayload {
    public var deviceId: GraphQLNullable<ID>
    public var kind: GraphQLNullable<[Kind]>
    public var value: GraphQLNullable<ValueRange>
    public var and: GraphQLNullable<[MeasurementFilter]>
    public var or: GraphQLNullable<[MeasurementFilter]>
    public var not: GraphQLNullable<MeasurementFilter>

    public init(
        deviceId: GraphQLNullable<ID> = .absent,
        kind: GraphQLNullable<[Kind]> = .absent,
        value: GraphQLNullable<ValueRange> = .absent,
        and: GraphQLNullable<[MeasurementFilter]> = .absent,
        or: GraphQLNullable<[MeasurementFilter]> = .absent,
        not: GraphQLNullable<MeasurementFilter> = .absent
    ) {
        self.deviceId = deviceId
        self.kind = kind
        self.value = value
        self.and = and
        self.or = or
        self.not = not
    }

    public init(decoding fields: inout PayloadFields) throws(PayloadError) {
        self.deviceId = try fields.nullable("deviceId")
        self.kind = try fields.nullable("kind")
        self.value = try fields.nullable("value")
        self.and = try fields.nullable("and")
        self.or = try fields.nullable("or")
        self.not = try fields.nullable("not")
    }

    public func writeFields(into writer: inout JSONWriter) {
        writer.nullable("deviceId", self.deviceId)
        writer.nullable("kind", self.kind)
        writer.nullable("value", self.value)
        writer.nullable("and", self.and)
        writer.nullable("or", self.or)
        writer.nullable("not", self.not)
    }
}

public struct ValueRange: ObjectPayload {
    public var from: GraphQLNullable<Double>
    public var to: GraphQLNullable<Double>

    public init(from: GraphQLNullable<Double> = .absent, to: GraphQLNullable<Double> = .absent) {
        self.from = from
        self.to = to
    }

    public init(decoding fields: inout PayloadFields) throws(PayloadError) {
        self.from = try fields.nullable("from")
        self.to = try fields.nullable("to")
    }

    public func writeFields(into writer: inout JSONWriter) {
        writer.nullable("from", self.from)
        writer.nullable("to", self.to)
    }
}

/// Something with an identity.
public indirect enum Node: EventPayload {
    case Message(Message)
    case User(User)
    case Room(Room)
    /// An object of a type that the schema did not have when this code was generated, as it came.
    case unrecognized(JSONValue)

    public init(decoding value: JSONValue) throws(PayloadError) {
        switch try value.typename() {
        case "Message": self = .Message(try value.decoded())
        case "User": self = .User(try value.decoded())
        case "Room": self = .Room(try value.decoded())
        default: self = .unrecognized(value)
        }
    }

    public func write(into writer: inout JSONWriter) {
        switch self {
        case .Message(let value): writer.object("Message", value)
        case .User(let value): writer.object("User", value)
        case .Room(let value): writer.object("Room", value)
        case .unrecognized(let value): writer.value(value)
        }
    }
}

/// A line in a room.
public struct Message: ObjectPayload {
    public var id: ID
    public var roomId: ID
    /// What was written; `null` once it is deleted.
    public var text: String?
    public var kind: Kind
    public var author: User? {
        get { self.`author box`.value }
        set { self.`author box` = .init(newValue) }
    }
    public var parent: Message? {
        get { self.`parent box`.value }
        set { self.`parent box` = .init(newValue) }
    }
    public var sentAt: DateTime
    public var reactions: [Reaction]?
    public var mentions: [[User?]?]?
    public var labels: [String]
    public var weights: [Double?]?
    public var moderation: Moderation? {
        get { self.`moderation box`.value }
        set { self.`moderation box` = .init(newValue) }
    }
    /// Deprecated: Use `text`.
    public var body: String
    private var `author box`: Boxed<User>
    private var `parent box`: Boxed<Message>
    private var `moderation box`: Boxed<Moderation>

    public init(
        id: ID,
        roomId: ID,
        text: String? = nil,
        kind: Kind,
        author: User? = nil,
        parent: Message? = nil,
        sentAt: DateTime,
        reactions: [Reaction]? = nil,
        mentions: [[User?]?]? = nil,
        labels: [String],
        weights: [Double?]? = nil,
        moderation: Moderation? = nil,
        body: String
    ) {
        self.id = id
        self.roomId = roomId
        self.text = text
        self.kind = kind
        self.`author box` = .init(author)
        self.`parent box` = .init(parent)
        self.sentAt = sentAt
        self.reactions = reactions
        self.mentions = mentions
        self.labels = labels
        self.weights = weights
        self.`moderation box` = .init(moderation)
        self.body = body
    }

    public init(decoding fields: inout PayloadFields) throws(PayloadError) {
        self.id = try fields.required("id")
        self.roomId = try fields.required("roomId")
        self.text = try fields.optional("text")
        self.kind = try fields.required("kind")
        self.`author box` = try fields.boxed("author")
        self.`parent box` = try fields.boxed("parent")
        self.sentAt = try fields.required("sentAt")
        self.reactions = try fields.optional("reactions")
        self.mentions = try fields.optional("mentions")
        self.labels = try fields.required("labels")
        self.weights = try fields.optional("weights")
        self.`moderation box` = try fields.boxed("moderation")
        self.body = try fields.required("body")
    }

    public func writeFields(into writer: inout JSONWriter) {
        writer.required("id", self.id)
        writer.required("roomId", self.roomId)
        writer.optional("text", self.text)
        writer.required("kind", self.kind)
        writer.boxed("author", self.`author box`)
        writer.boxed("parent", self.`parent box`)
        writer.required("sentAt", self.sentAt)
        writer.optional("reactions", self.reactions)
        writer.optional("mentions", self.mentions)
        writer.required("labels", self.labels)
        writer.optional("weights", self.weights)
        writer.boxed("moderation", self.`moderation box`)
        writer.required("body", self.body)
    }
}

public struct User: ObjectPayload {
    public var id: ID
    public var name: String
    public var lastMessage: Message? {
        get { self.`lastMessage box`.value }
        set { self.`lastMessage box` = .init(newValue) }
    }
    public var friends: [User]?
    private var `lastMessage box`: Boxed<Message>

    public init(id: ID, name: String, lastMessage: Message? = nil, friends: [User]? = nil) {
        self.id = id
        self.name = name
        self.`lastMessage box` = .init(lastMessage)
        self.friends = friends
    }

    public init(decoding fields: inout PayloadFields) throws(PayloadError) {
        self.id = try fields.required("id")
        self.name = try fields.required("name")
        self.`lastMessage box` = try fields.boxed("lastMessage")
        self.friends = try fields.optional("friends")
    }

    public func writeFields(into writer: inout JSONWriter) {
        writer.required("id", self.id)
        writer.required("name", self.name)
        writer.boxed("lastMessage", self.`lastMessage box`)
        writer.optional("friends", self.friends)
    }
}

public struct Room: ObjectPayload {
    public var id: ID
    public var owner: User? {
        get { self.`owner box`.value }
        set { self.`owner box` = .init(newValue) }
    }
    public var pinned: Message? {
        get { self.`pinned box`.value }
        set { self.`pinned box` = .init(newValue) }
    }
    private var `owner box`: Boxed<User>
    private var `pinned box`: Boxed<Message>

    public init(id: ID, owner: User? = nil, pinned: Message? = nil) {
        self.id = id
        self.`owner box` = .init(owner)
        self.`pinned box` = .init(pinned)
    }

    public init(decoding fields: inout PayloadFields) throws(PayloadError) {
        self.id = try fields.required("id")
        self.`owner box` = try fields.boxed("owner")
        self.`pinned box` = try fields.boxed("pinned")
    }

    public func writeFields(into writer: inout JSONWriter) {
        writer.required("id", self.id)
        writer.boxed("owner", self.`owner box`)
        writer.boxed("pinned", self.`pinned box`)
    }
}

public struct Moderation: ObjectPayload {
    public var flaggedBy: User? {
        get { self.`flaggedBy box`.value }
        set { self.`flaggedBy box` = .init(newValue) }
    }
    public var score: Double
    private var `flaggedBy box`: Boxed<User>

    public init(flaggedBy: User? = nil, score: Double) {
        self.`flaggedBy box` = .init(flaggedBy)
        self.score = score
    }

    public init(decoding fields: inout PayloadFields) throws(PayloadError) {
        self.`flaggedBy box` = try fields.boxed("flaggedBy")
        self.score = try fields.required("score")
    }

    public func writeFields(into writer: inout JSONWriter) {
        writer.boxed("flaggedBy", self.`flaggedBy box`)
        writer.required("score", self.score)
    }
}

public indirect enum SearchResult: EventPayload {
    case Room(Room)
    case Message(Message)
    case User(User)
    /// An object of a type that the schema did not have when this code was generated, as it came.
    case unrecognized(JSONValue)

    public init(decoding value: JSONValue) throws(PayloadError) {
        switch try value.typename() {
        case "Room": self = .Room(try value.decoded())
        case "Message": self = .Message(try value.decoded())
        case "User": self = .User(try value.decoded())
        default: self = .unrecognized(value)
        }
    }

    public func write(into writer: inout JSONWriter) {
        switch self {
        case .Room(let value): writer.object("Room", value)
        case .Message(let value): writer.object("Message", value)
        case .User(let value): writer.object("User", value)
        case .unrecognized(let value): writer.value(value)
        }
    }
}

public indirect enum Reaction: EventPayload {
    case Emoji(Emoji)
    case Word(Word)
    /// An object of a type that the schema did not have when this code was generated, as it came.
    case unrecognized(JSONValue)

    public init(decoding value: JSONValue) throws(PayloadError) {
        switch try value.typename() {
        case "Emoji": self = .Emoji(try value.decoded())
        case "Word": self = .Word(try value.decoded())
        default: self = .unrecognized(value)
        }
    }

    public func write(into writer: inout JSONWriter) {
        switch self {
        case .Emoji(let value): writer.object("Emoji", value)
        case .Word(let value): writer.object("Word", value)
        case .unrecognized(let value): writer.value(value)
        }
    }
}

public struct Emoji: ObjectPayload {
    public var code: String

    public init(code: String) {
        self.code = code
    }

    public init(decoding fields: inout PayloadFields) throws(PayloadError) {
        self.code = try fields.required("code")
    }

    public func writeFields(into writer: inout JSONWriter) {
        writer.required("code", self.code)
    }
}

public struct Word: ObjectPayload {
    public var word: String
    public var reacted: Reaction?

    public init(word: String, reacted: Reaction? = nil) {
        self.word = word
        self.reacted = reacted
    }

    public init(decoding fields: inout PayloadFields) throws(PayloadError) {
        self.word = try fields.required("word")
        self.reacted = try fields.optional("reacted")
    }

    public func writeFields(into writer: inout JSONWriter) {
        writer.required("word", self.word)
        writer.optional("reacted", self.reacted)
    }
}

/// What a message is.
public enum Kind: GraphQLEnum {
    case PLAIN
    /// Written by a machine.
    case AUTOMATIC
    /// Deprecated: Never sent.
    case OLD
    /// A value that the schema did not have when this code was generated.
    case unrecognized(String)

    public init(rawValue: String) {
        switch rawValue {
        case "PLAIN": self = .PLAIN
        case "AUTOMATIC": self = .AUTOMATIC
        case "OLD": self = .OLD
        default: self = .unrecognized(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .PLAIN: return "PLAIN"
        case .AUTOMATIC: return "AUTOMATIC"
        case .OLD: return "OLD"
        case .unrecognized(let rawValue): return rawValue
        }
    }
}

public struct Presence: ObjectPayload {
    public var user: User? {
        get { self.`user box`.value }
        set { self.`user box` = .init(newValue) }
    }
    public var online: Bool
    public var raw: JSON?
    private var `user box`: Boxed<User>

    public init(user: User? = nil, online: Bool, raw: JSON? = nil) {
        self.`user box` = .init(user)
        self.online = online
        self.raw = raw
    }

    public init(decoding fields: inout PayloadFields) throws(PayloadError) {
        self.`user box` = try fields.boxed("user")
        self.online = try fields.required("online")
        self.raw = try fields.optional("raw")
    }

    public func writeFields(into writer: inout JSONWriter) {
        writer.boxed("user", self.`user box`)
        writer.required("online", self.online)
        writer.optional("raw", self.raw)
    }
}

public struct Measurement: ObjectPayload {
    public var deviceId: ID
    public var channel: Int32
    public var limit: Double
    public var alarm: Bool
    public var kind: Kind
    public var value: Double?

    public init(deviceId: ID, channel: Int32, limit: Double, alarm: Bool, kind: Kind, value: Double? = nil) {
        self.deviceId = deviceId
        self.channel = channel
        self.limit = limit
        self.alarm = alarm
        self.kind = kind
        self.value = value
    }

    public init(decoding fields: inout PayloadFields) throws(PayloadError) {
        self.deviceId = try fields.required("deviceId")
        self.channel = try fields.required("channel")
        self.limit = try fields.required("limit")
        self.alarm = try fields.required("alarm")
        self.kind = try fields.required("kind")
        self.value = try fields.optional("value")
    }

    public func writeFields(into writer: inout JSONWriter) {
        writer.required("deviceId", self.deviceId)
        writer.required("channel", self.channel)
        writer.required("limit", self.limit)
        writer.required("alarm", self.alarm)
        writer.required("kind", self.kind)
        writer.optional("value", self.value)
    }
}

/// A point in time by RFC 3339.
public typealias DateTime = JSONValue

public typealias JSON = JSONValue

public struct PresenceFilter: ObjectPayload {
    public var online: Bool?
    public var users: GraphQLNullable<[ID]>
    public var kind: Kind
    public var and: GraphQLNullable<[PresenceFilter]>
    public var not: GraphQLNullable<PresenceFilter>
    public var or: PresenceFilter? {
        get { self.`or box`.value }
        set { self.`or box` = .init(newValue) }
    }
    private var `or box`: Boxed<PresenceFilter>

    public init(
        online: Bool? = nil,
        users: GraphQLNullable<[ID]> = .absent,
        kind: Kind,
        and: GraphQLNullable<[PresenceFilter]> = .absent,
        not: GraphQLNullable<PresenceFilter> = .absent,
        or: PresenceFilter? = nil
    ) {
        self.online = online
        self.users = users
        self.kind = kind
        self.and = and
        self.not = not
        self.`or box` = .init(or)
    }

    public init(decoding fields: inout PayloadFields) throws(PayloadError) {
        self.online = try fields.optional("online")
        self.users = try fields.nullable("users")
        self.kind = try fields.required("kind")
        self.and = try fields.nullable("and")
        self.not = try fields.nullable("not")
        self.`or box` = try fields.boxed("or")
    }

    public func writeFields(into writer: inout JSONWriter) {
        writer.optional("online", self.online)
        writer.nullable("users", self.users)
        writer.required("kind", self.kind)
        writer.nullable("and", self.and)
        writer.nullable("not", self.not)
        writer.boxed("or", self.`or box`)
    }
}

public indirect enum SearchKey: EventPayload {
    case id(ID)
    case text(String)
    case within(PresenceFilter)

    public init(decoding value: JSONValue) throws(PayloadError) {
        let field: (name: String, value: JSONValue) = try value.onlyField()
        switch field.name {
        case "id": self = .id(try field.value.decoded())
        case "text": self = .text(try field.value.decoded())
        case "within": self = .within(try field.value.decoded())
        default: throw .unknownField(field.name)
        }
    }

    public func write(into writer: inout JSONWriter) {
        writer.beginObject()
        switch self {
        case .id(let value): writer.required("id", value)
        case .text(let value): writer.required("text", value)
        case .within(let value): writer.required("within", value)
        }
        writer.endObject()
    }
}
