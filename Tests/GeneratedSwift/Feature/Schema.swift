// Written by subsgen. Do not edit: the next run writes it again.
import SubsgenRuntime

extension SubscriptionExecutor {
    /// The runtime of the schema that this code was generated from. Throws what is wrong with the schema: nothing that subsgen saw.
    public convenience init(bus: any EventBus, limits: RuntimeLimits = RuntimeLimits()) throws(SchemaErrors) {
        try self.init(sdl: Self.generatedSDL, bus: bus, limits: limits)
    }

    /// The schema in SDL, with what clients do not see of it.
    public static let generatedSDL: String = #"""
type Query {
  ok: Boolean
}

type Subscription {
  """
  A message was posted in a room.

  Authors see their own messages too.
  """
  messageAdded(roomId: ID!, kind: Kind, authors: [ID!] @filter(field: "author.id", op: IN)): Message! @topic(name: "chat.{roomId}")

  """Anything changed."""
  nodeChanged(id: ID!): Node @topic(name: "node.{id}")
  presence(filter: PresenceFilter @resolverArgument, since: DateTime = "1970-01-01" @resolverArgument): [Presence!]
  searched(key: SearchKey! @resolverArgument): [[SearchResult!]]!

  """How many clients there are."""
  clients: Int! @deprecated(reason: "Use presence.")
  measured(deviceId: ID!, channel: Int!, limit: Float!, alarm: Boolean!, kind: Kind!): Measurement! @topic(name: "device:{deviceId}/{channel}/{limit}/{alarm}/{kind}") @deprecated
  alarmed(where: MeasurementFilter, above: Float @filter(field: "value", op: GT)): Measurement!
}

input MeasurementFilter {
  deviceId: ID @filter(op: PREFIX)
  kind: [Kind!] @filter(op: NOT_IN)
  value: ValueRange @filter(op: BETWEEN)
  and: [MeasurementFilter!]
  or: [MeasurementFilter!]
  not: MeasurementFilter
}

input ValueRange {
  from: Float
  to: Float
}

"""Something with an identity."""
interface Node {
  id: ID!
}

"""A line in a room."""
type Message implements Node {
  id: ID!
  roomId: ID!

  """What was written; `null` once it is deleted."""
  text: String
  kind: Kind!
  author: User!

  """An event does not hold fields with arguments."""
  replies(first: Int): [Message!]!
  parent: Message
  sentAt: DateTime!
  reactions: [Reaction!]!
  mentions: [[User]]
  labels: [String!]!
  weights: [Float]
  moderation: Moderation @internal
  body: String! @deprecated(reason: "Use `text`.")
}

type User implements Node {
  id: ID!
  name: String!
  lastMessage: Message
  friends: [User!]
}

type Room implements Node {
  id: ID!
  owner: User!
  pinned: Message
}

type Moderation @internal {
  flaggedBy: User
  score: Float!
}

union SearchResult = Room | Message | User

union Reaction = Emoji | Word

type Emoji {
  code: String!
}

type Word {
  word: String!
  reacted: Reaction
}

"""What a message is."""
enum Kind {
  PLAIN

  """Written by a machine."""
  AUTOMATIC
  OLD @deprecated(reason: "Never sent.")
}

type Presence {
  user: User!
  online: Boolean!
  raw: JSON
}

type Measurement {
  deviceId: ID!
  channel: Int!
  limit: Float!
  alarm: Boolean!
  kind: Kind!
  value: Float
}

"""A point in time by RFC 3339."""
scalar DateTime

scalar JSON

input PresenceFilter {
  online: Boolean = true
  users: [ID!]
  kind: Kind! = PLAIN
  and: [PresenceFilter!]
  not: PresenceFilter
  or: PresenceFilter = null
}

input SearchKey @oneOf {
  id: ID
  text: String
  within: PresenceFilter
}

"""#
}
