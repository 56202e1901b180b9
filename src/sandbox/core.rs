//! What happens to a request, from its head to its answer: who calls, what goes wrong, the service, the log.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::{Clock, after};
use crate::ids::{AccountId, Region};
use crate::sandbox::answer::{Answer, AwsError, Reply};
use crate::sandbox::credentials::{Identified, NobodyKnown, caller};
use crate::sandbox::fault::{Fault, Faults, Strike, Subject};
use crate::sandbox::iam::{self, Asker, Judgement};
use crate::sandbox::log::{CALLER, CallLog, FORMAT_VERSION, LoggedCall, OUTSIDER};
use crate::sandbox::names::{partition, s3_arn};
use crate::sandbox::request::{Input, Request, Service};
use crate::sandbox::service::{Call, Caller};
use crate::sandbox::throttle::Throttle;
use crate::sandbox::world::{Site, World};
use crate::sandbox::{service, trouble};

/// The sandbox without its socket.
pub(crate) struct Core {
    pub(crate) clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

/// All that changes.
pub(crate) struct State {
    pub(crate) world: World,
    pub(crate) throttle: Throttle,
    pub(crate) faults: Faults,
    pub(crate) log: CallLog,
}

/// What becomes of the connection after a request.
pub(crate) enum Outcome {
    /// It is answered.
    Answer(Answer),
    /// It is answered after that long.
    Late(Duration, Answer),
    /// It is cut.
    Cut,
}

/// Signatures of global services name this region, whichever the caller works in.
const GLOBAL: &str = "us-east-1";

impl Core {
    pub(crate) fn new(clock: Arc<dyn Clock>, state: State) -> Core {
        Core { clock, state: Mutex::new(state) }
    }

    /// All that changes, locked.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers one call of any service but S3.
    pub(crate) fn handle(&self, request: &Request) -> Outcome {
        let now = self.clock.now();
        let mut state = self.state();
        let request_id = state.request_id();
        let caller = caller(&state.world, request.access_key.as_deref(), now);
        let account = caller.as_ref().ok().map(|known| known.caller.account.as_str().to_owned());
        let (strike, result) = match caller {
            Ok(Identified { expired: true, .. }) => (None, Err(trouble::expired(request.service))),
            Ok(Identified { caller, .. }) => state.admit(request, &caller, (now, &request_id)),
            Err(NobodyKnown::Unsigned) => (None, Err(trouble::unsigned(request.service))),
            Err(NobodyKnown::Unknown) => (None, Err(trouble::unknown_credentials(request.service))),
        };
        let answer = Answer::of(request.service, result, request_id);
        let cut = matches!(strike, Some(Strike { fault: Fault::CutBefore | Fault::CutAfter, .. }));
        state.write_deeds();
        let seq = state.log.next();
        state.log.write(LoggedCall {
            format_version: FORMAT_VERSION,
            seq,
            at: now,
            account,
            region: request.region.as_ref().map(|region| region.as_str().to_owned()),
            service: request.service_name.clone(),
            operation: request.operation.clone(),
            resource: request.resource().map(str::to_owned),
            by: CALLER.to_owned(),
            status: (!cut).then_some(answer.status),
            code: answer.code.clone().filter(|_| !cut),
            fault: strike.as_ref().map(|strike| strike.kind.to_owned()),
            request_id: answer.request_id.clone(),
        });
        match strike.map(|strike| strike.fault) {
            Some(Fault::CutBefore | Fault::CutAfter) => Outcome::Cut,
            Some(Fault::Slow(by)) => Outcome::Late(by, answer),
            _ => Outcome::Answer(answer),
        }
    }

    /// The answer to a call whose body was too long to be read, or did not come to its end.
    pub(crate) fn unread(&self, service: Service) -> Answer {
        let state = self.state();
        let number = state.log.next().to_string();
        let request_id = state.world.seed.draw(&["unread", &number]).uuid();
        Answer::error(service, &trouble::too_long(), request_id)
    }

    /// Finds out who makes a request for S3, what goes wrong with it, and by `admit` whether it may go on.
    pub(crate) fn meet_s3<T, E: From<AwsError>>(
        &self,
        request: &Request,
        resource: &str,
        admit: impl FnOnce(&Asker<'_>) -> Result<T, E>,
    ) -> Met<T, E> {
        let now = self.clock.now();
        let mut state = self.state();
        let request_id = state.request_id();
        let region = request.region.clone().unwrap_or_else(|| GLOBAL.parse().expect("a region name"));
        let known = caller(&state.world, request.access_key.as_deref(), now);
        let account = known.as_ref().ok().map(|known| known.caller.account.clone());
        let (strike, admitted) = match known {
            Ok(Identified { expired: true, .. }) => (None, Err(trouble::expired(Service::S3).into())),
            Ok(Identified { caller, place, .. }) => {
                let (operation, name) = (request.operation.as_str(), Some(resource));
                let (account, place_name) = (caller.account.as_str(), region.as_str());
                let subject = Subject { account, region: place_name, operation, name };
                let seed = state.world.seed;
                let strike = state.faults.strike(seed, &subject);
                let on = s3_arn(place_name, resource);
                let refused =
                    strike.as_ref().and_then(|strike| refusal(&strike.fault, request, (&caller, &on)));
                let asker = Asker { world: &state.world, caller: &caller, place: &place, region: place_name };
                (strike, refused.map_or_else(|| admit(&asker), |error| Err(error.into())))
            }
            Err(NobodyKnown::Unsigned) => (None, Err(trouble::unsigned(Service::S3).into())),
            Err(NobodyKnown::Unknown) => (None, Err(trouble::unknown_credentials(Service::S3).into())),
        };
        Met { account, region, strike, admitted, request_id }
    }

    /// Writes down a call that was answered elsewhere, under the next number and the time.
    pub(crate) fn log(&self, call: impl FnOnce(u64, Timestamp) -> LoggedCall) {
        let now = self.clock.now();
        let mut state = self.state();
        let call = call(state.log.next(), now);
        state.log.write(call);
    }
}

/// What a request for S3 meets on its way.
pub(crate) struct Met<T, E> {
    /// Whose credentials it has.
    pub(crate) account: Option<AccountId>,
    /// The region that it was signed for.
    pub(crate) region: Region,
    pub(crate) strike: Option<Strike>,
    /// What was found out of it, or what it is answered instead.
    pub(crate) admitted: Result<T, E>,
    pub(crate) request_id: String,
}

impl State {
    /// The id of the request that the log writes down next.
    fn request_id(&self) -> String {
        self.world.seed.draw(&["request", &self.log.next().to_string()]).uuid()
    }

    /// Lets a call through to its service, past the faults and the throttle.
    fn admit(
        &mut self,
        request: &Request,
        caller: &Caller,
        (now, request_id): (Timestamp, &str),
    ) -> (Option<Strike>, Result<Reply, AwsError>) {
        if matches!(request.input, Input::Malformed) {
            return (None, Err(trouble::malformed(request.service)));
        }
        let region = request.region.clone().unwrap_or_else(|| GLOBAL.parse().expect("a region name"));
        let subject = Subject {
            account: caller.account.as_str(),
            region: region.as_str(),
            operation: &request.operation,
            name: request.resource(),
        };
        let strike = self.faults.strike(self.world.seed, &subject);
        let refused = strike
            .as_ref()
            .and_then(|strike| refusal(&strike.fault, request, (caller, &resource_arn(request, caller))));
        if let Some(refused) = refused {
            return (strike, Err(refused));
        }
        let call = (request.service, request.operation.as_str());
        if !self.throttle.admits((caller.account.as_str(), region.as_str()), call, now) {
            return (strike, Err(trouble::throttled(request.service)));
        }
        let denied = match iam::judge(&self.world, caller, request, &region) {
            Judgement::Refused(error) => return (strike, Err(error)),
            Judgement::FailsLater(reason) => Some(Fault::Fails(reason)),
            Judgement::Admitted => None,
        };
        let fault = denied.as_ref().or(strike.as_ref().map(|strike| &strike.fault));
        let mut call =
            Call { world: &mut self.world, caller, request, region: region.clone(), now, request_id, fault };
        let result = service::answer(&mut call);
        if let Some(Fault::Outsider(act, wait)) = strike.as_ref().map(|strike| &strike.fault)
            && let Some(name) = request.resource()
            && let Some((site, _)) = self.world.site(&caller.account, &region, now)
        {
            site.expect_outsider(after(now, *wait), *act, name);
        }
        (strike, result)
    }

    /// Writes down what outsiders have done since the last call.
    fn write_deeds(&mut self) {
        let mut deeds = Vec::new();
        for account in self.world.accounts.values_mut() {
            for (region, site) in &mut account.sites {
                let Site { deeds: done, .. } = site;
                deeds.extend(done.drain(..).map(|deed| (account.id.clone(), region.clone(), deed)));
            }
        }
        for (account, region, deed) in deeds {
            let seq = self.log.next();
            self.log.write(LoggedCall {
                format_version: FORMAT_VERSION,
                seq,
                at: deed.at,
                account: Some(account.as_str().to_owned()),
                region: Some(region.as_str().to_owned()),
                service: Service::SageMaker.as_str().to_owned(),
                operation: deed.operation.to_owned(),
                resource: Some(deed.name),
                by: OUTSIDER.to_owned(),
                status: Some(200),
                code: None,
                fault: None,
                request_id: String::new(),
            });
        }
    }
}

/// The error that a fault of the wire answers in the service's stead. Cut connections have none before: what is
/// cut before its effect is answered by nobody.
fn refusal(fault: &Fault, request: &Request, (caller, resource): (&Caller, &str)) -> Option<AwsError> {
    let service = request.service;
    match fault {
        Fault::Throttle => Some(trouble::throttled(service)),
        Fault::InternalError => Some(trouble::internal_error(service)),
        Fault::Unavailable | Fault::CutBefore => Some(trouble::unavailable(service)),
        Fault::AccessDenied => {
            Some(trouble::access_denied(service, (&caller.arn, &request.operation, resource)))
        }
        Fault::CredentialsExpired => Some(trouble::expired(service)),
        Fault::Conflict => Some(trouble::conflict()),
        Fault::CutAfter
        | Fault::Slow(_)
        | Fault::Stuck
        | Fault::Fails(_)
        | Fault::QuotaReached
        | Fault::SubnetFull
        | Fault::Outsider(..)
        | Fault::Worker(_) => None,
    }
}

fn resource_arn(request: &Request, caller: &Caller) -> String {
    match (request.service, request.resource(), &request.region) {
        (Service::SageMaker, Some(name), Some(region)) => format!(
            "arn:{}:sagemaker:{region}:{}:notebook-instance/{}",
            partition(region.as_str()),
            caller.account,
            name.to_ascii_lowercase()
        ),
        _ => "*".to_owned(),
    }
}
