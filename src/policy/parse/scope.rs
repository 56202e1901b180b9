//! Pure: `[scope]`: where to look. Regions as they are written here and in `match`.

use crate::diagnostic::{Complaint, Field, Table, closest};
use crate::facts::regions::REGIONS;
use crate::ids::Region;
use crate::policy::{Regions, Scope};

use super::later;

/// More than there are regions or accounts in any organisation's policy.
pub(super) const MOST_ENTRIES: usize = 1_000;

pub(super) fn read(table: &Table<'_>) -> Option<Scope> {
    table.later(later::SCOPE);
    let regions = regions(table.field("regions").required_with("regions = [\"us-east-1\"] or \"all\""));
    let accounts = table.field("accounts").list(1..=MOST_ENTRIES);
    Some(Scope { regions: regions?, accounts })
}

/// `"all"` or a list.
fn regions(field: Field<'_>) -> Option<Regions> {
    if field.is_string() {
        return field.parsed_by(|text| match text {
            "all" => Ok(Regions::All),
            other => {
                Err(Complaint::new("`regions` must be \"all\" or a list").help(Some(match region(other) {
                    Ok(region) => format!("write it as a list: regions = [\"{region}\"]"),
                    Err(_) => "regions = [\"us-east-1\"] or \"all\"".to_owned(),
                })))
            }
        });
    }
    Some(Regions::Listed(region_list(field)?))
}

/// A list of regions.
pub(super) fn region_list(field: Field<'_>) -> Option<Vec<Region>> {
    field.list_by(1..=MOST_ENTRIES, region)
}

fn region(text: &str) -> Result<Region, Complaint> {
    text.parse().map_err(|error| {
        let near = closest(text, REGIONS).map(|region| format!("did you mean `{region}`?"));
        Complaint::new(error).help(near)
    })
}
