"""Read specifications in the app: from the card, by a link, in steps, fetched when needed."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.githost import GitHost, corpus_repository
from tests.markup.test_xep import check_page, needs_specifications, real_pages
from tests.test_specifications import FILES, HEAD, specification
from tests.ui import apps
from tests.ui.apps import reader, running, settle
from xsfreader.config import Config, load, locate
from xsfreader.errors import UnreadableSpecificationError
from xsfreader.library import Library
from xsfreader.markup.xep.parse import SpecificationParser
from xsfreader.model import Place, View, Xep, specification_id
from xsfreader.ui.screens.search import SearchScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ui.apps import Driver
    from xsfreader.ui.reader import ReaderScreen

SECTIONS = 400
LARGE, BAD = 60, 13


def large() -> bytes:
    """Give a specification that takes many steps to parse and to lay out."""
    code = "".join(f"&lt;item n='{n}'/&gt;\n" for n in range(10))
    sections = "".join(
        f'<section1 topic="Part {n}" anchor="part-{n}"><p>{"Some words. " * 40}</p>'
        f"<example caption='One'>{code}</example></section1>"
        for n in range(SECTIONS)
    )
    header = "<title>Large</title><abstract>Much</abstract><number>0060</number>"
    for version, words in (("1.1", "Changed."), ("1.0", "Begun.")):
        remark = f"<remark><p>{words}</p></remark>"
        header += f"<revision><version>{version}</version><date>2020</date>{remark}</revision>"
    return f"{HEAD}<xep><header>{header}</header>{sections}</xep>".encode()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A folder of specifications, all of them held but number 1."""
    folder = tmp_path / "xeps"
    folder.mkdir()
    bad = FILES["xep-0198.xml"][:-30]
    files = FILES | {"xep-0060.xml": large(), "xep-0013.xml": bad}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    file = tmp_path / "config.toml"
    file.write_text(f'images = "off"\nxeps_source = "{folder.as_posix()}"\n')
    config = load(file)
    with Library(config, locate(), "guide") as library:
        for number in (198, 313, LARGE, BAD):
            library.specifications.fetch(number, lambda _progress: None)
    return config


async def until(pilot: Driver, met: Callable[[ReaderScreen], object]) -> None:
    await apps.until(pilot, lambda: met(reader(pilot)))
    await settle(pilot)


def shown_title(screen: ReaderScreen) -> str:
    """Give the first line of the article."""
    lines = screen.article.page.lines
    return lines[0].text if lines else ""


async def test_a_card_opens_the_specification_and_back_returns(config: Config) -> None:
    async with running(config=config) as pilot:
        screen = reader(pilot)
        await pilot.press("enter")
        screen.article.jump(Place(6))
        await settle(pilot)
        post, place = screen.item_id, screen.article.place
        unread = screen.library.unread_count()
        screen.show_xep(198)
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert screen.item_id == "xep/198"
        assert shown_title(screen) == "XEP-0198: Stream Management"
        assert screen.reading
        await pilot.press("m")
        assert screen.status.text == "A specification has no marks"
        assert "star" not in screen.key_bar.render_line(0).text
        await pilot.press("i")
        assert screen.status.text == "This specification has no images"
        await pilot.press("s", "space", "J", "H")
        await settle(pilot)
        await pilot.press("H", "H", "L", "H")
        await settle(pilot)
        assert (screen.item_id, screen.article.place) == (post, place)
        assert screen.library.unread_count() <= unread
        assert not screen.library.marks("xep/198").read


async def test_what_was_left_in_a_specification_opens_there_again(config: Config) -> None:
    async with running(config=config) as pilot:
        reader(pilot).open_specification(198)
        await settle(pilot)
        reader(pilot).session.save()
    async with running(config=config, fresh=False) as pilot:
        await until(pilot, lambda screen: screen.item_id == "xep/198")


async def test_a_large_one_opens_at_once_and_grows_in_steps(config: Config) -> None:
    async with running(config=config) as pilot:
        screen = reader(pilot)
        screen.open_specification(LARGE)
        at_once = screen.article.growing
        assert at_once
        assert shown_title(screen) == "XEP-0060: Large"
        await pilot.press("t")
        await until(pilot, lambda screen: not screen.is_active)
        assert not screen.article.growing
        await pilot.press("escape")
        document = screen.article.document
        assert document is not None
        assert len([h for h in document.headings if h.id.startswith("part-")]) == SECTIONS
        assert document == screen.library.document(specification_id(LARGE))
        page = screen.article.page
        assert page is not None
        assert page.blocks == document.fold


@pytest.mark.parametrize("way", ["link", "find", "back"])
async def test_the_revision_history_is_folded_until_one_goes_there(
    config: Config, way: str
) -> None:
    async with running(config=config) as pilot:
        screen = reader(pilot)
        document = screen.library.document(specification_id(LARGE))
        history = document.anchors["revision-history-v1.1"]
        if way == "back":
            screen.show_item(specification_id(LARGE), history)
        else:
            screen.open_specification(LARGE)
            await pilot.press("G")
            await until(pilot, lambda screen: not screen.article.growing)
            page = screen.article.page
            assert page is not None
            assert page.lines[-1].text == "▸ 2 versions"
            if way == "link":
                links = [link.text for link in document.links]
                screen.links.follow(links.index("▸ 2 versions"))
            else:
                await pilot.press("slash", *"Begun", "enter")
        await until(pilot, lambda screen: not screen.article.growing)
        page = screen.article.page
        assert page is not None
        assert page.blocks == len(document.blocks)
        assert page.lines[-1].text.strip() == "Begun."
        assert screen.article.percent == 100


@pytest.mark.parametrize("cached", [False, True])
async def test_a_section_far_down_is_reached_once_it_is_parsed(
    config: Config,
    cached: bool,
) -> None:
    async with running(config=config) as pilot:
        screen = reader(pilot)
        if cached:
            screen.library.document(specification_id(LARGE))
        screen.open_specification(LARGE, f"part-{SECTIONS - 50}")
        await until(pilot, lambda screen: not screen.article.growing)
        section = screen.article.section
        assert section is not None
        assert section.id == f"part-{SECTIONS - 50}"
        screen.open_specification(LARGE, "nowhere")
        assert screen.status.text == "No section #nowhere here"


async def test_moving_while_it_grows_ends_the_way_to_a_section(config: Config) -> None:
    async with running(config=config) as pilot:
        screen = reader(pilot)
        screen.library.document(specification_id(LARGE))
        screen.open_specification(LARGE, f"part-{SECTIONS - 50}")
        assert screen.article.growing
        screen.article.move(3)
        place = screen.article.place
        await until(pilot, lambda screen: not screen.article.growing)
        assert screen.article.place == place


def shows_all_of(screen: ReaderScreen, item_id: str) -> bool:
    return screen.item_id == item_id and not screen.article.growing


@pytest.mark.soak
@pytest.mark.corpus
@needs_specifications
async def test_each_of_the_xsf_is_fetched_and_has_the_words_of_its_page(tmp_path: Path) -> None:
    corpus_repository(tmp_path / "xeps.git", "xeps")
    file = tmp_path / "config.toml"
    with GitHost(tmp_path) as host:
        file.write_text(f'images = "off"\nxeps_source = "{host.url("xeps.git")}"\n')
        async with running(config=load(file), offline=False) as pilot:
            screen = reader(pilot)
            for number in sorted(real_pages()):
                item_id = specification_id(int(number))
                screen.open_specification(int(number))
                await until(pilot, partial(shows_all_of, item_id=item_id))
                assert screen.article.document is not None
                check_page(number, screen.article.document)


async def test_what_is_not_held_is_fetched_from_its_source(config: Config) -> None:
    async with running(config=config) as pilot:
        screen = reader(pilot)
        screen.open_specification(1)
        assert "XEP-0001: fetching" in screen.status.text
        await until(pilot, lambda screen: screen.item_id == "xep/1")
        assert shown_title(screen) == "XEP-0001: Extension Protocols"
        screen.open_specification(999)
        await until(pilot, lambda screen: "XEP-0999 is not in" in screen.status.text)


async def test_offline_one_line_says_what_to_do() -> None:
    async with running(config=Config(images="off")) as pilot:
        screen = reader(pilot)
        screen.open_specification(198)
        assert screen.status.text.startswith("XEP-0198 is not held here")
        assert screen.item_id is not None
        assert screen.specification is None


async def test_one_that_cannot_be_read_leaves_the_post(config: Config) -> None:
    async with running(config=config) as pilot:
        screen = reader(pilot)
        before = screen.item_id
        screen.action_do("xep")
        screen.attempt(lambda: screen.open_specification(BAD))
        assert screen.item_id == before
        assert "read" in screen.status.text


async def test_a_newer_version_is_shown_at_the_same_words(config: Config) -> None:
    async with running(config=config) as pilot:
        screen = reader(pilot)
        screen.open_specification(313, "elements")
        await settle(pilot)
        screen.sync.check_files()
        for text, title in (("As ever.", "Newer"), ("</p>", "Broken")):
            file = Path(config.xeps_source) / "xep-0313.xml"
            file.write_bytes(specification(313, title, text))
            with Library(config, locate(), "guide") as library:
                library.specifications.fetch(313, lambda _progress: None)
            screen.sync.check_files()
            if title == "Newer":
                await until(pilot, lambda screen: shown_title(screen) == "XEP-0313: Newer")
                section = screen.article.section
                assert section is not None
                assert section.id == "elements"
        await until(pilot, lambda screen: "can't read this specification" in screen.status.text)
        assert shown_title(screen) == "XEP-0313: Newer"


async def test_an_error_in_the_rest_is_said(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(config=config) as pilot:
        screen = reader(pilot)
        screen.open_specification(LARGE)

        def fail(_parser: SpecificationParser, _seconds: float) -> bool:
            raise UnreadableSpecificationError("too deep")

        monkeypatch.setattr(SpecificationParser, "parse_some", fail)
        await until(pilot, lambda screen: screen.status.text == "too deep")
        assert shown_title(screen) == "XEP-0060: Large"


@pytest.mark.parametrize("mode", ["on-demand", "off"])
async def test_a_link_to_a_xep_opens_here_unless_that_is_off(
    config: Config, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(config=config._replace(xeps=mode)) as pilot:
        screen = reader(pilot)
        opened: list[str] = []
        monkeypatch.setattr(screen.external, "open_url", opened.append)
        post = next(
            entry.permalink
            for number in (384, 198)
            for entry in screen.library.posts_with_xep(number)
        )
        screen.read_item(post)
        document = screen.article.document
        assert document is not None
        at = next(i for i, link in enumerate(document.links) if link.xep is not None)
        number = document.links[at].xep
        screen.links.follow(at)
        if mode == "off":
            assert opened[-1] == document.links[at].url
        else:
            assert not opened
            assert f"XEP-{number:04}" in screen.status.text or screen.item_id == f"xep/{number}"


async def test_in_the_list_by_xep_a_heading_begins_with_its_specification(config: Config) -> None:
    async with running(config=config) as pilot:
        screen = reader(pilot)
        number, _ = screen.library.listed_xeps()[0]
        screen.navigation.show_view(View.XEP)
        posts = screen.posts
        posts.reveal_group(screen.library.groups(View.XEP)[0].label)
        await pilot.press("down")
        row = posts.row
        assert row is not None
        assert row.specification == specification_id(int(screen.library.groups(View.XEP)[0].key))
        before = screen.item_id
        await settle(pilot)
        assert screen.item_id == before
        await pilot.press("J")
        assert posts.entry is not None
        await pilot.press("up", "enter")
        await settle(pilot)
        assert f"XEP-{number:04}" in screen.status.text or screen.specification == number


async def test_the_list_by_xep_finds_the_specification_shown(config: Config) -> None:
    async with running(config=config) as pilot:
        screen = reader(pilot)
        held = [n for n, _ in screen.library.listed_xeps() if n in {198, 313}]
        screen.open_specification(held[0])
        await pilot.press("4")
        await settle(pilot)
        row = screen.posts.row
        assert row is not None
        assert row.specification == screen.item_id == specification_id(held[0])


def labels(screen: ReaderScreen) -> list[str]:
    """Give what the headings and specifications of the list show."""
    rows = screen.posts.tree_of_posts.rows
    return [row.node.group.label if row.node else row.label for row in rows]


async def test_the_list_by_xep_and_its_filter_hold_what_the_xsf_lists(config: Config) -> None:
    with Library(config, locate(), "guide") as library:
        kind = "Procedural", "Active"
        library._store.set_xeps([Xep(n, f"Title {n}", "", *kind) for n in (1, 198, 999)])
    async with running(config=config) as pilot:
        screen = reader(pilot)
        await pilot.press("4", "G")
        assert labels(screen)[-1] == "2 more, in no post"
        assert "0198 Title 198" in labels(screen)
        await pilot.press("J")
        assert screen.status.text == "Last post in the list"
        await pilot.press("enter")
        assert labels(screen)[-2:] == ["  0001 Title 1", "  0999 Title 999"]
        await pilot.press("slash", *"title 1", "enter")
        assert labels(screen)[:: len(labels(screen)) - 1] == ["0198 Title 198", "  0001 Title 1"]
        await pilot.press("G", "enter")
        await until(pilot, lambda screen: screen.item_id == "xep/1")
        assert screen.posts.row is not None
        assert screen.posts.row.specification == "xep/1"
        await pilot.press("h", "escape", "4")
        assert screen.posts.row.specification == "xep/1"
    async with running(config=config._replace(xeps="off")) as pilot:
        await pilot.press("4")
        assert not any("more" in label for label in labels(reader(pilot)))


async def test_the_list_by_xep_says_what_to_do_about_missing_titles(config: Config) -> None:
    async with running(config=config) as pilot:
        await pilot.press("4")
        said = reader(pilot).status.text
        assert said.startswith("The XSF's list of XEPs is missing: name it in")


async def test_a_search_in_specifications_opens_at_the_section(config: Config) -> None:
    async with running(config=config, size=(170, 40)) as pilot:
        screen = reader(pilot)
        await pilot.press("4")
        post = screen.item_id
        await pilot.press("F")
        search = pilot.app.screen
        assert isinstance(search, SearchScreen)
        await until(pilot, lambda _: "of the 4 specifications" in str(search.found.render()))
        await pilot.press(*"mam", "colon", *"2")
        await until(pilot, lambda _: pilot.app.screen.results.hits)  # type: ignore[attr-defined]
        hit = search.results.hit
        assert hit is not None
        assert hit.target == "xep/313#elements"
        await until(pilot, lambda _: search.preview.has_highlights)
        await pilot.press("enter")
        await until(pilot, lambda screen: screen.item_id == "xep/313")
        await until(pilot, lambda screen: screen.find.matches)
        assert screen.status.text == "mam:2: 1/1"
        section = screen.article.section
        assert section is not None
        assert section.id == "elements"
        await pilot.press("H")
        await until(pilot, lambda screen: screen.item_id == post)
        assert isinstance(pilot.app.screen, SearchScreen)


async def test_a_search_without_any_specification_says_so() -> None:
    async with running(config=Config(images="off")) as pilot:
        await pilot.press("F")
        await pilot.press(*"presence in", "colon", *"xeps")
        search = pilot.app.screen
        assert isinstance(search, SearchScreen)
        await until(pilot, lambda _: "No specification is held yet" in str(search.found.render()))


@pytest.mark.parametrize("growing", [False, True])
async def test_a_section_comes_to_the_top_though_it_was_the_last_one_laid_out(
    config: Config, growing: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each step reads a little, so that one ends just behind the section.
    monkeypatch.setattr("xsfreader.ui.widgets.growing.STEP_SECONDS", 0)
    monkeypatch.setattr("xsfreader.ui.widgets.growing.FIRST_SECONDS", 0)
    async with running(config=config) as pilot:
        screen = reader(pilot)
        article = screen.article
        place = screen.library.document(specification_id(LARGE)).anchors["part-40"]

        def jump() -> bool:
            is_there = article.page.blocks > place.block
            if is_there:
                article.jump(place)
            return is_there

        screen.open_specification(LARGE, "" if growing else "part-40")
        if growing:
            article.until(jump)
        await until(pilot, lambda screen: not screen.article.growing)
        section = screen.article.section
        assert section is not None
        assert section.id == "part-40"
