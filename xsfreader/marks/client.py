"""The reader's account over XMPP: a connection for one burst, and the node with the marks.

No presence is sent: a server would tell all contacts that the reader is online. A session that
sent none is told nothing either, so a burst asks for what it wants and leaves.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from contextlib import asynccontextmanager, suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from xsfreader.errors import ConfigError, SourceError, UnreachableError, UpstreamError
from xsfreader.marks.burst import PreconditionError
from xsfreader.marks.items import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from xml.etree.ElementTree import Element

    from slixmpp import ClientXMPP, Iq

CONNECT_SECONDS = 15.0
"""From looking the server up to the end of the authentication."""
ANSWER_SECONDS = 60.0
"""For one answer: a server slows down who sends more than some kB a second."""
LEAVE_SECONDS = 0.05
"""For the server's goodbye: whatever matters was answered before, and it may take 0.2 s."""
DIRECT_TLS_PORTS = (443, 5223)
SCRAM = {
    f"SCRAM-{each}{plus}" for each in ("SHA-1", "SHA-256", "SHA-512") for plus in ("", "-PLUS")
}
"""How to authenticate: the server never learns a password that it doesn't have."""
PUBSUB = "{http://jabber.org/protocol/pubsub}"
UNMET = "{http://jabber.org/protocol/pubsub#errors}precondition-not-met"
DATA = "{jabber:x:data}"
PRIVATE = MappingProxyType({"pubsub#access_model": "whitelist", "pubsub#persist_items": "1"})
"""What each item is published with, in case the node was deleted and is made again by that.
ejabberd refuses more."""


class Account(NamedTuple):
    """An account, and where its server is if not where the domain says."""

    jid: str
    password: str
    host: str = ""
    port: int = 0
    ca: str = ""
    """A file with the certificates to trust instead of the system's."""

    def __repr__(self) -> str:
        """Leave the password out of tracebacks."""
        return f"Account({self.jid!r})"


@asynccontextmanager
async def connected(account: Account) -> AsyncIterator[Node]:
    """Connect, authenticate, and leave in the end.

    Raises UnreachableError, UpstreamError where the server or the account is not as needed,
    ConfigError.
    """
    _quieten()
    client = _client(account)
    loop = asyncio.get_running_loop()
    # Whatever goes wrong inside the library shows as a lost connection, or as no answer.
    loop.set_exception_handler(lambda _loop, _context: None)
    started: asyncio.Future[None] = loop.create_future()
    lost: asyncio.Future[str] = loop.create_future()
    _watch(client, account, started, lost)
    if account.host or account.port:
        client.use_aiodns = False
        direct = account.port in DIRECT_TLS_PORTS
        client.enable_direct_tls, client.enable_starttls = direct, not direct
        client.connect(account.host or client.boundjid.host, account.port or 5222)
    else:
        client.connect()
    try:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await started
        except TimeoutError:
            raise UnreachableError(f"{_server(account)} doesn't answer") from None
        yield Node(client, lost, _server(account))
    finally:
        client.cancel_connection_attempt()
        with suppress(TimeoutError):
            async with asyncio.timeout(2 * LEAVE_SECONDS):
                await client.disconnect(wait=LEAVE_SECONDS)
        client.abort()
        for future in (started, lost):
            future.cancel()


def _quieten() -> None:
    """Keep what slixmpp logs from the screen: without a handler, warnings are printed.

    It warns at its import, too, and what it logs may hold what was sent.
    """
    for name in ("slixmpp", "asyncio"):
        logger = logging.getLogger(name)
        logger.addHandler(logging.NullHandler())
        logger.propagate = False


def _client(account: Account) -> ClientXMPP:
    try:
        from slixmpp import ClientXMPP, InvalidJID
    except ImportError:
        raise ConfigError(
            "marks travel with the extra xmpp: install it with pip install 'xsfreader[xmpp]'"
        ) from None
    try:
        context = ssl.create_default_context(cafile=account.ca or None)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"{account.ca}: no certificates to trust in it ({error})") from None
    try:
        client = ClientXMPP(
            account.jid,
            account.password,
            plugin_config={"feature_mechanisms": {"use_mechs": SCRAM, "encrypted_plain": False}},
            ssl_context=context,
        )
    except InvalidJID:
        raise ConfigError(f"{account.jid}: not an XMPP address, such as you@example.org") from None
    client.register_plugin("xep_0060")
    # Nobody becomes a contact by asking.
    client.auto_authorize, client.auto_subscribe = None, False
    return client


def _watch(
    client: ClientXMPP,
    account: Account,
    started: asyncio.Future[None],
    lost: asyncio.Future[str],
) -> None:
    """Have the events of a client fill the futures: its start or why not, its loss."""
    server = _server(account)
    failures: list[object] = []

    def fail(error: SourceError) -> None:
        if not started.done():
            started.set_exception(error)

    def refused(_event: object) -> None:
        if "starttls" not in client.features and not isinstance(client.socket, ssl.SSLObject):
            fail(UpstreamError(f"{server} offers no encryption: nothing was sent"))
        elif not failures:
            fail(UpstreamError(f"{server} offers no SCRAM, the only safe way to log in"))
        else:
            fail(UpstreamError(f"{server} refuses {account.jid}: wrong name or password"))

    def unreachable(_event: object) -> None:
        fail(_unreachable(server, failures[-1] if failures else ""))

    def disconnected(reason: object) -> None:
        fail(_unreachable(server, reason or "the connection was closed"))
        if not lost.done():
            lost.set_result(str(reason or ""))

    def start(_event: object) -> None:
        if not started.done():
            started.set_result(None)

    client.add_event_handler("session_start", start)
    client.add_event_handler("failed_auth", lambda _event: failures.append("refused"))
    client.add_event_handler("failed_all_auth", refused)
    client.add_event_handler("connection_failed", failures.append)
    client.add_event_handler("ssl_invalid_chain", lambda error: fail(_unreachable(server, error)))
    # It would wait, and try again for ever.
    client.add_event_handler("reconnect_delay", unreachable)
    client.add_event_handler("disconnected", disconnected)


def _server(account: Account) -> str:
    return account.host or account.jid.partition("@")[2]


def _unreachable(server: str, reason: object) -> UnreachableError:
    if isinstance(reason, ssl.SSLCertVerificationError):
        return UnreachableError(
            f"the certificate of {server} is not trusted ({reason.verify_message}): "
            "nothing was sent"
        )
    if isinstance(reason, OSError):
        reason = reason.strerror or type(reason).__name__
    return UnreachableError(f"{server} can't be reached: {str(reason) or 'no usable answer'}")


class Node:
    """The node with the marks; what ``burst`` asks a server for."""

    def __init__(self, client: ClientXMPP, lost: asyncio.Future[str], server: str) -> None:
        """Take a client that is authenticated.

        Args:
            client: Ends with its context.
            lost: Done when the connection is lost.
            server: Its name, for messages.
        """
        self._pubsub: Any = client.plugin["xep_0060"]
        self._forms: Any = client.plugin["xep_0004"]
        self._lost = lost
        self._server = server

    async def read(self) -> tuple[Mapping[str, str] | None, Mapping[str, Element]]:
        """Return how the node is configured, None if there is none, and its items by id."""
        # Both are asked for at once, and so take one round trip.
        answers = await asyncio.gather(
            self._ask(self._pubsub.get_node_config, ignored="item-not-found"),
            self._ask(self._pubsub.get_items, ignored="item-not-found"),
        )
        fields, items = (answer.xml.iter() if answer else None for answer in answers)
        if fields is None:
            return None, {}
        values = {
            field.get("var", ""): field.findtext(f"{DATA}value") or ""
            for field in fields
            if field.tag == f"{DATA}field"
        }
        return values, {
            item.get("id", ""): item[0]
            for item in items or ()
            if item.tag == f"{PUBSUB}item" and len(item)
        }

    async def create(self, configuration: Mapping[str, str]) -> None:
        """Create the node; fine if another machine has just done so."""
        form = self._form("node_config", configuration)
        await self._ask(self._pubsub.create_node, config=form, ignored="conflict")

    async def configure(self, configuration: Mapping[str, str]) -> None:
        """Change the configuration of the node."""
        form = self._form("node_config", configuration)
        await self._ask(self._pubsub.set_node_config, form)

    async def publish(self, item: str, content: Element) -> None:
        """Write an item, if the node is private and keeps items. Raises PreconditionError."""
        form = self._form("publish-options", PRIVATE)
        await self._ask(self._pubsub.publish, id=item, payload=content, options=form)

    async def retract(self, item: str) -> None:
        """Remove an item; one that is gone already is fine."""
        await self._ask(self._pubsub.retract, item, ignored="item-not-found")

    async def delete(self) -> None:
        """Delete the node; one that is gone already is fine."""
        await self._ask(self._pubsub.delete_node, ignored="item-not-found")

    def _form(self, kind: str, values: Mapping[str, str]) -> Any:  # noqa: ANN401 - slixmpp has no types for it
        form: Any = self._forms.make_form(ftype="submit")
        form.add_field("FORM_TYPE", "hidden", value=f"http://jabber.org/protocol/pubsub#{kind}")
        for name, value in values.items():
            form.add_field(name, value=value)
        return form

    async def _ask(
        self,
        request: Callable[..., asyncio.Future[Iq]],
        *arguments: object,
        ignored: str = "",
        **options: object,
    ) -> Iq | None:
        """Send a request about the node; wait for its answer, or the end of the connection.

        Returns None where it is refused with the condition ``ignored``.
        """
        from slixmpp.exceptions import IqError, IqTimeout

        sent = request(None, NAMESPACE, *arguments, timeout=ANSWER_SECONDS, **options)
        # What is pending when the connection is lost would wait for its time-out.
        waiting: set[asyncio.Future[Any]] = {sent, self._lost}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if not sent.done():
            sent.cancel()
            raise UnreachableError(f"the connection to {self._server} was lost")
        try:
            return sent.result()
        except IqTimeout:
            raise UnreachableError(f"{self._server} doesn't answer any more") from None
        except IqError as error:
            if error.condition == ignored:
                return None
            if error.iq.xml.find(f".//{UNMET}") is not None:
                raise PreconditionError from None
            if error.condition in ("feature-not-implemented", "service-unavailable"):
                words = "keeps nothing for its accounts (PEP, XEP-0163), so no marks"
            else:
                words = f"refuses to keep marks ({error.condition})"
            raise UpstreamError(f"{self._server} {words}") from None
