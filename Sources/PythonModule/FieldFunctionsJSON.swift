import SubsgenRuntime

extension FieldFunctions {
    /// Reads what `FieldResolver.native()` of the Python package writes: a JSON object of the functions' names, and whether each reads
    /// claims; those that are called for one subscription always do. Beside them `batches` says whether many events are answered at
    /// once, and `inFlight` how many calls of a function may be under way, by the functions' names.
    init(names json: [UInt8]) throws(PythonError) {
        self.init()
        let object: JSONValue
        do {
            object = try JSONDocument.parse(json).root
        } catch {
            throw .value("the functions are not valid JSON: \(error)")
        }
        guard object.kind == .object else { throw .value("the functions are a JSON object") }
        for function in object.members {
            if function.key == "inFlight" {
                inFlight = try Self.inFlight(function.value)
                continue
            }
            guard let readsClaims = function.value.boolean else {
                throw .value("whether \"\(function.key)\" reads claims is true or false")
            }
            if function.key == "batches" {
                resolvesBatches = readsClaims
                continue
            }
            let sharing = readsClaims ? Sharing.perClaims : .perArguments
            switch ResolverCall.Kind(rawValue: function.key) {
            case .resolve: resolve = sharing
            case .authorize: authorize = true
            case .initial: initial = true
            case .source: source = sharing
            case .field, .execute, .policies, .handle, nil: throw .value("there is no function \"\(function.key)\"")
            }
        }
    }

    private static func inFlight(_ numbers: JSONValue) throws(PythonError) -> [ResolverCall.Kind: Int] {
        guard numbers.kind == .object else { throw .value("how many calls may be in flight is a JSON object") }
        var inFlight: [ResolverCall.Kind: Int] = [:]
        for function in numbers.members {
            guard let kind = ResolverCall.Kind(rawValue: function.key), let number = function.value.integer, number > 0 else {
                throw .value("how many calls of \"\(function.key)\" may be in flight is a whole number greater than zero, of a function")
            }
            inFlight[kind] = number
        }
        return inFlight
    }
}
