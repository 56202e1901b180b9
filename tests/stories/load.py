#!/usr/bin/env python3
"""Measures how many Describes a second the sandbox and moto answer, one after the other in one run.

    load.py REMEDIATE [OHA] [--requests 50000] [--clients 16] [--instances 10000]

OHA is the load generator (https://crates.io/crates/oha): a program of its own, on the same machine. The sandbox holds
the instances in four regions; moto holds a hundred, since it answers each alike. Needs moto[server] and boto3. Prints
how long the sandbox took to serve its first answer, and a line for each server; without OHA no more than that. Every
answer must be one; speed is not a test.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
REGIONS = ["us-east-1", "us-west-2", "eu-west-1", "ap-southeast-2"]

SCENARIO = """format = 1
throttle = "off"

[[account]]
id = "123456789012"
regions = {regions}
quota = 1000000

[[network]]
name = "research"
cidr = "10.20.0.0/16"
egress = "none"
[[network.subnet]]
name = "notebooks"
cidr = "10.20.0.0/17"

[[notebooks]]
count = {instances}
name = "nb-{{n}}"
no_vpc = "45%"
direct_internet = "30%"
stopped = "35%"
tags = {{ Team = "research", Environment = "dev" }}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("remediate", type=Path)
    parser.add_argument("oha", type=Path, nargs="?")
    parser.add_argument("--requests", type=int, default=50_000)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--instances", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        sandbox(options, Path(directory))
    if options.oha:
        moto(options)


def sandbox(options: argparse.Namespace, directory: Path) -> None:
    scenario = directory / "scenario.toml"
    scenario.write_text(SCENARIO.format(regions=json.dumps(REGIONS), instances=options.instances))
    started = time.monotonic()
    command = [str(options.remediate), "sandbox", "--scenario", str(scenario)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        lines = (line.strip() for line in server.stdout)
        endpoint = next(line.split("=", 1)[1] for line in lines if line.startswith("export AWS_ENDPOINT_URL="))
        name = first_instance(endpoint)
        print(f"sandbox: {options.instances} instances, first answer after {time.monotonic() - started:.2f} s")
        if options.oha:
            measure("sandbox", options, endpoint, name, options.requests)
        print(f"sandbox: {resident(server.pid)} MiB resident")
        server.terminate()


def moto(options: argparse.Namespace) -> None:
    command = [sys.executable, str(HERE / "fleet.py"), "--instances", "100", "--regions", "us-east-1", "--seed", "1"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as fleet:
        assert fleet.stdin is not None and fleet.stdout is not None
        truth = json.loads(fleet.stdout.readline())
        # A tenth of the requests: it is slower by more than that.
        measure("moto", options, truth["endpoint"], truth["notebooks"][0]["name"], options.requests // 10)
        fleet.stdin.close()


def first_instance(endpoint: str) -> str:
    import boto3

    keys = {"aws_access_key_id": "AKIA123456789012SBOX", "aws_secret_access_key": "x"}
    client = boto3.client("sagemaker", region_name=REGIONS[0], endpoint_url=endpoint, **keys)
    name: str = client.list_notebook_instances()["NotebookInstances"][0]["NotebookInstanceName"]
    return name


def measure(server: str, options: argparse.Namespace, endpoint: str, name: str, requests: int) -> None:
    scope = f"AKIA123456789012SBOX/20260101/{REGIONS[0]}/sagemaker/aws4_request"
    command = [str(options.oha), "--no-tui", "--output-format", "json", "-n", str(requests), "-c", str(options.clients)]
    command += ["-m", "POST", "-d", json.dumps({"NotebookInstanceName": name})]
    for header in (
        "Content-Type: application/x-amz-json-1.1",
        "X-Amz-Target: SageMaker.DescribeNotebookInstance",
        f"Authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
    ):
        command += ["-H", header]
    found = json.loads(subprocess.run([*command, endpoint], check=True, stdout=subprocess.PIPE, text=True).stdout)
    codes = found["statusCodeDistribution"]
    assert codes == {"200": requests}, codes
    rate, slow = found["summary"]["requestsPerSec"], found["latencyPercentiles"]["p99"] * 1000
    print(f"{server}: {rate:.0f} Describes a second, p99 {slow:.1f} ms, {options.clients} clients, {requests} requests")


def resident(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    main()
