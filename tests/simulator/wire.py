# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a handler sees of a request, and what it answers."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from .errors import ApiError, bad_request

if TYPE_CHECKING:
    from .auth import Principal
    from .world import World

UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"


def dumps(content: Any) -> bytes:
    """Compact JSON in UTF-8."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


class Reply:
    """An answer: status, body and headers."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int = 200, body: bytes = b"", content_type: str = JSON_TYPE) -> None:
        self.status = status
        self.body = body
        self.headers: dict[str, str] = {"Content-Type": content_type} if content_type else {}

    @classmethod
    def json(cls, content: Any, status: int = 200) -> Reply:
        """A JSON answer."""
        return cls(status, dumps(content))


class Call:
    """One request to the API, with strict readers for its query and body."""

    __slots__ = ("_query", "body", "headers", "ids", "method", "path", "principal", "raw_query", "template", "world")

    def __init__(
        self, world: World, method: str, path: str, raw_query: str, headers: Any, body: bytes, template: str
    ) -> None:
        self.world = world
        self.method = method
        self.path = path
        self.raw_query = raw_query
        self.headers = headers
        self.body = body
        self.template = template
        self.ids: tuple[str, ...] = ()
        self.principal: Principal | None = None
        self._query: dict[str, str] | None = None

    @property
    def caller(self) -> Principal:
        """Who makes the request; only for handlers of operations that need authentication."""
        if self.principal is None:
            raise ApiError(401)
        return self.principal

    @property
    def query(self) -> dict[str, str]:
        """Decoded query parameters; a repeated one is refused with 400."""
        if self._query is None:
            try:
                pairs = parse_qsl(self.raw_query, keep_blank_values=True, errors="strict") if self.raw_query else []
            except ValueError:
                raise bad_request("the query is malformed") from None
            query = dict(pairs)
            if len(query) != len(pairs):
                raise bad_request("a query parameter is repeated")
            self._query = query
        return self._query

    def only(self, *names: str) -> None:
        """Refuse query parameters that the operation does not have, if the switch says so."""
        if self.raw_query and self.world.switches["unknown_query"] == "400":
            unknown = sorted(set(self.query) - set(names) - {"access_token"})
            if unknown:
                raise bad_request(f"unknown query parameters: {', '.join(unknown)}")

    def flag(self, name: str) -> bool:
        """A boolean parameter, false when absent; 400 for anything but true and false."""
        value = self.query.get(name, "false")
        if value not in ("true", "false"):
            raise bad_request(f"{name} must be true or false")
        return value == "true"

    def number(self, name: str, default: int) -> int:
        """An integer parameter of at least 1; 400 otherwise."""
        value = self.query.get(name)
        if value is None:
            return default
        if not re.fullmatch(r"[0-9]{1,9}", value) or int(value) < 1:
            raise bad_request(f"{name} must be an integer of at least 1")
        return int(value)

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        """A parameter with fixed values; 400 for any other."""
        value = self.query.get(name, default)
        if value not in choices:
            raise bad_request(f"{name} must be one of {', '.join(choices)}")
        return value

    def uuid(self, name: str) -> str | None:
        """A parameter that holds one uuid, or None; 400 when malformed."""
        value = self.query.get(name)
        if value is not None and not UUID.fullmatch(value):
            raise bad_request(f"{name} must be a uuid")
        return value

    def csv(self, name: str, maximum: int, uuids: bool = False) -> list[str] | None:
        """A comma separated parameter without its duplicates, or None; 400 if empty, too long or malformed."""
        value = self.query.get(name)
        if value is None:
            return None
        words = value.split(",")
        if len(words) > maximum:
            raise bad_request(f"{name} holds more than {maximum} values")
        if not all(words) or (uuids and not all(UUID.fullmatch(word) for word in words)):
            raise bad_request(f"{name} holds an empty or malformed value")
        return list(dict.fromkeys(words))

    def media_type(self) -> str:
        """The media type of the body, without parameters, in lower case."""
        return str(self.headers.get("Content-Type", "")).partition(";")[0].strip().lower()

    def json_object(self, required: set[str], optional: set[str] | None = None) -> dict[str, Any]:
        """The JSON object of the body with exactly these keys; 415 for another type, 400 for another content."""
        if self.media_type() != JSON_TYPE:
            raise ApiError(415, None, f"Content-Type must be {JSON_TYPE}")
        try:
            content = json.loads(self.body.decode())
        except (ValueError, RecursionError):
            raise bad_request("the body is not JSON") from None
        if not isinstance(content, dict):
            raise bad_request("the body is not a JSON object")
        missing = required - content.keys()
        unknown = content.keys() - required - (optional or set())
        if missing or unknown:
            raise bad_request(f"missing keys: {sorted(missing)}, unknown keys: {sorted(unknown)}")
        return content

    def enabled_flag(self) -> bool:
        """The value of a body that must be exactly ``{"enabled": true|false}``."""
        value = self.json_object({"enabled"})["enabled"]
        if not isinstance(value, bool):
            raise bad_request("enabled must be a boolean")
        return value
