//! Sends the calls of an item.

use crate::api_error::ApiError;
use crate::clock::day;
use crate::execute::cloud::{Accepted, Cloud};
use crate::execute::event::Phase;
use crate::execute::phases;
use crate::execute::update::{self, Aim};
use crate::ids::ItemId;
use crate::journal::{Call, CallObject, CallVerb};
use crate::plan::{AnyItem, Item, UpdateRequest};

use super::state::{Driver, description_in};

impl<C: Cloud> Driver<'_, C> {
    pub(super) async fn send_call(&self, call: Call) -> Result<Accepted, ApiError> {
        let cloud = self.shared.cloud;
        let ItemId { region, name: source } = self.item.id();
        match (call, self.item) {
            (Call::StopSource | Call::StopExport, _) => cloud.stop(region, source).await,
            (Call::StartSource | Call::StartExport, _) => cloud.start(region, source).await,
            (Call::UpdateSource, _) => match self.update() {
                Some(request) => cloud.update(region, &request).await,
                None => Err(self.not_sent(call)),
            },
            (_, AnyItem::Replace(item)) => self.send_for_replacement(call, item).await,
            // A repair never asks for it.
            (_, AnyItem::Repair(_)) => Err(self.not_sent(call)),
        }
    }

    async fn send_for_replacement(&self, call: Call, item: &Item) -> Result<Accepted, ApiError> {
        let (cloud, region) = (self.shared.cloud, &item.id.region);
        let replacement = &item.request.notebook_instance_name;
        match (call, call.parts()) {
            (_, (CallVerb::Create, CallObject::Config(transfer))) => match self.config(item, transfer) {
                Some(config) => cloud.create_config(region, &config).await,
                None => Err(self.not_sent(call)),
            },
            (_, (_, CallObject::Config(transfer))) => {
                cloud.delete_config(region, &self.config_name(transfer)).await
            }
            (Call::AttachExport | Call::DetachExport | Call::AttachImport | Call::DetachImport, _) => {
                match self.attachment(item, call) {
                    Some(request) => cloud.attach(region, &request).await,
                    None => Err(self.not_sent(call)),
                }
            }
            (_, (CallVerb::Create, _)) => {
                let tags = self.shared.identity.tags(item);
                cloud.create(region, &self.create_request(item), &tags).await
            }
            (_, (CallVerb::Delete, CallObject::Source)) => cloud.delete(region, &item.id.name).await,
            (_, (CallVerb::Delete, _)) => cloud.delete(region, replacement).await,
            (_, (CallVerb::Stop, CallObject::Replacement)) => cloud.stop(region, replacement).await,
            (_, (CallVerb::Start, CallObject::Replacement)) => cloud.start(region, replacement).await,
            // Sent above.
            (_, (CallVerb::Stop | CallVerb::Start | CallVerb::Update, _)) => Err(self.not_sent(call)),
        }
    }

    /// What an update of the source asks for, as it was seen last.
    fn update(&self) -> Option<UpdateRequest> {
        let found = self.seen.as_ref().and_then(|seen| description_in(&seen.source))?;
        let aim = match (&self.past.failing, self.shared.conduct.is_application) {
            (Some(_), _) => Aim::Start,
            (None, true) => Aim::Forward,
            (None, false) => Aim::Back,
        };
        update::request(self.item, found, (aim, day(self.shared.clock.now())))
    }

    /// What an item is being taken through when this call is sent for it.
    pub(super) fn phase_of(&self, call: Call) -> Phase {
        // A start that is no part of a repair gives back what ran.
        let restores = self.item.replaced().is_some() || self.past.failing.is_some();
        if call == Call::StartSource && restores { Phase::RestoringSource } else { phases::of(call) }
    }
}
