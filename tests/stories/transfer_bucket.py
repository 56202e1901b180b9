#!/usr/bin/env python3
"""What S3 itself says of a transfer's objects, by boto3.

    transfer_bucket.py make BUCKET
    transfer_bucket.py seen BUCKET PREFIX     # prints {name: {size, sha256}} in JSON
    transfer_bucket.py get BUCKET PREFIX DIR  # writes every object to a file
"""

from __future__ import annotations

import base64
import json
import os
import sys
from pathlib import Path

import boto3
from botocore.config import Config


def main() -> None:
    action, bucket, *rest = sys.argv[1:]
    config = Config(s3={"addressing_style": "path"})
    s3 = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"], region_name="us-east-1", config=config)
    if action == "make":
        s3.create_bucket(Bucket=bucket)
        return
    prefix = rest[0]
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    objects = {one["Key"]: one["Size"] for page in pages for one in page.get("Contents", [])}
    if action == "get":
        for key in objects:
            s3.download_file(bucket, key, str(Path(rest[1]) / key[len(prefix) :]))
        return
    seen = {}
    for key, size in objects.items():
        checksum = s3.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED").get("ChecksumSHA256")
        seen[key[len(prefix) :]] = {"size": size, "sha256": checksum and base64.b64decode(checksum).hex()}
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
