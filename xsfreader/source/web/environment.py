"""Proxies and trusted certificates, from the environment."""

from __future__ import annotations

import ipaddress
import os
import ssl
import sys
from contextlib import suppress
from typing import Final

from xsfreader.errors import SourceError
from xsfreader.source.web.address import Address, parse_address

CA_FILES: Final = ("GIT_SSL_CAINFO", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables for trusted certificates; the first one that is set is used."""
MAC_CERTIFICATES: Final = "/etc/ssl/cert.pem"


def find_proxy(address: Address) -> Address | None:
    """Find the proxy for an address.

    Variables are read in lower case first, then in upper case.

    Raises:
        SourceError: The proxy can't be used.
    """
    url = _variable("https_proxy" if address.secure else "http_proxy") or _variable("all_proxy")
    if not url or bypasses_proxy(address, _variable("no_proxy")):
        return None
    try:
        proxy = parse_address(url if "://" in url else "http://" + url)
    except SourceError as error:
        raise SourceError(
            "the proxy from the environment can't be used; only http://host:port is supported"
        ) from error
    if proxy.secure:
        raise SourceError(
            f"the proxy {proxy} can't be used; only HTTP proxies are supported, with http://"
        )
    return proxy


def bypasses_proxy(address: Address, no_proxy: str) -> bool:
    """Return whether ``no_proxy`` exempts an address.

    Its entries are domains (with their subdomains), hosts with a port, IP addresses, networks such
    as ``10.0.0.0/8``, or ``*`` for everything.
    """
    host = address.host.lower()
    for entry in no_proxy.lower().split(","):
        name = entry.strip().lstrip(".")
        if name == "*" or (name and _is_in_network(host, name)):
            return True
        if name and any(f".{known}".endswith(f".{name}") for known in (host, address.host_port)):
            return True
    return False


def _is_in_network(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def _variable(name: str) -> str:
    return os.environ.get(name) or os.environ.get(name.upper(), "")


def trusted_certificates() -> ssl.SSLContext:
    """Return a context that checks the certificates of servers.

    OpenSSL itself reads ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``; the variables of Git, curl and
    Requests work too.

    Raises:
        SourceError: A variable names a file that can't be used.
    """
    variable = next((name for name in CA_FILES if os.environ.get(name)), None)
    if variable is None:
        context = ssl.create_default_context()
        known = os.environ.get("SSL_CERT_DIR") or context.cert_store_stats()["x509_ca"]
        if sys.platform == "darwin" and not known:
            # Python from python.org has none until one runs a script of it.
            with suppress(OSError):
                context.load_verify_locations(MAC_CERTIFICATES)
        return context
    path = os.environ[variable]
    try:
        if os.path.isdir(path):  # noqa: PTH112 - the variable need not hold a valid path
            return ssl.create_default_context(capath=path)
        return ssl.create_default_context(cafile=path)
    except (OSError, ValueError) as error:
        raise SourceError(
            f"{variable} names {path}, which has no certificates; correct it"
        ) from error
