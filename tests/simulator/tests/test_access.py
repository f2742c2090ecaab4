# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Authentication, reach, paths, methods and error bodies (sections 1, 2, 5 and 12 of the contract)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import requests

from ..process import Simulator
from .api import Api, error
from .conftest import Make

KEYS = {"code", "message", "details", "domain", "context"}


def bare(cloud: Simulator, path: str, **arguments: Any) -> requests.Response:
    """A GET without a session."""
    return requests.get(cloud.base_url + path, timeout=60, **arguments)


def test_errors_have_the_observed_shapes(api: Api) -> None:
    bad = api.get("/tenants").json()["error"]
    assert {**bad, "details": set(bad["details"])} == {
        "code": 400,
        "message": "Bad Request",
        "domain": "PlatformAccountServer",
        "context": {},
        "details": {"info"},
    }
    assert api.get("/nothing").json() == {"error": {"code": 404, "message": "Not found"}}


def test_nobody_is_refused(cloud: Simulator) -> None:
    answer = bare(cloud, f"/tenants/{cloud.tenant_id}")
    assert error(answer) == (401, 401)
    assert set(answer.json()["error"]) == KEYS
    assert answer.json()["error"]["domain"] == "PlatformAccountServer"
    assert "WWW-Authenticate" not in answer.headers


def test_a_token_may_stand_in_the_query_instead(api: Api) -> None:
    token = str(api.session.headers["Authorization"]).removeprefix("Bearer ")
    path = f"/tenants/{api.cloud.tenant_id}"
    assert bare(api.cloud, path, params={"access_token": token}).status_code == 200
    assert error(bare(api.cloud, path, params={"access_token": "nonsense"})) == (401, 401)
    assert error(api.get(path, access_token=token)) == (400, 400)
    assert token not in str(api.cloud.journal())


def test_basic_credentials_are_accepted(cloud: Simulator) -> None:
    path = f"/tenants/{cloud.tenant_id}/mfa/status"
    assert bare(cloud, path, auth=(cloud.client_id, cloud.client_secret)).status_code == 200
    assert error(bare(cloud, path, auth=(cloud.client_id, "wrong"))) == (401, 401)


@pytest.mark.parametrize("name", ["disabled", "post"])
def test_basic_credentials_of_these_are_not(cloud: Simulator, name: str) -> None:
    client = cloud.clients[name]
    answer = bare(cloud, f"/tenants/{cloud.tenant_id}", auth=(client["client_id"], client["client_secret"]))
    assert error(answer) == (401, 401)


@pytest.mark.parametrize("value", ["Bearer", "Bearer x.y.z", "Digest abc", "abc"])
def test_malformed_authorization_is_refused(cloud: Simulator, value: str) -> None:
    assert error(bare(cloud, f"/tenants/{cloud.tenant_id}", headers={"Authorization": value})) == (401, 401)


@pytest.mark.parametrize("value", ["sid=unknown", "other=1", "{x}=1", "nonsense", ""])
def test_cookies_that_open_nothing(cloud: Simulator, value: str) -> None:
    assert error(bare(cloud, f"/tenants/{cloud.tenant_id}", headers={"Cookie": value})) == (401, 401)


def test_expired_on_demand(api: Api, cloud: Simulator) -> None:
    other = Api(cloud, "readonly")
    cloud.expire_tokens(api.client["client_id"])
    assert error(api.get(f"/tenants/{cloud.tenant_id}")) == (401, 401)
    assert other.get(f"/tenants/{cloud.tenant_id}").status_code == 200
    cloud.expire_tokens()
    assert error(other.get(f"/tenants/{cloud.tenant_id}")) == (401, 401)


def test_a_client_learns_its_tenant(api: Api) -> None:
    client_id = api.client["client_id"]
    content = api.get(f"/clients/{client_id}").json()
    assert content["tenant_id"] == api.cloud.tenant_id
    assert content["client_id"] == client_id
    assert content["type"] == "api_client"
    assert content["status"] == "enabled"
    assert content["token_endpoint_auth_method"] == "client_secret_basic"
    assert content["client_secret_expires_at"] == 0
    assert content["last_access_at"]
    assert {"created_at", "created_by", "last_access_from_ip"} <= set(content)
    assert api.client["client_secret"] not in str(content)


def test_clients_of_others_are_out_of_reach(cloud: Simulator, api: Api) -> None:
    partner = Api(cloud, "partner")
    assert api.get(f"/clients/{partner.client['client_id']}").status_code == 200
    assert error(partner.get(f"/clients/{api.client['client_id']}")) == (403, 1002)
    unknown = api.get(f"/clients/{uuid.uuid4()}")
    assert error(unknown) == (404, 404)
    assert unknown.json() == {"error": {"code": 404, "message": "Not found"}}


def test_clients_can_be_listed_by_id(cloud: Simulator) -> None:
    partner, ids = Api(cloud, "partner"), [cloud.clients[name]["client_id"] for name in ("admin", "partner")]
    items = partner.get("/clients", uuids=",".join([*ids, str(uuid.uuid4())])).json()["items"]
    assert [item["client_id"] for item in items] == [ids[1]]
    assert error(partner.get("/clients")) == (400, 400)
    assert partner.get("/clients", uuids=ids[1], origin_id="x").json() == {"items": []}


@pytest.mark.parametrize("name", ["admin", "readonly", "partner", "customer", "unit", "neighbour", "root"])
def test_each_client_sees_its_subtree_only(cloud: Simulator, name: str) -> None:
    api = Api(cloud, name)
    own = api.client["tenant_id"]
    reach = {tenant["id"] for tenant in cloud.tenants(own)}
    for tenant in cloud.tenants():
        answer = api.get(f"/tenants/{tenant['id']}")
        assert answer.status_code == (200 if tenant["id"] in reach else 403), tenant["name"]


def test_it_can_stand_for_a_proxy(api: Api) -> None:
    url = f"http://cloud.example/api/2/tenants/{api.cloud.tenant_id}"
    answer = api.session.get(url, proxies={"http": api.cloud.url}, timeout=60)
    assert answer.json()["id"] == api.cloud.tenant_id


def test_unknown_and_foreign_are_different(cloud: Simulator, api: Api) -> None:
    foreign = cloud.clients["neighbour"]["tenant_id"]
    for path in ("/tenants/{}", "/tenants/{}/mfa/status", "/tenants/{}/children", "/tenants/{}/users"):
        assert error(api.get(path.format(foreign))) == (403, 1002)
        unknown = str(uuid.uuid4())
        answer = api.get(path.format(unknown))
        assert error(answer) == (404, 1005)
        assert answer.json()["error"]["context"] == {"id": unknown}
        assert set(answer.json()["error"]) == KEYS


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/idp/token"),
        ("POST", "/tenants/{}/mfa/status"),
        ("DELETE", "/tenants/{}"),
        ("PUT", "/tenants/{}"),
        ("POST", "/tenants"),
        ("GET", "/users/{}/mfa/status"),
        ("HEAD", "/tenants/{}"),
        ("PATCH", "/users/me"),
    ],
)
def test_wrong_methods(api: Api, method: str, path: str) -> None:
    answer = api.call(method, path.format(api.cloud.tenant_id))
    assert answer.status_code == 405
    assert answer.headers["Allow"]
    assert method == "HEAD" or error(answer) == (405, 405)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nothing",
        "/tenants/",
        "/tenants/{}/",
        "/tenants//{}",
        "/tenants/{}/mfa",
        "/tenants/{}/mfa/status/",
        "/tenants/{}/mfa/status/x",
        "/Tenants/{}",
        "/tenants/not-a-uuid",
        "/tenants/{}x/mfa/status",
        "/users/me/x",
        "/clients/%7B%7D",
        "/tenants/..%2f{}",
    ],
)
def test_paths_that_do_not_exist(api: Api, path: str) -> None:
    answer = api.call("GET", path.format(api.cloud.tenant_id))
    assert answer.status_code == 404
    assert answer.json() == {"error": {"code": 404, "message": "Not found"}}


def test_uuids_are_lower_case(api: Api) -> None:
    assert error(api.get(f"/tenants/{api.cloud.tenant_id.upper()}")) == (404, 404)


def test_nothing_lives_outside_of_the_base(cloud: Simulator, api: Api) -> None:
    for url in (cloud.url, f"{cloud.url}/tenants", f"{cloud.url}/api/1/tenants", f"{cloud.url}/api/2"):
        answer = api.session.get(url, timeout=60)
        assert error(answer) == (404, 404)


@pytest.mark.parametrize("query", ["limit=1&limit=2&parent_id={}", "parent_id=%ff"])
def test_malformed_queries(api: Api, query: str) -> None:
    assert error(api.call("GET", "/tenants?" + query.format(api.cloud.tenant_id))) == (400, 400)


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b'{"enabled": true}', "text/plain", 415),
        (b'{"enabled": true}', None, 415),
        (b"enabled=true", "application/x-www-form-urlencoded", 415),
        (b"enabled=true", "application/json", 400),
        (b"", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"true", "application/json", 400),
        (b"{}", "application/json", 400),
        (b'{"enabled": 1}', "application/json", 400),
        (b'{"enabled": "true"}', "application/json", 400),
        (b'{"enabled": null}', "application/json", 400),
        (b'{"enabled": true, "version": 1}', "application/json", 400),
        (b'{"Enabled": true}', "application/json", 400),
        (b"\xff", "application/json", 400),
        (b'{"enabled": true}', "application/json; charset=utf-8", 200),
    ],
)
def test_bodies_are_read_strictly(api: Api, make: Make, body: bytes, content_type: str | None, expected: int) -> None:
    tenant = make()
    for path in (f"/tenants/{tenant['id']}/mfa/status", f"/users/{tenant['users'][0]['id']}/mfa/status"):
        headers = {"Content-Type": content_type} if content_type else {}
        answer = api.call("PUT", path, data=body, headers=headers)
        assert answer.status_code == expected
        assert expected == 200 or error(answer) == (expected, expected)
    changed = api.cloud.tenant(tenant["id"])["mfa"] == "enabled"
    assert changed is (expected == 200)
