"""Every function that the demo does not need is called once, each in a way in which it does its work."""

import json
import time
import urllib.request

from demo import application, problems
from stack import Address, Api


def advisories():
    """An archive of advisories, as a server of files gives it."""
    import http.server
    import io
    import zipfile

    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("GHSA-0000-0000-0001.json", json.dumps({
            "schema_version": "1.6.0", "id": "GHSA-0000-0000-0001", "modified": "2026-11-01T00:00:00Z", "summary": "A hole",
            "affected": [{"package": {"ecosystem": "npm", "name": "no-such-package"},
                          "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.0.0"}]}]}],
        }))

    class Files(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):
            self.send_response(200)
            self.send_header("content-length", str(len(content.getvalue())))
            self.end_headers()
            self.wfile.write(content.getvalue())

    return f"{Address(Files).url}/all.zip"


def links(shown):
    """The presigned links in an answer."""
    if isinstance(shown, str):
        return [shown] if "X-Amz-Signature" in shown else []
    parts = shown.values() if isinstance(shown, dict) else shown if isinstance(shown, list) else []
    return [link for part in parts for link in links(part)]


def looks(api, draft, path):
    """What only reads."""
    for public in ("/.well-known/jwks.json", "/openapi.json", "/docs"):
        assert api.send("GET", public, {}).status == 200, public
    assert api.send("GET", "/no/such/path", {}).status == 404
    # Whatever belongs to a draft or a Deployment is found by its key too, and a list is sorted otherwise than it is kept.
    by_key = "/connectors/drafts/key=" + api.call("GET", f"/connectors/drafts/{draft}")["key"]
    for listed in ("/connectors/drafts", f"/{api.project}/deployments", f"{by_key}/reports"):
        assert api.call("GET", listed)["total"] == api.call("GET", f"{listed}?sort=name")["total"], listed
    for one in api.call("GET", f"{by_key}/reports")["results"]:
        report = api.call("GET", f"{by_key}/reports/{one['id']}")
        for link in links(report):
            opened = urllib.request.urlopen(link).read()
            assert opened, link
    api.call("GET", f"/connectors/{draft}")
    by_key = f"/{api.project}/deployments/key=" + api.call("GET", path)["key"]
    api.call("GET", f"{by_key}/revisions")
    api.call("GET", f"{by_key}/revisions/1")


def letters(stack, api, path, deployment):
    """An event that its application refuses is given up, replayed, and thrown away."""
    place = f"{path}/applications/event/dead-letters"
    topic = application(deployment, "event")["topic"]
    for _ in range(2):
        stack.client("sns").publish(TopicArn=topic, Message="no JSON")
    dead = api.until(place, lambda page: page["total"] == 2)["results"]
    api.call("GET", f"{place}/{dead[0]['id']}")
    api.call("POST", f"{place}/{dead[0]['id']}/replay")
    api.until(place, lambda page: page["total"] == 2)
    api.call("POST", f"{place}/replay")
    api.until(place, lambda page: page["total"] == 2)
    api.call("DELETE", f"{place}/{dead[0]['id']}")
    assert api.call("DELETE", place)["count"] == 1


# What the minimal connector lacks before it comes before a certifier.
CERTIFIABLE = {
    "LICENSE": "MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining a copy of this software.\n",
    "README.md": "# Minimal\n\nOne service that answers, and nothing else: how little a connector needs to be one.\n",
    "service/index.test.js": "import test from 'node:test';\n\ntest('it loads', () => {});\n",
}


def certification(api, certifier):
    """A certifier takes a draft and declines it."""
    made = api.call("POST", "/connectors/drafts", {
        "key": "certifiable", "name": "Minimal", "description": "One service.", "creator": {"email": "a@example.org"},
        "documentationUrl": "https://example.org/minimal", "supportedRegions": ["eu-central-1.aws"],
        "repository": {"url": "https://git.example.org/minimal.git", "tag": "v1.0.0"}, "integrationTypes": ["other"],
    })
    draft, path = made["id"], f"/connectors/drafts/{made['id']}"
    api.call("POST", path, {"version": made["version"], "actions": [{"action": "publish", "certification": True}]})
    shown = api.until(path, lambda draft: draft["status"] != "Processing")
    assert shown["status"] == "ReadyForCertification", problems(shown["publishingReport"])
    assert certifier.call("GET", "/certifications")["total"] == 1
    place = f"/certifications/{draft}"
    for action in ("start", "reject"):
        version = certifier.call("GET", place)["version"]
        certifier.call("POST", place, {"version": version, "actions": [{"action": action, "comment": "A look at it."}]})


def drafts(api):
    """A draft is registered, and deleted with its reservation."""
    made = api.call("POST", "/connectors/drafts", {
        "key": "short-lived", "name": "Short", "description": "Deleted at once.", "creator": {"email": "a@example.org"},
        "repository": {"url": "https://git.example.org/starter.git", "tag": "v1.0.0"}, "integrationTypes": ["other"],
    })
    api.call("DELETE", f"/connectors/drafts/{made['id']}?version={made['version']}")


def run(stack, base, api, draft, path, deployment):
    begun = time.monotonic()
    certifier = stack.invoke("clients", {"create": {"projectKey": "certifiers", "scopes": ["manage_certifications"]}})
    looks(api, draft, path)
    letters(stack, api, path, deployment)
    certification(api, Api(base, certifier))
    drafts(api)
    stack.invoke("clients", {"list": {}})
    stack.invoke("clients", {"revoke": {"clientId": certifier["clientId"]}})
    for scheduled in ("refresh_advisories", "sweep"):
        stack.invoke(scheduled, {})
    print(f"  {time.monotonic() - begun:6.1f} s  every other function", flush=True)
