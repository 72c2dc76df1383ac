import SubsgenRuntime
import SubsgenServer

/// What `Server` of the Python package asks of a server.
struct ServerOptions: Sendable {
    var configuration = ServerConfiguration()
    /// Whether Python says who clients are.
    var authenticates = false
    /// The origins of pages that may connect; nil where those may that are from the host that they connect to.
    var origins: [String]?
    /// The fields of whose subscriptions Python hears.
    var hookedFields: Set<String> = []

    /// Reads the JSON object that the package writes.
    init(json: [UInt8]) throws(PythonError) {
        // Python answers requests, and bounds what it reads of each by itself.
        configuration.answersRequests = false
        configuration.limits.bodyBytes = Int.max
        let object: JSONValue
        do {
            object = try JSONDocument.parse(json).root
        } catch {
            throw .value("the options are not valid JSON: \(error)")
        }
        for option in object.members { try set(option.key, option.value) }
    }

    private mutating func set(_ name: String, _ value: JSONValue) throws(PythonError) {
        switch name {
        case "host": configuration.host = try Self.read(name, value.string)
        case "path": configuration.path = try Self.read(name, value.string)
        case "port": configuration.port = try Self.read(name, value.integer)
        case "socket": configuration.socket = CInt(clamping: try Self.read(name, value.integer))
        case "tls":
            configuration.tls = ServerTLS(
                certificateFile: try Self.read(name, value["certificate"]?.string), keyFile: try Self.read(name, value["key"]?.string))
        case "unixSocket": configuration.unixSocket = try Self.read(name, value.string)
        case "proxyProtocol": configuration.proxyProtocol = try Self.read(name, value.boolean)
        case "trustedProxies":
            do throws(ServerError) {
                configuration.trustedProxies = try TrustedProxies(value.elements.compactMap(\.string))
            } catch {
                throw .value(error.description)
            }
        case "backlog": configuration.backlog = try Self.read(name, value.integer)
        case "threads": configuration.eventLoops = try Self.read(name, value.integer)
        case "reusesPort": configuration.reusesPort = try Self.read(name, value.boolean)
        case "servesExplorer": configuration.servesExplorer = try Self.read(name, value.boolean)
        case "legacyGraphQLWS": configuration.legacyGraphQLWS = try Self.read(name, value.boolean)
        case "healthPath": configuration.healthPath = value.string
        case "readyPath": configuration.readyPath = value.string
        case "metricsPath": configuration.metricsPath = value.string
        case "connectionInitTimeout": configuration.connectionInitTimeout = try Self.read(name, value.double)
        case "pingInterval": configuration.pingInterval = try Self.read(name, value.double)
        case "pongTimeout": configuration.pongTimeout = try Self.read(name, value.double)
        case "decisionTimeout": configuration.limits.decisionTimeout = try Self.read(name, value.double)
        case "isTurnedByHand": configuration.isTurnedByHand = try Self.read(name, value.boolean)
        case "authenticates": authenticates = try Self.read(name, value.boolean)
        case "origins": origins = value.elements.compactMap(\.string)
        case "hookedFields": hookedFields = Set(value.elements.compactMap(\.string))
        default: throw .value("there is no option \"\(name)\"")
        }
    }

    private static func read<Value>(_ name: String, _ value: Value?) throws(PythonError) -> Value {
        guard let value else { throw .value("the option \"\(name)\" is of another type") }
        return value
    }
}
