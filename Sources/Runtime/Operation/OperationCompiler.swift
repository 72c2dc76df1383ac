import GraphQLSchema
import SDLParser

/// Parses, validates, coerces and plans the operations of clients. Safe to use from any thread.
public final class OperationCompiler: Sendable {
    private let schema: Schema
    private let table: DispatchTable
    private let limits: OperationLimits

    public init(schema: Schema, table: DispatchTable, limits: OperationLimits = OperationLimits()) {
        self.schema = schema
        self.table = table
        self.limits = limits
    }

    /// Compiles one operation of a document. `variables` is a JSON object, null or absent.
    public func compile(query: String, operationName: String?, variables: JSONValue?) throws(GraphQLErrors) -> CompiledOperation {
        throw GraphQLErrors(GraphQLError("Operations are not supported yet."))
    }
}
