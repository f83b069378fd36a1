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


def official_client(stack, base, credentials, script):
    environment = {
        **os.environ, "CT_LOCAL_URL": base, "PROJECT": credentials["projectKey"], "CLIENT_ID": credentials["clientId"],
        "CLIENT_SECRET": credentials["clientSecret"], "REGION": "eu-central-1.aws",
        "REPO_URL": "https://git.example.org/starter.git", "REPO_TAG": "v1.0.0", "APP": "service",
        "CFG": "service.SERVICE_TOKEN=swordfish,SHOP=slipway", "CLI_DIR": str(ROOT / "target/tools/official-cli"),
        # It waits to the last of its tries (it looks for a status without colours); the server holds a look for up to 25 s.
        "WAIT_TRIES": "2",
    }
    environment.pop("AWS_ENDPOINT_URL", None)
    return subprocess.run(["bash", str(script)], env=environment).returncode == 0


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, default=4566)
    arguments.add_argument("--official-cli", type=pathlib.Path)
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
            passed = official_client(stack, base, credentials, given.official_cli)
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
