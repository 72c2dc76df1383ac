import SubscriptionSchema
import SubsgenRuntime

struct Resolvers: SubscriptionResolvers {
    var light: FieldResolver<Document, LightArguments> {
        .resolve { document, _ in
            var document = document
            document.sum += 1
            return .event(document)
        }
    }

    /// FNV-1a of the text, of which 31 bits are kept.
    var heavy: FieldResolver<Document, HeavyArguments> {
        .resolve { document, _ in
            var document = document
            var sum: UInt32 = 2_166_136_261
            for byte in document.text.utf8 { sum = (sum ^ UInt32(byte)) &* 16_777_619 }
            document.sum = Int32(sum & 0x7fff_ffff)
            return .event(document)
        }
    }
}
