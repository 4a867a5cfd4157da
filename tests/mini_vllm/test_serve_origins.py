"""Web pages: which of them a browser lets use the server."""

import logging

import pytest
from served import NAME, serving

PAGE, OTHER = "http://page.example:3000", "http://other.example"
PREFLIGHT = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "authorization,content-type"}
PATH = "/v1/completions"
BODY = {"model": NAME, "prompt": "a", "max_tokens": 1}


def allowed(answer) -> str | None:
    """The origin that the browser would let read an answer."""
    return answer[2]["Access-Control-Allow-Origin"]


def test_without_allowed_origins_no_page_may_and_the_log_says_why(caplog):
    with serving() as served, caplog.at_level(logging.WARNING):
        status, content, headers = served.ask("OPTIONS", PATH, Origin=PAGE, **PREFLIGHT)
        told = f"The page '{PAGE}' may not use this server: start it with --allowed-origins."
        assert status == 403 and content["error"]["message"] == told
        assert caplog.messages == [told]
        assert not [name for name in headers if name.lower().startswith("access-control")]
        assert allowed(served.post(PATH, BODY, Origin=PAGE)) is None


@pytest.mark.parametrize("origins", [[PAGE], ["*"]])
def test_a_page_of_an_allowed_origin_asks_without_the_key_and_sends_with_it(origins):
    with serving(allowed_origins=origins, api_keys=["secret"]) as served:
        answer = served.ask("OPTIONS", PATH, Origin=PAGE, **PREFLIGHT)
        assert answer[0] == 200 and allowed(answer) == origins[0]
        assert "authorization" in answer[2]["Access-Control-Allow-Headers"].lower()
        answer = served.post(PATH, BODY, Origin=PAGE, Authorization="Bearer secret")
        assert answer[0] == 200 and allowed(answer) == origins[0]
        answer = served.post(PATH, BODY, Origin=PAGE)  # the page may read why it was refused
        assert answer[0] == 401 and allowed(answer) == origins[0]
        answer = served.ask("OPTIONS", PATH, Origin=OTHER, **PREFLIGHT)
        assert (answer[0], allowed(answer)) == ((200, "*") if origins == ["*"] else (403, None))
