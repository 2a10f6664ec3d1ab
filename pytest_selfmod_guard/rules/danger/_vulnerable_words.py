"""Words, one of which stands in every file that takes data from a request."""

from __future__ import annotations

from pytest_selfmod_guard.rules._reaching import REACHERS

SENDERS = (
    *REACHERS, b"request", b"req", b"http_request", b"_request", b"flask_request", b"websocket",
    b"event", b"ctx",
    b"route", b"get", b"post", b"put", b"delete", b"patch", b"head", b"options", b"api_route",
    b"view_config",
    b"expose", b"api_view", b"get_argument", b"get_arguments", b"get_query_argument",
    b"get_body_argument",
    b"httprequest", b"wsgirequest", b"asgirequest", b"get_current_request",
)  # fmt: skip
