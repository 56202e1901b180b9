//! EC2: subnets, security groups, and the regions that the account has switched on.

use std::collections::BTreeSet;

use aws_sdk_ec2::operation::RequestId;
use aws_sdk_ec2::types::{self, Filter};

use crate::api_error::ApiError;
use crate::aws::answer::{Answer, Unreadable, parsed_required, present, required};
use crate::aws::pages::{Page, all_pages};
use crate::aws::session::{Regional, Session};
use crate::ids::{Region, SecurityGroupId, SubnetId};
use crate::network::{NetworkSource, SecurityGroup, Subnet};

/// The most values that a filter takes (EC2 user guide, "List and filter your resources").
const FILTER_VALUES: usize = 200;
/// The largest page (botocore 1.44.5, `MaxResults` of both operations).
const PAGE: i32 = 1000;

impl NetworkSource for Session {
    async fn subnets(&self, region: &Region, ids: &BTreeSet<SubnetId>) -> Result<Vec<Subnet>, ApiError> {
        let here = self.regional(region);
        let mut found = Vec::new();
        for filter in filters("subnet-id", ids.iter().map(SubnetId::as_str)) {
            found.extend(all_pages(|token| subnet_page(&here, &filter, token)).await?);
        }
        Ok(found)
    }

    async fn security_groups(
        &self,
        region: &Region,
        ids: &BTreeSet<SecurityGroupId>,
    ) -> Result<Vec<SecurityGroup>, ApiError> {
        let here = self.regional(region);
        let mut found = Vec::new();
        for filter in filters("group-id", ids.iter().map(SecurityGroupId::as_str)) {
            found.extend(all_pages(|token| group_page(&here, &filter, token)).await?);
        }
        Ok(found)
    }
}

impl Session {
    /// The regions that the account has switched on, sorted, as `region` tells it.
    pub async fn enabled_regions(&self, region: &Region) -> Result<Vec<Region>, ApiError> {
        const OPERATION: &str = "DescribeRegions";
        let here = self.regional(region);
        let output = here.gate.read(OPERATION, || here.ec2.describe_regions().send()).await?;
        let answer = Answer::new(here.gate.site(OPERATION), output.request_id());
        let enabled: BTreeSet<Region> = output
            .regions()
            .iter()
            // AWS leaves these out unless AllRegions is set; moto 5.2.5 does not.
            .filter(|region| region.opt_in_status() != Some("not-opted-in"))
            .map(|region| parsed_required("RegionName", region.region_name()))
            .collect::<Result<_, _>>()
            .map_err(|why| answer.unreadable(why))?;
        Ok(enabled.into_iter().collect())
    }
}

/// A filter by id. Unlike the id parameters it does not fail on an id that does not exist.
fn filters<'a>(name: &'static str, ids: impl Iterator<Item = &'a str>) -> Vec<Filter> {
    let ids: Vec<String> = ids.map(str::to_owned).collect();
    ids.chunks(FILTER_VALUES)
        .map(|ids| Filter::builder().name(name).set_values(Some(ids.to_vec())).build())
        .collect()
}

async fn subnet_page<'a>(
    here: &'a Regional,
    filter: &Filter,
    token: Option<String>,
) -> Result<Page<'a, Subnet>, ApiError> {
    const OPERATION: &str = "DescribeSubnets";
    let request = here.ec2.describe_subnets().filters(filter.clone()).max_results(PAGE).set_next_token(token);
    let output = here.gate.read(OPERATION, || request.clone().send()).await?;
    let answer = Answer::new(here.gate.site(OPERATION), output.request_id());
    let entries = output.subnets().iter().map(read_subnet).collect::<Result<_, _>>();
    let entries = entries.map_err(|why| answer.unreadable(why))?;
    Ok(Page { entries, next: output.next_token, answer })
}

fn read_subnet(subnet: &types::Subnet) -> Result<Subnet, Unreadable> {
    let addresses = required("AvailableIpAddressCount", subnet.available_ip_address_count())?;
    Ok(Subnet {
        id: parsed_required("SubnetId", subnet.subnet_id())?,
        vpc: parsed_required("VpcId", subnet.vpc_id())?,
        availability_zone: required("AvailabilityZone", subnet.availability_zone())?.to_owned(),
        cidr: required("CidrBlock", cidr(subnet))?.to_owned(),
        state: required("State", subnet.state())?.as_str().to_owned(),
        // Below zero is none: moto 5.2.5 counts on past an exhausted subnet.
        free_addresses: u32::try_from(addresses).unwrap_or(0),
    })
}

/// The IPv4 block, or the IPv6 block of a subnet that has no other.
fn cidr(subnet: &types::Subnet) -> Option<&str> {
    let ipv6 = || subnet.ipv6_cidr_block_association_set().iter().find_map(|set| set.ipv6_cidr_block());
    present(subnet.cidr_block()).or_else(ipv6)
}

async fn group_page<'a>(
    here: &'a Regional,
    filter: &Filter,
    token: Option<String>,
) -> Result<Page<'a, SecurityGroup>, ApiError> {
    const OPERATION: &str = "DescribeSecurityGroups";
    let request =
        here.ec2.describe_security_groups().filters(filter.clone()).max_results(PAGE).set_next_token(token);
    let output = here.gate.read(OPERATION, || request.clone().send()).await?;
    let answer = Answer::new(here.gate.site(OPERATION), output.request_id());
    let entries = output.security_groups().iter().map(read_group).collect::<Result<_, _>>();
    let entries = entries.map_err(|why| answer.unreadable(why))?;
    Ok(Page { entries, next: output.next_token, answer })
}

fn read_group(group: &types::SecurityGroup) -> Result<SecurityGroup, Unreadable> {
    Ok(SecurityGroup {
        id: parsed_required("GroupId", group.group_id())?,
        name: required("GroupName", group.group_name())?.to_owned(),
        vpc: parsed_required("VpcId", group.vpc_id())?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api_error::ApiErrorKind;
    use crate::aws::loopback::{Loopback, Reply, here};

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
            <availableIpAddressCount>251</availableIpAddressCount>";
        let overdrawn = "<subnetId>subnet-2</subnetId><cidrBlock>10.0.1.0/28</cidrBlock>\
            <availableIpAddressCount>-12</availableIpAddressCount>";
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
        };
        assert_eq!(found[0], first);
        assert_eq!((found.len(), found[1].free_addresses), (2, 0));
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
            <groupName>notebooks</groupName><vpcId>vpc-1</vpcId></item></securityGroupInfo>\
            </DescribeSecurityGroupsResponse>";
        let server = Loopback::serving([Reply::xml(200, body)]).await;
        let found =
            server.session().security_groups(&here(), &["sg-1".parse().unwrap()].into()).await.unwrap();
        let (id, name, vpc) = ("sg-1".parse().unwrap(), "notebooks".to_owned(), "vpc-1".parse().unwrap());
        assert_eq!(found, [SecurityGroup { id, name, vpc }]);
        assert!(server.requests()[0].body.contains("Filter.1.Name=group-id&Filter.1.Value.1=sg-1"));
    }

    #[tokio::test]
    async fn regions_come_sorted_and_without_those_that_are_switched_off() {
        let item = |name: &str, status: &str| {
            format!("<item><regionName>{name}</regionName><optInStatus>{status}</optInStatus></item>")
        };
        let items = item("us-east-1", "opt-in-not-required")
            + &item("af-south-1", "not-opted-in")
            + &item("ap-east-1", "opted-in");
        let body =
            format!("<DescribeRegionsResponse><regionInfo>{items}</regionInfo></DescribeRegionsResponse>");
        let server = Loopback::serving([Reply::xml(200, &body)]).await;
        let regions = server.session().enabled_regions(&here()).await.unwrap();
        assert_eq!(regions, ["ap-east-1", "us-east-1"].map(|name| name.parse().unwrap()));
    }
}
