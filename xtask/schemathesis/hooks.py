"""What Schemathesis cannot know of this API: what is there, and which refusals a request that fits the schema must not meet."""

import base64
import json
import os
import re

import schemathesis

PROJECT = os.environ["PROJECT_KEY"]
REPOSITORY = {"url": os.environ["REPOSITORY_URL"], "tag": os.environ["REPOSITORY_TAG"]}
# A draft that can be deployed.
STAGED = os.environ["STAGED_ID"]
CLIENT = base64.b64encode(f"{os.environ['CLIENT_ID']}:{os.environ['CLIENT_SECRET']}".encode()).decode()
# What the schema lets through.
ADDRESS = re.compile(r"(https://|git@|ssh://git@).{1,2000}")
TAG = re.compile(r"[A-Za-z0-9](\.?[A-Za-z0-9_@/-])*")
KEY = re.compile(r"[A-Za-z0-9_-]{2,36}")
# Each is a process on this machine.
DEPLOYMENTS = iter(range(8))
# Operations that did what they are for; xtask looks which.
SUCCEEDED = set()
# A request that fits the schema is never refused for its form.
OF_FORM = {"InvalidJsonInput", "InvalidQueryParam", "InvalidPathParam", "InvalidHeader"}
# What no schema can say: a schedule is cron, and fits its application.
BEYOND_SCHEMAS = re.compile(r"\S*\.schedule: ")


def fits(pattern, value):
    return isinstance(value, str) and pattern.fullmatch(value)


def at_home(value):
    """The body with the repository that there is, in place of every other that fits: no request leaves this machine."""
    if isinstance(value, list):
        return [at_home(item) for item in value]
    if not isinstance(value, dict):
        return value
    value = {name: at_home(item) for name, item in value.items()}
    if fits(ADDRESS, value.get("url")):
        value["url"] = REPOSITORY["url"]
        if fits(TAG, value.get("tag")):
            value["tag"] = REPOSITORY["tag"]
    return value


def is_positive(case):
    return case.meta is not None and case.meta.generation.mode.is_positive


def deployable(body):
    """Every other body deploys the draft that there is, a few times; the others try what is not there."""
    if len(json.dumps(body)) % 2 == 0 or next(DEPLOYMENTS, None) is None:
        return body
    region = body.get("region", "europe-west1.gcp")
    return {"connector": {"id": STAGED, "staged": True}, "region": region, "configurations": []}


@schemathesis.hook
def before_call(context, case, kwargs):
    case.body = at_home(case.body)
    # Another Project's deployments are the business of the scopes' own tests; what cannot be a key stays.
    if fits(KEY, case.path_parameters and case.path_parameters.get("projectKey")):
        case.path_parameters["projectKey"] = PROJECT
    operation = case.operation.definition.raw.get("operationId")
    if operation in ("connectors-staged-delete", "connectors-staged-update") and case.path_parameters.get("id") in (STAGED, "key=deployable"):
        case.path_parameters["id"] = "00000000-0000-4000-8000-000000000000"
    if operation == "deployments-create" and is_positive(case) and isinstance(case.body, dict):
        case.body = deployable(case.body)
    # An answer without an end has tests of its own.
    if operation == "deployments-logs" and case.query:
        case.query.pop("follow", None)
    if operation == "auth-token":
        case.headers["Authorization"] = f"Basic {CLIENT}"


@schemathesis.hook
def after_call(context, case, response):
    operation = case.operation.definition.raw.get("operationId")
    asked = response.request.method == case.operation.method.upper()
    if asked and response.status_code < 300 and operation not in SUCCEEDED:
        SUCCEEDED.add(operation)
        with open(os.environ["SUCCEEDED"], "a", encoding="utf-8") as file:
            file.write(f"{operation}\n")


@schemathesis.check
def what_fits_the_schema_is_not_refused_for_its_form(ctx, response, case):
    if not is_positive(case) or response.status_code != 400:
        return
    errors = response.json()["errors"]
    refused = [error for error in errors if error["code"] in OF_FORM and not BEYOND_SCHEMAS.match(error.get("detailedErrorMessage", ""))]
    assert not refused, f"the schema lets through what the endpoint refuses: {refused}"
