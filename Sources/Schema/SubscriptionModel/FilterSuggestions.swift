/// What the author of an argument that selects nothing may have meant.
struct FilterSuggestions {
    let schema: Schema
    let payload: TypeReference

    /// The paths in the payload that a filter of the argument could use and whose names are near to its own, the best first.
    /// At most two fields deep: `roomId`, `room.id`.
    func paths(for argument: InputValueDefinition) -> [String] {
        var found: [(path: String, rank: Int)] = []
        for field in schema[payload.named].fields {
            add([field.name], near: [field.name], argument, &found)
            guard schema[field.type.named].isComposite else { continue }
            for inner in schema[field.type.named].fields {
                // `room` may mean `room.id`, `roomId` may, and `slug` may mean `channel.slug`.
                let joined = field.name + inner.name
                add([field.name, inner.name], near: inner.name == "id" ? [field.name, joined] : [inner.name, joined], argument, &found)
            }
        }
        return found.sorted { ($0.rank, $0.path.utf8.count, $0.path) < ($1.rank, $1.path.utf8.count, $1.path) }.map(\.path)
    }

    private func add(_ names: [String], near: [String], _ argument: InputValueDefinition, _ found: inout [(path: String, rank: Int)]) {
        guard let best = near.compactMap({ DidYouMean.distance(argument.name, $0) }).min(),
            case .success(let path) = PayloadPath.find(names, in: payload, schema), FilterComparison(schema: schema).takes(argument.type, path)
        else { return }
        found.append((names.joined(separator: "."), best * 2 + names.count))
    }
}
