//! Looks at the two instances of an item.

use std::time::Duration;

use crate::api_error::{ApiError, ApiErrorKind};
use crate::clock::elapsed;
use crate::execute::cloud::Cloud;
use crate::execute::observed::{Observed, Seen, Sight};
use crate::execute::waits::{MAX_FAILED_READS, pause};
use crate::ids::InstanceName;

use super::state::{Driver, Parked, status_in};

/// How long an observation may be decided on: no longer than a slow read may take anyway.
pub(super) const FRESH: Duration = Duration::from_secs(10);

impl<C: Cloud> Driver<'_, C> {
    /// What AWS reports of the item now. A record changes nothing of that, nor does a call that AWS had no time for: what
    /// was observed for them a moment ago is not asked for again.
    pub(super) async fn observed(&mut self) -> Result<Result<Observed, ApiError>, Parked> {
        let now = self.shared.clock.now();
        match (&self.seen, self.fresh) {
            (Some(seen), Some(at)) if elapsed(at, now) <= FRESH => return Ok(Ok(seen.clone())),
            (Some(_) | None, Some(_) | None) => {}
        }
        let observed = self.observe().await?;
        self.fresh = Some(now);
        Ok(observed)
    }

    /// Looks at both instances. The inner error is final for the item.
    async fn observe(&mut self) -> Result<Result<Observed, ApiError>, Parked> {
        let mut failed_reads = 0;
        loop {
            let (source, replacement) = (&self.item.id().name, self.item.replacement());
            let began = self.shared.clock.now();
            let seen = match self.look(source).await {
                Ok(source) => {
                    if let Some(stopping) = &mut self.stopping {
                        stopping.look(status_in(&source), (began, self.shared.clock.now()));
                    }
                    let replacement = match replacement {
                        Some(name) => self.look(name).await,
                        None => Ok(Sight::Absent),
                    };
                    replacement.map(|replacement| Observed { source, replacement })
                }
                Err(error) => Err(error),
            };
            match seen {
                Ok(observed) => return Ok(Ok(observed)),
                Err(error) => {
                    if !error.kind.is_transient() || failed_reads >= MAX_FAILED_READS {
                        self.stop_where_refused(&error)?;
                        return Ok(Err(error));
                    }
                    failed_reads += 1;
                    if !pause(self.shared.clock, &self.shared.stop, self.interval()).await {
                        return Err(Parked::Stopping);
                    }
                }
            }
        }
    }

    async fn look(&self, name: &InstanceName) -> Result<Sight, ApiError> {
        let region = &self.item.id().region;
        let description = self.shared.cloud.describe(region, name).await?;
        self.shared.refusals.answered(region);
        let Some(description) = description else { return Ok(Sight::Absent) };
        let error = match self.shared.cloud.tags(region, &description.notebook_instance_arn).await {
            Ok(tags) => return Ok(Sight::Present(Box::new(Seen { description, tags }))),
            Err(error) => error,
        };
        // It may have been deleted between the two calls.
        if error.kind == ApiErrorKind::NotFound && self.shared.cloud.describe(region, name).await?.is_none() {
            return Ok(Sight::Absent);
        }
        Err(error)
    }
}
