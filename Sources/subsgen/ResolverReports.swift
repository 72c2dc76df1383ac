import Codegen
import SDLParser

/// What the command says of modules that the developer edited.
extension Generation {
    /// Why contracts.py is out of date where the schema has not changed: somebody wrote functions that it does not know. Whole lines.
    func uncheckedFunctions(_ package: Package, _ plan: WritePlan) throws -> [String] {
        guard plan.writes.contains(where: { $0.path == "contracts.py" }),
            case .bytes(let contracts) = try onDisk({ () throws(OutputFolder.Problem) in try folder.file("contracts.py") })
        else { return [] }
        return try editedModules(plan).compactMap { path, bytes in
            let names = package.resolvers?.functions(of: path, bytes, withoutContractIn: contracts) ?? []
            return names.isEmpty
                ? nil : "not in \(folder.path("contracts.py")) yet, of \(folder.path(path)): \(names.joined(separator: ", "))\n"
        }
    }

    /// What there is to say of them; and whether it is a misfit, so that the package is no use although it is written.
    func judgeResolvers(of package: Package, _ plan: WritePlan) throws -> (report: String, isMisfit: Bool) {
        let types = package.files.first { $0.path == "types.py" }?.text
        let name = settings.out.split(separator: "/").last.map(String.init) ?? ""
        let diagnostics = try editedModules(plan).flatMap { path, bytes in
            let source = Source(name: folder.path(path), bytes: bytes)
            return package.resolvers?.diagnose(path, as: source, packageName: name, types: types) ?? []
        }
        return (LoadedSchema.report(diagnostics), diagnostics.contains { $0.severity == .error })
    }

    /// Those that stay as they are, with what stands in them. Nobody looks behind links.
    private func editedModules(_ plan: WritePlan) throws -> [(path: String, bytes: [UInt8])] {
        let files = try onDisk { () throws(OutputFolder.Problem) in
            try plan.kept.map { path throws(OutputFolder.Problem) in (path, try folder.file(path)) }
        }
        return files.compactMap { path, file in if case .bytes(let bytes) = file { (path, bytes) } else { nil } }
    }
}
