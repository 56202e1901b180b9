//! What a fault of the world makes of a call.

use crate::sandbox::fault::Fault;
use crate::sandbox::world::WorkerFault;

/// The fault that strikes a call, seen from this service.
#[derive(Debug, Clone, Copy)]
pub(super) struct InjectedFault<'a>(pub(super) Option<&'a Fault>);

impl<'a> InjectedFault<'a> {
    /// The change never ends.
    pub(super) fn is_stuck(self) -> bool {
        matches!(self.0, Some(Fault::Stuck))
    }

    /// The launch ends in `Failed`, for this reason.
    pub(super) fn failure(self) -> Option<&'a str> {
        match self.0 {
            Some(Fault::Fails(reason)) => Some(reason),
            _ => None,
        }
    }

    /// What is wrong with the worker that the launch starts.
    pub(super) fn of_worker(self) -> Option<WorkerFault> {
        match self.0 {
            Some(Fault::Worker(fault)) => Some(*fault),
            _ => None,
        }
    }

    /// A quota is used up, whatever it is.
    pub(super) fn quota_reached(self) -> bool {
        matches!(self.0, Some(Fault::QuotaReached))
    }

    /// The subnet has no address left, whatever it has.
    pub(super) fn subnet_full(self) -> bool {
        matches!(self.0, Some(Fault::SubnetFull))
    }
}
