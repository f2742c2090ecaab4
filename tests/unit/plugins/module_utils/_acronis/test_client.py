# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One authenticated connection: what is sent, what is asked again, and that no error shows a secret."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tenantops.access.plugins.module_utils._acronis.client import AcronisClient
from ansible_collections.tenantops.access.plugins.module_utils._acronis.settings import AcronisSettings, Credentials
from ansible_collections.tenantops.access.plugins.module_utils._errors import (
    AccessError,
    ForbiddenError,
    LostError,
    MalformedError,
    NotFoundError,
    OptionError,
    RateLimitedError,
    RejectedError,
    ServerError,
    UnauthorizedError,
)
from ansible_collections.tenantops.access.plugins.module_utils._http import HttpSettings
from ansible_collections.tenantops.access.plugins.module_utils._options import clean_id
from ansible_collections.tenantops.access.tests.unit.support.cloud import TENANT, TOKEN, Cloud
from ansible_collections.tenantops.access.tests.unit.support.servers import Reply, Request, Serve

CLIENT = "GET /clients/{id}"
PUT = "PUT /tenants/{id}/mfa/status"
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"


class TestIds:
    """clean_id"""

    @pytest.mark.parametrize(
        "value", ["ede9f834-70b3-476c-83d9-736f9f8c7dae", " EDE9F834-70B3-476C-83D9-736F9F8C7DAE\n"]
    )
    def test_an_id_is_brought_into_the_form_of_the_platform(self, value: str) -> None:
        assert clean_id(value, "tenant_id") == "ede9f834-70b3-476c-83d9-736f9f8c7dae"

    @pytest.mark.parametrize("value", ["2de246a4-1t3e-937c-9e76-5a21bd6492b", "11111111-43uc-4444-9999-000000000000"])
    def test_ids_of_the_vendors_samples_that_are_no_uuids_pass(self, value: str) -> None:
        assert clean_id(value, "tenant_id") == value

    @pytest.mark.parametrize(
        "value",
        ["", " ", "-", "../users/me", "a/b", "a?b=c", "a b", "a%2fb", "ä", "x" * 65, "a\0b", "{{ 7*7 }}", "a#b"],
    )
    def test_what_could_not_be_part_of_a_path_is_refused_by_name(self, value: str) -> None:
        with pytest.raises(OptionError, match=r"^tenant_id is not an id"):
            clean_id(value, "tenant_id")

    @given(value=st.text(max_size=70))
    def test_what_passes_needs_no_encoding(self, value: str) -> None:
        try:
            cleaned = clean_id(value, "tenant_id")
        except OptionError:
            return
        assert quote(cleaned, safe="") == cleaned == cleaned.lower()


class TestGet:
    """AcronisClient.get"""

    def test_an_object_is_returned(self, cloud: Cloud) -> None:
        assert cloud.connect().get("tenants", cloud.simulator.tenant_id)["kind"] == "partner"

    @pytest.mark.parametrize("kind", ["not_json", "cut_off_clean", "reset_before"])
    def test_a_garbled_or_lost_answer_is_asked_for_again(self, cloud: Cloud, kind: str) -> None:
        cloud.simulator.fault(kind, route=TENANT.split()[1])
        client = cloud.connect(retries=1)
        assert client.get("tenants", cloud.simulator.tenant_id)["id"] == cloud.simulator.tenant_id
        assert cloud.count(TENANT) == 2

    @pytest.mark.parametrize(
        "fault, kind",
        [
            ({"kind": "not_json"}, MalformedError),
            ({"kind": "empty_body"}, MalformedError),
            ({"kind": "not_json", "body": "[]"}, MalformedError),
            ({"kind": "cut_off_clean"}, MalformedError),
            ({"kind": "cut_off"}, LostError),
            ({"kind": "reset_before"}, LostError),
            ({"kind": "error_text"}, ServerError),
            ({"kind": "error_html"}, ServerError),
            ({"kind": "unavailable"}, ServerError),
            ({"kind": "unavailable", "retry_after": "500"}, ServerError),
            ({"kind": "rate_limited", "retry_after": "500"}, RateLimitedError),
            ({"kind": "rate_limited", "retry_after": None}, RateLimitedError),
            ({"kind": "redirect", "location": "https://other.example.com/"}, MalformedError),
            ({"kind": "platform_error", "status": 400, "code": 1027}, RejectedError),
            ({"kind": "platform_error", "status": 403, "code": 1002}, ForbiddenError),
            ({"kind": "platform_error", "status": 404, "code": 1005}, NotFoundError),
        ],
        ids=str,
    )
    def test_each_failure_has_its_type(self, cloud: Cloud, fault: dict[str, Any], kind: type[AccessError]) -> None:
        cloud.simulator.fault(**fault, route="/tenants/{id}", times=None)
        with pytest.raises(AccessError) as caught:
            cloud.connect().get("tenants", cloud.simulator.tenant_id)
        assert caught.value.__class__ is kind
        assert cloud.count(TENANT) == 1

    def test_segments_of_a_path_cannot_leave_it(self, cloud: Cloud) -> None:
        with pytest.raises(NotFoundError):
            cloud.connect().get("tenants", "../users/me?x=1#y")
        assert cloud.simulator.journal()[-1]["path"] == "/api/2/tenants/..%2Fusers%2Fme%3Fx%3D1%23y"

    def test_a_redirect_is_not_asked_for_again(self, cloud: Cloud, serve: Serve) -> None:
        elsewhere = serve(lambda _request: Reply(200, b"{}"))
        cloud.simulator.fault("redirect", route="/tenants/{id}", location=elsewhere.url, times=None)
        with pytest.raises(MalformedError, match="redirect"):
            cloud.connect(retries=2).get("tenants", cloud.simulator.tenant_id)
        assert cloud.count(TENANT) == 1
        assert elsewhere.requests == []


@pytest.mark.parametrize(
    "kind", ["error_text", "unavailable", "reset_before", "reset_after", "error_after", "not_json"]
)
def test_a_put_is_sent_once_whatever_the_retries(cloud: Cloud, kind: str) -> None:
    tenant = cloud.tenant("Nobody Here")["id"]
    cloud.simulator.fault(kind, method="PUT", times=None)
    with pytest.raises(AccessError) as caught:
        cloud.connect(retries=2).put("tenants", tenant, "mfa", "status", body={"enabled": True})
    assert not caught.value.definite
    assert cloud.puts() == {tenant: 1}


class TestOwnTenant:
    """AcronisClient.own_tenant_id"""

    @pytest.mark.parametrize("name", ["admin", "readonly", "partner", "customer"])
    def test_it_is_where_the_client_was_created(self, cloud: Cloud, name: str) -> None:
        client = cloud.connect(client=name)
        assert [client.own_tenant_id(), client.own_tenant_id()] == [cloud.simulator.clients[name]["tenant_id"]] * 2
        assert cloud.count(CLIENT) == 1

    def test_a_token_alone_does_not_tell(self, cloud: Cloud) -> None:
        assert cloud.connect(token=cloud.issue_token()).own_tenant_id() is None
        assert cloud.count(CLIENT) == 0

    @pytest.mark.parametrize("status, code", [(403, 1002), (404, 404)])
    def test_a_client_that_may_not_look_at_itself_does_not_know(self, cloud: Cloud, status: int, code: int) -> None:
        cloud.simulator.fault("platform_error", route="/clients/{id}", status=status, code=code)
        assert cloud.connect().own_tenant_id() is None

    def test_a_failing_server_is_not_taken_for_not_knowing(self, cloud: Cloud) -> None:
        cloud.simulator.fault("error_text", route="/clients/{id}")
        client = cloud.connect()
        with pytest.raises(ServerError):
            client.own_tenant_id()
        assert client.own_tenant_id() == cloud.simulator.tenant_id

    def test_an_answer_without_the_field_is_malformed(self, cloud: Cloud) -> None:
        cloud.simulator.fault("drop_fields", route="/clients/{id}", names=["tenant_id"])
        with pytest.raises(MalformedError, match="tenant_id"):
            cloud.connect().own_tenant_id()


def betrayed(text: str, secret: str) -> list[str]:
    """Pieces of a secret, raw, URL-encoded or in base64, that can be read in a text."""
    encoded = [base64.b64encode(b"x" * before + secret.encode()).decode()[4:-4] for before in range(3)]
    forms = [secret, quote(secret, safe=""), *encoded]
    return [form[i : i + 8] for form in forms for i in range(len(form) - 7) if form[i : i + 8] in text]


class TestSecrets:
    """No error shows one, whatever the server says."""

    SECRET = "kH7+w/2Qz9=Lm4_Vb8-Xc1~Rt5.Np3!Jd6"
    TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJqdGkiOiI0NzExIn0.c2lnbmF0dXJl-_Zm9yLXRlc3Rz"

    def client(self, url: str) -> AcronisClient:
        settings = AcronisSettings(
            base_url=url,
            credentials=Credentials("72a9ed51-4d4e-4bc5-8a4e-3d0b5a5e1f0a", self.SECRET),
            http=HttpSettings(retries=0, timeout=20),
            token_cache_dir=None,
        )
        return AcronisClient(settings, lambda _text: None)

    @pytest.mark.parametrize("padding", [0, 20, 60, 75, 90, 100, 110])
    @pytest.mark.parametrize("shape", ["text", "html", "json", "oauth"])
    @pytest.mark.parametrize("where", ["token", "api"])
    def test_a_server_that_echoes_them_betrays_nothing(
        self, serve: Serve, padding: int, shape: str, where: str
    ) -> None:
        def respond(request: Request) -> Reply:
            if where == "api" and request.method == "POST":
                return Reply(200, f'{{"access_token": "{self.TOKEN}", "token_type": "bearer"}}'.encode())
            sent = request.headers["Authorization"] if "Authorization" in request.headers else request.body.decode()
            words = "x" * padding + f" {self.SECRET} {quote(self.SECRET, safe='')} {sent}"
            return Reply(400, SHAPES[shape].replace("WORDS", words).encode())

        client = self.client(serve(respond).url)
        with pytest.raises(AccessError) as caught:
            client.get("tenants", "x")
        shown = f"{client.redactor.mask(str(caught.value))} {client.redactor.mask(str(caught.value.as_result()))}"
        assert betrayed(shown, self.SECRET) == []
        assert betrayed(shown, self.TOKEN) == []

    def test_a_redirect_to_them_betrays_nothing(self, serve: Serve) -> None:
        server = serve(lambda _request: Reply(302, b"", {"Location": f"https://h/?{'x' * 70}={quote(self.SECRET)}"}))
        client = self.client(server.url)
        with pytest.raises(MalformedError) as caught:
            client.get("tenants", "x")
        assert betrayed(client.redactor.mask(str(caught.value)), self.SECRET) == []

    def test_wrong_credentials_betray_nothing(self, cloud: Cloud) -> None:
        secret = cloud.simulator.client_secret[:-1] + "Z"
        client = cloud.connect(secret=secret)
        with pytest.raises(UnauthorizedError) as caught:
            client.get("tenants", cloud.simulator.tenant_id)
        assert betrayed(client.redactor.mask(str(caught.value)), secret) == []
        assert cloud.simulator.client_id in str(caught.value)
        assert cloud.count(TOKEN) >= 1

    def test_settings_do_not_show_them(self, cloud: Cloud) -> None:
        assert betrayed(repr(cloud.settings()), cloud.simulator.client_secret) == []


SHAPES = {
    "text": "WORDS",
    "html": "<html><title>WORDS</title></html>",
    "json": '{"error": {"code": "WORDS", "message": "WORDS", "details": {"info": "WORDS"}}}',
    "oauth": '{"error": "WORDS", "error_description": "WORDS"}',
}
