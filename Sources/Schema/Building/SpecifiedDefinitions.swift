import SDLParser

/// What every schema holds without saying so (spec sections 3.5, 3.13 and 4.2).
enum SpecifiedDefinitions {
    static let tree = Parser.parse(Source(name: "GraphQL specification", text: sdl)).tree

    static let scalarNames: Set<String> = ["String", "Int", "Float", "Boolean", "ID"]
    /// In the order in which introspection lists them.
    static let directiveNames = ["skip", "include", "deprecated", "specifiedBy", "oneOf"]

    private static let sdl = #"""
        "Text, as a sequence of Unicode characters."
        scalar String
        "A signed 32-bit integer."
        scalar Int
        "A signed double-precision fraction (IEEE 754)."
        scalar Float
        "`true` or `false`."
        scalar Boolean
        "A unique identifier; it serializes as a string and accepts strings and integers."
        scalar ID

        "What a service can do: its types, root operations and directives."
        type __Schema {
          description: String
          "Every type of the service."
          types: [__Type!]!
          "The type at which queries start."
          queryType: __Type!
          "The type at which mutations start, if the service has any."
          mutationType: __Type
          "The type at which subscriptions start, if the service has any."
          subscriptionType: __Type
          "Every directive of the service."
          directives: [__Directive!]!
        }

        "A type of the service. Which fields are set depends on its kind."
        type __Type {
          kind: __TypeKind!
          name: String
          description: String
          specifiedByURL: String
          fields(includeDeprecated: Boolean! = false): [__Field!]
          interfaces: [__Type!]
          possibleTypes: [__Type!]
          enumValues(includeDeprecated: Boolean! = false): [__EnumValue!]
          inputFields(includeDeprecated: Boolean! = false): [__InputValue!]
          ofType: __Type
          isOneOf: Boolean
        }

        "What kind of type a `__Type` is."
        enum __TypeKind {
          SCALAR
          OBJECT
          INTERFACE
          UNION
          ENUM
          INPUT_OBJECT
          LIST
          NON_NULL
        }

        "A field of an object or interface type."
        type __Field {
          name: String!
          description: String
          args(includeDeprecated: Boolean! = false): [__InputValue!]!
          type: __Type!
          isDeprecated: Boolean!
          deprecationReason: String
        }

        "An argument of a field or directive, or a field of an input object."
        type __InputValue {
          name: String!
          description: String
          type: __Type!
          "The default value as a GraphQL literal."
          defaultValue: String
          isDeprecated: Boolean!
          deprecationReason: String
        }

        "A value of an enum type."
        type __EnumValue {
          name: String!
          description: String
          isDeprecated: Boolean!
          deprecationReason: String
        }

        "A directive that documents may apply."
        type __Directive {
          name: String!
          description: String
          isRepeatable: Boolean!
          locations: [__DirectiveLocation!]!
          args(includeDeprecated: Boolean! = false): [__InputValue!]!
        }

        "A place where a directive may stand."
        enum __DirectiveLocation {
          QUERY
          MUTATION
          SUBSCRIPTION
          FIELD
          FRAGMENT_DEFINITION
          FRAGMENT_SPREAD
          INLINE_FRAGMENT
          VARIABLE_DEFINITION
          SCHEMA
          SCALAR
          OBJECT
          FIELD_DEFINITION
          ARGUMENT_DEFINITION
          INTERFACE
          UNION
          ENUM
          ENUM_VALUE
          INPUT_OBJECT
          INPUT_FIELD_DEFINITION
        }

        "Leaves the selection out when the argument is true."
        directive @skip(if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
        "Takes the selection in only when the argument is true."
        directive @include(if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
        "Marks what should no longer be used, and says why."
        directive @deprecated(reason: String! = "No longer supported") on FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE
        "Says where the behaviour of a custom scalar is specified."
        directive @specifiedBy(url: String!) on SCALAR
        "Exactly one field of the input object must be given."
        directive @oneOf on INPUT_OBJECT
        """#
}
