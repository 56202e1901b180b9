"""boto3 judges the sandbox: `python boto3_judge.py ENDPOINT STORY`, or `--list`. What goes well is here."""

from __future__ import annotations

import base64
from typing import Any

from botocore.exceptions import ClientError, WaiterError

import boto3_errors  # noqa: F401 (its stories are told here too)
import boto3_pages  # noqa: F401
import boto3_retries  # noqa: F401
import boto3_s3  # noqa: F401
import claims
from bench import HOME, INSTANCES, REGION, ROLE, Sandbox, create, equal, instances, main, names, once, refused, story

# All that DescribeNotebookInstance has of any instance; the rest depends on how it was made.
ALWAYS = set(
    "NotebookInstanceName NotebookInstanceArn NotebookInstanceStatus Url InstanceType IpAddressType RoleArn"
    " CreationTime LastModifiedTime DirectInternetAccess VolumeSizeInGB RootAccess PlatformIdentifier"
    " InstanceMetadataServiceConfiguration".split()
)
STATUSES = "Pending InService Stopping Stopped Failed Deleting Updating".split()
SCRIPT = base64.b64encode(b"#!/bin/bash\ntrue\n").decode()


@story
def every_operation_answers_as_its_model_says_and_no_other_is_there(sandbox: Sandbox) -> None:
    change_instances(sandbox.client("sagemaker"))
    change_lifecycle_configs(sandbox.client("sagemaker"))
    change_tags(sandbox.client("sagemaker"))
    describe_networks(sandbox.client("ec2"))
    sandbox.seen.add(("ec2", "CreateNetworkInterface"))
    ask_the_others(sandbox)
    claimed = {(service, operation) for service, all_of in claims.CLAIMED.items() for operation in all_of}
    once(map(str, sandbox.seen), map(str, claimed), "what was answered, and what the sandbox claims to answer")
    for service in claims.CLAIMED:
        claims.refuse_all_others(sandbox.endpoint, service)


def change_instances(client: Any) -> None:
    """Calls every operation on instances."""
    arn = create(
        client,
        "Made-By-boto3",
        SubnetId="subnet-0aa1c0ffee00000a1",
        SecurityGroupIds=["sg-0aa1c0ffee0000001"],
        DirectInternetAccess="Disabled",
        Tags=[{"Key": "Team", "Value": "judges"}],
        LifecycleConfigName="idle-stop",
        VolumeSizeInGB=20,
        DefaultCodeRepository="https://git.example.com/judges.git",
        AdditionalCodeRepositories=["https://git.example.com/more.git"],
        RootAccess="Disabled",
        PlatformIdentifier="notebook-al2023-v1",
        InstanceMetadataServiceConfiguration={"MinimumInstanceMetadataServiceVersion": "2"},
    )
    equal(arn, f"arn:aws:sagemaker:{REGION}:{HOME}:notebook-instance/made-by-boto3")
    equal(client.describe_notebook_instance(NotebookInstanceName="Made-By-boto3")["NotebookInstanceStatus"], "Pending")
    equal(len(client.list_notebook_instances()["NotebookInstances"]), 10, "the usual page")
    stopped = names(client, StatusEquals="Stopped", NameContains="fraud-")
    running = names(client, StatusEquals="InService", NameContains="fraud-")
    client.start_notebook_instance(NotebookInstanceName=stopped[0])
    client.update_notebook_instance(NotebookInstanceName=stopped[1], InstanceType="ml.t3.large", VolumeSizeInGB=500)
    client.delete_notebook_instance(NotebookInstanceName=stopped[2])
    client.stop_notebook_instance(NotebookInstanceName=running[0])
    changed = stopped[:3] + running[:1]
    found = [client.describe_notebook_instance(NotebookInstanceName=name) for name in changed]
    expected = ["Pending", "Updating", "Deleting", "Stopping"]
    equal([one["NotebookInstanceStatus"] for one in found], expected, str(changed))
    url = client.create_presigned_notebook_instance_url(NotebookInstanceName=running[1])["AuthorizedUrl"]
    assert url.startswith(f"https://{running[1]}.notebook.{REGION}.sagemaker.aws"), url


def change_lifecycle_configs(client: Any) -> None:
    """Calls every operation on lifecycle configurations."""
    name = {"NotebookInstanceLifecycleConfigName": "made-by-boto3"}
    hook = [{"Content": SCRIPT}]
    client.create_notebook_instance_lifecycle_config(**name, OnStart=hook, Tags=[{"Key": "a", "Value": ""}])
    client.update_notebook_instance_lifecycle_config(**name, OnCreate=hook)
    found = client.describe_notebook_instance_lifecycle_config(**name)
    equal((found["OnCreate"], found["OnStart"]), (hook, hook))
    listed = client.list_notebook_instance_lifecycle_configs()["NotebookInstanceLifecycleConfigs"]
    once([one["NotebookInstanceLifecycleConfigName"] for one in listed], ["idle-stop", "made-by-boto3", "vision-setup"])
    client.delete_notebook_instance_lifecycle_config(**name)


def change_tags(client: Any) -> None:
    """Calls every operation on tags."""
    arn = client.describe_notebook_instance(NotebookInstanceName="Has-Everything")["NotebookInstanceArn"]
    client.add_tags(ResourceArn=arn, Tags=[{"Key": "Purpose", "Value": "judging carefully"}])
    found = {tag["Key"]: tag["Value"] for tag in client.list_tags(ResourceArn=arn)["Tags"]}
    equal(found, {"Team": "enablement", "Purpose": "judging carefully"})
    client.delete_tags(ResourceArn=arn, TagKeys=["Purpose", "never-there"])
    equal(client.list_tags(ResourceArn=arn)["Tags"], [{"Key": "Team", "Value": "enablement"}])


def describe_networks(client: Any) -> None:
    """Calls every operation of EC2; each must show something, and all that AWS always has of such a thing."""
    for operation, (member, always) in claims.DESCRIPTIONS.items():
        found = getattr(client, operation)()[member]
        assert found, f"{operation} shows nothing"
        for one in found:
            # A subnet of IPv6 alone has no IPv4 block, and a regional NAT gateway is in no subnet.
            unless = {"CidrBlock"} if one.get("Ipv6Native") else set()
            unless |= {"SubnetId"} if one.get("AvailabilityMode") == "regional" else set()
            missing = set(always.split()) - set(one) - unless
            assert not missing, f"{operation}: {sorted(missing)} are missing in {one}"
    # An exclusion gives a subnet another state than its VPC has. Routes lead to every kind of target, but for IPv6 and a
    # route server's.
    for operation, excluded in (("describe_vpcs", set()), ("describe_subnets", {"block-ingress"})):
        all_of = getattr(client, operation)()[claims.DESCRIPTIONS[operation][0]]
        modes = {one["BlockPublicAccessStates"]["InternetGatewayBlockMode"] for one in all_of}
        assert modes == {"off", "block-bidirectional"} | excluded, modes
    tables = client.describe_route_tables()["RouteTables"]
    targets = {name for table in tables for route in table["Routes"] for name in route}
    route = client.meta.service_model.shape_for("Route").members
    others = {"DestinationIpv6CidrBlock", "EgressOnlyInternetGatewayId", "IpAddress"}
    assert set(route) - others <= targets, set(route) - targets
    vpc = client.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    # Nobody but SageMaker makes one here, and whether it could is tried.
    interface = {"SubnetId": "subnet-0aa1c0ffee00000a1", "Groups": ["sg-0aa1c0ffee0000001"]}
    refused(lambda: client.create_network_interface(DryRun=True, **interface), "DryRunOperation", 412)
    refused(lambda: client.create_network_interface(**interface), "UnsupportedOperation")
    for attribute, member in (("enableDnsSupport", "EnableDnsSupport"), ("enableDnsHostnames", "EnableDnsHostnames")):
        found = client.describe_vpc_attribute(VpcId=vpc, Attribute=attribute)
        equal((found["VpcId"], found[member]), (vpc, {"Value": True}))


def ask_the_others(sandbox: Sandbox) -> None:
    """Calls every operation of the services of which the program uses little."""
    sts = sandbox.client("sts")
    equal(sts.get_caller_identity()["Account"], HOME)
    sts.assume_role(RoleArn=f"arn:aws:iam::{HOME}:role/Remediator", RoleSessionName="judge")
    iam = sandbox.client("iam")
    role = iam.get_role(RoleName="AmazonSageMaker-ExecutionRole")["Role"]
    equal((role["Path"], role["Arn"].rsplit(":", 1)[1]), ("/service-role/", "role/service-role/AmazonSageMaker-ExecutionRole"))
    equal(role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"], {"Service": "sagemaker.amazonaws.com"})
    equal(type(refused(lambda: iam.get_role(RoleName="nobody"), "NoSuchEntity", 404)), iam.exceptions.NoSuchEntityException)
    pages = iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 1})
    details = pages.build_full_result()
    roles = {one["RoleName"]: one for one in details["RoleDetailList"]}
    equal(roles["AmazonSageMaker-ExecutionRole"]["Arn"], role["Arn"])
    scientist = roles["Scientist"]["RolePolicyList"]
    equal([one["PolicyName"] for one in scientist], ["OpenNotebook"])
    equal(scientist[0]["PolicyDocument"]["Statement"]["Action"], "sagemaker:CreatePresignedNotebookInstanceUrl")
    equal([one["GroupName"] for one in details["GroupDetailList"]], ["interns"])
    equal(details["UserDetailList"][0]["AttachedManagedPolicies"][0]["PolicyName"], "Guard")
    guard = details["Policies"][0]
    equal((guard["AttachmentCount"], guard["PolicyVersionList"][0]["IsDefaultVersion"]), (2, True))
    refused(lambda: iam.get_account_authorization_details(Marker="x"), "ValidationError")
    users = iam.get_account_authorization_details(Filter=["User"])
    equal((len(users["UserDetailList"]), users["RoleDetailList"], users["IsTruncated"]), (1, [], False))
    quotas = sandbox.client("service-quotas")
    total = next(
        one for one in quotas.list_service_quotas(ServiceCode="sagemaker")["Quotas"] if one["Value"] == 300.0
    )
    same = quotas.get_service_quota(ServiceCode="sagemaker", QuotaCode=total["QuotaCode"])["Quota"]
    equal((same, same["QuotaName"]), (total, "Total number of notebook instances"))
    kms = sandbox.client("kms")
    key = kms.describe_key(KeyId="alias/notebooks")["KeyMetadata"]
    equal((key["AWSAccountId"], key["Enabled"], key["KeyState"]), (HOME, True, "Enabled"))
    equal(kms.describe_key(KeyId=key["Arn"])["KeyMetadata"], key)
    leaving = kms.describe_key(KeyId="alias/leaving")["KeyMetadata"]
    equal((leaving["Enabled"], leaving["KeyState"]), (False, "PendingDeletion"))
    assert leaving["DeletionDate"] > leaving["CreationDate"], leaving
    organizations = sandbox.client("organizations")
    equal(len(organizations.list_accounts()["Accounts"]), 3)
    equal(organizations.describe_organization()["Organization"]["MasterAccountId"], HOME)


@story
def instances_in_every_status_and_with_every_member_satisfy_the_model(sandbox: Sandbox) -> None:
    client = sandbox.client("sagemaker")
    all_of = instances(client)
    equal(len(all_of), INSTANCES)
    described = [client.describe_notebook_instance(NotebookInstanceName=one["NotebookInstanceName"]) for one in all_of]
    once({one["NotebookInstanceStatus"] for one in described}, STATUSES)
    for one in described:
        assert not ALWAYS - set(one), f"{sorted(ALWAYS - set(one))} are missing in {one}"
        equal("FailureReason" in one, one["NotebookInstanceStatus"] == "Failed", str(one))
        equal("SubnetId" in one, "SecurityGroups" in one, str(one))
    ever = set().union(*described) - {"ResponseMetadata"}
    shape = client.meta.service_model.operation_model("DescribeNotebookInstance").output_shape
    once(ever, shape.members, "members that some instance has, and those of the model")
    summary = shape_of_summaries(client)
    once(set().union(*all_of), summary, "the same of summaries")


def shape_of_summaries(client: Any) -> list[str]:
    shape = client.meta.service_model.shape_for("NotebookInstanceSummary")
    return list(shape.members)


@story
def the_waiters_of_boto3_see_an_instance_through_its_life(sandbox: Sandbox) -> None:
    client = sandbox.client("sagemaker")
    name = {"NotebookInstanceName": "waited-for"}
    create(client, "waited-for")
    wait(client, "in_service", name)
    client.stop_notebook_instance(**name)
    wait(client, "stopped", name)
    client.update_notebook_instance(**name, InstanceType="ml.t3.large")
    wait(client, "stopped", name)
    equal(client.describe_notebook_instance(**name)["InstanceType"], "ml.t3.large")
    client.start_notebook_instance(**name)
    wait(client, "in_service", name)
    client.stop_notebook_instance(**name)
    wait(client, "stopped", name)
    client.delete_notebook_instance(**name)
    wait(client, "deleted", name)


@story
def the_waiters_of_boto3_give_up_on_an_instance_that_failed(sandbox: Sandbox) -> None:
    client = sandbox.client("sagemaker")
    create(client, "doomed-1")
    full = {"SubnetId": "subnet-0aa1c0ffee00000f1", "SecurityGroupIds": ["sg-0aa1c0ffee0000001"]}
    create(client, "no-room", **full)
    wait_in_vain(client, "no-room", "in_service", "does not have enough free addresses")
    for waiter in ("in_service", "stopped", "deleted"):
        wait_in_vain(client, "doomed-1", waiter, "Insufficient notebook instance capacity.")


def wait_in_vain(client: Any, name: str, status: str, reason: str) -> None:
    try:
        wait(client, status, {"NotebookInstanceName": name})
    except WaiterError as error:
        equal(error.last_response["NotebookInstanceStatus"], "Failed", str(error))
        assert reason in error.last_response["FailureReason"], error.last_response
        return
    raise AssertionError(f"{status} did not fail for {name}")


def wait(client: Any, status: str, name: dict[str, str]) -> None:
    waiter = client.get_waiter(f"notebook_instance_{status}")
    waiter.wait(**name, WaiterConfig={"Delay": 1, "MaxAttempts": 120})


@story
def credentials_of_an_assumed_role_see_the_other_account(sandbox: Sandbox) -> None:
    sts = sandbox.client("sts")
    role = "arn:aws:iam::444455556666:role/Remediator"
    answer = sts.assume_role(RoleArn=role, RoleSessionName="judge", ExternalId="meridian-2026")
    equal(answer["AssumedRoleUser"]["Arn"], "arn:aws:sts::444455556666:assumed-role/Remediator/judge")
    given = answer["Credentials"]
    keys = {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }
    identity = sandbox.client("sts", **keys).get_caller_identity()
    equal((identity["Account"], identity["Arn"]), ("444455556666", answer["AssumedRoleUser"]["Arn"]))
    equal(identity["UserId"], answer["AssumedRoleUser"]["AssumedRoleId"])
    theirs = instances(sandbox.client("sagemaker", **keys))
    once([one["NotebookInstanceName"] for one in theirs], ["retail-1", "retail-2", "retail-3"])
    elsewhere = sandbox.client("ec2", "eu-west-1", **keys)
    try:
        elsewhere.describe_vpcs()
    except ClientError as error:
        equal(error.response["Error"]["Code"], "AuthFailure", "a region that the account has not enabled")
    else:
        raise AssertionError("the account has not enabled that region")


@story
def objects_are_put_listed_read_and_deleted_in_s3(sandbox: Sandbox) -> None:
    client = sandbox.client("s3")
    bucket = {"Bucket": "judges-sagemaker-bucket"}
    client.create_bucket(**bucket)
    contents = {f"exports/part {number}.bin": bytes([number]) * 1000 * number for number in range(12)}
    for key, content in contents.items():
        client.put_object(**bucket, Key=key, Body=content)
    pages = client.get_paginator("list_objects_v2").paginate(**bucket, Prefix="exports/")
    sizes = {one["Key"]: one["Size"] for page in pages for one in page["Contents"]}
    equal(sizes, {key: len(content) for key, content in contents.items()})
    for key, content in contents.items():
        equal(client.head_object(**bucket, Key=key)["ContentLength"], len(content), key)
        equal(client.get_object(**bucket, Key=key)["Body"].read(), content, key)
    client.delete_object(**bucket, Key="exports/part 3.bin")
    equal(client.list_objects_v2(**bucket)["KeyCount"], 11)
    try:
        client.get_object(**bucket, Key="exports/part 3.bin")
    except client.exceptions.NoSuchKey:
        return
    raise AssertionError("a deleted object was read")


if __name__ == "__main__":
    main()
