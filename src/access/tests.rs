//! Laws of the least permissions.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::document::split;
use super::*;
use crate::facts::limits::MANAGED_POLICY;
use crate::fixtures::{POLICY, exposed, instance, plan_by, tags};
use crate::plan::Plan;

/// The fixture plan with so many items.
fn plan(count: usize) -> Plan {
    let instances = (0..count).map(|at| instance(exposed(&format!("Nb-{at}")), tags(&[])));
    let plan = plan_by(POLICY, instances.collect());
    assert_eq!(plan.items.len(), count, "{:?}", plan.withheld);
    plan
}

fn shown(documents: &[Document]) -> String {
    let line = |one: &Statement| {
        let condition = (!one.condition.is_empty()).then(|| format!("\n    if {}", json!(one.condition)));
        let (actions, resources) = (one.action.join(" "), one.resource.join("\n       "));
        format!("{}: {actions}\n    on {resources}{}", one.sid, condition.unwrap_or_default())
    };
    statements(documents).map(line).collect::<Vec<_>>().join("\n")
}

fn statements(documents: &[Document]) -> impl Iterator<Item = &Statement> {
    documents.iter().flat_map(|document| &document.statement)
}

/// The operations that the sources of `aws` name, by how AWS names its operations.
fn named_operations() -> BTreeSet<String> {
    fn sources(directory: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("tests") {
                sources(&path, found);
            } else if !path.ends_with("tests.rs") && path.extension().is_some_and(|one| one == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push(text.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned());
            }
        }
    }
    let mut texts = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/aws"), &mut texts);
    let verbs = [
        "Add", "Assume", "Create", "Delete", "Describe", "Disable", "Enable", "Get", "Head", "List", "Put",
        "Remove", "Search", "Simulate", "Start", "Stop", "Tag", "Untag", "Update",
    ];
    let is_operation = |word: &&str| {
        let starts = verbs
            .iter()
            .filter_map(|verb| word.strip_prefix(verb))
            .any(|rest| rest.starts_with(char::is_uppercase));
        starts && word.chars().all(|c| c.is_ascii_alphanumeric())
    };
    let words = texts.iter().flat_map(|text| text.split('"').skip(1).step_by(2));
    words.filter(is_operation).map(str::to_owned).collect()
}

#[test]
fn every_operation_that_is_sent_is_in_the_table() {
    let named = named_operations();
    assert!(named.len() > 10, "the sources are elsewhere: {named:?}");
    // Members of answers that look like operations.
    let members = ["AssumeRolePolicyDocument", "CreationTime", "UpdatedTime", "EnableVgwRoutePropagation"];
    let missing: Vec<_> =
        named.iter().filter(|name| operation(name).is_none() && !members.contains(&name.as_str())).collect();
    assert!(missing.is_empty(), "what permission do these need? {missing:?}");
}

#[test]
fn the_table_has_each_operation_once_and_each_purpose_is_of_some() {
    let names: BTreeSet<&str> = operations().iter().map(|operation| operation.name).collect();
    assert_eq!(names.len(), operations().len());
    let purposes: BTreeSet<Purpose> =
        operations().iter().flat_map(|operation| operation.needs).map(|need| need.purpose).collect();
    assert_eq!(purposes, Purpose::ALL.into());
    let sids: BTreeSet<&str> = Purpose::ALL.iter().map(|purpose| purpose.sid()).collect();
    assert_eq!(sids.len(), Purpose::ALL.len());
}

#[test]
fn who_reads_may_change_nothing_and_is_given_nothing_to_use() {
    let reads = ["Describe", "Get", "List"];
    for scope in [Scope::everything(), Scope::of_plan(&plan(2))] {
        for statement in statements(&policies(Actor::Reader, &scope)) {
            for action in &statement.action {
                let name = action.split_once(':').unwrap().1;
                assert!(reads.iter().any(|verb| name.starts_with(verb)), "{action}");
            }
        }
    }
}

#[test]
fn policies_are_sorted_and_the_same_each_time() {
    for (actor, scope) in [
        (Actor::Reader, Scope::everything()),
        (Actor::Operator, Scope::everything()),
        (Actor::Operator, Scope::of_plan(&plan(3))),
    ] {
        let documents = policies(actor, &scope);
        assert_eq!(documents, policies(actor, &scope));
        for statement in statements(&documents) {
            assert!(statement.action.is_sorted() && statement.resource.is_sorted(), "{statement:?}");
        }
    }
}

#[test]
fn a_policy_has_the_form_that_iam_takes() {
    let documents = policies(Actor::Operator, &Scope::of_plan(&plan(1)));
    let text = serde_json::to_string(&documents[0]).unwrap();
    let begins = r#"{"Version":"2012-10-17","Statement":[{"Sid":"ListInstances","Effect":"Allow","Action":["sagemaker:ListNotebookInstances"],"Resource":["*"],"Condition":{"StringEquals":{"aws:RequestedRegion":["us-east-1"]}}},{"#;
    assert!(text.starts_with(begins), "{text}");
}

#[test]
fn the_operator_of_a_plan_is_confined_to_it() {
    assert_snapshot!(shown(&policies(Actor::Operator, &Scope::of_plan(&plan(1)))), @r#"
    ListInstances: sagemaker:ListNotebookInstances
        on *
        if {"StringEquals":{"aws:RequestedRegion":["us-east-1"]}}
    ReadInstances: sagemaker:DescribeNotebookInstance sagemaker:ListTags
        on arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/Nb-0
           arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/Nb-0-vpc
           arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/nb-0
           arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/nb-0-vpc
    ReadNetwork: ec2:DescribeSubnets
        on *
        if {"StringEquals":{"aws:RequestedRegion":["us-east-1"]}}
    ReadQuotas: servicequotas:GetServiceQuota
        on *
        if {"StringEquals":{"aws:RequestedRegion":["us-east-1"]}}
    ReadExecutionRoles: iam:GetRole
        on arn:aws:iam::123456789012:role/nb-research
    StopAndStart: sagemaker:StartNotebookInstance sagemaker:StopNotebookInstance
        on arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/Nb-0
           arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/Nb-0-vpc
           arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/nb-0
           arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/nb-0-vpc
    CreateReplacements: sagemaker:CreateNotebookInstance
        on arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/Nb-0-vpc
           arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/nb-0-vpc
        if {"ForAllValues:StringEquals":{"sagemaker:VpcSecurityGroupIds":["sg-a"],"sagemaker:VpcSubnets":["subnet-a"]},"StringEquals":{"sagemaker:DirectInternetAccess":["Disabled"]}}
    TagReplacements: sagemaker:AddTags
        on arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/Nb-0-vpc
           arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/nb-0-vpc
        if {"StringEquals":{"sagemaker:TaggingAction":["CreateNotebookInstance"]}}
    DeleteReplacements: sagemaker:DeleteNotebookInstance
        on arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/Nb-0-vpc
           arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/nb-0-vpc
        if {"StringEquals":{"aws:ResourceTag/remediate:plan":["736e49f55d5648d4a205a54410876c22e5e3a9aff256a4a8eb5e03ad934cbff0"]}}
    PassExecutionRoles: iam:PassRole
        on arn:aws:iam::123456789012:role/nb-research
        if {"StringEquals":{"iam:PassedToService":["sagemaker.amazonaws.com"]}}
    FindNetworkForSageMaker: ec2:DescribeDhcpOptions ec2:DescribeNetworkInterfaces ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcs
        on *
        if {"StringEquals":{"aws:RequestedRegion":["us-east-1"]}}
    MakeNetworkInterfaces: ec2:CreateNetworkInterface
        on arn:aws:ec2:us-east-1:*:security-group/sg-a
           arn:aws:ec2:us-east-1:*:subnet/subnet-a
           arn:aws:ec2:us-east-1:123456789012:network-interface/*
    ManageNetworkInterfaces: ec2:CreateNetworkInterfacePermission ec2:DeleteNetworkInterface ec2:DeleteNetworkInterfacePermission
        on arn:aws:ec2:us-east-1:123456789012:network-interface/*
    "#);
}

#[test]
fn the_operator_of_any_plan_may_do_what_one_needs_to_any_instance() {
    assert_snapshot!(shown(&policies(Actor::Operator, &Scope::everything())), @r#"
    ListInstances: sagemaker:ListNotebookInstances
        on *
    ReadInstances: sagemaker:DescribeNotebookInstance sagemaker:ListTags
        on arn:*:sagemaker:*:*:notebook-instance/*
    ReadNetwork: ec2:DescribeSubnets
        on *
    ReadQuotas: servicequotas:GetServiceQuota
        on *
    ReadVolumeKeys: kms:DescribeKey
        on arn:*:kms:*:*:key/*
    ReadExecutionRoles: iam:GetRole
        on arn:*:iam::*:role/*
    StopAndStart: sagemaker:StartNotebookInstance sagemaker:StopNotebookInstance
        on arn:*:sagemaker:*:*:notebook-instance/*
    UpdateSources: sagemaker:UpdateNotebookInstance
        on arn:*:sagemaker:*:*:notebook-instance/*
    CreateReplacements: sagemaker:CreateNotebookInstance
        on arn:*:sagemaker:*:*:notebook-instance/*
        if {"StringEquals":{"sagemaker:DirectInternetAccess":["Disabled"]}}
    TagReplacements: sagemaker:AddTags
        on arn:*:sagemaker:*:*:notebook-instance/*
        if {"StringEquals":{"sagemaker:TaggingAction":["CreateNotebookInstance"]}}
    DeleteReplacements: sagemaker:DeleteNotebookInstance
        on arn:*:sagemaker:*:*:notebook-instance/*
    PassExecutionRoles: iam:PassRole
        on arn:*:iam::*:role/*
        if {"StringEquals":{"iam:PassedToService":["sagemaker.amazonaws.com"]}}
    FindNetworkForSageMaker: ec2:DescribeDhcpOptions ec2:DescribeNetworkInterfaces ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcs
        on *
    MakeNetworkInterfaces: ec2:CreateNetworkInterface
        on arn:*:ec2:*:*:network-interface/*
           arn:*:ec2:*:*:security-group/*
           arn:*:ec2:*:*:subnet/*
    ManageNetworkInterfaces: ec2:CreateNetworkInterfacePermission ec2:DeleteNetworkInterface ec2:DeleteNetworkInterfacePermission
        on arn:*:ec2:*:*:network-interface/*
    GrantVolumeKeysToSageMaker: kms:CreateGrant
        on arn:*:kms:*:*:key/*
        if {"Bool":{"kms:GrantIsForAWSResource":["true"]},"StringLike":{"kms:ViaService":["sagemaker.*.amazonaws.com","sagemaker.*.amazonaws.com.cn"]}}
    "#);
}

#[test]
fn who_reads_sees_the_whole_account_also_with_a_plan() {
    assert_snapshot!(shown(&policies(Actor::Reader, &Scope::of_plan(&plan(1)))), @r#"
    ListInstances: sagemaker:ListNotebookInstances
        on *
        if {"StringEquals":{"aws:RequestedRegion":["us-east-1"]}}
    ReadInstances: sagemaker:DescribeNotebookInstance sagemaker:ListTags
        on arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/*
    ReadLifecycleScripts: sagemaker:DescribeNotebookInstanceLifecycleConfig
        on arn:aws:sagemaker:us-east-1:123456789012:notebook-instance-lifecycle-config/*
    ListRegions: ec2:DescribeRegions
        on *
    ReadNetwork: ec2:DescribeAvailabilityZones ec2:DescribeInstanceTypeOfferings ec2:DescribeNatGateways ec2:DescribeNetworkAcls ec2:DescribeNetworkInterfaces ec2:DescribeRouteTables ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcAttribute ec2:DescribeVpcEndpoints ec2:DescribeVpcs
        on *
        if {"StringEquals":{"aws:RequestedRegion":["us-east-1"]}}
    ReadQuotas: servicequotas:GetServiceQuota servicequotas:ListServiceQuotas
        on *
        if {"StringEquals":{"aws:RequestedRegion":["us-east-1"]}}
    ReadVolumeKeys: kms:DescribeKey
        on arn:aws:kms:us-east-1:*:key/*
    ReadExecutionRoles: iam:GetRole
        on arn:aws:iam::123456789012:role/*
    ReadPolicies: iam:GetAccountAuthorizationDetails
        on *
    "#);
}

#[test]
fn sources_are_deleted_only_where_the_plan_says_so() {
    let deletes = |plan: &Plan| {
        let documents = policies(Actor::Operator, &Scope::of_plan(plan));
        let of =
            |statement: &Statement| statement.action.contains(&"sagemaker:DeleteNotebookInstance".to_owned());
        statements(&documents).filter(|one| of(one)).flat_map(|one| one.resource.clone()).collect::<Vec<_>>()
    };
    let mut plan = plan(2);
    let source = "notebook-instance/nb-0";
    assert!(!deletes(&plan).iter().any(|arn| arn.ends_with(source)));
    plan.items[0].cleanup = true;
    assert!(deletes(&plan).iter().any(|arn| arn.ends_with(source)));
    assert!(!deletes(&plan).iter().any(|arn| arn.ends_with("notebook-instance/nb-1")));
}

#[test]
fn partitions_and_regions_are_those_of_the_plan() {
    let mut chinese = plan(1);
    let text = serde_json::to_string(&chinese)
        .unwrap()
        .replace("arn:aws:", "arn:aws-cn:")
        .replace("us-east-1", "cn-north-1");
    chinese = serde_json::from_str(&text).unwrap();
    chinese.items[0].request.kms_key_id = Some("1234abcd-12ab-34cd-56ef-1234567890ab".to_owned());
    let documents = serde_json::to_string(&policies(Actor::Operator, &Scope::of_plan(&chinese))).unwrap();
    assert!(documents.contains("arn:aws-cn:kms:cn-north-1:123456789012:key/1234abcd"), "{documents}");
    assert!(documents.contains("sagemaker.cn-north-1.amazonaws.com.cn"), "{documents}");
    assert!(!documents.contains("arn:aws:") && !documents.contains("us-east-1"), "{documents}");
    for (region, partition) in
        [("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn"), ("eu-west-1", "aws")]
    {
        let mut empty = plan(1);
        empty.items.clear();
        empty.regions = vec![region.parse().unwrap()];
        assert!(Scope::of_plan(&empty).is_empty());
        let documents = serde_json::to_string(&policies(Actor::Reader, &Scope::of_plan(&empty))).unwrap();
        assert!(documents.contains(&format!("arn:{partition}:sagemaker:{region}:")), "{documents}");
    }
}

#[test]
fn keys_are_allowed_by_arn_and_those_known_by_alias_by_their_alias() {
    let mut plan = plan(3);
    let arn = "arn:aws:kms:us-east-1:999999999999:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let aliases = ["alias/notebooks", "arn:aws:kms:us-east-1:123456789012:alias/others"];
    for (item, key) in plan.items.iter_mut().zip([arn, aliases[0], aliases[1]]) {
        item.request.kms_key_id = Some(key.to_owned());
    }
    let documents = policies(Actor::Operator, &Scope::of_plan(&plan));
    let of = |sid: &str| statements(&documents).find(|one| one.sid == sid).unwrap();
    assert_eq!(of("GrantVolumeKeysToSageMaker").resource, [arn]);
    let by_alias = of("GrantVolumeKeysToSageMakerByAlias");
    assert_eq!(by_alias.resource, ["arn:aws:kms:us-east-1:123456789012:key/*"]);
    assert_eq!(
        json!(by_alias.condition),
        json!({
            "Bool": { "kms:GrantIsForAWSResource": ["true"] },
            "ForAnyValue:StringEquals": { "kms:ResourceAliases": ["alias/notebooks", "alias/others"] },
            "StringEquals": { "kms:ViaService": ["sagemaker.us-east-1.amazonaws.com"] },
        })
    );
}

#[test]
fn a_large_plan_has_several_policies_that_iam_takes_and_that_allow_the_same() {
    let documents = policies(Actor::Operator, &Scope::of_plan(&plan(200)));
    assert!(documents.len() > 1, "{}", documents.len());
    let mut sources = BTreeSet::new();
    for document in &documents {
        assert!(document.size() <= MANAGED_POLICY, "{}", document.size());
        let sids: BTreeSet<&str> = document.statement.iter().map(|one| one.sid.as_str()).collect();
        assert_eq!(sids.len(), document.statement.len());
        for statement in &document.statement {
            let alphanumeric = statement.sid.bytes().all(|byte| byte.is_ascii_alphanumeric());
            assert!(alphanumeric && !statement.resource.is_empty(), "{}", statement.sid);
            if statement.sid.starts_with("StopAndStart") {
                sources.extend(statement.resource.iter().filter(|arn| !arn.ends_with("-vpc")).cloned());
            }
        }
    }
    // Each in its own case and in lower case.
    assert_eq!(sources.len(), 400);
    let one: Vec<Statement> = documents[0].statement.clone();
    assert_eq!(split(one.clone()), [Document::of(one)], "what fits stays together");
}

#[test]
fn the_role_of_an_instance_is_for_sagemaker_and_writes_logs_and_its_work_where_that_is_said() {
    let role = |storage: Option<&str>| -> Value {
        let storage = storage.map(|text| text.parse::<Storage>().unwrap());
        serde_json::to_value(execution_role(&Scope::everything(), storage.as_ref())).unwrap()
    };
    let plain = role(None);
    let trust = &plain["AssumeRolePolicyDocument"]["Statement"][0];
    assert_eq!(
        (&trust["Action"], &trust["Principal"]["Service"]),
        (&json!("sts:AssumeRole"), &json!("sagemaker.amazonaws.com"))
    );
    let statements = &plain["Policies"][0]["PolicyDocument"]["Statement"];
    assert_eq!(statements.as_array().unwrap().len(), 1);
    assert_eq!(
        statements[0]["Resource"],
        json!(["arn:*:logs:*:*:log-group:/aws/sagemaker/NotebookInstances*"])
    );

    let stored = role(Some("s3://work-sagemaker/teams/fraud/"));
    let statements = &stored["Policies"][0]["PolicyDocument"]["Statement"];
    assert_eq!(statements[1]["Resource"], json!(["arn:*:s3:::work-sagemaker/teams/fraud/*"]));
    assert_eq!(
        statements[2]["Condition"]["StringLike"]["s3:prefix"],
        json!(["teams/fraud", "teams/fraud/*"])
    );
    for wrong in ["work", "s3://", "s3://Bucket", "s3://bucket/a*b", "s3://ab"] {
        assert!(wrong.parse::<Storage>().is_err(), "{wrong}");
    }
}

/// The fixture plan with so many items whose files the run moves, encrypted with that key.
fn moving(count: usize, key: &str) -> Plan {
    let text = format!("{POLICY}[defaults]\ndata = 's3'\n[transfer]\nbucket = 'moves'\nkms_key = '{key}'\n");
    let instances = (0..count).map(|at| instance(exposed(&format!("nb-{at}")), tags(&[])));
    let plan = plan_by(&text, instances.collect());
    assert_eq!(plan.items.len(), count, "{:?}", plan.withheld);
    plan
}

#[test]
fn whoever_applies_a_plan_that_moves_files_may_make_the_configurations_for_it_and_attach_them() {
    let of_transfers = |actor, scope: &Scope| {
        let documents = policies(actor, scope);
        let chosen = statements(&documents).filter(|one| one.sid.contains("Transfer"));
        shown(&[Document::of(chosen.cloned().collect())])
    };
    let scope = Scope::of_plan(&moving(1, "1234abcd-12ab-34cd-56ef-1234567890ab"));
    assert_snapshot!(of_transfers(Actor::Operator, &scope), @r#"
    AttachTransferConfigs: sagemaker:UpdateNotebookInstance
        on arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/nb-0
           arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/nb-0-vpc
    MakeTransferConfigs: sagemaker:AddTags sagemaker:CreateNotebookInstanceLifecycleConfig sagemaker:DeleteNotebookInstanceLifecycleConfig
        on arn:aws:sagemaker:us-east-1:123456789012:notebook-instance-lifecycle-config/remediate-*
    ListTransfers: s3:ListBucket
        on arn:aws:s3:::moves
        if {"StringLike":{"s3:prefix":["remediate/*"]}}
    ReadTransfers: s3:GetObject
        on arn:aws:s3:::moves/remediate/*
    DecryptTransfers: kms:Decrypt
        on arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
    "#);
    let read = of_transfers(Actor::Reader, &scope);
    assert!(read.contains("s3:GetObject") && !read.contains("LifecycleConfig"), "{read}");
    // Files that are moved by hand need none of it, and an alias stands for no ARN.
    let mut plan = moving(2, "alias/moves");
    for item in &mut plan.items {
        item.transfer.as_mut().unwrap().by = crate::plan::TransferWay::Hand;
    }
    let by_hand = of_transfers(Actor::Operator, &Scope::of_plan(&plan));
    assert!(!by_hand.contains("LifecycleConfig") && !by_hand.contains("kms:"), "{by_hand}");
    // Without a plan: where files may be moved at all.
    let any = Scope::everything().with_transfers(&"s3://moves".parse().unwrap(), None);
    let any = of_transfers(Actor::Operator, &any);
    assert!(any.contains("arn:*:sagemaker:*:*:notebook-instance-lifecycle-config/remediate-*"), "{any}");
    assert_eq!(of_transfers(Actor::Operator, &Scope::everything()), "");
}

#[test]
fn the_role_of_instances_whose_files_are_moved_writes_and_reads_them_and_lists_nothing() {
    let role = |key: &str| {
        let role = execution_role(&Scope::of_plan(&moving(2, key)), None);
        shown(std::slice::from_ref(&role.policies[0].policy_document))
    };
    assert_snapshot!(role("arn:aws:kms:us-east-1:123456789012:key/k"), @"
    WriteLogs: logs:CreateLogGroup logs:CreateLogStream logs:DescribeLogStreams logs:PutLogEvents
        on arn:aws:logs:us-east-1:123456789012:log-group:/aws/sagemaker/NotebookInstances*
    MoveFiles: s3:GetObject s3:PutObject
        on arn:aws:s3:::moves/remediate/*
    EncryptMovedFiles: kms:Decrypt kms:GenerateDataKey
        on arn:aws:kms:us-east-1:123456789012:key/k
    ");
    assert!(!role("alias/moves").contains("kms:"));
}

#[test]
fn what_transfers_leave_may_be_read_where_they_leave_it_and_nowhere_else() {
    let storage = |text: &str| text.parse::<super::Storage>().unwrap();
    let key = "arn:aws:kms:us-east-1:123456789012:key/k";
    let scope = Scope::of_plan(&plan(1))
        .with_transfers(&storage("s3://acme-moves/a"), Some(key))
        .with_transfers(&storage("s3://acme-moves/b"), None)
        .with_transfers(&storage("s3://whole"), None);
    let [read, operated] = [Actor::Reader, Actor::Operator].map(|actor| {
        let documents = policies(actor, &scope);
        let of_transfers = statements(&documents).filter(|one| one.sid.contains("Transfers"));
        shown(&[Document::of(of_transfers.cloned().collect())])
    });
    assert_eq!(read, operated);
    assert_snapshot!(read, @r#"
    ListTransfersOf1: s3:ListBucket
        on arn:aws:s3:::acme-moves
        if {"StringLike":{"s3:prefix":["a/*","b/*"]}}
    ListTransfersOf2: s3:ListBucket
        on arn:aws:s3:::whole
    ReadTransfers: s3:GetObject
        on arn:aws:s3:::acme-moves/a/*
           arn:aws:s3:::acme-moves/b/*
           arn:aws:s3:::whole/*
    DecryptTransfers: kms:Decrypt
        on arn:aws:kms:us-east-1:123456789012:key/k
    "#);
    let without = policies(Actor::Operator, &Scope::of_plan(&plan(1)));
    assert!(!shown(&without).contains("s3:"), "nothing is moved");
}
