"""Packs what the template deploys: target/lambda/bootstrap.zip with the executable of every function, and the layers with Node.js."""

import argparse
import os
import pathlib
import re
import shutil
import stat
import subprocess
import tarfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAMBDA = ROOT / "target/lambda"
# The same archive for the same files: CloudFormation sees a change by its digest.
WHEN = (1980, 1, 1, 0, 0, 0)


def releases(arch):
    """The npm package and the releases of Node.js, with their npm, that the builder builds with; its table is the only one."""
    table = (ROOT / "shared/builder/src/node.rs").read_text()
    machine = {"x86_64": "x86_64", "arm64": "aarch64"}[arch]
    package, nodes = re.search(rf'\("linux", "{machine}"\) => \("([^"]+)", \[([^\]]+)\]\)', table).groups()
    npms = re.search(r"const NPM: \[&str; 2\] = \[([^\]]+)\]", table).group(1)
    listed = lambda text: re.findall(r'"([^"]+)"', text)
    return [(package, node, npm) for node, npm in zip(listed(nodes), listed(npms), strict=True)]


def fetched(name, version, into):
    """A package of npm, by the ordinary client."""
    into.mkdir(parents=True)
    done = subprocess.run(["npm", "pack", "--silent", f"{name}@{version}"], cwd=into, check=True, stdout=subprocess.PIPE, text=True)
    archive = into / done.stdout.split()[-1]
    with tarfile.open(archive) as tar:
        tar.extractall(into, filter="data")
    return into / "package"


def layer(arch, package, node, npm):
    major = node.split(".")[0]
    folder, work = LAMBDA / f"node{major}", LAMBDA / f"node{major}.partial"
    told = f"{package} {node} npm {npm}"
    if (folder / "release").is_file() and (folder / "release").read_text() == told:
        return
    for one in (folder, work):
        shutil.rmtree(one, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "bin").mkdir()
    (folder / "lib/node_modules").mkdir(parents=True)
    shutil.copy(fetched(package, node, work / "node") / "bin/node", folder / "bin/node")
    shutil.move(fetched("npm", npm, work / "npm"), folder / "lib/node_modules/npm")
    for command in ("npm", "npx"):
        (folder / "bin" / command).symlink_to(f"../lib/node_modules/npm/bin/{command}-cli.js")
    shutil.rmtree(work)
    zipped(LAMBDA / f"node{major}.zip", folder)
    (folder / "release").write_text(told)


def zipped(archive, folder, level=6):
    """A folder as a zip, with its modes and links; complete or not there."""
    partial = archive.with_suffix(".partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as file:
        for path in sorted(folder.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                continue
            info = zipfile.ZipInfo(str(path.relative_to(folder)), WHEN)
            info.compress_type = zipfile.ZIP_DEFLATED
            if path.is_symlink():
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
                file.writestr(info, os.readlink(path))
            else:
                mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
                info.external_attr = (stat.S_IFREG | mode) << 16
                file.writestr(info, path.read_bytes())
    partial.rename(archive)


def bootstrap(executable, level):
    folder = LAMBDA / "bootstrap"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(executable, folder / "bootstrap")
    # What debuggers need would triple what every function loads.
    subprocess.run(["strip", folder / "bootstrap"], check=False)
    (folder / "bootstrap").chmod(0o755)
    zipped(LAMBDA / "bootstrap.zip", folder, level)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--arch", choices=["arm64", "x86_64"], required=True)
    arguments.add_argument("--executable", type=pathlib.Path, required=True)
    arguments.add_argument("--level", type=int, default=9)
    given = arguments.parse_args()
    bootstrap(given.executable, given.level)
    for release in releases(given.arch):
        layer(given.arch, *release)
    for archive in sorted(LAMBDA.glob("*.zip")):
        print(f"{archive.relative_to(ROOT)}: {archive.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
