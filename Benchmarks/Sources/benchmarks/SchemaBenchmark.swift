import GraphQLSchema
import SDLParser

/// Reading schemas: bytes to a syntax tree, and on to a checked schema.
enum SchemaBenchmark {
    static func run(_ path: String) {
        let source = Source(name: path, bytes: contents(of: path))
        let parsed = Parser.parse(source)
        let parse = Measurement.of { _ = Parser.parse(source) }
        let build = Measurement.of { _ = SchemaBuilder.build([parsed.tree]) }
        let megabytes = Double(source.bytes.count) / 1e6
        let rate = megabytes / (parse.fastest / 1e9)
        print(
            """
            \(path): \(fixed(megabytes, 2)) MB
              parse               \(fixed(rate, 0)) MB/s (median \(fixed(megabytes / (parse.median / 1e9), 0))), \(fixed(parse.fastest / 1e6, 2)) ms, \(parse.allocations) allocations
              build and validate  \(fixed(build.fastest / 1e6, 2)) ms (median \(fixed(build.median / 1e6, 2))), \(build.allocations) allocations
              in all              \(fixed((parse.fastest + build.fastest) / 1e6, 2)) ms
            """)
    }

    /// The fastest times as a JSON object, in milliseconds.
    static func times(_ path: String) -> String {
        let source = Source(name: path, bytes: contents(of: path))
        let parse = Measurement.of { _ = Parser.parse(source) }
        let load = Measurement.of { _ = SchemaBuilder.build([Parser.parse(source).tree]) }
        return "{\"parse\":\(parse.fastest / 1e6),\"load\":\(load.fastest / 1e6)}"
    }

    static func parseOnce(_ path: String) -> Int {
        Parser.parse(Source(name: path, bytes: contents(of: path))).diagnostics.count
    }

    static func loadOnce(_ path: String) -> Int {
        SchemaBuilder.build([Parser.parse(Source(name: path, bytes: contents(of: path))).tree]).diagnostics.count
    }
}
