"""boto3 judges S3: owners, regions, conditions, checksums, keys, policies, pages, trouble and time."""

from __future__ import annotations

import base64
import datetime
import hashlib
import hmac
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable

import boto3
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError

from bench import HOME, REGION, Sandbox, equal, once, refused, story

OTHER = "444455556666"
MOVES = {"Bucket": "judges-moves"}
RETAIL = {"aws_access_key_id": f"AKIA{OTHER}SBOX", "aws_secret_access_key": "sandbox-secret-key-that-guards-nothing00"}


def keys_of_mover(sandbox: Sandbox) -> dict[str, str]:
    """Credentials of a session of the role `Mover`."""
    role = f"arn:aws:iam::{HOME}:role/Mover"
    given = sandbox.client("sts").assume_role(RoleArn=role, RoleSessionName="judge")["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


def mover(sandbox: Sandbox) -> Any:
    """A client with the rights of the role `Mover`."""
    return sandbox.client("s3", **keys_of_mover(sandbox))


def sha256(content: bytes) -> str:
    """The checksum as S3 has it."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def key_of(sandbox: Sandbox, alias: str) -> str:
    """The ARN of a key."""
    return sandbox.client("kms").describe_key(KeyId=f"alias/{alias}")["KeyMetadata"]["Arn"]


@story
def a_bucket_of_somebody_else_is_refused_whatever_is_asked_of_it(sandbox: Sandbox) -> None:
    client = sandbox.client("s3")
    client.put_object(**MOVES, Key="k", Body=b"k", ExpectedBucketOwner=HOME)
    wrong = {**MOVES, "ExpectedBucketOwner": OTHER}
    calls: list[Callable[[], Any]] = [
        lambda: client.put_object(**wrong, Key="k", Body=b"x"),
        lambda: client.get_object(**wrong, Key="k"),
        lambda: client.list_objects_v2(**wrong),
        lambda: client.delete_object(**wrong, Key="k"),
        lambda: client.create_multipart_upload(**wrong, Key="k"),
        lambda: client.copy_object(**wrong, Key="l", CopySource="judges-moves/k"),
        lambda: client.copy_object(**MOVES, Key="l", CopySource="judges-moves/k", ExpectedSourceBucketOwner=OTHER),
        lambda: client.get_bucket_location(**wrong),
        lambda: client.get_public_access_block(**wrong),
        lambda: client.get_bucket_versioning(**wrong),
        lambda: client.get_bucket_encryption(**wrong),
        lambda: client.get_bucket_policy(**wrong),
        lambda: client.get_bucket_policy_status(**wrong),
        lambda: client.delete_bucket(**wrong),
    ]
    for call in calls:
        refused(call, "AccessDenied", 403)
    for head in (lambda: client.head_bucket(**wrong), lambda: client.head_object(**wrong, Key="k")):
        refused(head, "403", 403)
    bad = "InvalidBucketOwnerAWSAccountID"
    refused(lambda: client.list_objects_v2(**MOVES, ExpectedBucketOwner="me"), bad)
    equal(client.get_object(**MOVES, Key="k", ExpectedBucketOwner=HOME)["Body"].read(), b"k")
    equal(client.list_objects_v2(**MOVES)["KeyCount"], 1, "nothing was written")


@story
def clients_of_another_region_are_led_to_the_bucket(sandbox: Sandbox) -> None:
    client = sandbox.client("s3")
    ireland = {"Bucket": "judges-ireland"}
    equal(client.get_bucket_location(**ireland)["LocationConstraint"], "eu-west-1")
    equal(client.get_bucket_location(**MOVES).get("LocationConstraint"), None)
    # boto3 asks again in the region that it is told.
    client.put_object(**ireland, Key="k", Body=b"there")
    equal(sandbox.client("s3").head_object(**ireland, Key="k")["ContentLength"], 5)
    equal(sandbox.client("s3").head_bucket(**ireland)["BucketRegion"], "eu-west-1")
    equal(sandbox.client("s3", "eu-west-1").head_bucket(**MOVES)["BucketRegion"], "us-east-1")
    answer = call_by_hand(sandbox, "GET", "/judges-ireland/k", b"", {})
    equal((answer.status, answer.headers["x-amz-bucket-region"]), (301, "eu-west-1"))
    assert b"<Code>PermanentRedirect</Code>" in answer.body, answer.body


@story
def buckets_are_made_where_the_request_says_and_once(sandbox: Sandbox) -> None:
    client, ireland = sandbox.client("s3"), sandbox.client("s3", "eu-west-1")
    at = {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    client.create_bucket(Bucket="made-here")
    client.create_bucket(Bucket="made-here")
    ireland.create_bucket(Bucket="made-there", **at)
    equal(ireland.head_bucket(Bucket="made-there")["BucketRegion"], "eu-west-1")
    refused(lambda: ireland.create_bucket(Bucket="made-there", **at), "BucketAlreadyOwnedByYou", 409)
    refused(lambda: ireland.create_bucket(Bucket="unsaid"), "IllegalLocationConstraintException")
    refused(lambda: sandbox.client("s3", **RETAIL).create_bucket(Bucket="made-here"), "BucketAlreadyExists", 409)
    found = {one["Name"]: one["BucketRegion"] for one in client.list_buckets()["Buckets"]}
    equal((found["made-here"], found["made-there"], "judges-shared" in found), ("us-east-1", "eu-west-1", False))
    equal(client.get_public_access_block(Bucket="made-here")["PublicAccessBlockConfiguration"]["BlockPublicAcls"], True)
    client.put_object(Bucket="made-here", Key="k", Body=b"")
    refused(lambda: client.delete_bucket(Bucket="made-here"), "BucketNotEmpty", 409)
    client.delete_object(Bucket="made-here", Key="k")
    client.delete_bucket(Bucket="made-here")
    refused(lambda: client.head_bucket(Bucket="made-here"), "404", 404)


@story
def of_writers_who_come_at_once_one_wins(sandbox: Sandbox) -> None:
    client = sandbox.client("s3")
    writers = 16
    for number in range(5):
        start = threading.Barrier(writers)

        def write(writer: int) -> str:
            start.wait()
            try:
                client.put_object(**MOVES, Key=f"part-{number}", Body=b"%d" % writer * 50_000, IfNoneMatch="*")
            except client.exceptions.ClientError as error:
                return error.response["Error"]["Code"]
            return "won"

        with ThreadPoolExecutor(writers) as pool:
            ends = list(pool.map(write, range(writers)))
        equal(sorted(ends), ["PreconditionFailed"] * (writers - 1) + ["won"])
        body = client.get_object(**MOVES, Key=f"part-{number}")["Body"].read()
        equal(body, b"%d" % ends.index("won") * 50_000)
    # What is there is only replaced by who knows it.
    e_tag = client.put_object(**MOVES, Key="beat", Body=b"1")["ETag"]
    refused(lambda: client.put_object(**MOVES, Key="beat", Body=b"2", IfMatch='"other"'), "PreconditionFailed", 412)
    client.put_object(**MOVES, Key="beat", Body=b"2", IfMatch=e_tag)
    refused(lambda: client.put_object(**MOVES, Key="beat", Body=b"3", IfMatch=e_tag), "PreconditionFailed", 412)
    refused(lambda: client.put_object(**MOVES, Key="none", Body=b"3", IfMatch=e_tag), "NoSuchKey", 404)
    refused(lambda: client.put_object(**MOVES, Key="none", Body=b"3", IfNoneMatch=e_tag), "NotImplemented", 501)
    equal(client.get_object(**MOVES, Key="beat")["Body"].read(), b"2")
    # The same for an upload in parts.
    id = client.create_multipart_upload(**MOVES, Key="beat")["UploadId"]
    part = client.upload_part(**MOVES, Key="beat", UploadId=id, PartNumber=1, Body=b"late")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    whole = {**MOVES, "Key": "beat", "UploadId": id, "MultipartUpload": parts}
    refused(lambda: client.complete_multipart_upload(**whole, IfNoneMatch="*"), "PreconditionFailed", 412)
    equal(client.get_object(**MOVES, Key="beat")["Body"].read(), b"2")


@story
def what_is_not_what_its_checksum_says_is_not_kept(sandbox: Sandbox) -> None:
    client = sandbox.client("s3")
    content, other = b"content " * 9000, b"another " * 9000
    client.put_object(**MOVES, Key="k", Body=content, ChecksumSHA256=sha256(content))
    wrong = {**MOVES, "Key": "k", "Body": other}
    error = refused(lambda: client.put_object(**wrong, ChecksumSHA256=sha256(content)), "BadDigest")
    equal(error.response["Error"]["Message"], "The SHA256 you specified did not match the calculated checksum.")
    for member, value in (("CRC32", "AAAAAA=="), ("CRC32C", "AAAAAA=="), ("SHA1", "A" * 27 + "=")):
        refused(lambda: client.put_object(**wrong, **{f"Checksum{member}": value}), "BadDigest", says=member)
    md5 = base64.b64encode(hashlib.md5(content).digest()).decode()
    refused(lambda: client.put_object(**wrong, ContentMD5=md5), "BadDigest", says="Content-MD5")
    refused(lambda: client.put_object(**wrong, ContentMD5="c2hvcnQ="), "InvalidDigest")
    refused(lambda: client.put_object(**wrong, ChecksumSHA256="c2hvcnQ="), "InvalidRequest")
    refused(lambda: client.put_object(**wrong, ChecksumSHA256=sha256(other), ChecksumCRC32="AAAAAA=="), "InvalidRequest")
    plain = client.head_object(**MOVES, Key="k")
    equal([member for member in plain if member.startswith("Checksum")], [], "not asked for")
    for ask in (client.head_object, client.get_object):
        told = ask(**MOVES, Key="k", ChecksumMode="ENABLED")
        equal((told["ChecksumSHA256"], told["ChecksumType"], told["ContentLength"]), (sha256(content), "FULL_OBJECT", 72_000))
    part = client.get_object(**MOVES, Key="k", ChecksumMode="ENABLED", Range="bytes=8-15")
    equal((part["Body"].read(), part["ContentRange"], part.get("ChecksumSHA256")), (b"content ", "bytes 8-15/72000", None))
    equal(client.get_object(**MOVES, Key="k")["Body"].read(), content)
    client.copy_object(**MOVES, Key="copy", CopySource="judges-moves/k")
    equal(client.head_object(**MOVES, Key="copy", ChecksumMode="ENABLED")["ChecksumSHA256"], sha256(content))
    id = client.create_multipart_upload(**MOVES, Key="parts", ChecksumAlgorithm="SHA256")["UploadId"]
    upload = {**MOVES, "Key": "parts", "UploadId": id, "PartNumber": 1, "Body": other}
    refused(lambda: client.upload_part(**upload, ChecksumSHA256=sha256(content)), "BadDigest")
    equal(client.upload_part(**upload, ChecksumSHA256=sha256(other))["ChecksumSHA256"], sha256(other))


@story
def objects_are_encrypted_with_keys_that_can_be_used(sandbox: Sandbox) -> None:
    client = sandbox.client("s3")
    kms = {**MOVES, "Key": "k", "Body": b"x", "ServerSideEncryption": "aws:kms"}
    notebooks = key_of(sandbox, "notebooks")
    for name in ("alias/notebooks", notebooks, notebooks.rsplit("/", 1)[1]):
        put = client.put_object(**kms, SSEKMSKeyId=name)
        equal((put["ServerSideEncryption"], put["SSEKMSKeyId"]), ("aws:kms", notebooks))
    head = client.head_object(**MOVES, Key="k")
    equal((head["ServerSideEncryption"], head["SSEKMSKeyId"]), ("aws:kms", notebooks))
    assert head["ETag"].strip('"') != hashlib.md5(b"x").hexdigest(), "an ETag that gives the contents away"
    equal(client.get_object(**MOVES, Key="k")["SSEKMSKeyId"], notebooks)
    refused(lambda: client.put_object(**kms, SSEKMSKeyId="alias/off"), "KMS.DisabledException")
    refused(lambda: client.put_object(**kms, SSEKMSKeyId="alias/leaving"), "KMS.KMSInvalidStateException", says="pending deletion")
    refused(lambda: client.put_object(**kms, SSEKMSKeyId="alias/nobody"), "KMS.NotFoundException")
    elsewhere = notebooks.replace(REGION, "eu-west-1")
    refused(lambda: client.put_object(**kms, SSEKMSKeyId=elsewhere), "KMS.NotFoundException", says="Invalid arn eu-west-1")
    theirs = notebooks.replace(HOME, OTHER)
    refused(lambda: client.put_object(**kms, SSEKMSKeyId=theirs), "AccessDenied", 403, "kms:GenerateDataKey")
    refused(lambda: client.put_object(**MOVES, Key="k", Body=b"x", SSEKMSKeyId=notebooks), "InvalidArgument")
    managed = client.put_object(**kms)["SSEKMSKeyId"]
    assert managed not in (notebooks, None), managed
    # What the bucket says, where the request does not.
    for bucket, expected in (
        ("judges-keyed", ("aws:kms", notebooks)),
        ("judges-managed", ("aws:kms", managed)),
        ("judges-moves", ("AES256", None)),
        ("judges-old", (None, None)),
    ):
        put = client.put_object(Bucket=bucket, Key="k", Body=b"x")
        equal((put.get("ServerSideEncryption"), put.get("SSEKMSKeyId")), expected, bucket)
    refused(lambda: client.put_object(Bucket="judges-locked", Key="k", Body=b"x"), "KMS.DisabledException")
    # Who may write with a key may not read by it.
    role = mover(sandbox)
    keyed = {"Bucket": "judges-keyed", "Key": "runs/k"}
    role.put_object(**keyed, Body=b"x", ChecksumSHA256=sha256(b"x"))
    equal(role.head_object(**keyed)["SSEKMSKeyId"], notebooks)
    refused(lambda: role.get_object(**keyed), "AccessDenied", 403, "kms:Decrypt")
    refused(lambda: role.head_object(**keyed, ChecksumMode="ENABLED"), "403", 403)


@story
def callers_need_their_own_policies_and_those_of_the_bucket(sandbox: Sandbox) -> None:
    client, role = sandbox.client("s3"), mover(sandbox)
    role.put_object(**MOVES, Key="runs/k", Body=b"x")
    equal(role.get_object(**MOVES, Key="runs/k")["Body"].read(), b"x")
    refused(lambda: role.put_object(**MOVES, Key="else", Body=b"x"), "AccessDenied", 403, "judges-moves/else because no identity-based")
    refused(lambda: role.delete_object(**MOVES, Key="runs/k"), "AccessDenied", 403, "s3:DeleteObject")
    equal(role.list_objects_v2(**MOVES, Prefix="runs/")["KeyCount"], 1)
    refused(lambda: role.list_objects_v2(**MOVES), "AccessDenied", 403, "s3:ListBucket")
    refused(lambda: role.list_objects_v2(**MOVES, Prefix="els"), "AccessDenied", 403)
    # What is not there is only told to who may list.
    refused(lambda: role.get_object(**MOVES, Key="runs/none"), "AccessDenied", 403)
    refused(lambda: role.head_object(**MOVES, Key="runs/none"), "403", 403)
    refused(lambda: client.get_object(**MOVES, Key="runs/none"), "NoSuchKey", 404)
    role.get_bucket_location(**MOVES)
    for operation, action in (
        ("get_public_access_block", "s3:GetBucketPublicAccessBlock"),
        ("get_bucket_versioning", "s3:GetBucketVersioning"),
        ("get_bucket_encryption", "s3:GetEncryptionConfiguration"),
        ("get_bucket_policy", "s3:GetBucketPolicy"),
        ("get_bucket_policy_status", "s3:GetBucketPolicyStatus"),
    ):
        refused(lambda: getattr(role, operation)(**MOVES), "AccessDenied", 403, action)
    error = refused(lambda: role.head_bucket(**MOVES), "403", 403)
    equal(error.response["ResponseMetadata"]["HTTPHeaders"]["x-amz-bucket-region"], REGION)
    # A bucket's deny counts for everybody, and its owner is no exception.
    outside = {"Bucket": "judges-endpoint", "Key": "k"}
    says = "with an explicit deny in a resource-based policy"
    refused(lambda: client.put_object(**outside, Body=b"x"), "AccessDenied", 403, says)
    equal(client.list_objects_v2(Bucket="judges-endpoint")["KeyCount"], 0, "that only guards objects")
    # In another account both must allow it.
    shared = {"Bucket": "judges-shared"}
    client.put_object(**shared, Key="k", Body=b"x")
    refused(lambda: client.put_object(**shared, Key="closed/k", Body=b"x"), "AccessDenied", 403, says)
    refused(lambda: client.delete_object(**shared, Key="k"), "AccessDenied", 403, "because no resource-based policy allows")
    refused(lambda: client.list_objects_v2(Bucket="judges-theirs"), "AccessDenied", 403)
    refused(lambda: role.put_object(**shared, Key="k", Body=b"x"), "AccessDenied", 403, "because no identity-based")
    role.put_object(**shared, Key="runs/k", Body=b"x")
    theirs = sandbox.client("s3", **RETAIL)
    equal(theirs.get_object(**shared, Key="runs/k")["Body"].read(), b"x")
    client.put_object(Bucket="judges-old", Key="k", Body=b"x")
    equal(theirs.get_object(Bucket="judges-old", Key="k")["Body"].read(), b"x", "a public bucket")


@story
def buckets_say_what_they_are_set_to(sandbox: Sandbox) -> None:
    client = sandbox.client("s3")
    usual, old, endpoint = MOVES, {"Bucket": "judges-old"}, {"Bucket": "judges-endpoint"}
    parts = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]
    block = client.get_public_access_block(**usual)["PublicAccessBlockConfiguration"]
    equal(block, dict.fromkeys(parts, True))
    block = client.get_public_access_block(**endpoint)["PublicAccessBlockConfiguration"]
    equal([part for part in parts if block[part]], parts[2:])
    refused(lambda: client.get_public_access_block(**old), "NoSuchPublicAccessBlockConfiguration", 404)
    found = [client.get_bucket_versioning(**one).get("Status") for one in (usual, old, endpoint)]
    equal(found, [None, "Enabled", "Suspended"])

    def encryption(bucket: str) -> Any:
        rules = client.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        return [rule["ApplyServerSideEncryptionByDefault"] for rule in rules]

    equal(encryption("judges-moves"), [{"SSEAlgorithm": "AES256"}])
    keyed = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_of(sandbox, "notebooks")}
    equal(encryption("judges-keyed"), [keyed])
    refused(lambda: encryption("judges-old"), "ServerSideEncryptionConfigurationNotFoundError", 404)
    statements = json.loads(client.get_bucket_policy(**endpoint)["Policy"])["Statement"]
    equal([one["Sid"] for one in statements], ["TlsOnly", "FromTheVpc"])
    public = [client.get_bucket_policy_status(**one)["PolicyStatus"]["IsPublic"] for one in (old, endpoint)]
    equal(public, [True, False])
    refused(lambda: client.get_bucket_policy(**usual), "NoSuchBucketPolicy", 404)
    refused(lambda: client.get_bucket_policy_status(**usual), "NoSuchBucketPolicy", 404)


@story
def pages_of_keys_show_every_key_once(sandbox: Sandbox) -> None:
    client = sandbox.client("s3")
    keys = [f"run {run}/part-{part}" for run in range(4) for part in range(3)] + ["a", "a/b", "é+%/x", "z"]
    for key in keys:
        client.put_object(**MOVES, Key=key, Body=key.encode())
    for size in (1, 2, 5, 1000):
        pages = list(client.get_paginator("list_objects_v2").paginate(**MOVES, PaginationConfig={"PageSize": size}))
        once([one["Key"] for page in pages for one in page.get("Contents", [])], keys, str(size))
        assert all(page["KeyCount"] == len(page.get("Contents", [])) <= size for page in pages)
        equal([page["IsTruncated"] for page in pages], [True] * (len(pages) - 1) + [False])
        old = client.get_paginator("list_objects").paginate(**MOVES, PaginationConfig={"PageSize": size})
        once([one["Key"] for page in old for one in page.get("Contents", [])], keys, str(size))
        grouped = client.get_paginator("list_objects_v2").paginate(**MOVES, Delimiter="/", PaginationConfig={"PageSize": size})
        told = [(one["Prefix"] for one in page.get("CommonPrefixes", [])) for page in grouped]
        once([one for page in told for one in page], ["run 0/", "run 1/", "run 2/", "run 3/", "a/", "é+%/"])
    page = client.list_objects_v2(**MOVES, Prefix="run 2/", StartAfter="run 2/part-0")
    equal([one["Key"] for one in page["Contents"]], ["run 2/part-1", "run 2/part-2"])
    equal({one["Size"] for one in page["Contents"]}, {12})
    refused(lambda: client.list_objects_v2(**MOVES, ContinuationToken="run 2/part-0"), "InvalidArgument")
    equal(client.list_objects_v2(**MOVES, MaxKeys=0)["KeyCount"], 0)


@story
def trouble_of_s3_comes_when_it_is_asked_for(sandbox: Sandbox) -> None:
    client, patient = sandbox.client("s3"), sandbox.client("s3", attempts=3)
    put = lambda one, key: one.put_object(**MOVES, Key=key, Body=b"x" * 100_000, IfNoneMatch="*")  # noqa: E731
    refused(lambda: put(client, "throttled"), "SlowDown", 503)
    put(patient, "throttled")
    put(client, "broken")
    refused(lambda: client.get_object(**MOVES, Key="broken"), "InternalError", 500)
    equal(patient.get_object(**MOVES, Key="broken")["ContentLength"], 100_000)
    refused(lambda: put(client, "contested"), "ConditionalRequestConflict", 409)
    put(client, "contested")
    try:
        put(client, "lost")
    except ConnectionClosedError:
        pass
    else:
        raise AssertionError("the answer was to be lost")
    refused(lambda: put(client, "lost"), "PreconditionFailed", 412)
    put(client, "slow")
    began = time.monotonic()
    client.head_object(**MOVES, Key="slow")
    assert time.monotonic() - began > 1.5, "40 seconds of the sandbox's are two of ours"


@story
def the_time_of_s3_is_that_of_the_sandbox(sandbox: Sandbox) -> None:
    client = sandbox.client("s3")

    def date(answer: Any) -> datetime.datetime:
        text = answer["ResponseMetadata"]["HTTPHeaders"]["date"]
        return datetime.datetime.strptime(text, "%a, %d %b %Y %H:%M:%S %Z").replace(tzinfo=datetime.timezone.utc)

    first = date(client.put_object(**MOVES, Key="beat", Body=b"x"))
    modified = client.head_object(**MOVES, Key="beat")["LastModified"]
    assert abs((modified - first).total_seconds()) <= 20, (modified, first)
    while True:
        head = client.head_object(**MOVES, Key="beat")
        equal(head["LastModified"], modified)
        if (date(head) - modified).total_seconds() > 60:
            break
    equal(client.list_objects_v2(**MOVES)["Contents"][0]["LastModified"], modified)
    equal(client.get_object(**MOVES, Key="beat")["LastModified"], modified)
    client.put_object(**MOVES, Key="beat", Body=b"x")
    assert (client.head_object(**MOVES, Key="beat")["LastModified"] - modified).total_seconds() > 60


class ByHand:
    """The answer to a call that no SDK has made."""

    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body


def call_by_hand(
    sandbox: Sandbox, method: str, path: str, body: bytes, more: dict[str, str], payload: str | None = None
) -> ByHand:
    """A call by the standard library alone, as a worker on an instance makes it: signed with version 4, key in the path."""
    now = datetime.datetime.now(datetime.timezone.utc)
    stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    digest = payload or hashlib.sha256(body).hexdigest()
    host = urllib.parse.urlparse(sandbox.endpoint).netloc
    headers = {"host": host, "x-amz-date": stamp, "x-amz-content-sha256": digest, **more}
    names = ";".join(sorted(headers))
    listed = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    asked = f"{method}\n{urllib.parse.quote(path)}\n\n{listed}\n{names}\n{digest}"
    scope = f"{day}/{REGION}/s3/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(asked.encode()).hexdigest()}"
    key = b"AWS4" + RETAIL["aws_secret_access_key"].encode()
    for word in (day, REGION, "s3", "aws4_request"):
        key = hmac.new(key, word.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    signed = f"AWS4-HMAC-SHA256 Credential=AKIA{HOME}SBOX/{scope}, SignedHeaders={names}, Signature={signature}"
    url = sandbox.endpoint + urllib.parse.quote(path)
    request = urllib.request.Request(url, body or None, {**headers, "authorization": signed}, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return ByHand(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        return ByHand(error.code, error.headers, error.read())


def presigned(sandbox: Sandbox, keys: dict[str, str]) -> str:
    """A URL by which an object can be read, signed with version 4."""
    config = Config(signature_version="s3v4")
    client = boto3.client("s3", region_name=REGION, endpoint_url=sandbox.endpoint, config=config, **keys)
    return client.generate_presigned_url("get_object", {**MOVES, "Key": "beat"})


@story
def a_worker_with_the_standard_library_alone_gets_on(sandbox: Sandbox) -> None:
    body, path = b"part " * 30_000, "/judges-moves/runs/a b/part-00000"
    sent = {"x-amz-checksum-sha256": sha256(body), "if-none-match": "*", "x-amz-expected-bucket-owner": HOME}
    # A body that is not the one that was signed.
    wrong = call_by_hand(sandbox, "PUT", path, b"x" + body[1:], {}, hashlib.sha256(body).hexdigest())
    equal((wrong.status, b"<Code>XAmzContentSHA256Mismatch</Code>" in wrong.body), (400, True), str(wrong.body))
    equal(call_by_hand(sandbox, "PUT", path, body, sent).status, 200)
    again = call_by_hand(sandbox, "PUT", path, body, sent, "UNSIGNED-PAYLOAD")
    equal((again.status, b"<Code>PreconditionFailed</Code>" in again.body), (412, True), str(again.body))
    # Unsigned, it is only the checksum that tells.
    beat = {"x-amz-checksum-sha256": sha256(body)}
    wrong = call_by_hand(sandbox, "PUT", "/judges-moves/beat", b"x", beat, "UNSIGNED-PAYLOAD")
    equal((wrong.status, b"<Code>BadDigest</Code>" in wrong.body), (400, True), str(wrong.body))
    equal(call_by_hand(sandbox, "GET", "/judges-moves/beat", b"", {}).status, 404)
    equal(call_by_hand(sandbox, "PUT", "/judges-moves/beat", body, beat, "UNSIGNED-PAYLOAD").status, 200)
    head = call_by_hand(sandbox, "HEAD", path, b"", {"x-amz-checksum-mode": "ENABLED"})
    equal((head.status, head.headers["x-amz-checksum-sha256"]), (200, sha256(body)))
    equal(call_by_hand(sandbox, "GET", path, b"", {}).body, body)
    # A presigned URL has the rights of who signed it.
    url = presigned(sandbox, {})
    with urllib.request.urlopen(url) as answer:
        equal(answer.read(), body)
    url = presigned(sandbox, keys_of_mover(sandbox))
    try:
        urllib.request.urlopen(url)
    except urllib.error.HTTPError as error:
        equal(error.code, 403)
        return
    raise AssertionError("a presigned URL may do what its signer may not")
