"""The AWS CLI judges the sandbox: `python cli_judge.py ENDPOINT STORY`, or `--list`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import BAD_REGION, HOME, INSTANCES, REGION, ROLE, Sandbox, equal, main, once, story

# Exit codes of the AWS CLI 1: the service answered with an error, or a waiter gave up; the command line is wrong.
FAILED, MISUSED = 255, 2
NAMES = "NotebookInstances[].NotebookInstanceName"


def start(sandbox: Sandbox, *arguments: str, region: str = REGION) -> subprocess.Popen[str]:
    """Starts the AWS CLI as a shell would that has exported what the sandbox says."""
    settings = {"AWS_ENDPOINT_URL": sandbox.endpoint, "AWS_DEFAULT_REGION": region, "AWS_MAX_ATTEMPTS": "1"}
    exported = os.environ | settings
    command = [sys.executable, "-m", "awscli", *arguments]
    return subprocess.Popen(
        command, env=exported, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def aws(sandbox: Sandbox, *arguments: str, region: str = REGION) -> Any:
    """What the AWS CLI prints, read as JSON; it must not fail."""
    process = start(sandbox, *arguments, "--output", "json", region=region)
    printed, complained = process.communicate()
    equal((process.returncode, complained), (0, ""), " ".join(arguments))
    return json.loads(printed) if printed.strip() else None


def fails(sandbox: Sandbox, code: int, says: str, *arguments: str, region: str = REGION) -> None:
    """The AWS CLI ends with this exit code and these words."""
    process = start(sandbox, *arguments, region=region)
    _, complained = process.communicate()
    if process.returncode != code or says not in complained:
        raise AssertionError(f"{' '.join(arguments)}: {process.returncode} {complained!r}; expected {code} {says!r}")


@story
def instances_are_listed_in_pages_and_described(sandbox: Sandbox) -> None:
    every = aws(sandbox, "sagemaker", "list-notebook-instances", "--query", NAMES)
    equal((len(every), len(set(every))), (INSTANCES, INSTANCES))
    small = aws(sandbox, "sagemaker", "list-notebook-instances", "--page-size", "7", "--query", NAMES)
    equal(small, every)
    seen: list[str] = []
    token: list[str] = []
    while True:
        # The CLI's own pages, across those of the service.
        asked = ["--page-size", "20", "--max-items", "50", *token]
        page = aws(sandbox, "sagemaker", "list-notebook-instances", *asked)
        seen += [one["NotebookInstanceName"] for one in page["NotebookInstances"]]
        if "NextToken" not in page:
            break
        token = ["--starting-token", page["NextToken"]]
    equal(seen, every)
    one_page = aws(sandbox, "sagemaker", "list-notebook-instances", "--no-paginate", "--max-results", "30")
    equal([one["NotebookInstanceName"] for one in one_page["NotebookInstances"]], every[:30])
    asked = ["--status-equals", "Failed", "--name-contains", "is-", "--sort-by", "Name", "--sort-order", "Descending"]
    equal(aws(sandbox, "sagemaker", "list-notebook-instances", *asked, "--query", NAMES), ["is-failed"])
    name = ["--notebook-instance-name", "Has-Everything"]
    found = aws(sandbox, "sagemaker", "describe-notebook-instance", *name)
    equal((found["NotebookInstanceStatus"], found["DirectInternetAccess"]), ("InService", "Disabled"))
    equal(found["InstanceMetadataServiceConfiguration"], {"MinimumInstanceMetadataServiceVersion": "2"})


@story
def an_instance_is_created_changed_tagged_and_deleted(sandbox: Sandbox) -> None:
    name = ["--notebook-instance-name", "made-in-a-shell"]
    arn = created(sandbox, "made-in-a-shell")
    equal(arn, f"arn:aws:sagemaker:{REGION}:{HOME}:notebook-instance/made-in-a-shell")
    until(sandbox, "made-in-a-shell", "InService")
    url = aws(sandbox, "sagemaker", "create-presigned-notebook-instance-url", *name)["AuthorizedUrl"]
    assert url.startswith("https://made-in-a-shell.notebook."), url
    tags = ["Key=Team,Value=judges", "Key=Purpose,Value="]
    aws(sandbox, "sagemaker", "add-tags", "--resource-arn", arn, "--tags", *tags)
    aws(sandbox, "sagemaker", "delete-tags", "--resource-arn", arn, "--tag-keys", "Purpose")
    left = aws(sandbox, "sagemaker", "list-tags", "--resource-arn", arn)["Tags"]
    equal(left, [{"Key": "From", "Value": "a file"}, {"Key": "Team", "Value": "judges"}])
    aws(sandbox, "sagemaker", "stop-notebook-instance", *name)
    until(sandbox, "made-in-a-shell", "Stopped")
    change = ["--instance-type", "ml.t3.large", "--volume-size-in-gb", "50", "--lifecycle-config-name", "idle-stop"]
    aws(sandbox, "sagemaker", "update-notebook-instance", *name, *change)
    found = until(sandbox, "made-in-a-shell", "Stopped")
    equal((found["InstanceType"], found["VolumeSizeInGB"]), ("ml.t3.large", 50))
    aws(sandbox, "sagemaker", "start-notebook-instance", *name)
    until(sandbox, "made-in-a-shell", "InService")
    aws(sandbox, "sagemaker", "stop-notebook-instance", *name)
    until(sandbox, "made-in-a-shell", "Stopped")
    aws(sandbox, "sagemaker", "delete-notebook-instance", *name)


def created(sandbox: Sandbox, name: str) -> str:
    """Creates an instance by a file, as the CLI's skeletons are; its ARN."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "input.json"
        members = {"NotebookInstanceName": name, "InstanceType": "ml.t3.medium", "RoleArn": ROLE}
        network = {"SubnetId": "subnet-0aa1c0ffee00000a1", "SecurityGroupIds": ["sg-0aa1c0ffee0000001"]}
        rest = {"DirectInternetAccess": "Disabled", "Tags": [{"Key": "From", "Value": "a file"}]}
        file.write_text(json.dumps(members | network | rest))
        answer = aws(sandbox, "sagemaker", "create-notebook-instance", "--cli-input-json", f"file://{file}")
        return answer["NotebookInstanceArn"]


def until(sandbox: Sandbox, name: str, status: str) -> dict[str, Any]:
    """Describes an instance until it has a status; it comes to pass in less time than the CLI takes to start."""
    for _ in range(60):
        found = aws(sandbox, "sagemaker", "describe-notebook-instance", "--notebook-instance-name", name)
        if found["NotebookInstanceStatus"] == status:
            return found
    raise AssertionError(f"{name} never became {status}")


@story
def the_waiters_of_the_cli_wait_until_it_is_so(sandbox: Sandbox) -> None:
    client = sandbox.client("sagemaker")
    running = client.list_notebook_instances(StatusEquals="InService", NameContains="vision")["NotebookInstances"]
    stopped = client.list_notebook_instances(StatusEquals="Stopped", NameContains="vision")["NotebookInstances"]
    starts, deleted, stops = (one["NotebookInstanceName"] for one in (*stopped[:2], *running[:1]))
    client.start_notebook_instance(NotebookInstanceName=starts)
    client.delete_notebook_instance(NotebookInstanceName=deleted)
    client.stop_notebook_instance(NotebookInstanceName=stops)
    began = time.monotonic()
    # They look at once, too early, and then every 30 seconds: at the same time, so that it takes only so long.
    waiters = {
        status: start(sandbox, "sagemaker", "wait", f"notebook-instance-{status}", "--notebook-instance-name", name)
        for status, name in (("in-service", starts), ("deleted", deleted), ("stopped", stops))
    }
    for status, waiter in waiters.items():
        equal((*waiter.communicate(), waiter.returncode), ("", "", 0), status)
    assert time.monotonic() - began > 25, "nothing was waited for"
    failed = ["sagemaker", "wait", "notebook-instance-in-service", "--notebook-instance-name", "is-failed"]
    fails(sandbox, FAILED, "Waiter NotebookInstanceInService failed: ", *failed)


@story
def networks_identities_and_the_rest_are_shown(sandbox: Sandbox) -> None:
    boto3 = sandbox.client("ec2")
    subnets = [one["SubnetId"] for one in boto3.describe_subnets()["Subnets"]]
    shown = aws(sandbox, "ec2", "describe-subnets", "--page-size", "5", "--query", "Subnets[].SubnetId")
    once(shown, subnets)
    some = aws(sandbox, "ec2", "describe-subnets", "--max-items", "6", "--page-size", "5")
    equal((len(some["Subnets"]), "NextToken" in some), (6, True))
    one = aws(sandbox, "ec2", "describe-subnets", "--filters", "Name=tag:Name,Values=full")["Subnets"][0]
    equal((one["SubnetId"], one["AvailableIpAddressCount"]), ("subnet-0aa1c0ffee00000f1", 0))
    regions = aws(sandbox, "ec2", "describe-regions", "--query", "Regions[].RegionName")
    once(regions, [REGION, BAD_REGION, "eu-west-1", "af-south-1"])
    identity = aws(sandbox, "sts", "get-caller-identity")
    equal((identity["Account"], identity["Arn"]), (HOME, f"arn:aws:iam::{HOME}:user/operator"))
    total = ["--service-code", "sagemaker", "--quota-code", "L-04CE2E67"]
    equal(aws(sandbox, "service-quotas", "get-service-quota", *total)["Quota"]["Value"], 300.0)
    accounts = aws(sandbox, "organizations", "list-accounts", "--query", "Accounts[].Name")
    once(accounts, ["research", "retail", "logistics"])


@story
def files_go_to_s3_and_come_back(sandbox: Sandbox) -> None:
    with tempfile.TemporaryDirectory() as directory:
        there, back = Path(directory) / "there", Path(directory) / "back"
        there.mkdir()
        # The last is longer than the CLI sends at once.
        contents = {"a.txt": b"a", "b c.txt": b"b" * 1000, "large.bin": bytes(range(256)) * 36864}
        for name, content in contents.items():
            (there / name).write_bytes(content)
        for command in (
            ["mb", "s3://judges-sagemaker"],
            ["sync", str(there), "s3://judges-sagemaker/exports/", "--no-progress"],
            ["sync", "s3://judges-sagemaker/exports/", str(back), "--no-progress"],
            ["rm", "s3://judges-sagemaker/exports/a.txt"],
        ):
            process = start(sandbox, "s3", *command)
            said, complained = process.communicate()
            equal((process.returncode, complained), (0, ""), f"{command}: {said}")
        equal({file.name: file.read_bytes() for file in back.iterdir()}, contents)
    left = aws(sandbox, "s3api", "list-objects-v2", "--bucket", "judges-sagemaker", "--query", "Contents[].Key")
    once(left, ["exports/b c.txt", "exports/large.bin"])


@story
def failures_have_the_exit_code_and_the_text_of_aws(sandbox: Sandbox) -> None:
    def error(code: str, operation: str, message: str) -> str:
        return f"An error occurred ({code}) when calling the {operation} operation{message}"

    def refuses(says: str, command: str, name: str, *more: str) -> None:
        fails(sandbox, FAILED, says, "sagemaker", command, "--notebook-instance-name", name, *more)

    new = ["--instance-type", "ml.t3.medium", "--role-arn", ROLE]
    missing = error("ValidationException", "DescribeNotebookInstance", ": RecordNotFound")
    refuses(missing, "describe-notebook-instance", "nobody")
    status = error("ValidationException", "DeleteNotebookInstance", ": Status (InService) not in ([Stopped, Failed]).")
    refuses(status, "delete-notebook-instance", "is-in-service")
    denied = error("AccessDeniedException", "StopNotebookInstance", f": User: arn:aws:iam::{HOME}:user/operator is not")
    refuses(denied, "stop-notebook-instance", "is-in-service")
    expired = error("ExpiredTokenException", "DeleteNotebookInstance", ": The security token included in the request")
    refuses(expired, "delete-notebook-instance", "is-failed")
    limit = error("ResourceLimitExceeded", "CreateNotebookInstance", ": The account-level service limit")
    refuses(limit, "create-notebook-instance", "too-many-1", *new)
    twice = error("ValidationException", "CreateNotebookInstance", ": Cannot create a duplicate Notebook Instance")
    refuses(twice, "create-notebook-instance", "is-stopped", *new)
    bad = error("ValidationException", "CreateNotebookInstance", ": 1 validation error detected: Value 'a_b' at")
    refuses(bad, "create-notebook-instance", "a_b", *new)
    nowhere = error("InvalidSubnetID.NotFound", "DescribeSubnets", ": The subnet ID 'subnet-0123' does not exist")
    fails(sandbox, FAILED, nowhere, "ec2", "describe-subnets", "--subnet-ids", "subnet-0123")
    unauthorized = error("UnauthorizedOperation", "DescribeNatGateways", ": You are not authorized")
    fails(sandbox, FAILED, unauthorized, "ec2", "describe-nat-gateways", region=BAD_REGION)
    fails(sandbox, FAILED, error("InvalidAction", "DescribeInstances", ": The action"), "ec2", "describe-instances")
    unknown = error("UnknownOperationException", "ListModels", "")
    fails(sandbox, FAILED, unknown, "sagemaker", "list-models")
    fails(sandbox, MISUSED, "arguments are required", "sagemaker", "create-notebook-instance")


if __name__ == "__main__":
    main()
