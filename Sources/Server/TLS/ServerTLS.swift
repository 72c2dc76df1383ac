import NIOSSL

/// The files by which a server shows who it is, in PEM. Clients speak TLS 1.2 or 1.3.
public struct ServerTLS: Sendable, Hashable {
    /// The server's certificate, and behind it those that vouch for it.
    public var certificateFile: String
    /// The key of the server's certificate, without a passphrase. It may stand in the same file.
    public var keyFile: String
    /// How many seconds pass from one look at the files to the next. Where they have changed, and have not from one look to the next, who connects
    /// from then on is shown the new certificate.
    public var lookInterval = 2.0

    public init(certificateFile: String, keyFile: String) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }

    /// Reads the files. `shutdownTimeout` is how many seconds a client has to answer the end of TLS.
    func load(shutdownTimeout: Double) throws(ServerError) -> NIOSSLContext {
        let certificates = try certificates()
        let key = try key()
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        configuration.shutdownTimeout = .nanoseconds(Int64(nanoseconds(shutdownTimeout)))
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch NIOSSLError.failedToLoadPrivateKey {
            throw ServerError("The key in \(keyFile) does not belong to the first certificate in \(certificateFile).")
        } catch {
            throw ServerError("TLS cannot be spoken with the certificate in \(certificateFile) and the key in \(keyFile): \(error)")
        }
    }

    private func certificates() throws(ServerError) -> [NIOSSLCertificate] {
        let bytes = try PEMFile.read(certificateFile, "certificate")
        guard bytes.contains("-----BEGIN CERTIFICATE-----".utf8) || bytes.contains("-----BEGIN TRUSTED CERTIFICATE-----".utf8) else {
            throw ServerError("The file of the certificate, \(certificateFile), holds none in PEM, which begins with -----BEGIN CERTIFICATE-----.")
        }
        do {
            return try NIOSSLCertificate.fromPEMBytes(bytes)
        } catch {
            throw ServerError("The file of the certificate, \(certificateFile), holds one that cannot be read: it is damaged, or cut short.")
        }
    }

    private func key() throws(ServerError) -> NIOSSLPrivateKey {
        let bytes = try PEMFile.read(keyFile, "key")
        if bytes.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----".utf8) || bytes.contains("Proc-Type: 4,ENCRYPTED".utf8) {
            throw ServerError(
                "The key in \(keyFile) is encrypted, and a server has nobody to ask for its passphrase. Write it without: openssl pkey -in \(keyFile) -out FILE")
        }
        guard bytes.contains("PRIVATE KEY-----".utf8) else {
            throw ServerError("The file of the key, \(keyFile), holds none in PEM, which begins with -----BEGIN PRIVATE KEY-----.")
        }
        do {
            return try NIOSSLPrivateKey(bytes: bytes, format: .pem)
        } catch {
            throw ServerError("The file of the key, \(keyFile), holds one that cannot be read: it is damaged, cut short, or of an unknown kind.")
        }
    }
}
