"""Addresses of Git repositories, and how to show them without what is secret in them."""

from __future__ import annotations

from base64 import b64encode
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from xsfreader.errors import SourceError


class Address(NamedTuple):
    """Where a repository answers over HTTP."""

    secure: bool
    host: str
    port: int
    path: str
    """Percent-encoded, without a slash at its end."""
    authorization: str | None = None
    """Value of the header, where the URL holds a name and a password."""

    @property
    def origin(self) -> str:
        """Scheme, host and port, the default port left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = self.port == (443 if self.secure else 80)
        scheme = "https" if self.secure else "http"
        return f"{scheme}://{host}" if default else f"{scheme}://{host}:{self.port}"

    def __str__(self) -> str:
        """The URL, without a name or a password."""
        return self.origin + self.path

    def moved(self, location: str) -> Address:
        """The address that a redirect of this one's ``info/refs`` leads to.

        Raises:
            SourceError: It leads to no address over HTTP(S), or from HTTPS to plain HTTP.
        """
        if location.startswith("//"):
            location = self.origin.partition("//")[0] + location
        elif location.startswith("/"):
            location = self.origin + location
        target = parse_address(location.partition("?")[0].removesuffix("/info/refs"))
        if self.secure and not target.secure:
            raise SourceError(f"{self} sends us on to {target}, which is not encrypted")
        return target._replace(
            authorization=self.authorization if target.origin == self.origin else None,
        )


def parse_address(url: str) -> Address:
    """Take a URL apart.

    Raises:
        SourceError: It is no address over HTTP(S) that a repository can have.
    """
    wrong = "no address of a Git repository: expected https://host/path"
    if not url.isprintable() or " " in url:
        raise SourceError(f"a URL with spaces or control characters in it is {wrong}")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise SourceError(f"that URL is {wrong}") from error
    scheme = parts.scheme.lower()
    if scheme not in {"http", "https"} or not host or parts.query:
        raise SourceError(f"{scheme or '…'}://{host or '…'}{parts.path} is {wrong}")
    authorization = None
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = "Basic " + b64encode(pair.encode()).decode()
    return Address(
        secure=scheme == "https",
        host=host,
        port=port or (443 if scheme == "https" else 80),
        path=quote(parts.path.rstrip("/"), safe="/%:@!$&'()*+,;=~"),
        authorization=authorization,
    )
