"""dulwich's Git client within one bounded session, with errors in one line."""

from __future__ import annotations

import logging
import re
import tempfile
import zlib
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, cast

from dulwich.client import Urllib3HttpGitClient
from dulwich.errors import (
    ApplyDeltaError,
    ChecksumMismatch,
    FileFormatException,
    GitProtocolError,
    HangupException,
)
from dulwich.object_format import SHA1
from dulwich.object_store import ObjectStoreGraphWalker
from dulwich.objects import ObjectID, valid_hexsha
from dulwich.pack import UnresolvedDeltas
from dulwich.refs import Ref
from urllib3 import HTTPResponse

from xsfreader.errors import DiskError, OversizeError, UpstreamError, one_line
from xsfreader.source.git.objects import Objects
from xsfreader.source.web.session import HttpSession

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from urllib3 import HTTPHeaderDict, PoolManager

    from xsfreader.source.web.address import Address
    from xsfreader.source.web.session import BoundedResponse

ERROR_PACKET: Final = re.compile(
    rb"(?:001e# service=git-upload-pack\n0000)?(?:000eversion 2\n)?[0-9a-f]{4}ERR ([^\n]*)"
)
"""The start of an answer by which a server explains why there is none."""
REFS_LIMIT: Final = 2 << 20
"""Bytes of an answer without objects; a server of the old protocol lists all its branches."""
MEDIA_TYPES: Final = frozenset(
    f"application/x-git-upload-pack-{kind}" for kind in ("advertisement", "result")
)
FAILURES: Final = (
    GitProtocolError,
    FileFormatException,
    ApplyDeltaError,
    ChecksumMismatch,
    UnresolvedDeltas,
    zlib.error,
    AssertionError,
    LookupError,
    TypeError,
    ValueError,
)
"""What dulwich raises for data that is not Git's."""

# Without a handler, Python prints dulwich's warnings to the terminal.
logging.getLogger("dulwich").addHandler(logging.NullHandler())


class _Requests:
    """The requests of a session, for dulwich, which misreads a server's own error messages.

    dulwich asks for the server's abilities and refs before each fetch: what it answered is kept.
    """

    def __init__(self, session: HttpSession) -> None:
        self.headers = session.headers
        self.answers: dict[tuple[str, bytes | None], tuple[str, HTTPHeaderDict, bytes]] = {}
        self._session = session

    def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        **options: Any,  # noqa: ANN401 - passed on
    ) -> BoundedResponse | HTTPResponse:
        """Send a request. Raises UpstreamError if Git's answer is an error message."""
        if (url, body) not in self.answers:
            response = self._session.request(method, url, body=body, **options)
            if found := ERROR_PACKET.match(response.peek()):
                response.close()
                said = one_line(found[1].decode("utf-8", "replace"), 200)
                raise UpstreamError(
                    f"{self._session.name} did not send what was requested ({said});"
                    " check the address, or try again later"
                )
            if body is not None and b"command=ls-refs" not in body:
                return response
            data = response.read(REFS_LIMIT + 1)
            response.close()
            if len(data) > REFS_LIMIT:
                raise OversizeError(f"{self._session.name} sends too long an answer: gave up")
            self.answers[url, body] = response.geturl(), response.headers, data
        url, headers, data = self.answers[url, body]
        return HTTPResponse(
            BytesIO(data), headers=headers, status=200, preload_content=False, request_url=url
        )


class GitClient:
    """Fetches objects of one repository."""

    def __init__(self, address: Address) -> None:
        """Send nothing yet."""
        self._name = str(address)
        self._session = HttpSession(address, MEDIA_TYPES)
        self._requests = _Requests(self._session)
        self._ref = b"HEAD"
        self._client = Urllib3HttpGitClient(
            self._name, pool_manager=cast("PoolManager", self._requests), thin_packs=False
        )

    def begin(self, receive_limit: int, unpack_limit: int) -> None:
        """Begin with no objects; bound the bytes that are received and unpacked from now on."""
        self.objects = Objects(unpack_limit)
        """What was fetched so far."""
        self._session.allow(receive_limit)

    def find_commit(self, ref: str) -> str | None:
        """Return the newest commit of a ref, None if there is no such ref. Raises SourceError."""
        self._ref = ref.encode()
        self._requests.answers.clear()
        with self.translate_errors():
            refs = self._client.get_refs("", ref_prefix=[self._ref]).refs
            found = refs.get(Ref(self._ref))
            if found is None or not valid_hexsha(found):
                return None
        if len(found) != SHA1.hex_length:
            raise UpstreamError(f"{self._name} uses SHA-256, which is not supported")
        return found.decode()

    def fetch(
        self,
        ids: Sequence[str],
        received: Callable[[int], None],
        *,
        depth: int | None = None,
        filter_spec: bytes | None = None,
    ) -> None:
        """Fetch objects by their ids, and perhaps others, into ``objects``.

        Args:
            ids: The objects to fetch.
            received: Called with the number of bytes received so far.
            depth: How many commits of the history to fetch.
            filter_spec: Which objects the server should omit, if it can.

        Raises:
            SourceError: The server is unreachable, or its answer can't be used.
        """
        wants = [ObjectID(name.encode()) for name in ids]

        def receive(data: bytes) -> int:
            pack.write(data)
            received(pack.tell())
            return len(data)

        with tempfile.TemporaryFile() as pack, self.translate_errors():
            self._client.fetch_pack(
                "",
                lambda _refs, depth=None: wants,
                ObjectStoreGraphWalker([], lambda _: []),
                receive,
                depth=depth,
                ref_prefix=[self._ref],
                filter_spec=filter_spec,
            )
            if not pack.tell():
                raise UpstreamError(
                    f"{self._name} did not send what was requested; try again later"
                )
            self.objects.add(pack)

    @contextmanager
    def translate_errors(self) -> Iterator[None]:
        """Raise UpstreamError for what dulwich raises."""
        try:
            yield
        except HangupException as error:
            raise UpstreamError(
                f"{self._name}: the answer ends in the middle; try again later"
            ) from error
        except OSError as error:
            # The session translates those of the network.
            problem = error.strerror or error
            raise DiskError(
                f"{tempfile.gettempdir()} has no room for what is fetched ({problem}); make room"
            ) from error
        except FAILURES as error:
            detail = one_line(str(error) or type(error).__name__, 200)
            raise UpstreamError(
                f"{self._name}: Git transfer failed ({detail}); try again later"
            ) from error
