"""Where a link leads: resolved as a browser on the post's page would, and told by kind."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from xsfreader.markup.document import Link, LinkKind
from xsfreader.markup.safety import clean_url

_SITE_HOSTS = frozenset({"xmpp.org", "www.xmpp.org"})
_XEP = re.compile(r"/extensions/(?:attic/|inbox/)?xep-(\d{4})(?:[.-][\w.-]*)?/?$", re.I)
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|avif|bmp)$", re.I)
_LANGUAGE = re.compile(r"https?://[^/]+/([a-z]{2}(?:-[a-z]{2})?)/")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_BARE_HOST = re.compile(r"(?:[\w-]+\.)+[A-Za-z]{2,}(?::\d+)?(?:[/?#]|$)")
_KNOWN_FILES = re.compile(
    r"\.(?:html?|php|xml|md|txt|pdf|png|jpe?g|gif|svg|webp|css|js|ics)$", re.I
)
_SCHEME_KINDS = {"xmpp": LinkKind.XMPP, "mailto": LinkKind.MAIL}


def make_link(text: str, href: str, base: str, *, implicit: bool = False) -> Link:
    """The link that ``href`` is on the page at ``base``."""
    written = clean_url(href.strip())
    url, doubtful = _resolve(_localised(written, base), base)
    kind, xep = _classify(written, url, base)
    if doubtful or _is_doubtful(written, url):
        kind, xep = LinkKind.DOUBTFUL, None
    _, _, fragment = url.partition("#")
    return Link(text, written, url, kind, unquote(fragment), xep, implicit)


def xep_link(number: int) -> tuple[str, str]:
    """Text and target of the link that an unlinked mention of a XEP stands for."""
    return f"XEP-{number:04d}", f"/extensions/xep-{number:04d}.html"


def site_path(url: str) -> str | None:
    """The decoded path of an address on the site, None of any other."""
    parts = _split(url)
    if parts is None or parts.scheme not in {"http", "https"}:
        return None
    return unquote(parts.path) if (parts.hostname or "") in _SITE_HOSTS else None


def resolve(href: str, base: str) -> str:
    """The absolute address of what the page at ``base`` refers to by ``href``."""
    return _resolve(clean_url(href.strip()), base)[0]


def _localised(href: str, base: str) -> str:
    """Lists of posts exist in every language; the site leads to the one of the page's own."""
    if href.startswith("/categories/") and (found := _LANGUAGE.match(base)):
        return f"/{found[1]}{href}"
    return href


def _resolve(href: str, base: str) -> tuple[str, bool]:
    try:
        return urljoin(base, href), False
    except ValueError:
        return href, True


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _classify(href: str, url: str, base: str) -> tuple[LinkKind, int | None]:
    parts = _split(url)
    if parts is None:
        return LinkKind.DOUBTFUL, None
    if parts.scheme not in {"http", "https"}:
        return _SCHEME_KINDS.get(parts.scheme, LinkKind.OTHER), None
    page, _, fragment = url.partition("#")
    if fragment and (href.startswith("#") or page == base.partition("#")[0]):
        return LinkKind.FRAGMENT, None
    on_site = (parts.hostname or "") in _SITE_HOSTS
    if on_site and (found := _XEP.search(parts.path)):
        return LinkKind.XEP, int(found[1])
    if _PICTURE.search(parts.path) and ":" not in parts.path:
        return LinkKind.IMAGE, None
    return (LinkKind.SITE if on_site else LinkKind.WEB), None


def _is_doubtful(href: str, url: str) -> bool:
    """Whether the target can't be what its author meant."""
    if not href or "\\" in href or "%20" in href[:1] or href.endswith("("):
        return True
    parts = _split(url)
    if parts is None or (parts.scheme in {"http", "https"} and not _is_host(parts.netloc)):
        return True
    if _SCHEME.match(href):
        if _BARE_HOST.match(href):
            return True
        return parts.scheme in {"http", "https"} and not re.match(r"https?://", href, re.I)
    if href.startswith(("/", "#", "?", ".")):
        return False
    host = _BARE_HOST.match(href)
    return host is not None and not _KNOWN_FILES.search(host.group().rstrip("/?#"))


def _is_host(netloc: str) -> bool:
    host = netloc.rpartition("@")[2]
    return bool(host) and re.search(r"[\s<>\"(){}|^`]|^\.|\.\.", host) is None
