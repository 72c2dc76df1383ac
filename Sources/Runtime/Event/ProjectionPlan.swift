import GraphQLSchema
import SDLParser

/// What a projection does, flat in memory: the selections of one operation for every object type that an event may hold.
///
/// Everything refers to everything else by its place in one of the arrays, so that walking it touches no reference count. What is
/// reached on more than one way stands in it once. Nothing changes it after `ProjectionPlanner` has made it.
struct ProjectionPlan: Sendable {
    let schema: Schema
    /// The operation, for the places of errors.
    let source: Source
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
    /// Where the values of supplied fields come from.
    var supplies: [PlannedSupply] = []
    /// The selection on the root type.
    var root = PlannedSelection(fields: 0..<0)

    init(schema: Schema, source: Source, maximumSize: Int) {
        self.schema = schema
        self.source = source
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
        /// Events need not hold it, and a function supplies it: a place in `ProjectionPlan.supplies`.
        case supplied(Int)
        /// A place in the document, wherever the object is; nil for null. Introspection begins there.
        case place(Int?)
    }

    /// In the text: what stands before the value, `{"key":` for the first field of a selection, `,"key":` for others.
    let prefix: Range<Int>
    let origin: Origin
    /// A place in `ProjectionPlan.types`.
    let type: Int
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
    /// Where the operation asks for it. Lines and columns are found when there is an error.
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
        /// An object type and a place in `ProjectionPlan.selections`.
        case object(TypeID, Int)
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
    /// What is selected of it: a place in `ProjectionPlan.selections`.
    let selection: Int
}

/// An enum.
struct PlannedEnumType: Sendable {
    let id: TypeID
    /// The names of its values: places in `ProjectionPlan.enumValues`.
    let values: Range<Int>
}
