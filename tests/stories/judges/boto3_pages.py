"""Lists: their pages, their order, their filters."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Callable

from botocore.exceptions import ClientError

from bench import HOME, INSTANCES, Sandbox, equal, instances, names, once, story

# EC2's lists with more entries than the least page that it has, and what tells these apart.
NETWORKS = {
    "describe_subnets": ("Subnets", "SubnetId"),
    "describe_security_groups": ("SecurityGroups", "GroupId"),
    "describe_route_tables": ("RouteTables", "RouteTableId"),
    "describe_vpcs": ("Vpcs", "VpcId"),
    "describe_vpc_endpoints": ("VpcEndpoints", "VpcEndpointId"),
    "describe_network_acls": ("NetworkAcls", "NetworkAclId"),
    "describe_network_interfaces": ("NetworkInterfaces", "NetworkInterfaceId"),
}


@story
def pages_of_every_size_show_every_instance_once(sandbox: Sandbox) -> None:
    client = sandbox.client("sagemaker")
    expected = names(client, PaginationConfig={"PageSize": 100})
    equal((len(expected), len(set(expected))), (INSTANCES, INSTANCES))
    for size in (1, 7, None):
        paging = {"PageSize": size} if size else {}
        equal(names(client, PaginationConfig=paging), expected, f"pages of {size}")
    some = names(client, PaginationConfig={"PageSize": 7, "MaxItems": 30})
    equal(some, expected[:30])


@story
def pages_miss_and_repeat_nothing_while_instances_are_deleted(sandbox: Sandbox) -> None:
    client = sandbox.client("sagemaker")
    # Of a page: its last entry, and one that it does not show yet.
    for order in ("Ascending", "Descending"):
        before, stopped = names(client), names(client, StatusEquals="Stopped")
        seen: list[str] = []
        gone: set[str] = set()
        asked = {"SortOrder": order, "PaginationConfig": {"PageSize": 7}}
        for page in client.get_paginator("list_notebook_instances").paginate(**asked):
            shown = [one["NotebookInstanceName"] for one in page["NotebookInstances"]]
            seen += shown
            coming = [name for name in before if name not in seen and name in stopped and name not in gone]
            for name in [name for name in shown[-1:] if name in stopped] + coming[len(coming) // 2 :][:1]:
                delete(client, name)
                gone.add(name)
        equal(len(seen), len(set(seen)), "nothing is shown twice")
        missed = set(before) - gone - set(seen)
        assert not missed and len(gone) > 10, f"missed: {missed}; gone: {gone}"
        once(names(client), set(before) - gone)


def delete(client: Any, name: str) -> None:
    """Deletes an instance and asks until it is gone."""
    client.delete_notebook_instance(NotebookInstanceName=name)
    while True:
        try:
            client.describe_notebook_instance(NotebookInstanceName=name)
        except ClientError as error:
            equal(error.response["Error"]["Message"], "RecordNotFound")
            return


@story
def pages_of_lifecycle_configs_tags_and_quotas_show_everything_once(sandbox: Sandbox) -> None:
    client = sandbox.client("sagemaker")
    made = [f"config-{number:02}" for number in range(23)]
    for name in made:
        client.create_notebook_instance_lifecycle_config(NotebookInstanceLifecycleConfigName=name)
    for size in (1, 5, 100):
        found = all_of(
            client, "list_notebook_instance_lifecycle_configs", "NotebookInstanceLifecycleConfigs", size
        )
        once([one["NotebookInstanceLifecycleConfigName"] for one in found], [*made, "idle-stop", "vision-setup"])
    tagged = ((one["NotebookInstanceArn"], tags_of(client, one)) for one in instances(client))
    arn, theirs = next((arn, keys) for arn, keys in tagged if "aws:cloudformation:stack-name" in keys)
    mine = [f"key-{number:02}" for number in range(50 - len([key for key in theirs if not key.startswith("aws:")]))]
    client.add_tags(ResourceArn=arn, Tags=[{"Key": key, "Value": "x"} for key in mine])
    for size in (50, 100):
        # No answer has more than fifty tags, whatever is asked for.
        found = all_of(client, "list_tags", "Tags", size, ResourceArn=arn)
        once([tag["Key"] for tag in found], mine + theirs)
    quotas = sandbox.client("service-quotas")
    for size in (1, 2, 100):
        found = all_of(quotas, "list_service_quotas", "Quotas", size, ServiceCode="sagemaker")
        codes = [one["QuotaCode"] for one in found]
        assert len(codes) == len(set(codes)) > 2, f"{codes}"


@story
def pages_of_accounts_and_networks_show_everything_once(sandbox: Sandbox) -> None:
    organizations = sandbox.client("organizations")
    for size in (1, 2, 20):
        found = all_of(organizations, "list_accounts", "Accounts", size)
        once([one["Id"] for one in found], [HOME, "444455556666", "555566667777"])
    ec2 = sandbox.client("ec2")
    for operation, (member, key) in NETWORKS.items():
        everything = [one[key] for one in getattr(ec2, operation)()[member]]
        assert len(everything) > 5, f"{operation} shows {len(everything)} only"
        once([one[key] for one in all_of(ec2, operation, member, 5)], everything, operation)


def all_of(client: Any, operation: str, member: str, size: int, **asked: Any) -> list[dict[str, Any]]:
    """All entries of a list, in pages of a size, none of which is longer."""
    found: list[dict[str, Any]] = []
    for page in client.get_paginator(operation).paginate(**asked, PaginationConfig={"PageSize": size}):
        assert len(page[member]) <= size, f"a page of {len(page[member])}"
        found += page[member]
    return found


def tags_of(client: Any, summary: dict[str, Any]) -> list[str]:
    """The keys of an instance's tags."""
    return [tag["Key"] for tag in client.list_tags(ResourceArn=summary["NotebookInstanceArn"])["Tags"]]


@story
def filters_and_orders_are_those_of_a_filter_over_all_descriptions(sandbox: Sandbox) -> None:
    client = sandbox.client("sagemaker")
    described = [client.describe_notebook_instance(NotebookInstanceName=name) for name in names(client)]
    for asked, fits in filters(described):
        expected = [one["NotebookInstanceName"] for one in described if fits(one)]
        assert 0 < len(expected) < len(described), f"{asked} fits {len(expected)} of {len(described)}: it shows nothing"
        once(names(client, **asked), expected, str(asked))
    keys = {"Name": "NotebookInstanceName", "CreationTime": "CreationTime", "Status": "NotebookInstanceStatus"}
    for sort_by, member in keys.items():
        for order in ("Ascending", "Descending"):
            found = [sortable(one[member]) for one in instances(client, SortBy=sort_by, SortOrder=order)]
            equal(found, sorted(found, reverse=order == "Descending"), f"{sort_by} {order}")
            equal(len(found), INSTANCES)
    equal(names(client), sorted(names(client), key=str.lower), "by name where nothing is said")


def sortable(value: Any) -> Any:
    """Names and statuses are compared without regard to case."""
    return value.lower() if isinstance(value, str) else value


Fits = Callable[[dict[str, Any]], bool]


def filters(described: list[dict[str, Any]]) -> list[tuple[dict[str, Any], Fits]]:
    """Every filter of ListNotebookInstances, and some at once, each with the same in Python."""
    # botocore sends whole seconds.
    created = middle([one["CreationTime"] for one in described])
    modified = middle([one["LastModifiedTime"] for one in described])
    config, url = "NotebookInstanceLifecycleConfigName", "DefaultCodeRepository"
    statuses = {one["NotebookInstanceStatus"] for one in described}
    by_status: list[tuple[dict[str, Any], Fits]] = [
        ({"StatusEquals": status}, lambda one, status=status: one["NotebookInstanceStatus"] == status)
        for status in sorted(statuses)
    ]
    return by_status + [
        ({"NameContains": "sion-1"}, lambda one: "sion-1" in one["NotebookInstanceName"]),
        ({"NameContains": "Has"}, lambda one: "Has" in one["NotebookInstanceName"]),
        ({"CreationTimeBefore": created}, lambda one: one["CreationTime"] < created),
        ({"CreationTimeAfter": created}, lambda one: one["CreationTime"] > created),
        ({"LastModifiedTimeBefore": modified}, lambda one: one["LastModifiedTime"] < modified),
        ({"LastModifiedTimeAfter": modified}, lambda one: one["LastModifiedTime"] > modified),
        ({"NotebookInstanceLifecycleConfigNameContains": "idle"}, lambda one: "idle" in one.get(config, "")),
        ({"DefaultCodeRepositoryContains": "fraud"}, lambda one: "fraud" in one.get(url, "")),
        (
            {"AdditionalCodeRepositoryEquals": "registered-repository"},
            lambda one: "registered-repository" in one.get("AdditionalCodeRepositories", []),
        ),
        (
            {"NameContains": "fraud", "StatusEquals": "Stopped", "CreationTimeAfter": created},
            lambda one: "fraud" in one["NotebookInstanceName"]
            and one["NotebookInstanceStatus"] == "Stopped"
            and one["CreationTime"] > created,
        ),
    ]


def middle(times: list[datetime]) -> datetime:
    """A whole second with about as many times before as after it, and none within it."""
    second = sorted(times)[len(times) // 2].replace(microsecond=0)
    while any(second <= one < second + timedelta(seconds=1) for one in times):
        second -= timedelta(seconds=1)
    return second
