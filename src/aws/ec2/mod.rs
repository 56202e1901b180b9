//! EC2: networks, and the regions that the account has switched on.

mod acls;
mod endpoints;
mod groups;
mod interfaces;
mod listing;
mod offerings;
mod regions;
mod routes;
#[cfg(test)]
mod tests;
mod vpcs;

use std::collections::BTreeSet;

use crate::api_error::ApiError;
use crate::aws::session::Session;
use crate::ids::{Region, SecurityGroupId, SubnetId, VpcId};
use crate::network::{Names, NetworkSource, Offerings, SecurityGroup, Subnet, Survey, Zone};

use listing::filters;

impl NetworkSource for Session {
    async fn subnets(&self, region: &Region, ids: &BTreeSet<SubnetId>) -> Result<Vec<Subnet>, ApiError> {
        vpcs::subnets(&self.regional(region), filters("subnet-id", ids.iter().map(SubnetId::as_str))).await
    }

    async fn security_groups(
        &self,
        region: &Region,
        ids: &BTreeSet<SecurityGroupId>,
    ) -> Result<Vec<SecurityGroup>, ApiError> {
        let filters = filters("group-id", ids.iter().map(SecurityGroupId::as_str));
        groups::security_groups(&self.regional(region), filters).await
    }

    async fn zones(&self, region: &Region) -> Result<Vec<Zone>, ApiError> {
        vpcs::zones(&self.regional(region)).await
    }

    async fn offerings(&self, region: &Region, types: &BTreeSet<String>) -> Result<Offerings, ApiError> {
        let filters = filters("instance-type", types.iter().map(String::as_str));
        let mut all = Offerings::new();
        for (kind, zone) in offerings::by_zone(&self.regional(region), filters).await? {
            all.entry(kind).or_default().insert(zone);
        }
        Ok(all)
    }

    async fn names(&self, region: &Region) -> Result<Names, ApiError> {
        let here = self.regional(region);
        let state = || filters("state", ["available"].into_iter());
        let (vpcs, subnets) =
            futures_util::join!(vpcs::vpc_names(&here, state()), vpcs::subnet_names(&here, state()));
        let subnets = subnets?.into_iter().filter_map(|(id, name)| Some((id, name?)));
        Ok(Names { vpcs: vpcs?.into_iter().collect(), subnets: subnets.collect() })
    }

    async fn load_balancer_groups(&self, region: &Region) -> Result<BTreeSet<SecurityGroupId>, ApiError> {
        let here = self.regional(region);
        let groups = interfaces::groups_of_interfaces(&here, interfaces::of_load_balancers()).await?;
        Ok(groups.into_iter().flatten().collect())
    }

    async fn survey(&self, region: &Region, vpcs: &BTreeSet<VpcId>) -> Survey {
        let here = self.regional(region);
        let of_vpcs = || filters("vpc-id", vpcs.iter().map(VpcId::as_str));
        let (vpcs, subnets, groups, route_tables, nat_gateways, endpoints, acls, dns) = futures_util::join!(
            vpcs::vpcs(&here, of_vpcs()),
            vpcs::subnets(&here, of_vpcs()),
            groups::security_groups(&here, of_vpcs()),
            routes::route_tables(&here, of_vpcs()),
            routes::nat_gateways(&here, of_vpcs()),
            endpoints::endpoints(&here, of_vpcs()),
            acls::acls(&here, of_vpcs()),
            vpcs::dns(&here, vpcs),
        );
        Survey { vpcs, subnets, groups, route_tables, nat_gateways, endpoints, acls, dns }
    }
}
