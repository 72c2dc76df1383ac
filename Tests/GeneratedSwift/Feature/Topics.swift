// Written by subsgen. Do not edit: the next run writes it again.
import SubsgenRuntime

extension SubscriptionExecutor {
    /// Publishes an event of `messageAdded` to its topic, `chat.{roomId}`.
    ///
    /// A message was posted in a room.
    ///
    /// Authors see their own messages too.
    @discardableResult
    public func publishMessageAdded(_ event: Message, attributes: [UInt8]? = nil) throws(PublishError) -> Cursor {
        var topic: TopicName = .init()
        topic.append("chat.")
        try topic.append(argument: "roomId", event.roomId)
        return try self.publish(event, to: topic, attributes: attributes)
    }

    /// Completes a topic of `messageAdded`, `chat.{roomId}`: its subscriptions get `complete`.
    public func completeMessageAdded(roomId: ID) throws(PublishError) {
        var topic: TopicName = .init()
        topic.append("chat.")
        try topic.append(argument: "roomId", roomId)
        try self.complete(topic: topic.text)
    }
}

extension SubscriptionExecutor {
    /// Publishes an event of `nodeChanged` to its topic, `node.{id}`.
    ///
    /// Anything changed.
    @discardableResult
    public func publishNodeChanged(_ event: Node?, id: ID, attributes: [UInt8]? = nil) throws(PublishError) -> Cursor {
        var topic: TopicName = .init()
        topic.append("node.")
        try topic.append(argument: "id", id)
        return try self.publish(event, to: topic, attributes: attributes)
    }

    /// Completes a topic of `nodeChanged`, `node.{id}`: its subscriptions get `complete`.
    public func completeNodeChanged(id: ID) throws(PublishError) {
        var topic: TopicName = .init()
        topic.append("node.")
        try topic.append(argument: "id", id)
        try self.complete(topic: topic.text)
    }
}

extension SubscriptionExecutor {
    /// Publishes an event of `presence` to its topic, `presence`.
    @discardableResult
    public func publishPresence(_ event: [Presence]?, attributes: [UInt8]? = nil) throws(PublishError) -> Cursor {
        var topic: TopicName = .init()
        topic.append("presence")
        return try self.publish(event, to: topic, attributes: attributes)
    }

    /// Completes a topic of `presence`, `presence`: its subscriptions get `complete`.
    public func completePresence() throws(PublishError) {
        var topic: TopicName = .init()
        topic.append("presence")
        try self.complete(topic: topic.text)
    }
}

extension SubscriptionExecutor {
    /// Publishes an event of `searched` to its topic, `searched`.
    @discardableResult
    public func publishSearched(_ event: [[SearchResult]?], attributes: [UInt8]? = nil) throws(PublishError) -> Cursor {
        var topic: TopicName = .init()
        topic.append("searched")
        return try self.publish(event, to: topic, attributes: attributes)
    }

    /// Completes a topic of `searched`, `searched`: its subscriptions get `complete`.
    public func completeSearched() throws(PublishError) {
        var topic: TopicName = .init()
        topic.append("searched")
        try self.complete(topic: topic.text)
    }
}

extension SubscriptionExecutor {
    /// Publishes an event of `clients` to its topic, `clients`.
    ///
    /// How many clients there are.
    ///
    /// Deprecated: Use presence.
    @discardableResult
    public func publishClients(_ event: Int32, attributes: [UInt8]? = nil) throws(PublishError) -> Cursor {
        var topic: TopicName = .init()
        topic.append("clients")
        return try self.publish(event, to: topic, attributes: attributes)
    }

    /// Completes a topic of `clients`, `clients`: its subscriptions get `complete`.
    public func completeClients() throws(PublishError) {
        var topic: TopicName = .init()
        topic.append("clients")
        try self.complete(topic: topic.text)
    }
}

extension SubscriptionExecutor {
    /// Publishes an event of `measured` to its topic, `device:{deviceId}/{channel}/{limit}/{alarm}/{kind}`.
    ///
    /// Deprecated: No longer supported
    @discardableResult
    public func publishMeasured(_ event: Measurement, attributes: [UInt8]? = nil) throws(PublishError) -> Cursor {
        var topic: TopicName = .init()
        topic.append("device:")
        try topic.append(argument: "deviceId", event.deviceId)
        topic.append("/")
        try topic.append(argument: "channel", event.channel)
        topic.append("/")
        try topic.append(argument: "limit", event.limit)
        topic.append("/")
        try topic.append(argument: "alarm", event.alarm)
        topic.append("/")
        try topic.append(argument: "kind", event.kind)
        return try self.publish(event, to: topic, attributes: attributes)
    }

    /// Completes a topic of `measured`, `device:{deviceId}/{channel}/{limit}/{alarm}/{kind}`: its subscriptions get `complete`.
    public func completeMeasured(
        deviceId: ID,
        channel: Int32,
        limit: Double,
        alarm: Bool,
        kind: Kind
    ) throws(PublishError) {
        var topic: TopicName = .init()
        topic.append("device:")
        try topic.append(argument: "deviceId", deviceId)
        topic.append("/")
        try topic.append(argument: "channel", channel)
        topic.append("/")
        try topic.append(argument: "limit", limit)
        topic.append("/")
        try topic.append(argument: "alarm", alarm)
        topic.append("/")
        try topic.append(argument: "kind", kind)
        try self.complete(topic: topic.text)
    }
}

extension SubscriptionExecutor {
    /// Publishes an event of `alarmed` to its topic, `alarmed`.
    @discardableResult
    public func publishAlarmed(_ event: Measurement, attributes: [UInt8]? = nil) throws(PublishError) -> Cursor {
        var topic: TopicName = .init()
        topic.append("alarmed")
        return try self.publish(event, to: topic, attributes: attributes)
    }

    /// Completes a topic of `alarmed`, `alarmed`: its subscriptions get `complete`.
    public func completeAlarmed() throws(PublishError) {
        var topic: TopicName = .init()
        topic.append("alarmed")
        try self.complete(topic: topic.text)
    }
}
