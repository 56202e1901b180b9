"""A company's network on loopback: a proxy, and behind it every host of AWS, with certificates of a private authority.

`python network.py DIRECTORY BACKEND LOGIN ACCESS_KEY SECRET_KEY` writes `ca.pem`, the authority, and `other.pem`, one that has
signed nothing, into DIRECTORY, and prints four ports: of a proxy, which asks for LOGIN (`user:password`) unless that is empty;
of the same behind TLS; and of an AWS without a proxy, with TLS (for `localhost`) and without. What comes in the end is answered
by the HTTP server at BACKEND. What that does not have is answered here, with the keys: IAM Identity Center, and credentials of
containers. Each line of DIRECTORY/log.jsonl is something that was asked, written before it is answered. No
name is looked up, and nothing leaves this machine. It ends with its standard input.
"""

from __future__ import annotations

import base64
import datetime
import http.client
import io
import ipaddress
import json
import socket
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


class Authority:
    """A private certificate authority."""

    def __init__(self, name: str, directory: Path) -> None:
        self.directory = directory
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        constraints = x509.BasicConstraints(ca=True, path_length=None)
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        builder = self.certificate(self.name, self.key).add_extension(constraints, True).add_extension(usage, True)
        self.pem = builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        self.lock = threading.Lock()
        self.contexts: dict[str, ssl.SSLContext] = {}

    def certificate(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        """A certificate that is valid today, not yet signed."""
        now = datetime.datetime.now(datetime.timezone.utc)
        day = datetime.timedelta(days=1)
        ours = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - day)
            .not_valid_after(now + day)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .add_extension(ours, False)
        )

    def context(self, host: str) -> ssl.SSLContext:
        """What a server of that name shows its clients."""
        with self.lock:
            if host not in self.contexts:
                self.contexts[host] = self.issue(host)
            return self.contexts[host]

    def issue(self, host: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        names: list[x509.GeneralName] = [x509.DNSName(host)]
        if host == "localhost":
            names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])])
        builder = (
            self.certificate(subject, key)
            .add_extension(x509.SubjectAlternativeName(names), False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
        )
        pem = builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path = self.directory / f"{host}.server.pem"
        path.write_bytes(secret + pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


class Network:
    """What all connections share."""

    def __init__(self, directory: Path, backend: str, login: str | None) -> None:
        self.authority = Authority("private authority", directory)
        (directory / "ca.pem").write_bytes(self.authority.pem)
        (directory / "other.pem").write_bytes(Authority("other authority", directory).pem)
        self.backend = urlsplit(backend).netloc
        self.login = login and "Basic " + base64.b64encode(login.encode()).decode()
        self.log = (directory / "log.jsonl").open("a")
        self.lock = threading.Lock()

    def write(self, **event: object) -> None:
        with self.lock:
            print(json.dumps(event), file=self.log, flush=True)


class Handler(BaseHTTPRequestHandler):
    """Reads requests; what it does with them is its children's."""

    protocol_version = "HTTP/1.1"
    network: Network

    def log_message(self, format: str, *_: object) -> None:
        """Says nothing."""

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("connection", "content-length", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def serve(self, host: str, path: str) -> None:
        """Answers as that host would."""
        body = self.body()
        if host.startswith("portal.sso"):
            identifier, secret = sys.argv[4:]
            keys = {"accessKeyId": identifier, "secretAccessKey": secret, "sessionToken": "", "expiration": 4070908800000}
            self.answer_json({"roleCredentials": keys})
        elif host.startswith("oidc"):
            self.answer_json({"accessToken": "token", "tokenType": "Bearer", "expiresIn": 28800, "refreshToken": "again"})
        elif path == "/container":
            identifier, secret = sys.argv[4:]
            keys = {"AccessKeyId": identifier, "SecretAccessKey": secret, "Token": "", "Expiration": "2099-01-01T00:00:00Z"}
            self.answer_json(keys)
        else:
            connection = http.client.HTTPConnection(self.network.backend)
            connection.request(self.command, path, body, dict(self.headers.items()))
            response = connection.getresponse()
            self.answer(response.status, response.getheaders(), response.read())
            connection.close()

    def answer_json(self, value: dict[str, object]) -> None:
        self.answer(200, [("Content-Type", "application/json")], json.dumps(value).encode())


class Direct(Handler):
    """An AWS without a proxy."""

    def handle_any(self) -> None:
        self.network.write(via="direct", asked=self.path)
        self.serve("localhost", self.path)

    do_GET = do_POST = do_PUT = handle_any


class Tunnelled(Handler):
    """What came through a tunnel, after its TLS."""

    host = ""

    def handle_any(self) -> None:
        self.serve(self.host, self.path)

    do_GET = do_POST = do_PUT = handle_any


class Proxy(Handler):
    """The proxy."""

    def may_pass(self, via: str, asked: str) -> bool:
        login = self.headers.get("Proxy-Authorization")
        passes = self.network.login in (None, login)
        self.network.write(via=via, asked=asked, passed=passes, login=login is not None)
        if not passes:
            self.close_connection = True
            self.answer(407, [("Proxy-Authenticate", 'Basic realm="proxy"')], b"")
        return passes

    def do_CONNECT(self) -> None:
        if not self.may_pass("tunnel", self.path):
            return
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.wfile.flush()
        host = self.path.rpartition(":")[0]
        self.close_connection = True
        handler = type("TunnelledTo", (Tunnelled,), {"host": host, "network": self.network})
        try:
            connection = over(self.connection, self.network.authority.context(host))
            handler(connection, self.client_address, self.server)
        except OSError:
            pass  # A client that goes away, or does not trust the certificate.

    def handle_any(self) -> None:
        url = urlsplit(self.path)
        if self.may_pass("forward", f"{url.scheme}://{url.netloc}"):
            self.serve(url.hostname or "", url.path or "/")

    do_GET = do_POST = do_PUT = handle_any


class OverTls:
    """A socket with TLS over another that has TLS itself, which `ssl.wrap_socket` does not do."""

    def __init__(self, below: socket.socket, context: ssl.SSLContext) -> None:
        self.below = below
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_side=True)
        self.do(self.tls.do_handshake)

    def do(self, step):  # type: ignore[no-untyped-def]
        while True:
            try:
                result = step()
                self.flush_out()
                return result
            except ssl.SSLWantReadError:
                self.flush_out()
                received = self.below.recv(65536)
                if not received:
                    return b""
                self.incoming.write(received)

    def flush_out(self) -> None:
        waiting = self.outgoing.read()
        if waiting:
            self.below.sendall(waiting)

    def recv_into(self, buffer) -> int:  # type: ignore[no-untyped-def]
        received = self.do(lambda: self.tls.read(len(buffer)))
        buffer[: len(received)] = received
        return len(received)

    def sendall(self, data: bytes) -> None:
        self.do(lambda: self.tls.write(data))

    def makefile(self, mode: str, _: int = -1):  # type: ignore[no-untyped-def]
        stream = self

        class Raw(io.RawIOBase):
            def readable(self) -> bool:
                return True

            def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
                return stream.recv_into(buffer)

        return io.BufferedReader(Raw())

    def fileno(self) -> int:
        return self.below.fileno()


def over(connection: socket.socket, context: ssl.SSLContext):  # type: ignore[no-untyped-def]
    """TLS over a connection, which may have TLS already."""
    if isinstance(connection, ssl.SSLSocket):
        return OverTls(connection, context)
    return context.wrap_socket(connection, server_side=True)


class Server(ThreadingHTTPServer):
    """A server whose clients may go away when they like."""

    daemon_threads = True
    context: ssl.SSLContext | None = None

    def finish_request(self, request, client_address) -> None:  # type: ignore[no-untyped-def]
        try:
            if self.context:
                request = self.context.wrap_socket(request, server_side=True)
            super().finish_request(request, client_address)
        except OSError:
            pass


def serve(network: Network, handler: type[Handler], context: ssl.SSLContext | None = None) -> int:
    """Serves on a free port of loopback."""
    server = Server(("127.0.0.1", 0), type(handler.__name__, (handler,), {"network": network}))
    server.context = context
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def main() -> None:
    directory, backend, login = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    network = Network(directory, backend, login or None)
    local = network.authority.context("localhost")
    ports = serve(network, Proxy), serve(network, Proxy, local), serve(network, Direct, local), serve(network, Direct)
    print(*ports, flush=True)
    # Ends with whoever started it.
    sys.stdin.read()


main()
