"""What the judges share: clients of the sandbox, small assertions, and how a story is told by its name."""

from __future__ import annotations

import sys
from typing import Any, Callable, Iterable

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

import model

Story = Callable[["Sandbox"], None]

HOME = "111122223333"
REGION = "us-east-1"
BAD_REGION = "ap-southeast-2"
ROLE = f"arn:aws:iam::{HOME}:role/service-role/AmazonSageMaker-ExecutionRole"
# What the scenario has in REGION.
INSTANCES = 138

STORIES: dict[str, Story] = {}


class Sandbox:
    """The sandbox of one story."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        # Which operations have been answered, and as their models say.
        self.seen: set[tuple[str, str]] = set()

    def client(self, service: str, region: str = REGION, attempts: int = 1, **more: Any) -> Any:
        """A client whose answers are all held against the model. `attempts`: of botocore's standard retries."""
        checked = more.pop("checked", True)
        config = Config(
            retries={"mode": "standard", "total_max_attempts": attempts},
            parameter_validation=checked,
            read_timeout=20,
        )
        client = boto3.client(service, region_name=region, endpoint_url=self.endpoint, config=config, **more)
        return model.watch(client, self.seen)


def story(function: Story) -> Story:
    """Makes a function a story that can be told by its name."""
    STORIES[function.__name__] = function
    return function


def main() -> None:
    """Tells one story, or lists their names."""
    if sys.argv[1:] == ["--list"]:
        print("\n".join(STORIES))
        return
    endpoint, name = sys.argv[1:]
    STORIES[name](Sandbox(endpoint))


def equal(found: Any, expected: Any, about: str = "") -> None:
    """Fails with both values where they differ."""
    if found != expected:
        raise AssertionError(f"{about}\n   found: {found!r}\nexpected: {expected!r}")


def once(found: Iterable[str], expected: Iterable[str], about: str = "") -> None:
    """Fails unless every expected thing was found exactly once, and nothing else."""
    equal(sorted(found), sorted(expected), about)


def refused(call: Callable[[], Any], code: str, status: int = 400, says: str = "") -> ClientError:
    """The error that a call ends in, which must have this code and status, and these words in its message."""
    try:
        answer = call()
    except ClientError as error:
        found = (error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"])
        equal(found, (code, status), str(error))
        message = error.response["Error"].get("Message", "")
        if says not in message:
            raise AssertionError(f"{says!r} is not in {message!r}") from error
        if not error.response["ResponseMetadata"].get("RequestId"):
            raise AssertionError(f"no request id in {error.response}") from error
        return error
    raise AssertionError(f"{code} was expected; the answer was {answer!r}")


def create(client: Any, name: str, **more: Any) -> str:
    """Creates an instance that has no more than it needs; its ARN."""
    members = {"InstanceType": "ml.t3.medium", "RoleArn": ROLE} | more
    return client.create_notebook_instance(NotebookInstanceName=name, **members)["NotebookInstanceArn"]


def instances(client: Any, **asked: Any) -> list[dict[str, Any]]:
    """The summaries of all instances that a list has, page by page."""
    pages = client.get_paginator("list_notebook_instances").paginate(**asked)
    return [one for page in pages for one in page["NotebookInstances"]]


def names(client: Any, **asked: Any) -> list[str]:
    """Their names, in the order of the list."""
    return [one["NotebookInstanceName"] for one in instances(client, **asked)]
