# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pages that a browser gets to see."""

from __future__ import annotations

# In the fragment form only the token is decoded, each part is cut at its second "=", and the target is used as it
# stands; in the query form both are decoded by the browser. external_login.py does the same without a browser.
PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Signing in</title></head>
<body>
<p id="message">Signing in ...</p>
<script>
(function () {
  "use strict";
  function say(text) { document.getElementById("message").textContent = text; }
  var query = new URLSearchParams(location.search);
  var ott = query.get("ott");
  var target = query.get("targetURI");
  if (ott === null) {
    location.hash.slice(1).split("&").forEach(function (part) {
      var pieces = part.split("=");
      if (pieces[0] === "ott") { ott = decodeURIComponent(pieces[1]); }
      if (pieces[0] === "targetURI") { target = pieces[1]; }
    });
  }
  var request = new XMLHttpRequest();
  request.open("POST", "/api/2/idp/ott/login");
  request.setRequestHeader("Content-Type", "application/json");
  request.setRequestHeader("X-Acronis-API", "1");
  request.onload = function () {
    if (request.status === 200) { location.replace(target); } else { say("This link is not valid any more."); }
  };
  request.onerror = function () { say("The service cannot be reached."); };
  request.send(JSON.stringify({ott: ott}));
}());
</script>
</body>
</html>
"""
GOODBYE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Signed out</title></head>
<body><p>You are signed out.</p></body>
</html>
"""
