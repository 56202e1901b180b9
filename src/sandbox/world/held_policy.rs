//! Policies of IAM that are told, and judge nothing.

/// A policy, and who has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeldPolicy {
    pub(crate) name: String,
    /// Its JSON, as it is.
    pub(crate) document: String,
    /// Whether it is one of its own that is attached; else it is part of each that has it.
    pub(crate) managed: bool,
    pub(crate) holders: Vec<PolicyHolder>,
}

/// Who has a policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PolicyHolder {
    pub(crate) kind: HolderKind,
    /// What stands behind the kind in the ARN.
    pub(crate) path_and_name: String,
}

/// What can have a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum HolderKind {
    User,
    Group,
    Role,
}

impl HeldPolicy {
    /// Whether somebody has it. No two of a kind have the same name, whatever their paths.
    pub(crate) fn is_of(&self, holder: &PolicyHolder) -> bool {
        self.holders.iter().any(|one| one.kind == holder.kind && one.name() == holder.name())
    }
}

impl PolicyHolder {
    /// Reads `user/alice`, `group/PATH/NAME` or `role/PATH/NAME`.
    pub(crate) fn read(text: &str) -> Option<PolicyHolder> {
        let (kind, path_and_name) = text.split_once('/')?;
        let kind = match kind {
            "user" => HolderKind::User,
            "group" => HolderKind::Group,
            "role" => HolderKind::Role,
            _ => return None,
        };
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-/".contains(c);
        let name = path_and_name.rsplit('/').next().unwrap_or_default();
        let well_formed = (1..=64).contains(&name.len())
            && path_and_name.len() <= 512
            && path_and_name.chars().all(allowed)
            && !path_and_name.starts_with('/');
        well_formed.then(|| PolicyHolder { kind, path_and_name: path_and_name.to_owned() })
    }

    /// Its name without its path.
    pub(crate) fn name(&self) -> &str {
        self.path_and_name.rsplit('/').next().unwrap_or_default()
    }
}
