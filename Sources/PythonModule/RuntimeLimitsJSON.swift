import SubsgenRuntime

extension RuntimeLimits {
    /// Reads what `RuntimeOptions.native()` of the Python package writes.
    init(options: [UInt8]) throws(PythonError) {
        self.init()
        let object: JSONValue
        do {
            object = try JSONDocument.parse(options).root
        } catch {
            throw .value("the options are not valid JSON: \(error)")
        }
        guard object.kind == .object else { throw .value("the options are a JSON object") }
        for option in object.members {
            if try set(option.key, option.value) { continue }
            guard let number = option.value.integer, number > 0 else {
                throw .value("the option \"\(option.key)\" is a whole number greater than zero")
            }
            switch option.key {
            case "messagesPerSubscription": outbox.subscriptionMessages = number
            case "bytesPerConnection": outbox.connectionBytes = number
            case "resolverQueue": resolverQueue = number
            case "workers": workers = number
            case "eventsPerWorkerQueue": eventsPerWorkerQueue = number
            case "bytesPerWorkerQueue": bytesPerWorkerQueue = number
            case "subscriptionsPerConnection": subscriptionsPerConnection = number
            case "subscriptionsPerUser": subscriptionsPerUser = number
            case "clientMessagesPerSecond": clientMessagesPerSecond = number
            case "clientMessageBurst": clientMessageBurst = number
            case "eventBytes": eventBytes = number
            case "executions": executions = number
            case "resolversInFlight": resolversInFlight = number
            case "documentBytes": operation.bytes = number
            case "documentTokens": operation.tokens = number
            case "operationDepth": operation.depth = number
            case "operationFields": operation.fields = number
            case "operationAliases": operation.aliases = number
            case "operationCost": operation.cost = number
            case "executionRootFields": operation.rootFields = number
            case "responseBytes": operation.responseBytes = number
            case "operationCacheBytes": operation.cachedBytes = number
            case "manualClock": manualClock = ManualClock(nanoseconds: Int64(number))
            default: throw .value("there is no option \"\(option.key)\"")
            }
        }
    }

    /// Sets an option that is no number. False where there is none of the name.
    private mutating func set(_ option: String, _ value: JSONValue) throws(PythonError) -> Bool {
        switch option {
        case "introspection":
            guard let access = value.string.flatMap(IntrospectionAccess.init(rawValue:)) else {
                throw .value("the option \"\(option)\" is one of \(IntrospectionAccess.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))")
            }
            operation.introspection = access
        case "rejectUnauthorized":
            guard let flag = value.boolean else { throw .value("the option \"\(option)\" is true or false") }
            operation.rejectsUnauthorized = flag
        case "persistedOperations":
            do throws(PersistedOperationsError) {
                persistedOperations = try PersistedOperations(documents: value["documents"], isLocked: value["only"]?.boolean == true)
            } catch {
                throw .value(error.description)
            }
        case "publishesOnly":
            guard let flag = value.boolean else { throw .value("the option \"\(option)\" is true or false") }
            role = flag ? .publishing : .serving
        // The bus's own.
        case "history": break
        case "singleTenant":
            guard let tenant = value.string, !tenant.isEmpty else { throw .value("the option \"\(option)\" is a string that is not empty") }
            operation.singleTenant = tenant
        default: return false
        }
        return true
    }
}

extension MemoryBus {
    /// The memory bus that the same options ask for: one that keeps a history, where they have one.
    static func make(options: [UInt8], _ clock: ManualClock?) throws(PythonError) -> MemoryBus {
        guard let history = (try? JSONDocument.parse(options))?.root["history"] else { return MemoryBus() }
        guard let events = history["events"]?.integer, let bytes = history["bytes"]?.integer, let seconds = history["seconds"]?.integer, events > 0,
            bytes > 0, seconds > 0
        else { throw .value("the option \"history\" has \"events\", \"bytes\" and \"seconds\", whole numbers greater than zero") }
        return MemoryBus(keepingEvents: events, bytes: bytes, seconds: seconds, clock: clock)
    }
}
