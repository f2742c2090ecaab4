# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""POST /idp/token and /idp/revoke_token (access tokens, section 4 of the contract)."""

from __future__ import annotations

import base64
import json

import pytest
import requests

from ..clock import moment
from ..process import Simulator
from .api import Api, error


def token_error(answer: requests.Response) -> tuple[int, str]:
    """Status and error of a token endpoint's refusal."""
    return answer.status_code, answer.json()["error"]


def test_a_token_looks_as_documented(api: Api) -> None:
    api.cloud.set_clock("2028-02-29T23:00:00Z")
    content = api.request_token().json()
    assert set(content) == {"access_token", "token_type", "expires_on", "id_token"}
    assert content["token_type"] == "bearer"
    # Two hours later, in the next month.
    assert content["expires_on"] // 3600 == moment("2028-03-01T01:00:00Z") // 3600
    header, claims, signature = content["access_token"].split(".")
    assert json.loads(base64.urlsafe_b64decode(header + "==")) == {"typ": "JWT", "alg": "RS256", "kid": "c0ffee00"}
    assert json.loads(base64.urlsafe_b64decode(claims + "=="))["client_id"] == api.client["client_id"]
    assert len(signature) == 342


def test_expiry_fields_are_switches(api: Api) -> None:
    api.cloud.settings(switches={"emit_expires_in": True, "emit_expires_on": False})
    content = api.request_token().json()
    assert content["expires_in"] == 7200
    assert "expires_on" not in content


def test_a_client_registered_for_post_uses_the_body(cloud: Simulator) -> None:
    post = Api(cloud, "post")
    assert post.get(f"/tenants/{cloud.tenant_id}").status_code == 200
    pair = (post.client["client_id"], post.client["client_secret"])
    form = {"grant_type": "client_credentials"}
    assert token_error(requests.post(f"{cloud.base_url}/idp/token", data=form, auth=pair, timeout=60))[0] == 401


def test_a_client_registered_for_basic_cannot_use_the_body(cloud: Simulator) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": cloud.client_id,
        "client_secret": cloud.client_secret,
    }
    answer = requests.post(f"{cloud.base_url}/idp/token", data=form, timeout=60)
    assert token_error(answer) == (401, "invalid_client")


def test_wrong_credentials_get_the_observed_body(cloud: Simulator) -> None:
    form = {"grant_type": "client_credentials"}
    pair = (cloud.client_id, "wrong")
    answer = requests.post(f"{cloud.base_url}/idp/token", data=form, auth=pair, timeout=60)
    content = answer.json()
    assert answer.status_code == 401
    assert content.pop("error_description").startswith("invalid client credentials, ")
    assert content == {"domain": "Access", "reason": "InvalidClient", "error": "invalid_client"}


def test_two_ways_of_client_authentication_are_refused(api: Api) -> None:
    answer = api.request_token(client_secret=api.client["client_secret"])
    assert token_error(answer) == (400, "invalid_request")


@pytest.mark.parametrize("value", ["none", "Basic", "Basic %%%", "Basic bm9jb2xvbg==", "Bearer abc"])
def test_malformed_credentials_are_refused(cloud: Simulator, value: str) -> None:
    form = {"grant_type": "client_credentials"}
    headers = {"Authorization": value}
    answer = requests.post(f"{cloud.base_url}/idp/token", data=form, headers=headers, timeout=60)
    assert token_error(answer) == (401, "invalid_client")


def test_a_disabled_client_gets_no_token_and_its_old_ones_die(cloud: Simulator) -> None:
    partner = Api(cloud, "partner")
    client_id = partner.client["client_id"]
    cloud.patch_client(client_id, "disabled")
    try:
        assert token_error(partner.request_token()) == (401, "invalid_client")
        assert error(partner.get(f"/clients/{client_id}")) == (401, 401)
    finally:
        cloud.patch_client(client_id, "enabled")
    assert partner.get(f"/clients/{client_id}").status_code == 200


@pytest.mark.parametrize("grant", ["", "password", "authorization_code", "refresh_token", "nonsense"])
def test_other_grants_are_refused(api: Api, grant: str) -> None:
    assert token_error(api.request_token(grant_type=grant)) == (400, "invalid_request")


def test_a_missing_grant_is_refused(cloud: Simulator) -> None:
    pair = (cloud.client_id, cloud.client_secret)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = requests.post(f"{cloud.base_url}/idp/token", data="", headers=headers, auth=pair, timeout=60)
    assert token_error(answer) == (400, "invalid_request")


def test_the_body_must_be_a_form(cloud: Simulator) -> None:
    pair = (cloud.client_id, cloud.client_secret)
    body = {"grant_type": "client_credentials"}
    assert error(requests.post(f"{cloud.base_url}/idp/token", json=body, auth=pair, timeout=60)) == (415, 415)


@pytest.mark.parametrize("body", ["grant_type", "grant_type=client_credentials&grant_type=client_credentials", "ä=1"])
def test_malformed_forms_are_refused(cloud: Simulator, body: str) -> None:
    pair = (cloud.client_id, cloud.client_secret)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = requests.post(f"{cloud.base_url}/idp/token", data=body.encode(), headers=headers, auth=pair, timeout=60)
    assert token_error(answer) == (400, "invalid_request")


def test_a_scope_narrows_the_token(api: Api) -> None:
    answer = api.request_token(scope="urn:acronis.com::account-server::tenant_viewer")
    api.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    assert api.get(f"/tenants/{api.cloud.tenant_id}").status_code == 200
    assert error(api.put_mfa(api.cloud.tenant_id, True)) == (403, 1002)


def test_a_scope_that_the_client_lacks_is_refused(cloud: Simulator) -> None:
    scope = "urn:acronis.com::account-server::tenant_mfa"
    assert token_error(Api(cloud, "readonly").request_token(scope=scope)) == (403, "access_denied")


def test_tokens_live_as_long_as_the_setting_says(cloud: Simulator) -> None:
    cloud.settings(token_lifetime=6000)
    api = Api(cloud)
    cloud.advance(5000)
    assert api.get(f"/tenants/{cloud.tenant_id}").status_code == 200
    cloud.advance(1000)
    assert error(api.get(f"/tenants/{cloud.tenant_id}")) == (401, 401)


def test_a_revoked_token_is_dead(api: Api) -> None:
    token = str(api.session.headers["Authorization"]).removeprefix("Bearer ")
    pair = (api.client["client_id"], api.client["client_secret"])
    url = f"{api.cloud.base_url}/idp/revoke_token"
    answer = requests.post(url, data={"token": token, "token_type_hint": "access_token"}, auth=pair, timeout=60)
    assert (answer.status_code, answer.content) == (200, b"")
    assert error(api.get(f"/tenants/{api.cloud.tenant_id}")) == (401, 401)


@pytest.mark.parametrize(
    ("form", "secret", "expected"),
    [
        ({"token": "unknown"}, None, (200, None)),
        ({}, None, (400, "invalid_request")),
        ({"token": "x", "token_type_hint": "id_token"}, None, (400, "unsupported_token_type")),
        ({"token": "x"}, "wrong", (401, "invalid_client")),
    ],
)
def test_refusals_of_revoke(
    cloud: Simulator, form: dict[str, str], secret: str | None, expected: tuple[int, str | None]
) -> None:
    pair = (cloud.client_id, secret or cloud.client_secret)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    url = f"{cloud.base_url}/idp/revoke_token"
    answer = requests.post(url, data=form, headers=headers, auth=pair, timeout=60)
    assert (answer.status_code, answer.json()["error"] if answer.content else None) == expected


def test_a_foreign_token_cannot_be_revoked(cloud: Simulator, api: Api) -> None:
    partner = Api(cloud, "partner")
    token = str(api.session.headers["Authorization"]).removeprefix("Bearer ")
    pair = (partner.client["client_id"], partner.client["client_secret"])
    answer = requests.post(f"{cloud.base_url}/idp/revoke_token", data={"token": token}, auth=pair, timeout=60)
    assert token_error(answer) == (400, "invalid_request")
    assert api.get(f"/tenants/{cloud.tenant_id}").status_code == 200


def test_introspection_is_not_for_api_clients(cloud: Simulator) -> None:
    pair = (cloud.client_id, cloud.client_secret)
    answer = requests.post(f"{cloud.base_url}/idp/introspect_token", data={"token": "x"}, auth=pair, timeout=60)
    assert error(answer) == (403, 1002)


@pytest.mark.parametrize("path", ["/idp/revoke", "/idp/introspect"])
def test_paths_that_only_look_right_do_not_exist(api: Api, path: str) -> None:
    assert error(api.call("POST", path, data={"token": "x"})) == (404, 404)
