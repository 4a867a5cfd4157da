"""Jupyter's server extension that takes the place of nbgrader's Formgrader.

It loads nbgrader's own, and adds what no setting of nbgrader's offers: templates that escape, and a policy on every
answer below /formgrader/ by which the browser runs nbgrader's scripts and no others.
"""

import base64
import hashlib
import secrets
from functools import partial

from jupyter_server.utils import url_path_join
from nbgrader.server_extensions import formgrader
from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import OutputTransform

# The event handlers in nbgrader's templates, the only ones that may run.
HANDLERS = (
    *("toggle_name(true);", "toggle_name(false);", "toggleAllNames()"),
    *("createStudentModal();", "createAssignmentModal();"),
)
HASHES = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(name.encode()).digest()).decode()}'" for name in HANDLERS)
# strict-dynamic lets MathJax load its parts; it also evaluates its configuration. Its style and fonts come from there.
PAGE = (
    f"script-src 'nonce-{{nonce}}' 'strict-dynamic' 'unsafe-eval' 'unsafe-hashes' {HASHES}; default-src 'self'; "
    "style-src 'self' 'unsafe-inline' https://cdnjs.cloudflare.com; font-src 'self' https://cdnjs.cloudflare.com; "
    "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
FILE = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
# Where the page of a submission begins to show what was handed in; no script below it gets the nonce.
NOTEBOOK = b'<div class="container" id="notebook-container">'


class Policy(OutputTransform):
    """Add the policy to an answer of the Formgrader.

    A page of nbgrader's may run its own scripts. Anything else is a file that was handed in, or JSON that nbgrader
    labels as HTML: both are sandboxed, and JSON is labelled as text.
    """

    def __init__(self, formgraders: str, request: HTTPServerRequest) -> None:
        path = request.path
        self.is_ours = path.startswith(formgraders)
        self.rest = path.removeprefix(formgraders).strip("/").split("/")

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        if not self.is_ours or self.rest[0] == "static":
            return status_code, headers, chunk
        is_file = self.rest[0] == "submissions" and len(self.rest) > 2
        if self.rest[0] == "api":
            headers["Content-Type"] = "text/plain; charset=utf-8"
        if is_file or self.rest[0] == "api":
            headers["Content-Security-Policy"] = FILE
        else:
            nonce = secrets.token_urlsafe(16)
            headers["Content-Security-Policy"] = PAGE.format(nonce=nonce)
            headers.pop("Etag", None)  # a page from the browser's cache would hold the nonce of another answer
            nbgraders, mark, handed_in = chunk.partition(NOTEBOOK)
            chunk = nbgraders.replace(b"<script", f'<script nonce="{nonce}"'.encode()) + mark + handed_in
            if "Content-Length" in headers:
                headers["Content-Length"] = str(len(chunk))
        return status_code, headers, chunk


def load_jupyter_server_extension(server) -> None:
    """Load nbgrader's Formgrader into a Jupyter server."""
    formgrader.load_jupyter_server_extension(server)
    server.web_app.settings["nbgrader_jinja2_env"].autoescape = True
    server.web_app.add_transform(partial(Policy, url_path_join(server.base_url, "formgrader/")))
