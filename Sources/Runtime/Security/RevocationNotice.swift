/// A revocation on its way to the other processes of a bus, as JSON: `{"revoke":{"user":"7"},"recheck":false,"from":"1f"}`, or with
/// `{"claim":"tenant_id","equals":"5"}`. Documented, so that a service without a runtime can revoke, too.
enum RevocationNotice {
    /// Nil of what concerns a connection: that is in this process alone. `identity` is of the runtime that sends it.
    static func text(_ revocation: Revocation, recheck: Bool, from identity: UInt64) -> [UInt8]? {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("revoke")
        guard revocation.write(into: &writer) else { return nil }
        writer.key("recheck")
        writer.boolean(recheck)
        writer.key("from")
        writer.string(String(identity, radix: 16))
        writer.endObject()
        return writer.bytes
    }

    /// Nil of what is no revocation, and of the runtime's own.
    static func read(_ text: [UInt8], by identity: UInt64) -> (revocation: Revocation, recheck: Bool)? {
        guard let notice = try? JSONDocument.parse(text).root, notice["from"].flatMap(MatchKey.of)?.text != String(identity, radix: 16),
            let revocation = notice["revoke"].flatMap(Revocation.init(notice:))
        else { return nil }
        return (revocation, notice["recheck"].flatMap(MatchKey.of)?.text == "true")
    }
}
