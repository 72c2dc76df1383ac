import Testing

@testable import SubsgenRuntime

@Suite("The name of a topic that a typed publish puts together")
struct TopicNameTests {
    private func spelled(_ value: some EventPayload) throws -> String {
        var topic = TopicName()
        topic.append("t.")
        try topic.append(argument: "a", value)
        return topic.text
    }

    @Test("A value is spelled as a subscription spells its argument")
    func spelling() throws {
        #expect(try spelled("chat room/1.2") == "t.chat%20room%2F1%2E2")
        #expect(try spelled(ID("7")) == "t.7")
        #expect(try spelled(Int32(-7)) == "t.-7")
        #expect(try spelled(3.0) == "t.3")
        #expect(try spelled(0.5) == "t.0%2E5")
        #expect(try spelled(true) == "t.true")
        #expect(try spelled(JSONValue(json: Array("1e2".utf8))) == "t.100")
    }

    @Test("A value that is missing, or is no scalar, is an error that names the argument")
    func missing() {
        #expect(throws: PublishError.missingTopicArgument("a")) { try spelled(String?.none) }
        #expect(throws: PublishError.missingTopicArgument("a")) { try spelled(JSONValue.null) }
        #expect(throws: PublishError.missingTopicArgument("a")) { try spelled(["x"]) }
        #expect(throws: PublishError.missingTopicArgument("a")) { try spelled(Double.infinity) }
    }
}
