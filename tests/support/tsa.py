"""A time-stamping authority of our own on loopback: real tokens, made by ``openssl ts -reply``.

Its certificates are thrown away after the session. What it does wrong is chosen by ``behave``.
"""

import contextlib
import dataclasses as dc
import datetime as dt
import http.server
import ipaddress
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
HUGE = 1 << 20
ODD = ("busy", "moved", "gone", "dripping")  # what is not about tokens
CONFIG = """\
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {pems}/{signer}.pem
signer_key = {pems}/{signer}.key
certs = {pems}/between.pem
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
other_policies = 1.3.6.1.4.1.99999.2
digests = {digests}
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


@dc.dataclass(frozen=True, slots=True)
class Issuer:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Key


class Certificates:
    """A root, one between, and what they vouch for, as PEM files in ``folder``.

    Attributes:
        ca: the root, which a client trusts.
        stranger: another root, with the same name.
        server: certificate and key of the HTTPS server on 127.0.0.1.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        today = dt.datetime.now(dt.UTC)
        valid = (today - dt.timedelta(days=2), today + dt.timedelta(days=2))
        past = (today - dt.timedelta(days=2), today - dt.timedelta(days=1))
        root = self._issue("root", None, valid)
        self._issue("stranger", None, valid, name="root")
        between = self._issue("between", root, valid)
        stamping = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING])
        self._issue("signer", between, valid, stamping)
        self._issue("expired", between, past, stamping)
        here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        self._issue("server", root, valid, here)
        self.ca, self.stranger = folder / "root.pem", folder / "stranger.pem"
        self.server = (folder / "server.pem", folder / "server.key")

    def _issue(
        self,
        file: str,
        issuer: Issuer | None,
        valid: tuple[dt.datetime, dt.datetime],
        extension: x509.ExtensionType | None = None,
        name: str = "",
    ) -> Issuer:
        # An RSA signer's certificate is the longer one: OpenSSL sends it first, DER wants it last.
        key: Key = (
            rsa.generate_private_key(65537, 2048)
            if file in {"signer", "expired"}
            else ec.generate_private_key(ec.SECP256R1())
        )
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name or file)])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.certificate.subject if issuer else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(valid[0])
            .not_valid_after(valid[1])
            .add_extension(x509.BasicConstraints(extension is None, None), critical=True)
        )
        # Of two issuers with one name, OpenSSL knows the right one by its key.
        above = (issuer.key if issuer else key).public_key()
        for mark in (
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()),
            x509.AuthorityKeyIdentifier.from_issuer_public_key(above),
        ):
            builder = builder.add_extension(mark, critical=False)
        if extension is not None:
            critical = isinstance(extension, x509.ExtendedKeyUsage)
            builder = builder.add_extension(extension, critical=critical)
        certificate = builder.sign(issuer.key if issuer else key, hashes.SHA256())
        pem = certificate.public_bytes(Encoding.PEM)
        (self.folder / f"{file}.pem").write_bytes(pem)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (self.folder / f"{file}.key").write_bytes(private)
        return Issuer(certificate, key)


class Tsa:
    """The authority, while ``served`` lasts.

    Attributes:
        url: where it answers.
        certificates: what it signs with.
        asked: the questions so far.
    """

    def __init__(self, certificates: Certificates, folder: Path, url: str) -> None:
        self.certificates = certificates
        self.url = url
        self.asked: list[bytes] = []
        self._behaviours = ["right"]
        self.over = threading.Event()
        self._folder = folder
        self._one_at_a_time = threading.Lock()
        (folder / "serial").write_text("01\n")

    def behave(self, *behaviours: str) -> None:
        """Answer so, once each, and like the last from then on.

        Args:
            behaviours: names of methods here, or of ``ODD``.
        """
        assert all(each in ODD or callable(getattr(self, each)) for each in behaviours)
        self._behaviours = list(behaviours)

    def next_behaviour(self) -> str:
        """How this question is answered."""
        return self._behaviours.pop(0) if len(self._behaviours) > 1 else self._behaviours[0]

    def right(self, question: bytes) -> bytes:
        return self._reply(question)

    def with_modifications(self, question: bytes) -> bytes:
        answer = bytearray(self._reply(question))
        at = answer.index(b"\x30\x03\x02\x01\x00")  # PKIStatusInfo: granted
        answer[at + 4] = 1
        return bytes(answer)

    def unsupported(self, question: bytes) -> bytes:
        return self._reply(question, digests="sha512")

    def over_other_bytes(self, question: bytes) -> bytes:
        at = question.index(b"\x04\x20") + 2  # OCTET STRING of 32 bytes: the digest
        return self._reply(question[:at] + bytes(32) + question[at + 32 :])

    def with_another_nonce(self, question: bytes) -> bytes:
        assert question.endswith(b"\x01\x01\xff")  # certReq, behind the nonce
        return self._reply(question[:-4] + bytes([question[-4] ^ 1]) + question[-3:])

    def without_certificate(self, question: bytes) -> bytes:
        return self._reply(question[:-1] + b"\x00")

    def with_an_expired_certificate(self, question: bytes) -> bytes:
        return self._reply(question, signer="expired")

    def tampered(self, question: bytes) -> bytes:
        answer = self._reply(question)
        return answer[:-1] + bytes([answer[-1] ^ 1])  # the signature is last

    def garbage(self, _question: bytes) -> bytes:
        return b"<html>Sign in to the network</html>"

    def nothing(self, _question: bytes) -> bytes:
        return b""

    def cut(self, question: bytes) -> bytes:
        return self._reply(question)[:-100]

    def huge(self, _question: bytes) -> bytes:
        return bytes(HUGE)

    def hanging(self, _question: bytes) -> bytes:
        self.over.wait()
        return b""

    def _reply(self, question: bytes, *, signer: str = "signer", digests: str = "sha256") -> bytes:
        with self._one_at_a_time:  # the serial number is a file
            config = self._folder / "tsa.cnf"
            (self._folder / "question.tsq").write_bytes(question)
            pems = self.certificates.folder
            config.write_text(
                CONFIG.format(folder=self._folder, pems=pems, signer=signer, digests=digests)
            )
            command = ("openssl", "ts", "-reply", "-config", config, "-queryfile", "question.tsq")
            out = ("-out", "answer.tsr")
            subprocess.run((*command, *out), cwd=self._folder, check=True, capture_output=True)
            return (self._folder / "answer.tsr").read_bytes()


@contextlib.contextmanager
def served(certificates: Certificates, folder: Path, *, tls: bool = False) -> Iterator[Tsa]:
    """A TSA on a free port of loopback.

    Args:
        certificates: from ``Certificates``.
        folder: an empty one, for its serial number.
        tls: over HTTPS.
    """
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificates.server)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}/tsr"
    tsa = server.tsa = Tsa(certificates, folder, url)  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield tsa
    finally:
        tsa.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def nobody() -> str:
    """An address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}/tsr"


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers as the TSA behaves."""

    def do_POST(self) -> None:
        tsa: Tsa = self.server.tsa  # type: ignore[attr-defined]
        question = self.rfile.read(int(self.headers["Content-Length"]))
        tsa.asked.append(question)
        behaviour = tsa.next_behaviour()
        if behaviour in ODD:
            getattr(self, f"_{behaviour}")(tsa)
            return
        answer = getattr(tsa, behaviour)(question)
        with contextlib.suppress(ConnectionError):  # a client that has given up, or had enough
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    def _busy(self, _tsa: Tsa) -> None:
        self.send_error(503)

    def _gone(self, _tsa: Tsa) -> None:
        self.close_connection = True

    def _moved(self, _tsa: Tsa) -> None:
        self.send_response(302)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _dripping(self, tsa: Tsa) -> None:
        """A header line without end, slower than any patience but never silent."""
        with contextlib.suppress(ConnectionError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not tsa.over.wait(0.02):
                self.wfile.write(b".")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its own name)
        pass
