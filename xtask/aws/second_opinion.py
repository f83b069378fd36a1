"""A second opinion on the control plane: the stack is made in moto too, from the template as AWS SAM translates it, and a deploy, a redeploy,
a rollback and an undeploy leave there just the functions, aliases, schedules, topics and log groups that they should, and then none.

moto runs no function: the platform's run here as processes, and an application's function answers as one that is healthy."""

import argparse
import io
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
import zipfile

import boto3
import yaml
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from functions import invoke
from stack import NAME, REGION, ROOT, git_server

WORKERS = ["preview", "publish", "deploy", "undeploy", "deliver_event", "trigger_job", "build_ended"]
PARTS = {"minimal": "service", "minimal-event": "event", "minimal-job": "job"}


class NoManagedPolicies:
    """The template has policies of its own only."""

    def load(self):
        return {}


def without_project(part):
    """CloudFormation of moto has no CodeBuild project whose ARN it could give."""
    if part == {"Fn::GetAtt": ["BuildProject", "Arn"]}:
        return f"arn:aws:codebuild:{REGION}:123456789012:project/{NAME}-builder"
    if isinstance(part, dict):
        return {name: without_project(value) for name, value in part.items()}
    return [without_project(one) for one in part] if isinstance(part, list) else part


class Moto:
    """The account."""

    def __init__(self, folder, port, executable):
        self.folder, self.port, self.executable = folder, port, executable
        self.url = f"http://127.0.0.1:{port}"
        self.environment = {
            "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url,
        }
        log = open(folder / "moto.log", "w")
        self.process = subprocess.Popen(["moto_server", "-p", str(port)], stdout=log, stderr=log, start_new_session=True)
        for _ in range(1200):
            try:
                return self.post("/moto-api/config", {"lambda": {"use_docker": False}})
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
        raise SystemExit(f"moto does not start; {folder}/moto.log says why")

    def post(self, path, body):
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), {"content-type": "application/json"})
        urllib.request.urlopen(request).read()

    def client(self, service):
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")

    def stop(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()

    def deploy(self, parameters):
        """The template, translated and made."""
        self.client("s3").create_bucket(Bucket="deploys")
        packaged = self.folder / "packaged.yaml"
        subprocess.run(
            ["sam", "package", "--template-file", "template.yaml", "--s3-bucket", "deploys", "--output-template-file", str(packaged)],
            cwd=ROOT, env={**os.environ, **self.environment, "SAM_CLI_TELEMETRY": "0"}, check=True, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.environ["AWS_DEFAULT_REGION"] = REGION
        template = transform(yaml_parse(packaged.read_text()), dict(parameters), NoManagedPolicies())
        template = without_project(template)
        # moto would take the messages, for functions that it does not run.
        mappings = [name for name, one in template["Resources"].items() if one["Type"] == "AWS::Lambda::EventSourceMapping"]
        assert len(mappings) == len(WORKERS), mappings
        for name in mappings:
            del template["Resources"][name]
        self.client("s3").put_object(Bucket="deploys", Key="template.json", Body=json.dumps(template))
        self.client("cloudformation").create_stack(
            StackName=NAME, TemplateURL="https://deploys.s3.amazonaws.com/template.json", Capabilities=["CAPABILITY_IAM"],
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        )
        # These moto makes by their own services only.
        empty = io.BytesIO()
        zipfile.ZipFile(empty, "w").close()
        layers = {major: self.client("lambda").publish_layer_version(
            LayerName=f"{NAME}-node{major}", Content={"ZipFile": empty.getvalue()})["LayerVersionArn"] for major in (22, 24)}
        self.layers = ",".join(f"{major}={arn}" for major, arn in layers.items())
        self.client("scheduler").create_schedule_group(Name=NAME)
        self.client("codebuild").create_project(
            name=f"{NAME}-builder", source={"type": "S3", "location": "deploys/nothing.zip"}, artifacts={"type": "NO_ARTIFACTS"},
            environment={"type": "LINUX_CONTAINER", "image": "image", "computeType": "BUILD_GENERAL1_MEDIUM"},
            serviceRole="arn:aws:iam::123456789012:role/builder",
        )

    def call(self, handler, event):
        """A function of the stack, with the variables that the template gives it."""
        variables = self.client("lambda").get_function_configuration(FunctionName=f"{NAME}-{handler}")["Environment"]["Variables"]
        # What CloudFormation of moto does not make has no name there, and a layer no ARN.
        variables["SLIPWAY_NODE_LAYERS"] = self.layers
        for name, value in (("SLIPWAY_SCHEDULE_GROUP", NAME), ("SLIPWAY_BUILD_PROJECT", f"{NAME}-builder")):
            variables.setdefault(name, value)
        return invoke(self.executable, handler, {**variables, **self.environment}, event, self.folder)

    def work(self):
        """Gives every message to its worker, until there is none."""
        sqs, idle = self.client("sqs"), 0
        # A message may be held back for a second.
        while idle < 12:
            idle += 1
            for worker in WORKERS:
                url = sqs.get_queue_url(QueueName=f"{NAME}-{worker}")["QueueUrl"]
                for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
                    idle = 0
                    record = {"messageId": message["MessageId"], "receiptHandle": message["ReceiptHandle"], "body": message["Body"],
                              "attributes": {}, "messageAttributes": {}, "md5OfBody": "", "eventSource": "aws:sqs",
                              "eventSourceARN": f"arn:aws:sqs:{REGION}:123456789012:{NAME}-{worker}", "awsRegion": REGION}
                    failures = self.call(worker, {"Records": [record]})["batchItemFailures"]
                    assert not failures, f"{worker} met a fault with {message['Body']}"
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            idle = 0 if self.build() else idle
            time.sleep(0.2)

    def build(self):
        """Builds what was ordered, as CodeBuild would, and tells its end."""
        s3, bucket = self.client("s3"), self.client("cloudformation").describe_stack_resource(
            StackName=NAME, LogicalResourceId="Bucket")["StackResourceDetail"]["PhysicalResourceId"]
        keys = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket, Prefix="runs/").get("Contents", [])]
        built = False
        for key in (key for key in keys if key.endswith(".order.json")):
            run = key.split("/")[1]
            if key.replace(".order.json", ".built") in keys:
                continue
            url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key})
            environment = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "_HANDLER": "builder", "SLIPWAY_ORDER_URL": url}
            with open(self.folder / "functions.log", "a") as log:
                subprocess.run([self.executable], env=environment, check=True, stdout=log, stderr=log)
            s3.put_object(Bucket=bucket, Key=key.replace(".order.json", ".built"), Body=b"")
            sqs = self.client("sqs")
            sqs.send_message(
                QueueUrl=sqs.get_queue_url(QueueName=f"{NAME}-build_ended")["QueueUrl"],
                MessageBody=json.dumps({"source": "aws.codebuild", "detail": {"additional-information": {"environment": {
                    "environment-variables": [{"name": "SLIPWAY_RUN", "type": "PLAINTEXT", "value": run}]}}}}),
            )
            built = True
        return built


class Api:
    """The endpoints, each as its function."""

    def __init__(self, moto, client):
        self.moto, self.client, self.token = moto, client, None
        paths = json.loads((ROOT / "docs/openapi.json").read_text())["paths"]
        self.names = {(path, method.upper()): one["operationId"] for path, all_of_them in paths.items()
                      for method, one in all_of_them.items() if "operationId" in one}
        form = f"grant_type=client_credentials&client_id={client['clientId']}&client_secret={client['clientSecret']}"
        self.token = self.send("POST", "/oauth/token", {}, form, {"content-type": "application/x-www-form-urlencoded"})["access_token"]

    def send(self, method, path, parameters, body, headers):
        concrete = path
        for name, value in parameters.items():
            concrete = concrete.replace("{" + name + "}", value)
        event = {
            "version": "2.0", "routeKey": f"{method} {path}", "rawPath": concrete, "rawQueryString": "", "headers": headers,
            "pathParameters": parameters, "body": body, "isBase64Encoded": False,
            "requestContext": {"accountId": "1", "apiId": "a", "domainName": "d", "domainPrefix": "d", "requestId": "r", "routeKey": "k",
                               "stage": "$default", "time": "22/Nov/2026:16:00:00 +0000", "timeEpoch": 1,
                               "http": {"method": method, "path": concrete, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "t"}},
        }
        answer = self.moto.call(self.names[(path, method)], event)
        assert answer["statusCode"] < 300, f"{method} {concrete}: {answer['body']}"
        return json.loads(answer["body"])

    def call(self, method, path, body=None, **parameters):
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        return self.send(method, path, parameters, json.dumps(body) if body is not None else None, headers)


def combined(folder):
    """One connector with a service, an event application and a job."""
    tree, declared = folder / "combined.git", []
    for fixture, application in PARTS.items():
        place = ROOT / "tests/fixtures/connectors" / fixture
        shutil.copytree(place / application, tree / application)
        declared += yaml.safe_load((place / "connect.yaml").read_text())["deployAs"]
    (tree / "connect.yaml").write_text(yaml.safe_dump({"deployAs": declared}))
    git = ["git", "-C", str(tree), "-c", "user.name=test", "-c", "user.email=test@example.org"]
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "v1"], ["tag", "v1"]):
        subprocess.run([*git, *command], check=True)


def left(moto):
    """What there is of applications: functions with their aliases, schedules, topics with their subscriptions, log groups."""
    functions = {}
    client = moto.client("lambda")
    for function in client.list_functions()["Functions"]:
        name = function["FunctionName"]
        if "-app-" in name:
            aliases = client.list_aliases(FunctionName=name)["Aliases"]
            functions[name] = {one["Name"]: one["FunctionVersion"] for one in aliases}
    groups = moto.client("logs").describe_log_groups(logGroupNamePrefix=f"/{NAME}/deployments/")["logGroups"]
    return {
        "functions": functions,
        "schedules": [one["Name"] for one in moto.client("scheduler").list_schedules(GroupName=NAME)["Schedules"]],
        "topics": [one["TopicArn"].rsplit(":", 1)[-1] for one in moto.client("sns").list_topics()["Topics"]],
        "groups": [(one["logGroupName"], one.get("retentionInDays")) for one in groups],
    }


def life(moto, api):
    draft = api.call("POST", "/connectors/drafts", {
        "key": "combined", "name": "Combined", "description": "Three applications.", "creator": {"email": "a@example.org"},
        "repository": {"url": "https://git.example.org/combined.git", "tag": "v1"}, "integrationTypes": ["other"]})
    api.call("POST", "/connectors/drafts/{id}", {"version": 1, "actions": [{"action": "updatePreviewable"}]}, id=draft["id"])
    moto.work()
    draft = api.call("GET", "/connectors/drafts/{id}", id=draft["id"])
    assert draft["isPreviewable"] == "true", json.dumps(draft["previewableReport"], indent=1)
    place = {"projectKey": "my-shop"}
    made = api.call("POST", "/{projectKey}/deployments", {
        "connector": {"id": draft["id"], "staged": True}, "region": "eu-central-1.aws", "configurations": [
            {"applicationName": "service"}, {"applicationName": "event"},
            {"applicationName": "job", "schedule": "0 12 1 * 1"}]}, **place)
    place["id"] = made["id"]
    path = "/{projectKey}/deployments/{id}"

    def deployed(revision):
        moto.work()
        shown = api.call("GET", path, **place)
        assert shown["status"] == "Deployed", json.dumps(shown["details"], indent=1)
        ids = {one["applicationName"]: one["id"] for one in shown["applications"]}
        found = left(moto)
        aliases = {"live"} | {f"r{number}" for number in (revision - 1, revision) if number > 0}
        assert set(found["functions"]) == {f"{NAME}-app-{one}" for one in ids.values()}, found
        for name, has in found["functions"].items():
            assert set(has) == aliases, (name, has)
            assert has["live"] == has[f"r{revision}"], (name, has)
            versions = [one["Version"] for one in moto.client("lambda").list_versions_by_function(FunctionName=name)["Versions"]]
            assert set(versions) == {"$LATEST", *has.values()}, (name, versions, has)
        # A day of the month and a weekday are two schedules of EventBridge.
        assert sorted(found["schedules"]) == [f"{NAME}-{ids['job']}-0", f"{NAME}-{ids['job']}-1"], found
        assert found["topics"] == [f"{NAME}-app-{ids['event']}"], found
        assert found["groups"] == [(f"/{NAME}/deployments/{place['id']}", 30)], found
        return shown

    shown = deployed(1)
    api.call("POST", path, {"version": shown["version"], "actions": [{"action": "redeploy"}]}, **place)
    shown = deployed(2)
    api.call("POST", path + "/revisions/{revision}/rollback", {"version": shown["version"]}, revision="1", **place)
    deployed(3)
    api.call("DELETE", path, **place)
    moto.work()
    nothing = {"functions": {}, "schedules": [], "topics": [], "groups": []}
    assert left(moto) == nothing, left(moto)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--executable", type=pathlib.Path, required=True)
    arguments.add_argument("--architecture", default="x86_64")
    given = arguments.parse_args()
    folder, passed = pathlib.Path(tempfile.mkdtemp(prefix="slipway-moto-")), False
    moto = Moto(folder, given.port, given.executable.resolve())
    try:
        repositories = folder / "repositories"
        repositories.mkdir()
        combined(repositories)
        git = git_server(repositories)
        moto.deploy({"Architecture": given.architecture, "Repositories": f"https://git.example.org/={git.url}/"})
        moto.post("/moto-api/static/lambda-simple/response", {"results": ['"healthy"'] * 60})
        life(moto, Api(moto, moto.call("clients", {"create": {"projectKey": "my-shop"}})))
        print("moto agrees: a Deployment has what it should, and after it there is nothing")
        passed = True
    finally:
        moto.stop()
        if passed:
            shutil.rmtree(folder)
        else:
            print(f"what was written stays in {folder}")
    raise SystemExit(not passed)


if __name__ == "__main__":
    main()
