#!/usr/bin/env python3
"""Measures `remediate audit` beside Cloud Custodian and a threaded boto3 loop, on one moto server in one run.

    peers.py REMEDIATE [CUSTODIAN] [--instances 300] [--rounds 3]

REMEDIATE and CUSTODIAN are the two programs; c7n is best installed into an environment of its own, since it pins
another botocore. Needs moto[server] and boto3. Prints a line for each program: the median wall time, the
largest resident memory, and how many instances it found with direct internet access. All must find the same; speed
is not a test.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REGION = "us-east-1"
HERE = Path(__file__).resolve().parent

BOTO3_LOOP = """
import boto3, concurrent.futures as f
c = boto3.client("sagemaker")
names = [n["NotebookInstanceName"] for p in c.get_paginator("list_notebook_instances").paginate() for n in p["NotebookInstances"]]
def read(name):
    d = c.describe_notebook_instance(NotebookInstanceName=name)
    c.list_tags(ResourceArn=d["NotebookInstanceArn"])
    return d
with f.ThreadPoolExecutor(16) as pool:
    found = list(pool.map(read, names))
print(sum(d["DirectInternetAccess"] != "Disabled" for d in found))
"""

CUSTODIAN_POLICY = {
    "policies": [
        {
            "name": "direct",
            "resource": "aws.sagemaker-notebook",
            "filters": [{"not": [{"type": "value", "key": "DirectInternetAccess", "value": "Disabled"}]}],
        }
    ]
}

REMEDIATE_POLICY = f"""format = 1
[scope]
regions = ["{REGION}"]
[limits]
requests_per_second = 10000
"""


def measure(command: list[str], environment: dict[str, str], directory: str) -> tuple[float, int, str]:
    """Wall seconds, largest resident set in MiB, and stdout."""
    started = time.monotonic()
    with open(Path(directory) / "out", "w+b") as out:
        process = subprocess.Popen(command, cwd=directory, env=environment, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        out.seek(0)
        text = out.read().decode()
    if status != 0:
        raise SystemExit(f"{command[0]} ended with {status}:\n{text}")
    return wall, usage.ru_maxrss // 1024, text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("remediate")
    parser.add_argument("custodian", nargs="?")
    parser.add_argument("--instances", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    fleet = [sys.executable, str(HERE / "fleet.py"), "--instances", str(options.instances), "--regions", REGION]
    server = subprocess.Popen(fleet, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    truth = json.loads(server.stdout.readline())
    expected = sum(n["class"] != "compliant" for n in truth["notebooks"])
    with tempfile.TemporaryDirectory() as directory:
        Path(directory, "policy.toml").write_text(REMEDIATE_POLICY)
        Path(directory, "custodian.json").write_text(json.dumps(CUSTODIAN_POLICY))
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": directory,
            "AWS_ENDPOINT_URL": truth["endpoint"],
            "AWS_ACCESS_KEY_ID": truth["credentials"]["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": truth["credentials"]["secret_access_key"],
            "AWS_DEFAULT_REGION": REGION,
        }
        resources = Path(directory, "s", "direct", "resources.json")
        programs = {
            "remediate": (
                [os.path.abspath(options.remediate), "audit", "--format", "json"],
                lambda text: sum(
                    any(f["rule"] == "direct-internet-access" for f in one["findings"])
                    for one in json.loads(text)["instances"]
                ),
            ),
            "boto3 loop": ([sys.executable, "-c", BOTO3_LOOP], int),
        }
        if options.custodian:
            custodian = [os.path.abspath(options.custodian), "run", "--dryrun", "--cache-period", "0", "-s", "s"]
            count_resources = lambda _: len(json.loads(resources.read_text()))
            programs["custodian"] = ([*custodian, "custodian.json"], count_resources)
        print(f"{options.instances} instances, {expected} with direct internet access, {options.rounds} rounds")
        for name, (command, count) in programs.items():
            rounds = [measure(command, environment, directory) for _ in range(options.rounds)]
            walls, memory, texts = zip(*rounds)
            found = count(texts[-1])
            print(f"{name:<11} {statistics.median(walls):6.2f} s  {max(memory):4d} MiB  found {found}")
            if found != expected:
                raise SystemExit(f"{name} found {found} of {expected} instances")
    server.stdin.close()
    server.wait()


if __name__ == "__main__":
    main()
