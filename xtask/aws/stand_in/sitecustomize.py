"""What MiniStack leaves out of AWS and these tests need, as AWS documents it. Python loads this file before MiniStack, which it changes
in five places; docs/operations.md names each of them:

* Lambda gives every instance a network of its own, so that each application listens on the same port. Here functions run side by side,
  and each process is told a free port (PORT), which port.cjs has the application listen on.
* EventBridge Scheduler puts the planned time in place of <aws.scheduler.scheduled-time>.
* CodeBuild runs the commands of the project's build specification, with the variables of the build, and EventBridge tells its end.
* What every function was allowed to do is written down, for the test of least privilege; and requests count as encrypted, which those
  to 127.0.0.1 are not, as the bucket refuses others. Actions are named as AWS names them.
"""

import itertools
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time

CALLS = os.environ.get("STAND_IN_CALLS")


# Below the ports that systems give to outgoing connections: an application listens some time after its function was told the port.
PORTS = itertools.cycle(random.sample(range(15000, 32000), 17000))


def free_port():
    for port in PORTS:
        with socket.socket() as listener:
            try:
                listener.bind(("", port))
                return port
            except OSError:
                continue


def each_process_has_a_port():
    original = subprocess.Popen.__init__

    def started(self, args, *rest, **options):
        command = args if isinstance(args, str) else args[0]
        if str(command).endswith("/bootstrap") and options.get("env") is not None:
            options["env"] = {**options["env"], "PORT": str(free_port())}
            # Lambda's own processes inherit nothing of the machine that runs them.
            for name in ("PYTHONPATH", "STAND_IN_CALLS", "STAND_IN_PATH"):
                options["env"].pop(name, None)
        original(self, args, *rest, **options)

    subprocess.Popen.__init__ = started


def schedules_tell_their_time():
    from ministack.services import eventbridge

    original = eventbridge._invoke_target

    def invoke(target, event, rule, view=None):
        text = target.get("Input")
        if text and "<aws.scheduler.scheduled-time>" in text:
            now = time.strftime("%Y-%m-%dT%H:%M:00Z", time.gmtime())
            target = {**target, "Input": text.replace("<aws.scheduler.scheduled-time>", now)}
        return original(target, event, rule, view)

    eventbridge._invoke_target = invoke


def builds_run():
    import contextvars

    import yaml
    from ministack.services import codebuild, eventbridge

    original = codebuild._start_build

    def start(data):
        status, headers, body = original(data)
        if status != 200:
            return status, headers, body
        answer = json.loads(body)
        build = codebuild._builds[answer["build"]["id"]]
        build.update(buildStatus="IN_PROGRESS", currentPhase="BUILD")
        build.pop("endTime", None)
        variables = data.get("environmentVariablesOverride") or []
        work = contextvars.copy_context()
        project = codebuild._projects[data["projectName"]]
        threading.Thread(target=work.run, args=(run, build, project, variables), daemon=True).start()
        answer["build"].update(buildStatus="IN_PROGRESS")
        return status, headers, json.dumps(answer).encode()

    def run(build, project, variables):
        phases = yaml.safe_load(project["source"]["buildspec"])["phases"]
        # What a build's image has is the machine's own, npm with its settings among it.
        environment = {"PATH": os.environ["STAND_IN_PATH"], "HOME": os.environ["HOME"]}
        environment.update({one["name"]: one["value"] for one in variables})
        with tempfile.TemporaryDirectory(prefix="codebuild-") as folder:
            commands = "\n".join(phases["build"]["commands"])
            done = subprocess.run(["/bin/sh", "-e", "-c", commands], cwd=folder, env=environment,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        print(done.stdout, file=sys.stderr)
        status = "SUCCEEDED" if done.returncode == 0 else "FAILED"
        build.update(buildStatus=status, currentPhase="COMPLETED", endTime=int(time.time()))
        detail = {
            "build-status": status,
            "project-name": project["name"],
            "build-id": build["arn"],
            "additional-information": {"environment": {"environment-variables": [
                {"name": one["name"], "type": one.get("type", "PLAINTEXT"), "value": one["value"]} for one in variables
            ]}},
        }
        eventbridge._put_events({"Entries": [{
            "Source": "aws.codebuild", "DetailType": "CodeBuild Build State Change", "Detail": json.dumps(detail),
        }]}, allow_aws_source=True)

    codebuild._start_build = start


def calls_are_written_down():
    from ministack.core import iam_evaluator

    original = iam_evaluator.evaluate

    def evaluate(*rest, **options):
        result = original(*rest, **options)
        context = next(one for one in [*rest, *options.values()] if isinstance(one, iam_evaluator.EvalContext))
        with open(CALLS, "a") as file:
            file.write(json.dumps({
                "principal": context.principal_arn, "action": context.action, "resource": context.resource_arn,
                "decision": result.decision,
            }) + "\n")
        return result

    iam_evaluator.evaluate = evaluate


def actions_are_named_as_by_aws():
    """Where the stand-in takes one action, or its resource, for another (Service Authorization Reference: Lambda, SQS, CodeBuild,
    EventBridge Scheduler)."""
    from ministack.core import iam_actions

    lambda_action, extract = iam_actions._lambda_action, iam_actions.extract_iam_action

    def of_lambda(method, path):
        parts = [part for part in path.split("/") if part]
        if "aliases" in parts:
            named = parts[-1] != "aliases"
            return {"POST": "CreateAlias", "PUT": "UpdateAlias", "DELETE": "DeleteAlias"}.get(
                method, "GetAlias" if named else "ListAliases")
        if parts[-1:] == ["url"]:
            return {"POST": "CreateFunctionUrlConfig", "PUT": "UpdateFunctionUrlConfig", "DELETE": "DeleteFunctionUrlConfig"}.get(
                method, "GetFunctionUrlConfig")
        return lambda_action(method, path)

    def named(*rest, **options):
        action = extract(*rest, **options)
        return {"sqs:SendMessageBatch": "sqs:SendMessage"}.get(action, action)

    resource_of = iam_actions.extract_resource_arn

    def resource(service, method, path, headers, body, query_params, region, account_id, *rest, **options):
        action = named(service, method, path, headers, body, query_params)
        if action == "lambda:CreateFunction":
            return f"arn:aws:lambda:{region}:{account_id}:function:{json.loads(body)['FunctionName']}"
        if action == "codebuild:BatchGetBuilds":
            project = json.loads(body)["ids"][0].split(":")[0]
            return f"arn:aws:codebuild:{region}:{account_id}:project/{project}"
        if action and action.startswith("scheduler:") and path.startswith("/schedules/"):
            given = query_params.get("groupName") or (json.loads(body) if body else {}).get("GroupName") or "default"
            group = given[0] if isinstance(given, list) else given
            return f"arn:aws:scheduler:{region}:{account_id}:schedule/{group}/{path.split('/')[2]}"
        return resource_of(service, method, path, headers, body, query_params, region, account_id, *rest, **options)

    iam_actions.extract_resource_arn = resource
    iam_actions._lambda_action = of_lambda
    iam_actions.extract_iam_action = named


def requests_count_as_encrypted():
    from ministack.core import iam_evaluator

    original = iam_evaluator.pin_request_origin
    iam_evaluator.pin_request_origin = lambda source, _: original(source, True)


if any(os.path.basename(word) == "ministack" for word in sys.orig_argv):
    actions_are_named_as_by_aws()
    requests_count_as_encrypted()
    if CALLS:
        calls_are_written_down()
    each_process_has_a_port()
    schedules_tell_their_time()
    builds_run()
