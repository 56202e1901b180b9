//! In which availability zones EC2 has which instance types.

use aws_sdk_ec2::operation::RequestId;
use aws_sdk_ec2::types::{Filter, InstanceTypeOffering, LocationType};

use crate::api_error::ApiError;
use crate::aws::answer::{Answer, Unreadable, required};
use crate::aws::pages::{Page, all_pages};
use crate::aws::session::Regional;

/// The largest page (botocore 1.44.5).
const PAGE: i32 = 1000;

/// Every instance type that passes the filters, with each zone that has it.
pub(super) async fn by_zone(
    here: &Regional,
    filters: Vec<Filter>,
) -> Result<Vec<(String, String)>, ApiError> {
    const OPERATION: &str = "DescribeInstanceTypeOfferings";
    let fetch = async |filter: &Filter, token: Option<String>| {
        let request = here
            .ec2
            .describe_instance_type_offerings()
            .location_type(LocationType::AvailabilityZone)
            .filters(filter.clone())
            .max_results(PAGE)
            .set_next_token(token);
        let output = here.gate.read(OPERATION, || request.clone().send()).await?;
        let answer = Answer::new(here.gate.site(OPERATION), output.request_id());
        let entries = output.instance_type_offerings().iter().map(read).collect::<Result<_, _>>();
        let entries = entries.map_err(|why| answer.unreadable(why))?;
        Ok(Page { entries, next: output.next_token, answer })
    };
    let mut found = Vec::new();
    for filter in filters {
        found.extend(all_pages(|token| fetch(&filter, token)).await?);
    }
    Ok(found)
}

fn read(offering: &InstanceTypeOffering) -> Result<(String, String), Unreadable> {
    let kind = required("InstanceType", offering.instance_type())?.as_str().to_owned();
    Ok((kind, required("Location", offering.location())?.to_owned()))
}
