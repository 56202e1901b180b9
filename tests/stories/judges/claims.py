"""What the sandbox claims to answer, and a look at everything else that its services have in AWS."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree

import botocore.session
import urllib3

from bench import HOME, REGION, equal

# By service, as botocore calls it: the operations.
CLAIMED: dict[str, list[str]] = {
    "sagemaker": """
        CreateNotebookInstance DescribeNotebookInstance ListNotebookInstances StartNotebookInstance StopNotebookInstance
        UpdateNotebookInstance DeleteNotebookInstance CreatePresignedNotebookInstanceUrl AddTags ListTags DeleteTags
        CreateNotebookInstanceLifecycleConfig DescribeNotebookInstanceLifecycleConfig
        ListNotebookInstanceLifecycleConfigs UpdateNotebookInstanceLifecycleConfig DeleteNotebookInstanceLifecycleConfig
    """.split(),
    "ec2": """
        DescribeRegions DescribeAvailabilityZones DescribeVpcs DescribeVpcAttribute DescribeSubnets
        DescribeSecurityGroups DescribeRouteTables DescribeNatGateways DescribeVpcEndpoints DescribeNetworkAcls
        DescribeNetworkInterfaces DescribeInstanceTypeOfferings DescribeDhcpOptions
        CreateNetworkInterface
    """.split(),
    "sts": ["GetCallerIdentity", "AssumeRole"],
    "service-quotas": ["ListServiceQuotas", "GetServiceQuota"],
    "kms": ["DescribeKey"],
    "iam": ["GetRole", "GetAccountAuthorizationDetails"],
    "organizations": ["ListAccounts", "DescribeOrganization"],
}

# The descriptions of EC2: where the answer has its list, and what AWS has of every entry (the examples of the AWS
# CLI's reference).
DESCRIPTIONS: dict[str, tuple[str, str]] = {
    "describe_regions": ("Regions", "Endpoint RegionName OptInStatus"),
    "describe_availability_zones": (
        "AvailabilityZones",
        "State OptInStatus Messages RegionName ZoneName ZoneId GroupName NetworkBorderGroup ZoneType",
    ),
    "describe_vpcs": (
        "Vpcs",
        "CidrBlock DhcpOptionsId State VpcId OwnerId InstanceTenancy CidrBlockAssociationSet IsDefault",
    ),
    "describe_dhcp_options": ("DhcpOptions", "DhcpConfigurations DhcpOptionsId OwnerId Tags"),
    "describe_subnets": (
        "Subnets",
        "AssignIpv6AddressOnCreation AvailabilityZone AvailabilityZoneId AvailableIpAddressCount CidrBlock"
        " DefaultForAz Ipv6CidrBlockAssociationSet Ipv6Native MapPublicIpOnLaunch OwnerId State SubnetArn SubnetId"
        " VpcId",
    ),
    "describe_security_groups": (
        "SecurityGroups",
        "Description GroupId GroupName IpPermissions IpPermissionsEgress OwnerId SecurityGroupArn VpcId",
    ),
    "describe_route_tables": (
        "RouteTables",
        "Associations OwnerId PropagatingVgws RouteTableId Routes Tags VpcId",
    ),
    "describe_nat_gateways": (
        "NatGateways",
        "ConnectivityType CreateTime NatGatewayAddresses NatGatewayId State SubnetId VpcId",
    ),
    "describe_vpc_endpoints": (
        "VpcEndpoints",
        "CreationTimestamp DnsEntries Groups NetworkInterfaceIds OwnerId PolicyDocument PrivateDnsEnabled"
        " RequesterManaged RouteTableIds ServiceName State SubnetIds Tags VpcEndpointId VpcEndpointType VpcId",
    ),
    "describe_network_acls": ("NetworkAcls", "Associations Entries IsDefault NetworkAclId OwnerId Tags VpcId"),
    "describe_network_interfaces": (
        "NetworkInterfaces",
        "AvailabilityZone Description Groups InterfaceType Ipv6Addresses MacAddress NetworkInterfaceId OwnerId"
        " PrivateIpAddress PrivateIpAddresses RequesterManaged SourceDestCheck Status SubnetId TagSet VpcId",
    ),
    "describe_instance_type_offerings": ("InstanceTypeOfferings", "InstanceType Location LocationType"),
}


def refuse_all_others(endpoint: str, service: str) -> None:
    """Every other operation of a service in AWS is refused as AWS refuses one that it does not have."""
    model = botocore.session.get_session().get_service_model(service)
    pool = urllib3.PoolManager()
    for operation in set(model.operation_names) - set(CLAIMED[service]):
        json_target = model.metadata.get("targetPrefix")
        scope = f"AKIA{HOME}SBOX/20260101/{REGION}/{model.signing_name}/aws4_request"
        headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}
        if json_target:
            headers["X-Amz-Target"] = f"{json_target}.{operation}"
            answer = pool.request("POST", endpoint, headers=headers, body=b"{}")
            found = json.loads(answer.data)["__type"]
            equal((answer.status, found), (400, "UnknownOperationException"), operation)
        else:
            body = f"Action={operation}&Version={model.api_version}"
            answer = pool.request("POST", endpoint, headers=headers, body=body)
            found = [one.text for one in ElementTree.fromstring(answer.data).iter() if one.tag.endswith("Code")]
            equal((answer.status, found), (400, ["InvalidAction"]), operation)
