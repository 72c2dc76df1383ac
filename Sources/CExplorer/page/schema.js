/** What introspection tells of a schema. */

const REFERENCE = "kind name ofType { ".repeat(8) + "kind name" + " }".repeat(8);
const INPUT = `name description type { ${REFERENCE} } defaultValue isDeprecated deprecationReason`;

/** Asks for everything that the page shows. */
export const INTROSPECTION = `query Schema {
  __schema {
    description
    queryType { name } mutationType { name } subscriptionType { name }
    types {
      kind name description specifiedByURL isOneOf
      fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ${INPUT} } type { ${REFERENCE} } isDeprecated deprecationReason }
      inputFields(includeDeprecated: true) { ${INPUT} }
      interfaces { kind name }
      enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
      possibleTypes { kind name }
    }
    directives { name description locations args(includeDeprecated: true) { ${INPUT} } }
  }
}`;

const TYPENAME = {
  name: "__typename", description: "The name of the object's type.", args: [],
  type: { kind: "NON_NULL", ofType: { kind: "SCALAR", name: "String" } },
};

export class Schema {
  #types = new Map();
  #roots;

  /** @param {{__schema: object}} data the `data` of a response to `INTROSPECTION` */
  constructor({ __schema: schema }) {
    for (const type of schema.types) this.#types.set(type.name, type);
    this.directives = schema.directives;
    this.#roots = {
      subscription: schema.subscriptionType?.name, query: schema.queryType?.name, mutation: schema.mutationType?.name,
    };
  }

  /** Types in the order of their names, those of introspection last. */
  get types() {
    const last = (type) => Number(type.name.startsWith("__"));
    return [...this.#types.values()].sort((one, other) => last(one) - last(other) || one.name.localeCompare(other.name));
  }

  type(name) {
    return this.#types.get(name);
  }

  /** The type that operations of a kind (`query`, `mutation`, `subscription`) start at, if there is one. */
  root(operation) {
    return this.type(this.#roots[operation]);
  }

  /** Of which kind the operations are that start at a type, if any. */
  operationOf(type) {
    return Object.keys(this.#roots).find((operation) => this.#roots[operation] === type?.name);
  }

  /** The type that is meant by a reference, without lists and non-nulls. */
  named(reference) {
    while (reference?.ofType) reference = reference.ofType;
    return this.type(reference?.name);
  }

  /** What may be selected of a type. */
  selectable(type) {
    if (!isComposite(type)) return [];
    // A subscription may not select it of its root.
    return [...(type.fields ?? []), ...(this.operationOf(type) === "subscription" ? [] : [TYPENAME])];
  }

  field(type, name) {
    return this.selectable(type).find((field) => field.name === name) ?? this.#introspective(type, name);
  }

  #introspective(type, name) {
    if (this.operationOf(type) !== "query") return undefined;
    const reference = (kind, of) => ({ kind, name: of });
    if (name === "__schema") return { name, args: [], type: reference("OBJECT", "__Schema") };
    if (name === "__type") return { name, args: [{ name: "name", type: reference("SCALAR", "String") }], type: reference("OBJECT", "__Type") };
    return undefined;
  }

  /** The types that a value of one can have, as a fragment's condition has them. */
  conditions(type) {
    if (!isComposite(type)) return this.types.filter(isComposite);
    const possible = (of) => (of.kind === "OBJECT" ? [of.name] : (of.possibleTypes ?? []).map(({ name }) => name));
    const here = new Set(possible(type));
    return this.types.filter((other) => isComposite(other) && possible(other).some((name) => here.has(name)));
  }
}

export function isComposite(type) {
  return ["OBJECT", "INTERFACE", "UNION"].includes(type?.kind);
}

export function isInput(type) {
  return ["SCALAR", "ENUM", "INPUT_OBJECT"].includes(type?.kind);
}

/** Whether an argument must be given. */
export function isRequired(argument) {
  return argument.type.kind === "NON_NULL" && argument.defaultValue == null;
}

/** A reference to a type as the schema language writes it: `[Message!]`. */
export function written(reference) {
  if (reference.kind === "NON_NULL") return `${written(reference.ofType)}!`;
  if (reference.kind === "LIST") return `[${written(reference.ofType)}]`;
  return reference.name;
}
