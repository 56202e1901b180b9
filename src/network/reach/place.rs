//! Pure: where an instance would be: its subnet, its groups, and what is known around them.

use crate::ids::{AccountId, Region, SecurityGroupId, SubnetId};
use crate::network::{
    Acl, Addresses, Answer, Block, Endpoint, NatGateway, Reading, RouteTable, SecurityGroup, Subnet, Survey,
};

use super::finding::Finding;

/// A subnet that is known, the groups that an instance in it would have, and the VPC around them.
#[derive(Clone, Copy)]
pub(super) struct Location<'a> {
    pub(super) region: &'a Region,
    pub(super) account: &'a AccountId,
    pub(super) subnet: &'a Subnet,
    pub(super) groups: &'a [(&'a SecurityGroupId, &'a Reading<SecurityGroup>)],
    pub(super) survey: &'a Survey,
}

/// What was answered of one kind, or the finding that it was not.
pub(super) fn read<'a, T>(what: &str, answer: &'a Answer<T>) -> Result<&'a T, Finding> {
    answer.as_ref().map_err(|error| Finding::unread(what, error))
}

impl<'a> Location<'a> {
    /// What is missing is no proof where the VPC is another account's.
    pub(super) fn absent(&self, evidence: String) -> Finding {
        match &self.subnet.owner {
            Some(owner) if owner != self.account => Finding::unknown(format!(
                "{evidence}, as far as this account sees: {} is shared by {owner}",
                self.subnet.id
            )),
            Some(_) | None => Finding::no(evidence),
        }
    }

    pub(super) fn tables(&self) -> Result<impl Iterator<Item = &'a RouteTable> + use<'a>, Finding> {
        let vpc = &self.subnet.vpc;
        let tables = read("the route tables", &self.survey.route_tables)?;
        Ok(tables.iter().filter(move |table| table.vpc == *vpc))
    }

    /// The table that decides for a subnet: its own, or else the main one of the VPC.
    pub(super) fn table_of(&self, subnet: &SubnetId) -> Result<&'a RouteTable, Finding> {
        let own = self.tables()?.find(|table| table.subnets.contains(subnet));
        let main = self.tables()?.find(|table| table.main);
        own.or(main).ok_or_else(|| Finding::unknown(format!("EC2 tells of no route table of {subnet}")))
    }

    pub(super) fn nat_gateway(&self, id: &str) -> Result<Option<&'a NatGateway>, Finding> {
        let gateways = read("the NAT gateways", &self.survey.nat_gateways)?;
        Ok(gateways.iter().find(|gateway| gateway.id == id))
    }

    /// The endpoints of a service in the VPC: those whose name ends with the region and it.
    pub(super) fn endpoints(&self, service: &str) -> Result<Vec<&'a Endpoint>, Finding> {
        let ending = format!(".{}.{service}", self.region);
        let all = read("the VPC endpoints", &self.survey.endpoints)?;
        let here = all.iter().filter(|one| one.vpc == self.subnet.vpc);
        Ok(here.filter(|one| one.service.ends_with(&ending)).collect())
    }

    pub(super) fn acl_of(&self, subnet: &SubnetId) -> Result<&'a Acl, Finding> {
        let acls = read("the network ACLs", &self.survey.acls)?;
        let acl = acls.iter().find(|acl| acl.subnets.contains(subnet));
        acl.ok_or_else(|| Finding::unknown(format!("EC2 tells of no network ACL of {subnet}")))
    }

    /// The block of a subnet of the VPC.
    pub(super) fn block_of(&self, subnet: &SubnetId) -> Result<Block, Finding> {
        if *subnet == self.subnet.id {
            return parsed(self.subnet);
        }
        let subnets = read("the subnets of the VPC", &self.survey.subnets)?;
        let found = subnets.iter().find(|one| one.id == *subnet);
        found.map_or_else(|| Err(Finding::unknown(format!("EC2 does not tell of {subnet}"))), parsed)
    }

    /// A security group of the VPC, by its id.
    pub(super) fn group(&self, id: &SecurityGroupId) -> Result<&'a SecurityGroup, Finding> {
        let groups = read("the security groups of the VPC", &self.survey.groups)?;
        let found = groups.iter().find(|group| group.id == *id);
        found.ok_or_else(|| Finding::unknown(format!("EC2 does not tell of {id}")))
    }

    /// The groups that the instance would have.
    pub(super) fn own_groups(&self) -> Result<Vec<&'a SecurityGroup>, Finding> {
        let own = |(id, reading): &(&SecurityGroupId, &'a Reading<SecurityGroup>)| match reading {
            Reading::Found(group) => Ok(group),
            Reading::Missing => Err(Finding::unknown(format!("the rules of {id} are not known"))),
            Reading::Unreadable(error) => Err(Finding::unread(id.as_str(), error)),
        };
        self.groups.iter().map(own).collect()
    }

    /// The addresses of the internet, as seen from the VPC: without those that it has taken for itself.
    pub(super) fn internet(&self) -> Addresses {
        Addresses::internet().without(&self.own_blocks())
    }

    /// The addresses of the VPC: none where it could not be read.
    pub(super) fn own_blocks(&self) -> Addresses {
        let vpcs = self.survey.vpcs.as_deref().unwrap_or_default();
        let own = vpcs.iter().filter(|vpc| vpc.id == self.subnet.vpc);
        own.flat_map(|vpc| vpc.blocks.iter().copied()).collect()
    }

    /// Whether an endpoint is known to be that of a Gateway Load Balancer, and so of no service.
    pub(super) fn is_load_balancers(&self, endpoint: &str) -> bool {
        let mut all = self.survey.endpoints.iter().flatten();
        all.any(|one| one.id == endpoint && one.kind == "GatewayLoadBalancer")
    }
}

fn parsed(subnet: &Subnet) -> Result<Block, Finding> {
    subnet
        .cidr
        .parse()
        .map_err(|_| Finding::unknown(format!("{} has no IPv4 block, but `{}`", subnet.id, subnet.cidr)))
}
