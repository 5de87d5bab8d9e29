"""``xeps``: list XEPs, describe one, or print a specification."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xsfreader.cli.output import OK, fail, print_document, print_json, tell
from xsfreader.cli.progress import Printer, sparing
from xsfreader.errors import UsageError
from xsfreader.limits import limited_memory
from xsfreader.model import specification_id
from xsfreader.text import clean

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Container

    from xsfreader.library import Library


def xeps(args: Namespace, library: Library) -> int:
    """List all XEPs, describe one with the posts that mention it, or print its specification."""
    if args.read:
        return _read(args, library)
    library.require_posts()
    if args.number is None:
        return _list(args, library)
    if library.xep(args.number) is None and not library.posts_with_xep(args.number):
        return fail(f"XEP-{args.number:04} isn't mentioned in any post or in the cached XEP list")
    if args.json:
        print_json(_record(library, args.number, library.specifications.held()))
        return OK
    title, text = library.xep_card(args.number)
    print(clean(title) + "\n\n" + clean(text))
    for entry in library.posts_with_xep(args.number):
        print(f"  {entry.day}  {clean(entry.title)}  {clean(entry.permalink)}")
    return OK


def _list(args: Namespace, library: Library) -> int:
    listed = library.listed_xeps()
    if args.json:
        held = library.specifications.held()
        print_json([_record(library, number, held, posts) for number, posts in listed])
        return OK
    if problem := library.xep_list_problem():
        tell(problem)
    for number, posts in listed:
        line = clean(library.xep_line(number) or f"XEP-{number:04}")
        count = f"  ({posts} post{'s' if posts != 1 else ''})" if posts else ""
        print(line + count)
    return OK


def _read(args: Namespace, library: Library) -> int:
    """Print a specification, which is fetched where it isn't held."""
    if args.number is None:
        raise UsageError("--read needs the number of a XEP")
    specifications = library.specifications
    may_fetch = library.config.xeps != "off" and (not args.offline or library.has_local_xeps)
    if may_fetch and not specifications.version(args.number):
        with Printer() as printer, limited_memory():
            specifications.fetch(args.number, sparing(printer.print))
    item_id = specification_id(args.number)
    if args.json:
        record = _record(library, args.number, {args.number})
        print_json(record | {"xml": library.item(item_id).text})
    else:
        print_document(library.document(item_id), args, library.config.width)
    return OK


def _record(library: Library, number: int, held: Container[int], posts: int = 1) -> dict[str, Any]:
    """Build the object that ``--json`` prints for a XEP and the posts that mention it.

    Those are looked for unless there are none.
    """
    xep = library.xep(number)
    known = xep and {
        "title": xep.title,
        "status": xep.status,
        "type": xep.type,
        "version": xep.version,
        "revised": xep.revised and xep.revised.isoformat(),
        "abstract": xep.abstract,
        "superseded_by": list(xep.superseded_by),
    }
    entries = library.posts_with_xep(number) if posts else ()
    return {
        "number": number,
        **(known or {}),
        "posts": [entry.permalink for entry in entries],
        "held": number in held,
    }
