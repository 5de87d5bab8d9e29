"""Resolve links as a browser on the post's page would, and classify them."""

from __future__ import annotations

import re
from urllib.parse import unquote, urljoin, urlsplit

from xsfreader.markup.document import Link, LinkKind
from xsfreader.model import SITE_HOSTS
from xsfreader.text import clean_url

_Parts = tuple[str, str, str]
"""Scheme, host and path."""

_XEP = re.compile(r"/extensions/(?:attic/|inbox/)?xep-(\d{4})(?:[.-][\w.-]*)?/?$", re.I)
_IMAGE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|avif|bmp)$", re.I)
_LANGUAGE = re.compile(r"https?://[^/]+/([a-z]{2}(?:-[a-z]{2})?)/")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_BARE_HOST = re.compile(r"(?:[\w-]+\.)+[A-Za-z]{2,}(?::\d+)?(?:[/?#]|$)")
_KNOWN_FILES = re.compile(
    r"\.(?:html?|php|xml|md|txt|pdf|png|jpe?g|gif|svg|webp|css|js|ics)$", re.I
)
_ABSOLUTE = re.compile(r"https?://[\w.-]+(?:/[^?#;]*)?", re.A)
"""An address that ``urljoin`` leaves as it is, in 20 µs."""
_INVALID_HOST = re.compile(r"[\s<>\"(){}|^`]|^\.|\.\.")
_WEB = frozenset({"http", "https"})
_SCHEME_KINDS = {"xmpp": LinkKind.XMPP, "mailto": LinkKind.MAIL}


def make_link(text: str, href: str, base: str, *, implicit: bool = False) -> Link:
    """Resolve and classify ``href`` as it stands on the page at ``base``."""
    written = clean_url(href.strip())
    url = _join(_localise(written, base).replace("\\", "%5C"), base)
    parts = _split(url)
    kind, xep = LinkKind.DOUBTFUL, None
    if not _is_doubtful(written, parts):
        kind, xep = _classify(written, url, parts, base)
    fragment = url.partition("#")[2]
    return Link(text, written, url, kind, unquote(fragment), xep, implicit)


def xep_link(number: int) -> tuple[str, str]:
    """Return text and target of the link for an unlinked mention of a XEP."""
    return f"XEP-{number:04d}", f"/extensions/xep-{number:04d}.html"


def site_path(url: str) -> str | None:
    """Return the decoded path of an address on the site, None for other addresses."""
    scheme, host, path = _split(url)
    return unquote(path) if scheme in _WEB and host in SITE_HOSTS else None


def resolve(href: str, base: str) -> str:
    """Return the absolute address of ``href`` on the page at ``base``."""
    return _join(clean_url(href.strip()), base)


def _localise(href: str, base: str) -> str:
    """Lead to the list of posts in the page's own language, as the site does."""
    if href.startswith("/categories/") and (found := _LANGUAGE.match(base)):
        return f"/{found[1]}{href}"
    return href


def _join(href: str, base: str) -> str:
    if _ABSOLUTE.fullmatch(href):
        return href
    try:
        return urljoin(base, href)
    except ValueError:
        return href


def _split(url: str) -> _Parts:
    """Split an address; a malformed one has no host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "http", "", ""
    return parts.scheme, parts.hostname or "", parts.path


def _classify(href: str, url: str, parts: _Parts, base: str) -> tuple[LinkKind, int | None]:
    scheme, host, path = parts
    if scheme not in _WEB:
        return _SCHEME_KINDS.get(scheme, LinkKind.OTHER), None
    if "#" in url and (href.startswith("#") or url.partition("#")[0] == base.partition("#")[0]):
        return LinkKind.FRAGMENT, None
    on_site = host in SITE_HOSTS
    if on_site and (found := _XEP.search(path)):
        return LinkKind.XEP, int(found[1])
    if _IMAGE.search(path) and ":" not in path:
        return LinkKind.IMAGE, None
    return (LinkKind.SITE if on_site else LinkKind.WEB), None


def _is_doubtful(href: str, parts: _Parts) -> bool:
    """Check for a target that its author can't have meant."""
    if not href or "\\" in href or href.endswith("("):
        return True
    scheme, host, _ = parts
    if scheme in _WEB and (not host or _INVALID_HOST.search(host)):
        return True
    if _SCHEME.match(href):
        if scheme in _WEB:
            return not href.lower().startswith(("https://", "http://"))
        return _BARE_HOST.match(href) is not None
    if href.startswith(("/", "#", "?", ".")):
        return False
    bare = _BARE_HOST.match(href)
    return bare is not None and not _KNOWN_FILES.search(bare.group().rstrip("/?#"))
