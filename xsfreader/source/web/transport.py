"""HTTP as far as Git needs it: one connection, bounds, time-outs, proxies and certificates.

The standard library's client does it: loading a larger one would take as long as a whole sync
with nothing new.
"""

from __future__ import annotations

import http.client
import os
import socket
import ssl
from contextlib import contextmanager, suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple

from xsfreader import __version__
from xsfreader.errors import OversizeError, SourceError, UnreachableError, UpstreamError
from xsfreader.source.web.address import Address, parse_address

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

USER_AGENT: Final = f"git/2 (xsfreader/{__version__})"
"""Hosts look for ``git/`` to tell a client of theirs from a browser."""
CONNECT_SECONDS = 15.0
READ_SECONDS = 30.0
"""How long a server may be silent."""
REDIRECTS: Final = 5
CHUNK: Final = 1 << 16
CA_FILES: Final = ("GIT_SSL_CAINFO", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables that name certificates to trust, the first set one counts."""


class Changed(NamedTuple):
    """An answer that is newer than what one had, with what to ask for the next one with."""

    body: Iterator[bytes]
    etag: str | None
    modified: str | None


class Transport:
    """Requests to one place over a connection that is kept."""

    def __init__(self, address: Address, limit: int) -> None:
        self.address = address
        """Where the repository is; a redirect of the first request changes it."""
        self._left = limit
        self._limit = limit
        self._connection: http.client.HTTPConnection | None = None
        self._proxy: Address | None = None
        self._response: http.client.HTTPResponse | None = None
        self._answer: Iterator[bytes] = iter(())

    def get(self, path: str, *, headers: Mapping[str, str], kind: str) -> Iterator[bytes]:
        """Ask for ``path`` below the repository, following redirects, and yield the answer.

        Raises:
            SourceError: No answer, an answer of another media type than ``kind``, or too much.
        """
        return self._body(self._followed(path, headers), {kind})

    def get_changed(
        self, path: str, *, headers: Mapping[str, str], kinds: Collection[str]
    ) -> Changed | None:
        """Ask for ``path`` on a condition that the headers name; None where it is unchanged.

        Raises:
            SourceError: As with ``get``.
        """
        response = self._followed(path, headers)
        if response.status == HTTPStatus.NOT_MODIFIED:
            self.close()
            return None
        etag, modified = response.getheader("ETag"), response.getheader("Last-Modified")
        return Changed(self._body(response, kinds), etag, modified)

    def _followed(self, path: str, headers: Mapping[str, str]) -> http.client.HTTPResponse:
        for _ in range(REDIRECTS + 1):
            response = self._request("GET", path, None, headers)
            if response.status not in {301, 302, 303, 307, 308}:
                return response
            location = response.getheader("Location", "")
            self.close()
            self.address = self.address.moved(location)
        raise UpstreamError(f"{self.address} sends us round in circles: check the address")

    def post(
        self, path: str, body: bytes, *, headers: Mapping[str, str], kind: str
    ) -> Iterator[bytes]:
        """Send ``body`` to ``path`` below the repository and yield the answer.

        Raises:
            SourceError: As with ``get``.
        """
        return self._body(self._request("POST", path, body, headers), {kind})

    def close(self) -> None:
        """Close the connection; a later request opens another."""
        if self._response is not None:
            self._response.close()
        if self._connection is not None:
            self._connection.close()
        self._response = self._connection = None

    def abandon(self) -> None:
        """Make a read that is under way in another thread fail soon."""
        connection = self._connection
        if connection is not None and connection.sock is not None:
            with suppress(OSError):
                # The base class's, since that of an SSL socket is not for use by two threads.
                socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)

    def _request(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        sent = {"User-Agent": USER_AGENT, "Accept": "*/*", **headers}
        if self.address.authorization:
            sent["Authorization"] = self.address.authorization
        for _ in self._answer:
            pass  # A connection carries the next answer only once the last one is read.
        with self._told():
            while True:
                connection = self._connection
                kept = connection is not None and connection.sock is not None
                if connection is None or not kept:
                    connection = self._connect()
                target, extra = f"{self.address.path}/{path}", {}
                if self._proxy and not self.address.secure:
                    target, extra = self.address.origin + target, credentials(self._proxy)
                try:
                    connection.request(method, target, body=body, headers={**sent, **extra})
                    self._response = connection.getresponse()
                except (ConnectionError, http.client.RemoteDisconnected):
                    # A kept connection may have been closed by the server in the meantime.
                    self.close()
                    if not kept:
                        raise
                else:
                    return self._response

    def _connect(self) -> http.client.HTTPConnection:
        address = self.address
        proxy = self._proxy = proxy_for(address)
        host, port = (proxy.host, proxy.port) if proxy else (address.host, address.port)
        connection: http.client.HTTPConnection
        if address.secure:
            connection = http.client.HTTPSConnection(
                host, port, timeout=CONNECT_SECONDS, context=trusted()
            )
            if proxy:
                connection.set_tunnel(address.host, address.port, headers=credentials(proxy))
        else:
            connection = http.client.HTTPConnection(host, port, timeout=CONNECT_SECONDS)
        try:
            connection.connect()
        except BaseException:
            connection.close()
            raise
        connection.sock.settimeout(READ_SECONDS)
        self._connection = connection
        return connection

    def _body(self, response: http.client.HTTPResponse, kinds: Collection[str]) -> Iterator[bytes]:
        given = response.getheader("Content-Type", "").partition(";")[0].strip().lower()
        encoded = response.getheader("Content-Encoding", "identity").lower() != "identity"
        if response.status != 200 or given not in kinds or encoded:
            self.close()
            raise UpstreamError(refusal(response.status, str(self.address), given))
        self._answer = self._read(response)
        return self._answer

    def _read(self, response: http.client.HTTPResponse) -> Iterator[bytes]:
        with self._told():
            while data := response.read1(CHUNK):
                self._left -= len(data)
                if self._left < 0:
                    self.close()
                    raise OversizeError(
                        f"{self.address} sends more than {self._limit >> 20} MiB: gave up"
                    )
                yield data
            if response.length:
                raise http.client.IncompleteRead(b"", response.length)
            response.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            through = f" (through the proxy {self._proxy})" if self._proxy else ""
            raise told(error, self.address.host + through, str(self.address)) from error


def credentials(proxy: Address) -> dict[str, str]:
    """The header that a proxy with a name and a password in its URL asks for."""
    return {"Proxy-Authorization": proxy.authorization} if proxy.authorization else {}


def refusal(status: int, shown: str, kind: str) -> str:
    """What an answer that is not Git's means, and what to do about it."""
    if status == 200:
        return (
            f"{shown} answers, but not as a Git repository (it sent {kind or 'no media type'}):"
            " check the address, or sign in to the network"
        )
    if status in {401, 403}:
        return f"{shown} asks for a password: the repository is private, or there is none"
    if status in {404, 410}:
        return f"{shown}: no such repository; check the address"
    if status == 407:
        return f"the proxy asks for a password before {shown}: put it into the proxy variable"
    if status == 429 or status >= 500:
        return f"{shown} can't answer now (HTTP {status}): try again later"
    return f"{shown} refuses (HTTP {status}): check the address"


def told(error: Exception, host: str, shown: str) -> SourceError:
    """What went wrong on the network, as a line for a person."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return UnreachableError(
            f"the certificate of {host} is not trusted ({error.verify_message or error.reason}):"
            " where a company's proxy signs it, name its CA file in SSL_CERT_FILE"
        )
    if isinstance(error, ssl.SSLError):
        return UnreachableError(f"no encrypted connection to {host} ({error.reason or error})")
    if isinstance(error, TimeoutError):
        return UnreachableError(f"{host} does not answer: timed out, try again later")
    if isinstance(error, socket.gaierror):
        return UnreachableError(f"{host} can't be found: no network, or no such host")
    if isinstance(error, ConnectionRefusedError):
        return UnreachableError(f"{host} refuses the connection: is {shown} right?")
    if isinstance(error, ConnectionError | http.client.IncompleteRead):
        return UnreachableError(f"the connection to {host} broke off: try again")
    if isinstance(error, OSError):
        return UnreachableError(f"no connection to {host}: {error.strerror or error}")
    return UpstreamError(
        f"{shown} answers, but not in HTTP ({type(error).__name__}): check the address"
    )


def proxy_for(address: Address) -> Address | None:
    """The proxy that the environment names for that address, None for none.

    Raises:
        SourceError: It names one that can't be used.
    """
    if not any(name.lower().endswith("_proxy") for name in os.environ):
        return None
    from urllib.request import getproxies_environment, proxy_bypass

    proxies = getproxies_environment()
    url = proxies.get("https" if address.secure else "http") or proxies.get("all")
    if not url or proxy_bypass(f"{address.host}:{address.port}"):
        return None
    proxy = parse_proxy(url)
    if proxy.secure:
        raise SourceError(
            f"the proxy {proxy} can't be used: only HTTP proxies are supported, with http://"
        )
    return proxy


def parse_proxy(url: str) -> Address:
    """The address of a proxy; ``host:port`` is short for ``http://host:port``.

    Raises:
        SourceError: It is none; the line names no password.
    """
    try:
        return parse_address(url if "://" in url else "http://" + url)
    except SourceError as error:
        raise SourceError(
            "the proxy that the environment names can't be used: only http://host:port is supported"
        ) from error


def trusted() -> ssl.SSLContext:
    """What certificates are checked with.

    OpenSSL itself looks at ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``; the variables of Git, curl and
    Requests are honoured as well.

    Raises:
        SourceError: A variable names a file that can't be read.
    """
    named = next((name for name in CA_FILES if os.environ.get(name)), None)
    if named is None:
        return ssl.create_default_context()
    where = os.environ[named]
    try:
        if os.path.isdir(where):  # noqa: PTH112 - the variable need not hold a valid path
            return ssl.create_default_context(capath=where)
        return ssl.create_default_context(cafile=where)
    except (OSError, ValueError) as error:
        raise SourceError(f"{named} names {where}, which holds no certificates: mend it") from error
