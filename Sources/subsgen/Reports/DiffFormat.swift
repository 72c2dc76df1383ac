import ArgumentParser
import GraphQLSchema

/// In which words `subsgen diff` reports.
enum DiffFormat: String, ExpressibleByArgument, CaseIterable {
    /// For people.
    case text
    /// For programs: an array of `{type, criticality, description, internal, resolvers}` (docs/reference/cli.md).
    case json

    /// A change and the resolver files that it touches.
    struct Entry {
        let change: SchemaChange
        let resolvers: [String]
    }

    /// The report of changes in the order given. Where nobody asked for resolvers, none are named.
    func report(_ entries: [Entry], namesResolvers: Bool) -> String {
        switch self {
        case .text: Self.text(entries)
        case .json: Self.json(entries, namesResolvers)
        }
    }

    private static func text(_ entries: [Entry]) -> String {
        if entries.isEmpty { return "No changes.\n" }
        var text = ""
        var counts: [String] = []
        for criticality in SchemaChange.Criticality.allCases {
            let found = entries.filter { $0.change.criticality == criticality }
            if found.isEmpty { continue }
            counts.append("\(found.count) \(criticality.rawValue)")
            text += "\(criticality.rawValue):\n"
            for entry in found {
                let note = entry.change.isInternal ? " (@internal)" : ""
                text += "  \(entry.change.kind.rawValue): \(entry.change.description)\(note)\n"
                for path in entry.resolvers { text += "    touches \(path)\n" }
            }
            text += "\n"
        }
        return text + counts.joined(separator: ", ") + (entries.count == 1 ? " change.\n" : " changes.\n")
    }

    private static func json(_ entries: [Entry], _ namesResolvers: Bool) -> String {
        JSONText.array(
            entries.map { entry in
                .object(
                    [
                        ("type", .string(entry.change.kind.rawValue)),
                        ("criticality", .string(entry.change.criticality.rawValue)),
                        ("description", .string(entry.change.description)), ("internal", .boolean(entry.change.isInternal)),
                    ] + (namesResolvers ? [("resolvers", .array(entry.resolvers.map { .string($0) }))] : []))
            }
        ).text
    }
}
