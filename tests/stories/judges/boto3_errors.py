"""What is refused: codes, texts, and the classes that boto3 makes of them."""

from __future__ import annotations

import re
from typing import Any, Callable

from bench import BAD_REGION, HOME, REGION, ROLE, Sandbox, create, equal, instances, names, refused, story

LIMIT = re.compile(
    r"The account-level service limit '(?P<name>[^']+)' is (?P<limit>\d+) (\w+), with current utilization of"
    r" (?P<used>\d+) \3 and a request delta of (?P<delta>\d+) \3\. Please contact AWS support to request an increase"
    r" for this limit\."
)
STATUSES = {
    "is-pending": "Pending",
    "is-in-service": "InService",
    "is-stopping": "Stopping",
    "is-stopped": "Stopped",
    "is-failed": "Failed",
    "is-updating": "Updating",
    "is-deleting": "Deleting",
}
# By operation: the statuses from which it leads, and where to.
TRANSITIONS = {
    "start_notebook_instance": (["Stopped", "Failed"], "Pending"),
    "stop_notebook_instance": (["InService"], "Stopping"),
    "update_notebook_instance": (["Stopped"], "Updating"),
    "delete_notebook_instance": (["Stopped", "Failed"], "Deleting"),
}
PATTERN = "Member must satisfy regular expression pattern: "


@story
def quotas_that_are_reached_are_resource_limit_exceeded_and_say_by_how_much(sandbox: Sandbox) -> None:
    client = sandbox.client("sagemaker")
    numbers = limit(client, lambda: create(client, "too-many-1"))
    equal((numbers["name"], numbers["limit"]), ("Total number of notebook instances", "300"))
    for number in (1, 2):
        create(client, f"gpu-{number}", InstanceType="ml.g4dn.xlarge")
    numbers = limit(client, lambda: create(client, "gpu-3", InstanceType="ml.g4dn.xlarge"))
    equal(numbers, {"name": "ml.g4dn.xlarge for notebook instance usage", "limit": "2", "used": "2", "delta": "1"})


def limit(client: Any, call: Callable[[], Any]) -> dict[str, str]:
    error = refused(call, "ResourceLimitExceeded")
    equal(type(error), client.exceptions.ResourceLimitExceeded)
    found = LIMIT.fullmatch(error.response["Error"]["Message"])
    assert found, error
    return found.groupdict()


@story
def a_status_that_allows_no_change_is_named_with_those_that_do(sandbox: Sandbox) -> None:
    client = sandbox.client("sagemaker")
    for operation, (allowed, to) in TRANSITIONS.items():
        for name, status in STATUSES.items():
            if status in allowed:
                continue
            arn = f"arn:aws:sagemaker:{REGION}:{HOME}:notebook-instance/{name}"
            says = f"Status ({status}) not in ([{', '.join(allowed)}]). Unable to transition to ({to}) for"
            call = getattr(client, operation)
            error = refused(lambda: call(NotebookInstanceName=name), "ValidationException", says=says)
            assert f"Notebook Instance ({arn})" in str(error), error
    left = instances(client, NameContains="is-")
    found = {one["NotebookInstanceName"]: one["NotebookInstanceStatus"] for one in left}
    equal(found, STATUSES, "nothing has changed")


@story
def what_is_not_there_and_what_is_there_already_are_validation_errors(sandbox: Sandbox) -> None:
    client = sandbox.client("sagemaker")
    name = {"NotebookInstanceName": "nobody"}
    for operation in [*TRANSITIONS, "describe_notebook_instance", "create_presigned_notebook_instance_url"]:
        call = getattr(client, operation)
        error = refused(lambda: call(**name), "ValidationException", says="RecordNotFound")
        equal(error.response["Error"]["Message"], "RecordNotFound")
    arn = f"arn:aws:sagemaker:{REGION}:{HOME}:notebook-instance/nobody"
    refused(lambda: client.list_tags(ResourceArn=arn), "ValidationException")
    arn = arn.replace("nobody", "is-stopped")
    duplicate = f"Cannot create a duplicate Notebook Instance ({arn})"
    refused(lambda: create(client, "is-stopped"), "ValidationException", says=duplicate)
    # Names differ by more than their case.
    refused(lambda: create(client, "Is-Stopped"), "ValidationException", says=duplicate)
    config = {"NotebookInstanceLifecycleConfigName": "nothing"}
    for verb in ("describe", "delete", "update"):
        call = getattr(client, f"{verb}_notebook_instance_lifecycle_config")
        refused(lambda: call(**config), "ValidationException", says="Lifecycle Config does not exist.")
    config = {"NotebookInstanceLifecycleConfigName": "idle-stop"}
    again = client.create_notebook_instance_lifecycle_config
    refused(lambda: again(**config), "ValidationException", says="Notebook Instance Lifecycle Config already exists.")


@story
def values_outside_of_the_model_are_refused_in_its_own_words(sandbox: Sandbox) -> None:
    client = sandbox.client("sagemaker", checked=False)

    def says(words: str, **members: Any) -> None:
        refused(lambda: create(client, members.pop("name", "new"), **members), "ValidationException", says=words)

    bad = "1 validation error detected: Value 'a_b' at 'notebookInstanceName' failed to satisfy constraint: "
    says(bad + PATTERN + "[a-zA-Z0-9](-*[a-zA-Z0-9])*", name="a_b")
    says("Member must have length less than or equal to 63", name="a" * 64)
    says("Value null at 'instanceType' failed to satisfy constraint: Member must not be null", InstanceType=None)
    big = "Value 'ml.big' at 'instanceType' failed to satisfy constraint: Member must satisfy enum value set: ["
    says(big, InstanceType="ml.big")
    says("'volumeSizeInGB' failed to satisfy constraint: Member must have value greater than", VolumeSizeInGB=4)
    says("2 validation errors detected: ", InstanceType="ml.big", RootAccess="Perhaps")
    says("Member must have length less than or equal to 5", SecurityGroupIds=["sg-1"] * 6, SubnetId="subnet-1")
    says("Platform identifier (notebook-al2-v1) is not supported", PlatformIdentifier="notebook-al2-v1")
    says("Could not assume role", RoleArn=f"arn:aws:iam::{HOME}:role/nobody")
    says("subnet-none", SubnetId="subnet-none", SecurityGroupIds=["sg-1"])
    says("SubnetId", DirectInternetAccess="Disabled")
    says("aws:", Tags=[{"Key": "aws:mine", "Value": "x"}])
    refused(lambda: create(client, "new", VolumeSizeInGB="large"), "SerializationException")
    refused(lambda: client.list_notebook_instances(MaxResults=101), "ValidationException", says="'maxResults'")
    refused(lambda: create(client, "new", RoleArn=ROLE.replace(HOME, "999999999999")), "AccessDeniedException")
    equal(names(client, NameContains="new"), [])


@story
def tokens_that_are_none_are_refused_by_each_service_in_its_own_way(sandbox: Sandbox) -> None:
    sagemaker = sandbox.client("sagemaker")
    refused(lambda: sagemaker.list_notebook_instances(NextToken="garbage"), "ValidationException")
    # Nor is one of another question.
    token = sagemaker.list_notebook_instances(SortBy="CreationTime")["NextToken"]
    refused(lambda: sagemaker.list_notebook_instances(SortBy="Name", NextToken=token), "ValidationException")
    refused(lambda: sandbox.client("ec2").describe_subnets(NextToken="garbage"), "InvalidNextToken")
    quotas = sandbox.client("service-quotas")
    bad = {"ServiceCode": "sagemaker", "NextToken": "garbage"}
    error = refused(lambda: quotas.list_service_quotas(**bad), "InvalidPaginationTokenException")
    equal(type(error), quotas.exceptions.InvalidPaginationTokenException)
    organizations = sandbox.client("organizations")
    error = refused(lambda: organizations.list_accounts(NextToken="garbage"), "InvalidInputException")
    equal(type(error), organizations.exceptions.InvalidInputException)


@story
def the_other_services_refuse_with_their_own_codes(sandbox: Sandbox) -> None:
    ec2 = sandbox.client("ec2")
    strange = [{"Name": "colour", "Values": ["red"]}]
    refused(lambda: ec2.describe_subnets(SubnetIds=["subnet-0123"]), "InvalidSubnetID.NotFound", says="subnet-0123")
    refused(lambda: ec2.describe_security_groups(GroupIds=["sg-0123"]), "InvalidGroup.NotFound", says="sg-0123")
    refused(lambda: ec2.describe_vpcs(VpcIds=["vpc-0123"]), "InvalidVpcID.NotFound", says="vpc-0123")
    refused(lambda: ec2.describe_subnets(Filters=strange), "InvalidParameterValue", says="'colour' is invalid")
    refused(lambda: ec2.describe_vpcs(DryRun=True), "DryRunOperation", 412)
    sts = sandbox.client("sts")
    role = f"arn:aws:iam::{HOME}:role/nobody"
    denied = f"is not authorized to perform: sts:AssumeRole on resource: {role}"
    refused(lambda: sts.assume_role(RoleArn=role, RoleSessionName="judge"), "AccessDenied", 403, denied)
    theirs = "arn:aws:iam::444455556666:role/Remediator"
    refused(lambda: sts.assume_role(RoleArn=theirs, RoleSessionName="judge"), "AccessDenied", 403)
    loose = sandbox.client("sts", checked=False)
    refused(lambda: loose.assume_role(RoleArn=role, RoleSessionName="a b"), "ValidationError", says="roleSessionName")
    quotas = sandbox.client("service-quotas")
    error = refused(
        lambda: quotas.get_service_quota(ServiceCode="sagemaker", QuotaCode="L-00000000"), "NoSuchResourceException"
    )
    equal(type(error), quotas.exceptions.NoSuchResourceException)
    kms = sandbox.client("kms")
    error = refused(lambda: kms.describe_key(KeyId="alias/nobody"), "NotFoundException", says="alias/nobody")
    equal(type(error), kms.exceptions.NotFoundException)
    theirs = f"arn:aws:kms:{REGION}:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    refused(lambda: kms.describe_key(KeyId=theirs), "AccessDeniedException", says="kms:DescribeKey")
    member = sandbox.client("organizations", aws_access_key_id="AKIA555566667777SBOX", aws_secret_access_key="x")
    error = refused(member.list_accounts, "AccessDeniedException")
    equal(type(error), member.exceptions.AccessDeniedException)


@story
def s3_refuses_what_is_not_there_and_a_wrong_secret(sandbox: Sandbox) -> None:
    client = sandbox.client("s3")
    client.create_bucket(Bucket="there")
    error = refused(lambda: client.get_object(Bucket="there", Key="nothing"), "NoSuchKey", 404)
    equal(type(error), client.exceptions.NoSuchKey)
    refused(lambda: client.head_object(Bucket="there", Key="nothing"), "404", 404)
    error = refused(lambda: client.list_objects_v2(Bucket="nowhere"), "NoSuchBucket", 404)
    equal(type(error), client.exceptions.NoSuchBucket)
    forged = sandbox.client("s3", aws_access_key_id=f"AKIA{HOME}SBOX", aws_secret_access_key="guessed")
    refused(lambda: forged.list_objects_v2(Bucket="there"), "SignatureDoesNotMatch", 403)


@story
def callers_that_may_not_or_no_longer_are_told_so_by_each_service(sandbox: Sandbox) -> None:
    sagemaker = sandbox.client("sagemaker")
    running, failed = {"NotebookInstanceName": "is-in-service"}, {"NotebookInstanceName": "is-failed"}
    words = (
        f"User: arn:aws:iam::{HOME}:user/operator is not authorized to perform: sagemaker:StopNotebookInstance on"
        f" resource: arn:aws:sagemaker:{REGION}:{HOME}:notebook-instance/is-in-service"
    )
    refused(lambda: sagemaker.stop_notebook_instance(**running), "AccessDeniedException", says=words)
    refused(lambda: sagemaker.delete_notebook_instance(**failed), "ExpiredTokenException", says="is expired")
    ec2 = sandbox.client("ec2", BAD_REGION)
    refused(ec2.describe_nat_gateways, "UnauthorizedOperation", 403, "ec2:DescribeNatGateways")
    refused(ec2.describe_network_acls, "RequestExpired")
    quotas = sandbox.client("service-quotas", BAD_REGION)
    refused(lambda: quotas.list_service_quotas(ServiceCode="sagemaker"), "ExpiredTokenException")
    unknown = {"aws_access_key_id": "ASIA0123456789ABCDEF", "aws_secret_access_key": "x", "aws_session_token": "y"}
    for service, code, status, operation in (
        ("sagemaker", "UnrecognizedClientException", 400, "list_notebook_instances"),
        ("ec2", "AuthFailure", 401, "describe_vpcs"),
        ("sts", "InvalidClientTokenId", 403, "get_caller_identity"),
    ):
        refused(getattr(sandbox.client(service, **unknown), operation), code, status)
    # An account and a region that it has not enabled.
    refused(sandbox.client("sagemaker", "me-south-1").list_notebook_instances, "UnrecognizedClientException")


@story
def operations_and_services_that_are_not_there_are_refused_in_the_form_of_aws(sandbox: Sandbox) -> None:
    for service, operation, code in (
        ("sagemaker", "list_models", "UnknownOperationException"),
        ("ec2", "describe_instances", "InvalidAction"),
        ("sts", "get_session_token", "InvalidAction"),
        ("iam", "list_roles", "InvalidAction"),
        ("kms", "list_keys", "UnknownOperationException"),
        ("logs", "describe_log_groups", "UnknownOperationException"),
        ("lambda", "list_functions", "UnknownOperationException"),
    ):
        refused(getattr(sandbox.client(service), operation), code)
