import CPython
import SubsgenPostgres

/// The schema of a bus in a PostgreSQL database, as Python sees it.
final class PostgresSchemaObject: Held {
    private let configuration: PostgresConfiguration

    private init(_ configuration: PostgresConfiguration) { self.configuration = configuration }

    static let type: HeapType = HeapType(
        "PostgresSchema", qualifiedName: "subsgen._native.PostgresSchema",
        documentation: """
            PostgresSchema(address, /)
            --

            What the bus has in the database of an address.
            """,
        new: { _, values, named in
            new(values, named, "PostgresSchema", takes: 1...1) { arguments throws(PythonError) in
                let address = try arguments.string(0)
                let configuration: PostgresConfiguration
                do throws(PostgresError) { configuration = try PostgresConfiguration(address) } catch { throw .value(error.description) }
                return try type.instance(holding: PostgresSchemaObject(configuration))
            }
        },
        methods: [
            HeapType.Method(
                name: "install",
                documentation: """
                    install($self, /)
                    --

                    Brings it up to date, with the interpreter unlocked, and gives the versions from which and to which.
                    """
            ) { this, values, count in
                method(this, values, count, "install") { (schema: PostgresSchemaObject) throws(PythonError) in
                    let versions: [Int]
                    do throws(PostgresError) {
                        versions = try unlocked { () throws(PostgresError) in
                            let (from, to) = try PostgresSchema.install(schema.configuration)
                            return [from, to]
                        }
                    } catch {
                        throw .connection(error.description)
                    }
                    return try Python.tuple(versions.count) { index throws(PythonError) in try Python.integer(versions[index]) }
                }
            }
        ])
}
