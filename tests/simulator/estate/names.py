# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names for tenants: ordinary ones, and ones that break careless clients."""

from __future__ import annotations

# Whatever a customer may call itself. Nothing here may be executed, templated, used as a path or as a host name.
HOSTILE = (
    "{{ 7*7 }}",
    "{% raw %}",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "$(id)",
    "`id`",
    "*",
    "[x]",
    "[0:9]",
    "localhost",
    "all",
    "ungrouped",
    "-v",
    "--version",
    "@all",
    "!all",
    "a:b,c;d&e=f",
    "Smith/Sons",
    "/",
    "//",
    "../../etc/passwd",
    "C:\\Temp\\new",
    "trailing backslash\\",
    "**",
    'The "Quoted" Company',
    "L'Étoile d'Or",
    "line\nbreak",
    "tab\there",
    "carriage\rreturn",
    "bell\x07",
    " leading and trailing blanks ",
    "Müller & Söhne GmbH",
    "Mu\u0308ller & So\u0308hne GmbH",
    "株式会社テスト",
    "شركة الاختبار",
    "\u202eevil\u202c",
    "zero\u200bwidth",
    "🚀 Rocket 🏳️\u200d🌈",
    "null",
    "true",
    "1e3",
    "~",
    "!unsafe 'x'",
    "&anchor",
    "# comment",
    "%s %d %(x)s",
    "\u2028separator",
    "a" * 255,
    "ü" * 255,
    "+1234",
    "@SUM(1)",
)

_FIRST = (
    "Alder Amber Apex Arctic Aspen Aurora Beacon Birch Bluebird Bridge Canyon Cedar Cobalt Copper Coral "
    "Crown Delta Eagle Ember Falcon Fern Forge Garnet Glacier Granite Harbor Hazel Helix Heron Highland "
    "Indigo Iron Ivory Jade Juniper Kestrel Lakeside Lantern Larch Laurel Linden Lotus Maple Meadow "
    "Mercury Midland Mistral Monarch Nimbus Noble Oak Olive Onyx Orchard Osprey Pacific Pearl Pine "
    "Pioneer Prairie Quartz Quill Rapid Raven Redwood Ridge River Rowan Sable Saffron Sierra Silver Solar "
    "Spruce Stellar Sterling Stone Summit Swift Teal Thistle Timber Topaz Tundra Union Valley Vector "
    "Verdant Vertex Violet Walnut West Willow Winter Zenith Zephyr "
)
FIRST_WORDS = tuple(_FIRST.split())
_SECOND = (
    "Accounting Advisors Analytics Architects Automotive Bakery Bank Biotech Brewery Builders Capital "
    "Care Catering Chemicals Clinic Consulting Dairy Dental Design Distribution Education Electric Energy "
    "Engineering Estates Events Farms Fashion Finance Foods Foundation Freight Furniture Games Gardens "
    "Group Health Hospitality Hotels Housing Imports Insurance Interiors Jewellers Labs Law Legal Leisure "
    "Lighting Logistics Machines Marine Marketing Media Medical Metals Motors Museum Music Optics "
    "Packaging Paper Partners Pharma Photo Plastics Plumbing Press Printing Properties Publishing "
    "Recruiting Renewables Repairs Research Resorts Retail Robotics Sails School Security Shipping "
    "Software Solar Sports Stores Studios Supplies Surgery Systems Tech Textiles Theatre Tools Toys Trade "
    "Transport Travel Ventures Vets Water Wines Works "
)
SECOND_WORDS = tuple(_SECOND.split())
FOLDERS = ("Retail", "Healthcare", "Public sector", "Key accounts", "North", "South", "Legacy", "Trials", "Onboarding")
UNITS = ("Head office", "Branch", "Warehouse", "Research", "Sales", "Finance", "Plant", "Workshop", "Remote")
