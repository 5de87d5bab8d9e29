"""HTTP requests with urllib3, within bounds and with safe redirects."""

from __future__ import annotations

import io
import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

import urllib3
from urllib3.exceptions import HTTPError, ProtocolError

from xsfreader import __version__, limits
from xsfreader.errors import (
    OversizeError,
    SourceError,
    UnreachableError,
    UpstreamError,
    one_line,
)
from xsfreader.source.web.address import Address, parse_address
from xsfreader.source.web.environment import find_proxy, trusted_certificates
from xsfreader.source.web.failures import describe_refusal, network_error

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from _typeshed import WriteableBuffer
    from urllib3 import BaseHTTPResponse

USER_AGENT: Final = f"git/2 (xsfreader/{__version__})"
"""Hosts recognize a Git client by ``git/``."""
CONNECT_SECONDS = 15.0
READ_SECONDS = 30.0
"""How long a server may be silent."""
LOWEST_RATE = 100
"""Bytes a second that a server must send on average, once it was awaited for `RATE_SECONDS`."""
RATE_SECONDS = 30.0
REDIRECTS: Final = 5
CHUNK: Final = 1 << 16


class HttpSession:
    """Requests to one address, over connections that stay open between them.

    dulwich gets it as its pool manager, of which it uses ``headers`` and ``request``.
    """

    def __init__(self, address: Address, media_types: Collection[str], limit: int = 0) -> None:
        """Send nothing yet.

        Args:
            address: Where requests go; its password is sent to its origin alone.
            media_types: The accepted ones; the page of a captive portal has another.
            limit: Bytes that all responses together may have, until `allow` says more.
        """
        self.headers: Mapping[str, str] = {"User-Agent": USER_AGENT, "Accept": "*/*"}
        self._address = address
        self._media_types = media_types
        self._managers: dict[tuple[bool, Address | None], urllib3.PoolManager] = {}
        """By whether hosts are asked over HTTPS, and the proxy in front of them."""
        self._rate = 0.0, 0
        """Seconds that answers were awaited since their rate was last checked, and their bytes."""
        self._origins = {address.origin}
        """Where requests may go: the address's origin, and those that it redirects to."""
        self.allow(limit)

    def allow(self, limit: int) -> None:
        """Bound the bytes of all responses from now on."""
        self._limit = self._left = limit

    @property
    def name(self) -> str:
        """The address, without a password."""
        return str(self._address)

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        preload_content: bool = False,
    ) -> BoundedResponse:
        """Send a request, follow the redirects of a GET, and check the response.

        Args:
            method: ``GET`` or ``POST``.
            url: An absolute URL.
            headers: Headers besides the session's and the password.
            body: The body of a POST.
            preload_content: Ignored: a response is never read in advance.

        Raises:
            SourceError: The host is unreachable, the response is not acceptable, or a redirect is
                not safe.
        """
        for _ in range(REDIRECTS + 1):
            target = parse_address(url.partition("?")[0])
            if target.origin not in self._origins:
                raise UpstreamError(f"{self._address} refers to another host, {target}: refused")
            response = self._send(method, url, target, headers, body)
            location = response.get_redirect_location() if method == "GET" else None
            if not location:
                self._check(response, headers, target)
                return BoundedResponse(self, response, url)
            response.close()
            url = self._follow(target, url, location)
        raise UpstreamError(f"{self._address} redirects in circles; check the address")

    def receive(self, response: BaseHTTPResponse, size: int) -> bytes:
        """Read up to ``size`` bytes of a response; none at its end. Raises SourceError."""
        limits.check()
        began = time.monotonic()
        with self._translate_errors(self._address):
            try:
                data = response.read1(size)
            except ProtocolError as error:
                raise ConnectionResetError from error
        self._check_rate(time.monotonic() - began, len(data))
        self._left -= len(data)
        if self._left < 0:
            raise OversizeError(f"{self._address} sends more than {self._limit >> 20} MiB: gave up")
        return data

    def _send(
        self, method: str, url: str, target: Address, headers: Mapping[str, str], body: bytes | None
    ) -> BaseHTTPResponse:
        limits.check()
        sent = {**self.headers, **headers}
        if self._address.authorization and target.origin == self._address.origin:
            sent["Authorization"] = self._address.authorization
        with self._translate_errors(target):
            send = partial(
                self._manager(target).request,
                method,
                url,
                body=body,
                headers=sent,
                redirect=False,
                retries=False,
                preload_content=False,
                timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
            )
            try:
                return send()
            except ProtocolError as error:
                if not isinstance(error.args[-1], ConnectionError):
                    raise
            # The server may have closed the connection since the last request.
            return send()

    def _manager(self, target: Address) -> urllib3.PoolManager:
        """Return the pool manager for hosts behind the same proxy. Raises SourceError."""
        proxy = find_proxy(target)
        manager = self._managers.get((target.secure, proxy))
        if manager is None:
            certificates = trusted_certificates() if target.secure else None
            if proxy is None:
                manager = urllib3.PoolManager(ssl_context=certificates)
            else:
                password = proxy.authorization
                manager = urllib3.ProxyManager(
                    proxy.origin,
                    proxy_headers={"Proxy-Authorization": password} if password else None,
                    ssl_context=certificates,
                )
            self._managers[target.secure, proxy] = manager
        return manager

    def _follow(self, source: Address, url: str, location: str) -> str:
        """Return the target of a redirect. Raises SourceError if it is not safe."""
        try:
            path, mark, query = urljoin(url, location).partition("?")
            target = parse_address(path)
        except (SourceError, ValueError):
            raise UpstreamError(
                f"{source} redirects to “{one_line(location, 200)}”, which is not a usable address;"
                " check the address"
            ) from None
        if source.secure and not target.secure:
            raise SourceError(f"{source} redirects to {target}, which is not encrypted")
        self._origins.add(target.origin)
        return f"{target}{mark}{query}"

    def _check(
        self, response: BaseHTTPResponse, headers: Mapping[str, str], target: Address
    ) -> None:
        """Raise UpstreamError if a response is not acceptable."""
        if response.status == 304 and any(name.startswith("If-") for name in headers):
            return
        media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        encoding = response.headers.get("Content-Encoding", "identity").lower()
        if response.status == 200 and media_type in self._media_types and encoding == "identity":
            return
        response.close()
        shown = str(self._address)
        if not target.path.startswith(self._address.path) or target.origin != self._address.origin:
            shown += f", which redirects to {one_line(str(target), 200)},"
        raise UpstreamError(describe_refusal(response.status, shown, media_type, encoding))

    def _check_rate(self, seconds: float, size: int) -> None:
        seconds, size = self._rate[0] + seconds, self._rate[1] + size
        if seconds > RATE_SECONDS:
            if size < LOWEST_RATE * seconds:
                raise UnreachableError(
                    f"{self._address} is too slow: {size} bytes in {seconds:.0f} s; try again later"
                )
            seconds, size = 0.0, 0
        self._rate = seconds, size

    @contextmanager
    def _translate_errors(self, target: Address) -> Iterator[None]:
        try:
            yield
        except (HTTPError, OSError, ValueError) as error:
            proxy = find_proxy(target)
            through = f" (through the proxy {proxy})" if proxy else ""
            raise network_error(error, target.host + through, str(target)) from error


class BoundedResponse:
    """A response that is read within the bounds of its session."""

    def __init__(self, session: HttpSession, response: BaseHTTPResponse, url: str) -> None:
        self.status = response.status
        self.headers = response.headers
        self._response = response
        self._url = url
        # A request of a few bytes would cost as much as one of many.
        buffered = io.BufferedReader(_Body(session, response), CHUNK)
        self.peek, self.read = buffered.peek, buffered.read

    def geturl(self) -> str:
        """Return the URL of the response, after redirects."""
        return self._url

    def close(self) -> None:
        """Keep the connection for the next request if all was read; close it otherwise."""
        try:
            ended = not self.peek()
        except SourceError:
            ended = False
        if not ended:
            self._response.close()


class _Body(io.RawIOBase):
    """The bytes of a response; reading them raises SourceError."""

    def __init__(self, session: HttpSession, response: BaseHTTPResponse) -> None:
        self._session = session
        self._response = response

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        data = self._session.receive(self._response, len(view))
        view[: len(data)] = data
        return len(data)
