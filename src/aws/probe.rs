//! Finds out what the caller may do, by calls that change nothing: small reads, and dry runs of EC2's operations.

use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use jiff::Timestamp;
use jiff::fmt::rfc2822;

use crate::api_error::{ApiError, ApiErrorKind};
use crate::aws::session::{Regional, Session};
use crate::aws::sts::{self, Identity};
use crate::clock::{Clock as _, SystemClock};
use crate::execute::TOTAL_QUOTA;
use crate::ids::{Arn, InstanceName, Region, RoleArn, SecurityGroupId, SubnetId};

/// A name that nobody has, for reads of what is not there: who may read is told so, who may not is denied.
const NOBODY: &str = "remediate-doctor-0";

/// Something that can be tried without doing anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Probe {
    /// Describes an instance, or one that is not there.
    Describe(Option<InstanceName>),
    /// Lists the tags of an instance.
    Tags(Arn),
    /// Describes a lifecycle configuration that is not there.
    LifecycleConfig,
    /// A dry run of a description of EC2, by the name of the operation.
    Ec2(&'static str),
    /// A dry run of what SageMaker does for an instance in this subnet.
    Interface(SubnetId, Vec<SecurityGroupId>),
    /// Reads a key.
    Key(String),
    /// Reads a role.
    Role(RoleArn),
    /// Reads a part of what the account's IAM policies say.
    Policies,
    /// Reads one quota.
    Quota,
    /// Lists quotas.
    Quotas,
}

/// What STS answered, and what time it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Greeting {
    /// Who is calling.
    pub identity: Result<Identity, ApiError>,
    /// The answer's `Date`, and the time on this machine when it came: requests are signed by that one, whatever clock
    /// the program goes by.
    pub times: Option<(Timestamp, Timestamp)>,
}

impl Session {
    /// Asks STS who is calling, and looks at the clock.
    pub async fn greeting(&self) -> Greeting {
        let here = self.regional(self.home());
        let watch = Watch::default();
        let call = || here.sts.get_caller_identity().customize().interceptor(watch.clone()).send();
        let answer = here.gate.read("GetCallerIdentity", call).await;
        let identity = answer.and_then(|output| sts::answered(&here, &output));
        let times = *watch.times.lock().unwrap_or_else(PoisonError::into_inner);
        Greeting { identity, times }
    }

    /// Lists one instance of a region: its name and ARN, if there is any.
    pub async fn sample(&self, region: &Region) -> Result<Option<(InstanceName, Arn)>, ApiError> {
        let here = self.regional(region);
        let call = || here.sagemaker.list_notebook_instances().max_results(1).send();
        let output = here.gate.read("ListNotebookInstances", call).await?;
        let first = output.notebook_instances().first();
        let read = first.and_then(|one| {
            Some((one.notebook_instance_name()?.parse().ok()?, one.notebook_instance_arn()?.parse().ok()?))
        });
        Ok(read)
    }

    /// Tries something. `Ok`: the caller may do it, whether or not what was asked for is there.
    pub async fn probe(&self, region: &Region, probe: &Probe) -> Result<(), ApiError> {
        let here = self.regional(region);
        let answer = match probe {
            Probe::Describe(name) => {
                let name = name.as_ref().map_or(NOBODY, InstanceName::as_str);
                let request = here.sagemaker.describe_notebook_instance().notebook_instance_name(name);
                here.gate.read("DescribeNotebookInstance", || request.clone().send()).await.map(drop)
            }
            Probe::Tags(arn) => {
                let request = here.sagemaker.list_tags().resource_arn(arn.as_str());
                here.gate.read("ListTags", || request.clone().send()).await.map(drop)
            }
            Probe::LifecycleConfig => {
                let request = here.sagemaker.describe_notebook_instance_lifecycle_config();
                let request = request.notebook_instance_lifecycle_config_name(NOBODY);
                let call = || request.clone().send();
                here.gate.read("DescribeNotebookInstanceLifecycleConfig", call).await.map(drop)
            }
            Probe::Key(id) => {
                let request = here.kms.describe_key().key_id(id);
                here.gate.read("DescribeKey", || request.clone().send()).await.map(drop)
            }
            Probe::Role(role) => self.execution_role(role).await.map(drop),
            Probe::Policies => self.try_account_policies(region).await,
            Probe::Quota => {
                let request =
                    here.quotas.get_service_quota().service_code("sagemaker").quota_code(TOTAL_QUOTA);
                here.gate.read("GetServiceQuota", || request.clone().send()).await.map(drop)
            }
            Probe::Quotas => {
                let request = here.quotas.list_service_quotas().service_code("sagemaker").max_results(1);
                here.gate.read("ListServiceQuotas", || request.clone().send()).await.map(drop)
            }
            Probe::Ec2(operation) => return permitted_dry(describe(&here, operation).await),
            Probe::Interface(subnet, groups) => return permitted_dry(interface(&here, subnet, groups).await),
        };
        permitted(answer)
    }
}

/// A read that was answered about what it asked for was allowed, also where that is not there.
fn permitted(answer: Result<(), ApiError>) -> Result<(), ApiError> {
    const ABOUT_CONTENT: [&str; 5] = [
        "NoSuchResourceException",
        "NotFoundException",
        "ResourceNotFound",
        "ValidationError",
        "ValidationException",
    ];
    match answer {
        Err(error) if error.kind == ApiErrorKind::NotFound => Ok(()),
        Err(error)
            if error.kind == ApiErrorKind::Invalid
                && error.code.as_deref().is_some_and(|code| ABOUT_CONTENT.contains(&code)) =>
        {
            Ok(())
        }
        other => other,
    }
}

/// "If you have the required permissions, the error response is DryRunOperation" (EC2 API reference). Simulators may
/// answer as if it were none.
fn permitted_dry(answer: Result<(), ApiError>) -> Result<(), ApiError> {
    match answer {
        Err(error) if error.code.as_deref() == Some("DryRunOperation") => Ok(()),
        other => other,
    }
}

/// A VPC that is not there. Whether it is looked for before the caller is judged is not known; who is not denied may ask.
const NO_VPC: &str = "vpc-00000000000000000";

async fn describe(here: &Regional, operation: &'static str) -> Result<(), ApiError> {
    let ec2 = &here.ec2;
    macro_rules! dry {
        ($name:literal, $request:expr) => {
            here.gate.read($name, || $request.dry_run(true).send()).await.map(drop)
        };
    }
    match operation {
        "DescribeRegions" => dry!("DescribeRegions", ec2.describe_regions()),
        "DescribeAvailabilityZones" => dry!("DescribeAvailabilityZones", ec2.describe_availability_zones()),
        "DescribeSubnets" => dry!("DescribeSubnets", ec2.describe_subnets()),
        "DescribeSecurityGroups" => dry!("DescribeSecurityGroups", ec2.describe_security_groups()),
        "DescribeRouteTables" => dry!("DescribeRouteTables", ec2.describe_route_tables()),
        "DescribeNatGateways" => dry!("DescribeNatGateways", ec2.describe_nat_gateways()),
        "DescribeVpcEndpoints" => dry!("DescribeVpcEndpoints", ec2.describe_vpc_endpoints()),
        "DescribeNetworkAcls" => dry!("DescribeNetworkAcls", ec2.describe_network_acls()),
        "DescribeVpcs" => dry!("DescribeVpcs", ec2.describe_vpcs()),
        "DescribeNetworkInterfaces" => dry!("DescribeNetworkInterfaces", ec2.describe_network_interfaces()),
        "DescribeInstanceTypeOfferings" => {
            dry!("DescribeInstanceTypeOfferings", ec2.describe_instance_type_offerings())
        }
        "DescribeDhcpOptions" => dry!("DescribeDhcpOptions", ec2.describe_dhcp_options()),
        "DescribeVpcAttribute" => {
            let support = aws_sdk_ec2::types::VpcAttributeName::EnableDnsSupport;
            let request = ec2.describe_vpc_attribute().vpc_id(NO_VPC).attribute(support);
            match dry!("DescribeVpcAttribute", request.clone()) {
                Err(error) if error.code.as_deref() == Some("InvalidVpcID.NotFound") => Ok(()),
                other => other,
            }
        }
        other => Err(here.gate.site("DryRun").unreadable(&format!("there is no probe of {other}"), None)),
    }
}

async fn interface(here: &Regional, subnet: &SubnetId, groups: &[SecurityGroupId]) -> Result<(), ApiError> {
    let groups: Vec<String> = groups.iter().map(ToString::to_string).collect();
    let request = here.ec2.create_network_interface().subnet_id(subnet.as_str()).set_groups(Some(groups));
    // It is a dry run: not repeating it would only leave more unknown.
    here.gate.read("CreateNetworkInterface", || request.clone().dry_run(true).send()).await.map(drop)
}

/// Takes the time when an answer comes.
#[derive(Debug, Clone, Default)]
struct Watch {
    times: Arc<Mutex<Option<(Timestamp, Timestamp)>>>,
}

impl Intercept for Watch {
    fn name(&self) -> &'static str {
        "Watch"
    }

    fn read_after_transmit(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date");
        let server = date.and_then(|date| rfc2822::DateTimeParser::new().parse_timestamp(date).ok());
        *self.times.lock().unwrap_or_else(PoisonError::into_inner) =
            server.map(|server| (server, SystemClock.now()));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::loopback::{Loopback, Reply, here};

    async fn tried(probe: Probe, reply: Reply) -> (Result<(), ApiErrorKind>, String) {
        let server = Loopback::serving([reply]).await;
        let answer = server.session().probe(&here(), &probe).await;
        (answer.map_err(|error| error.kind), server.requests().remove(0).body)
    }

    fn ec2_error(status: u16, code: &str) -> Reply {
        let error = format!("<Error><Code>{code}</Code><Message>no</Message></Error>");
        Reply::xml(status, &format!("<Response><Errors>{error}</Errors></Response>"))
    }

    #[tokio::test]
    async fn who_may_read_is_told_that_nothing_is_there_and_who_may_not_is_denied() {
        let missing = Reply::error("ValidationException", "RecordNotFound");
        assert_eq!(tried(Probe::Describe(None), missing).await.0, Ok(()));
        let denied = Reply::error("AccessDeniedException", "no");
        assert_eq!(tried(Probe::Describe(None), denied.clone()).await.0, Err(ApiErrorKind::AccessDenied));
        let (answer, body) = tried(Probe::Key("k".to_owned()), Reply::error("NotFoundException", "no")).await;
        assert_eq!((answer, body.as_str()), (Ok(()), r#"{"KeyId":"k"}"#));
        assert_eq!(tried(Probe::Quota, Reply::error("NoSuchResourceException", "no")).await.0, Ok(()));
        assert_eq!(tried(Probe::Quotas, denied).await.0, Err(ApiErrorKind::AccessDenied));
        let other = Reply::error("SomethingElse", "no");
        assert_eq!(tried(Probe::LifecycleConfig, other).await.0, Err(ApiErrorKind::Invalid), "not known");
    }

    #[tokio::test]
    async fn every_probe_of_ec2_is_a_dry_run() {
        let subnet = || Probe::Interface("subnet-1".parse().unwrap(), vec!["sg-1".parse().unwrap()]);
        let described = crate::aws::probe::tests::EC2.map(Probe::Ec2);
        for probe in described.into_iter().chain([subnet()]) {
            let (answer, body) = tried(probe.clone(), ec2_error(412, "DryRunOperation")).await;
            assert_eq!(answer, Ok(()), "{probe:?}");
            assert!(body.contains("DryRun=true"), "{body}");
            let (answer, _) = tried(probe, ec2_error(403, "UnauthorizedOperation")).await;
            assert_eq!(answer, Err(ApiErrorKind::AccessDenied));
        }
        let (answer, _) = tried(subnet(), ec2_error(400, "InvalidSubnetID.NotFound")).await;
        assert_eq!(answer, Err(ApiErrorKind::Invalid));
    }

    const EC2: [&str; 12] = [
        "DescribeRegions",
        "DescribeAvailabilityZones",
        "DescribeSubnets",
        "DescribeSecurityGroups",
        "DescribeRouteTables",
        "DescribeNatGateways",
        "DescribeVpcEndpoints",
        "DescribeNetworkAcls",
        "DescribeVpcs",
        "DescribeNetworkInterfaces",
        "DescribeDhcpOptions",
        "DescribeVpcAttribute",
    ];

    #[tokio::test]
    async fn the_time_of_the_answer_is_taken_also_where_it_is_a_refusal() {
        let date = &[("content-type", "text/xml"), ("date", "Sun, 22 Nov 2026 10:00:00 GMT")];
        let body = "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code></Error></ErrorResponse>";
        let server = Loopback::serving([Reply::Http(403, date, body.to_owned())]).await;
        let greeting = server.session().greeting().await;
        assert_eq!(greeting.identity.unwrap_err().kind, ApiErrorKind::Credentials);
        assert_eq!(greeting.times.unwrap().0, "2026-11-22T10:00:00Z".parse().unwrap());
        let server = Loopback::serving([Reply::Http(403, &[], body.to_owned())]).await;
        assert_eq!(server.session().greeting().await.times, None);
    }
}
