//! Files that a run moves: what their records can follow, and what is known after them.

use super::{accepted, intent, plan, records, run_resumed, run_started, started};
use crate::fixtures::{id, nonce};
use crate::ids::Digest;
use crate::journal::{Call, Entry, FilesProof, Past, PriorStatus, SourceRest, fold};
use crate::plan::TransferKind::{self, Export, Import};

fn prepared(transfer: TransferKind) -> Entry {
    let source = (transfer == Import).then(|| Digest::of("status"));
    Entry::TransferPrepared { item: id("a"), transfer, nonce: nonce(&id("a")), source }
}

fn moved(transfer: TransferKind, quiet: bool) -> Entry {
    let (status, manifest) = (Digest::of("status"), Digest::of("manifest"));
    let proof = FilesProof { status, manifest, bytes: 7, entries: 2, quiet, source_modified: None };
    Entry::FilesMoved { item: id("a"), transfer, proof }
}

fn told(more: Vec<Entry>) -> Result<Past, String> {
    let begun = vec![run_started(&plan('a')), started("a", PriorStatus::InService)];
    let state = fold(&records([begun, more].concat())).map_err(|error| error.to_string())?;
    Ok(state.items[&id("a")].clone())
}

#[test]
fn a_transfer_is_prepared_once_and_proven_once_after_that() {
    let past = told(vec![prepared(Export), moved(Export, true), prepared(Import)]).unwrap();
    assert_eq!(past.moved(Export).unwrap().bytes, 7);
    assert_eq!(past.transfer(Import).unwrap().source, Some(Digest::of("status")));
    assert!(past.moved(Import).is_none());
    for (more, why) in [
        (vec![prepared(Export), prepared(Export)], "the export was prepared before"),
        (vec![moved(Export, true)], "the export was not prepared"),
        (vec![prepared(Export), moved(Import, true)], "the import was not prepared"),
        (vec![prepared(Export), moved(Export, true), moved(Export, true)], "the export was proven before"),
    ] {
        let found = told(more).unwrap_err();
        assert!(found.contains(why), "{found}");
    }
    let early = fold(&records(vec![run_started(&plan('a')), prepared(Export)])).unwrap_err();
    assert!(early.to_string().contains("the item was not started"), "{early}");
}

#[test]
fn every_start_and_stop_of_the_source_makes_its_rest_unknown_again() {
    let at_rest = || Entry::SourceAtRest { item: id("a"), last_modified: None, unwatched: false };
    let seen = told(vec![at_rest()]).unwrap();
    assert_eq!(seen.rest, SourceRest::Seen(None));
    for call in [Call::StopSource, Call::StartExport, Call::StopExport, Call::StartSource] {
        let past = told(vec![at_rest(), intent("a", call)]).unwrap();
        assert_eq!(past.rest, SourceRest::NotSeen, "{call:?}");
    }
    for call in [Call::AttachExport, Call::StartImport, Call::StopImport, Call::CreateExportConfig] {
        let past = told(vec![at_rest(), intent("a", call)]).unwrap();
        assert_eq!(past.rest, SourceRest::Seen(None), "{call:?}");
    }
}

#[test]
fn a_source_that_could_change_has_run_on_where_its_run_was_cut_off_before_it_was_stopped() {
    let stop = Call::StopExport;
    let stopped = || vec![intent("a", stop), accepted("a", stop)];
    for (quiet, after, ran_on) in [
        (false, vec![], true),
        (true, vec![], false),
        (false, vec![intent("a", stop)], true),
        (false, stopped(), false),
        (true, stopped(), false),
    ] {
        let whole = [vec![prepared(Export), moved(Export, quiet)], after, vec![run_resumed()]].concat();
        let past = told(whole.clone()).unwrap();
        assert_eq!(past.ran_on_after_export, ran_on, "{whole:?}");
    }
    assert!(!told(vec![prepared(Export), moved(Export, false)]).unwrap().ran_on_after_export);
}

#[test]
fn each_call_has_its_own_verb_and_object_and_the_operation_of_both() {
    let parts = |call: Call| (call.operation(), format!("{:?}", call.object()));
    assert_eq!(parts(Call::AttachExport), ("UpdateNotebookInstance", "Source".to_owned()));
    assert_eq!(parts(Call::DetachImport), ("UpdateNotebookInstance", "Replacement".to_owned()));
    let config = parts(Call::DeleteImportConfig);
    assert_eq!(config, ("DeleteNotebookInstanceLifecycleConfig", "Config(Import)".to_owned()));
    assert_eq!(parts(Call::CreateReplacement), ("CreateNotebookInstance", "Replacement".to_owned()));
}
