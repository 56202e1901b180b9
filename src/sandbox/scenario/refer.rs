//! Pure: `[[lifecycle_config]]` and `[[kms_key]]`: what instances refer to, and where such things are.

use std::collections::BTreeMap;

use crate::diagnostic::{
    Complaint, Form, Place, Problem, Spelling, Table, choice, flag, keys, parsed_by, quoted, text,
};
use crate::ids::InstanceName;
use crate::sandbox::world::KeyState;

use super::forms::{NAME, Name, some, tags};

/// What a script may have in base64 (botocore 1.44.5).
const LONGEST_SCRIPT: usize = 16_384;

keys! {
    /// Where something is.
    pub(super) struct Reach {
        /// The accounts that it is in, by name or id: all where they are not given.
        pub(super) accounts: Option<Vec<Name>> = some("an account", "research");
        /// The regions that it is in: all of these accounts where they are not given.
        pub(super) regions: Option<Vec<Name>> = some("a region", "us-east-1");
        ..
        /// Where the file describes it.
        pub(super) place: Place;
    }
}

keys! {
    /// A lifecycle configuration. It has `on_start`, `on_create` or both.
    pub(super) struct Lifecycle {
        /// Its name.
        pub(super) name: Name = lifecycle_name().placed().required().example("idle-stop");
        /// The script that runs once, when an instance is created; kept in base64, as on the wire.
        pub(super) on_create: Option<String> = script().optional().example("#!/bin/bash\nmkdir /data\n");
        /// The script that runs at every start.
        pub(super) on_start: Option<String> = script().optional().example("#!/bin/bash\nnvidia-smi\n");
        /// Whether it has been deleted since instances were given it.
        pub(super) deleted: bool = flag().or(false);
        /// Its tags.
        pub(super) tags: BTreeMap<String, String> = tags();
        ..
        /// Where it is.
        pub(super) reach: Reach;
    }
}

/// Whether it has something to run.
pub(super) fn check_scripts(table: &Table<'_>, read: &Lifecycle) {
    if !read.deleted && read.on_create.is_none() && read.on_start.is_none() {
        let message = "a lifecycle configuration has `on_start`, `on_create` or both";
        table.report(Problem::at(table.place(), message).conclusion());
    }
}

fn lifecycle_name() -> Form<String> {
    parsed_by(NAME, |text| match text.parse::<InstanceName>() {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => {
            Err(Complaint::new(format!("{} is not the name of a lifecycle configuration", quoted(text)))
                .help(Some("1 to 63 letters, digits or inner hyphens".to_owned())))
        }
    })
}

fn script() -> Form<String> {
    text("a script").map(|text| base64_simd::STANDARD.encode_to_string(text)).checked(|encoded| match encoded
        .len()
    {
        0..=LONGEST_SCRIPT => Ok(()),
        length => Err(Complaint::new(format!(
            "the script has {length} characters in base64; there can be at most {LONGEST_SCRIPT}"
        ))),
    })
}

keys! {
    /// A KMS key.
    pub(super) struct Key {
        /// Its alias, with or without `alias/`.
        pub(super) alias: Name = alias().placed().required_with("alias = \"notebooks\"").example("notebooks");
        /// Its id: one from the seed where it is not given.
        pub(super) id: Option<Name> = key_id()
            .placed()
            .optional()
            .example("1234abcd-12ab-34cd-56ef-1234567890ab");
        /// What it can be used for.
        pub(super) state: KeyState = choice().or("enabled");
        /// `false` is the same as `state = "disabled"`, and stands in its place.
        pub(super) enabled: bool = flag().or(true);
        ..
        /// Where it is.
        pub(super) reach: Reach;
    }
}

pub(super) fn check_state(table: &Table<'_>, _: &Key) {
    if let (Some(_), Some(place)) = (table.field("state").place(), table.field("enabled").place()) {
        table.report(Problem::at(place, "a key has `state` or `enabled`, not both"));
    }
}

impl Key {
    /// What it can be used for. `enabled` is for the two states that every key can be put into.
    pub(super) fn state(&self) -> KeyState {
        if self.enabled { self.state } else { KeyState::Disabled }
    }
}

fn alias() -> Form<String> {
    let spelling = Spelling::like("an alias", "^[A-Za-z0-9/_-]+$").characters(1, 256);
    parsed_by(spelling, |text| {
        let alias = text.strip_prefix("alias/").unwrap_or(text);
        let allowed = |c: char| c.is_ascii_alphanumeric() || "/_-".contains(c);
        if (1..=250).contains(&alias.len()) && alias.chars().all(allowed) {
            return Ok(alias.to_owned());
        }
        Err(Complaint::new(format!("{} is not an alias of a key", quoted(text))))
    })
}

fn key_id() -> Form<String> {
    parsed_by(Spelling::like("the id of a key", "^[0-9A-Fa-f-]{36}$"), |text| {
        if text.bytes().filter(u8::is_ascii_hexdigit).count() == 32 && text.len() == 36 {
            return Ok(text.to_owned());
        }
        Err(Complaint::new(format!("{} is not the id of a key", quoted(text)))
            .help(Some("such as \"1234abcd-12ab-34cd-56ef-1234567890ab\"".to_owned())))
    })
}
