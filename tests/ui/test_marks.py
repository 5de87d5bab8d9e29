"""Test marking a whole list as read, and undoing it."""

from __future__ import annotations

from tests.ui.apps import reader, running, settle


async def test_marking_all_read_asks_and_the_same_key_undoes_it() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        unread = screen.posts.unread_shown()
        assert len(unread) > 3
        await pilot.press("A")
        await settle(pilot, 0.2)
        await pilot.press("j", "enter")
        await settle(pilot, 0.2)
        assert screen.posts.unread_shown() == ()
        await pilot.press("A")
        await settle(pilot, 0.2)
        assert pilot.app.screen is screen
        assert set(screen.posts.unread_shown()) == set(unread)


async def test_new_unread_posts_ask_again() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        first, *others = screen.posts.unread_shown()
        screen.marks._set_all_read((first,))
        await settle(pilot, 0.2)
        await pilot.press("A")
        await settle(pilot, 0.2)
        assert pilot.app.screen is not screen
        assert screen.library.is_read(first)
        assert set(screen.posts.unread_shown()) == set(others)


async def test_another_list_without_unread_posts_undoes_nothing() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        unread = screen.posts.unread_shown()
        screen.marks._set_all_read(unread)
        await pilot.press("6", "A")
        await settle(pilot)
        assert screen.status.text == "No unread posts in this list"
        await pilot.press("1", "A")
        await settle(pilot)
        assert set(screen.posts.unread_shown()) == set(unread)


async def test_each_list_undoes_its_own_marks() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        await pilot.press("slash", *"search", "enter")
        await settle(pilot)
        few = screen.posts.unread_shown()
        assert few
        screen.marks._set_all_read(few)
        await pilot.press("escape")
        await settle(pilot)
        others = screen.posts.unread_shown()
        screen.marks._set_all_read(others)
        await pilot.press("slash", *"search", "enter", "A")
        await settle(pilot)
        assert set(screen.posts.unread_shown()) == set(few)


async def test_a_post_is_marked_read_once_when_it_is_opened() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        await pilot.press("enter")
        await settle(pilot)
        permalink = screen.item_id
        assert permalink is not None
        assert screen.library.is_read(permalink)
        with screen.library.clone() as other_window:
            await pilot.pause(0.2)
            other_window.set_read(permalink, read=False)
        screen.sync.check_files()
        await pilot.press("j", "space", "G")
        await settle(pilot)
        assert not screen.library.is_read(permalink)
        await pilot.press("m", "m", "k", "g")
        await settle(pilot)
        assert not screen.library.is_read(permalink)
        await pilot.press("h", "enter")
        await settle(pilot)
        assert screen.library.is_read(permalink), "opened again"


async def test_the_first_movement_in_a_post_that_was_open_at_the_start_marks_it_read() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        screen.focus_pane(reading=True)
        permalink = screen.item_id
        assert permalink is not None
        assert not screen.library.is_read(permalink)
        await pilot.press("j")
        await settle(pilot)
        assert screen.library.is_read(permalink)
        await pilot.press("J", "j")
        await settle(pilot)
        assert screen.item_id is not None
        assert screen.item_id != permalink
        assert screen.library.is_read(screen.item_id)


async def test_u_undoes_the_last_markings_one_after_another() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        library, first = screen.library, screen.item_id
        assert first is not None
        title = f"“{library.post(first).title}”"
        await pilot.press("U")
        assert screen.status.text.startswith("Nothing to undo")
        await pilot.press("m", "s", "m", "A")
        await settle(pilot, 0.2)
        unread = screen.posts.unread_shown()
        await pilot.press("j", "enter")
        await settle(pilot, 0.2)
        assert f"{len(unread)} posts marked as read; press U to undo" in screen.status.text
        assert not screen.posts.unread_shown()
        await pilot.press("U")
        await settle(pilot)
        assert screen.status.text == f"{len(unread)} posts unread again"
        assert screen.posts.unread_shown() == unread
        await pilot.press("U")
        assert screen.status.text == f"{title} read again"
        assert library.is_read(first)
        await pilot.press("U")
        assert screen.status.text == f"{title} without a star again"
        assert not library.is_starred(first)
        await pilot.press("U")
        assert screen.status.text == f"{title} unread again"
        assert not library.is_read(first)
        await pilot.press("U")
        assert screen.status.text.startswith("Nothing to undo")


async def test_u_gives_a_star_back() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        first = screen.item_id
        assert first is not None
        await pilot.press("s", "5", "s", "U")
        await settle(pilot)
        assert screen.library.is_starred(first)
        assert screen.status.text.endswith("starred again")


async def test_a_post_marked_unread_in_another_window_stays_so_while_one_moves_in_it() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        await pilot.press("enter", "space")
        opened = screen.item_id
        assert opened is not None
        assert screen.library.is_read(opened)
        with screen.library.clone() as other:
            other.set_read(opened, read=False)
        screen.sync.check_files()
        await pilot.press("space", "g", "down")
        await settle(pilot)
        assert not screen.library.is_read(opened)
