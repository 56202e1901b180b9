//! Pure: the families of instance types of notebook instances.
//!
//! Sources: \[Model\] botocore 1.44.5, `InstanceType`: which there are; a story holds this table against it. \[Storage\] EC2's
//! user guide, instance store volumes, and EC2's `DescribeInstanceTypes`: which have local storage.

/// A family: `p3` of `ml.p3.2xlarge`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family {
    /// Its name, without `ml.`.
    pub name: &'static str,
    /// What is special about it.
    pub special: FamilyKind,
}

/// What is special about a family, as far as a replacement is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FamilyKind {
    /// Nothing.
    Usual,
    /// It has NVMe storage on the host (\[Storage\]), and so takes no KMS key, says SageMaker's guide on encryption at rest.
    LocalStorage,
    /// Newer ones have succeeded it for years, and regions run out of it.
    Retired,
}

use FamilyKind::{LocalStorage as LOCAL_STORAGE, Retired as RETIRED, Usual as USUAL};

/// Every family that SageMaker has for notebook instances (\[Model\]).
pub const FAMILIES: [Family; 35] = [
    row("c4", RETIRED),
    row("c5", USUAL),
    row("c5d", LOCAL_STORAGE),
    row("c6i", USUAL),
    row("c6id", LOCAL_STORAGE),
    row("c7i", USUAL),
    row("g4dn", LOCAL_STORAGE),
    row("g5", LOCAL_STORAGE),
    row("g6", LOCAL_STORAGE),
    row("g6e", LOCAL_STORAGE),
    row("g7e", LOCAL_STORAGE),
    row("inf1", USUAL),
    row("inf2", USUAL),
    row("m4", RETIRED),
    row("m5", USUAL),
    row("m5d", LOCAL_STORAGE),
    row("m6i", USUAL),
    row("m6id", LOCAL_STORAGE),
    row("m7i", USUAL),
    row("p2", RETIRED),
    row("p3", RETIRED),
    row("p3dn", LOCAL_STORAGE),
    row("p4d", LOCAL_STORAGE),
    row("p4de", LOCAL_STORAGE),
    row("p5", LOCAL_STORAGE),
    row("p5en", LOCAL_STORAGE),
    row("p6-b200", LOCAL_STORAGE),
    row("r5", USUAL),
    row("r6i", USUAL),
    row("r6id", LOCAL_STORAGE),
    row("r7i", USUAL),
    row("t2", RETIRED),
    row("t3", USUAL),
    row("trn1", LOCAL_STORAGE),
    row("trn1n", LOCAL_STORAGE),
];

const fn row(name: &'static str, special: FamilyKind) -> Family {
    Family { name, special }
}

/// The family of an instance type, as its name has it: `p3` of `ml.p3.2xlarge`. It may be one that is not in the table.
pub fn family(instance_type: &str) -> Option<&str> {
    instance_type.strip_prefix("ml.")?.rsplit_once('.').map(|(family, _)| family)
}

/// What is special about the family of an instance type; nothing of one that is not in the table.
pub fn special(instance_type: &str) -> FamilyKind {
    let name = family(instance_type);
    FAMILIES.iter().find(|one| Some(one.name) == name).map_or(FamilyKind::Usual, |one| one.special)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_has_what_is_special_about_its_family() {
        for (instance_type, expected) in [
            ("ml.t3.medium", FamilyKind::Usual),
            ("ml.p3.2xlarge", FamilyKind::Retired),
            ("ml.g7e.2xlarge", FamilyKind::LocalStorage),
            ("ml.p6-b200.48xlarge", FamilyKind::LocalStorage),
            ("ml.x9.large", FamilyKind::Usual),
            ("t2.medium", FamilyKind::Usual),
            ("", FamilyKind::Usual),
        ] {
            assert_eq!(special(instance_type), expected, "{instance_type}");
        }
    }

    #[test]
    fn each_family_stands_there_once_in_order() {
        assert!(FAMILIES.windows(2).all(|two| two[0].name < two[1].name));
    }
}
