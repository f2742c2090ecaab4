# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signing in with a one-time token, once, and out again."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._acronis.ott import issue, sign_in
from ansible_collections.tenantops.access.plugins.module_utils._acronis.users import UserReference
from ansible_collections.tenantops.access.plugins.module_utils._errors import (
    AccessError,
    LostError,
    MalformedError,
    NotFoundError,
    ServerError,
    UnauthorizedError,
    UnreachableError,
)
from ansible_collections.tenantops.access.tests.unit.support.cloud import TOKEN, Cloud
from ansible_collections.tenantops.access.tests.unit.support.people import (
    SIGN_IN,
    SIGN_OUT,
    person,
    used,
)
from ansible_collections.tenantops.access.tests.unit.support.servers import Reply, Serve, closed_port

#: As long and of the same alphabet as those of the vendor's samples.
OTT = "T1RUAQAAAG8-AAAAAAAATxLwKLZ0RMaVZ3GEk4JUMw=="


class TestSignIn:
    """sign_in"""

    def test_the_account_is_returned_and_left(self, cloud: Cloud) -> None:
        user = person(cloud)
        ott, _expires = issue(cloud.connect(), UserReference(login=user["login"]), None)
        account, problem = sign_in(cloud.connect(), ott, logout=True)
        assert problem is None
        assert (account.id, account.login, account.tenant_id) == (user["id"], user["login"], user["tenant_id"])
        assert (cloud.count(SIGN_IN), cloud.count(SIGN_OUT), used(cloud)) == (1, 1, 1)

    def test_it_stays_signed_in_if_wanted(self, cloud: Cloud) -> None:
        ott, _expires = issue(cloud.connect(), UserReference(login=person(cloud)["login"]), None)
        sign_in(cloud.connect(), ott, logout=False)
        assert (cloud.count(SIGN_OUT), used(cloud)) == (0, 1)

    def test_it_speaks_json_and_needs_no_credentials(self, cloud: Cloud, serve: Serve) -> None:
        user = b'{"id": "a", "login": "jane", "tenant_id": "b"}'
        headers = {"Content-Type": "application/json", "Set-Cookie": "sid=S3ss10n; Path=/; HttpOnly"}
        server = serve(lambda _request: Reply(body=user, headers=headers))
        sign_in(cloud.connect(base_url=f"{server.url}/api/2"), OTT, logout=True)
        signed_in, signed_out = server.requests
        assert (signed_in.method, signed_in.target) == ("POST", "/api/2/idp/ott/login")
        assert signed_in.headers["Content-Type"] == "application/json"
        assert signed_in.body.decode() == f'{{"ott": "{OTT}"}}'
        assert (signed_out.method, signed_out.target) == ("GET", "/api/2/idp/logout")
        assert signed_out.headers["Cookie"] == "sid=S3ss10n"
        for request in server.requests:
            assert "Authorization" not in request.headers
            assert request.headers["X-Acronis-API"] == "1"
        assert cloud.count(TOKEN) == 0

    @pytest.mark.parametrize("status", ["401", "400"])
    def test_a_token_works_once(self, cloud: Cloud, status: str) -> None:
        cloud.simulator.settings(switches={"ott_invalid": status})
        ott, _expires = issue(cloud.connect(), UserReference(login=person(cloud)["login"]), None)
        sign_in(cloud.connect(), ott, logout=True)
        with pytest.raises(UnauthorizedError, match="sign in with the one-time token") as caught:
            sign_in(cloud.connect(), ott, logout=True)
        assert "once, within 30 seconds" in caught.value.remedy
        assert ott not in str(caught.value)
        assert (cloud.count(SIGN_IN), used(cloud), cloud.count(SIGN_OUT)) == (2, 1, 1)

    def test_an_expired_token(self, cloud: Cloud) -> None:
        cloud.simulator.settings(ott_lifetime=0)
        ott, _expires = issue(cloud.connect(), UserReference(login=person(cloud)["login"]), None)
        with pytest.raises(UnauthorizedError, match="does not accept it"):
            sign_in(cloud.connect(), ott, logout=True)
        assert used(cloud) == 0

    @pytest.mark.parametrize("ott", [OTT, "x", "ä€🚀", "a\nb", "T1RU" * 5000, "{{ 7*7 }}", '"}'])
    def test_a_token_that_never_was(self, cloud: Cloud, ott: str) -> None:
        with pytest.raises(UnauthorizedError, match="does not accept it") as caught:
            sign_in(cloud.connect(), ott, logout=True)
        assert len(str(caught.value)) < 1000
        assert (cloud.count(SIGN_IN), cloud.count(SIGN_OUT)) == (1, 0)

    @pytest.mark.parametrize(
        ("kind", "wanted", "error"),
        [
            ("reset_after", {}, LostError),
            ("error_text", {}, ServerError),
            ("error_after", {}, ServerError),
            ("cut_off", {}, LostError),
            ("empty_body", {}, MalformedError),
            ("drop_fields", {"names": ["login"]}, MalformedError),
            ("redirect", {"location": "https://elsewhere.example/"}, MalformedError),
        ],
    )
    def test_after_an_answer_that_says_nothing_it_is_not_used_again(
        self, cloud: Cloud, kind: str, wanted: dict[str, Any], error: type[AccessError]
    ) -> None:
        ott, _expires = issue(cloud.connect(), UserReference(login=person(cloud)["login"]), None)
        cloud.simulator.fault(kind, method="POST", route="/idp/ott/login", **wanted)
        with pytest.raises(error, match="sign in with the one-time token") as caught:
            sign_in(cloud.connect(retries=5), ott, logout=True)
        assert cloud.count(SIGN_IN) == 1
        assert not caught.value.definite
        # An answer that came, but is none, may have signed somebody in.
        assert cloud.count(SIGN_OUT) == (error is MalformedError)

    def test_a_failing_sign_out_is_called_that(self, cloud: Cloud) -> None:
        user = person(cloud)
        ott, _expires = issue(cloud.connect(), UserReference(login=user["login"]), None)
        cloud.simulator.fault("error_text", method="GET", route="/idp/logout")
        account, problem = sign_in(cloud.connect(), ott, logout=True)
        assert account.id == user["id"]
        assert problem is not None
        assert problem.startswith("Could not sign out again")
        assert user["login"] in problem
        assert (used(cloud), cloud.count(SIGN_OUT)) == (1, 1)

    def test_nobody_listens(self, cloud: Cloud) -> None:
        with pytest.raises(UnreachableError):
            sign_in(cloud.connect(base_url=f"http://127.0.0.1:{closed_port()}/api/2"), OTT, logout=True)

    def test_another_server_listens(self, cloud: Cloud, serve: Serve) -> None:
        server = serve(lambda _request: Reply(404, b"<html><title>404 Not Found</title></html>"))
        with pytest.raises(NotFoundError):
            sign_in(cloud.connect(base_url=f"{server.url}/api/2"), OTT, logout=True)
