"""An XMPP server that lets a client log in, and then answers as a test wants."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import socket
import ssl
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from tests.prosody import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.prosody import Prosody

    Answer = Callable[[str, str], str]

SASL = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'"
SALT = b"salt"
HEAD = (
    "<stream:stream xmlns='jabber:client' version='1.0' id='1' from='localhost'"
    " xmlns:stream='http://etherx.jabber.org/streams'><stream:features>{}</stream:features>"
)
STARTTLS = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
MECHANISMS = f"<mechanisms {SASL}><mechanism>SCRAM-SHA-1</mechanism></mechanisms>"
BIND = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>{}</bind>"


class ScriptedServer:
    """Listens for one client."""

    def __init__(self, prosody: Prosody, answer: Answer) -> None:
        """Take the certificate of another server.

        Args:
            prosody: That server.
            answer: Returns what to send for a request, given its id and its text.
        """
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(prosody.certificate, prosody.folder / "key.pem")
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.requests: list[str] = []
        """What the client sent after its login."""
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._listener.close()
        self._thread.join(10)

    def _serve(self) -> None:
        with suppress(OSError):
            plain, _ = self._listener.accept()
            with plain:
                plain.settimeout(10)
                plain.recv(4096)
                plain.sendall(HEAD.format(STARTTLS).encode())
                plain.recv(4096)
                plain.sendall(STARTTLS.replace("starttls", "proceed").encode())
                with self._context.wrap_socket(plain, server_side=True) as connection:
                    self._log_in(connection)
                    while data := connection.recv(1 << 16).decode():
                        self._serve_requests(connection, data)

    def _log_in(self, connection: ssl.SSLSocket) -> None:
        def receive(pattern: str) -> str:
            text = ""
            while (found := re.search(pattern, text)) is None:
                text += connection.recv(1 << 16).decode()
            return found[1]

        def digest(key: bytes, text: bytes) -> bytes:
            return hmac.digest(key, text, "sha1")

        receive("(<stream:stream)")
        connection.sendall(HEAD.format(MECHANISMS).encode())
        first = base64.b64decode(receive("<auth[^>]*>([^<]+)<")).decode().partition(",,")[2]
        nonce = first.partition("r=")[2] + "more"
        challenge = f"r={nonce},s={base64.b64encode(SALT).decode()},i=1"
        encoded = base64.b64encode(challenge.encode()).decode()
        connection.sendall(f"<challenge {SASL}>{encoded}</challenge>".encode())
        final = base64.b64decode(receive("<response[^>]*>([^<]+)<")).decode()
        message = f"{first},{challenge},{final.partition(',p=')[0]}".encode()
        salted = hashlib.pbkdf2_hmac("sha1", PASSWORD.encode(), SALT, 1)
        signature = digest(digest(salted, b"Server Key"), message)
        verifier = base64.b64encode(b"v=" + base64.b64encode(signature)).decode()
        connection.sendall(f"<success {SASL}>{verifier}</success>".encode())
        receive("(<stream:stream)")
        connection.sendall(HEAD.format(BIND.format("")).encode())
        bound = receive("<iq[^>]* id=[\"']([^\"']+)")
        words = BIND.format("<jid>ann@localhost/x</jid>")
        connection.sendall(f"<iq type='result' id='{bound}'>{words}</iq>".encode())

    def _serve_requests(self, connection: ssl.SSLSocket, data: str) -> None:
        self.requests.append(data)
        for request in re.findall("<iq .*?</iq>", data, re.DOTALL):
            found = re.search(" id=[\"']([^\"']+)", request)
            assert found is not None
            connection.sendall(self._answer(found[1], request).encode())
        if "</stream:stream>" in data:
            connection.sendall(b"</stream:stream>")
