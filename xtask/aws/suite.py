"""Shows the installation on AWS: it stands up in a stand-in as template.yaml says, under the roles that it gives, and does the platform's
main job there; the official command line client gets what it expects; every role has what its function used, and nothing else."""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import demo
import policies
import tour
from stack import ROOT, Stack, git_server, repository


def official_client(base, credentials, client):
    environment = {
        **os.environ, "OFFICIAL_CLI": client, "SLIPWAY_URL": base, "PROJECT": credentials["projectKey"],
        "CLIENT_ID": credentials["clientId"], "CLIENT_SECRET": credentials["clientSecret"], "REGION": "eu-central-1.aws",
        "REPOSITORY_URL": "https://git.example.org/starter.git", "TAG": "v1.0.0",
    }
    environment.pop("AWS_ENDPOINT_URL", None)
    suite = ["npm", "--prefix", str(ROOT / "tests/official-cli"), "test", "--silent"]
    return subprocess.run(suite, env=environment).returncode == 0


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, default=4566)
    arguments.add_argument("--official-cli")
    arguments.add_argument("--architecture", default="x86_64")
    arguments.add_argument("--keep-calls", type=pathlib.Path)
    given = arguments.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="slipway-aws-"))
    stack, passed = Stack(folder, given.port), False
    try:
        repositories = folder / "repositories"
        repositories.mkdir()
        repository(repositories, "starter")
        repository(repositories, "minimal", tour.CERTIFIABLE)
        git = git_server(repositories)
        stack.start()
        print("sam deploy of template.yaml", flush=True)
        stack.deploy(
            Architecture=given.architecture, Repositories=f"https://git.example.org/={git.url}/",
            AdvisoriesUrl=tour.advisories(),
        )
        base = stack.address().url
        print("the demo", flush=True)
        credentials = stack.invoke("clients", {"create": {"projectKey": "my-shop"}})
        demo.run(stack, base, credentials, lambda *deployed: tour.run(stack, base, *deployed))
        passed = True
        if given.official_cli:
            print("the official client", flush=True)
            credentials = stack.invoke("clients", {"create": {"projectKey": "cli-shop"}})
            passed = official_client(base, credentials, given.official_cli)
        if given.keep_calls:
            shutil.copy(stack.calls, given.keep_calls)
        passed = policies.check(stack) and passed
    finally:
        stack.stop()
        if passed:
            shutil.rmtree(folder)
        else:
            print(f"what the stand-in wrote stays in {folder}")
    raise SystemExit(not passed)


if __name__ == "__main__":
    main()
