//! Descriptions of a small network.

mod small_network;

use super::*;
use crate::sandbox::testing::{Ask, world};
use small_network::network;

fn ask() -> Ask {
    let mut ask = Ask::of(world());
    ask.site().network = network();
    ask
}

/// The ids in an answer: the texts of one element, in their order.
fn texts<'a>(answer: &'a str, element: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    answer.split(&open).skip(1).filter_map(|rest| rest.split(&close).next()).collect()
}

fn filtered(operation: &str, filter: &str, value: &str, element: &str) -> Vec<String> {
    let answer = ask().form(operation, &[("Filter.1.Name", filter), ("Filter.1.Value.1", value)]).unwrap();
    texts(&answer, element).into_iter().map(str::to_owned).collect()
}

fn code(operation: &str, parameters: &[(&str, &str)]) -> String {
    ask().form(operation, parameters).unwrap_err().code
}

#[test]
fn every_listing_answers_without_parameters() {
    for listing in &LISTINGS {
        let answer = ask().form(listing.operation, &[]).unwrap();
        assert!(answer.contains(&format!("<{}>", listing.set)), "{answer}");
    }
}

#[test]
fn a_dry_run_changes_nothing_but_the_answer() {
    for listing in &LISTINGS {
        let error = ask().form(listing.operation, &[("DryRun", "true")]).unwrap_err();
        assert_eq!((error.status, error.code.as_str()), (412, "DryRunOperation"), "{}", listing.operation);
    }
}

#[test]
fn keys_and_filters_of_every_listing_are_members_of_its_answers() {
    for listing in &LISTINGS {
        let answer = ask().form(listing.operation, &[]).unwrap();
        for path in listing.key.iter().chain(listing.ids.iter().map(|ids| &ids.path)) {
            let last = path.rsplit('/').next().unwrap();
            assert!(answer.contains(&format!("<{last}>")), "{}: {path}", listing.operation);
        }
    }
}

#[test]
fn a_subnet_tells_its_own_state_of_block_public_access_and_else_that_of_its_vpc() {
    for (vpc, own, expected) in [
        ("off", None, "off"),
        ("block-bidirectional", None, "block-bidirectional"),
        ("block-bidirectional", Some("block-ingress"), "block-ingress"),
        ("off", Some("block-bidirectional"), "block-bidirectional"),
    ] {
        let mut asked = ask();
        let network = &mut asked.site().network;
        network.vpcs.get_mut("vpc-1").unwrap().block_public_access = vpc.to_owned();
        network.subnets.get_mut("subnet-1").unwrap().block_public_access = own.map(str::to_owned);
        let answer = asked.form("DescribeSubnets", &[("SubnetId.1", "subnet-1")]).unwrap();
        assert_eq!(texts(&answer, "internetGatewayBlockMode"), [expected]);
        let answer = asked.form("DescribeVpcs", &[("VpcId.1", "vpc-1")]).unwrap();
        assert_eq!(texts(&answer, "internetGatewayBlockMode"), [vpc]);
    }
}

#[test]
fn filters_look_at_what_their_name_says() {
    for (operation, filter, value, element, expected) in [
        ("DescribeVpcs", "is-default", "true", "vpcId", &["vpc-2"][..]),
        ("DescribeVpcs", "tag:Name", "vpc-?", "vpcId", &["vpc-1", "vpc-2"]),
        ("DescribeVpcs", "tag-key", "Owner", "vpcId", &[]),
        ("DescribeSubnets", "vpc-id", "vpc-1", "subnetId", &["subnet-1", "subnet-2"]),
        ("DescribeSubnets", "availability-zone-id", "use1-az2", "subnetId", &["subnet-2"]),
        ("DescribeSubnets", "subnet-id", "subnet-none", "subnetId", &[]),
        (
            "DescribeSecurityGroups",
            "vpc-id",
            "vpc-2",
            "securityGroupArn",
            &["arn:aws:ec2:us-east-1:111111111111:security-group/sg-2"],
        ),
        ("DescribeNatGateways", "state", "available", "natGatewayId", &["nat-1"]),
        ("DescribeVpcEndpoints", "vpc-endpoint-state", "available", "vpcEndpointId", &["vpce-1", "vpce-2"]),
        ("DescribeVpcEndpoints", "service-name", "*sagemaker*", "vpcEndpointId", &["vpce-2"]),
        ("DescribeNetworkAcls", "association.subnet-id", "subnet-1", "default", &["true"]),
        ("DescribeNetworkInterfaces", "group-id", "sg-1", "networkInterfaceId", &["eni-1"]),
        ("DescribeAvailabilityZones", "zone-type", "local-zone", "zoneName", &["us-east-1-bos-1a"]),
        ("DescribeRegions", "region-name", "us-*", "regionName", &["us-east-1"]),
    ] {
        assert_eq!(filtered(operation, filter, value, element), expected, "{operation} {filter}={value}");
    }
}

#[test]
fn a_subnet_under_the_main_route_table_is_never_listed_as_associated() {
    let by = |filter: &str, value: &str| {
        let answer = ask()
            .form("DescribeRouteTables", &[("Filter.1.Name", filter), ("Filter.1.Value.1", value)])
            .unwrap();
        let ids = texts(&answer, "routeTableId").into_iter().map(str::to_owned);
        ids.collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    };
    assert_eq!(by("association.subnet-id", "subnet-2"), ["rtb-2"]);
    assert_eq!(by("association.subnet-id", "subnet-1"), [""; 0]);
    assert_eq!(by("association.main", "true"), ["rtb-1"]);
    assert_eq!(by("route.nat-gateway-id", "nat-1"), ["rtb-1", "rtb-2"]);
}

#[test]
fn several_filters_narrow_and_several_values_widen() {
    let parameters = [
        ("Filter.1.Name", "vpc-id"),
        ("Filter.1.Value.1", "vpc-1"),
        ("Filter.2.Name", "subnet-id"),
        ("Filter.2.Value.1", "subnet-2"),
        ("Filter.2.Value.2", "subnet-3"),
    ];
    let answer = ask().form("DescribeSubnets", &parameters).unwrap();
    assert_eq!(texts(&answer, "subnetId"), ["subnet-2"]);
}

#[test]
fn what_the_operation_does_not_know_is_refused() {
    let filter = [("Filter.1.Name", "colour"), ("Filter.1.Value.1", "red")];
    let error = ask().form("DescribeSubnets", &filter).unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.message.as_str()),
        ("InvalidParameterValue", "The filter 'colour' is invalid")
    );
    assert_eq!(
        code("DescribeRegions", &[("Filter.1.Name", "tag:x"), ("Filter.1.Value.1", "y")]),
        "InvalidParameterValue"
    );
    assert_eq!(code("DescribeSubnets", &[("Filter.1.Value.1", "y")]), "InvalidParameterValue");
    assert_eq!(code("DescribeSubnets", &[("Subnet.1", "subnet-1")]), "UnknownParameter");
    assert_eq!(code("DescribeRegions", &[("MaxResults", "5")]), "UnknownParameter");
    assert_eq!(code("RunInstances", &[]), "InvalidAction");
    let many: Vec<(String, String)> =
        (1..=201).map(|n| (format!("Filter.1.Value.{n}"), format!("subnet-{n}"))).collect();
    let many = many.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let many: Vec<_> = [("Filter.1.Name", "subnet-id")].into_iter().chain(many).collect();
    assert_eq!(code("DescribeSubnets", &many), "FilterLimitExceeded");
}

#[test]
fn ids_must_exist_and_have_their_form() {
    let error =
        ask().form("DescribeSubnets", &[("SubnetId.1", "subnet-1"), ("SubnetId.2", "subnet-x")]).unwrap_err();
    assert_eq!(error.message, "The subnet ID 'subnet-x' does not exist");
    let error = ask().form("DescribeSecurityGroups", &[("GroupId.1", "sg-x")]).unwrap_err();
    assert_eq!(error.message, "The security group 'sg-x' does not exist");
    for (operation, parameter, id, expected) in [
        ("DescribeSubnets", "SubnetId.1", "subnet-x", "InvalidSubnetID.NotFound"),
        ("DescribeSubnets", "SubnetId.1", "sub-x", "InvalidSubnetID.Malformed"),
        ("DescribeSecurityGroups", "GroupId.1", "sg-x", "InvalidGroup.NotFound"),
        ("DescribeSecurityGroups", "GroupName.1", "name of sg-1", "InvalidGroup.NotFound"),
        ("DescribeVpcs", "VpcId.1", "vpc-x", "InvalidVpcID.NotFound"),
        ("DescribeRouteTables", "RouteTableId.1", "rtb-x", "InvalidRouteTableID.NotFound"),
        ("DescribeNatGateways", "NatGatewayId.1", "nat-x", "NatGatewayNotFound"),
        ("DescribeVpcEndpoints", "VpcEndpointId.1", "vpce-x", "InvalidVpcEndpointId.NotFound"),
        ("DescribeNetworkInterfaces", "NetworkInterfaceId.1", "eni-x", "InvalidNetworkInterfaceID.NotFound"),
        ("DescribeRegions", "RegionName.1", "mars-north-1", "InvalidParameterValue"),
    ] {
        assert_eq!(code(operation, &[(parameter, id)]), expected, "{operation} {id}");
    }
    let by_name = ask().form("DescribeSecurityGroups", &[("GroupName.1", "name of sg-2")]).unwrap();
    assert!(by_name.contains("<groupName>name of sg-2</groupName>"), "{by_name}");
}

#[test]
fn pages_have_their_limits_and_lead_on() {
    for (operation, most, message) in [
        ("DescribeSubnets", "4", "Expecting a value greater than or equal to 5."),
        ("DescribeSubnets", "1001", "Expecting a value less than or equal to 1000."),
        ("DescribeRouteTables", "101", "Expecting a value less than or equal to 100."),
        ("DescribeVpcEndpoints", "0", "Expecting a value greater than or equal to 1."),
    ] {
        let error = ask().form(operation, &[("MaxResults", most)]).unwrap_err();
        assert_eq!(error.code, "InvalidParameterValue");
        assert!(error.message.ends_with(message), "{}", error.message);
    }
    assert_eq!(code("DescribeSubnets", &[("MaxResults", "many")]), "InvalidParameterValue");
    assert_eq!(code("DescribeSubnets", &[("NextToken", "garbage")]), "InvalidNextToken");
    let both = [("MaxResults", "5"), ("NetworkInterfaceId.1", "eni-1")];
    assert_eq!(code("DescribeNetworkInterfaces", &both), "InvalidParameterCombination");

    let mut ask = ask();
    let first = ask.form("DescribeInstanceTypeOfferings", &[("MaxResults", "5")]).unwrap();
    let token = texts(&first, "nextToken")[0].to_owned();
    let second =
        ask.form("DescribeInstanceTypeOfferings", &[("MaxResults", "5"), ("NextToken", &token)]).unwrap();
    assert!(texts(&first, "instanceType").last() < texts(&second, "instanceType").first());
    assert_eq!(texts(&second, "instanceType").len(), 5);
    assert_eq!(ask.form("DescribeVpcs", &[("NextToken", &token)]).unwrap_err().code, "InvalidNextToken");
}

#[test]
fn a_vpc_tells_one_attribute_at_a_time() {
    let attribute =
        |name: &str| ask().form("DescribeVpcAttribute", &[("VpcId", "vpc-1"), ("Attribute", name)]);
    let value = |name: &str| format!("<vpcId>vpc-1</vpcId><{name}><value>");
    assert!(attribute("enableDnsSupport").unwrap().contains(&(value("enableDnsSupport") + "true")));
    assert!(attribute("enableDnsHostnames").unwrap().contains(&(value("enableDnsHostnames") + "false")));
    assert_eq!(attribute("colour").unwrap_err().code, "InvalidParameterValue");
    assert_eq!(code("DescribeVpcAttribute", &[("VpcId", "vpc-1")]), "MissingParameter");
    let missing = [("VpcId", "vpc-x"), ("Attribute", "enableDnsSupport")];
    assert_eq!(code("DescribeVpcAttribute", &missing), "InvalidVpcID.NotFound");
}

#[test]
fn regions_are_those_of_the_account_and_others_only_on_request() {
    let names = |parameters: &[(&str, &str)]| ask().form("DescribeRegions", parameters).unwrap();
    assert_eq!(texts(&names(&[]), "regionName"), ["us-east-1"]);
    let all = names(&[("AllRegions", "true")]);
    assert_eq!(texts(&all, "optInStatus").iter().filter(|status| **status == "not-opted-in").count(), 13);
    assert_eq!(texts(&names(&[("RegionName.1", "af-south-1")]), "optInStatus"), ["not-opted-in"]);
}

#[test]
fn an_endpoint_is_of_the_domain_of_its_partition() {
    let mut ask = ask();
    let account = ask.world.accounts.get_mut(&ask.account).unwrap();
    account.sites.insert("cn-north-1".parse().unwrap(), Default::default());
    let answer = ask.form("DescribeRegions", &[]).unwrap();
    let expected = ["ec2.cn-north-1.amazonaws.com.cn", "ec2.us-east-1.amazonaws.com"];
    assert_eq!(texts(&answer, "regionEndpoint"), expected);
}

#[test]
fn rules_of_one_protocol_and_ports_are_one_permission() {
    let groups = ask().form("DescribeSecurityGroups", &[("GroupId.1", "sg-1")]).unwrap();
    let egress = texts(&groups, "ipPermissionsEgress")[0];
    assert_eq!(texts(egress, "ipProtocol"), ["-1", "tcp", "icmp"]);
    assert_eq!(texts(egress, "fromPort"), ["443", "-1"], "all traffic has no ports");
}

#[test]
fn what_is_made_says_when_and_always_the_same() {
    for (operation, element, count) in
        [("DescribeNatGateways", "createTime", 1), ("DescribeVpcEndpoints", "creationTimestamp", 2)]
    {
        let (first, second) = (ask().form(operation, &[]).unwrap(), ask().form(operation, &[]).unwrap());
        let times = texts(&first, element);
        assert_eq!((times.len(), &times), (count, &texts(&second, element)), "{operation}");
        assert!(times.iter().all(|time| ("2021".."2025").contains(time) && time.ends_with('Z')), "{times:?}");
    }
}

#[test]
fn a_call_has_so_many_filters_and_ids_and_no_more() {
    let mut ask = Ask::of(world());
    let mut code = |names: &[String], value: &str| {
        let parameters: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), value)).collect();
        ask.form("DescribeVpcs", &parameters).err().map(|error| error.code)
    };
    let filters = |count: usize| (1..=count).map(|n| format!("Filter.{n}.Name")).collect::<Vec<_>>();
    assert_eq!(code(&filters(200), "vpc-id"), None);
    // Far more than one body can hold of the shortest.
    for count in [201, 40_000] {
        assert_eq!(code(&filters(count), "vpc-id").as_deref(), Some("FilterLimitExceeded"), "{count}");
    }
    let ids = |count: usize| (1..=count).map(|n| format!("VpcId.{n}")).collect::<Vec<_>>();
    assert_eq!(code(&ids(1000), "vpc-1").as_deref(), Some("InvalidVpcID.NotFound"));
    assert_eq!(code(&ids(1001), "vpc-1").as_deref(), Some("InvalidParameterValue"));
}
