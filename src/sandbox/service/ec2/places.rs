//! Regions, availability zones, and which instance types there are in each.

use crate::sandbox::answer::AwsError;
use crate::sandbox::service::xml::{Node, set, text};

use super::View;
use super::listing::{Ids, Listing, Pages, resource};

/// Regions.
pub(super) const REGIONS: Listing = Listing {
    operation: "DescribeRegions",
    set: "regionInfo",
    key: &["regionName"],
    ids: &[Ids {
        parameter: "RegionName",
        path: "regionName",
        shape: None,
        missing: ("InvalidParameterValue", "Invalid region names: [{}]"),
    }],
    filters: &[
        ("endpoint", "regionEndpoint"),
        ("opt-in-status", "optInStatus"),
        ("region-name", "regionName"),
    ],
    pages: Pages::None,
    others: &["AllRegions"],
    all: regions,
    ..Listing::PLAIN
};

/// Zones.
pub(super) const AVAILABILITY_ZONES: Listing = Listing {
    operation: "DescribeAvailabilityZones",
    set: "availabilityZoneInfo",
    key: &["zoneName"],
    ids: &[
        Ids {
            parameter: "ZoneName",
            path: "zoneName",
            shape: None,
            missing: ("InvalidParameterValue", "Invalid availability zone: [{}]"),
        },
        Ids {
            parameter: "ZoneId",
            path: "zoneId",
            shape: None,
            missing: ("InvalidParameterValue", "Invalid availability zone-id: [{}]"),
        },
    ],
    filters: &[
        ("group-long-name", "groupLongName"),
        ("group-name", "groupName"),
        ("message", "messageSet/message"),
        ("opt-in-status", "optInStatus"),
        ("parent-zone-id", "parentZoneId"),
        ("parent-zone-name", "parentZoneName"),
        ("region-name", "regionName"),
        ("state", "zoneState"),
        ("zone-id", "zoneId"),
        ("zone-name", "zoneName"),
        ("zone-type", "zoneType"),
    ],
    pages: Pages::None,
    others: &["AllAvailabilityZones"],
    all: zones,
    ..Listing::PLAIN
};

/// Which instance types there are where.
pub(super) const INSTANCE_TYPE_OFFERINGS: Listing = Listing {
    operation: "DescribeInstanceTypeOfferings",
    set: "instanceTypeOfferingSet",
    key: &["location", "instanceType"],
    filters: &[("instance-type", "instanceType"), ("location", "location")],
    others: &["LocationType"],
    all: offerings,
    ..Listing::PLAIN
};

/// Regions that an account must switch on before it can use them (AWS account management guide, "Enable or
/// disable AWS Regions"). All others are on from the beginning.
const OPT_IN: [&str; 13] = [
    "af-south-1",
    "ap-east-1",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
];

/// The regions that are enabled, and those that are not where all are asked for, or any by name.
fn regions(view: &View<'_>) -> Result<Vec<Node>, AwsError> {
    let all = view.query.flag("AllRegions") || !view.query.list("RegionName").is_empty();
    let on = view.enabled.iter().map(|region| {
        let opted_in = OPT_IN.contains(&region.as_str());
        (region.as_str(), if opted_in { "opted-in" } else { "opt-in-not-required" })
    });
    let off = OPT_IN.into_iter().filter(|one| all && !view.enabled.iter().any(|region| region == one));
    let one = |(name, status): (&str, &str)| {
        resource(vec![
            text("optInStatus", status),
            text("regionName", name),
            text("regionEndpoint", format!("ec2.{name}.amazonaws.com")),
        ])
    };
    Ok(on.chain(off.map(|name| (name, "not-opted-in"))).map(one).collect())
}

/// Every zone. Those that have to be switched on are.
fn zones(view: &View<'_>) -> Result<Vec<Node>, AwsError> {
    let all = view.network.zones.values().map(|zone| {
        let ordinary = zone.kind == "availability-zone";
        // A local zone is named after its group: `us-west-2-lax-1a` is of `us-west-2-lax-1`.
        let of_group = zone.name.trim_end_matches(|c: char| c.is_ascii_lowercase());
        let border = if ordinary { view.region } else { of_group };
        resource(vec![
            text("optInStatus", if ordinary { "opt-in-not-required" } else { "opted-in" }),
            set("messageSet", []),
            text("regionName", view.region),
            text("zoneName", &zone.name),
            text("zoneId", &zone.id),
            text("groupName", border),
            text("networkBorderGroup", border),
            text("zoneType", &zone.kind),
            text("zoneState", "available"),
        ])
    });
    Ok(all.collect())
}

/// The types of notebook instances without `ml.` (botocore 1.44.5, SageMaker's `InstanceType`), by family. The
/// P2 family is left out, as EC2 has retired it [INF]. Which zone has which type AWS tells nowhere but in this
/// call; in the sandbox every ordinary zone has all of them.
const TYPES: [(&str, &str); 34] = [
    ("t2", "medium large xlarge 2xlarge"),
    ("t3", "medium large xlarge 2xlarge"),
    ("m4", "xlarge 2xlarge 4xlarge 10xlarge 16xlarge"),
    ("m5", "xlarge 2xlarge 4xlarge 12xlarge 24xlarge"),
    ("m5d", "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge"),
    ("c4", "xlarge 2xlarge 4xlarge 8xlarge"),
    ("c5", "xlarge 2xlarge 4xlarge 9xlarge 18xlarge"),
    ("c5d", "xlarge 2xlarge 4xlarge 9xlarge 18xlarge"),
    ("p3", "2xlarge 8xlarge 16xlarge"),
    ("p3dn", "24xlarge"),
    ("g4dn", "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"),
    ("r5", "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge"),
    ("g5", "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge"),
    ("inf1", "xlarge 2xlarge 6xlarge 24xlarge"),
    ("trn1", "2xlarge 32xlarge"),
    ("trn1n", "32xlarge"),
    ("inf2", "xlarge 8xlarge 24xlarge 48xlarge"),
    ("p4d", "24xlarge"),
    ("p4de", "24xlarge"),
    ("p5", "4xlarge 48xlarge"),
    ("p6-b200", "48xlarge"),
    ("m6i", "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge"),
    ("m7i", "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge"),
    ("c6i", "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge"),
    ("c7i", "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge"),
    ("r6i", "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge"),
    ("r7i", "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge"),
    ("m6id", "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge"),
    ("c6id", "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge"),
    ("r6id", "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge"),
    ("g6", "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge"),
    ("g7e", "2xlarge 4xlarge 8xlarge 12xlarge 24xlarge 48xlarge"),
    ("p5en", "48xlarge"),
    ("g6e", "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge"),
];

/// What local and wavelength zones have [INF].
const AT_THE_EDGE: [&str; 4] = ["t3", "m5", "c5", "g4dn"];

/// Every type in every place of the kind that is asked for.
fn offerings(view: &View<'_>) -> Result<Vec<Node>, AwsError> {
    let kind = view.query.get("LocationType").unwrap_or("region");
    let zones = view.network.zones.values().map(|zone| {
        let place = if kind == "availability-zone-id" { &zone.id } else { &zone.name };
        (place.as_str(), zone.kind == "availability-zone")
    });
    let places: Vec<(&str, bool)> = match kind {
        "region" => vec![(view.region, true)],
        "availability-zone" | "availability-zone-id" => zones.collect(),
        "outpost" => Vec::new(),
        _ => {
            let message = format!("Value ({kind}) for parameter locationType is invalid.");
            return Err(AwsError::new(400, "InvalidParameterValue", message));
        }
    };
    let of = |(place, ordinary): (&str, bool)| -> Vec<Node> {
        let families = TYPES.into_iter().filter(|(family, _)| ordinary || AT_THE_EDGE.contains(family));
        let types =
            families.flat_map(|(family, sizes)| sizes.split(' ').map(move |size| format!("{family}.{size}")));
        types.map(|name| offering(&name, kind, place)).collect()
    };
    Ok(places.into_iter().flat_map(of).collect())
}

fn offering(name: &str, kind: &str, place: &str) -> Node {
    resource(vec![text("instanceType", name), text("locationType", kind), text("location", place)])
}
