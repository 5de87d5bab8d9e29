"""One-line errors for what can go wrong on the network."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

from xsfreader.errors import SourceError, UnreachableError, UpstreamError

if TYPE_CHECKING:
    from collections.abc import Iterator


def describe_refusal(status: int, shown: str, media_type: str, encoding: str) -> str:
    """Explain an unacceptable response, and say what to do."""
    if status == 200 and encoding != "identity":
        return (
            f"{shown} sent data encoded with {encoding[:40]}, which was not requested;"
            " check the address and the proxy"
        )
    if status == 200:
        return (
            f"{shown} sent something else than requested ({media_type[:80] or 'no media type'});"
            " check the address, or sign in to the network"
        )
    if 300 <= status < 400:
        return (
            f"{shown} redirects in a way that can't be followed (HTTP {status}); check the address"
        )
    if status in {401, 403}:
        return f"{shown} requires a password; the repository is private or doesn't exist"
    if status in {404, 410}:
        return f"{shown} was not found; check the address"
    if status == 407:
        return f"the proxy requires a password; put it into the proxy variable (for {shown})"
    if status == 429 or status >= 500:
        return f"{shown} can't answer now (HTTP {status}); try again later"
    return f"{shown} refused the request (HTTP {status}); check the address"


def network_error(error: Exception, host: str, shown: str) -> SourceError:
    """Translate an error of urllib3 by its cause.

    Args:
        error: The error.
        host: The host, with the proxy in front of it.
        shown: The requested address, without a password.
    """
    causes = list(_causes(error))

    def caused_by(kind: type[Exception]) -> Exception | None:
        return next((cause for cause in causes if isinstance(cause, kind)), None)

    certificate = caused_by(ssl.SSLCertVerificationError)
    if isinstance(certificate, ssl.SSLCertVerificationError):
        return UnreachableError(
            f"the certificate of {host} is not trusted"
            f" ({certificate.verify_message or certificate.reason});"
            " if your network has its own CA, set SSL_CERT_FILE to its file"
        )
    if tls := caused_by(ssl.SSLError):
        return UnreachableError(
            f"no encrypted connection to {host} ({getattr(tls, 'reason', None) or tls})"
        )
    if caused_by(TimeoutError):
        return UnreachableError(f"{host} timed out; try again later")
    if caused_by(socket.gaierror):
        return UnreachableError(f"{host} was not found; check the network and the address")
    if caused_by(ConnectionRefusedError):
        return UnreachableError(f"{host} refused the connection; check the address {shown}")
    if caused_by(ConnectionError):
        return UnreachableError(f"the connection to {host} was lost; try again")
    if failed := caused_by(OSError):
        return UnreachableError(
            f"no connection to {host}: {getattr(failed, 'strerror', None) or failed}"
        )
    return UpstreamError(
        f"{shown} doesn't speak HTTP ({type(causes[-1]).__name__}); check the address"
    )


def _causes(error: Exception) -> Iterator[Exception]:
    """Yield an error and the errors that urllib3 wrapped in it, outermost first."""
    yield error
    for inner in (error.__cause__, *error.args):
        if isinstance(inner, Exception) and inner is not error:
            yield from _causes(inner)
