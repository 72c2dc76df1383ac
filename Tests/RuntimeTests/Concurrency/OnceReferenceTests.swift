import Testing

@testable import SubsgenRuntime

@Suite("A reference that is stored once")
struct OnceReferenceTests {
    private final class Thing: Sendable {}

    @Test("What was stored first is there")
    func first() {
        let reference = OnceReference<Thing>()
        #expect(reference.load() == nil)
        let (first, second) = (Thing(), Thing())
        reference.storeIfNil(first)
        reference.storeIfNil(second)
        #expect(reference.load() === first)
    }

    @Test("One object is kept as long as the reference, the others are not")
    func kept() {
        weak var kept: Thing?
        weak var refused: Thing?
        func use() {
            let reference = OnceReference<Thing>()
            do {
                let (first, second) = (Thing(), Thing())
                (kept, refused) = (first, second)
                reference.storeIfNil(first)
                reference.storeIfNil(second)
            }
            #expect(kept != nil)
            #expect(refused == nil)
            #expect(reference.load() === kept)
        }
        use()
        #expect(kept == nil)
    }
}
