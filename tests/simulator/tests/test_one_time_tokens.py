# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One-time tokens, the sessions they open, and external login links (sections 6 and 10 of the contract)."""

from __future__ import annotations

import base64
import uuid
from typing import Any
from urllib.parse import quote

import pytest
import requests

from ..external_login import LinkError, open_link, read_link
from .api import Api, error
from .conftest import Make

UNKNOWN = "00000000-0000-4000-8000-000000000000"
# The fields of the vendor's sample of a signed-in user, and of its contact.
SAMPLE = (
    "activated business_types contact created_at enabled id idp_id language login mfa_status notifications "
    "personal_tenant_id tenant_id terms_accepted version"
)
SAMPLE_CONTACT = "address1 address2 city country email firstname lastname phone state zipcode"
TARGET = "https://console.example/bc/"


def issue(api: Api, user: dict[str, Any]) -> str:
    """A one-time token for a user."""
    answer = api.post("/idp/ott", {"purpose": "user_login", "login": user["login"]})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["ott"])


def login(api: Api, ott: object, session: requests.Session | None = None) -> requests.Response:
    """Sign in with a token, without any other authentication."""
    return (session or requests).post(f"{api.cloud.base_url}/idp/ott/login", json={"ott": ott}, timeout=60)


def test_a_token_looks_as_observed(api: Api, make: Make) -> None:
    user = make()["users"][0]
    first, second = issue(api, user), issue(api, user)
    assert first != second
    assert len(first) == 44
    assert first.endswith("==")
    raw = base64.urlsafe_b64decode(first)
    assert (len(raw), raw[:4]) == (31, b"OTT\x01")
    assert uuid.UUID(bytes=raw[15:]).version == 4
    assert api.cloud.counters()["otts_issued"] == 2


@pytest.mark.parametrize("name", ["login", "external_id", "user_id"])
def test_a_user_can_be_named_in_three_ways(api: Api, make: Make, name: str) -> None:
    user = make()["users"][0]
    api.cloud.patch_user(user["id"], external_id=f"external of {user['id']}")
    value = {"login": user["login"], "external_id": f"external of {user['id']}", "user_id": user["id"]}[name]
    body = {"purpose": "user_login", name: value, "audit_data": "ticket 5"}
    assert login(api, api.post("/idp/ott", body).json()["ott"]).json()["id"] == user["id"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"purpose": "user_login"},
        {"login": "{login}"},
        {"purpose": "login", "login": "{login}"},
        {"purpose": "user_login", "login": "{login}", "user_id": "{id}"},
        {"purpose": "user_login", "login": 5},
        {"purpose": "user_login", "login": ""},
        {"purpose": "user_login", "user_id": "nonsense"},
        {"purpose": "user_login", "login": "{login}", "audit_data": 5},
        {"purpose": "user_login", "login": "{login}", "extra": 1},
    ],
)
def test_bad_bodies(api: Api, make: Make, body: dict[str, Any]) -> None:
    user = make()["users"][0]
    filled = {k: v.format(**user) if isinstance(v, str) else v for k, v in body.items()}
    assert error(api.post("/idp/ott", filled)) == (400, 400)
    assert api.cloud.counters()["otts_issued"] == 0


def test_the_other_purpose_is_known(api: Api, make: Make) -> None:
    body = {"purpose": "verify", "login": make()["users"][0]["login"]}
    assert api.post("/idp/ott", body).status_code == 200


def test_wrong_content_type(api: Api) -> None:
    assert error(api.call("POST", "/idp/ott", data={"purpose": "user_login"})) == (415, 415)


def test_who_is_refused(api: Api, make: Make) -> None:
    def refused(user: dict[str, Any]) -> tuple[int, int]:
        return error(api.post("/idp/ott", {"purpose": "user_login", "user_id": user["id"]}))

    disabled, deleted = make()["users"]
    api.cloud.patch_user(disabled["id"], enabled=False)
    api.cloud.patch_user(deleted["id"], deleted=True)
    neighbour = api.cloud.tenant(api.cloud.clients["neighbour"]["tenant_id"])["users"][0]
    assert refused({"id": UNKNOWN}) == (400, 1033)
    assert error(api.post("/idp/ott", {"purpose": "user_login", "login": "nobody"})) == (400, 1033)
    assert refused(neighbour) == (403, 1002)
    assert refused(make(ancestral_access=False)["users"][0]) == (403, 1002)
    assert refused(disabled) == (403, 1018)
    assert refused(deleted) == (400, 1033)
    assert api.cloud.counters()["otts_issued"] == 0


def test_only_administrators_may_issue(api: Api, make: Make) -> None:
    user, readonly = make()["users"][0], Api(api.cloud, "readonly")
    assert error(readonly.post("/idp/ott", {"purpose": "user_login", "login": user["login"]})) == (403, 1002)
    body = {"purpose": "user_login", "login": user["login"]}
    assert error(requests.post(f"{api.cloud.base_url}/idp/ott", json=body, timeout=60)) == (401, 401)


def test_a_token_works_once(api: Api, make: Make) -> None:
    user = make()["users"][0]
    ott = issue(api, user)
    answer = login(api, ott)
    assert answer.status_code == 200
    assert answer.json() == api.get(f"/users/{user['id']}").json()
    assert set(answer.json()) >= set(SAMPLE.split())
    assert set(answer.json()["contact"]) == set(SAMPLE_CONTACT.split())
    assert error(login(api, ott)) == (401, 401)
    assert api.cloud.counters()["otts_used"] == 1


def test_a_token_lives_as_long_as_the_setting_says(api: Api, make: Make) -> None:
    assert api.cloud.settings()["ott_lifetime"] == 30
    user = make()["users"][0]
    api.cloud.settings(ott_lifetime=6000)
    early, late = issue(api, user), issue(api, user)
    api.cloud.advance(5000)
    assert login(api, early).status_code == 200
    api.cloud.advance(1000)
    assert error(login(api, late)) == (401, 401)


@pytest.mark.parametrize("value", ["nonsense", "T1RUAQAAAG8-AAAAAAAATxLwKLZ0RMaVZ3GEk4JUMw=="])
def test_unknown_tokens(api: Api, value: str) -> None:
    assert error(login(api, value)) == (401, 401)


@pytest.mark.parametrize("value", [None, 5, "", ["x"]])
def test_malformed_tokens(api: Api, value: object) -> None:
    assert error(login(api, value)) == (400, 400)


def test_login_wants_json_and_ignores_other_authentication(api: Api, make: Make) -> None:
    user = make()["users"][0]
    url, headers = f"{api.cloud.base_url}/idp/ott/login", {"Content-Type": "application/json"}
    ott = issue(api, user)
    assert error(requests.post(url, headers=headers, data={"ott": ott}, timeout=60)) == (400, 400)
    assert error(requests.post(url, data={"ott": ott}, timeout=60)) == (415, 415)
    assert error(requests.post(url, json={"ott": ott, "login": "x"}, timeout=60)) == (400, 400)
    headers["Authorization"] = "Bearer nonsense"
    assert requests.post(url, json={"ott": ott}, headers=headers, timeout=60).status_code == 200


def test_a_session(api: Api, make: Make) -> None:
    tenant = make(pricing_mode="trial")
    user, session = tenant["users"][0], requests.Session()
    answer = login(api, issue(api, user), session)
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "Path=/" in answer.headers["Set-Cookie"]
    me = session.get(f"{api.cloud.base_url}/users/me", timeout=60).json()
    assert (me["id"], me["login"]) == (user["id"], user["login"])
    assert (me["tenant_kind"], me["tenant_pricing_model"]) == ("customer", "trial")
    assert {"terms_accepted", "brand_id", "login_totp_time"} <= set(me)
    assert session.get(f"{api.cloud.base_url}/tenants/{tenant['id']}", timeout=60).status_code == 200
    assert session.get(f"{api.cloud.base_url}/tenants/{api.cloud.tenant_id}", timeout=60).status_code == 403
    assert error(session.put(status_url(api, tenant), json={"enabled": True}, timeout=60)) == (403, 1002)
    body = {"purpose": "user_login", "login": user["login"]}
    assert error(session.post(f"{api.cloud.base_url}/idp/ott", json=body, timeout=60)) == (403, 1002)
    stale = dict(session.cookies)
    answer = session.get(f"{api.cloud.base_url}/idp/logout", timeout=60)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert not session.cookies
    assert error(requests.get(f"{api.cloud.base_url}/users/me", cookies=stale, timeout=60)) == (401, 401)


def status_url(api: Api, tenant: dict[str, Any]) -> str:
    """The address of a tenant's MFA status."""
    return f"{api.cloud.base_url}/tenants/{tenant['id']}/mfa/status"


def test_an_administrator_may_switch_mfa_in_a_session(api: Api, make: Make) -> None:
    tenant, session = make(ancestral_access=False), requests.Session()
    user = tenant["users"][0]
    api.cloud.patch_user(user["id"], admin=True)
    api.cloud.patch_tenant(tenant["id"], ancestral_access=True)
    login(api, issue(api, user), session)
    api.cloud.patch_tenant(tenant["id"], ancestral_access=False)
    assert session.put(status_url(api, tenant), json={"enabled": True}, timeout=60).json()["mfa_status"] == "enabled"


def test_a_session_ends_when_the_user_is_disabled(api: Api, make: Make) -> None:
    user, session = make()["users"][0], requests.Session()
    login(api, issue(api, user), session)
    api.cloud.patch_user(user["id"], enabled=False)
    assert error(session.get(f"{api.cloud.base_url}/users/me", timeout=60)) == (401, 401)


def test_a_token_dies_with_its_user(api: Api, make: Make) -> None:
    user = make()["users"][0]
    ott = issue(api, user)
    api.cloud.patch_user(user["id"], enabled=False)
    assert error(login(api, ott)) == (401, 401)


def test_users_me_is_not_for_clients(api: Api) -> None:
    assert error(api.get("/users/me")) == (403, 403)
    assert error(requests.get(f"{api.cloud.base_url}/users/me", timeout=60)) == (401, 401)


def test_no_secret_in_the_journal(api: Api, make: Make) -> None:
    ott = issue(api, make()["users"][0])
    login(api, ott)
    requests.get(f"{api.cloud.base_url}/idp/external-login", params={"ott": ott, "targetURI": TARGET}, timeout=60)
    journal = str(api.cloud.journal())
    assert ott not in journal
    assert quote(ott, safe="") not in journal


def test_the_page_comes_without_authentication(api: Api) -> None:
    answer = requests.get(f"{api.cloud.base_url}/idp/external-login", params={"ott": "garbage"}, timeout=60)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "/api/2/idp/ott/login" in answer.text
    assert "X-Acronis-API" in answer.text


def test_both_forms_of_the_link_sign_in(api: Api, make: Make) -> None:
    user = make()["users"][0]
    base = f"{api.cloud.base_url}/idp/external-login"
    encoded = "https://console.example/bc/?a=1&b=2#c"
    links = {
        TARGET: lambda ott: f"{base}#ott={quote(ott, safe='')}&targetURI={TARGET}",
        encoded: lambda ott: f"{base}?ott={quote(ott, safe='')}&targetURI={quote(encoded, safe='')}",
    }
    for target, link in links.items():
        opened = open_link(link(issue(api, user)))
        assert (opened.account["id"], opened.target, opened.location) == (user["id"], target, target)
        me = opened.session.get(f"{api.cloud.base_url}/users/me", timeout=60)
        assert me.json()["id"] == user["id"]


def test_a_link_works_once(api: Api, make: Make) -> None:
    ott = quote(issue(api, make()["users"][0]), safe="")
    link = f"{api.cloud.base_url}/idp/external-login#ott={ott}&targetURI={TARGET}"
    open_link(link)
    with pytest.raises(LinkError, match="401"):
        open_link(link)


def test_a_raw_token_in_a_fragment_is_cut(api: Api, make: Make) -> None:
    ott = issue(api, make()["users"][0])
    with pytest.raises(LinkError, match="401"):
        open_link(f"{api.cloud.base_url}/idp/external-login#ott={ott}&targetURI={TARGET}")


def test_an_encoded_target_in_a_fragment_goes_astray(api: Api, make: Make) -> None:
    ott = quote(issue(api, make()["users"][0]), safe="")
    opened = open_link(f"{api.cloud.base_url}/idp/external-login#ott={ott}&targetURI={quote(TARGET, safe='')}")
    assert opened.location == f"{api.cloud.base_url}/idp/{quote(TARGET, safe='')}"


def test_a_link_to_nothing(api: Api, make: Make) -> None:
    ott = quote(issue(api, make()["users"][0]), safe="")
    with pytest.raises(LinkError, match="targetURI"):
        open_link(f"{api.cloud.base_url}/idp/external-login#ott={ott}")
    with pytest.raises(LinkError, match="404"):
        open_link(f"{api.cloud.base_url}/idp/external-logon#ott={ott}&targetURI={TARGET}")


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://h/x#ott=a%3D%3D&targetURI=https://t/", ("a==", "https://t/")),
        ("https://h/x#ott=a==&targetURI=https://t/", ("a", "https://t/")),
        ("https://h/x#ott=a&targetURI=https://t/?q=1&r=2", ("a", "https://t/?q")),
        ("https://h/x#ott=a&targetURI=https://t/ü x", ("a", "https://t/%C3%BC%20x")),
        ("https://h/x#targetURI=t&ott=a+b", ("a+b", "t")),
        ("https://h/x#ott&targetURI=t", ("undefined", "t")),
        ("https://h/x?ott=a%3D%3D&targetURI=https%3A%2F%2Ft%2F%3Fq%3D1%26r%3D2", ("a==", "https://t/?q=1&r=2")),
        ("https://h/x?ott=a%2Bb+c&targetURI=t", ("a+b c", "t")),
        ("https://h/x?ott=a&ott=b", ("a", None)),
        ("https://h/x", (None, None)),
        ("https://h/x?targetURI=q#ott=a", ("a", "q")),
        ("https://h/x?targetURI=q#ott=a&targetURI=", ("a", "")),
        ("https://h/x#ott=a&ott=b&targetURI=1&targetURI=2", ("b", "2")),
    ],
)
def test_what_the_page_reads(link: str, expected: tuple[str | None, str | None]) -> None:
    assert read_link(link) == expected


@pytest.mark.parametrize("text", ["%", "%zz", "%ff", "a%2"])
def test_what_the_page_cannot_decode(text: str) -> None:
    with pytest.raises(LinkError, match="malformed"):
        read_link(f"https://h/x#ott={text}&targetURI=t")
