import SubsgenRuntime

// Message, SubscriptionResolvers and publishMessageAdded come out of schema.graphql, each time that it changes.

/// What the server decides: nobody is told of a message without text.
struct Resolvers: SubscriptionResolvers {
    var messageAdded: FieldResolver<Message, MessageAddedArguments> {
        .resolve { event, _ in event.text.isEmpty ? .skip : .event(event) }
    }
}

@main
enum Server {
    static func main() async throws {
        let executor = try SubscriptionExecutor(bus: MemoryBus())
        try executor.setResolvers(Resolvers(), onError: { field, error in print("\(field): \(error)") })

        let (results, wake) = AsyncStream.makeStream(of: Void.self)
        let lobby = try executor.subscribe(query: #"subscription { messageAdded(roomId: "lobby") { id text } }"#) { wake.yield() }
        for (id, room, text) in [("1", "lobby", ""), ("2", "attic", "Is anybody here?"), ("3", "lobby", "Hello")] {
            try executor.publishMessageAdded(Message(id: ID(id), roomId: ID(room), text: text))
        }
        for await _ in results {
            guard let result = lobby.next() else { continue }
            print(String(decoding: result, as: UTF8.self))
            break
        }
    }
}
