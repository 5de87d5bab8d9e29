"""Build Markdown with the site's own Hugo, to compare its pages with ours.

The Python package ``hugo`` in the site's version brings the program: ``nox -s hugo``.
The templates here say what the site's templates say about links and headings, and no more.
"""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VERSION = "0.161.0"

_CONFIG = {
    "baseURL": "https://xmpp.org/",
    "canonifyurls": True,
    "defaultContentLanguage": "en",
    "languages": {code: {} for code in ("de", "en", "es", "fr", "it", "pt-br", "ro")},
    "disableKinds": ["home", "rss", "sitemap", "taxonomy", "term", "404"],
    "disableAliases": True,
    "enableEmoji": True,
    "permalinks": {"blog": "/:year/:month/:title/"},
}

_LINK = """
{{- $link := .Destination -}}
{{- if not (strings.HasPrefix $link "http") -}}
{{- $url := urls.Parse .Destination -}}
{{- if $url.Path -}}
{{- $fragment := "" -}}
{{- with $url.Fragment -}}{{- $fragment = printf "#%s" . -}}{{- end -}}
{{- with .Page.GetPage $url.Path -}}
{{- $link = printf "%s%s" .RelPermalink $fragment -}}{{- end -}}{{- end -}}
{{- end -}}
<a href="{{- $link | safeURL -}}"
{{- with .Title}} title="{{- . -}}"{{- end -}}>{{- .Text | safeHTML -}}</a>
"""

_HEADING = '<h{{ .Level }} id="{{ .Anchor | safeURL }}">{{ .Text | safeHTML }}</h{{ .Level }}>'

_PAGE = "{{ dict `path` .File.Path `url` .RelPermalink `html` .Content | jsonify }}"

_FIGURE = """
<figure><img src="{{ .Get "src" }}"
alt="{{ with .Get "alt" }}{{ . }}{{ else }}{{ .Get "caption" | markdownify | plainify }}{{ end }}">
{{ if or (.Get "title") (.Get "caption") (.Get "attr") }}<figcaption>
{{ with .Get "title" }}<h4>{{ . }}</h4>{{ end }}
{{ if or (.Get "caption") (.Get "attr") }}<p>{{ .Get "caption" | markdownify }}
{{ with .Get "attrlink" }}<a href="{{ . }}">{{ end }}{{ .Get "attr" | markdownify }}
{{ if .Get "attrlink" }}</a>{{ end }}</p>{{ end }}</figcaption>{{ end }}</figure>
"""

_SUBSCRIBE = "<h5>Subscribe to the monthly XMPP newsletter</h5>"

_LAYOUTS = {
    "shortcodes/figure.html": _FIGURE,
    "shortcodes/newsletter-subscribe.html": _SUBSCRIBE,
    "shortcodes/video.html": "",
    "_default/_markup/render-link.html": _LINK.strip(),
    "_default/_markup/render-heading.html": _HEADING,
    "_default/single.html": _PAGE,
    "_default/list.html": "",
}


class Built(NamedTuple):
    """What Hugo made of a file."""

    permalink: str
    html: str


def build(folder: Path, files: Mapping[str, str]) -> dict[str, Built]:
    """Return what Hugo makes of files, by path below ``content``; unpublished ones are missing."""
    _write(folder / "hugo.json", json.dumps(_CONFIG))
    for name, template in _LAYOUTS.items():
        _write(folder / "layouts" / name, template)
    for name, text in files.items():
        _write(folder / "content" / name, text)
    subprocess.run(
        ["hugo", "--quiet", "--source", str(folder), "--noBuildLock"],
        check=True,
        capture_output=True,
    )
    pages = (
        json.loads(page.read_text("utf-8")) for page in (folder / "public").rglob("index.html")
    )
    return {page["path"]: Built(page["url"], page["html"]) for page in pages}


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
