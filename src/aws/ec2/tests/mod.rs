//! EC2 on the wire: what is asked for, and how it is read.

mod worlds;

use std::collections::BTreeSet;

use super::*;
use crate::api_error::ApiErrorKind;
use crate::aws::loopback::{Loopback, Reply, here};
use crate::network::Via;

fn subnet(members: &str) -> String {
    format!(
        "<item><vpcId>vpc-1</vpcId><availabilityZone>eu-west-1a</availabilityZone>\
         <state>available</state>{members}</item>"
    )
}

fn subnets(items: &[String], token: &str) -> Reply {
    let items = items.concat();
    Reply::xml(
        200,
        &format!(
            "<DescribeSubnetsResponse><subnetSet>{items}</subnetSet><nextToken>{token}</nextToken>\
             </DescribeSubnetsResponse>"
        ),
    )
}

#[tokio::test]
async fn subnets_are_asked_for_by_filter_and_read_over_all_pages() {
    let whole = "<subnetId>subnet-1</subnetId><cidrBlock>10.0.0.0/24</cidrBlock>\
        <availableIpAddressCount>251</availableIpAddressCount><ipv6CidrBlockAssociationSet><item>\
        <ipv6CidrBlock>2001:db8::/64</ipv6CidrBlock><ipv6CidrBlockState><state>associated</state>\
        </ipv6CidrBlockState></item></ipv6CidrBlockAssociationSet>";
    let overdrawn = "<subnetId>subnet-2</subnetId><cidrBlock>10.0.1.0/28</cidrBlock>\
        <availableIpAddressCount>-12</availableIpAddressCount><ipv6CidrBlockAssociationSet><item>\
        <ipv6CidrBlock>2001:db8::/64</ipv6CidrBlock><ipv6CidrBlockState><state>disassociating</state>\
        </ipv6CidrBlockState></item></ipv6CidrBlockAssociationSet>";
    let pages = [subnets(&[subnet(whole)], "1"), subnets(&[], "2"), subnets(&[subnet(overdrawn)], "")];
    let server = Loopback::serving(pages).await;
    let wanted = ["subnet-1", "subnet-2", "subnet-gone"].map(|id| id.parse().unwrap()).into();
    let found = server.session().subnets(&here(), &wanted).await.unwrap();
    let first = Subnet {
        id: "subnet-1".parse().unwrap(),
        vpc: "vpc-1".parse().unwrap(),
        availability_zone: "eu-west-1a".to_owned(),
        cidr: "10.0.0.0/24".to_owned(),
        state: "available".to_owned(),
        free_addresses: 251,
        has_ipv6: true,
        ipv6_native: false,
        outpost: None,
        kind: None,
        owner: None,
        block_public_access: None,
    };
    assert_eq!(found[0], first);
    assert_eq!((found.len(), found[1].free_addresses, found[1].has_ipv6), (2, 0, false));
    let body = &server.requests()[0].body;
    assert!(
        body.contains("Filter.1.Name=subnet-id&Filter.1.Value.1=subnet-1&Filter.1.Value.2=subnet-2"),
        "{body}"
    );
}

#[tokio::test]
async fn nothing_wanted_is_no_call_and_many_are_asked_for_in_parts() {
    let server = Loopback::serving(vec![subnets(&[], ""); 3]).await;
    let session = server.session();
    assert_eq!(session.subnets(&here(), &BTreeSet::new()).await, Ok(vec![]));
    assert_eq!(session.security_groups(&here(), &BTreeSet::new()).await, Ok(vec![]));
    assert_eq!(server.requests(), []);
    let many = (0..401).map(|n| format!("subnet-{n:04}").parse().unwrap()).collect();
    assert_eq!(session.subnets(&here(), &many).await, Ok(vec![]));
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_subnet_has_the_block_public_access_that_ec2_tells_of_it() {
    let item = |told: &str| {
        let states = format!("<blockPublicAccessStates>{told}</blockPublicAccessStates>");
        subnet(&format!(
            "<subnetId>subnet-1</subnetId><cidrBlock>10.0.0.0/24</cidrBlock><availableIpAddressCount>9\
             </availableIpAddressCount>{states}"
        ))
    };
    let mode = |mode: &str| item(&format!("<internetGatewayBlockMode>{mode}</internetGatewayBlockMode>"));
    let items =
        [mode("off"), mode("block-ingress"), mode("block-bidirectional"), mode("block-some"), item("")];
    let server = Loopback::serving([subnets(&items, "")]).await;
    let found = server.session().subnets(&here(), &["subnet-1".parse().unwrap()].into()).await.unwrap();
    let told: Vec<Option<&str>> = found.iter().map(|one| one.block_public_access.as_deref()).collect();
    let expected = ["off", "block-ingress", "block-bidirectional", "block-some"].map(Some);
    assert_eq!(told, [expected.as_slice(), &[None]].concat());
}

#[tokio::test]
async fn every_target_that_a_route_can_have_is_told_by_its_kind() {
    // Every member of `Route` that is a target (botocore 1.44.5), and what it is to be called.
    let targets = [
        ("carrierGatewayId", "cagw-1", Via::Elsewhere("carrier gateway", "cagw-1".to_owned())),
        ("coreNetworkArn", "arn:1", Via::Elsewhere("core network", "arn:1".to_owned())),
        (
            "egressOnlyInternetGatewayId",
            "eigw-1",
            Via::Elsewhere("egress-only internet gateway", "eigw-1".to_owned()),
        ),
        ("gatewayId", "local", Via::Local),
        ("gatewayId", "igw-1", Via::InternetGateway("igw-1".to_owned())),
        ("gatewayId", "vgw-1", Via::Elsewhere("virtual private gateway", "vgw-1".to_owned())),
        ("gatewayId", "vpce-1", Via::Endpoint("vpce-1".to_owned())),
        ("gatewayId", "new-1", Via::Elsewhere("gateway", "new-1".to_owned())),
        ("instanceId", "i-1", Via::Elsewhere("instance", "i-1".to_owned())),
        ("ipAddress", "10.0.0.9", Via::Elsewhere("next hop of a route server", "10.0.0.9".to_owned())),
        ("localGatewayId", "lgw-1", Via::Elsewhere("local gateway", "lgw-1".to_owned())),
        ("natGatewayId", "nat-1", Via::Nat("nat-1".to_owned())),
        ("networkInterfaceId", "eni-1", Via::Elsewhere("network interface", "eni-1".to_owned())),
        ("odbNetworkArn", "arn:2", Via::Elsewhere("Oracle database network", "arn:2".to_owned())),
        ("transitGatewayId", "tgw-1", Via::Elsewhere("transit gateway", "tgw-1".to_owned())),
        ("vpcPeeringConnectionId", "pcx-1", Via::Elsewhere("VPC peering", "pcx-1".to_owned())),
    ];
    let route = |(member, id, _): &(&str, &str, Via)| {
        format!(
            "<item><destinationCidrBlock>10.0.0.0/8</destinationCidrBlock><{member}>{id}</{member}>\
             <state>active</state></item>"
        )
    };
    let routes: String = targets.iter().map(route).collect();
    let body = format!(
        "<DescribeRouteTablesResponse><routeTableSet><item><routeTableId>rtb-1</routeTableId><vpcId>vpc-1\
         </vpcId><routeSet>{routes}</routeSet></item></routeTableSet></DescribeRouteTablesResponse>"
    );
    let server = Loopback::serving([Reply::xml(200, &body)]).await;
    let (session, filters) = (server.session(), filters("vpc-id", std::iter::once("vpc-1")));
    let found = routes::route_tables(&session.regional(&here()), filters).await.unwrap();
    let told: Vec<&Via> = found[0].routes.iter().map(|route| &route.via).collect();
    assert_eq!(told, targets.iter().map(|(_, _, via)| via).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_subnet_without_a_member_is_unreadable_and_one_of_ipv6_only_is_not() {
    let missing = "<subnetId>subnet-1</subnetId><cidrBlock>10.0.0.0/24</cidrBlock>";
    let server = Loopback::serving([subnets(&[subnet(missing)], "")]).await;
    let wanted = ["subnet-1".parse().unwrap()].into();
    let error = server.session().subnets(&here(), &wanted).await.unwrap_err();
    assert_eq!(error.kind, ApiErrorKind::Unreadable);
    assert_eq!(error.message, "the answer has no AvailableIpAddressCount");

    let native = "<subnetId>subnet-1</subnetId><availableIpAddressCount>0</availableIpAddressCount>\
        <ipv6CidrBlockAssociationSet><item><ipv6CidrBlock>2001:db8::/64</ipv6CidrBlock></item>\
        </ipv6CidrBlockAssociationSet>";
    let server = Loopback::serving([subnets(&[subnet(native)], "")]).await;
    assert_eq!(server.session().subnets(&here(), &wanted).await.unwrap()[0].cidr, "2001:db8::/64");
}

#[tokio::test]
async fn security_groups_are_read_with_their_vpc() {
    let body = "<DescribeSecurityGroupsResponse><securityGroupInfo><item><groupId>sg-1</groupId>\
        <groupName>notebooks</groupName><groupDescription>for all</groupDescription><vpcId>vpc-1</vpcId></item></securityGroupInfo>\
        </DescribeSecurityGroupsResponse>";
    let server = Loopback::serving([Reply::xml(200, body)]).await;
    let found = server.session().security_groups(&here(), &["sg-1".parse().unwrap()].into()).await.unwrap();
    let (id, name, vpc) = ("sg-1".parse().unwrap(), "notebooks".to_owned(), "vpc-1".parse().unwrap());
    let description = "for all".to_owned();
    assert_eq!(found, [SecurityGroup { id, name, description, vpc, egress: vec![], ingress: vec![] }]);
    assert!(server.requests()[0].body.contains("Filter.1.Name=group-id&Filter.1.Value.1=sg-1"));
}

#[tokio::test]
async fn groups_of_load_balancers_are_found_by_what_their_interfaces_are_called() {
    let groups = |ids: &[&str]| -> String {
        ids.iter().map(|id| format!("<item><groupId>{id}</groupId></item>")).collect()
    };
    let item = |ids: &[&str]| format!("<item><groupSet>{}</groupSet></item>", groups(ids));
    let items = item(&["sg-2", "sg-1"]) + &item(&["sg-1"]) + &item(&[]);
    let body = format!(
        "<DescribeNetworkInterfacesResponse><networkInterfaceSet>{items}</networkInterfaceSet>\
         </DescribeNetworkInterfacesResponse>"
    );
    let server = Loopback::serving([Reply::xml(200, &body)]).await;
    let found = server.session().load_balancer_groups(&here()).await.unwrap();
    assert_eq!(found, ["sg-1", "sg-2"].map(|id| id.parse().unwrap()).into());
    let body = &server.requests()[0].body;
    assert!(body.contains("Filter.1.Name=description&Filter.1.Value.1=ELB%20%2A"), "{body}");
}

#[tokio::test]
async fn regions_come_sorted_and_without_those_that_are_switched_off() {
    let item = |name: &str, status: &str| {
        format!("<item><regionName>{name}</regionName><optInStatus>{status}</optInStatus></item>")
    };
    let items = item("us-east-1", "opt-in-not-required")
        + &item("af-south-1", "not-opted-in")
        + &item("ap-east-1", "opted-in");
    let body = format!("<DescribeRegionsResponse><regionInfo>{items}</regionInfo></DescribeRegionsResponse>");
    let server = Loopback::serving([Reply::xml(200, &body)]).await;
    let regions = server.session().enabled_regions(&here()).await.unwrap();
    assert_eq!(regions, ["ap-east-1", "us-east-1"].map(|name| name.parse().unwrap()));
}

#[tokio::test]
async fn nat_gateways_are_filtered_in_the_singular_and_route_tables_come_in_pages_of_a_hundred() {
    let body = "<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>";
    let server = Loopback::serving(vec![Reply::xml(200, body); 11]).await;
    let (session, vpcs) = (server.session(), ["vpc-1", "vpc-2"].map(|id| id.parse().unwrap()).into());
    let survey = session.survey(&here(), &vpcs).await;
    // Each is answered as DescribeVpcs is: what is no answer to it is an error in its place.
    assert!(survey.vpcs == Ok(vec![]) && survey.nat_gateways.is_err() && survey.acls.is_err());
    let bodies: Vec<String> = server.requests().into_iter().map(|request| request.body).collect();
    // Two VPCs: seven listings of both, and two attributes of each.
    assert_eq!(bodies.len(), 7 + 2 * 2);
    let of = |operation: &str| bodies.iter().find(|body| body.contains(operation)).unwrap();
    let both = "Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-1&Filter.1.Value.2=vpc-2";
    assert!(of("DescribeNatGateways").contains(both), "{bodies:?}");
    assert!(
        of("DescribeRouteTables").contains("MaxResults=100&")
            || of("DescribeRouteTables").ends_with("MaxResults=100")
    );
}

#[tokio::test]
async fn an_endpoint_is_available_in_whatever_case_and_private_dns_for_those_outside_is_none() {
    let item = |state: &str, inbound: bool| {
        format!(
            "<item><vpcEndpointId>vpce-1</vpcEndpointId><vpcEndpointType>Interface</vpcEndpointType>\
             <vpcId>vpc-1</vpcId><serviceName>com.amazonaws.eu-west-1.s3</serviceName><state>{state}</state>\
             <privateDnsEnabled>true</privateDnsEnabled><dnsOptions><privateDnsOnlyForInboundResolverEndpoint>\
             {inbound}</privateDnsOnlyForInboundResolverEndpoint></dnsOptions></item>"
        )
    };
    let items = item("available", false) + &item("Available", true) + &item("PendingAcceptance", false);
    let body = format!(
        "<DescribeVpcEndpointsResponse><vpcEndpointSet>{items}</vpcEndpointSet></DescribeVpcEndpointsResponse>"
    );
    let server = Loopback::serving([Reply::xml(200, &body)]).await;
    let session = server.session();
    let filters = filters("vpc-id", std::iter::once("vpc-1"));
    let found = endpoints::endpoints(&session.regional(&here()), filters).await.unwrap();
    let told: Vec<(&str, bool)> = found.iter().map(|one| (one.state.as_str(), one.private_dns)).collect();
    assert_eq!(told, [("available", true), ("available", false), ("pendingacceptance", true)]);
}

#[tokio::test]
async fn a_rule_that_cannot_be_read_makes_its_groups_unreadable_and_not_closed() {
    let group = |rule: &str| {
        let body = format!(
            "<DescribeSecurityGroupsResponse><securityGroupInfo><item><groupId>sg-1</groupId><groupName>n\
             </groupName><vpcId>vpc-1</vpcId><ipPermissionsEgress><item>{rule}</item></ipPermissionsEgress></item>\
             </securityGroupInfo></DescribeSecurityGroupsResponse>"
        );
        Reply::xml(200, &body)
    };
    let all = "<ipProtocol>6</ipProtocol><ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges>";
    let odd = "<ipProtocol>tcp</ipProtocol><ipRanges><item><cidrIp>everywhere</cidrIp></item></ipRanges>";
    let server = Loopback::serving([group(all), group(odd)]).await;
    let (session, wanted) = (server.session(), ["sg-1".parse().unwrap()].into());
    let found = session.security_groups(&here(), &wanted).await.unwrap();
    let traffic = crate::network::Traffic::Tcp(0, u16::MAX);
    assert_eq!(found[0].egress[0].traffic, traffic, "a protocol by number, and all its ports");
    let error = session.security_groups(&here(), &wanted).await.unwrap_err();
    assert_eq!((error.kind, error.message.contains("CidrIp")), (ApiErrorKind::Unreadable, true));
}
