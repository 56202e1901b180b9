//! Pure: what is known of a call that was sent: also that nobody knows whether it took effect, since its answer was lost.

use crate::api_error::{ApiError, Effect};

/// What is known of one kind of call on an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallState {
    /// It was never about to be sent.
    NotSent,
    /// It was about to be sent, and it is not known whether it took effect.
    InDoubt {
        /// How often it was tried.
        attempts: u32,
    },
    /// AWS accepted it.
    Accepted {
        /// How often it was tried.
        attempts: u32,
    },
    /// AWS refused it; it had no effect.
    Rejected {
        /// How often it was tried.
        attempts: u32,
        /// What AWS said.
        error: ApiError,
    },
}

impl CallState {
    /// How often it was tried: about to be sent, less the times that AWS was too busy for it.
    pub fn attempts(&self) -> u32 {
        match self {
            CallState::NotSent => 0,
            CallState::InDoubt { attempts }
            | CallState::Accepted { attempts }
            | CallState::Rejected { attempts, .. } => *attempts,
        }
    }

    /// Whether the last attempt may have taken effect.
    pub(super) fn may_have_happened(&self) -> bool {
        match self {
            CallState::InDoubt { .. } | CallState::Accepted { .. } => true,
            CallState::NotSent | CallState::Rejected { .. } => false,
        }
    }

    /// After it was tried so often, and this came of the last time.
    pub(super) fn ended(attempts: u32, error: Option<&ApiError>) -> CallState {
        let Some(error) = error else { return CallState::Accepted { attempts } };
        // AWS may be too busy for an hour: that says nothing about the call.
        let attempts = if error.is_busy() { attempts.saturating_sub(1) } else { attempts };
        match error.effect {
            Effect::None => CallState::Rejected { attempts, error: error.clone() },
            Effect::Unknown => CallState::InDoubt { attempts },
        }
    }
}
