//! SageMaker: lists, describes, and the five calls that change something.

mod create;
mod description;
#[cfg(test)]
mod tests;
mod update;

use std::collections::BTreeSet;
use std::error::Error;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_sagemaker::operation::RequestId;
use aws_sdk_sagemaker::types;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::api_error::{ApiError, ApiErrorKind};
use crate::aws::answer::{Answer, Unreadable, parsed_required, present, required};
use crate::aws::pages::{Page, all_pages};
use crate::aws::session::{Regional, Session};
use crate::aws::{moved, quotas};
use crate::execute::{Accepted, Attachment, Cloud, ConfigRequest, Dependency, Listing, Standing};
use crate::ids::{Arn, InstanceName, Region};
use crate::inventory::{CompanionSource as _, Description, InstanceSource, Status, Summary, Tags};
use crate::network::NetworkSource as _;
use crate::plan::{CreateRequest, Tag, UpdateRequest};
use crate::transfer::{AttemptName, AttemptSeen, LookFor, TransferKind, watch};

/// The largest page of both list operations (botocore 1.44.5; AWS's default is 10 instances).
const PAGE: i32 = 100;

impl InstanceSource for Session {
    async fn list(&self, region: &Region) -> Result<Vec<Summary>, ApiError> {
        let here = self.regional(region);
        let mut names = all_pages(|token| list_page(&here, token, named)).await?;
        // An instance may show twice when others come or go between two pages.
        let mut seen = BTreeSet::new();
        names.retain(|name| seen.insert(name.clone()));
        Ok(names.into_iter().map(|name| Summary { name }).collect())
    }

    async fn describe(&self, region: &Region, name: &InstanceName) -> Result<Option<Description>, ApiError> {
        describe(&self.regional(region), name).await
    }

    async fn tags(&self, region: &Region, arn: &Arn) -> Result<Tags, ApiError> {
        tags(&self.regional(region), arn).await
    }
}

impl Cloud for Session {
    async fn describe(&self, region: &Region, name: &InstanceName) -> Result<Option<Description>, ApiError> {
        describe(&self.regional(region), name).await
    }

    async fn tags(&self, region: &Region, arn: &Arn) -> Result<Tags, ApiError> {
        tags(&self.regional(region), arn).await
    }

    async fn statuses(&self, region: &Region) -> Result<Listing, ApiError> {
        let here = self.regional(region);
        let pages = AtomicUsize::new(0);
        let entries = all_pages(|token| {
            pages.fetch_add(1, Ordering::Relaxed);
            list_page(&here, token, with_status)
        });
        let entries = entries.await?;
        Ok(Listing::new(pages.into_inner(), entries.into_iter().flatten()))
    }

    async fn quota(&self, region: &Region) -> Result<Option<u32>, ApiError> {
        quotas::total(self, region).await
    }

    async fn standing(&self, region: &Region, dependency: &Dependency) -> Result<Standing, ApiError> {
        match dependency {
            Dependency::Key(key) => self.key(region, key).await.map(Standing::Key),
            Dependency::Export(files) => {
                moved::standing(self, files, TransferKind::Export).await.map(Standing::Moved)
            }
            Dependency::Import(files) => {
                moved::standing(self, files, TransferKind::Import).await.map(Standing::Moved)
            }
            Dependency::Bucket(transfer) => moved::bucket(self, transfer, region).await.map(Standing::Bucket),
            Dependency::Role(role) => self.execution_role(role).await.map(Standing::Role),
            Dependency::Subnet(id) => {
                let found = self.subnets(region, &[id.clone()].into()).await?;
                Ok(Standing::Subnet(found.into_iter().find(|subnet| subnet.id == *id)))
            }
        }
    }

    async fn stop(&self, region: &Region, name: &InstanceName) -> Result<Accepted, ApiError> {
        let here = self.regional(region);
        let request = here.sagemaker.stop_notebook_instance().notebook_instance_name(name.as_str());
        mutate(&here, "StopNotebookInstance", || request.send()).await
    }

    async fn start(&self, region: &Region, name: &InstanceName) -> Result<Accepted, ApiError> {
        let here = self.regional(region);
        let request = here.sagemaker.start_notebook_instance().notebook_instance_name(name.as_str());
        mutate(&here, "StartNotebookInstance", || request.send()).await
    }

    async fn create(
        &self,
        region: &Region,
        request: &CreateRequest,
        provenance: &[Tag],
    ) -> Result<Accepted, ApiError> {
        let here = self.regional(region);
        let request = create::filled(here.sagemaker.create_notebook_instance(), request, provenance);
        mutate(&here, "CreateNotebookInstance", || request.send()).await
    }

    async fn update(&self, region: &Region, request: &UpdateRequest) -> Result<Accepted, ApiError> {
        let here = self.regional(region);
        let request = update::filled(here.sagemaker.update_notebook_instance(), request);
        mutate(&here, "UpdateNotebookInstance", || request.send()).await
    }

    async fn attach(&self, region: &Region, request: &Attachment) -> Result<Accepted, ApiError> {
        let here = self.regional(region);
        let request = update::attached(here.sagemaker.update_notebook_instance(), request);
        mutate(&here, "UpdateNotebookInstance", || request.send()).await
    }

    async fn create_config(&self, region: &Region, request: &ConfigRequest) -> Result<Accepted, ApiError> {
        let here = self.regional(region);
        let request = create::config(here.sagemaker.create_notebook_instance_lifecycle_config(), request);
        mutate(&here, "CreateNotebookInstanceLifecycleConfig", || request.send()).await
    }

    async fn delete_config(&self, region: &Region, name: &str) -> Result<Accepted, ApiError> {
        let here = self.regional(region);
        let request = here.sagemaker.delete_notebook_instance_lifecycle_config();
        let request = request.notebook_instance_lifecycle_config_name(name);
        mutate(&here, "DeleteNotebookInstanceLifecycleConfig", || request.send()).await
    }

    async fn attempt(&self, job: &LookFor, name: AttemptName) -> Result<AttemptSeen, ApiError> {
        watch(self, job, name).await
    }

    async fn delete(&self, region: &Region, name: &InstanceName) -> Result<Accepted, ApiError> {
        let here = self.regional(region);
        let request = here.sagemaker.delete_notebook_instance().notebook_instance_name(name.as_str());
        mutate(&here, "DeleteNotebookInstance", || request.send()).await
    }
}

/// Sends a mutation once. Of what it answers only the id of the request is kept: the driver looks for itself.
async fn mutate<T, E, F>(
    here: &Regional,
    operation: &'static str,
    call: impl FnOnce() -> F,
) -> Result<Accepted, ApiError>
where
    F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    T: RequestId,
    E: ProvideErrorMetadata + Error + 'static,
{
    here.gate.mutate(operation, call).await.map(|output| output.request_id().map(str::to_owned))
}

async fn list_page<T>(
    here: &Regional,
    token: Option<String>,
    read: fn(&types::NotebookInstanceSummary) -> Result<T, Unreadable>,
) -> Result<Page<'_, T>, ApiError> {
    const OPERATION: &str = "ListNotebookInstances";
    let request = here.sagemaker.list_notebook_instances().max_results(PAGE).set_next_token(token);
    let output = here.gate.read(OPERATION, || request.clone().send()).await?;
    let answer = Answer::new(here.gate.site(OPERATION), output.request_id());
    let entries = output
        .notebook_instances()
        .iter()
        .map(read)
        .collect::<Result<_, _>>()
        .map_err(|why| answer.unreadable(why))?;
    Ok(Page { entries, next: output.next_token, answer })
}

fn named(entry: &types::NotebookInstanceSummary) -> Result<InstanceName, Unreadable> {
    parsed_required("NotebookInstanceName", entry.notebook_instance_name())
}

/// An entry without a status, which the model allows, is one that the list does not show: a closer look tells.
fn with_status(entry: &types::NotebookInstanceSummary) -> Result<Option<(InstanceName, Status)>, Unreadable> {
    let name = named(entry)?;
    let status = present(entry.notebook_instance_status().map(|status| status.as_str()));
    Ok(status.map(|status| (name, Status::from(status.to_owned()))))
}

async fn describe(here: &Regional, name: &InstanceName) -> Result<Option<Description>, ApiError> {
    const OPERATION: &str = "DescribeNotebookInstance";
    let call = || here.sagemaker.describe_notebook_instance().notebook_instance_name(name.as_str()).send();
    match here.gate.read(OPERATION, call).await {
        Ok(output) => {
            let answer = Answer::new(here.gate.site(OPERATION), output.request_id());
            description::read(name, &output).map(Some).map_err(|why| answer.unreadable(why))
        }
        Err(error) if error.kind == ApiErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

async fn tags(here: &Regional, arn: &Arn) -> Result<Tags, ApiError> {
    Ok(all_pages(|token| tags_page(here, arn, token)).await?.into_iter().collect())
}

async fn tags_page<'a>(
    here: &'a Regional,
    arn: &Arn,
    token: Option<String>,
) -> Result<Page<'a, (String, String)>, ApiError> {
    const OPERATION: &str = "ListTags";
    let request =
        here.sagemaker.list_tags().resource_arn(arn.as_str()).max_results(PAGE).set_next_token(token);
    let output = here.gate.read(OPERATION, || request.clone().send()).await?;
    let answer = Answer::new(here.gate.site(OPERATION), output.request_id());
    let entries = output.tags().iter().map(read_tag).collect::<Result<_, _>>();
    let entries = entries.map_err(|why| answer.unreadable(why))?;
    Ok(Page { entries, next: output.next_token, answer })
}

fn read_tag(tag: &types::Tag) -> Result<(String, String), Unreadable> {
    Ok((required("Key", tag.key())?.to_owned(), required("Value", tag.value())?.to_owned()))
}
