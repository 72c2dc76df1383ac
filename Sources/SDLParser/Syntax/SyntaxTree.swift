/// A parsed document, flat in memory: one array of fixed-size nodes in source order, each followed by its descendants.
///
/// A node costs 24 bytes and no allocation of its own; names and values stay in the source until somebody asks for them.
/// The typed views (`ObjectTypeDefinitionSyntax` and so on) read it; nothing changes it after the parser has built it.
public final class SyntaxTree: Sendable {
    public let source: Source
    let nodes: [Node]

    init(source: Source, nodes: [Node]) {
        self.source = source
        self.nodes = nodes
    }

    /// The document node, which every tree has.
    public var document: DocumentSyntax { DocumentSyntax(node: SyntaxNode(tree: self, index: 0)) }

    /// The node of an `id`; that of the document where there is none.
    public func node(_ id: Int) -> SyntaxNode {
        SyntaxNode(tree: self, index: nodes.indices.contains(id) ? Int32(truncatingIfNeeded: id) : 0)
    }

    /// About how many bytes it takes in memory, its source included.
    public var size: Int { nodes.capacity * MemoryLayout<Node>.stride + source.bytes.capacity + 160 }

    /// One production. `subtreeEnd` is the index after its last descendant, so children are walked without pointers.
    struct Node: Sendable {
        var kind: SyntaxKind
        /// Kind-specific: see `Flag`.
        var flags: UInt8
        /// Where the node's own name stands, for kinds that have one; empty otherwise.
        var nameLength: UInt16
        var nameStart: UInt32
        var start: UInt32
        var end: UInt32
        var subtreeEnd: Int32
    }

    /// Bits of `Node.flags`; each is read for the kinds named beside it only.
    enum Flag {
        /// `stringValue`: a block string.
        static let block: UInt8 = 1
        /// `stringValue`: holds an escape, so that its value is not its source text.
        static let escaped: UInt8 = 2
        /// `booleanValue`: true.
        static let isTrue: UInt8 = 1
        /// `directiveDefinition`: repeatable.
        static let repeatable: UInt8 = 1
        /// `operationDefinition`, `rootOperationTypeDefinition`: the operation, as `OperationType.rawValue`.
        static let operationMask: UInt8 = 3
        /// `operationDefinition`: the `{ ... }` shorthand without a keyword.
        static let shorthand: UInt8 = 4
    }
}

/// A place in a `SyntaxTree`. Cheap to copy; valid as long as it lives.
public struct SyntaxNode: Sendable {
    public let tree: SyntaxTree
    let index: Int32

    init(tree: SyntaxTree, index: Int32) {
        self.tree = tree
        self.index = index
    }

    var raw: SyntaxTree.Node { tree.nodes[Int(index)] }

    public var kind: SyntaxKind { raw.kind }
    public var source: Source { tree.source }
    /// From the first to after the last byte of the production, description included.
    public var span: SourceSpan {
        let node = raw
        return SourceSpan(start: node.start, end: node.end)
    }
    /// Where the production's name stands; the start of the production for kinds without one.
    public var nameSpan: SourceSpan {
        let node = raw
        if node.nameLength == 0 { return SourceSpan(start: node.start, end: min(node.end, node.start + 1)) }
        return SourceSpan(start: node.nameStart, end: node.nameStart + UInt32(node.nameLength))
    }
    /// The production's name; empty where it has none (an anonymous operation).
    public var name: String {
        let node = raw
        if node.nameLength == 0 { return "" }
        return source.text(nameSpan)
    }
    /// A stable identity within its tree, in source order.
    public var id: Int { Int(index) }

    public var children: SyntaxChildren { SyntaxChildren(tree: tree, cursor: index + 1, end: raw.subtreeEnd) }

    /// The first child of a kind, if there is one.
    public func child(_ kind: SyntaxKind) -> SyntaxNode? {
        children.first { $0.kind == kind }
    }
}

/// The direct children of a node, in source order.
public struct SyntaxChildren: Sequence, IteratorProtocol, Sendable {
    let tree: SyntaxTree
    var cursor: Int32
    let end: Int32

    public mutating func next() -> SyntaxNode? {
        guard cursor < end else { return nil }
        let node = SyntaxNode(tree: tree, index: cursor)
        cursor = tree.nodes[Int(cursor)].subtreeEnd
        return node
    }
}

/// A typed view of a node. Every view is one word more than nothing: the tree and an index.
public protocol SyntaxView: Sendable {
    init(node: SyntaxNode)
    var node: SyntaxNode { get }
}

extension SyntaxView {
    public var source: Source { node.source }
    public var span: SourceSpan { node.span }
    /// The name that the production declares or refers to; empty where it has none.
    public var name: String { node.name }
    /// Where that name stands.
    public var nameSpan: SourceSpan { node.nameSpan }

    func views<View: SyntaxView>(_ kind: SyntaxKind, as _: View.Type = View.self) -> [View] {
        node.children.lazy.filter { $0.kind == kind }.map { View(node: $0) }
    }

    func view<View: SyntaxView>(_ kind: SyntaxKind, as _: View.Type = View.self) -> View? {
        node.child(kind).map { View(node: $0) }
    }
}
