import GraphQLSchema
import SDLParser
import SubsgenRuntime
import Testing

/// A compiler for a schema that a test means to be sound.
func compiler(_ sdl: String, limits: OperationLimits = OperationLimits(), _ location: Testing.SourceLocation = #_sourceLocation) throws -> OperationCompiler {
    let parsed = Parser.parse(Source(name: "schema", text: sdl))
    #expect(parsed.diagnostics.map(\.message) == [], sourceLocation: location)
    let built = SchemaBuilder.build([parsed.tree])
    let schema = try #require(built.schema, "\(built.diagnostics.map(\.message))", sourceLocation: location)
    let derived = SubscriptionModel.derive(from: schema)
    let table = try #require(derived.table, "\(derived.diagnostics.map(\.message))", sourceLocation: location)
    return OperationCompiler(schema: schema, table: table, limits: limits)
}

func json(_ text: String) throws -> JSONValue { try JSONDocument.parse(Array(text.utf8)).root }

extension OperationCompiler {
    /// Compiles an operation that a test means to be a good subscription.
    func subscription(
        _ query: String, variables: String? = nil, operationName: String? = nil, _ location: Testing.SourceLocation = #_sourceLocation
    ) throws -> SubscriptionRequest {
        let variables = try variables.map(json)
        do throws(GraphQLErrors) {
            guard case .subscription(.allowed(let request)) = try compile(query: query, operationName: operationName, variables: variables) else {
                throw GraphQLErrors(GraphQLError("not a subscription"))
            }
            return request
        } catch {
            Issue.record("\(error.errors.map(\.message))", sourceLocation: location)
            throw error
        }
    }

    /// What a client is told of an operation that is refused: each message, with the places it speaks of.
    func refusal(_ query: String, variables: String? = nil, operationName: String? = nil) throws -> [String] {
        let variables = try variables.map(json)
        do throws(GraphQLErrors) {
            _ = try compile(query: query, operationName: operationName, variables: variables)
            return []
        } catch {
            return error.errors.map { error in
                error.message + error.locations.map { " @\($0.line):\($0.column)" }.joined()
            }
        }
    }

    /// The response of a subscription to an event.
    func response(
        to event: String, _ query: String, variables: String? = nil, _ location: Testing.SourceLocation = #_sourceLocation
    ) throws -> String {
        let request = try subscription(query, variables: variables, location)
        return String(decoding: request.projection.body(of: try json(event)), as: UTF8.self)
    }
}
