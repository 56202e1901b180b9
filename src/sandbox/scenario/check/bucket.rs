//! Pure: buckets: whose they are, where, and which keys they use.

use crate::diagnostic::{Complaint, Problem, quoted};
use crate::sandbox::scenario::bucket::Bucket;
use crate::sandbox::scenario::model::{BucketSpec, EncryptionSpec, Scenario};

use super::look::Look;

/// Adds those whose places are known. Names of buckets are the same for everybody.
pub(super) fn all(look: &Look<'_>, scenario: &mut Scenario, buckets: Vec<Bucket>) {
    for said in buckets {
        if scenario.buckets.iter().any(|other| *other.said.name == *said.name) {
            look.say(Problem::at(
                said.name.place,
                format!("a bucket above is named `{}` already", said.name),
            ));
        }
        scenario.buckets.extend(scenario.bucket(look, said));
    }
}

impl Scenario {
    fn bucket(&self, look: &Look<'_>, said: Bucket) -> Option<BucketSpec> {
        let account = look.find_if(said.account.as_ref(), |text| self.account(text));
        let region = look.find_if(said.region.as_ref(), |text| self.region(text));
        let (account, region) = (account?.unwrap_or(0), region?);
        let first = || self.sites.iter().find(|site| site.account == account).map(|site| site.region.clone());
        let region = region.or_else(first)?;
        let site = self.sites.iter().position(|site| site.account == account && site.region == region);
        let Some(site) = site else {
            let said_at = said.region.as_ref().map_or(said.name.place, |region| region.place);
            let name = self.accounts.get(account).map_or("", |account| &account.name);
            look.say(Problem::at(said_at, format!("{} has no region {region}", quoted(name))));
            return None;
        };
        let encryption = look.find(&said.encryption, |text| self.encryption(text, site))?;
        Some(BucketSpec { account, region, encryption, said })
    }

    fn encryption(&self, text: &str, site: usize) -> Result<EncryptionSpec, Complaint> {
        match text {
            "none" => Ok(EncryptionSpec::None),
            "AES256" => Ok(EncryptionSpec::Aes256),
            "aws:kms" => Ok(EncryptionSpec::Managed),
            key => self.key(key, &[site]).map(EncryptionSpec::Key),
        }
    }
}
