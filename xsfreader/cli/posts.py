"""The commands that print posts: ``list``, ``show``, ``search``, ``problems``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from xsfreader.cli.output import (
    OK,
    hit_record,
    hit_rows,
    list_rows,
    print_document,
    print_json,
    print_markdown,
    record,
    tell,
)
from xsfreader.cli.target import resolve
from xsfreader.library import Listed, current_day, file_document
from xsfreader.model import Filter, Marks, View
from xsfreader.text import clean

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Sequence

    from xsfreader.config import Config
    from xsfreader.library import Library
    from xsfreader.markup import Document
    from xsfreader.model import Hit, SectionHit


def list_posts(args: Namespace, library: Library) -> int:
    """List posts, newest first."""
    wanted = Filter(
        language=args.language and args.language.lower(),
        category=args.category,
        author=args.author,
        since=args.since,
        until=args.until,
        unread=args.unread,
        starred=args.starred,
    )
    listed = library.posts(wanted, once=not args.all_languages)
    if args.json:
        print_json([record(item) for item in listed])
        return OK
    for row in list_rows(listed):
        print(row)
    if not listed:
        names = ((View.AUTHOR, args.author), (View.CATEGORY, args.category))
        problems = [library.name_problem(view, name) for view, name in names if name]
        words = "; ".join(["No posts match", *filter(None, problems)])
        tell(library.clock_problem() or words)
    return OK


def show(args: Namespace, library: Library) -> int:
    """Print a post of the archive."""
    permalink = resolve(library, args.post)
    item, text = library.listed(permalink), library.item(permalink).text
    return _print(args, item, text, lambda: library.document(permalink), library.config.width)


def show_file(args: Namespace, config: Config) -> int:
    """Print a post that lies in a file, or comes in on stdin."""
    full, document = file_document(None if args.post == "-" else Path(args.post))
    item = Listed(full.post, Marks(), {}, full.post.label(current_day()))
    return _print(args, item, full.body, lambda: document, config.width)


def _print(
    args: Namespace, item: Listed, text: str, document: Callable[[], Document], width: int
) -> int:
    """Print a post as the options say; it is parsed only to be laid out."""
    if args.markdown:
        print_markdown(text)
    elif args.json:
        print_json(record(item) | {"markdown": text})
    else:
        print_document(document(), args, width)
    return OK


def search(args: Namespace, library: Library) -> int:
    """Print the posts or the sections of specifications that match best."""
    query = " ".join(args.query)
    in_xeps = library.is_in_xeps(query)
    hits: Sequence[Hit | SectionHit]
    if in_xeps:
        hits = library.search_sections(query, args.limit + 1)
    else:
        hits = library.search(query, args.limit + 1, once=not args.all_languages)
    if len(hits) > args.limit:
        hits = hits[: args.limit]
        tell(f"The best {args.limit} matches; --limit N prints more")
    if args.json:
        print_json([hit_record(library, hit) for hit in hits])
        return OK
    for row in hit_rows(hits):
        print(row)
    if not hits:
        problem = library.query_problem(query, found=False)
        if in_xeps and not library.specifications.held():
            problem = "No specification is held yet; `xsfreader sync --xeps` fetches all"
        tell(problem or "No matches; try fewer or shorter words")
    return OK


def problems(args: Namespace, library: Library) -> int:
    """List the unreadable files."""
    library.require_posts()
    found = library.problems()
    if args.json:
        print_json([file._asdict() for file in found])
        return OK
    for file in found:
        print(clean(f"{file.path}: {file.reason}"))
    if not found:
        tell("No unreadable files")
    return OK
