//! Pure: the items of a plan, of either kind.

use crate::ids::{InstanceName, ItemId};

use super::{Item, Plan, PlannedStep, RepairItem, Source};

/// An item of either kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnyItem<'a> {
    /// It is replaced.
    Replace(&'a Item),
    /// It is repaired in place.
    Repair(&'a RepairItem),
}

impl<'a> AnyItem<'a> {
    /// Region and name.
    pub fn id(self) -> &'a ItemId {
        match self {
            AnyItem::Replace(item) => &item.id,
            AnyItem::Repair(item) => &item.id,
        }
    }

    /// The instance as it was observed.
    pub fn source(self) -> &'a Source {
        match self {
            AnyItem::Replace(item) => &item.source,
            AnyItem::Repair(item) => &item.source,
        }
    }

    /// What will be done, in order.
    pub fn steps(self) -> &'a [PlannedStep] {
        match self {
            AnyItem::Replace(item) => &item.steps,
            AnyItem::Repair(item) => &item.steps,
        }
    }

    /// The item, where it is replaced.
    pub fn replaced(self) -> Option<&'a Item> {
        match self {
            AnyItem::Replace(item) => Some(item),
            AnyItem::Repair(_) => None,
        }
    }

    /// The name of what stands in its stead, where it is replaced.
    pub fn replacement(self) -> Option<&'a InstanceName> {
        self.replaced().map(|item| &item.request.notebook_instance_name)
    }
}

impl Plan {
    /// The items of both kinds, by region and name.
    pub fn all_items(&self) -> Vec<AnyItem<'_>> {
        let replaced = self.items.iter().map(AnyItem::Replace);
        let mut all: Vec<_> = replaced.chain(self.repairs.iter().map(AnyItem::Repair)).collect();
        all.sort_by(|a, b| a.id().cmp(b.id()));
        all
    }

    /// Whether applying it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty() && self.repairs.is_empty()
    }

    /// How many items it has, of both kinds.
    pub fn len(&self) -> usize {
        self.items.len() + self.repairs.len()
    }
}
