# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small client for the tests: plain requests, nothing retried, nothing hidden."""

from __future__ import annotations

from typing import Any

import requests

from ..process import Simulator


class Api:
    """One preset client of a simulated cloud, signed in."""

    def __init__(self, cloud: Simulator, client: str = "admin") -> None:
        self.cloud = cloud
        self.client = cloud.clients[client]
        self.session = requests.Session()
        self.session.trust_env = False
        self.sign_in()

    def sign_in(self) -> None:
        """Get a new token and use it from now on."""
        answer = self.request_token()
        assert answer.status_code == 200, answer.text
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def request_token(self, **fields: str) -> requests.Response:
        """Ask for a token by the method that the client is registered for."""
        form = {"grant_type": "client_credentials", **fields}
        pair = (self.client["client_id"], self.client["client_secret"])
        if self.client["auth_method"] == "client_secret_post":
            form.update(client_id=pair[0], client_secret=pair[1])
            return requests.post(f"{self.cloud.base_url}/idp/token", data=form, timeout=60)
        return requests.post(f"{self.cloud.base_url}/idp/token", data=form, auth=pair, timeout=60)

    def call(self, method: str, path: str, **arguments: Any) -> requests.Response:
        """One request to a path below the base."""
        url = self.cloud.base_url + path
        return self.session.request(method, url, timeout=60, allow_redirects=False, **arguments)

    def get(self, path: str, **query: object) -> requests.Response:
        """GET with query parameters; True and False are written as the API does."""
        words = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in query.items()}
        return self.call("GET", path, params=words)

    def put(self, path: str, body: object) -> requests.Response:
        """PUT of a JSON body."""
        return self.call("PUT", path, json=body)

    def post(self, path: str, body: object) -> requests.Response:
        """POST of a JSON body."""
        return self.call("POST", path, json=body)

    def mfa(self, tenant_id: str) -> dict[str, Any]:
        """The mfa/status object of a tenant."""
        answer = self.get(f"/tenants/{tenant_id}/mfa/status")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def put_mfa(self, tenant_id: str, enabled: object) -> requests.Response:
        """Ask for a tenant's MFA to be on or off."""
        return self.put(f"/tenants/{tenant_id}/mfa/status", {"enabled": enabled})

    def all_pages(self, path: str, **query: object) -> list[dict[str, Any]]:
        """The items of a listing, page by page to its end."""
        items: list[dict[str, Any]] = []
        while True:
            answer = self.get(path, **query)
            assert answer.status_code == 200, answer.text
            content = answer.json()
            items.extend(content["items"])
            after = content.get("paging", {}).get("cursors", {}).get("after")
            if after is None:
                return items
            query = {"after": after}


def error(answer: requests.Response) -> tuple[int, int]:
    """HTTP status and code of an error answer."""
    return answer.status_code, answer.json()["error"]["code"]
