# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The form of a policy: documentation, and the source of what ``make generate`` makes of it.

It is the one place that says which keys there are.
"""

from __future__ import annotations


class ModuleDocFragment:
    """The options that say what is wanted of an estate."""

    DOCUMENTATION = r"""
options:
  policy:
    description:
      - The policy as data. Not together with O(policy_file).
    type: dict
    suboptions:
      name:
        description: What reports call the policy.
        type: str
        required: true
      scope_id:
        description:
          - Id of the tenant at the top of the scope. The policy is about this tenant and all below it.
          - The default is the API client's own tenant. Required with an O(access_token) and no O(client_id).
        type: str
      default:
        description: What is wanted of partners and customers that no rule fits.
        type: str
        choices:
          - unmanaged
          - enabled
        default: unmanaged
      rules:
        description:
          - What is wanted of which tenants. The first rule that fits a tenant decides.
          - A rule that decides no tenant is an error, unless it has C(allow_empty).
        type: list
        elements: dict
        required: true
        suboptions:
          name:
            description: What reports call the rule. No two rules have the same name.
            type: str
            required: true
          match:
            description:
              - The tenants that the rule fits. All keys that are given have to fit, and of each key one of its values.
              - C(kind) or C(id) is required. An empty list is an error.
            type: dict
            required: true
            suboptions:
              id:
                description:
                  - Ids of tenants. The scope's own root changes only if a rule names its id.
                type: list
                elements: str
              kind:
                description: Kinds of tenants. Folders and units inherit, so no rule can be about them.
                type: list
                elements: str
                choices:
                  - root
                  - partner
                  - customer
              path:
                description:
                  - Paths of names from below the API client's own tenant down to the tenant.
                  - A text is a pattern. Levels stand between slashes, C(*) fits anything within a level, C(**) as a
                    level of its own fits any number of levels, none included, and a backslash makes the next character
                    a literal one.
                  - A list of names is a literal path.
                type: list
                elements: raw
              pricing_mode:
                description: Pricing modes of tenants. A tenant of which the platform does not show it is V(unknown).
                type: list
                elements: str
                choices:
                  - trial
                  - production
                  - suspended
          mfa:
            description: The wanted state. V(unmanaged) leaves the tenants alone.
            type: str
            required: true
            choices:
              - enabled
              - disabled
              - unmanaged
          not_before:
            description:
              - A day such as V(2027-01-15), in UTC. Until then, what the rule would change is planned and announced,
                but not written.
            type: str
          allow_empty:
            description: Whether the rule may decide no tenant.
            type: bool
            default: false
      exceptions:
        description:
          - Tenants for which the rules are suspended, for a reason and until a day. An exception never writes anything.
        type: list
        elements: dict
        default: []
        suboptions:
          tenant_id:
            description: Id of the tenant. An id, because a customer can rename itself.
            type: str
            required: true
          tenant:
            description:
              - What the tenant is expected to be called, which is a path joined by slashes, a name, or a list of names
                that is a path. If it is called otherwise, that is a warning.
            type: raw
          reason:
            description: Why the rules are suspended for the tenant.
            type: str
            required: true
          owner:
            description: Who answers for the exception.
            type: str
            required: true
          ticket:
            description: Where the exception was decided.
            type: str
          expires:
            description:
              - The last day on which it holds, such as V(2027-01-31), in UTC. A warning announces it for 14 days
                before.
            type: str
            required: true
      guards:
        description: What stops a run that nobody has looked at. Each guard that is left out has its default.
        type: dict
        suboptions:
          max_changes:
            description: Tenants that may change at most.
            type: int
            default: 100
          max_change_percent:
            description:
              - Share of the tenants with a wanted state that may change at most, in percent. It counts when more than
                10 tenants would change.
            type: float
            default: 25.0
          max_lockouts:
            description:
              - Users who may have to enrol before they can sign in again, at most. A plan made with O(verify=sample)
                does not know their number and shows the guard as violated; a run reads it first.
            type: int
            default: 500
          max_conflicts_percent:
            description:
              - Share of a run's planned changes that may be conflicts at most, because others have changed the tenants
                since, in percent. An approval does not pass this guard.
            type: float
            default: 5.0
          protected_users:
            description:
              - Patterns for logins and e-mail addresses, upper and lower case alike. As in a path, C(*) fits anything,
                and a backslash makes the next character a literal one. C(?) and C([) are wildcards elsewhere, so they
                are an error without a backslash.
              - A tenant is blocked if a user who fits would be locked out by switching MFA on. Service accounts and
                disabled accounts do not count.
            type: list
            elements: str
            default: []
          allow_disable:
            description: Whether MFA may be switched off anywhere. An approval does not pass this guard.
            type: bool
            default: false
          enforce_expired:
            description: Whether tenants may change because an exception has expired.
            type: bool
            default: false
      rollout:
        description: How changes are made. Each key that is left out has its default.
        type: dict
        suboptions:
          max_per_run:
            description:
              - Tenants that one run changes at most, the first in a stable order that has nothing to do with who they
                are. The others stay drifted until the next run. By default there is no limit.
            type: int
          waves:
            description:
              - Cumulative shares of the changes, rising. A wave begins when the one before is done. The last one is
                V(100%).
            type: list
            elements: str
            default:
              - 5%
              - 25%
              - 100%
          max_failures:
            description:
              - Failed changes in spite of which a run goes on. When there is one more, no other change is begun.
            type: int
            default: 0
  policy_file:
    description:
      - A YAML or JSON file with the policy, on the machine that the module runs on. Where that is the machine of
        Ansible itself, a relative path begins at the playbook's directory.
      - A key that stands in a mapping twice is an error.
      - It needs PyYAML in the Python that runs the module. Ansible's own Python has it.
      - Not together with O(policy).
    type: path
  scope_id:
    description:
      - Id of the tenant at the top of the scope, instead of the policy's own C(scope_id), so that one policy can hold
        for several accounts. Where a plan is given instead of a policy, it has to be about this scope.
      - The default is what the policy says, and otherwise the API client's own tenant.
    type: str
  verify:
    description:
      - How the MFA state of the tenants is found out.
      - V(all) reads every partner's and customer's own endpoint, one request each.
      - V(sample) reads 20 of each kind and listing value and infers the others if these agree; else it reads them all.
        Inferred tenants have no counts of users, so how many users a change would lock out is not known.
    type: str
    choices:
      - all
      - sample
    default: all
  return_tenants:
    description:
      - Which tenants are returned with their dispositions.
      - V(changed) is those that have drifted. They are the changes of the plan that is returned, and are not returned
        once more.
      - V(all) is all of the scope, in the value C(tenants), which takes a second or two for 10000 tenants. Where a plan
        is given instead of a policy, there are none.
    type: str
    choices:
      - changed
      - all
    default: changed
requirements:
  - PyYAML, to read a policy from a file
"""
