"""What went wrong on the way to a server, in a line for a person."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

from xsfreader.errors import SourceError, UnreachableError, UpstreamError

if TYPE_CHECKING:
    from collections.abc import Iterator


def describe_refusal(status: int, shown: str, media_type: str) -> str:
    """Say what an answer means that is not the one that was asked for, and what to do."""
    if status == 200:
        return (
            f"{shown} answers, but not with what was asked for"
            f" (it sent {media_type or 'no media type'}):"
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


def network_error(error: Exception, host: str, shown: str) -> SourceError:
    """Translate an error of urllib3's, by what caused it.

    Args:
        error: What was raised.
        host: The host that was connected to, and the proxy between.
        shown: The address that was asked for, without a password.
    """
    causes = list(_causes(error))

    def caused_by(kind: type[Exception]) -> Exception | None:
        return next((cause for cause in causes if isinstance(cause, kind)), None)

    certificate = caused_by(ssl.SSLCertVerificationError)
    if isinstance(certificate, ssl.SSLCertVerificationError):
        return UnreachableError(
            f"the certificate of {host} is not trusted"
            f" ({certificate.verify_message or certificate.reason}):"
            " where a company's proxy signs it, name its CA file in SSL_CERT_FILE"
        )
    if tls := caused_by(ssl.SSLError):
        return UnreachableError(
            f"no encrypted connection to {host} ({getattr(tls, 'reason', None) or tls})"
        )
    if caused_by(TimeoutError):
        return UnreachableError(f"{host} does not answer: timed out, try again later")
    if caused_by(socket.gaierror):
        return UnreachableError(f"{host} can't be found: no network, or no such host")
    if caused_by(ConnectionRefusedError):
        return UnreachableError(f"{host} refuses the connection: is {shown} right?")
    if caused_by(ConnectionError):
        return UnreachableError(f"the connection to {host} broke off: try again")
    if failed := caused_by(OSError):
        return UnreachableError(
            f"no connection to {host}: {getattr(failed, 'strerror', None) or failed}"
        )
    return UpstreamError(
        f"{shown} answers, but not in HTTP ({type(causes[-1]).__name__}): check the address"
    )


def _causes(error: Exception) -> Iterator[Exception]:
    """Yield an error and what urllib3 wrapped in it, outermost first."""
    yield error
    for inner in (error.__cause__, *error.args):
        if isinstance(inner, Exception) and inner is not error:
            yield from _causes(inner)
