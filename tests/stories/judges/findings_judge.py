"""Judges an audit's findings by the models of others: OCSF by Prowler's, ASFF by botocore's.

findings_judge.py ocsf FILE      an array of Compliance Findings
findings_judge.py asff FILE      on each line the input of one BatchImportFindings call
findings_judge.py spoilt ocsf|asff FILE
                                 the same, spoilt in every way that the judge is to see
"""

from __future__ import annotations

import copy
import json
import re
import sys
from typing import Any, Callable, Iterator

import botocore.session
from botocore.validate import ParamValidator
from py_ocsf_models import OCSF_VERSION
from py_ocsf_models.events.findings.activity_id import ActivityID
from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding
from py_ocsf_models.events.findings.compliance_finding_type_id import ComplianceFindingTypeID
from py_ocsf_models.events.findings.severity_id import SeverityID
from py_ocsf_models.events.findings.status_id import StatusID
from py_ocsf_models.objects.account import TypeID
from py_ocsf_models.objects.cloud import Cloud
from py_ocsf_models.objects.compliance_status import StatusID as ComplianceStatusID


class Wrong(Exception):
    """What the judge objects to."""


def claim(holds: bool, what: str) -> None:
    if not holds:
        raise Wrong(what)


def equal(found: object, wanted: object, what: str) -> None:
    claim(found == wanted, f"{what} is {found!r} and not {wanted!r}")


def same_members(given: Any, understood: Any, path: str) -> None:
    """Every member that was given is one that the model has."""
    if isinstance(given, dict):
        claim(isinstance(understood, dict), f"{path} is not understood")
        left = sorted(set(given) - set(understood))
        claim(not left, f"{path} has members that the model has not: {left}")
        for name, value in given.items():
            same_members(value, understood[name], f"{path}.{name}")
    elif isinstance(given, list):
        claim(isinstance(understood, list) and len(given) == len(understood), f"{path} is not understood")
        for number, value in enumerate(given):
            same_members(value, understood[number], f"{path}[{number}]")


def understood(model: Any, given: Any, path: str) -> None:
    try:
        parsed = model.model_validate(given)
    except ValueError as error:
        raise Wrong(f"{path}: {error}") from error
    same_members(given, parsed.model_dump(exclude_unset=True, mode="json"), path)


def caption(number: int, text: str, names: Any, path: str) -> None:
    """The text is the name of the number, as the schema writes it: with spaces."""
    name = names(number).name.replace("_", " ")
    equal(text.replace(" ", ""), name.replace(" ", ""), path)


def judge_event(whole: dict[str, Any]) -> str:
    event = copy.deepcopy(whole)
    path = event.get("finding_info", {}).get("uid", "an event without a uid")
    # Prowler's class leaves out two members that the schema has: `cloud`, of the profile of that name, and the caption
    # of `compliance.status_id`.
    profiles = event.get("metadata", {}).get("profiles", [])
    claim("cloud" in profiles and "datetime" in profiles, f"{path}: profiles {profiles}")
    cloud = event.pop("cloud")
    understood(Cloud, cloud, f"{path}: cloud")
    equal(cloud["provider"], "AWS", f"{path}: cloud.provider")
    claim(re.fullmatch(r"\d{12}", cloud["account"]["uid"]) is not None, f"{path}: account")
    caption(cloud["account"]["type_id"], cloud["account"]["type"], TypeID, f"{path}: account.type")
    compliance = event["compliance"]
    caption(compliance["status_id"], compliance.pop("status"), ComplianceStatusID, f"{path}: compliance.status")
    understood(ComplianceFinding, event, path)

    equal(event["metadata"]["version"], OCSF_VERSION, f"{path}: metadata.version")
    equal(event["class_uid"], 2003, f"{path}: class_uid")
    equal(event["class_name"], "Compliance Finding", f"{path}: class_name")
    equal((event["category_uid"], event["category_name"]), (2, "Findings"), f"{path}: category")
    equal(event["type_uid"], event["class_uid"] * 100 + event["activity_id"], f"{path}: type_uid")
    caption(event["activity_id"], event["activity_name"], ActivityID, f"{path}: activity_name")
    type_name = event["class_name"] + ": " + ComplianceFindingTypeID(event["type_uid"]).name
    equal(event["type_name"], type_name, f"{path}: type_name")
    caption(event["severity_id"], event["severity"], SeverityID, f"{path}: severity")
    caption(event["status_id"], event["status"], StatusID, f"{path}: status")
    claim(len(compliance["standards"]) > 0, f"{path}: no standard")
    for check in compliance["checks"]:
        caption(check["severity_id"], check["severity"], SeverityID, f"{path}: check.severity")
        caption(check["status_id"], check["status"], ComplianceStatusID, f"{path}: check.status")
        equal(check["status_id"], compliance["status_id"], f"{path}: check.status_id")
    verdict = {0: "UNKNOWN", 1: "PASS", 3: "FAIL"}[compliance["status_id"]]
    equal(event["status_code"], verdict, f"{path}: status_code")
    # Milliseconds since 1970: this century's have thirteen digits.
    claim(len(str(event["time"])) == 13, f"{path}: time {event['time']}")
    for resource in event["resources"]:
        claim(bool(resource["uid"]) and bool(resource["region"]), f"{path}: resource")
        claim(resource["cloud_partition"].startswith("aws"), f"{path}: cloud_partition")
    return path


def judge_ocsf(text: str) -> int:
    events = json.loads(text)
    uids = [judge_event(event) for event in events]
    equal(len(set(uids)), len(uids), "the number of ids")
    return len(events)


MODEL = botocore.session.get_session().get_service_model("securityhub")
INPUT = MODEL.operation_model("BatchImportFindings").input_shape

# Texts that the user guide limits and the model does not.
LONGEST = {"Title": 256, "Description": 1024, "Id": 512, "GeneratorId": 512, "ProductArn": 2048}


def leaves(shape: Any, value: Any, path: str) -> Iterator[tuple[Any, Any, str]]:
    """Every value with its shape."""
    yield shape, value, path
    if shape.type_name == "structure":
        for name, member in value.items():
            yield from leaves(shape.members[name], member, f"{path}.{name}")
    elif shape.type_name == "list":
        for number, member in enumerate(value):
            yield from leaves(shape.member, member, f"{path}[{number}]")
    elif shape.type_name == "map":
        for name, member in value.items():
            yield from leaves(shape.key, name, f"{path} key")
            yield from leaves(shape.value, member, f"{path}.{name}")


def judge_call(line: str) -> list[str]:
    call = json.loads(line)
    report = ParamValidator().validate(call, INPUT)
    claim(not report.has_errors(), report.generate_report())
    for shape, value, path in leaves(INPUT, call, "Call"):
        # botocore leaves these to the service.
        metadata = shape.metadata
        if "enum" in metadata:
            claim(value in metadata["enum"], f"{path}: {value!r} is not one of {metadata['enum']}")
        pattern = getattr(shape, "serialization", {}).get("pattern") or metadata.get("pattern")
        if shape.type_name == "string" and pattern:
            claim(re.fullmatch(pattern, value) is not None, f"{path}: {value!r} does not match {pattern}")
        if shape.type_name == "string" and shape.name == "NonEmptyString":
            claim(bool(value.strip()) and "\n" not in value, f"{path} is blank or has more than one line")
        if shape.type_name == "list":
            most = metadata.get("max", len(value))
            claim(metadata.get("min", 0) <= len(value) <= most, f"{path} has {len(value)} entries")
    findings = call["Findings"]
    equal(len({finding["Region"] for finding in findings}), 1, "the number of regions of a call")
    for finding in findings:
        path = finding["Id"]
        for name, most in LONGEST.items():
            claim(len(finding[name]) <= most, f"{path}: {name} has {len(finding[name])} characters")
        claim(len(json.dumps(finding).encode()) <= 240 * 1024, f"{path} is larger than 240 KB")
        equal(finding["SchemaVersion"], "2018-10-08", f"{path}: SchemaVersion")
        account, region = finding["AwsAccountId"], finding["Region"]
        arn = rf"arn:aws[a-z-]*:securityhub:{region}:{account}:product/{account}/default"
        claim(re.fullmatch(arn, finding["ProductArn"]) is not None, f"{path}: {finding['ProductArn']}")
        for name in ("CreatedAt", "UpdatedAt"):
            moment = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"
            claim(re.fullmatch(moment, finding[name]) is not None, f"{path}: {name} {finding[name]}")
        equal(finding["Severity"], finding["FindingProviderFields"]["Severity"], f"{path}: Severity")
        passed = finding["Compliance"]["Status"] == "PASSED"
        exempt = "remediate/exempt-until" in finding["ProductFields"]
        claim(not (passed and exempt), f"{path} is passed, and exempt")
        wanted = "RESOLVED" if passed else "SUPPRESSED" if exempt else "NEW"
        equal(finding["Workflow"]["Status"], wanted, f"{path}: Workflow")
        equal(finding["Severity"]["Label"] == "INFORMATIONAL" and passed, passed, f"{path}: Severity")
        claim(len(finding["Compliance"].get("RelatedRequirements", [])) <= 32, f"{path}: RelatedRequirements")
        claim(len(finding["ProductFields"]) <= 50, f"{path}: ProductFields")
    return [finding["Id"] for finding in findings]


def judge_asff(text: str) -> int:
    ids = [identifier for line in text.splitlines() for identifier in judge_call(line)]
    equal(len(set(ids)), len(ids), "the number of ids")
    return len(ids)


JUDGES: dict[str, Callable[[str], int]] = {"ocsf": judge_ocsf, "asff": judge_asff}

Spoil = Callable[[dict[str, Any]], object]

SPOILT_EVENTS: list[Spoil] = [
    lambda event: event.pop("metadata"),
    lambda event: event.pop("finding_info"),
    lambda event: event.pop("cloud"),
    lambda event: event.update(verdict="fail"),
    lambda event: event["resources"][0].update(arn="arn"),
    lambda event: event["compliance"].update(framework="x"),
    lambda event: event["compliance"].update(status="Passed"),
    lambda event: event.update(severity="Severe"),
    lambda event: event.update(severity_id=7),
    lambda event: event.update(type_uid=200401),
    lambda event: event.update(class_uid=2004),
    lambda event: event.update(time=event["time"] // 1000),
    lambda event: event["metadata"].update(version="1.0.0"),
    lambda event: event["compliance"]["checks"][0].update(status_id=2),
    lambda event: event.update(status_code="OK"),
]

SPOILT_FINDINGS: list[Spoil] = [
    lambda finding: finding.pop("Resources"),
    lambda finding: finding.pop("Title"),
    lambda finding: finding.update(Verdict="fail"),
    lambda finding: finding.update(Title=" "),
    lambda finding: finding.update(Title="x" * 257),
    lambda finding: finding.update(Description="a\nb"),
    lambda finding: finding["Compliance"].update(Status="PASS"),
    lambda finding: finding.update(RecordState="NEW"),
    lambda finding: finding["Severity"].update(Label="SEVERE"),
    lambda finding: finding["Resources"][0].update(Partition="aws-eusc"),
    lambda finding: finding["Resources"][0].update(Details={"AwsSageMakerNotebookInstance": {"CreationTime": "x"}}),
    lambda finding: finding.update(Region="mars-north-1"),
    lambda finding: finding.update(CreatedAt="yesterday"),
    lambda finding: finding.update(AwsAccountId=123456789012),
]


def judge_spoilt(kind: str, text: str) -> int:
    """The judge objects to each of these, whatever event it is."""
    seen = 0
    if kind == "ocsf":
        for number, spoil in enumerate(SPOILT_EVENTS):
            events = json.loads(text)
            spoil(events[0])
            seen += objects(lambda events=events: judge_ocsf(json.dumps(events)), f"event {number}")
    else:
        for number, spoil in enumerate(SPOILT_FINDINGS):
            calls = [json.loads(line) for line in text.splitlines()]
            spoil(calls[0]["Findings"][0])
            lines = "\n".join(json.dumps(call) for call in calls)
            seen += objects(lambda lines=lines: judge_asff(lines), f"finding {number}")
    return seen


def objects(judge: Callable[[], int], what: str) -> int:
    try:
        judge()
    except (Wrong, KeyError, ValueError):
        return 1
    raise Wrong(f"nobody objected to {what}")


def main(arguments: list[str]) -> None:
    kind, path = arguments[-2], arguments[-1]
    with open(path, encoding="utf-8") as file:
        text = file.read()
    print(judge_spoilt(kind, text) if arguments[0] == "spoilt" else JUDGES[kind](text))


if __name__ == "__main__":
    main(sys.argv[1:])
