//! Regions, availability zones, and which instance types there are in each.

use std::collections::BTreeSet;

use crate::sandbox::answer::AwsError;
use crate::sandbox::instance_types;
use crate::sandbox::names::{dns_suffix, partition};
use crate::sandbox::service::xml::{Node, set, text};

use super::listing::{Ids, Listing, Pages, resource};
use super::view::View;

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
    let here = |one: &&str| partition(one) == partition(view.region);
    let off =
        OPT_IN.into_iter().filter(|one| all && here(one) && !view.enabled.iter().any(|region| region == one));
    let one = |(name, status): (&str, &str)| {
        resource(vec![
            text("optInStatus", status),
            text("regionName", name),
            text("regionEndpoint", format!("ec2.{name}.{}", dns_suffix(name))),
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

/// A family that EC2 has retired [INF].
const RETIRED: &str = "p2";

/// What local and wavelength zones have [INF].
const AT_THE_EDGE: [&str; 4] = ["t3", "m5", "c5", "g4dn"];

/// Every type in every place of the kind that is asked for: those of notebook instances without `ml.`. Which zone
/// has which type AWS tells nowhere but in this call; in the sandbox every ordinary zone has all but those that it lacks.
fn offerings(view: &View<'_>) -> Result<Vec<Node>, AwsError> {
    let kind = view.query.get("LocationType").unwrap_or("region");
    let zones = view.network.zones.values().map(|zone| {
        let place = if kind == "availability-zone-id" { &zone.id } else { &zone.name };
        (place.as_str(), zone.kind == "availability-zone", &zone.lacks)
    });
    let nothing = BTreeSet::new();
    let places: Vec<(&str, bool, &BTreeSet<String>)> = match kind {
        "region" => vec![(view.region, true, &nothing)],
        "availability-zone" | "availability-zone-id" => zones.collect(),
        "outpost" => Vec::new(),
        _ => {
            let message = format!("Value ({kind}) for parameter locationType is invalid.");
            return Err(AwsError::new(400, "InvalidParameterValue", message));
        }
    };
    let of = |(place, ordinary, lacks): (&str, bool, &BTreeSet<String>)| -> Vec<Node> {
        let types = instance_types::ALL.iter().filter(|name| !lacks.contains(**name));
        let types = types.filter_map(|name| instance_types::family_and_size(name));
        let types = types.filter(|(family, _)| *family != RETIRED);
        let types = types.filter(|(family, _)| ordinary || AT_THE_EDGE.contains(family));
        types.map(|(family, size)| offering(&format!("{family}.{size}"), kind, place)).collect()
    };
    Ok(places.into_iter().flat_map(of).collect())
}

fn offering(name: &str, kind: &str, place: &str) -> Node {
    resource(vec![text("instanceType", name), text("locationType", kind), text("location", place)])
}
