"""Which web pages may use the server (CORS)."""

import logging
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

from mini_vllm.entrypoints.openai.errors import ApiError

logger = logging.getLogger(__name__)


class Origins(CORSMiddleware):
    """Answers a browser that asks whether a page may send a request, and marks answers that pages may read.

    allowed: origins of pages, like "http://localhost:3000"; "*" is every page.
    """

    def __init__(self, app: ASGIApp, allowed: Sequence[str]) -> None:
        super().__init__(app, allow_origins=allowed, allow_methods=["*"], allow_headers=["*"])

    def preflight_response(self, request_headers: Headers) -> Response:
        """As starlette's, but a refusal says what to do, also in the log, since browsers do not show its body."""
        origin = request_headers["origin"]
        if self.is_allowed_origin(origin):
            return super().preflight_response(request_headers)
        message = f"The page {ascii(origin[:200])} may not use this server: start it with --allowed-origins."
        logger.warning(message)
        return ApiError(403, message).response()
