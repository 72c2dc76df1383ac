import CPython
import SubsgenPostgres
import SubsgenRedis
import SubsgenRuntime

/// The runtime of a schema, as Python sees it.
final class ExecutorObject: Held {
    let runtime: SubscriptionExecutor
    /// The fields that resolvers in Swift answer.
    private let fieldsInSwift: Set<String>
    let log = LogRing()
    let traces = TraceRing()

    private init(_ runtime: SubscriptionExecutor, fieldsInSwift: Set<String>) {
        self.runtime = runtime
        self.fieldsInSwift = fieldsInSwift
        runtime.setLog(log)
    }

    static let type: HeapType = HeapType(
        "Executor", qualifiedName: "subsgen._native.Executor",
        documentation: """
            Executor(sdl, options, bus=None, /)
            --

            A schema with its bus, subscriptions and connections. Every method may be called from any thread.
            """,
        new: { _, values, named in
            new(values, named, "Executor", takes: 2...3) { arguments throws(PythonError) in
                let url = arguments.values.count > 2 ? try arguments.optionalString(2) : nil
                return try type.instance(holding: try make(sdl: try arguments.string(0), options: try arguments.bytes(1), busURL: url))
            }
        },
        methods: tracingMethods + [
            HeapType.Method(
                name: "publish",
                documentation: """
                    publish($self, topic, payload, attributes=None, /)
                    --

                    Publishes and dispatches with the interpreter unlocked.
                    """
            ) { this, values, count in
                method(this, values, count, "publish", takes: 2...3) { (executor: ExecutorObject, arguments) throws(PythonError) in
                    try executor.publish(arguments)
                }
            },
            HeapType.Method(
                name: "await_room",
                documentation: """
                    await_room($self, topic, payload, attributes, port, /)
                    --

                    An event that is published when there is room for it; its port tells when to try.
                    """
            ) { this, values, count in
                method(this, values, count, "await_room", takes: 4...4) { (executor: ExecutorObject, arguments) throws(PythonError) in
                    try executor.awaitRoom(arguments)
                }
            },
            HeapType.Method(
                name: "await_completion",
                documentation: """
                    await_completion($self, topic, port, /)
                    --

                    The end of a topic, which is published as an event is.
                    """
            ) { this, values, count in
                method(this, values, count, "await_completion", takes: 2...2) { (executor: ExecutorObject, arguments) throws(PythonError) in
                    try executor.awaitCompletion(arguments)
                }
            },
            HeapType.Method(
                name: "flush",
                documentation: """
                    flush($self, /)
                    --

                    Returns when what was published before has been dispatched.
                    """
            ) { this, values, count in
                method(this, values, count, "flush") { (executor: ExecutorObject) in
                    unlocked { executor.runtime.flush() }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "turn_clock",
                documentation: """
                    turn_clock($self, nanoseconds, /)
                    --

                    Turns a clock that stands still otherwise.
                    """
            ) { this, values, count in
                method(this, values, count, "turn_clock", takes: 1...1) { (executor: ExecutorObject, arguments) throws(PythonError) in
                    let nanoseconds = UInt64(try arguments.integer(0, in: 0...Int.max))
                    unlocked { executor.runtime.turnClock(byNanoseconds: nanoseconds) }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "complete_topic",
                documentation: """
                    complete_topic($self, topic, /)
                    --

                    Ends a topic and its subscriptions.
                    """
            ) { this, values, count in
                method(this, values, count, "complete_topic", takes: 1...1) { (executor: ExecutorObject, arguments) throws(PythonError) in
                    try executor.completeTopic(arguments)
                }
            },
            HeapType.Method(
                name: "connect",
                documentation: """
                    connect($self, port, protocol="graphql-transport-ws", /)
                    --

                    A new connection, whose port tells when there is something to take from it.
                    """
            ) { this, values, count in
                method(this, values, count, "connect", takes: 1...2) { (executor: ExecutorObject, arguments) throws(PythonError) in
                    try executor.connect(arguments)
                }
            },
            HeapType.Method(
                name: "operation_type",
                documentation: """
                    operation_type($self, body, /)
                    --

                    Which type of operation a request asks for, by its document alone; None where there is no such operation.
                    """
            ) { this, values, count in
                method(this, values, count, "operation_type", takes: 1...1) { (executor: ExecutorObject, arguments) throws(PythonError) in
                    try executor.operationType(of: try arguments.bytes(0))
                }
            },
            HeapType.Method(
                name: "set_resolver",
                documentation: """
                    set_resolver($self, field, functions, port, /)
                    --

                    Lets the calls of a field's functions come out of a port. Without one they fail.
                    """
            ) { this, values, count in
                method(this, values, count, "set_resolver", takes: 3...3) { (executor: ExecutorObject, arguments) throws(PythonError) in
                    try executor.setResolver(arguments)
                }
            },
            HeapType.Method(
                name: "set_supplier",
                documentation: """
                    set_supplier($self, type, field, per_claims, port, in_flight=None, /)
                    --

                    Lets the calls of a payload field's function come out of a port. Without one they fail.
                    """
            ) { this, values, count in
                method(this, values, count, "set_supplier", takes: 4...5) { (executor: ExecutorObject, arguments) throws(PythonError) in
                    try executor.setSupplier(arguments)
                }
            },
            HeapType.Method(
                name: "set_execution",
                documentation: """
                    set_execution($self, port, /)
                    --

                    Lets queries and mutations come out of a port, as calls. Without one they fail.
                    """
            ) { this, values, count in
                method(this, values, count, "set_execution", takes: 1...1) { (executor: ExecutorObject, arguments) throws(PythonError) in
                    let ready = arguments.isNone(0) ? nil : try arguments.object(0, LoopPortObject.type, as: LoopPortObject.self).ready
                    executor.runtime.setExecution(host: ready)
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "set_policies",
                documentation: """
                    set_policies($self, port, /)
                    --

                    Lets the questions which policies are granted come out of a port, as calls. Without one none is.
                    """
            ) { this, values, count in
                method(this, values, count, "set_policies", takes: 1...1) { (executor: ExecutorObject, arguments) throws(PythonError) in
                    let ready = arguments.isNone(0) ? nil : try arguments.object(0, LoopPortObject.type, as: LoopPortObject.self).ready
                    executor.runtime.setPolicies(host: ready)
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "set_handler",
                documentation: """
                    set_handler($self, name, template, group, seconds, attempts, in_flight, port, /)
                    --

                    Lets the events that this process handles for a group come out of a port, as calls. Without one it takes none.
                    """
            ) { this, values, count in
                method(this, values, count, "set_handler", takes: 7...7) { (executor: ExecutorObject, arguments) throws(PythonError) in
                    try executor.setHandler(arguments)
                }
            },
            HeapType.Method(
                name: "subscribe",
                documentation: """
                    subscribe($self, query, operation_name, variables, claims, id, port, extensions, /)
                    --

                    A subscription without a socket, or the JSON list of errors that it is refused with.
                    """
            ) { this, values, count in
                method(this, values, count, "subscribe", takes: 7...7) { (executor: ExecutorObject, arguments) throws(PythonError) in
                    try executor.subscribe(arguments)
                }
            },
        ] + revokingMethods + tellingMethods,
        properties: [
            HeapType.Property(name: "fields", documentation: "The names of the subscription fields.") { this, _ in
                property(this) { (executor: ExecutorObject) throws(PythonError) in
                    let fields = executor.runtime.fields
                    return try Python.tuple(fields.count) { index throws(PythonError) in try Python.string(fields[index]) }
                }
            },
            HeapType.Property(name: "bus_works", documentation: "Whether events flow: whether the bus is connected, where it is elsewhere.") { this, _ in
                property(this) { (executor: ExecutorObject) throws(PythonError) in try Python.boolean(executor.runtime.busHealth == .running) }
            },
            HeapType.Property(
                name: "answers_later", documentation: "Whether publishers wait for a bus that is elsewhere: an event loop calls await_room then."
            ) { this, _ in
                property(this) { (executor: ExecutorObject) throws(PythonError) in try Python.boolean(executor.runtime.answersLater) }
            },
        ])

    private static func make(sdl: String, options: [UInt8], busURL: String?) throws(PythonError) -> ExecutorObject {
        let limits = try RuntimeLimits(options: options)
        let bus = try bus(url: busURL, options, limits.manualClock)
        let runtime: SubscriptionExecutor
        do throws(SchemaErrors) {
            runtime = try unlocked { () throws(SchemaErrors) in try SubscriptionExecutor(sdl: sdl, bus: bus, limits: limits) }
        } catch {
            throw .value(error.description)
        }
        return ExecutorObject(runtime, fieldsInSwift: try answerInSwift(runtime, of: sdl))
    }

    /// The bus of a URL; that of this process without one.
    private static func bus(url: String?, _ options: [UInt8], _ clock: ManualClock?) throws(PythonError) -> any EventBus {
        guard let url else { return try MemoryBus.make(options: options, clock) }
        // Redis's are URLs of three schemes; libpq knows what is its own.
        guard ["redis:", "rediss:", "redis+unix:", "unix:"].contains(where: { url.lowercased().hasPrefix($0) }) else {
            do throws(PostgresError) {
                return PostgresBus(try PostgresConfiguration(url))
            } catch {
                throw .value(error.description)
            }
        }
        do throws(RedisURLError) {
            return RedisBus(try RedisConfiguration(url: url))
        } catch {
            throw .value(error.description)
        }
    }

    private static func answerInSwift(_ runtime: SubscriptionExecutor, of sdl: String) throws(PythonError) -> Set<String> {
        guard let application = ApplicationExtension.current.withLock({ $0 }) else { return [] }
        do throws(ResolverError) {
            return try application.answer(runtime, of: sdl)
        } catch {
            throw .value(error.description)
        }
    }

    private func publish(_ arguments: Arguments) throws(PythonError) -> PythonObject {
        let (topic, payload) = (try arguments.string(0), try arguments.bytes(1))
        let attributes = try arguments.optionalBytes(2)
        let cursor: Cursor
        do throws(PublishError) {
            cursor = try unlocked { () throws(PublishError) in
                try runtime.publish(topic: topic, payload: payload, attributes: attributes)
            }
        } catch {
            throw PythonError(error)
        }
        return try Python.string(cursor.description)
    }

    private func awaitRoom(_ arguments: Arguments) throws(PythonError) -> PythonObject {
        let (topic, payload) = (try arguments.string(0), try arguments.bytes(1))
        let attributes = try arguments.optionalBytes(2)
        return try waitingEvent(try arguments.object(3, LoopPortObject.type, as: LoopPortObject.self).ready) { wake throws(PublishError) in
            try runtime.awaitRoom(topic: topic, payload: payload, attributes: attributes, waker: wake)
        }
    }

    private func awaitCompletion(_ arguments: Arguments) throws(PythonError) -> PythonObject {
        let topic = try arguments.string(0)
        return try waitingEvent(try arguments.object(1, LoopPortObject.type, as: LoopPortObject.self).ready) { wake throws(PublishError) in
            try runtime.awaitCompletion(topic: topic, waker: wake)
        }
    }

    private func waitingEvent(
        _ ready: ReadyList, _ make: (@escaping @Sendable () -> Void) throws(PublishError) -> WaitingEvent
    ) throws(PythonError) -> PythonObject {
        let source = ReadySource()
        let event: WaitingEvent
        do throws(PublishError) {
            event = try unlocked { () throws(PublishError) in try make { ready.add(.source(source)) } }
        } catch {
            throw PythonError(error)
        }
        return try WaitingEventObject.type.instance(holding: WaitingEventObject(event, source), source)
    }

    private func completeTopic(_ arguments: Arguments) throws(PythonError) -> PythonObject {
        let topic = try arguments.string(0)
        do throws(PublishError) {
            try unlocked { () throws(PublishError) in try runtime.complete(topic: topic) }
        } catch {
            throw PythonError(error)
        }
        return Python.none()
    }

    private func connect(_ arguments: Arguments) throws(PythonError) -> PythonObject {
        let ready = try arguments.object(0, LoopPortObject.type, as: LoopPortObject.self).ready
        let name = arguments.isNone(1) ? WireFormat.graphqlTransportWS.rawValue : try arguments.string(1)
        guard let format = WireFormat(rawValue: name) else {
            throw .value("there is no protocol \"\(name)\"; there are \(WireFormat.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let source = ReadySource()
        let session = runtime.connect(as: format) { ready.add(.source(source)) }
        return try ConnectionObject.type.instance(holding: ConnectionObject(session, source), source)
    }

    private func operationType(of body: [UInt8]) throws(PythonError) -> PythonObject {
        let keyword: String?
        do throws(MalformedRequest) {
            keyword = try unlocked { () throws(MalformedRequest) in try runtime.operationType(ofRequest: body)?.keyword }
        } catch {
            throw .value(error.description)
        }
        return try keyword.map { keyword throws(PythonError) in try Python.string(keyword) } ?? Python.none()
    }

    private func setResolver(_ arguments: Arguments) throws(PythonError) -> PythonObject {
        let (field, functions) = (try arguments.string(0), try FieldFunctions(names: try arguments.bytes(1)))
        let ready = arguments.isNone(2) ? nil : try arguments.object(2, LoopPortObject.type, as: LoopPortObject.self).ready
        if fieldsInSwift.contains(field) {
            if functions == FieldFunctions() { return Python.none() }
            throw .value(
                "the field \"\(field)\" has a resolver in Swift, in the extension that subsgen build made, and functions in Python; "
                    + "keep one of the two")
        }
        do throws(ResolverError) {
            try runtime.setResolver(field: field, functions, host: ready)
        } catch {
            throw .value(error.description)
        }
        return Python.none()
    }

    private func setSupplier(_ arguments: Arguments) throws(PythonError) -> PythonObject {
        let (type, field, perClaims) = (try arguments.string(0), try arguments.string(1), try arguments.boolean(2))
        let ready = arguments.isNone(3) ? nil : try arguments.object(3, LoopPortObject.type, as: LoopPortObject.self).ready
        let inFlight = arguments.isNone(4) ? nil : try arguments.integer(4, in: 1...Int.max)
        do throws(ResolverError) {
            try runtime.setSupplier(type: type, field: field, perClaims ? .perClaims : .perArguments, inFlight: inFlight, host: ready)
        } catch {
            throw .value(error.description)
        }
        return Python.none()
    }

    private func setHandler(_ arguments: Arguments) throws(PythonError) -> PythonObject {
        let group = WorkGroup(
            name: try arguments.string(2), template: try arguments.string(1), seconds: try arguments.integer(3, in: 1...Int.max),
            attempts: try arguments.integer(4, in: 1...Int.max), inFlight: try arguments.integer(5, in: 1...Int.max))
        let (name, ready) = (
            try arguments.string(0), arguments.isNone(6) ? nil : try arguments.object(6, LoopPortObject.type, as: LoopPortObject.self).ready
        )
        do throws(PublishError) {
            try unlocked { () throws(PublishError) in try runtime.setHandler(name, of: group, host: ready) }
        } catch {
            throw .value(error.message)
        }
        return Python.none()
    }

    private func subscribe(_ arguments: Arguments) throws(PythonError) -> PythonObject {
        let (query, operationName) = (try arguments.string(0), try arguments.optionalString(1))
        let (variables, claims) = (try arguments.optionalBytes(2), try arguments.optionalBytes(3))
        let (id, extensions) = (try arguments.string(4), try arguments.optionalBytes(6))
        let ready = arguments.isNone(5) ? nil : try arguments.object(5, LoopPortObject.type, as: LoopPortObject.self).ready
        let source = ReadySource()
        let subscription: PulledSubscription
        do throws(GraphQLErrors) {
            subscription = try unlocked { () throws(GraphQLErrors) in
                try runtime.subscribe(query: query, operationName: operationName, variables: variables, claims: claims, id: id, extensions: extensions) {
                    ready?.add(.source(source))
                }
            }
        } catch {
            var writer = JSONWriter()
            error.write(into: &writer)
            return try Python.bytes(writer.bytes)
        }
        return try PulledSubscriptionObject.type.instance(holding: PulledSubscriptionObject(subscription, source), source)
    }
}
