//! What goes wrong on the way is never taken for success, and does not stand in the way of the next attempt.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use remediate::transfer::{Proof, TransferJob, Unproven, Work, export_verdict};

use super::bench::{
    BUCKET, Place, empty, export, failures, import, is_root, judged, judged_import, prefix, rsync, said,
    seen, small_tree, status,
};
use super::stub::{Stub, Trick};

type Body = fn(&Path);

/// The tests of this file.
pub(super) fn tests() -> Vec<(&'static str, Body)> {
    vec![
        ("a_worker_killed_anywhere_is_never_ok_and_the_next_succeeds", killed_exports),
        ("an_import_killed_anywhere_is_never_ok_and_the_next_succeeds", killed_imports),
        ("errors_slow_answers_and_cut_connections_are_tried_again", troubles_that_pass),
        ("an_answer_that_was_lost_is_told_from_another_writer", lost_answers_and_other_writers),
        ("what_lasts_ends_the_attempt_with_a_bound", what_lasts_ends_the_attempt),
        ("a_bucket_of_another_owner_gets_nothing", a_bucket_of_another_owner_gets_nothing),
        ("files_that_change_during_an_export_are_named", files_that_change_are_named),
        ("a_file_that_cannot_be_read_is_named", a_file_that_cannot_be_read_is_named),
        ("a_part_that_was_changed_in_the_bucket_is_never_unpacked", changed_parts),
        ("a_disk_that_is_full_is_named", a_disk_that_is_full_is_named),
        ("a_volume_that_is_too_small_is_left_empty", a_volume_that_is_too_small_is_left_empty),
        ("what_is_in_the_folder_is_never_overwritten", what_is_in_the_folder_is_never_overwritten),
        ("credentials_of_the_role_are_fetched_before_they_expire", credentials_are_fetched_anew),
        ("a_worker_that_is_told_to_stop_says_so", a_worker_that_is_told_to_stop_says_so),
        ("a_worker_that_starts_twice_does_nothing_the_second_time", a_worker_that_starts_twice),
    ]
}

/// How often a worker is killed.
const KILLS: usize = 20;

fn exported(place: &Place<'_>, stub: &Stub, number: u8) -> (TransferJob, Proof) {
    let job = export(number);
    let output = place.run(&job);
    let proof = judged(stub, &job).unwrap_or_else(|why| panic!("{why:?}\n{}", said(&output)));
    assert!(output.status.success(), "{}", said(&output));
    (job, proof)
}

/// Kills a job when so many requests of it have arrived; whether it had ended before.
fn kill(place: &Place<'_>, stub: &Stub, job: &TransferJob, requests: usize) {
    let before = stub.asked().len();
    let (_folder, mut child) = place.start(job);
    let status = prefix(job) + "status.json";
    stub.wait(|arrived| {
        arrived.len() >= before + requests || arrived.iter().any(|one| one.ends_with(&status))
    });
    child.kill().unwrap();
    child.wait().unwrap();
}

fn killed_exports(python: &Path) {
    let stub = Stub::start();
    let (_kept, root) = small_tree(python);
    let place = Place::new(python, &stub, &root);
    let mut died = 0;
    for number in 1..=KILLS {
        let number = u8::try_from(number).unwrap();
        let job = export(number);
        kill(&place, &stub, &job, usize::from(number) * 7 % 30 + 1);
        let Some(found) = status(&stub, &job) else {
            died += 1;
            assert!(judged(&stub, &job).is_err());
            continue;
        };
        // It was killed after its last word, which is as true as any.
        export_verdict(&job.attempt, &found, &seen(&stub, &job)).unwrap();
    }
    assert!(died >= KILLS / 2, "only {died} were killed in time");
    let (alive, _) = exported(&place, &stub, 50);
    let dead = export(1);
    let of_alive = status(&stub, &alive).unwrap();
    let verdict = export_verdict(&dead.attempt, &of_alive, &seen(&stub, &alive));
    assert!(matches!(verdict, Err(Unproven::OfAnother { member: "nonce" })), "{verdict:?}");
}

fn killed_imports(python: &Path) {
    let stub = Stub::start();
    let (_kept, root) = small_tree(python);
    let (out, proof) = exported(&Place::new(python, &stub, &root), &stub, 1);
    let written = status(&stub, &out).unwrap();
    let (mut died, mut filled) = (0, 0);
    for number in 1..=KILLS {
        let (_copy_kept, copy) = empty();
        let place = Place::new(python, &stub, &copy);
        let first = u8::try_from(number).unwrap() * 2;
        let job = import(first, 1, &written);
        kill(&place, &stub, &job, number * 3);
        if status(&stub, &job).is_some() {
            continue;
        }
        died += 1;
        filled += usize::from(fs::read_dir(&copy).unwrap().count() > 0);
        assert!(judged_import(&stub, &job, &proof).is_err());
        let next = import(first + 1, 1, &written);
        let output = place.run(&next);
        assert!(judged_import(&stub, &next, &proof).is_ok(), "{}", said(&output));
        assert_eq!(rsync(&root, &copy).unwrap_or_default(), Vec::<String>::new());
    }
    assert!(died >= KILLS / 2, "only {died} were killed in time");
    assert!(filled >= 3, "only {filled} of {died} had begun to fill the folder");
}

fn troubles_that_pass(python: &Path) {
    let stub = Stub::start();
    let (_kept, root) = small_tree(python);
    stub.trick("PUT", "hello", 2, Trick::Refuse(503, "SlowDown"));
    stub.trick("PUT", "part-000000", 3, Trick::Refuse(500, "InternalError"));
    stub.trick("PUT", "part-000001", 2, Trick::Cut);
    stub.trick("PUT", "part-000002", 1, Trick::Slow(Duration::from_millis(1500)));
    stub.trick("PUT", "manifest", 1, Trick::Refuse(409, "ConditionalRequestConflict"));
    stub.trick("PUT", "status", 1, Trick::Refuse(400, "RequestTimeout"));
    stub.trick("GET", "part-000000", 2, Trick::Refuse(503, "SlowDown"));
    stub.trick("GET", "part-000001", 2, Trick::Cut);
    let (out, proof) = exported(&Place::new(python, &stub, &root), &stub, 1);
    let (_copy_kept, copy) = empty();
    let back = import(1, 1, &status(&stub, &out).unwrap());
    let output = Place::new(python, &stub, &copy).run(&back);
    assert!(judged_import(&stub, &back, &proof).is_ok(), "{}", said(&output));
    let refused = stub.asked().iter().filter(|asked| asked.status != 200).count();
    assert!(refused >= 13, "{refused}");
}

fn lost_answers_and_other_writers(python: &Path) {
    let stub = Stub::start();
    let (_kept, root) = small_tree(python);
    let place = Place::new(python, &stub, &root);
    for key in ["hello", "part-000000", "part-000001", "manifest", "status"] {
        stub.trick("PUT", key, 1, Trick::CutAfter);
    }
    let (out, _) = exported(&place, &stub, 1);
    let looked: Vec<String> =
        stub.asked().into_iter().filter(|asked| asked.method == "HEAD").map(|asked| asked.key).collect();
    assert_eq!(looked.len(), 5, "each was looked at: {looked:?}");
    assert!(stub.asked().iter().any(|asked| asked.status == 412), "{:?}", out.attempt);

    for (number, lost) in [(2, false), (3, true)] {
        let job = export(number);
        let key = format!("{BUCKET}/{}part-000001", prefix(&job));
        stub.change(&key, |object| object.extend(b"of someone else"));
        if lost {
            stub.trick("PUT", "part-000001", 1, Trick::Refuse(500, "InternalError"));
        }
        let output = place.run(&job);
        assert!(!output.status.success(), "{}", said(&output));
        let named = failures(judged(&stub, &job));
        assert!(named.len() == 1 && named[0].contains("part-000001"), "{named:?}");
        assert_eq!(stub.objects(&key)[""], b"of someone else", "and it is as it was");
    }
}

fn what_lasts_ends_the_attempt(python: &Path) {
    let stub = Stub::start();
    let (_kept, root) = small_tree(python);
    stub.trick("PUT", "part-000001", u32::MAX, Trick::Refuse(503, "SlowDown"));
    let job = export(1);
    let output = Place::new(python, &stub, &root).run(&job);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let named = failures(judged(&stub, &job));
    assert!(named.len() == 1 && named[0].contains("503 SlowDown"), "{named:?}");
    let tried = stub.asked().iter().filter(|asked| asked.key.ends_with("part-000001")).count();
    assert_eq!(tried, 9);
}

fn a_bucket_of_another_owner_gets_nothing(python: &Path) {
    let stub = Stub::start();
    let (_kept, root) = empty();
    let mut job = export(1);
    job.store.owner = "999999999999".parse().unwrap();
    let output = Place::new(python, &stub, &root).run(&job);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("403 AccessDenied"), "{}", said(&output));
    assert_eq!(stub.objects(""), BTreeMap::new());
    assert_eq!(stub.asked().len(), 1, "the hello alone was tried, once");
}

fn files_that_change_are_named(python: &Path) {
    let stub = Stub::start();
    let (_kept, root) = small_tree(python);
    fs::write(root.join("small/000/edited"), "before").unwrap();
    fs::write(root.join("small/001/deleted"), "before").unwrap();
    fs::write(root.join("small/002/renamed"), "before").unwrap();
    // The names before these are read when the first part arrives.
    stub.trick("PUT", "manifest", 0, Trick::Hold);
    stub.trick("PUT", "part-00000", 9, Trick::Hold);
    let job = export(1);
    let (_folder, child) = Place::new(python, &stub, &root).start(&job);
    // The archive is whole but for its last part when that is on its way: everything has been read.
    stub.wait(|arrived| arrived.iter().any(|one| one.ends_with("part-000002")));
    fs::write(root.join("small/000/edited"), "after!").unwrap();
    fs::remove_file(root.join("small/001/deleted")).unwrap();
    fs::rename(root.join("small/002/renamed"), root.join("small/002/new")).unwrap();
    fs::write(root.join("added"), "after").unwrap();
    stub.release();
    let output = child.wait_with_output().unwrap();
    assert!(!output.status.success(), "{}", said(&output));
    let named = failures(judged(&stub, &job));
    for path in ["small/000/edited", "small/001/deleted", "small/002/renamed", "small/002/new", "added"] {
        let line = format!("{path}: changed during the export");
        assert!(named.contains(&line), "{line}: {named:?}");
    }
}

/// Without the capabilities by which root reads everything.
fn a_file_that_cannot_be_read_is_named(python: &Path) {
    let stub = Stub::start();
    let (_kept, root) = empty();
    for name in ["closed", "open"] {
        fs::write(root.join(name), "x").unwrap();
    }
    fs::create_dir(root.join("shut")).unwrap();
    for name in ["closed", "shut"] {
        fs::set_permissions(root.join(name), fs::Permissions::from_mode(0o0)).unwrap();
    }
    let job = export(1);
    let place = Place::new(python, &stub, &root);
    let (_folder, plain) = place.command(&job);
    let mut command = Command::new("setpriv");
    command.args(["--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search"]);
    command.arg(plain.get_program()).args(plain.get_args());
    let Ok(output) = place.set(&mut command).output() else { return };
    assert!(!output.status.success(), "{}", said(&output));
    let named = failures(judged(&stub, &job));
    assert_eq!(named, ["closed: Permission denied", "shut: Permission denied"]);
    fs::set_permissions(root.join("shut"), fs::Permissions::from_mode(0o700)).unwrap();
}

fn changed_parts(python: &Path) {
    let stub = Stub::start();
    let (_kept, root) = small_tree(python);
    let (out, proof) = exported(&Place::new(python, &stub, &root), &stub, 1);
    let written = status(&stub, &out).unwrap();
    let key = format!("{BUCKET}/{}part-000001", prefix(&out));
    stub.change(&key, |object| object[100] ^= 1);
    let verdict = judged(&stub, &out);
    assert!(
        matches!(&verdict, Err(Unproven::OtherContent { object }) if object == "part-000001"),
        "{verdict:?}"
    );
    let (_copy_kept, copy) = empty();
    let back = import(1, 1, &written);
    Place::new(python, &stub, &copy).run(&back);
    let named = failures(judged_import(&stub, &back, &proof));
    assert!(named.len() == 1 && named[0].contains("part-000001 is not what the export wrote"), "{named:?}");
    stub.change(&format!("{BUCKET}/{}status.json", prefix(&out)), |object| object.extend(b" "));
    let again = import(2, 1, &written);
    Place::new(python, &stub, &copy).run(&again);
    let named = failures(judged_import(&stub, &again, &proof));
    assert!(named.len() == 1 && named[0].contains("status.json is not what the export wrote"), "{named:?}");
}

fn a_disk_that_is_full_is_named(python: &Path) {
    let stub = Stub::start();
    let (_kept, root) = small_tree(python);
    let (out, proof) = exported(&Place::new(python, &stub, &root), &stub, 1);
    let (_copy_kept, copy) = empty();
    let back = import(1, 1, &status(&stub, &out).unwrap());
    let place = Place::new(python, &stub, &copy);
    let (_folder, plain) = place.command(&back);
    let mut command = Command::new("bash");
    // No file may have more than 4 MiB: the closest to a full disk that needs no root.
    command.args(["-c", "ulimit -f 4096; exec \"$@\"", "-"]).arg(plain.get_program()).args(plain.get_args());
    let output = place.set(&mut command).output().unwrap();
    assert!(!output.status.success(), "{}", said(&output));
    let named = failures(judged_import(&stub, &back, &proof));
    assert!(named[0].starts_with("random: "), "{named:?}");
    assert!(judged_import(&stub, &back, &proof).is_err());
}

/// Needs root, for a file system of its own.
fn a_volume_that_is_too_small_is_left_empty(python: &Path) {
    let (_copy_kept, copy) = empty();
    let mount = |options: &str| {
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", options, "none"]).arg(&copy);
        is_root() && command.output().is_ok_and(|output| output.status.success())
    };
    let stub = Stub::start();
    let (_kept, root) = small_tree(python);
    let (out, proof) = exported(&Place::new(python, &stub, &root), &stub, 1);
    let written = status(&stub, &out).unwrap();
    for (number, options, why) in
        [(1, "size=20m", "bytes are free"), (2, "size=200m,nr_inodes=50", "files are free")]
    {
        if !mount(options) {
            return;
        }
        let back = import(number, 1, &written);
        let output = Place::new(python, &stub, &copy).run(&back);
        let left = fs::read_dir(&copy).unwrap().count();
        assert!(Command::new("umount").arg(&copy).status().unwrap().success());
        let named = failures(judged_import(&stub, &back, &proof));
        assert!(named.len() == 1 && named[0].contains(why), "{named:?}\n{}", said(&output));
        assert_eq!(left, 0);
    }
}

fn what_is_in_the_folder_is_never_overwritten(python: &Path) {
    let stub = Stub::start();
    let (_kept, root) = small_tree(python);
    let (out, proof) = exported(&Place::new(python, &stub, &root), &stub, 1);
    let written = status(&stub, &out).unwrap();
    let (_copy_kept, copy) = empty();
    fs::write(copy.join("random"), "mine").unwrap();
    fs::create_dir(copy.join("lost+found")).unwrap();
    fs::set_permissions(copy.join("lost+found"), fs::Permissions::from_mode(0o700)).unwrap();
    let place = Place::new(python, &stub, &copy);
    let back = import(1, 1, &written);
    place.run(&back);
    let named = failures(judged_import(&stub, &back, &proof));
    assert!(named.contains(&"random: is in the folder already".to_owned()), "{named:?}");
    assert_eq!(named.iter().any(|one| one.starts_with("lost+found")), !is_root(), "{named:?}");
    assert_eq!(fs::read(copy.join("random")).unwrap(), b"mine");

    // Each attempt moves what it finds to a folder of its own, so that none moves over what another has moved.
    for number in [2, 3] {
        let mut consented = import(number, 1, &written);
        if let Work::Import { aside, .. } = &mut consented.work {
            *aside = true;
        }
        let output = place.run(&consented);
        let found =
            judged_import(&stub, &consented, &proof).unwrap_or_else(|why| panic!("{why:?}{}", said(&output)));
        let moved = format!(".remediate-aside-{}-import-{number:02}", consented.attempt.of);
        let kept = fs::read(copy.join(&moved).join("random")).unwrap();
        assert_eq!(kept == b"mine", number == 2, "{}", kept.len());
        assert!(found.skipped.iter().any(|one| one.path.as_bytes() == b"random" && one.why.contains(&moved)));
    }
}

fn credentials_are_fetched_anew(python: &Path) {
    let stub = Stub::start();
    let (_kept, root) = empty();
    fs::write(root.join("a"), "b").unwrap();
    let job = export(1);
    let place = Place::new(python, &stub, &root);
    let (_folder, mut command) = place.command(&job);
    command.env_remove("REMEDIATE_CREDENTIALS");
    command.env("REMEDIATE_IMDS", stub.endpoint.trim_start_matches("http://"));
    let output = command.output().unwrap();
    assert!(judged(&stub, &job).is_ok(), "{}", said(&output));
    let tokens: Vec<String> = stub
        .asked()
        .into_iter()
        .filter(|asked| asked.method == "PUT" && asked.key.starts_with(BUCKET))
        .map(|asked| asked.token)
        .collect();
    assert_eq!(tokens[0], "token-1", "which S3 says has expired");
    let mut each = tokens.clone();
    each.dedup();
    assert_eq!(each, tokens, "those that end soon are not used twice");
    assert!(tokens.len() >= 4, "{tokens:?}");
}

fn a_worker_that_is_told_to_stop_says_so(python: &Path) {
    let stub = Stub::start();
    let (_kept, root) = small_tree(python);
    stub.trick("PUT", "part-00000", 9, Trick::Hold);
    let job = export(1);
    let (_folder, child) = Place::new(python, &stub, &root).start(&job);
    stub.wait(|arrived| arrived.iter().any(|one| one.ends_with("part-000000")));
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    stub.release();
    let output = child.wait_with_output().unwrap();
    assert!(!output.status.success(), "{}", said(&output));
    let named = failures(judged(&stub, &job));
    assert!(named.iter().any(|one| one.contains("was told to stop")), "{named:?}");
}

fn a_worker_that_starts_twice(python: &Path) {
    let stub = Stub::start();
    let (_kept, root) = empty();
    let place = Place::new(python, &stub, &root);
    let (job, _) = exported(&place, &stub, 1);
    let before = stub.objects("");
    let output = place.run(&job);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert_eq!(stub.objects(""), before);
}
