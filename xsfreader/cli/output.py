"""How the command line prints: rows, JSON, documents, errors, a progress line."""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING, Any

from xsfreader.errors import UsageError, one_line, without_password
from xsfreader.model import SectionHit
from xsfreader.text import clean

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Sequence

    from xsfreader.library import Library, Listed
    from xsfreader.markup import Document
    from xsfreader.model import Hit

OK, FAILURE, USAGE, INTERRUPTED = 0, 1, 2, 130
"""Exit codes."""
PIPE_WIDTH = 80
"""Columns of output that doesn't go to a terminal."""
BOLD, DIM, PLAIN = "\033[1m", "\033[2m", "\033[0m"


def fail(message: str) -> int:
    """Print an error and return its exit code."""
    tell(f"xsfreader: {message}")
    return FAILURE


def fail_output(error: OSError) -> int:
    """Print why the output can't be written, and return the exit code."""
    closed = error.errno == errno.EBADF
    return fail(f"the output: {'it is closed' if closed else error.strerror}")


def tell(message: str) -> None:
    """Print a message as one line on stderr, without passwords; drop it if that is impossible."""
    try:
        print(one_line(clean(without_password(message))), file=sys.stderr)
    except OSError:
        # Else Python would try again at exit, and change the exit code.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def confirm(command: str, words: str) -> bool:
    """Ask on the terminal whether to remove something. Raises UsageError without one."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(f"{command} asks first, which needs a terminal; --yes removes at once")
    tell(words)
    print("Remove it? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() in ("y", "yes"):
        return True
    tell("Nothing was removed")
    return False


def require_network(args: Namespace, what: str, *, local: bool = False) -> None:
    """Raise UsageError if something is asked for offline that isn't on this machine."""
    if args.offline and not local:
        raise UsageError(f"{what} needs the network, which --offline forbids")


def styled() -> bool:
    """Tell whether stdout is a terminal that supports styles."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def coloured() -> bool:
    """Tell whether stdout supports colours as well."""
    return styled() and not os.environ.get("NO_COLOR")


def record(item: Listed) -> dict[str, Any]:
    """Build the object that ``--json`` prints for a post."""
    post = item.post
    return {
        "permalink": post.permalink,
        "url": post.url,
        "path": post.path,
        "language": post.language,
        "title": post.title,
        "date": post.day.isoformat(),
        "authors": list(post.authors),
        "categories": list(post.categories),
        "summary": post.summary,
        "translations": item.translations,
        "xeps": list(post.xeps),
        "words": post.words,
        "status": item.label or "published",
        "read": item.marks.read,
        "starred": item.marks.starred,
    }


def hit_record(library: Library, hit: Hit | SectionHit) -> dict[str, Any]:
    """Build the object that ``--json`` prints for a search result."""
    found = {"snippet": hit.snippet, "marks": [list(mark) for mark in hit.marks]}
    if isinstance(hit, SectionHit):
        return {
            "number": hit.number,
            "url": hit.url,
            "title": hit.title,
            "anchor": hit.anchor,
            "section": hit.section,
            **found,
        }
    return record(library.listed(hit.post.permalink)) | found


def json_text(value: object) -> str:
    """Format JSON for stdout: escaped, where its encoding doesn't have all characters."""
    import json

    narrow = not (sys.stdout.encoding or "").lower().startswith("utf")
    return json.dumps(value, ensure_ascii=narrow, indent=1)


def print_json(value: object) -> None:
    """Print JSON; on a terminal without control sequences."""
    text = json_text(value)
    if sys.stdout.isatty():
        text = "\n".join(map(clean, text.split("\n")))
    print(text)


def list_rows(listed: Sequence[Listed]) -> Iterator[str]:
    """Format posts as rows: aligned on a terminal, tab-separated in a pipe."""
    terminal = sys.stdout.isatty()
    dim, plain = (DIM, PLAIN) if styled() else ("", "")
    for item in listed:
        post, title = item.post, clean(item.post.title)
        if not terminal:
            yield f"{post.day}\t{clean(post.permalink)}\t{title}"
            continue
        marks = ("★" if item.marks.starred else " ") + (" " if item.marks.read else "●")
        tags = [tag for tag in (item.label, post.language) if tag not in ("", "en")]
        tag = f" [{clean(', '.join(tags))}]" if tags else ""
        yield f"{post.day} {marks} {title}{tag}\n             {dim}{clean(post.permalink)}{plain}"


def hit_rows(hits: Sequence[Hit | SectionHit]) -> Iterator[str]:
    """Format search results: title and address, then the words around the matches."""
    bold, dim, plain = (BOLD, DIM, PLAIN) if styled() else ("", "", "")
    for hit in hits:
        if isinstance(hit, SectionHit):
            yield f"{bold}{clean(hit.title)}{plain}" + (
                f" · {clean(hit.section)}" if hit.anchor else ""
            )
            yield f"  {dim}{clean(hit.url)}{plain}"
        else:
            yield f"{hit.post.day} {bold}{clean(hit.post.title)}{plain}"
            yield f"  {dim}{clean(hit.post.permalink)}{plain}"
        if hit.snippet:
            parts, at = [], 0
            for start, end in hit.marks:
                parts += [clean(hit.snippet[at:start]), bold, clean(hit.snippet[start:end]), plain]
                at = end
            yield "  " + "".join(parts) + clean(hit.snippet[at:])


def print_document(document: Document, args: Namespace, widest: int) -> None:
    """Print a post or a specification: styled on a terminal, plain elsewhere.

    ``args`` may have it plain, of another width, or with the targets of its links.
    """
    import shutil

    from xsfreader.markup import layout, plain_text, to_ansi

    columns = shutil.get_terminal_size((PIPE_WIDTH, 24)).columns
    if not sys.stdout.isatty() and "COLUMNS" not in os.environ:
        columns = PIPE_WIDTH
    width = args.width or max(20, min(widest, columns))
    if args.plain or not styled():
        sys.stdout.write(plain_text(document, width))
    else:
        sys.stdout.write(to_ansi(layout(document, width), colours=coloured()))
    if args.links and document.links:
        targets = dict.fromkeys(f"{clean(link.url)}  {clean(link.text)}" for link in document.links)
        sys.stdout.write("\n" + "\n".join(line.rstrip() for line in targets) + "\n")


def print_markdown(body: str) -> None:
    """Print Markdown unchanged; on a terminal without control sequences."""
    if sys.stdout.isatty():
        body = "\n".join(clean(line) for line in body.split("\n"))
    sys.stdout.write(body if body.endswith("\n") else body + "\n")
