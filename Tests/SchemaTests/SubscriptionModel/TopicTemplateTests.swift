import Testing

@testable import GraphQLSchema

@Suite("Topic templates")
struct TopicTemplateTests {
    private func template(_ text: String) throws -> TopicTemplate {
        try TopicTemplateParser.parse(text).get()
    }

    @Test("A value is percent-encoded but for letters, digits, - and _")
    func encoding() {
        #expect(TopicTemplate.encode("aZ09-_") == "aZ09-_")
        #expect(TopicTemplate.encode("a.b/c %é") == "a%2Eb%2Fc%20%25%C3%A9")
        #expect(TopicTemplate.encode("") == "")
    }

    @Test("A template matches the names that it makes, whatever the values")
    func matching() throws {
        let chat = try template("chat.{room}.{user}:x")
        for values in [("1", "2"), ("", ""), ("a.b", "c:x"), ("é", "%")] {
            #expect(chat.matches("chat.\(TopicTemplate.encode(values.0)).\(TopicTemplate.encode(values.1)):x"))
        }
        #expect(try template("a{n}bc.d").matches("abbc.d"))
        #expect(try template("plain").matches("plain"))
    }

    @Test(
        "A template matches no other name",
        arguments: ["", "chat", "chat.1", "chat.1.2", "chat.1.2:xx", "chat.1.2.3:x", "chat.a/b.2:x", "Chat.1.2:x", "chat.é.2:x"])
    func mismatches(_ name: String) throws {
        #expect(try !template("chat.{room}.{user}:x").matches(name))
    }

    @Test("Two templates overlap exactly when some name matches both")
    func overlaps() throws {
        #expect(try template("chat.{a}").overlaps(template("chat.{b}")))
        #expect(try template("chat.{a}").overlaps(template("chat.general")))
        #expect(try !template("chat.{a}").overlaps(template("chat.{a}.{b}")))
        #expect(try !template("chat.{a}").overlaps(template("chats.{a}")))
        #expect(try !template("one").overlaps(template("two")))
    }
}
