import SubsgenRuntime

/// One line of the contract of `EventBus`, and how a bus is held to it. Every bus passes all of them, over stores of its own kind.
public struct BusCase: Sendable, CustomStringConvertible {
    /// What the contract says.
    public let description: String
    /// Throws what the bus did instead.
    public let check: @Sendable (any BusStore) throws -> Void

    /// Those that a store's buses must pass.
    public static func all(of store: any BusStore) -> [BusCase] {
        common + (store.processes > 1 ? acrossProcesses : []) + (store.keepsHistory ? history : [])
    }

    private static let rooms = "rooms.{id}"
    private static let plain = BusTopic(name: "orders", template: "orders")

    private static func room(_ name: String) -> BusTopic { BusTopic(name: "rooms.\(name)", template: rooms) }

    private static func processes(_ store: any BusStore) throws -> [Process] {
        try (0..<store.processes).map { _ in try Process(store, templates: ["orders", rooms]) }
    }

    /// Processes that have published and read already: a bus that has yet to connect has no history to give.
    private static func connected(_ store: any BusStore) throws -> [Process] {
        let all = try processes(store)
        for process in all { _ = try process.publish(room("here"), "0") }
        for process in all { _ = try process.inbox.items.next(all.count, "events") }
        return all
    }

    private static func require(_ isSo: Bool, _ otherwise: @autoclosure () -> String) throws {
        if !isSo { throw BusFailure(otherwise()) }
    }

    // MARK: Every bus

    private static let common = [
        BusCase(description: "Every process gets each event once, in the order of its topic, under the publisher's cursor") { store in
            let all = try processes(store)
            var expected: [BusInbox.Item] = []
            for number in 0..<60 {
                let topic = number % 3 == 0 ? plain : room("\(number % 3)")
                let cursor = try all[number % all.count].publish(topic, "\(number)")
                expected.append(BusInbox.Item(topic: topic.name, payload: "\(number)", cursor: cursor))
            }
            for process in all {
                let got = try process.inbox.items.next(expected.count, "events")
                for topic in Set(expected.map(\.topic)) {
                    let (mine, others) = (got.filter { $0.topic == topic }, expected.filter { $0.topic == topic })
                    try require(mine == others, "of \(topic) came \(mine.map(\.payload)), published were \(others.map(\.payload))")
                    let sequences = mine.map(\.cursor.sequence)
                    try require(zip(sequences, sequences.dropFirst()).allSatisfy { $0 < $1 }, "cursors of \(topic) do not grow: \(sequences)")
                    try require(Set(mine.map(\.cursor.partition)).count == 1, "a topic has cursors of several partitions")
                }
                try require(process.inbox.items.count == 0, "more came than was published")
            }
        },
        BusCase(description: "What one publisher publishes without waiting for answers keeps its order") { store in
            let all = try processes(store)
            let cursors = Expected<Result<Cursor, PublishError>>()
            let count = 2000
            for number in 0..<count { all[0].bus.publish(try all[0].event(plain, "\(number)")) { cursors.put($0) } }
            let answers = try cursors.next(count, "answers").map { try $0.get().sequence }
            try require(Set(answers).count == count, "two events have one cursor")
            for process in all {
                let got = try process.inbox.items.next(count, "events")
                try require(got.map(\.payload) == (0..<count).map { "\($0)" }, "the order changed")
                try require(got.map(\.cursor.sequence) == answers.sorted(), "cursors are not those that the publisher was told")
            }
        },
        BusCase(description: "A topic's end comes behind its events") { store in
            let all = try processes(store)
            _ = try all[0].publish(room("a"), "1")
            let cursor = try all[all.count - 1].complete(room("a"))
            _ = try all[0].publish(room("a"), "2")
            for process in all {
                let got = try process.inbox.items.next(3, "events and an end")
                try require(got.map(\.payload) == ["1", nil, "2"], "came \(got.map(\.payload))")
                try require(got[1].cursor == cursor && got[0].cursor.sequence < cursor.sequence, "the end has another place")
            }
        },
        BusCase(description: "Topics and payloads arrive byte by byte, whatever is in them") { store in
            let all = try processes(store)
            let topics = [#"a b"#, "%20", "ä€😀", "*?[x]", "\u{1}\n\r\"'\\", "{id}", String(repeating: "x", count: 500)].map(room)
            let payloads = ["null", "\"\\u0000\\n😀\"", "  { \"a\" : [ 1.0e3 , true ] } ", "[" + String(repeating: "0,", count: 100_000) + "0]"]
            var expected: [String: [String?]] = [:]
            for topic in topics {
                for payload in payloads { _ = try all[0].publish(topic, payload) }
                expected[topic.name] = payloads
            }
            for process in all {
                let got = try process.inbox.items.next(topics.count * payloads.count, "events")
                try require(Dictionary(grouping: got, by: \.topic).mapValues { $0.map(\.payload) } == expected, "something changed on its way")
            }
        },
        BusCase(description: "An event of eight megabytes arrives") { store in
            let all = try processes(store)
            let payload = "\"" + String(repeating: "subscription ", count: 8 * 1_048_576 / 13) + "\""
            _ = try all[0].publish(plain, payload)
            for process in all { try require(try process.inbox.items.next("a large event").payload == payload, "another payload came") }
        },
        BusCase(description: "Health says whether events flow") { store in
            let bus = try store.bus()
            try require(bus.health == .idle, "a bus that was not started is \(bus.health)")
            let process = try Process(store, templates: ["orders"])
            _ = try process.publish(plain, "1")
            try require(process.bus.health == .running, "a bus that took an event is \(process.bus.health)")
            bus.stop()
        },
    ]

    // MARK: Buses that processes share

    private static let acrossProcesses = [
        BusCase(description: "Events of many publishers come in one order to all processes") { store in
            let all = try processes(store)
            let answers = Expected<Result<Cursor, PublishError>>()
            let each = 500
            for number in 0..<each {
                for (position, process) in all.enumerated() {
                    process.bus.publish(try process.event(plain, "[\(position),\(number)]")) { answers.put($0) }
                }
            }
            let cursors = try answers.next(each * all.count, "answers").map { try $0.get().sequence }
            try require(Set(cursors).count == cursors.count, "two events have one cursor")
            let first = try all[0].inbox.items.next(cursors.count, "events")
            try require(first.map(\.cursor.sequence) == cursors.sorted(), "cursors do not grow")
            for process in all.dropFirst() {
                try require(try process.inbox.items.next(cursors.count, "events") == first, "two processes got different orders")
            }
        },
        BusCase(description: "Who has no room gets nothing more of the topic until there is some, and loses nothing; others go on") { store in
            let full = try Process(store, templates: ["orders"], capacity: 2)
            let other = try Process(store, templates: ["orders"])
            let count = 20
            for number in 0..<count { _ = try other.publish(plain, "\(number)") }
            try require(try other.inbox.items.next(count, "events").map(\.payload) == (0..<count).map { "\($0)" }, "the other process waits")
            var got = try full.inbox.items.next(2, "events")
            for _ in 2..<count {
                try require(full.inbox.items.count == 0, "an event came without room")
                full.inbox.makeRoom()
                got.append(try full.inbox.items.next("an event that waited"))
            }
            try require(got.map(\.payload) == (0..<count).map { "\($0)" }, "came \(got.map(\.payload))")
        },
        BusCase(description: "A notice reaches the other processes") { store in
            let all = try processes(store)
            // Who has got an event listens.
            _ = try all[0].publish(plain, "1")
            for process in all { _ = try process.inbox.items.next("an event") }
            let notice = Array(#"{"revoke":{"user":"ä"}}"#.utf8)
            all[0].bus.broadcast(notice)
            for process in all.dropFirst() { try require(try process.inbox.notices.next("notices") == notice, "another notice came") }
        },
        BusCase(description: "Who only publishes is given nothing, and the others get what it publishes") { store in
            let silent = try Process(store, templates: ["orders"], listens: false)
            let other = try Process(store, templates: ["orders"])
            let count = 100
            for number in 0..<count { _ = try silent.publish(plain, "\(number)") }
            _ = try silent.complete(plain)
            try require(silent.bus.health == .running, "a bus that took events is \(silent.bus.health)")
            let got = try other.inbox.items.next(count + 1, "events").map(\.payload)
            try require(got == (0..<count).map { "\($0)" } + [nil], "came \(got)")
            try require(silent.inbox.items.count == 0, "the publisher was given events")
        },
        BusCase(description: "A process gets nothing of templates that its schema does not have, and is not held up by them") { store in
            let narrow = try Process(store, templates: ["orders"])
            let wide = try Process(store, templates: ["orders", rooms])
            for number in 0..<100 { _ = try wide.publish(room("\(number)"), "1") }
            _ = try wide.publish(plain, "2")
            try require(try narrow.inbox.items.next("an event").payload == "2", "an event of another template came")
            _ = try wide.inbox.items.next(101, "events")
        },
    ]

    // MARK: Buses with a history

    private static let history = [
        BusCase(description: "The history of a topic after a cursor comes in pages, in order, without other topics") { store in
            let process = try Process(store, templates: ["orders", rooms])
            let (mine, other) = (room("mine"), room("other"))
            var cursors: [Cursor] = []
            for number in 0..<25 {
                cursors.append(try process.publish(mine, "\(number)"))
                _ = try process.publish(other, "0")
            }
            cursors.append(try process.complete(mine))
            var (after, read, isComplete) = (cursors[4], [String?](), false)
            while !isComplete {
                let page = try process.history(mine, after: after, limit: 4).get()
                try require(page.entries.count <= 4, "a page has \(page.entries.count) entries of 4")
                for (entry, cursor) in page.entries {
                    try require(cursor == cursors[5 + read.count], "another cursor than the publisher was told")
                    switch entry {
                    case .event(let payload, _): read.append(String(decoding: payload, as: UTF8.self))
                    case .completed: read.append(nil)
                    }
                }
                (after, isComplete) = (page.end, page.isComplete)
            }
            try require(read == (5..<25).map { "\($0)" } + [nil], "the history is \(read)")
            let rest = try process.history(mine, after: cursors[25], limit: 4).get()
            try require(rest.entries.isEmpty && rest.isComplete, "there is something after the last")
        },
        BusCase(description: "What has come to a process is in its history already") { store in
            let all = try connected(store)
            var last = try all[0].publish(plain, "0")
            for process in all { _ = try process.inbox.items.next("an event") }
            for number in 1...30 {
                all[0].bus.publish(try all[0].event(plain, "\(number)")) { _ in }
                var came = last
                for process in all {
                    came = try process.inbox.items.next("an event").cursor
                    let page = try process.history(plain, after: last, limit: 4).get()
                    try require(page.entries.first?.cursor == came, "the event \(number) came, and the history has \(page.entries.map(\.cursor))")
                }
                last = came
            }
        },
        BusCase(description: "Pages that are read while others publish lack nothing and repeat nothing") { store in
            let all = try connected(store)
            let (reader, writer) = (all[0], all[all.count - 1])
            let answers = Expected<Result<Cursor, PublishError>>()
            let count = 200
            var (after, read, published, isLast) = (try writer.publish(plain, "0"), [String](), 0, false)
            while true {
                for _ in 0..<min(7, count - published) {
                    published += 1
                    writer.bus.publish(try writer.event(plain, "\(published)")) { answers.put($0) }
                }
                if published == count, !isLast {
                    _ = try answers.next(count, "answers")
                    isLast = true
                }
                let page = try reader.history(plain, after: after, limit: 5).get()
                for case (.event(let payload, _), _) in page.entries { read.append(String(decoding: payload, as: UTF8.self)) }
                after = page.end
                if isLast, page.isComplete { break }
            }
            try require(read == (1...count).map { "\($0)" }, "the history is \(read)")
        },
        BusCase(description: "A cursor of another epoch, or of a place that is still to come, is too old, never a place in this history") { store in
            let process = try Process(store, templates: ["orders"])
            let cursor = try process.publish(plain, "1")
            let foreign = Cursor(epoch: cursor.epoch &+ 1, partition: cursor.partition, sequence: cursor.sequence)
            let future = Cursor(epoch: cursor.epoch, partition: cursor.partition, sequence: cursor.sequence &+ 1 << 40)
            for wrong in [foreign, future] {
                guard case .failure(.tooOld) = try process.history(plain, after: wrong, limit: 4) else {
                    throw BusFailure("\(wrong) was taken, and \(cursor) is the last")
                }
            }
        },
    ]
}
