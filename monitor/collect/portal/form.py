"""Body of a request to the portal's search: a form whose parts are application/json, since the API refuses plain fields."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

PAGE_SIZE = 100
"""Rows of a page: the API gives no more, whatever is asked."""
_BOUNDARY = "eu-monitor-form"
FORM_TYPE = f"multipart/form-data; boundary={_BOUNDARY}"
"""Value of the header Content-Type."""


def form_body(parts: Mapping[str, Any]) -> str:
    """Return the body of a form with these parts, each as JSON."""
    body = "".join(
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="blob"\r\n'
        f"Content-Type: application/json\r\n\r\n{json.dumps(value)}\r\n"
        for name, value in parts.items()
    )
    return f"{body}--{_BOUNDARY}--\r\n"


def page_query(key: str, number: int) -> str:
    """Return the query of the address of a page; `key` names the index of the search and is no secret."""
    return urlencode({"apiKey": key, "text": "***", "pageSize": PAGE_SIZE, "pageNumber": number}, safe="*")
