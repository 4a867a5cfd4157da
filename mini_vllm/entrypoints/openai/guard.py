"""Who may ask: the API key, and the name that the server is called by."""

import hashlib
import hmac
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from mini_vllm.entrypoints.openai.errors import ApiError

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
PUBLIC = ("/health", "/metrics")  # what probes and scrapers ask


class Guard:
    """Lets a request through, or answers it with an error.

    api_keys:  one of them must come with every request but for PUBLIC paths; none: no key is asked for.
    own_names: what the Host header may say, without a port; None: anything.
    """

    def __init__(self, app: ASGIApp, api_keys: Sequence[str], own_names: Sequence[str] | None) -> None:
        self.app, self.own_names = app, own_names
        # Digests have one length, so that comparing them takes the same time for every key.
        self._digests = [_digest(key) for key in api_keys]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (error := self._error(scope["path"], Headers(scope=scope))):
            await error.response()(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _error(self, path: str, headers: Headers) -> ApiError | None:
        # A web page whose own name is made to lead here (DNS rebinding) is, for the browser, at home here.
        host = headers.get("host", "")
        name = host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
        if self.own_names is not None and name.lower() not in self.own_names:
            message = f"Host={ascii(host[:100])} is not this server: call it 127.0.0.1, or start it with --api-key."
            return ApiError(421, message)
        if self._digests and path not in PUBLIC:
            scheme, _, key = headers.get("authorization", "").partition(" ")
            digest = _digest(key.strip())
            # All are compared, so that the time does not depend on which one it is.
            is_known = any([hmac.compare_digest(digest, known) for known in self._digests])
            if scheme.lower() != "bearer" or not is_known:
                message = "The API key is missing or wrong: send the header Authorization: Bearer KEY."
                return ApiError(401, message, headers={"WWW-Authenticate": "Bearer"})
        return None


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()
