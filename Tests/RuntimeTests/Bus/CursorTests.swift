import Testing

@testable import SubsgenRuntime

@Suite("Cursors")
struct CursorTests {
    @Test("A cursor's text gives the same cursor again")
    func roundTrip() {
        for cursor in [
            Cursor(epoch: 0, partition: 0, sequence: 0), Cursor(epoch: .max, partition: 63, sequence: .max),
            Cursor(epoch: 0xBEEF, partition: 1, sequence: 10),
        ] {
            #expect(Cursor(cursor.description) == cursor)
        }
    }

    @Test("The text begins with the format's version")
    func version() {
        #expect(Cursor(epoch: 255, partition: 2, sequence: 16).description == "1.ff.2.10")
    }

    @Test(
        "Any other text is no cursor",
        arguments: [
            "", "1", "1.a.b", "2.a.b.c", "1.a.b.c.d", "1.A.b.c", "1.0a.b.c", "1.+a.b.c", "1.a..c", "1.a.b.g", "1.a.b.11111111111111111", " 1.a.b.c",
        ])
    func malformed(text: String) {
        #expect(Cursor(text) == nil)
    }
}
