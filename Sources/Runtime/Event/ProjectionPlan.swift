import GraphQLSchema

/// What a projection does, flat in memory: the selections of one operation for every object type that an event may hold. Operations that
/// differ in literals alone share it.
///
/// Everything refers to everything else by its place in one of the arrays, so that walking it touches no reference count. What is
/// reached on more than one way stands in it once. Nothing changes it after `ProjectionPlanner` has made it.
struct ProjectionPlan: Sendable {
    let schema: Schema
    /// How many bytes a response may have, about; what lists make of a harmless operation is known only when an event comes.
    let maximumSize: Int
    /// The bytes of names, and of what stands before values in the response.
    var text: [UInt8] = []
    var fields: [PlannedField] = []
    /// What errors tell of each of the `fields`.
    var descriptions: [FieldDescription] = []
    var selections: [PlannedSelection] = []
    var types: [PlannedType] = []
    var abstractTypes: [PlannedAbstractType] = []
    var possibleTypes: [PlannedPossibleType] = []
    var enumTypes: [PlannedEnumType] = []
    var enumValues: [NameKey] = []
    /// The fields that functions supply.
    var suppliedFields: [PlannedSuppliedField] = []
    /// What must be met to see all that is selected of an event; each once.
    var requirements: [AccessRequirement] = []
    /// What is not met by those whom the plan is for, and where.
    var masks: [PlannedMask] = []
    /// Rules that objects in events must satisfy, or are null and an error; each list of them once.
    var guards: [[EventRule]] = []
    /// The selection on the root type.
    var root = PlannedSelection(fields: 0..<0)
    /// The subscription field whose events it shapes, a place in `DispatchTable.fields`; nil for introspection.
    var fieldIndex: Int?
    /// The path in the event by whose values `LATEST` tells the field's messages apart; mostly empty.
    var overflowKey: [String] = []
    /// The node of the root field in each text of the operation's shape.
    var rootNode = 0

    init(schema: Schema, maximumSize: Int) {
        self.schema = schema
        self.maximumSize = maximumSize
    }

    /// Puts bytes into the text and says where.
    mutating func add(text bytes: some Collection<UInt8>) -> Range<Int> {
        let start = text.count
        text.append(contentsOf: bytes)
        return start..<text.count
    }

    mutating func add(name: String) -> NameKey {
        NameKey(name.utf8, at: add(text: name.utf8).lowerBound)
    }

    /// About how many bytes it takes in memory, the schema aside.
    var size: Int {
        func memory<Element>(of array: [Element]) -> Int { array.capacity * MemoryLayout<Element>.stride }
        let arrays =
            memory(of: text) + memory(of: fields) + memory(of: descriptions) + memory(of: selections) + memory(of: types)
            + memory(of: abstractTypes) + memory(of: possibleTypes) + memory(of: enumTypes) + memory(of: enumValues) + memory(of: suppliedFields)
            + memory(of: requirements) + memory(of: masks) + guards.reduce(0) { $0 + 32 + $1.count * 160 }
        // Short strings stand in their place; others, and arrays, are allocations of their own.
        let texts = descriptions.reduce(0) { sum, description in
            sum + 40 + 4 * description.offsets.capacity
                + [description.parentType, description.name, description.responseKey].reduce(0) { $0 + ($1.utf8.count > 15 ? $1.utf8.count + 33 : 0) }
        }
        return arrays + texts + 40 * suppliedFields.count + 700
    }
}

/// The fields that are selected of an object: places in `ProjectionPlan.fields`.
struct PlannedSelection: Sendable {
    let fields: Range<Int>
}

/// One field of a response.
struct PlannedField: Sendable {
    /// Where its value comes from.
    enum Origin: Sendable {
        /// A member of the object in the event.
        case member(NameKey)
        /// The whole event: the root field of a subscription.
        case event
        /// The prefix is everything (`__typename`).
        case prefix
        /// Events need not hold it, and a function supplies it: a place in `ProjectionPlan.suppliedFields` and `Projection.supplies`.
        case supplied(Int)
        /// The subscribers whom the plan is for may not see it: null and an error.
        case masked
        /// A place in the document, wherever the object is; nil for null. Introspection begins there.
        case place(Int?)
    }

    /// In the text: what stands before the value, `{"key":` for the first field of a selection, `,"key":` for others.
    let prefix: Range<Int>
    let origin: Origin
    /// A place in `ProjectionPlan.types`.
    let type: Int
}

/// A selected field that a function supplies. What is asked of the function depends on the literals and variables of each operation.
struct PlannedSuppliedField: Sendable {
    /// `Message.text`
    let coordinate: String
    /// The fields that select it, by their nodes in each text of the operation's shape.
    let nodes: [Int]
    let arguments: [InputValueDefinition]
}

/// What becomes of a field that a function supplies.
enum PlannedSupply: Sendable {
    /// The function is called with all objects of an event that have the field.
    case call(SupplyKey)
    /// None can be called; each object that has the field has this error.
    case failure(GraphQLError)
}

/// Calls of a function that one call can stand for.
struct SupplyKey: Hashable, Sendable {
    /// A place in `DispatchTable.suppliedFields`.
    let field: Int
    /// The coerced arguments: a JSON object.
    let arguments: [UInt8]
}

/// What errors tell of a field.
struct FieldDescription: Sendable {
    let parentType: String
    let name: String
    let responseKey: String
    /// Where the operation asks for it: places in the document's shape. Lines and columns are found when there is an error.
    let offsets: [UInt32]

    /// `Message.text`
    var coordinate: String { "\(parentType).\(name)" }
}

/// The type of a selected field or of the elements of its list.
struct PlannedType: Sendable {
    enum Shape: Sendable {
        case int, float, string, boolean, id
        /// A custom scalar: any value.
        case custom
        /// A place in `ProjectionPlan.enumTypes`.
        case enumeration(Int)
        /// An object type, a place in `ProjectionPlan.selections` and, where rules protect its objects here, one in
        /// `ProjectionPlan.guards` and `Projection.guards`.
        case object(TypeID, Int, guarded: Int?)
        /// A place in `ProjectionPlan.abstractTypes`.
        case abstract(Int)
        /// The place of the elements' type in `ProjectionPlan.types`.
        case list(Int)
    }

    let isNonNull: Bool
    let shape: Shape
}

/// An interface or union.
struct PlannedAbstractType: Sendable {
    let id: TypeID
    /// Places in `ProjectionPlan.possibleTypes`.
    let possibleTypes: Range<Int>
}

/// An object type that a value of an abstract type may have.
struct PlannedPossibleType: Sendable {
    let name: NameKey
    /// What is selected of it: a place in `ProjectionPlan.selections`. Nil where the subscribers whom the plan is for may not see it.
    let selection: Int?
    /// As of `PlannedType.Shape.object`.
    var guarded: Int?
}

/// An enum.
struct PlannedEnumType: Sendable {
    let id: TypeID
    /// The names of its values: places in `ProjectionPlan.enumValues`.
    let values: Range<Int>
}
