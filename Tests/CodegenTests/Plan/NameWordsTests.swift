import Testing

@testable import Codegen

@Suite("Words of GraphQL names")
struct NameWordsTests {
    @Test(
        "snake_case parts words where a reader does",
        arguments: [
            ("messageAdded", "message_added"), ("userID", "user_id"), ("userIDs", "user_ids"), ("HTTPServer", "http_server"),
            ("parseURLsFast", "parse_urls_fast"), ("already_snake", "already_snake"), ("Mixed_Case", "mixed_case"), ("x", "x"), ("X", "x"),
            ("md5Hash", "md5_hash"), ("line2Address", "line2_address"), ("_id", "_id"), ("__double", "__double"), ("A1B2", "a1_b2"),
        ])
    func snakeCase(name: String, expected: String) {
        #expect(NameWords.snakeCase(name) == expected)
    }

    @Test(
        "PascalCase drops underscores and keeps capitals",
        arguments: [("messageAdded", "MessageAdded"), ("user_id", "UserId"), ("HTTPServer", "HTTPServer"), ("_x", "X"), ("a__b", "AB")])
    func pascalCase(name: String, expected: String) {
        #expect(NameWords.pascalCase(name) == expected)
    }

    @Test(
        "camelCase is what msgspec makes of snake_case",
        arguments: [
            ("room_id", "roomId"), ("class_", "class"), ("id__", "id"), ("field_1", "field1"), ("a2b_c3d", "a2bC3D"), ("x__y", "xY"),
            ("user_i_ds", "userIDs"), ("x", "x"),
        ])
    func camelCase(name: String, expected: String) {
        #expect(NameWords.camelCase(name) == expected)
    }
}
