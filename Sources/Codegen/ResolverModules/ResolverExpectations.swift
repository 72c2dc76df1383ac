import GraphQLSchema
import SDLParser

/// What a package expects of the developer's modules.
public struct ResolverExpectations: Sendable {
    private let package: PythonPackage
    private let contracts: [ResolverContract]

    init(_ package: PythonPackage) {
        self.package = package
        contracts = package.resolverContracts
    }

    /// Where a module that was edited, at `path` in the package, does not fit; nothing for one that answers no field. `packageName` is
    /// what the package is imported as, `types` the text of its types.py.
    public func diagnose(_ path: String, as source: Source, packageName: String, types: String?) -> [Diagnostic] {
        guard let contract = contracts.first(where: { $0.path == path }) else { return [] }
        let module = ResolverModule(source.bytes)
        func diagnostics(_ known: Set<String>) -> [Diagnostic] {
            ResolverDiagnosis(module, of: contract, in: package, known: known, as: source, packageName: packageName).diagnostics
        }
        let found = diagnostics(package.classes)
        // types.py has more than classes of the schema, such as `ID`. It is large, so it is read only where that may matter.
        guard found.contains(where: { $0.code == ResolverDiagnosis.unknownType }), let types else { return found }
        return diagnostics(package.classes.union(ResolverModule(Array(types.utf8)).names))
    }

    /// The functions that a module defines beside its resolver and for which `contracts`, the text of a contracts.py, has no contract.
    public func functions(of path: String, _ bytes: [UInt8], withoutContractIn contracts: [UInt8]) -> [String] {
        guard let contract = self.contracts.first(where: { $0.path == path }) else { return [] }
        let lines = contracts.split(separator: UInt8(ascii: "\n"))
        let own = lines.drop { !$0.starts(with: "class \(contract.className)(".utf8) }.dropFirst().prefix { !$0.starts(with: "class ".utf8) }
        return contract.held(ResolverModule(bytes)).map(\.name).filter { name in
            !own.contains { $0.starts(with: "    def \(name)(".utf8) }
        }
    }
}
