"""The main job of the platform, step by step, on an installation on AWS: the story that `slipway demo` tells on one machine."""

import json
import time

from stack import Api

TOKEN = "swordfish-of-the-demo"
SHOP = "slipway"
REGION = "eu-central-1.aws"
MOVING = ("Queued", "Deploying", "Undeploying")


class Story:
    """Steps with their times."""

    def __init__(self):
        self.name, self.since = None, time.monotonic()

    def step(self, name):
        now = time.monotonic()
        if self.name:
            print(f"  {now - self.since:6.1f} s  {self.name}", flush=True)
        self.name, self.since = name, now


def problems(report):
    return json.dumps([one for one in (report or {}).get("entries", []) if one["type"] == "Error"], indent=1)


def application(deployment, name):
    return next(one for one in deployment["applications"] if one["applicationName"] == name)


def service_values(greeting=None):
    standard = [{"key": "GREETING", "value": greeting}] if greeting else []
    return {"applicationName": "service", "standardConfiguration": standard,
            "securedConfiguration": [{"key": "SERVICE_TOKEN", "value": TOKEN}]}


def deployed(api, path):
    deployment = api.until(path, lambda shown: shown["status"] not in MOVING)
    assert deployment["status"] == "Deployed", problems(deployment["details"]["build"]["report"])
    return deployment


def deploy(api, key, connector, staged):
    all_of_them = f"/{api.project}/deployments"
    created = api.call("POST", all_of_them, {
        "key": key, "connector": {"id": connector, "staged": staged}, "region": REGION,
        "configurations": [
            service_values(), {"applicationName": "job", "schedule": "* * * * *"},
            {"applicationName": "event", "retryPolicy": {
                "strategy": "exponential-backoff", "minBackoffSeconds": 1, "maxBackoffSeconds": 1, "maxAttempts": 5}},
        ],
        "globalConfiguration": {"standardConfiguration": [{"key": "SHOP", "value": SHOP}]},
    })
    assert created["status"] == "Deploying", created["status"]
    path = f"{all_of_them}/{created['id']}"
    deployment = deployed(api, path)
    assert TOKEN not in json.dumps(deployment), "a secret is shown"
    return path, deployment


def greeting(stack, deployment):
    """What the service answers, which wants its token."""
    url = application(deployment, "service")["url"] + "/service"
    answer = stack.visit(url, headers={"authorization": f"Bearer {TOKEN}"})
    return answer.status, answer.content.decode()


def logs(api, path, wanted):
    """The entries of the log, once there is one as wanted."""
    begun = time.monotonic()
    while time.monotonic() - begun < 60:
        entries, token = [], ""
        while True:
            page = api.call("GET", f"{path}/logs?pageToken={token}" if token else f"{path}/logs")
            entries += page["data"]
            token = page["next"]
            if not token:
                break
        if any(wanted(entry) for entry in entries):
            return entries
        time.sleep(0.5)
    raise AssertionError(f"no such entry in the log: {json.dumps(entries[-20:], indent=1)}")


def run_job(api, path):
    executions = f"{path}/applications/job/executions"
    asked = api.call("POST", executions, {})
    ended = api.until(executions, lambda all_of_them: any(
        one["id"] == asked["id"] and one["state"] not in ("queued", "running") for one in all_of_them["results"]))
    execution = next(one for one in ended["results"] if one["id"] == asked["id"])
    assert execution["state"] == "succeeded", execution


def publish_event(stack, api, path, deployment):
    order = {"notificationType": "Message", "type": "OrderCreated", "order": {"id": "demo-order-1"}}
    topic = application(deployment, "event")["topic"]
    stack.client("sns").publish(TopicArn=topic, Message=json.dumps(order))
    logs(api, path, lambda entry: entry["details"].get("data") == order)


def ticks(api, path):
    """The schedule itself fires within its minute."""
    api.until(f"{path}/applications/job/executions", lambda all_of_them: len(all_of_them["results"]) > 1, patience=150)


def run(stack, base, credentials, then):
    """`then` is done with what is deployed, before it is undeployed."""
    api, story = Api(base, credentials), Story()
    story.step("register")
    draft = api.call("POST", "/connectors/drafts", {
        "key": "demo", "name": "Starter", "description": "The starter connector.", "creator": {"email": "a@example.org"},
        "repository": {"url": "https://git.example.org/starter.git", "tag": "v1.0.0"},
        "integrationTypes": ["other"], "supportedRegions": [REGION], "privateProjects": [f"{REGION}:{api.project}"],
    })
    draft_path = f"/connectors/drafts/{draft['id']}"
    story.step("preview")
    api.call("POST", draft_path, {"version": draft["version"], "actions": [{"action": "updatePreviewable"}]})
    draft = api.until(draft_path, lambda draft: draft["isPreviewable"] != "pending")
    assert draft["isPreviewable"] == "true", problems(draft["previewableReport"])
    story.step("deploy the draft")
    preview, _ = deploy(api, "demo-preview", draft["id"], True)
    story.step("publish")
    draft = api.call("GET", draft_path)
    api.call("POST", draft_path, {"version": draft["version"], "actions": [{"action": "publish", "certification": False}]})
    draft = api.until(draft_path, lambda draft: draft["status"] != "Processing")
    assert draft["status"] == "Published", problems(draft.get("publishingReport"))
    story.step("search")
    found = api.call("GET", "/connectors/search?text=starter")
    assert found["total"] == 1, found
    story.step("deploy the Connector")
    path, deployment = deploy(api, "demo", draft["id"], False)
    story.step("call the service")
    status, text = greeting(stack, deployment)
    assert status == 200, text
    story.step("fetch the site")
    page = stack.visit(application(deployment, "assets")["url"])
    assert page.status == 200 and b"greeting." in page.content, page.content
    script = page.content.decode().split('src="')[1].split('"')[0]
    assert stack.visit(application(deployment, "assets")["url"] + script).status == 200
    story.step("run the job")
    run_job(api, path)
    story.step("publish an event")
    publish_event(stack, api, path, deployment)
    story.step("read the logs")
    entries = logs(api, path, lambda entry: entry["type"] == "HTTP_REQUEST")
    assert TOKEN not in json.dumps(entries), "a secret is in the log"
    story.step("redeploy")
    shown = api.call("GET", path)
    changed = {"applicationName": "service", "standardConfiguration": [{"key": "GREETING", "value": "Ahoy"}], "securedConfiguration": []}
    api.call("POST", path, {"version": shown["version"], "actions": [{"action": "redeploy", "configurationValues": [changed]}]})
    deployed(api, path)
    assert "Ahoy" in greeting(stack, deployment)[1], greeting(stack, deployment)
    story.step("roll back")
    shown = api.call("GET", path)
    api.call("POST", f"{path}/revisions/1/rollback", {"version": shown["version"]})
    deployed(api, path)
    assert greeting(stack, deployment)[1] == text, greeting(stack, deployment)
    story.step("wait for a tick")
    ticks(api, path)
    story.step(None)
    then(api, draft["id"], path, deployment)
    story.step("undeploy")
    for one in (preview, path):
        api.call("DELETE", one)
    for one in (preview, path):
        begun = time.monotonic()
        while api.call("GET", one, status=(200, 404)).get("status") in MOVING:
            assert time.monotonic() - begun < 120, f"{one} is not undeployed"
            time.sleep(0.5)
    assert greeting(stack, deployment)[0] == 404
    story.step(None)
