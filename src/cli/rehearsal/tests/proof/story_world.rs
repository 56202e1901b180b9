//! The worlds of the stories: small, with items of every kind in them, and with instances that are none of the plan's.

use std::fmt::Write as _;

use crate::cli::rehearsal::tests::proof::meddling::{Twist, twist};
use crate::cli::rehearsal::tests::proof::moves::Moves;
use crate::ids::ItemId;
use crate::plan::{Item, Plan};
use crate::sandbox::{Seed, World, parse};

/// What the policy says of a source, by the first part of its name: it is kept, deleted by the run, or deleted by a
/// cleanup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DeletionPolicy {
    Keep,
    Drop,
    Tidy,
}

impl DeletionPolicy {
    const ALL: [DeletionPolicy; 3] = [DeletionPolicy::Keep, DeletionPolicy::Drop, DeletionPolicy::Tidy];

    /// The first part of the name, and the word for it in a policy.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            DeletionPolicy::Keep => ("keep", "never"),
            DeletionPolicy::Drop => ("drop", "after-verify"),
            DeletionPolicy::Tidy => ("tidy", "cleanup"),
        }
    }
}

/// What comes first of a source that runs, by the second part of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SourceOrder {
    StopFirst,
    CreateFirst,
    /// It is on a platform that AWS no longer starts, and nobody has consented to its stop.
    LeftRunning,
    /// The same, and it may be upgraded when it must be started.
    Upgraded,
    /// It is not replaced, but repaired in place.
    InPlace,
    /// The same, on a platform that AWS no longer starts, and with the consent that it is upgraded.
    InPlaceUpgraded,
}

impl SourceOrder {
    /// Those of policies, the narrower names first.
    pub(super) const ALL: [SourceOrder; 6] = [
        SourceOrder::CreateFirst,
        SourceOrder::LeftRunning,
        SourceOrder::Upgraded,
        SourceOrder::InPlaceUpgraded,
        SourceOrder::InPlace,
        SourceOrder::StopFirst,
    ];

    /// The platforms that such a source may be on. There is no upgrade from the oldest.
    pub(super) fn platforms(self) -> &'static [&'static str] {
        match self {
            SourceOrder::LeftRunning => &RETIRED,
            SourceOrder::Upgraded | SourceOrder::InPlaceUpgraded => &[RETIRED[0], RETIRED[1], RETIRED[2]],
            SourceOrder::StopFirst | SourceOrder::CreateFirst | SourceOrder::InPlace => {
                &["notebook-al2023-v1", "notebook-al2023-v2"]
            }
        }
    }

    fn is_in_place(self) -> bool {
        matches!(self, SourceOrder::InPlace | SourceOrder::InPlaceUpgraded)
    }

    /// The second part of the name, and the word for it in a policy.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            SourceOrder::StopFirst => ("", "stop-first"),
            SourceOrder::CreateFirst => ("-beside", "create-first"),
            SourceOrder::LeftRunning => ("-old", "auto"),
            SourceOrder::Upgraded => ("-up", "auto"),
            SourceOrder::InPlace => ("-there", "auto"),
            SourceOrder::InPlaceUpgraded => ("-thereup", "auto"),
        }
    }
}

/// One source.
#[derive(Debug, Clone)]
pub(super) struct StorySource {
    pub(super) region: usize,
    pub(super) running: bool,
    pub(super) deletion: DeletionPolicy,
    pub(super) twist: Twist,
    pub(super) order: SourceOrder,
    /// Its platform; one that [`SourceOrder::platforms`] has.
    pub(super) platform: &'static str,
    /// Whether its volume has a key of its own.
    pub(super) keyed: bool,
    /// What was moved by hand; `None` where the policy moves nothing.
    pub(super) moves: Option<Moves>,
    /// What configuration it has whose files the run moves; `None` where it does not.
    pub(super) by_run: Option<OwnConfig>,
}

/// The lifecycle configuration of a source's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OwnConfig {
    None,
    /// It has an OnStart script alone.
    OnStart,
    /// It has an OnCreate script.
    OnCreate,
}

impl OwnConfig {
    pub(super) const ALL: [OwnConfig; 3] = [OwnConfig::None, OwnConfig::OnStart, OwnConfig::OnCreate];
}

impl StorySource {
    pub(super) fn new(running: bool, deletion: DeletionPolicy, twist: Twist) -> StorySource {
        let order = SourceOrder::StopFirst;
        let platform = order.platforms()[0];
        StorySource {
            region: 0,
            running,
            deletion,
            twist,
            order,
            platform,
            keyed: false,
            moves: None,
            by_run: None,
        }
    }

    pub(super) fn moved(self, moves: Moves) -> StorySource {
        StorySource { moves: Some(moves), ..self }
    }

    pub(super) fn moved_by_run(self, own: OwnConfig) -> StorySource {
        StorySource { by_run: Some(own), ..self }
    }

    /// The configuration of its own, where the run moves its files: not of what is repaired in place or left running.
    fn own_config(&self) -> Option<OwnConfig> {
        let replaced = !self.order.is_in_place() && self.order != SourceOrder::LeftRunning;
        self.by_run.filter(|_| replaced && !self.is_moved())
    }

    /// Whether its files are moved by hand: not of what is stopped, deleted by the run or repaired in place.
    fn is_moved(&self) -> bool {
        let kept = self.running && self.deletion != DeletionPolicy::Drop && !self.order.is_in_place();
        kept && self.moves.is_some()
    }

    pub(super) fn ordered(self, order: SourceOrder) -> StorySource {
        StorySource { order, platform: order.platforms()[0], ..self }
    }

    fn has_own_key(&self) -> bool {
        self.keyed || self.twist == Twist::KeyDisabled
    }

    fn name(&self, number: usize) -> String {
        let moved = match self.own_config() {
            Some(_) => BY_RUN,
            None if self.is_moved() => MOVED,
            None => "",
        };
        format!("{}{}{moved}-{number}", self.deletion.words().0, self.order.words().0)
    }
}

/// What marks the name of a source whose files are moved by hand.
const MOVED: &str = "-data";

/// What marks the name of one whose files the run moves.
const BY_RUN: &str = "-files";

/// A world and the policy for it.
#[derive(Debug, Clone)]
pub(super) struct StoryWorld {
    pub(super) sources: Vec<StorySource>,
    pub(super) concurrency: u64,
    pub(super) max_failures: u64,
    pub(super) canary: u64,
    /// Whether a replacement that failed is deleted.
    pub(super) restores: bool,
    /// In seconds.
    pub(super) poll_interval: u64,
    pub(super) seed: u64,
}

/// The platforms that AWS no longer starts.
pub(super) const RETIRED: [&str; 4] =
    ["notebook-al2-v3", "notebook-al2-v2", "notebook-al2-v1", "notebook-al1-v1"];

const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];

/// A quick AWS: what a proof waits for is all the same to it.
const WORLD: &str = r#"
format = 1
default_vpc = false
[latency]
create = ["50s", "200s"]
start = ["40s", "150s"]
stop = ["20s", "100s"]
delete = ["10s", "70s"]
"#;

const OWN_CONFIGS: &str = r#"
[[lifecycle_config]]
name = "own"
on_start = "echo hello"
[[lifecycle_config]]
name = "own-once"
on_create = "echo once"
on_start = "echo hello"
"#;

impl StoryWorld {
    fn regions(&self) -> &'static [&'static str] {
        let most = self.sources.iter().map(|source| source.region).max().unwrap_or(0);
        &REGIONS[..=most]
    }

    /// The world before anything happens.
    pub(super) fn world(&self, now: jiff::Timestamp) -> World {
        let regions = self.regions();
        let mut text = WORLD.to_owned();
        write!(text, "[[account]]\nid = \"111122223333\"\nregions = {regions:?}\nquota = 100\n").unwrap();
        for (number, region) in regions.iter().enumerate() {
            write!(
                text,
                "[[network]]\nname = \"n{number}\"\nregions = [{region:?}]\ncidr = \"10.{number}.0.0/16\"\n\
                 egress = \"none\"\n[[network.subnet]]\nname = \"n{number}\"\nid = \"subnet-0{number}\"\n\
                 cidr = \"10.{number}.0.0/24\"\n[[network.security_group]]\nname = \"n{number}\"\nid = \"sg-0{number}\"\n"
            )
            .unwrap();
        }
        for (number, source) in self.sources.iter().enumerate() {
            let status = if source.running { "InService" } else { "Stopped" };
            let mut more = format!("platform_identifier = {:?}\n", source.platform);
            let imds = if source.order.is_in_place() { "1" } else { "2" };
            if source.order.is_in_place() {
                let subnet = format!("subnet-0{}", source.region);
                writeln!(
                    more,
                    "subnet = {subnet:?}
direct_internet_access = \"Disabled\""
                )
                .unwrap();
            }
            // What nothing else depends on.
            if source.twist == Twist::RoleClosed {
                writeln!(more, "role = \"Own-{number}\"").unwrap();
            }
            match source.own_config() {
                Some(OwnConfig::OnStart) => more += "lifecycle_config = \"own\"\n",
                Some(OwnConfig::OnCreate) => more += "lifecycle_config = \"own-once\"\n",
                Some(OwnConfig::None) | None => {}
            }
            if source.own_config().is_some() {
                more += "default_code_repository = \"https://git.example.org/team/notes.git\"\n";
            }
            if source.has_own_key() {
                writeln!(more, "kms_key = \"own-{number}\"").unwrap();
            }
            text += &notebook(REGIONS[source.region], &source.name(number), status, (imds, &more));
        }
        for (number, _) in self.sources.iter().enumerate().filter(|(_, one)| one.has_own_key()) {
            write!(text, "[[kms_key]]\nalias = \"own-{number}\"\n").unwrap();
        }
        for region in regions {
            write!(text, "[[bucket]]\nname = \"moves-{region}\"\nregion = {region:?}\n").unwrap();
        }
        text += OWN_CONFIGS;
        text += &self.bystanders();
        parse("scenario.toml", &text).unwrap().with_seed(Seed(self.seed)).world(now)
    }

    /// Instances with names like those of the plan: a compliant one, one that is exempt, and one that no target is for.
    fn bystanders(&self) -> String {
        let here = REGIONS[0];
        let compliant = "subnet = \"subnet-00\"\ndirect_internet_access = \"Disabled\"\n";
        let first = self.sources.first().map_or_else(String::new, |source| source.name(0));
        notebook(here, &format!("{first}0"), "InService", ("2", compliant))
            + &notebook(here, &format!("{first}-exempt"), "InService", ("2", ""))
            + &notebook(here, &format!("x{first}"), "Stopped", ("2", ""))
    }

    pub(super) fn policy(&self) -> String {
        let StoryWorld { concurrency, max_failures, canary, restores, poll_interval, .. } = self;
        let on_failure = if *restores { "restore" } else { "leave" };
        let regions = self.regions();
        let mut text = format!(
            "format = 1\n[scope]\nregions = {regions:?}\n[rules]\nimds-v2 = \"remediate\"\n\
             [defaults]\nplatform = {{ notebook-al1-v1 = \"notebook-al2023-v1\" }}\n"
        );
        for (number, region) in regions.iter().enumerate() {
            let all = DeletionPolicy::ALL.map(DeletionPolicy::words).into_iter();
            let all = all.flat_map(|deletion| SourceOrder::ALL.map(|order| (deletion, order)));
            // The narrower names first.
            for (((name, delete), order), moved) in
                [MOVED, BY_RUN, ""].into_iter().flat_map(|moved| all.clone().map(move |one| (one, moved)))
            {
                let moves = !moved.is_empty();
                let by_run = moved == BY_RUN;
                if moves && (delete == "after-verify" && !by_run || order.is_in_place()) {
                    continue;
                }
                let data = if moves { "s3" } else { "none" };
                let upgraded = matches!(order, SourceOrder::Upgraded | SourceOrder::InPlaceUpgraded);
                let upgrade = if upgraded { "notebook-al2023-v1" } else { "never" };
                let (marked, order) = order.words();
                let names = format!("{name}{marked}{moved}-*");
                write!(
                text,
                    "[[target]]\nname = \"{names}{number}\"\nmatch = {{ regions = [{region:?}], names = [{names:?}] }}\n\
                     subnets = [\"subnet-0{number}\"]\nsecurity_groups = [\"sg-0{number}\"]\ndelete_source = {delete:?}\n\
                     order = {order:?}\nupgrade_source = {upgrade:?}\non_failure = {on_failure:?}\n\
                     data = {data:?}\n"
                )
                .unwrap();
                if by_run {
                    text += "[target.transfer]\nby = \"run\"\n";
                }
            }
        }
        text += "[transfer]\nby = \"hand\"\nbucket = \"moves-{region}\"\n";
        text += "[[exempt]]\nmatch = { names = [\"*-exempt\"] }\nreason = \"other\"\nexpires = 2099-01-01\n";
        text + &format!(
            "[limits]\nmax_percent = 100\nconcurrency = {concurrency}\nmax_failures = {max_failures}\ncanary = {canary}\n\
             poll_interval = \"{poll_interval}s\"\n"
        )
    }

    /// What was moved by hand of each item whose files are.
    pub(super) fn moves(&self, plan: &Plan) -> Vec<(ItemId, Moves)> {
        let moved = |item: &Item| {
            let numbered = self.sources.iter().enumerate();
            let mut of = numbered.filter(|(number, one)| one.name(*number) == item.id.name.as_str());
            of.next().and_then(|(_, one)| Some((item.id.clone(), one.moves?)))
        };
        plan.items
            .iter()
            .filter(|item| item.moved_by_run().is_none() && item.transfer.is_some())
            .filter_map(moved)
            .collect()
    }

    /// What happens between the review and the run.
    pub(super) fn twist(&self, plan: &Plan, world: &mut World) {
        for (number, source) in self.sources.iter().enumerate() {
            let name = source.name(number);
            if let Some(item) = plan.all_items().into_iter().find(|item| item.id().name.as_str() == name) {
                twist(source.twist, item, world);
            }
        }
    }
}

fn notebook(region: &str, name: &str, status: &str, (imds, more): (&str, &str)) -> String {
    format!(
        "[[notebook]]\nregion = {region:?}\nname = {name:?}\nstatus = {status:?}\nminimum_imds = {imds:?}\n{more}\
         tags = {{ Team = \"research\" }}\n"
    )
}
