//! Pure: how a file is looked at for a second time.

use std::cell::Cell;

use crate::diagnostic::{Complaint, Placed, Problem, Table};
use crate::sandbox::scenario::forms::Name;

/// What is wrong goes into the notes of the file, whose root this has.
pub(super) struct Look<'t> {
    root: &'t Table<'t>,
    wrong: Cell<bool>,
}

impl<'t> Look<'t> {
    pub(super) fn at(root: &'t Table<'t>) -> Self {
        Look { root, wrong: Cell::new(false) }
    }

    pub(super) fn say(&self, problem: Problem) {
        self.wrong.set(true);
        self.root.report(problem);
    }

    /// What is found under a name of the file; nothing, with a complaint, if nothing is.
    pub(super) fn find<T, U>(
        &self,
        name: &Placed<T>,
        find: impl FnOnce(&T) -> Result<U, Complaint>,
    ) -> Option<U> {
        find(name).map_err(|complaint| self.say(complaint.at(name.place))).ok()
    }

    /// The same, where there may be no name.
    pub(super) fn find_if<T>(
        &self,
        name: Option<&Name>,
        find: impl FnOnce(&String) -> Result<T, Complaint>,
    ) -> Option<Option<T>> {
        name.map_or(Some(None), |name| self.find(name, find).map(Some))
    }

    /// Passes something on, if nothing was wrong so far.
    pub(super) fn ready<T>(&self, found: T) -> Option<T> {
        (!self.wrong.get()).then_some(found)
    }
}
