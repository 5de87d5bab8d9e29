"""The layout of marks on the server."""

from __future__ import annotations

import pytest
from defusedxml.ElementTree import fromstring, tostring
from hypothesis import given
from hypothesis import strategies as st

from xsfreader.marks.items import (
    NAMESPACE,
    can_travel,
    device_of,
    from_xml,
    item_of,
    new_device,
    to_xml,
)
from xsfreader.store.merging_marks import LATEST, TimedMarks

times = st.integers(1, LATEST)
numbers = st.integers(0, 1 << 31)


@st.composite
def timed_marks(draw: st.DrawFn) -> TimedMarks:
    permalink = draw(st.text(min_size=1).filter(can_travel))
    read = draw(st.tuples(st.integers(0, 1), times) | st.just((0, 0)))
    starred = draw(st.tuples(st.integers(0, 1), times) | st.just((0, 0)))
    place = draw(st.tuples(numbers, numbers, times) | st.just((None, None, 0)))
    return TimedMarks(permalink, *read, *starred, *place)


@given(st.lists(timed_marks(), unique_by=lambda each: each.permalink))
def test_marks_come_back_from_the_text_of_an_item_as_they_were(marks: list[TimedMarks]) -> None:
    text = tostring(to_xml(marks))
    assert list(from_xml(fromstring(text)).values()) == marks


@given(st.text(min_size=1))
def test_a_permalink_either_travels_or_is_known_not_to(permalink: str) -> None:
    if can_travel(permalink):
        text = tostring(to_xml([TimedMarks(permalink, read=1, read_at=5)]))
        assert permalink in from_xml(fromstring(text))


def test_a_machine_has_sixteen_items_and_says_nothing_by_its_name() -> None:
    device = new_device()
    items = {item_of(device, f"/2024/{number}/") for number in range(1000)}
    assert len(items) == 16
    assert {device_of(item) for item in items} == {device}
    assert new_device() != device


@pytest.mark.parametrize("item", ["current", "0123456789abcdef.10", "0123456789ABCDEF.1", ""])
def test_an_item_of_another_program_is_none_of_ours(item: str) -> None:
    assert device_of(item) is None


@pytest.mark.parametrize(
    "inside",
    [
        "<p id='/a/' r='1'/>",
        "<p id='/a/' r='2 5'/>",
        "<p id='/a/' r='1 -5'/>",
        "<p id='/a/' r='1 5 6'/>",
        "<p id='/a/' s='yes 5'/>",
        f"<p id='/a/' s='1 {LATEST + 1}'/>",
        "<p id='/a/' at='1 5'/>",
        f"<p id='/a/' at='{1 << 40} 5 5'/>",
        f"<p id='/a/' r='1 {'9' * 5000}'/>",
        "<p r='1 5'/>",
        "<p id='' r='1 5'/>",
        f"<p id='{'a' * 3000}' r='1 5'/>",
    ],
)
def test_an_item_that_is_not_as_we_write_it_is_refused(inside: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        from_xml(fromstring(f"<marks xmlns='{NAMESPACE}'>{inside}</marks>"))


def test_content_of_another_namespace_is_refused() -> None:
    with pytest.raises(ValueError, match="not marks"):
        from_xml(fromstring("<marks xmlns='urn:other'/>"))


def test_what_a_later_version_adds_is_ignored() -> None:
    text = f"<marks xmlns='{NAMESPACE}' v='2'><p id='/a/' r='1 5' note='x'/><tag/></marks>"
    assert from_xml(fromstring(text)) == {"/a/": TimedMarks("/a/", read=1, read_at=5)}
