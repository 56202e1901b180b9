//! Which regions are enabled in the account.

use std::collections::BTreeSet;

use aws_sdk_ec2::operation::RequestId;

use crate::api_error::ApiError;
use crate::aws::answer::{Answer, parsed_required};
use crate::aws::session::Session;
use crate::ids::Region;

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
