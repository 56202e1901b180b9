#!/usr/bin/env python3
"""A fake AWS (moto_server) holding a seeded fleet of SageMaker notebook instances.

    fleet.py --instances 40 --regions us-east-1,eu-west-1 --seed 7

Starts moto_server on a port chosen by the kernel, builds one VPC per region (and
per account), creates the notebooks with boto3, then prints ONE line of JSON on
stdout: the endpoint and everything that was seeded. It keeps serving until stdin
reaches end of file, or SIGTERM/SIGINT arrives, or the server dies (exit status 1).
When this process is killed outright the server goes with it (Linux).

Everything in the JSON except "endpoint" and "server_pid" is a function of the
arguments and the versions of moto and Python. Timestamps are left out for that reason.

Each record under "notebooks" carries the full CreateNotebookInstance request, since
moto drops some of it: "not_echoed_by_moto" names the request members that
DescribeNotebookInstance does not give back, found by asking the running server.

Needs moto[server] and boto3, nothing else.
"""

from __future__ import annotations

import argparse
import base64
import ctypes
import json
import os
import random
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from typing import Any, Iterator

import boto3
import moto
from botocore.config import Config

DEFAULT_ACCOUNT = "123456789012"  # moto's account for credentials it does not know
ACCESS_KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET_ACCESS_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
ASSUMABLE_ROLE = "MotoFleet"
EXECUTION_ROLES = ("nb-analytics", "nb-research")

COMPLIANT = "compliant"  # in a private subnet, no direct internet access
VPC_DIRECT_INTERNET = "vpc_direct_internet"  # in a subnet, but internet still enabled
NO_VPC = "no_vpc"  # no subnet at all

CLASSES = (NO_VPC, VPC_DIRECT_INTERNET, COMPLIANT)
CLASS_WEIGHTS = (45, 30, 25)

# Only types that moto accepts: its list is older than AWS's (no g4dn, g5, m6i, ...).
INSTANCE_TYPES = ("ml.t3.medium", "ml.t3.xlarge", "ml.t2.medium", "ml.m5.xlarge", "ml.c5.xlarge", "ml.c5.2xlarge")
INSTANCE_TYPE_WEIGHTS = (45, 15, 10, 15, 10, 5)
VOLUME_SIZES = (5, 10, 20, 50, 100, 500, 16384)
PLATFORMS = ("notebook-al2023-v1", "notebook-al2023-v2")  # what AWS creates; moto drops it all the same
TEAMS = ("fraud", "pricing", "vision", "search", "risk")
PURPOSES = ("explore", "train", "report", "etl")
LIFECYCLE_CONFIGS = {
    "nb-idle-stop": {"OnStart": "#!/bin/bash\nset -e\necho idle-stop\n"},
    # None has an OnCreate script: a replacement that is stopped again waits five minutes for it, and moto's clock is ours.
    "nb-proxy": {"OnStart": "#!/bin/bash\necho start\n"},
}
MAX_NAME_LENGTH = 63

# CreateNotebookInstance members whose name differs in DescribeNotebookInstance.
DESCRIBE_NAMES = {
    "SecurityGroupIds": "SecurityGroups",
    "LifecycleConfigName": "NotebookInstanceLifecycleConfigName",
}


class Stop(Exception):
    """SIGTERM or SIGINT arrived."""


# moto_server, of which each instance tells when it was last started or stopped: AWS does, and moto forgets it.
MOTO_SERVER = """
import sys
from moto.core.utils import utcnow
from moto.sagemaker.models import FakeSagemakerNotebookInstance as Instance
from moto.server import main

def told(change):
    def changed(instance):
        change(instance)
        instance.last_modified_time = utcnow()
    return changed

Instance.start, Instance.stop = told(Instance.start), told(Instance.stop)
main(sys.argv[1:])
"""


class MotoServer:
    """moto_server in a child process, on a port chosen by the kernel."""

    def __init__(self, log_path: str | None) -> None:
        # Without a path: an unnamed file, gone when the last process using it is.
        self._log = open(log_path, "w+b") if log_path else tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [sys.executable, "-c", MOTO_SERVER, "-H", "127.0.0.1", "-p", "0"],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONHASHSEED": "0"},  # moto's page tokens contain hash() values
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )
        self.pid = self._process.pid
        try:
            self.endpoint = self._wait_until_serving()
        except BaseException:
            self.stop()
            raise

    def _wait_until_serving(self, timeout: float = 60.0) -> str:
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            found = re.search(rb"Running on (http://127\.0\.0\.1:[1-9]\d*)", self._log_head())
            if found:
                return found.group(1).decode()
            if not self.alive():
                break
            time.sleep(0.05)
        raise RuntimeError("moto_server did not start:\n" + self._log_head().decode(errors="replace"))

    def _log_head(self) -> bytes:
        return os.pread(self._log.fileno(), 65536, 0)

    def alive(self) -> bool:
        return self._process.poll() is None

    def make_ids_deterministic(self, seed: int) -> None:
        """Every identifier that moto invents from here on is a function of the seed."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        opener.open(f"{self.endpoint}/moto-api/seed?a={seed}", data=b"", timeout=10).close()

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()


def _die_with_parent() -> None:
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def forget_settings_of_caller() -> None:
    """Drops what would steer boto3 or moto from outside: profiles, endpoints, account ids."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "MOTO_", "INITIAL_NO_AUTH_")):
            del os.environ[name]
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull


class Cloud:
    """boto3 clients for any account and region of the fake AWS."""

    def __init__(self, endpoint: str) -> None:
        self._session = boto3.session.Session()
        self._endpoint = endpoint
        self._config = Config(retries={"total_max_attempts": 1}, proxies={}, read_timeout=60)
        self._credentials = {
            DEFAULT_ACCOUNT: {"aws_access_key_id": ACCESS_KEY_ID, "aws_secret_access_key": SECRET_ACCESS_KEY}
        }
        self._clients: dict[tuple[str, str, str], Any] = {}

    def client(self, service: str, account: str, region: str) -> Any:
        key = (service, account, region)
        if key not in self._clients:
            self._clients[key] = self._session.client(
                service,
                region_name=region,
                endpoint_url=self._endpoint,
                config=self._config,
                **self._credentials_for(account, region),
            )
        return self._clients[key]

    def _credentials_for(self, account: str, region: str) -> dict[str, str]:
        if account not in self._credentials:
            sts = self.client("sts", DEFAULT_ACCOUNT, region)
            granted = sts.assume_role(RoleArn=role_arn(account, ASSUMABLE_ROLE), RoleSessionName="moto-fleet")
            self._credentials[account] = {
                "aws_access_key_id": granted["Credentials"]["AccessKeyId"],
                "aws_secret_access_key": granted["Credentials"]["SecretAccessKey"],
                "aws_session_token": granted["Credentials"]["SessionToken"],
            }
        return self._credentials[account]


def role_arn(account: str, name: str) -> str:
    return f"arn:aws:iam::{account}:role/{name}"


def seed_accounts(cloud: Cloud, count: int, region: str) -> list[str]:
    """The default account, and member accounts of its organization when more are wanted."""
    accounts = [DEFAULT_ACCOUNT]
    if count > 1:
        organizations = cloud.client("organizations", DEFAULT_ACCOUNT, region)
        organizations.create_organization(FeatureSet="ALL")
        for number in range(1, count):
            created = organizations.create_account(Email=f"member{number}@example.org", AccountName=f"member{number}")
            accounts.append(created["CreateAccountStatus"]["AccountId"])
    for account in accounts:
        iam = cloud.client("iam", account, region)
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole"}
        iam.create_role(
            RoleName=ASSUMABLE_ROLE,
            AssumeRolePolicyDocument=_policy({**trust, "Principal": {"AWS": DEFAULT_ACCOUNT}}),
        )
        for name in EXECUTION_ROLES:
            iam.create_role(
                RoleName=name,
                AssumeRolePolicyDocument=_policy({**trust, "Principal": {"Service": "sagemaker.amazonaws.com"}}),
            )
    return accounts


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@dataclass(frozen=True)
class Site:
    """One region of one account, and what notebooks there may refer to."""

    account: str
    region: str
    truth: dict[str, Any]

    def subnet(self, name: str) -> str:
        return self.truth["subnets"][name]["subnet_id"]

    def security_group(self, name: str) -> str:
        return self.truth["security_groups"][name]["group_id"]


def seed_site(cloud: Cloud, account: str, region: str, index: int) -> Site:
    """A VPC 10.<index>.0.0/16 with two private subnets behind a NAT gateway and a public one.

    private-small has a route table of its own; private-large has none, so it falls
    under the VPC's main route table. Both lead to the NAT gateway.
    """
    ec2 = cloud.client("ec2", account, region)
    block = f"10.{index}"
    vpc_id = ec2.create_vpc(CidrBlock=f"{block}.0.0/16", TagSpecifications=_name("vpc", "notebooks"))["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsHostnames={"Value": True})
    zones = [zone["ZoneName"] for zone in ec2.describe_availability_zones()["AvailabilityZones"]]

    def subnet(name: str, cidr: str, zone: str) -> str:
        created = ec2.create_subnet(
            VpcId=vpc_id, CidrBlock=cidr, AvailabilityZone=zone, TagSpecifications=_name("subnet", name)
        )
        return created["Subnet"]["SubnetId"]

    def route_table(name: str, subnet_id: str) -> str:
        created = ec2.create_route_table(VpcId=vpc_id, TagSpecifications=_name("route-table", name))
        table_id = created["RouteTable"]["RouteTableId"]
        ec2.associate_route_table(RouteTableId=table_id, SubnetId=subnet_id)
        return table_id

    def default_route(table_id: str, **target: str) -> None:
        ec2.create_route(RouteTableId=table_id, DestinationCidrBlock="0.0.0.0/0", **target)

    small = subnet("private-small", f"{block}.0.0/26", zones[0])
    large = subnet("private-large", f"{block}.1.0/24", zones[1])
    public = subnet("public", f"{block}.2.0/24", zones[0])

    igw_id = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=igw_id, VpcId=vpc_id)
    public_table = route_table("public", public)
    default_route(public_table, GatewayId=igw_id)

    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=public, AllocationId=address, ConnectivityType="public")
    nat_id = nat["NatGateway"]["NatGatewayId"]
    private_table = route_table("private-small", small)
    main_tables = ec2.describe_route_tables(
        Filters=[{"Name": "vpc-id", "Values": [vpc_id]}, {"Name": "association.main", "Values": ["true"]}]
    )
    main_table = main_tables["RouteTables"][0]["RouteTableId"]
    default_route(private_table, NatGatewayId=nat_id)
    default_route(main_table, NatGatewayId=nat_id)

    def security_group(name: str) -> str:
        return ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc_id)["GroupId"]

    egress = security_group("nb-egress")  # a new group allows all egress
    no_egress = security_group("nb-no-egress")
    ec2.revoke_security_group_egress(
        GroupId=no_egress, IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    )

    key = cloud.client("kms", account, region).create_key(Description="notebook volumes")["KeyMetadata"]
    sagemaker = cloud.client("sagemaker", account, region)
    for name, scripts in LIFECYCLE_CONFIGS.items():
        encoded = {when: [{"Content": base64.b64encode(text.encode()).decode()}] for when, text in scripts.items()}
        sagemaker.create_notebook_instance_lifecycle_config(NotebookInstanceLifecycleConfigName=name, **encoded)

    described = {s["SubnetId"]: s for s in ec2.describe_subnets(SubnetIds=[small, large, public])["Subnets"]}

    def subnet_truth(subnet_id: str, egress_by: str, table: str, association: str) -> dict[str, Any]:
        facts = described[subnet_id]
        return {
            "subnet_id": subnet_id,
            "cidr": facts["CidrBlock"],
            "availability_zone": facts["AvailabilityZone"],
            "available_ip_addresses": facts["AvailableIpAddressCount"],
            "default_route": egress_by,
            "route_table_id": table,
            "route_table_association": association,
        }

    truth = {
        "account": account,
        "region": region,
        "vpc_id": vpc_id,
        "vpc_cidr": f"{block}.0.0/16",
        "internet_gateway_id": igw_id,
        "nat_gateway_id": nat_id,
        "main_route_table_id": main_table,
        "subnets": {
            "private-small": subnet_truth(small, "nat", private_table, "explicit"),
            "private-large": subnet_truth(large, "nat", main_table, "main"),
            "public": subnet_truth(public, "igw", public_table, "explicit"),
        },
        "security_groups": {
            "nb-egress": {"group_id": egress, "egress": "all"},
            "nb-no-egress": {"group_id": no_egress, "egress": "none"},
        },
        "kms_key_arn": key["Arn"],
        "kms_key_id": key["KeyId"],
        "lifecycle_configs": sorted(LIFECYCLE_CONFIGS),
    }
    return Site(account, region, truth)


def _name(resource_type: str, name: str) -> list[dict[str, Any]]:
    return [{"ResourceType": resource_type, "Tags": [{"Key": "Name", "Value": name}]}]


def plan_notebooks(rng: random.Random, count: int, sites: list[Site]) -> Iterator[dict[str, Any]]:
    """What to create: sites take turns, and every class occurs once there are three notebooks."""
    fillers = rng.choices(CLASSES, CLASS_WEIGHTS, k=max(0, count - len(CLASSES)))
    classes = (list(CLASSES) + fillers)[:count]
    rng.shuffle(classes)
    for number, kind in enumerate(classes):
        site = sites[number % len(sites)]
        request = _plan_request(rng, number, kind, site)
        yield {
            "account": site.account,
            "region": site.region,
            "name": request["NotebookInstanceName"],
            "class": kind,
            "status": rng.choices(("InService", "Stopped"), (65, 35))[0],
            "request": request,
        }


def _plan_request(rng: random.Random, number: int, kind: str, site: Site) -> dict[str, Any]:
    def chance(percent: int) -> bool:
        return rng.randrange(100) < percent

    team = rng.choice(TEAMS)
    name = f"{team}-{rng.choice(PURPOSES)}-{number:05d}"
    if chance(3):  # no room left for a suffix
        name += "-" + "x" * (MAX_NAME_LENGTH - len(name) - 1)
    request: dict[str, Any] = {
        "NotebookInstanceName": name,
        "InstanceType": rng.choices(INSTANCE_TYPES, INSTANCE_TYPE_WEIGHTS)[0],
        "RoleArn": role_arn(site.account, rng.choice(EXECUTION_ROLES)),
    }
    if kind == NO_VPC:
        if chance(50):
            request["DirectInternetAccess"] = "Enabled"  # which is also the default
    else:
        subnets = ("private-small", "private-large", "public")
        weights = (40, 40, 20 if kind == VPC_DIRECT_INTERNET else 0)
        request["SubnetId"] = site.subnet(rng.choices(subnets, weights)[0])
        groups = rng.choices((["nb-egress"], ["nb-no-egress"], ["nb-egress", "nb-no-egress"]), (70, 20, 10))[0]
        request["SecurityGroupIds"] = [site.security_group(group) for group in groups]
        request["DirectInternetAccess"] = "Disabled" if kind == COMPLIANT else "Enabled"
    if chance(60):
        request["VolumeSizeInGB"] = rng.choice(VOLUME_SIZES)
    if chance(25):
        request["KmsKeyId"] = site.truth[rng.choice(("kms_key_arn", "kms_key_id"))]
    if chance(35):
        request["LifecycleConfigName"] = rng.choice(site.truth["lifecycle_configs"])
    if chance(30):
        request["DefaultCodeRepository"] = f"https://git.example.org/{team}/notebooks.git"
        if chance(40):
            wanted = rng.randint(1, 3)
            request["AdditionalCodeRepositories"] = [
                f"https://git.example.org/{team}/lib{n}.git" for n in range(wanted)
            ]
    if chance(60):
        request["RootAccess"] = rng.choice(("Enabled", "Disabled"))
    if chance(70):
        request["PlatformIdentifier"] = rng.choice(PLATFORMS)
    if chance(60):
        version = rng.choice(("1", "2"))
        request["InstanceMetadataServiceConfiguration"] = {"MinimumInstanceMetadataServiceVersion": version}
    if chance(10):
        request["IpAddressType"] = "ipv4"
    if chance(3):
        request["AcceleratorTypes"] = ["ml.eia1.medium"]
    tags = _plan_tags(team, chance(85), chance(8), rng.choice(("dev", "prod")))
    if tags:
        request["Tags"] = tags
    return request


def _plan_tags(team: str, tagged: bool, from_stack: bool, environment: str) -> list[dict[str, str]]:
    tags = {}
    if tagged:
        tags = {"Owner": f"{team}@example.org", "Environment": environment, "CostCenter": team}
    if from_stack:  # AWS refuses such a key in a create request; moto does not
        tags["aws:cloudformation:stack-name"] = f"{team}-notebooks"
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def create_notebook(cloud: Cloud, notebook: dict[str, Any]) -> dict[str, Any]:
    """Creates one planned notebook in its planned status; returns its ground truth."""
    sagemaker = cloud.client("sagemaker", notebook["account"], notebook["region"])
    arn = sagemaker.create_notebook_instance(**notebook["request"])["NotebookInstanceArn"]
    if notebook["status"] == "Stopped":
        sagemaker.stop_notebook_instance(NotebookInstanceName=notebook["name"])
    return {**notebook, "arn": arn}


def find_members_not_echoed(cloud: Cloud, site: Site) -> list[str]:
    """The CreateNotebookInstance members that this moto forgets."""
    sagemaker = cloud.client("sagemaker", site.account, site.region)
    name = "moto-fleet-probe"
    request = {
        "NotebookInstanceName": name,
        "InstanceType": INSTANCE_TYPES[0],
        "RoleArn": role_arn(site.account, EXECUTION_ROLES[0]),
        "SubnetId": site.subnet("private-large"),
        "SecurityGroupIds": [site.security_group("nb-egress")],
        "IpAddressType": "ipv4",
        "KmsKeyId": site.truth["kms_key_arn"],
        "LifecycleConfigName": site.truth["lifecycle_configs"][0],
        "DirectInternetAccess": "Disabled",
        "VolumeSizeInGB": 20,
        "AcceleratorTypes": ["ml.eia1.medium"],
        "DefaultCodeRepository": "https://git.example.org/a.git",
        "AdditionalCodeRepositories": ["https://git.example.org/b.git"],
        "RootAccess": "Disabled",
        "PlatformIdentifier": PLATFORMS[0],
        "InstanceMetadataServiceConfiguration": {"MinimumInstanceMetadataServiceVersion": "2"},
    }
    sagemaker.create_notebook_instance(**request)
    described = sagemaker.describe_notebook_instance(NotebookInstanceName=name)
    sagemaker.stop_notebook_instance(NotebookInstanceName=name)
    sagemaker.delete_notebook_instance(NotebookInstanceName=name)
    return sorted(member for member, value in request.items() if described.get(_describe_name(member)) != value)


def _describe_name(member: str) -> str:
    return DESCRIBE_NAMES.get(member, member)


def verify(cloud: Cloud, truth: dict[str, Any]) -> None:
    """Reads the whole fleet back and raises where it differs from the ground truth."""
    ignored = {"Tags", *truth["not_echoed_by_moto"]}
    wrong = []
    listed: dict[tuple[str, str], set[str]] = {}
    for site in truth["sites"]:
        sagemaker = cloud.client("sagemaker", site["account"], site["region"])
        pages = sagemaker.get_paginator("list_notebook_instances").paginate()
        names = {summary["NotebookInstanceName"] for page in pages for summary in page["NotebookInstances"]}
        listed[site["account"], site["region"]] = names
    for notebook in truth["notebooks"]:
        place = (notebook["account"], notebook["region"])
        sagemaker = cloud.client("sagemaker", *place)
        described = sagemaker.describe_notebook_instance(NotebookInstanceName=notebook["name"])
        request = notebook["request"]
        expected = {_describe_name(k): v for k, v in request.items() if k not in ignored}
        expected["NotebookInstanceStatus"] = notebook["status"]
        expected["NotebookInstanceArn"] = notebook["arn"]
        actual = {member: described.get(member) for member in expected}
        tags = sagemaker.list_tags(ResourceArn=notebook["arn"])["Tags"]
        if actual != expected or tags != request.get("Tags", []) or notebook["name"] not in listed[place]:
            wrong.append(notebook["name"])
        listed[place].discard(notebook["name"])
    unexpected = sorted(name for names in listed.values() for name in names)
    if wrong or unexpected:
        raise RuntimeError(f"fleet differs from the ground truth: wrong {wrong}, unexpected {unexpected}")


def seed_fleet(cloud: Cloud, instances: int, regions: list[str], accounts: int, seed: int) -> dict[str, Any]:
    account_ids = seed_accounts(cloud, accounts, regions[0])
    places = [(account, region) for account in account_ids for region in regions]
    sites = [seed_site(cloud, account, region, index) for index, (account, region) in enumerate(places)]
    not_echoed = find_members_not_echoed(cloud, sites[0])
    plan = plan_notebooks(random.Random(seed), instances, sites)
    notebooks = [create_notebook(cloud, notebook) for notebook in plan]
    return {
        "moto_version": moto.__version__,
        "seed": seed,
        "credentials": {"access_key_id": ACCESS_KEY_ID, "secret_access_key": SECRET_ACCESS_KEY},
        "accounts": [{"account": a, "assume_role_arn": role_arn(a, ASSUMABLE_ROLE)} for a in account_ids],
        "regions": regions,
        "counts": {kind: sum(n["class"] == kind for n in notebooks) for kind in CLASSES},
        "not_echoed_by_moto": not_echoed,
        "sites": [site.truth for site in sites],
        "notebooks": notebooks,
    }


def serve_until_told_to_stop(server: MotoServer, watch_stdin: bool) -> int:
    """0 once stdin is at its end, 1 if the server died; a signal raises Stop instead."""
    watched = [0] if watch_stdin else []
    while server.alive():
        readable, _, _ = select.select(watched, [], [], 0.5)
        if readable and not os.read(0, 65536):
            return 0
    print("fleet: moto_server died", file=sys.stderr)
    return 1


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fake AWS with a seeded fleet of SageMaker notebook instances.")
    parser.add_argument("--instances", type=int, default=30, help="notebooks in all (default 30)")
    parser.add_argument("--regions", default="us-east-1,eu-west-1", help="comma-separated (default %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="same seed, same fleet (default 0)")
    parser.add_argument("--accounts", type=int, default=1, help="more than 1 makes an organization (default 1)")
    parser.add_argument("--verify", action="store_true", help="read the fleet back before reporting it")
    parser.add_argument("--ignore-stdin", action="store_true", help="serve until a signal, whatever stdin does")
    parser.add_argument("--server-log", metavar="FILE", help="where moto_server's output goes (default: discarded)")
    options = parser.parse_args(arguments)
    options.regions = [region.strip() for region in options.regions.split(",") if region.strip()]
    if options.instances < 0 or options.accounts < 1 or not options.regions:
        parser.error("--instances, --accounts or --regions is out of range")
    if len(set(options.regions)) != len(options.regions):
        parser.error("--regions repeats a region")
    if len(options.regions) * options.accounts > 256:
        parser.error("at most 256 regions in all accounts together (one 10.x.0.0/16 each)")
    return options


def main(arguments: list[str] | None = None) -> int:
    options = parse_arguments(arguments)

    def stop(signum: int, frame: Any) -> None:
        raise Stop

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    forget_settings_of_caller()
    server = None
    try:
        server = MotoServer(options.server_log)
        server.make_ids_deterministic(options.seed)
        cloud = Cloud(server.endpoint)
        truth = seed_fleet(cloud, options.instances, options.regions, options.accounts, options.seed)
        if options.verify:
            verify(cloud, truth)
        print(json.dumps({"endpoint": server.endpoint, "server_pid": server.pid, **truth}), flush=True)
        return serve_until_told_to_stop(server, watch_stdin=not options.ignore_stdin)
    except Stop:
        return 0
    finally:
        # A second signal must not interrupt the clean-up.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if server:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
