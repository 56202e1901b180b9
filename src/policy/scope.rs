//! Pure: `[scope]`: where to look.

use crate::diagnostic::{Complaint, Field, Form, Shape, keys};
use crate::ids::{AccountId, Region};

use super::forms::{account, many, read_region, region};

keys! {
    /// Where to look. Command-line flags override it.
    #[derive(PartialEq, Eq)]
    pub struct Scope {
        /// The regions: `"all"` that are enabled in the account, or a list. `--region` overrides it.
        pub regions: Regions = regions()
            .required_with("regions = [\"us-east-1\"] or \"all\"")
            .example(["us-east-1", "eu-west-1"]);
        /// The accounts that may be worked on; any other is refused.
        pub accounts: Option<Vec<AccountId>> = many(account()).maybe().example(["123456789012"]);
    }
}

/// Keys that this version does not have: ignoring them would be a lie.
pub(super) const LATER: &[&str] = &["assume_role"];

/// The regions to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Regions {
    /// Every region that is enabled in the account.
    All,
    /// These.
    Listed(Vec<Region>),
}

fn regions() -> Form<Regions> {
    let all = Form::new(Shape::Words(vec![("all", "")]), |field: Field<'_>| {
        field.parsed_by(|text| match text {
            "all" => Ok(Regions::All),
            other => Err(Complaint::new("`regions` must be \"all\" or a list").help(Some(
                match read_region(other) {
                    Ok(region) => format!("write it as a list: regions = [\"{region}\"]"),
                    Err(_) => "regions = [\"us-east-1\"] or \"all\"".to_owned(),
                },
            ))),
        })
    });
    all.where_it(|field| field.is_string(), many(region()).map(Regions::Listed))
}
