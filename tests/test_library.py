"""The library on the guide and the corpus: names, links, marks and documents."""

from __future__ import annotations

import datetime as dt
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest

from tests.corpus import corpus_files, needs_corpus
from xsfreader import markup
from xsfreader.config import Config, locate
from xsfreader.errors import NoArchiveError, UnknownPostError, UnreadablePostError
from xsfreader.library import Library, archive_path, file_document, normal_source
from xsfreader.library.documents import CAPACITY
from xsfreader.markup import LinkKind
from xsfreader.model import Filter, Place, View
from xsfreader.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WELCOME = "/2026/08/welcome-to-xsfreader/"


@pytest.fixture
def guide() -> Iterator[Library]:
    """The guide, synced."""
    with Library(Config(), locate(), "guide") as library:
        library.refresh_local()
        yield library


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The corpus as a checkout on disk, synced."""
    folder = tmp_path_factory.mktemp("checkout")
    for path, data in corpus_files().items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    home = tmp_path_factory.mktemp("home")
    from xsfreader.paths import Paths

    with Library(Config(), Paths(home / "c", home, home / "l"), str(folder)) as library:
        library.refresh_local()
        yield library


def test_an_empty_archive_suggests_a_sync() -> None:
    with Library(Config(), locate(), "http://127.0.0.1:9/x.git") as library:
        assert library.empty
        with pytest.raises(NoArchiveError, match="xsfreader sync"):
            library.posts(Filter())
        with pytest.raises(NoArchiveError):
            library.search("x", 5)


def test_a_first_start_waits_for_a_concurrent_one() -> None:
    counts: list[int] = []

    def start() -> None:
        with Library(Config(), locate(), "guide") as beside:
            beside.refresh_local()
            counts.append(len(beside.posts(Filter())))

    with Library(Config(), locate(), "guide") as library:
        second = Thread(target=start)
        with library._store.sync_lock():
            second.start()
            second.join(0.3)
            assert second.is_alive()
        library.refresh_local()
        second.join()
        assert counts == [len(library.posts(Filter()))]


def test_a_source_has_one_name_however_it_is_written(tmp_path: Path) -> None:
    assert normal_source(str(tmp_path) + "/../" + tmp_path.name) == str(tmp_path)
    assert normal_source("https://example.org/x/") == "https://example.org/x"


def test_names_and_paths_contain_no_password() -> None:
    with Library(Config(), locate(), "http://me:secret@127.0.0.1:9/x.git") as library:
        assert "secret" not in library.source_name
        assert "secret" not in str(
            archive_path(Config(), locate(), "http://me:secret@127.0.0.1:9/x.git")
        )


def test_a_document_is_cached(guide: Library) -> None:
    assert guide.document(WELCOME) is guide.document(WELCOME)


def test_an_unknown_post_gets_suggestions(guide: Library) -> None:
    with pytest.raises(UnknownPostError) as caught:
        guide.resolve("welcome-to-xsfraeder")
    assert WELCOME in caught.value.candidates


def test_marks_on_a_translation_are_marks_on_the_entry(guide: Library) -> None:
    german = guide.translations(WELCOME)[1]
    assert german.startswith("/de/")
    guide.set_read(german, read=True)
    guide.set_starred(german, starred=True)
    assert guide.is_read(WELCOME)
    entry = next(e for e in guide.entries(View.STARRED, None) if e.permalink == WELCOME)
    assert entry.read
    guide.set_read(WELCOME, read=False)
    guide.set_starred(WELCOME, starred=False)
    assert not guide.is_read(german)
    assert guide.entries(View.STARRED, None) == []


def test_a_name_shared_by_translations_resolves_to_the_preferred_language(tmp_path: Path) -> None:
    for name in ("feast.md", "feast.de.md"):
        (tmp_path / name).write_text("---\ntitle: A feast\ndate: 2020-01-02\n---\nWords.\n")
    for languages, wanted in (
        (("en",), "/2020/01/a-feast/"),
        (("fr", "de", "en"), "/de/2020/01/a-feast/"),
        (("fr",), "/de/2020/01/a-feast/"),
    ):
        with Library(Config(languages=languages), locate(), str(tmp_path)) as library:
            library.refresh_local()
            assert library.resolve("a-feast") == wanted


def test_a_name_shared_by_two_posts_is_refused(tmp_path: Path) -> None:
    for year in (2020, 2021):
        text = f"---\ntitle: A feast\ndate: {year}-01-02\n---\nWords.\n"
        (tmp_path / f"feast-{year}.md").write_text(text)
    with Library(Config(), locate(), str(tmp_path)) as library:
        library.refresh_local()
        with pytest.raises(UnknownPostError) as caught:
            library.resolve("a-feast")
        assert len(caught.value.candidates) == 2


def test_a_post_is_read_when_a_translation_is(tmp_path: Path) -> None:
    for name in ("feast.md", "feast.de.md", "other.md"):
        text = f"---\ntitle: {name}\ndate: 2020-01-02\n---\nWords.\n"
        (tmp_path / name).write_text(text)
    with Library(Config(), locate(), str(tmp_path)) as library:
        library.refresh_local()
        german = next(item.post for item in library.posts(Filter(language="de")))
        library.set_read(german.permalink, read=True)
        assert [item.post.title for item in library.posts(Filter(unread=True))] == ["other.md"]
        read = [item.post.title for item in library.posts(Filter()) if item.marks.read]
        assert sorted(read) == ["feast.de.md", "feast.md"]


def test_translations_are_the_same_from_each_of_them(guide: Library) -> None:
    found = guide.translations(WELCOME)
    assert [permalink[:4] for permalink in found] == ["/202", "/de/", "/fr/"]
    assert all(guide.translations(each) == found for each in found)


def test_two_libraries_lose_no_mark(guide: Library) -> None:
    permalinks = [item.post.permalink for item in guide.posts(Filter())]
    with guide.clone() as other:
        for index, permalink in enumerate(permalinks):
            (guide if index % 2 else other).set_starred(permalink, starred=True)
            (other if index % 3 else guide).set_place(permalink, Place(index, 1))
        for library in (guide, other):
            assert all(library.marks(permalink).starred for permalink in permalinks)
            assert [library.marks(p).place for p in permalinks] == [
                Place(index, 1) for index in range(len(permalinks))
            ]


def test_marks_are_exported_and_imported_as_json(guide: Library) -> None:
    guide.set_starred(WELCOME, starred=True)
    exported = guide.export_state()
    assert guide.import_state(exported) == 0
    guide.set_starred(WELCOME, starred=False)
    assert guide.import_state(exported) == 0
    assert not guide.is_starred(WELCOME)


def test_a_file_is_read_without_an_archive(tmp_path: Path) -> None:
    file = tmp_path / "draft.de.md"
    file.write_text("---\ntitle: Ein Entwurf\ndate: 2026-01-02\n---\nGuten Tag\n")
    full, document = file_document(file)
    assert full.post.language == "de"
    assert document.blocks[0].text == "Ein Entwurf"
    file.write_bytes(b"---\ntitle: x\n")
    with pytest.raises(UnreadablePostError, match=r"draft\.de\.md: .*is it a post"):
        file_document(file)


@needs_corpus
def test_every_link_to_a_post_held_here_opens_that_post(blog: Library) -> None:
    held = set()
    for item in blog.posts(Filter()):
        held |= {fold(unquote(name)) for name in (item.post.permalink, *item.post.aliases)}
    by_alias = 0
    for item in blog.posts(Filter())[::4]:
        for link in blog.document(item.post.permalink).links:
            if link.kind is LinkKind.SITE:
                path = fold(unquote(urlsplit(link.url).path).rstrip("/") + "/")
                found = blog.item_at(link.url)
                assert (found is not None) == (path in held), (link.url, found)
                by_alias += found is not None and path != fold(unquote(found))
    assert by_alias > 5


@needs_corpus
def test_a_filter_looks_at_titles_authors_and_categories(blog: Library) -> None:
    every = blog.entries(View.DATE, None)
    for words in ("stpeter", "TRONÇON", "newsletter", "stpeter 2", "mm", "%", "_", "'", '"'):
        wanted = [
            entry
            for entry in every
            if all(word in _filterable(blog, entry.permalink) for word in fold(words).split())
        ]
        assert blog.entries(View.DATE, None, words=words) == wanted
        unread = tuple(entry.permalink for entry in wanted)
        assert blog.unread(View.DATE, words) == unread
    assert len(blog.entries(View.XEP, None)) < len(every)


def _filterable(blog: Library, permalink: str) -> str:
    post = blog.post(permalink)
    return fold("\n".join((post.title, *post.authors, *post.categories)))


def test_an_item_parsed_by_another_library_opens_without_parsing(
    guide: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    with guide.clone() as worker:
        parsed = worker.parse_item(WELCOME)
    assert not guide.is_cached(WELCOME)
    guide.cache_item(parsed)
    assert guide.is_cached(WELCOME)
    monkeypatch.setattr(markup, "parse", lambda *_, **__: pytest.fail("parsed again"))
    assert guide.document(WELCOME) is parsed.document


def test_a_document_cached_on_another_day_is_not_used(
    guide: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    guide.document(WELCOME)
    monkeypatch.setattr(Library, "today", guide.today + dt.timedelta(days=1))
    assert not guide.is_cached(WELCOME)


def test_the_documents_used_last_stay_cached(guide: Library) -> None:
    first, second, *_ = [listed.post.permalink for listed in guide.posts(Filter())]
    cache = guide._documents
    keys = [guide._document_key(each) for each in (first, second)]
    for key in keys:
        cache.put(key, guide.document(first))
    for number in range(CAPACITY - 1):
        cache.put((str(number), None, guide.today), guide.document(first))
    assert cache.get(keys[0]) is not None, "it was used in between"
    assert cache.get(keys[1]) is None


def test_an_item_has_a_title_an_address_and_its_text(guide: Library) -> None:
    item = guide.item(WELCOME)
    assert (item.id, item.url) == (WELCOME, f"https://xmpp.org{WELCOME}")
    assert item.title == guide.post(WELCOME).title
    assert "xsfreader" in item.text
    assert guide.item_at(item.url) == WELCOME
    with pytest.raises(UnknownPostError):
        guide.item("/nowhere/")
