"""What goes wrong for a while: too many calls, broken services, lost connections. botocore's retries get through."""

from __future__ import annotations

from typing import Any, Callable

from botocore.exceptions import ConnectionClosedError

from bench import BAD_REGION, Sandbox, equal, refused, story


@story
def calls_that_are_throttled_after_a_burst_get_through_by_retries(sandbox: Sandbox) -> None:
    for service, operation, code, status in (
        ("sagemaker", "list_notebook_instances", "ThrottlingException", 400),
        ("ec2", "describe_regions", "RequestLimitExceeded", 503),
        ("sts", "get_caller_identity", "Throttling", 400),
        ("organizations", "list_accounts", "TooManyRequestsException", 400),
    ):
        one_try = getattr(sandbox.client(service), operation)
        refused(lambda: until_refused(one_try), code, status)
        patient = getattr(sandbox.client(service, attempts=10), operation)
        assert any(retries(patient()) for _ in range(200)), f"{service} never asked for another attempt"


def until_refused(call: Callable[[], Any]) -> str:
    """Makes calls as fast as it can; no burst of AWS's has a thousand."""
    for _ in range(1000):
        call()
    return "a thousand answers"


@story
def services_that_break_for_a_while_are_asked_again(sandbox: Sandbox) -> None:
    def describe(name: str, attempts: int) -> Any:
        client = sandbox.client("sagemaker", BAD_REGION, attempts)
        return client.describe_notebook_instance(NotebookInstanceName=name)

    # Each strikes twice: once where it is seen, and once where it is retried.
    for name, code, status in (
        ("trouble-01", "InternalFailure", 500),
        ("trouble-02", "ServiceUnavailable", 503),
        ("trouble-03", "ThrottlingException", 400),
    ):
        refused(lambda: describe(name, 1), code, status)
        equal(retries(describe(name, 3)), 1, name)
    try:
        describe("trouble-04", 1)
    except ConnectionClosedError:
        equal(describe("trouble-04", 1)["NotebookInstanceStatus"], "InService")
    else:
        raise AssertionError("the connection was not cut")


@story
def networks_and_quotas_that_break_for_a_while_are_asked_again(sandbox: Sandbox) -> None:
    for operation, code, status in (
        ("describe_vpcs", "InternalError", 500),
        ("describe_subnets", "Unavailable", 503),
        ("describe_route_tables", "RequestLimitExceeded", 503),
    ):
        refused(getattr(sandbox.client("ec2", BAD_REGION), operation), code, status)
        equal(retries(getattr(sandbox.client("ec2", BAD_REGION, attempts=3), operation)()), 1, operation)
    quota = {"ServiceCode": "sagemaker", "QuotaCode": "L-04CE2E67"}
    once = sandbox.client("service-quotas", BAD_REGION)
    error = refused(lambda: once.get_service_quota(**quota), "TooManyRequestsException")
    equal(type(error), once.exceptions.TooManyRequestsException)
    equal(retries(sandbox.client("service-quotas", BAD_REGION, attempts=3).get_service_quota(**quota)), 1)


def retries(answer: dict[str, Any]) -> int:
    return answer["ResponseMetadata"]["RetryAttempts"]
