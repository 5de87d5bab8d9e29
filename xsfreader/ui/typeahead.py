"""Keys typed faster than the screen follows: each goes where the one before it leads."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from textual import events
from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import App
    from textual.screen import Screen
    from textual.timer import Timer
    from textual.widget import Widget

    GoesTo = tuple[Screen[object] | None, Widget | None]

ROUNDS = 2
"""How often what a key set off goes round before it is over: what it asks for, and the answer."""
LOOK_AGAIN = 0.03
"""Seconds after which a round is looked for that a closed panel may have swallowed."""


class Round(Message):
    """Follows a key through every queue on the way from its widget up to the app."""

    def __init__(self, goes_to: GoesTo, number: int) -> None:
        super().__init__()
        self.goes_to = goes_to
        self.number = number


class TypeAhead:
    """Holds keys back until those before them have done what they do.

    Textual hands every key at once to the widget that has the focus. In one burst with ``/``
    the letters to find would be keys of the list, ``q`` among them; a key after the Enter that
    ends a prompt would be a letter in it. Here a key waits while the one before it may still
    open, close or fill something.
    """

    def __init__(
        self,
        app: App[None],
        deliver: Callable[[events.Event], Awaitable[None]],
        at_once: Callable[[events.Key], Awaitable[bool]],
    ) -> None:
        """``deliver`` hands on as Textual does; ``at_once`` does a key's work if it can."""
        self._app = app
        self._deliver = deliver
        self._at_once = at_once
        self._waiting: deque[events.Key | events.Paste] = deque()
        self._round: Round | None = None
        self._look: Timer | None = None

    @property
    def _goes_to(self) -> GoesTo:
        """The screen and the widget on it; none while the app begins or ends."""
        screens = self._app.screen_stack
        return (screens[-1], screens[-1].focused) if screens else (None, None)

    async def take(self, event: events.Key | events.Paste) -> None:
        """Take what was typed, in its turn."""
        self._waiting.append(event)
        await self._go_on()

    async def came_round(self, message: Round) -> None:
        """Go on, once a round changed nothing any more."""
        if message is not self._round:
            return
        settled = message.goes_to == self._goes_to
        if settled and message.number >= ROUNDS:
            self._round = None
            await self._go_on()
        else:
            self._send(message.number + 1 if settled else 1)

    async def _go_on(self) -> None:
        while self._waiting and self._round is None:
            event = self._waiting.popleft()
            before = self._goes_to
            if isinstance(event, events.Key) and await self._at_once(event):
                if self._goes_to != before:
                    self._send(1)
            else:
                await self._deliver(event)
                self._send(1)
        if self._waiting and self._look is None:
            self._look = self._app.set_interval(LOOK_AGAIN, self._look_again)
        elif not self._waiting and self._look is not None:
            self._look.stop()
            self._look = None

    def _send(self, number: int) -> None:
        screen, focused = self._goes_to
        target = focused or screen
        self._round = Round((screen, focused), number) if target is not None else None
        if target is not None and self._round is not None:
            target.post_message(self._round)

    def _look_again(self) -> None:
        """Begin anew where the widget asked is gone, and what was sent with it."""
        if self._round is not None and self._round.goes_to != self._goes_to:
            self._send(1)
