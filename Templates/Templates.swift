/// The text of the templates, embedded in the command: a file of this folder each, listed in Package.swift and here.
public enum EmbeddedTemplates {
    /// By name: the file's name without `.mustache`.
    public static var all: [String: String] {
        [
            "py_contracts": text(PackageResources.py_contracts_mustache),
            "py_field_resolver": text(PackageResources.py_field_resolver_mustache),
            "py_field_resolvers_init": text(PackageResources.py_field_resolvers_init_mustache),
            "py_init": text(PackageResources.py_init_mustache),
            "py_registry": text(PackageResources.py_registry_mustache),
            "py_resolver": text(PackageResources.py_resolver_mustache),
            "py_resolvers_init": text(PackageResources.py_resolvers_init_mustache),
            "py_topics": text(PackageResources.py_topics_mustache),
            "py_types": text(PackageResources.py_types_mustache),
            "swift_abstract": text(PackageResources.swift_abstract_mustache),
            "swift_enum": text(PackageResources.swift_enum_mustache),
            "swift_extension": text(PackageResources.swift_extension_mustache),
            "swift_extension_resolvers": text(PackageResources.swift_extension_resolvers_mustache),
            "swift_one_of": text(PackageResources.swift_one_of_mustache),
            "swift_package": text(PackageResources.swift_package_mustache),
            "swift_payloads": text(PackageResources.swift_payloads_mustache),
            "swift_resolvers": text(PackageResources.swift_resolvers_mustache),
            "swift_scalar": text(PackageResources.swift_scalar_mustache),
            "swift_schema": text(PackageResources.swift_schema_mustache),
            "swift_struct": text(PackageResources.swift_struct_mustache),
            "swift_table": text(PackageResources.swift_table_mustache),
            "swift_topics": text(PackageResources.swift_topics_mustache),
        ]
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
