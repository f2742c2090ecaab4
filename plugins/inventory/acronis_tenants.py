# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inventory of the tenants of an Acronis Cyber Protect Cloud account."""

from __future__ import annotations

DOCUMENTATION = r"""
name: acronis_tenants
short_description: Acronis tenants as inventory hosts
version_added: 0.1.0
author:
  - TenantOps contributors (@tenantops)
description:
  - Lists the tenants below an API client's own tenant, or below any other one it can see, and makes hosts of them, so
    that a policy can be set by group variables and applied by a role such as P(tenantops.access.tenant_mfa#role).
  - The listing is complete or an error. One request is made for every 5000 tenants, and one more for what changed
    while they were read, beside those for the access token and the API client's own tenant.
  - The hosts are nothing to connect to. Modules run on the controller with the Python that runs Ansible, because every
    host has the variables C(ansible_connection) and C(ansible_python_interpreter) for that.
  - The name of the inventory file must end in C(acronis_tenants.yml) or C(acronis_tenants.yaml).
  - A host is called by an ASCII form of the tenant's name, a dash, and the first 12 hexadecimal digits of its id. That
    is unique, stays the same while the tenant is not renamed, and is safe in patterns and paths. Names that
    customers chose appear in variables only, where they are never treated as templates.
  - "Every host has the variables C(acronis_tenant_id), C(acronis_tenant_name), C(acronis_tenant_path) (list of
    names from below the API client's own tenant), C(acronis_kind), C(acronis_parent_id), C(acronis_pricing_mode),
    C(acronis_enabled) and C(acronis_mfa_listing) (C(mfa_status) as the listing shows it: in the words of users' states,
    and no evidence). No variable holds a secret."
  - "Every host is in the groups C(acronis_kind_*), C(acronis_pricing_*), C(acronis_enabled_*) and C(acronis_mfa_*). The
    last is C(acronis_mfa_status), or the listing's hint where O(verify=none)."
extends_documentation_fragment:
  - tenantops.access.acronis
  - tenantops.access.acronis.plugins
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
notes:
  - Personal tenants of users are left out.
  - To keep an inventory in a file, export it as JSON. In the YAML of C(ansible-inventory --yaml), names lose the mark
    that they are no templates.
  - Credentials, the URL, the path options and O(scope_id) may be templates, such as a lookup.
options:
  plugin:
    description: The name of this plugin, to mark the file as its own.
    type: str
    required: true
    choices:
      - tenantops.access.acronis_tenants
  scope_id:
    description:
      - Id of the tenant to start from. It is a host itself if its kind is wanted.
      - The default is the API client's own tenant. Required with an O(access_token) and no O(client_id).
      - If not set, the environment variable E(ACRONIS_SCOPE_ID) is used.
    type: str
    env:
      - name: ACRONIS_SCOPE_ID
  kinds:
    description: Kinds of tenants that become hosts.
    type: list
    elements: str
    choices:
      - root
      - partner
      - folder
      - customer
      - unit
    default:
      - partner
      - customer
  hostnames:
    description:
      - How hosts are called. The first entry counts.
      - V(slug) is the name as described above, V(id) the tenant's id.
    type: list
    elements: str
    choices:
      - slug
      - id
    default:
      - slug
  verify:
    description:
      - Whether to find out the MFA state itself, beside the listing's hint.
      - V(none) asks for nothing.
      - V(all) reads every organization's own endpoint, one request each. The hosts get C(acronis_mfa_status)
        (V(enabled), V(disabled), V(disable_in_progress), or V(unknown) with a warning if the tenant cannot be read)
        and C(acronis_mfa_evidence) (V(endpoint)). Folders and units get their organization's state.
      - V(sample) reads up to 20 organizations of each kind and listing value, infers the others if the answers agree
        (V(listing) as C(acronis_mfa_evidence)), and reads them all if not.
    type: str
    choices:
      - none
      - all
      - sample
    default: none
"""

EXAMPLES = r"""
# customers.acronis_tenants.yml: credentials come from the environment
# (ACRONIS_DATACENTER_URL, ACRONIS_CLIENT_ID, ACRONIS_CLIENT_SECRET).
plugin: tenantops.access.acronis_tenants
kinds:
  - customer

---
# One partner and its customers, with groups of one's own; what was read is kept for an hour.
plugin: tenantops.access.acronis_tenants
datacenter_url: https://eu2-cloud.acronis.com
client_id: "{{ lookup('ansible.builtin.env', 'NORTHWIND_CLIENT_ID') }}"
client_secret: "{{ lookup('ansible.builtin.env', 'NORTHWIND_CLIENT_SECRET') }}"
scope_id: 4e6d4a3f-7d0a-4c4e-9a53-53c0f3ff2f6f
verify: all
groups:
  northwind: acronis_tenant_path[0] | default('') == 'Northwind IT'
  not_protected: acronis_mfa_status != 'enabled'
keyed_groups:
  - prefix: pricing
    key: acronis_pricing_mode
compose:
  customer_label: acronis_tenant_path | join(' > ')
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: /var/cache/ansible/acronis
cache_timeout: 3600
"""

import collections
import contextlib
import hashlib
import re
import typing as t
import unicodedata

from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.module_utils.basic import missing_required_lib
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.path import unfrackpath

from ansible_collections.tenantops.access.plugins.module_utils._acronis.client import AcronisClient
from ansible_collections.tenantops.access.plugins.module_utils._acronis.settings import (
    CREDENTIALS,
    AcronisSettings,
    acronis_settings,
)
from ansible_collections.tenantops.access.plugins.module_utils._acronis.tenants import read_tree
from ansible_collections.tenantops.access.plugins.module_utils._acronis.tree import Located
from ansible_collections.tenantops.access.plugins.module_utils._errors import AccessError, OptionError
from ansible_collections.tenantops.access.plugins.module_utils._estate.evidence import Evidence, read_evidence
from ansible_collections.tenantops.access.plugins.module_utils._http import HAS_REQUESTS
from ansible_collections.tenantops.access.plugins.module_utils._options import clean_id, plain_http_warning
from ansible_collections.tenantops.access.plugins.module_utils._redact import Redactor
from ansible_collections.tenantops.access.plugins.module_utils._text import NONE, UNKNOWN, first_texts

#: Makes a text one that Ansible treats as a template.
as_template: t.Callable[[str], str]
#: Makes data that Ansible never treats as a template.
never_template: t.Callable[[t.Any], t.Any]


def _as_it_is(value: t.Any) -> t.Any:
    return value


try:
    from ansible.template import trust_as_template
except ImportError:
    # ansible-core 2.18: every text is a template unless it says that it is not.
    from ansible.utils.unsafe_proxy import wrap_var

    as_template, never_template = _as_it_is, wrap_var
else:
    # ansible-core 2.19 and later: a text is no template unless it says so.
    as_template, never_template = trust_as_template, _as_it_is


_PYTHON = "{{ ansible_playbook_python }}"
_SLUG_LENGTH = 40
#: Changes whenever the shape of what is cached does, so that an old cache is not misread.
_CACHE_SHAPE = 1

Record = dict[str, t.Any]


def slug(name: str, tenant_id: str, digits: int = 12) -> str:
    """A host name for a tenant: ASCII letters, digits and dashes, unique by the digits of the id."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii").lower()
    words = re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-")[:_SLUG_LENGTH].strip("-")
    return f"{words or 'tenant'}-{re.sub(r'[^0-9a-f]', '', tenant_id.lower())[:digits]}"


def host_names(records: list[Record], style: str) -> list[str]:
    """The hosts' names, in the order of the records. Tenants whose short names collide get the whole id."""
    if style == "id":
        return [record["id"] for record in records]
    short = [slug(record["name"], record["id"]) for record in records]
    uses = collections.Counter(short)
    return [
        name if uses[name] == 1 else f"{slug(record['name'], record['id'], 0)}{record['id']}"
        for record, name in zip(records, short, strict=True)
    ]


class _Options(dict[str, t.Any]):
    """Values of options by name, each looked up when it is first asked for."""

    def __init__(self, look_up: t.Callable[[str], t.Any]) -> None:
        super().__init__()
        self._look_up = look_up

    def __missing__(self, name: str) -> t.Any:
        self[name] = self._look_up(name)
        return self[name]


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """The plugin that Ansible loads."""

    NAME = "tenantops.access.acronis_tenants"

    def verify_file(self, path: str) -> bool:
        """Whether the file's name says that it is for this plugin."""
        return super().verify_file(path) and path.endswith(("acronis_tenants.yml", "acronis_tenants.yaml"))

    def parse(self, inventory: InventoryData, loader: t.Any, path: str, cache: bool = True) -> None:
        """Fill the inventory from the cache, or from the platform.

        Raises:
            AnsibleParserError: the tenants could not be read completely; the inventory is not touched.
        """
        super().parse(inventory, loader, path, cache)
        config = self._read_config_data(path)
        redactor = Redactor()
        try:
            records = self._records(path, cache, config, redactor)
        except AccessError as error:
            raise AnsibleParserError(redactor.mask(str(error))) from None
        self._populate(inventory, records)

    def _records(self, path: str, cache: bool, config: t.Mapping[str, t.Any], redactor: Redactor) -> list[Record]:
        options = _Options(lambda name: self._option(name, config))
        redactor.add(options["client_secret"], options["access_token"])
        redactor.add_url(options["proxy"])
        redactor.add_url(options["datacenter_url"])
        for name in ("kinds", "hostnames"):
            if not self.get_option(name):
                raise OptionError(f"{name} is an empty list", "Leave it out for the default.")
        scope_id = self._option("scope_id", config) or None
        if scope_id is not None:
            scope_id = clean_id(str(scope_id), "scope_id")
        asked = (scope_id, self.get_option("verify"), *sorted(self.get_option("kinds")))
        account = (options["datacenter_url"], options["client_id"])
        key = self.get_cache_key(path) + hashlib.sha256(repr((_CACHE_SHAPE, account, asked)).encode()).hexdigest()[:12]
        if cache and self.get_option("cache"):
            with contextlib.suppress(KeyError):
                return t.cast(list[Record], self._cache[key])
        explicit = {name: options[name] if config.get(name) is not None else None for name in CREDENTIALS}
        records = self._read(acronis_settings(options, explicit), scope_id, redactor)
        if self.get_option("cache"):
            self._cache[key] = records
        return records

    def _option(self, name: str, config: t.Mapping[str, t.Any]) -> t.Any:
        """An option's value; what the inventory file says may be a template, what the environment says never is."""
        written = config.get(name)
        if not isinstance(written, str) or not self.templar.is_template(written):
            return self.get_option(name)
        value = self.templar.template(written)
        # Ansible has made a path of the template, which no longer begins where the value does.
        return unfrackpath(value, follow=False) if name in ("ca_path", "token_cache_dir") else value

    def _read(self, settings: AcronisSettings, scope_id: str | None, redactor: Redactor) -> list[Record]:
        if not HAS_REQUESTS:
            raise AnsibleParserError(missing_required_lib("requests"))
        warning = plain_http_warning("datacenter_url", settings.base_url)
        if warning:
            self.display.warning(warning)
        client = AcronisClient(settings, lambda text: self.display.warning(redactor.mask(text)), redactor)
        tree = read_tree(client, scope_id)
        kinds = set(self.get_option("kinds"))
        wanted = [located for located in tree.located() if located.tenant.kind in kinds]
        evidence = self._evidence(client, wanted)
        return [self._record(located, evidence) for located in wanted]

    def _evidence(self, client: AcronisClient, wanted: list[Located]) -> dict[str, Evidence]:
        verify = self.get_option("verify")
        if verify == NONE:
            return {}
        organizations = {located.organization.id: located.organization for located in wanted}
        evidence, strata = read_evidence(client, organizations.values(), verify)
        for stratum in strata:
            self.display.vv(
                f"acronis_tenants: {stratum.kind} listed as {stratum.listing}: {stratum.read} of {stratum.count} read, "
                f"meaning {stratum.status}, at most {stratum.bound_percent} % differ (95 % confidence)"
            )
        unknown = [f"MFA state unknown: {known.problem}" for known in evidence.values() if known.status == UNKNOWN]
        for text in first_texts(unknown, "tenants whose MFA state is unknown"):
            self.display.warning(client.redactor.mask(text))
        return evidence

    @staticmethod
    def _record(located: Located, evidence: dict[str, Evidence]) -> Record:
        tenant = located.tenant
        record = {
            "id": tenant.id,
            "name": tenant.name,
            "path": list(located.path),
            "kind": tenant.kind,
            "parent_id": tenant.parent_id,
            "pricing_mode": tenant.pricing_mode,
            "enabled": tenant.enabled,
            "mfa_listing": tenant.mfa_listing,
        }
        known = evidence.get(located.organization.id)
        if known is not None:
            record["mfa_status"] = known.status
            record["mfa_evidence"] = known.source
        return record

    def _populate(self, inventory: InventoryData, records: list[Record]) -> None:
        strict = self.get_option("strict")
        compose, groups, keyed_groups = (self.get_option(name) for name in ("compose", "groups", "keyed_groups"))
        python = as_template(_PYTHON)
        for record, host in zip(records, host_names(records, self.get_option("hostnames")[0]), strict=True):
            variables = {"ansible_connection": "local", "ansible_python_interpreter": python}
            for name, value in record.items():
                prefix = "acronis_tenant_" if name in ("id", "name", "path") else "acronis_"
                variables[prefix + name] = never_template(value)
            inventory.add_host(host)
            for name, value in variables.items():
                inventory.set_variable(host, name, value)
            for group in self._groups_of(record):
                inventory.add_group(group)
                inventory.add_child(group, host)
            self._set_composite_vars(compose, variables, host, strict=strict)
            self._add_host_to_composed_groups(groups, variables, host, strict=strict)
            self._add_host_to_keyed_groups(keyed_groups, variables, host, strict=strict)

    @staticmethod
    def _groups_of(record: Record) -> list[str]:
        enabled = {True: "yes", False: "no", None: UNKNOWN}[record["enabled"]]
        values = {
            "kind": record["kind"],
            "pricing": record["pricing_mode"] or UNKNOWN,
            "enabled": enabled,
            "mfa": record.get("mfa_status") or record["mfa_listing"] or UNKNOWN,
        }
        return [f"acronis_{name}_" + re.sub(r"[^a-z0-9_]", "_", value.lower()) for name, value in values.items()]
