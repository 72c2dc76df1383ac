import Synchronization

/// The functions of hosts that handle events for a group of processes.
final class EventHandlers: Sendable {
    /// By their names.
    private let groups = Guarded<[String: WorkGroup]>([:])

    /// Sets what a name stands for; returns what it stood for.
    func set(_ group: WorkGroup?, for name: String) -> WorkGroup? {
        groups.withLock { groups in
            defer { groups[name] = group }
            return groups[name]
        }
    }
}

/// Makes calls of what a group's bus brings.
private struct HandlerWorker: BusWorker {
    let name: String
    let group: WorkGroup
    let host: any ResolverHost
    let metrics: Metrics
    let eventBytes: Int

    func work(on delivery: WorkDelivery) {
        guard delivery.payload.count <= eventBytes, (try? JSONDocument.parse(delivery.payload)) != nil else {
            metrics.note(.unreadable("the topic \"\(delivery.topic)\", for the group \(group.name): an event that is not valid JSON, or too large"))
            return delivery.answer(true)
        }
        ResolverCall(.handle, field: name, event: delivery.payload, arguments: circumstances(of: delivery), claims: nil, host: host, gate: nil) { [metrics] answer in
            switch answer {
            case .event, .skipped: delivery.answer(true)
            case .failed, .ended, .left:
                metrics.add(.resolverErrors)
                delivery.answer(false)
            }
        }.begin(metrics)
    }

    func note(putAside what: String) { metrics.note(.putAside("\(what), of the group \(group.name)")) }

    private func circumstances(of delivery: WorkDelivery) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("topic")
        writer.string(delivery.topic)
        writer.key("cursor")
        writer.string(delivery.cursor.description)
        writer.key("attempt")
        writer.integer(delivery.attempt)
        if let attributes = delivery.attributes, let object = try? JSONDocument.parse(attributes), object.root.kind == .object {
            writer.key("attributes")
            writer.raw(object.bytes)
        }
        writer.endObject()
        return writer.bytes
    }
}

extension SubscriptionExecutor {
    /// Lets a host handle the events of a topic's template for a group, under a name by which it knows its function; in place of the one that did.
    /// Each event is a `ResolverCall` of the kind `handle`, which any answer but a failure acknowledges. Of all processes one gets it.
    ///
    /// Without a host this process takes no events any more. Throws where no field reads such topics, or the bus has no groups.
    public func setHandler(_ name: String, of group: WorkGroup, host: (any ResolverHost)?) throws(PublishError) {
        guard context.fields.contains(where: { $0.topic.description == group.template }) else { throw .unknownTopic(group.template) }
        guard let bus = bus as? any WorkSharingBus else {
            throw .unavailable("This bus has no groups whose processes share events; that of Redis has.")
        }
        if let before = handlers.set(host == nil ? nil : group, for: name) { bus.leave(before) }
        guard let host else { return }
        bus.join(group, HandlerWorker(name: name, group: group, host: host, metrics: context.metrics, eventBytes: limits.eventBytes))
    }
}
