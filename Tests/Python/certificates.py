"""Certificates for 127.0.0.1, made for a test."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


class Certificate:
    """A certificate that vouches for itself, and its key, in files of a folder."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "certificate.pem"
        self.key_file = folder / "key.pem"
        self.make()

    def make(self) -> None:
        """Puts others in the place of those that are there."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
        now = datetime.datetime.now(datetime.timezone.utc)
        made = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, SHA256())
        )
        self.key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        self.file.write_bytes(made.public_bytes(Encoding.PEM))

    def trusted(self) -> ssl.SSLContext:
        """A client that trusts this certificate alone."""
        return ssl.create_default_context(cafile=self.file)

    @property
    def arguments(self) -> tuple[str, ...]:
        """Of ``subsgen serve``."""
        return ("--tls-cert", str(self.file), "--tls-key", str(self.key_file))


def shown(port: int) -> str:
    """The certificate that a server shows who connects."""
    return ssl.get_server_certificate(("127.0.0.1", port), timeout=20)
