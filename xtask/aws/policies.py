"""Every role has what its function used in the suites, and nothing else."""

import fnmatch
import json

from stack import NAME

# What AWS does with the role on the function's behalf, so that no call of the function shows it.
BY_AWS = {
    "logs:CreateLogStream": "Lambda writes the function's log",
    "logs:PutLogEvents": "Lambda writes the function's log",
    "xray:PutTraceSegments": "Lambda writes traces",
    "xray:PutTelemetryRecords": "Lambda writes traces",
    "sqs:ReceiveMessage": "Lambda takes messages off the function's queue",
    "sqs:DeleteMessage": "Lambda takes messages off the function's queue",
    "sqs:GetQueueAttributes": "Lambda takes messages off the function's queue",
    "s3:ListBucket": "S3 tells who may not list that a missing object is forbidden",
    "lambda:TagResource": "Lambda checks it where a function is made with tags",
    "lambda:GetLayerVersion": "Lambda checks it where a function is given a layer",
    "iam:PassRole": "Lambda and EventBridge Scheduler check it where a role is handed on",
    "kms:CreateGrant": "Lambda encrypts the variables of an application's function",
    "kms:Encrypt": "Lambda encrypts the variables of an application's function",
}

# What a function uses only where something went wrong or met something else, which the suites do not bring about.
RARE = {
    "sweep": {
        "dynamodb:PutItem": "it ends a run that took too long", "dynamodb:UpdateItem": "it ends a run that took too long",
        "dynamodb:DeleteItem": "it ends a run that took too long", "s3:GetObject": "it ends a run that took too long",
        "lambda:GetAlias": "it stops what such a run had started", "lambda:DeleteAlias": "it stops what such a run had started",
        "lambda:DeleteFunction": "it stops what such a run had started", "sqs:SendMessage": "it sends messages again",
    },
    "trigger_job": {"dynamodb:Query": "a tick meets another execution of its job"},
    "preview": {
        "sqs:SendMessage": "another run of the draft goes on", "codebuild:BatchGetBuilds": "it is woken while a build goes on",
        "s3:PutObject": "the first build of a version",
    },
    "publish": {
        "sqs:SendMessage": "another run of the draft goes on", "codebuild:BatchGetBuilds": "it is woken while a build goes on",
        "s3:PutObject": "the first build of a version",
    },
    "deploy": {
        "sqs:SendMessage": "another run of the Deployment goes on", "codebuild:BatchGetBuilds": "it is woken while a build goes on",
        "s3:PutObject": "the first build of a version",
    },
    "undeploy": {"sqs:SendMessage": "another run of the Deployment goes on"},
    "build_ended": {"sqs:SendMessage": "which kinds of runs wait for builds depends on what was built before"},
}


def granted(stack):
    """The statements of each function's role, as CloudFormation made them."""
    iam, functions = stack.client("iam"), stack.client("lambda").get_paginator("list_functions").paginate()
    for function in (one for page in functions for one in page["Functions"]):
        role = function["Role"].rsplit("/", 1)[-1]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            yield function["FunctionName"], document["Statement"]


def used(stack):
    """The calls that each function was allowed to make."""
    calls = {}
    for line in open(stack.calls):
        call = json.loads(line)
        if call["decision"] == "Allow":
            calls.setdefault(call["principal"].rsplit("/", 1)[-1], set()).add((call["action"], call["resource"]))
    return calls


def listed(value):
    return value if isinstance(value, list) else [value]


def check(stack):
    """Prints what is granted and was not used. What was used and is not granted has failed before."""
    calls, violations = used(stack), []
    for function, statements in granted(stack):
        made, rare = calls.get(function, set()), RARE.get(function.removeprefix(f"{NAME}-"), {})
        for statement in statements:
            actions, resources = listed(statement["Action"]), listed(statement["Resource"])
            fits = lambda resource, pattern: resource == "*" or fnmatch.fnmatchcase(resource, pattern)
            for action in actions:
                if "*" in action:
                    violations.append(f"{function}: {action} names no single action")
                elif action not in BY_AWS and action not in rare and not any(
                        call == action and any(fits(resource, one) for one in resources) for call, resource in made):
                    violations.append(f"{function}: {action} is granted and not used")
            for one in resources:
                if not any(action in BY_AWS or action in rare for action in actions) and not any(
                        call in actions and fits(resource, one) for call, resource in made):
                    violations.append(f"{function}: {one} is granted and not used")
    for violation in sorted(set(violations)):
        print(violation)
    print("every role has what its function uses, and nothing else" if not violations else
          f"{len(set(violations))} grants too many")
    return not violations
