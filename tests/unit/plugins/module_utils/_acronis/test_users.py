# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finding exactly the user that is meant, by login, external id or id."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._acronis.users import (
    User,
    UserReference,
    find_user,
    user_from,
)
from ansible_collections.tenantops.access.plugins.module_utils._errors import (
    AccessError,
    ForbiddenError,
    MalformedError,
    NoMatchError,
    NotFoundError,
    OptionError,
    ServerError,
)
from ansible_collections.tenantops.access.tests.unit.support.cloud import Cloud
from ansible_collections.tenantops.access.tests.unit.support.people import SEARCH, USER, USERS, person, tenant

UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
HOSTILE = [
    "o'brien@example.com",
    'the "quoted"@example.com',
    "a b@example.com",
    "a+b&text=c#d?e@example.com",
    "100%25@example.com",
    "../../users/me",
    "-rf@example.com",
    "{{ 7*7 }}@example.com",
    "*@example.com",
    "[a-z]@example.com",
    "jürgen.groß@example.com",
    "株式会社@例え.jp",
    "🚀@example.com",
    "DOMAIN\\jane",
    "x" * 255,
    "null",
]


def find(cloud: Cloud, **reference: str) -> User:
    """The user that the main client finds."""
    return find_user(cloud.connect(), UserReference(**reference), cloud.simulator.tenant_id)


# As the vendor's guide shows it: some ids are no UUIDs, and updated_at is missing.
SAMPLE: dict[str, Any] = {
    "id": "2de246a4-1t3e-937c-9e76-5a21bd6492b",
    "version": 1,
    "tenant_id": "ede9f834-43uc-476c-83d9-736f9f8c7dae",
    "login": "jane",
    "contact": {"email": "jane@example.com"},
    "activated": False,
    "enabled": True,
    "mfa_status": "disabled",
    "created_at": "2020-05-22T10:13:28",
    "language": "en",
    "business_types": [],
    "notifications": ["quota"],
}


class TestObject:
    """user_from"""

    def test_the_vendors_sample_is_a_user(self) -> None:
        user = user_from(SAMPLE)
        assert user.label == '"jane" (2de246a4-1t3e-937c-9e76-5a21bd6492b)'
        shown = {
            "id": "2de246a4-1t3e-937c-9e76-5a21bd6492b",
            "login": "jane",
            "tenant_id": "ede9f834-43uc-476c-83d9-736f9f8c7dae",
            "enabled": True,
            "activated": False,
            "external_id": None,
            "mfa_status": "disabled",
        }
        assert dataclasses.asdict(user).items() >= shown.items()

    @pytest.mark.parametrize("name", ["enabled", "activated", "mfa_status", "external_id"])
    def test_what_may_be_left_out_is_unknown_then(self, name: str) -> None:
        without = {key: value for key, value in SAMPLE.items() if key != name}
        assert getattr(user_from(without), name) is None
        assert getattr(user_from({**SAMPLE, name: None}), name) is None

    @pytest.mark.parametrize("name", ["id", "login", "tenant_id", "enabled", "activated", "mfa_status", "external_id"])
    def test_a_field_of_another_type_is_an_error_that_names_it(self, name: str) -> None:
        with pytest.raises(MalformedError, match=f"the field {name} is of type list"):
            user_from({**SAMPLE, name: ["x"]})

    @pytest.mark.parametrize("name", ["id", "login", "tenant_id"])
    def test_a_user_has_an_id_a_login_and_a_tenant(self, name: str) -> None:
        without = {key: value for key, value in SAMPLE.items() if key != name}
        with pytest.raises(MalformedError, match=f"the field {name} is missing"):
            user_from(without)

    @pytest.mark.parametrize("item", [None, [], "jane", 7])
    def test_anything_else_is_no_user(self, item: object) -> None:
        with pytest.raises(MalformedError, match="user is a JSON"):
            user_from(item)


class TestReference:
    """UserReference"""

    @pytest.mark.parametrize(
        ("given", "body", "shown"),
        [
            ({"login": "jane@example.com"}, {"login": "jane@example.com"}, 'login "jane@example.com"'),
            ({"login": " jane "}, {"login": " jane "}, 'login " jane "'),
            ({"external_id": "S-1-5-21"}, {"external_id": "S-1-5-21"}, 'external_id "S-1-5-21"'),
            ({"user_id": f" {UNKNOWN_ID.upper()}\n"}, {"user_id": UNKNOWN_ID}, f'user_id "{UNKNOWN_ID}"'),
        ],
    )
    def test_the_one_that_is_given(self, given: dict[str, str], body: dict[str, str], shown: str) -> None:
        assert UserReference(**given).as_body() == body
        assert str(UserReference(**given)) == shown

    @pytest.mark.parametrize("name", ["login", "external_id", "user_id"])
    @pytest.mark.parametrize("value", ["", " ", "\n"])
    def test_an_empty_one_is_refused_by_name(self, cloud: Cloud, name: str, value: str) -> None:
        with pytest.raises(OptionError, match=f"^{name} is "):
            find(cloud, **{name: value})
        assert cloud.simulator.counters()["total"] == 0

    @pytest.mark.parametrize("value", ["../users/me", "me?x=1", "a b", "ä"])
    def test_what_cannot_be_an_id_is_not_sent(self, cloud: Cloud, value: str) -> None:
        with pytest.raises(OptionError, match=r"^user_id is not an id"):
            find(cloud, user_id=value)
        assert cloud.simulator.counters()["total"] == 0


class TestLogin:
    """find_user by login"""

    @pytest.mark.parametrize("match", ["substring", "prefix"])
    def test_any_login_leads_to_its_user(self, cloud: Cloud, match: str) -> None:
        cloud.simulator.settings(switches={"search_match": match})
        users = tenant(cloud, users=len(HOSTILE))["users"]
        for user, login in zip(users, HOSTILE, strict=True):
            cloud.simulator.patch_user(user["id"], login=login)
        for user, login in zip(users, HOSTILE, strict=True):
            found = find(cloud, login=login)
            assert (found.id, found.login, found.tenant_id) == (user["id"], login, user["tenant_id"])
        assert (cloud.count(SEARCH), cloud.count(USERS)) == (len(HOSTILE), 0)

    def test_a_login_in_other_letters_is_the_same(self, cloud: Cloud) -> None:
        wanted = person(cloud, login="Jane.Doe@Example.com")
        found = find(cloud, login="jane.doe@example.COM")
        assert (found.id, found.login) == (wanted["id"], "Jane.Doe@Example.com")

    def test_the_very_same_letters_come_first(self, cloud: Cloud) -> None:
        users = tenant(cloud, users=3)["users"]
        logins = ["JANE.ROE@example.com", "jane.roe@example.com", "Jane.Roe@example.com"]
        for user, login in zip(users, logins, strict=True):
            cloud.simulator.patch_user(user["id"], login=login)
        for user, login in zip(users, logins, strict=True):
            assert find(cloud, login=login).id == user["id"]

    @pytest.mark.parametrize(("login", "other"), [("strasse@example.com", "straße@example.com"), ("i@x.tr", "ı@x.tr")])
    def test_letters_that_only_look_alike_are_others(self, cloud: Cloud, login: str, other: str) -> None:
        person(cloud, login=other)
        with pytest.raises(NoMatchError):
            find(cloud, login=login)

    def test_part_of_a_login_is_none(self, cloud: Cloud) -> None:
        person(cloud, login="very.long.login@example.com")
        for part in ("very.long.login", "long.login@example.com", "very.long.login@example.com.org"):
            with pytest.raises(NoMatchError, match="no such user"):
                find(cloud, login=part)

    def test_a_login_that_the_search_drowns_is_found_in_the_listing(self, cloud: Cloud) -> None:
        crowd = tenant(cloud, users=130)["users"]
        cloud.simulator.patch_user(crowd[-1]["id"], login="e")
        assert find(cloud, login="e").id == crowd[-1]["id"]
        assert (cloud.count(SEARCH), cloud.count(USERS)) == (1, 1)

    def test_nobody_is_absent_before_the_whole_listing_is_read(self, cloud: Cloud) -> None:
        cloud.simulator.fault("error_text", method="GET", route="/users")
        with pytest.raises(ServerError, match="/users answered 500"):
            find(cloud, login="nobody@example.com")

    @pytest.mark.parametrize("route", ["/search", "/users/{id}"])
    def test_a_failing_look_up_is_no_absence(self, cloud: Cloud, route: str) -> None:
        login = person(cloud)["login"]
        cloud.simulator.fault("error_text", method="GET", route=route)
        with pytest.raises(ServerError):
            find(cloud, login=login)

    @pytest.mark.parametrize(
        "change", [{"items": None}, {"items": {}}, {"items": [{"obj_type": "user", "login": "{}"}]}]
    )
    def test_a_search_of_another_form_is_an_error(self, cloud: Cloud, change: dict[str, Any]) -> None:
        login = person(cloud)["login"]
        items = change["items"]
        if isinstance(items, list):
            items[0]["login"] = login
        cloud.simulator.fault("wrong_types", method="GET", route="/search", fields={"items": items})
        with pytest.raises(MalformedError, match="the search"):
            find(cloud, login=login)

    def test_a_tenant_of_that_name_is_no_user(self, cloud: Cloud) -> None:
        tenant(cloud, name="jane.tenant@example.com")
        with pytest.raises(NoMatchError):
            find(cloud, login="jane.tenant@example.com")

    def test_a_deleted_user_is_absent(self, cloud: Cloud) -> None:
        user = person(cloud)
        cloud.simulator.patch_user(user["id"], deleted=True)
        with pytest.raises(NoMatchError):
            find(cloud, login=user["login"])

    def test_a_user_out_of_reach_is_absent(self, cloud: Cloud) -> None:
        user = person(cloud, parent_id=cloud.simulator.clients["neighbour"]["tenant_id"])
        with pytest.raises(NoMatchError) as caught:
            find(cloud, login=user["login"])
        assert user["login"] in str(caught.value)
        assert "data center" in caught.value.remedy


class TestExternalId:
    """find_user by external id"""

    @pytest.mark.parametrize("external_id", ["S-1-5-21-3623811015", "ä b&c=d", "{{ 7*7 }}", "0"])
    def test_any_external_id_leads_to_its_user(self, cloud: Cloud, external_id: str) -> None:
        wanted = person(cloud, external_id=external_id)
        found = find(cloud, external_id=external_id)
        assert (found.id, found.external_id) == (wanted["id"], external_id)

    def test_it_is_compared_exactly(self, cloud: Cloud) -> None:
        person(cloud, external_id="Exact-Id")
        for other in ("exact-id", "Exact-Id ", "Exact"):
            with pytest.raises(NoMatchError, match="external_id"):
                find(cloud, external_id=other)

    def test_several_users_with_the_same_are_named(self, cloud: Cloud) -> None:
        users = tenant(cloud, users=1)["users"] + tenant(cloud, users=1)["users"]
        for user in users:
            cloud.simulator.patch_user(user["id"], external_id="shared-id")
        with pytest.raises(NoMatchError, match="2 users have it") as caught:
            find(cloud, external_id="shared-id")
        assert all(user["id"] in str(caught.value) and user["login"] in str(caught.value) for user in users)
        assert "user_id" in caught.value.remedy

    def test_a_user_out_of_reach_is_absent(self, cloud: Cloud) -> None:
        person(cloud, parent_id=cloud.simulator.clients["neighbour"]["tenant_id"], external_id="far-away")
        with pytest.raises(NoMatchError):
            find(cloud, external_id="far-away")


class TestUserId:
    """find_user by id"""

    def test_an_id_costs_one_request(self, cloud: Cloud) -> None:
        wanted = person(cloud)
        assert find(cloud, user_id=wanted["id"].upper()).login == wanted["login"]
        assert (cloud.count(USER), cloud.count(SEARCH), cloud.count(USERS)) == (1, 0, 0)

    def test_an_unknown_one(self, cloud: Cloud) -> None:
        with pytest.raises(NotFoundError, match=f"read user {UNKNOWN_ID}"):
            find(cloud, user_id=UNKNOWN_ID)

    def test_one_out_of_reach(self, cloud: Cloud) -> None:
        user = person(cloud, parent_id=cloud.simulator.clients["neighbour"]["tenant_id"])
        with pytest.raises(ForbiddenError):
            find(cloud, user_id=user["id"])

    def test_an_answer_about_another_user_is_an_error(self, cloud: Cloud) -> None:
        user = person(cloud)
        cloud.simulator.fault("wrong_types", method="GET", route="/users/{id}", fields={"id": UNKNOWN_ID})
        with pytest.raises(MalformedError, match="the answer describes"):
            find(cloud, user_id=user["id"])

    @pytest.mark.parametrize("kind", ["drop_fields", "wrong_types"])
    def test_an_answer_without_a_tenant_is_an_error(self, cloud: Cloud, kind: str) -> None:
        user = person(cloud)
        wanted = {"names": ["tenant_id"]} if kind == "drop_fields" else {"fields": {"tenant_id": 7}}
        cloud.simulator.fault(kind, method="GET", route="/users/{id}", **wanted)
        with pytest.raises(AccessError, match="the field tenant_id"):
            find(cloud, user_id=user["id"])
