# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One-time tokens: links that the sign-in page understands, users who may be signed in, tokens used once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tenantops.access.plugins.module_utils._acronis.ott import LIFE, check_target, issue, link_for
from ansible_collections.tenantops.access.plugins.module_utils._acronis.users import UserReference
from ansible_collections.tenantops.access.plugins.module_utils._errors import (
    AccessError,
    ForbiddenError,
    LostError,
    MalformedError,
    NoMatchError,
    NotFoundError,
    OptionError,
    RateLimitedError,
    RefusedError,
    RejectedError,
    ServerError,
)
from ansible_collections.tenantops.access.plugins.module_utils._tasks.help_desk import check_user
from ansible_collections.tenantops.access.tests.unit.support.cloud import TOKEN, Cloud
from ansible_collections.tenantops.access.tests.unit.support.people import (
    ISSUE,
    bodies,
    issued,
    person,
    tenant,
)
from simulator.external_login import LinkError, open_link, read_link

UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
BASE = "https://eu2-cloud.example.com/api/2"
#: As long and of the same alphabet as those of the vendor's samples; the beginning of every token.
OTT = "T1RUAQAAAG8-AAAAAAAATxLwKLZ0RMaVZ3GEk4JUMw=="
BEGINNING = "T1RUA"
EITHER = [
    "https://eu2-cloud.example.com/bc/",
    "https://eu2-cloud.example.com/mc/#/tenants/a+b;c",
    "http://127.0.0.1:8080/",
    "https://user@host.example.com/a%20b?plain",
    "https://xn--bcher-kva.example/b%C3%BCcher,(1)!*'~",
    "https://[::1]:8443/$@:",
]
QUERY_ONLY = [
    "https://eu2-cloud.example.com/bc/?tab=alerts&level=critical",
    "https://eu2-cloud.example.com/a=b",
    "https://eu2-cloud.example.com/a&ott=x&targetURI=https://elsewhere.example",
    "https://eu2-cloud.example.com/%26%3D?q=%26",
]


class TestTarget:
    """check_target"""

    @pytest.mark.parametrize("style", ["fragment", "query"])
    def test_an_absolute_url_passes_as_it_is(self, style: str) -> None:
        for target in EITHER:
            assert check_target(target, style) == target

    @pytest.mark.parametrize("target", QUERY_ONLY)
    def test_what_the_page_would_cut_is_refused_for_the_fragment(self, target: str) -> None:
        assert check_target(target, "query") == target
        with pytest.raises(OptionError) as caught:
            check_target(target, "fragment")
        assert "target_uri" in str(caught.value)
        assert caught.value.remedy == "Use style query."

    @pytest.mark.parametrize(
        "target",
        [
            "",
            "/bc/",
            "bc",
            "//eu2-cloud.example.com/bc/",
            "eu2-cloud.example.com/bc/",
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://eu2-cloud.example.com/",
            "https://",
            "https:///bc/",
            "https://[::1",
            "https://eu2-cloud.example.com/a b",
            " https://eu2-cloud.example.com/",
            "https://eu2-cloud.example.com/\n",
            "https://eu2-cloud.example.com/\tx",
            "java\nscript:alert(1)",
            "https:\\\\eu2-cloud.example.com",
            "https://eu2-cloud.example.com\\@elsewhere.example",
            "https://eu2-cloud.example.com/\0",
            "https://eu2-cloud.example.com/\u2028",
        ],
    )
    def test_anything_else_is_refused_by_name(self, target: str) -> None:
        for style in ("fragment", "query"):
            with pytest.raises(OptionError, match=r"^target_uri is not an absolute http or https URL"):
                check_target(target, style)


class TestLink:
    """link_for, read as the vendor's page reads it"""

    def test_the_fragment_encodes_the_token_only(self) -> None:
        link = link_for(BASE, OTT, "https://eu2-cloud.example.com/bc/?x", "fragment")
        assert link == (
            f"{BASE}/idp/external-login#ott=T1RUAQAAAG8-AAAAAAAATxLwKLZ0RMaVZ3GEk4JUMw%3D%3D"
            "&targetURI=https://eu2-cloud.example.com/bc/?x"
        )

    def test_the_query_encodes_both(self) -> None:
        link = link_for(BASE, OTT, "https://eu2-cloud.example.com/bc/?x", "query")
        assert link == (
            f"{BASE}/idp/external-login?ott=T1RUAQAAAG8-AAAAAAAATxLwKLZ0RMaVZ3GEk4JUMw%3D%3D"
            "&targetURI=https%3A%2F%2Feu2-cloud.example.com%2Fbc%2F%3Fx"
        )

    @given(
        ott=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60),
        path=st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    )
    def test_the_page_reads_from_the_query_what_was_put_in(self, ott: str, path: str) -> None:
        try:
            target = check_target(f"https://eu2-cloud.example.com/{path}", "query")
        except OptionError:
            return
        assert read_link(link_for(BASE, ott, target, "query")) == (ott, target)

    @given(
        ott=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60),
        path=st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    )
    def test_the_page_reads_from_the_fragment_what_was_put_in(self, ott: str, path: str) -> None:
        try:
            target = check_target(f"https://eu2-cloud.example.com/{path}", "fragment")
        except OptionError:
            return
        read_ott, read_target = read_link(link_for(BASE, ott, target, "fragment"))
        assert read_ott == ott
        assert read_target is not None
        # A browser writes some characters of a fragment in percents; those mean the same in a target.
        assert read_target.isascii()
        assert unquote(read_target) == unquote(target)

    @pytest.mark.parametrize(
        ("style", "target"),
        [("fragment", EITHER[1]), ("query", EITHER[1]), *(("query", target) for target in QUERY_ONLY)],
    )
    def test_whoever_opens_it_is_signed_in_and_arrives(self, cloud: Cloud, style: str, target: str) -> None:
        user = person(cloud)
        client = cloud.connect()
        ott, _expires = issue(client, UserReference(login=user["login"]), None)
        link = link_for(client.base_url, ott, target, style)
        opened = open_link(link)
        assert opened.account["id"] == user["id"]
        assert opened.location == target
        me = opened.session.get(f"{cloud.simulator.base_url}/users/me", timeout=20)
        assert me.json()["login"] == user["login"]
        with pytest.raises(LinkError, match="not accepted"):
            open_link(link)

    def test_an_encoded_target_in_a_fragment_would_lead_nowhere(self, cloud: Cloud) -> None:
        # What the two rules of encoding are for: the page does not decode this one.
        client = cloud.connect()
        ott, _expires = issue(client, UserReference(login=person(cloud)["login"]), None)
        link = link_for(client.base_url, ott, quote("https://eu2-cloud.example.com/bc/", safe=""), "fragment")
        assert open_link(link).location != "https://eu2-cloud.example.com/bc/"


class TestCheck:
    """check_user"""

    @staticmethod
    def refused(cloud: Cloud, user: dict[str, Any], error: type[AccessError], words: str) -> None:
        """Each way to name a user is refused before anything is issued."""
        cloud.simulator.patch_user(user["id"], external_id=f"external-{user['id']}")
        for reference in (
            UserReference(login=user["login"]),
            UserReference(external_id=f"external-{user['id']}"),
            UserReference(user_id=user["id"]),
        ):
            with pytest.raises(error, match=words):
                check_user(cloud.connect(), reference)
        assert (cloud.count(ISSUE), issued(cloud)) == (0, 0)

    def test_a_user_who_may_be_signed_in_is_returned(self, cloud: Cloud) -> None:
        user = person(cloud, external_id="welcome-1")
        for reference in (
            UserReference(login=user["login"]),
            UserReference(external_id="welcome-1"),
            UserReference(user_id=user["id"]),
        ):
            found = check_user(cloud.connect(), reference)
            assert found is not None
            assert found.id == user["id"]
        assert (cloud.count(ISSUE), issued(cloud)) == (0, 0)

    def test_nobody(self, cloud: Cloud) -> None:
        for error, reference in (
            (NoMatchError, UserReference(login="nobody@example.com")),
            (NoMatchError, UserReference(external_id="nobody")),
            (NotFoundError, UserReference(user_id=UNKNOWN_ID)),
        ):
            with pytest.raises(error):
                check_user(cloud.connect(), reference)
        assert issued(cloud) == 0

    def test_a_disabled_user(self, cloud: Cloud) -> None:
        self.refused(cloud, person(cloud, enabled=False), RefusedError, "the account is disabled")

    def test_a_user_of_a_tenant_that_manages_itself(self, cloud: Cloud) -> None:
        made = tenant(cloud, users=1, ancestral_access=False)
        self.refused(cloud, made["users"][0], RefusedError, f"support access is disabled in tenant .*{made['id']}")

    @pytest.mark.parametrize("kind", ["partner", "folder"])
    def test_a_user_below_a_tenant_that_manages_itself(self, cloud: Cloud, kind: str) -> None:
        above = tenant(cloud, kind=kind, ancestral_access=False)
        between = tenant(cloud, kind="folder", parent_id=above["id"])
        user = person(cloud, parent_id=between["id"])
        self.refused(cloud, user, RefusedError, f"support access is disabled in tenant .*{above['id']}")

    def test_a_tenant_that_shows_nothing_of_itself(self, cloud: Cloud) -> None:
        cloud.simulator.settings(switches={"self_service": "cut_off"})
        user = tenant(cloud, users=1, ancestral_access=False)["users"][0]
        self.refused(cloud, user, AccessError, "Could not")

    def test_the_clients_own_tenant_may_manage_itself(self, cloud: Cloud) -> None:
        customer = cloud.simulator.clients["customer"]["tenant_id"]
        cloud.simulator.patch_tenant(customer, ancestral_access=False)
        user = next(one for one in cloud.simulator.tenant(customer)["users"] if one["enabled"])
        found = check_user(cloud.connect(client="customer"), UserReference(login=user["login"]))
        assert found is not None
        assert found.id == user["id"]

    @pytest.mark.parametrize("client", ["customer", "neighbour"])
    def test_a_user_outside_of_the_clients_tenants(self, cloud: Cloud, client: str) -> None:
        user = person(cloud)
        with pytest.raises(NoMatchError):
            check_user(cloud.connect(client=client), UserReference(login=user["login"]))
        with pytest.raises(ForbiddenError):
            check_user(cloud.connect(client=client), UserReference(user_id=user["id"]))

    def test_with_a_token_alone_a_user_can_be_checked_by_id(self, cloud: Cloud) -> None:
        token = cloud.issue_token()
        user, disabled = person(cloud), person(cloud, enabled=False)
        found = check_user(cloud.connect(token=token), UserReference(user_id=user["id"]))
        assert found is not None
        assert found.login == user["login"]
        with pytest.raises(RefusedError):
            check_user(cloud.connect(token=token), UserReference(user_id=disabled["id"]))
        above = tenant(cloud, kind="partner", ancestral_access=False)
        shut_out = person(cloud, parent_id=above["id"])
        with pytest.raises(RefusedError, match=above["id"]):
            check_user(cloud.connect(token=token), UserReference(user_id=shut_out["id"]))

    def test_with_a_token_alone_a_login_cannot_be_checked(self, cloud: Cloud) -> None:
        token = cloud.issue_token()
        assert check_user(cloud.connect(token=token), UserReference(login="nobody@example.com")) is None

    def test_a_failing_look_up_is_an_error(self, cloud: Cloud) -> None:
        user = person(cloud)
        for route in ("/clients/{id}", "/search", "/users/{id}", "/tenants/{id}"):
            cloud.simulator.fault("error_text", method="GET", route=route)
            with pytest.raises(ServerError):
                check_user(cloud.connect(), UserReference(login=user["login"]))
        assert issued(cloud) == 0


class TestIssue:
    """issue"""

    def test_one_request_for_the_user_as_named(self, cloud: Cloud) -> None:
        user = person(cloud, external_id="issue-1")
        for named in ({"login": user["login"]}, {"external_id": "issue-1"}, {"user_id": user["id"]}):
            ott, _expires = issue(cloud.connect(), UserReference(**named), None)
            assert ott.startswith(BEGINNING)
            assert bodies(cloud, ISSUE)[-1] == {"purpose": "user_login", **named}
        assert (cloud.count(ISSUE), issued(cloud)) == (3, 3)

    def test_its_life_is_counted_from_sending_the_request(self, cloud: Cloud) -> None:
        cloud.simulator.fault("hold_after", method="POST", route="/idp/ott")
        user = UserReference(login=person(cloud)["login"])
        before = time.time()
        with ThreadPoolExecutor(1) as pool:
            issuing = pool.submit(issue, cloud.connect(timeout=60), user, None)
            cloud.simulator.wait_for_held()
            sent = time.time()
            cloud.simulator.release()
            _ott, expires = issuing.result()
        assert before + LIFE <= expires <= sent + LIFE

    def test_not_from_a_request_that_was_put_off(self, cloud: Cloud) -> None:
        cloud.simulator.fault("rate_limited", method="POST", route="/idp/ott", retry_after="1")
        before = time.time()
        _ott, expires = issue(cloud.connect(), UserReference(login=person(cloud)["login"]), None)
        assert expires > before + LIFE + 0.9
        assert (cloud.count(ISSUE), issued(cloud)) == (2, 1)

    @pytest.mark.parametrize(
        ("kind", "wanted", "error"),
        [
            ("reset_before", {}, LostError),
            ("reset_after", {}, LostError),
            ("error_text", {}, ServerError),
            ("error_html", {}, ServerError),
            ("error_after", {}, ServerError),
            ("unavailable", {"retry_after": "1"}, ServerError),
            ("cut_off", {}, LostError),
            ("cut_off_clean", {}, MalformedError),
            ("empty_body", {}, MalformedError),
            ("not_json", {"body": "<html><title>Portal</title></html>", "content_type": "text/html"}, MalformedError),
            ("drop_fields", {"names": ["ott"]}, MalformedError),
            ("wrong_types", {"fields": {"ott": 7}}, MalformedError),
            ("wrong_types", {"fields": {"ott": ""}}, MalformedError),
            ("redirect", {"location": "https://elsewhere.example/"}, MalformedError),
        ],
    )
    def test_after_an_answer_that_says_nothing_it_is_not_asked_again(
        self, cloud: Cloud, kind: str, wanted: dict[str, Any], error: type[AccessError]
    ) -> None:
        user = person(cloud)
        cloud.simulator.fault(kind, method="POST", route="/idp/ott", **wanted)
        with pytest.raises(error, match=f'one-time token for the user with login "{user["login"]}"') as caught:
            issue(cloud.connect(retries=5), UserReference(login=user["login"]), None)
        assert cloud.count(ISSUE) == 1
        assert BEGINNING not in str(caught.value)
        assert not caught.value.definite

    def test_an_answer_that_takes_too_long(self, cloud: Cloud) -> None:
        cloud.simulator.fault("hold_after", method="POST", route="/idp/ott")
        with pytest.raises(LostError, match="within 3 seconds"):
            issue(cloud.connect(retries=5, timeout=3), UserReference(login=person(cloud)["login"]), None)
        assert (cloud.count(ISSUE), issued(cloud)) == (1, 1)

    @pytest.mark.parametrize("retry_after", ["0", "date:+0"])
    def test_a_busy_server_is_asked_again_when_it_says(self, cloud: Cloud, retry_after: str) -> None:
        cloud.simulator.fault("rate_limited", method="POST", route="/idp/ott", retry_after=retry_after)
        issue(cloud.connect(), UserReference(login=person(cloud)["login"]), None)
        assert (cloud.count(ISSUE), issued(cloud)) == (2, 1)

    def test_but_not_when_that_is_too_late(self, cloud: Cloud) -> None:
        cloud.simulator.fault("rate_limited", method="POST", route="/idp/ott", retry_after="60")
        with pytest.raises(RateLimitedError):
            issue(cloud.connect(retry_max_wait=5), UserReference(login=person(cloud)["login"]), None)
        assert (cloud.count(ISSUE), issued(cloud)) == (1, 0)

    def test_an_expired_access_token_is_renewed(self, cloud: Cloud) -> None:
        client = cloud.connect()
        user = person(cloud)
        issue(client, UserReference(login=user["login"]), None)
        cloud.simulator.expire_tokens()
        issue(client, UserReference(login=user["login"]), None)
        assert (cloud.count(TOKEN), cloud.count(ISSUE), issued(cloud)) == (2, 3, 2)

    @pytest.mark.parametrize(
        ("switch", "value", "error"),
        [
            ("ott_unknown_user", "400_1033", RejectedError),
            ("ott_unknown_user", "403_1002", ForbiddenError),
            ("ott_unknown_user", "400_400", RejectedError),
        ],
    )
    def test_a_refusal_says_what_the_server_said(
        self, cloud: Cloud, switch: str, value: str, error: type[AccessError]
    ) -> None:
        cloud.simulator.settings(switches={switch: value})
        with pytest.raises(error, match="there is no such user") as caught:
            issue(cloud.connect(), UserReference(login="nobody@example.com"), None)
        status, code = map(int, value.split("_"))
        assert (caught.value.status, caught.value.code) == (status, code)
        assert (cloud.count(ISSUE), issued(cloud)) == (1, 0)

    def test_a_client_that_may_not_issue_is_told_so(self, cloud: Cloud) -> None:
        user = person(cloud)
        with pytest.raises(ForbiddenError, match="one-time token") as caught:
            issue(cloud.connect(client="readonly"), UserReference(login=user["login"]), None)
        assert "role" in caught.value.remedy
        assert issued(cloud) == 0
