//! Reads the inventory and shows how far it has come.

use crate::api_error::ApiError;
use crate::cli::printer::Printer;
use crate::ids::{Arn, InstanceName, Region};
use crate::inventory::{Collection, Description, InstanceSource, Summary, Tags, collect};
use crate::report::progress::ReadingBar;

/// Collects the instances of the regions, with all their tags or without.
pub(super) async fn read(
    source: &impl InstanceSource,
    regions: &[Region],
    with_tags: bool,
    printer: &Printer,
) -> Collection {
    let watched = Watched { source, bar: ReadingBar::new(printer.is_quiet()) };
    collect(&watched, regions, &|_: &Description| with_tags).await
}

/// A source that counts what passes.
struct Watched<'a, S> {
    source: &'a S,
    bar: ReadingBar,
}

impl<S: InstanceSource> InstanceSource for Watched<'_, S> {
    async fn list(&self, region: &Region) -> Result<Vec<Summary>, ApiError> {
        let listed = self.source.list(region).await;
        self.bar.found(listed.as_ref().map_or(0, Vec::len));
        listed
    }

    async fn describe(&self, region: &Region, name: &InstanceName) -> Result<Option<Description>, ApiError> {
        let described = self.source.describe(region, name).await;
        self.bar.read();
        described
    }

    async fn tags(&self, region: &Region, arn: &Arn) -> Result<Tags, ApiError> {
        self.source.tags(region, arn).await
    }
}
