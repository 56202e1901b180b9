#!/usr/bin/env python3
"""Measures the transfer worker beside `aws s3 sync` and `tar | aws s3 cp`, on the same folder and the same S3.

    transfer_peers.py [--files 20000] [--random-mib 512] [--rounds 1]

Two folders are exported: many small files, and one large file. The S3 is moto's, in a process of its own, behind a
counter of calls. Prints a line for each program: the median wall time, the calls, and the largest resident memory of the
program itself. Needs moto[server], awscli and GNU tar. Fails where the worker misses what it promises: on small files a
fifth of the time of `aws s3 sync` and a hundredth of its calls, on a large one no more than a third over `tar | aws s3 cp`.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
WORKER = HERE.parent.parent / "src/transfer/worker.py"
BUCKET = "acme-sagemaker"

SERVER = """
import sys, threading
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server
app, calls = DomainDispatcherApplication(create_backend_app), [0]
def counted(environ, start):
    if environ["PATH_INFO"] == "/calls":
        start("200 OK", [])
        return [b"%d" % calls[0]]
    calls[0] += 1
    return app(environ, start)
server = make_server("127.0.0.1", 0, counted, threaded=True)
print(server.server_port, flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
"""


class Bench:
    def __init__(self, endpoint: str, directory: Path) -> None:
        self.endpoint, self.directory, self.number = endpoint, directory, 0
        self.environment = {
            "PATH": os.path.dirname(sys.executable) + ":" + os.environ["PATH"],
            "HOME": str(directory),
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "us-east-1",
            "REMEDIATE_ENDPOINT": endpoint,
            "REMEDIATE_CREDENTIALS": "environment",
        }
        self.aws = [sys.executable, "-m", "awscli", "s3"]
        self.run([*self.aws, "mb", "s3://" + BUCKET], {})

    def calls(self) -> int:
        import urllib.request

        return int(urllib.request.urlopen(self.endpoint + "/calls").read())

    def run(self, command: list[str], more: dict[str, str]) -> tuple[float, int, int]:
        """Wall seconds, calls, and the largest resident set in MiB."""
        before, started = self.calls(), time.monotonic()
        with open(self.directory / "out", "w+b") as out:
            process = subprocess.Popen(command, env={**self.environment, **more}, stdout=out, stderr=out)
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.monotonic() - started
            out.seek(0)
            if status:
                raise SystemExit(f"{command[:4]} ended with {status}: {out.read().decode()[-500:]}")
        return wall, self.calls() - before, usage.ru_maxrss // 1024

    def worker(self, folder: Path) -> tuple[float, int, int]:
        self.number += 1
        job = {"run": "r", "item": "us-east-1/n", "attempt": f"export-{self.number:02}", "nonce": "0" * 32, "kind": "export"}
        job.update(bucket=BUCKET, prefix="moves", region="us-east-1", owner="123456789012", suffix="amazonaws.com")
        job.update(kms_key=None, strict=False, quiesce=False)
        file = self.directory / "job.json"
        file.write_text(json.dumps(job))
        return self.run([sys.executable, str(WORKER), str(file)], {"REMEDIATE_ROOT": str(folder)})

    def sync(self, folder: Path) -> tuple[float, int, int]:
        self.number += 1
        to = f"s3://{BUCKET}/sync-{self.number}/"
        return self.run([*self.aws, "sync", "--only-show-errors", "--no-follow-symlinks", str(folder), to], {})

    def tar(self, folder: Path) -> tuple[float, int, int]:
        self.number += 1
        pipe = f'set -o pipefail; tar -C "$0" -c . | "$@" cp --only-show-errors - s3://{BUCKET}/tar-{self.number}'
        return self.run(["bash", "-c", pipe, str(folder), *self.aws], {})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=20000)
    parser.add_argument("--random-mib", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--only-print", action="store_true", help="do not fail where a promise is missed")
    options = parser.parse_args()
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    bench = None
    try:
        endpoint = f"http://127.0.0.1:{int(server.stdout.readline())}"
        with tempfile.TemporaryDirectory() as directory:
            bench = Bench(endpoint, Path(directory))
            missed = compare(bench, options)
    finally:
        server.stdin.close()
        server.wait()
    if missed and not options.only_print:
        raise SystemExit("\n".join(missed))


def compare(bench: Bench, options: argparse.Namespace) -> list[str]:
    missed = []
    small = ["--files", str(options.files), "--random-mib", "0", "--sparse-mib", "0"]
    large = ["--files", "0", "--random-mib", str(options.random_mib), "--sparse-mib", "0"]
    for name, arguments, peers in [
        (f"{options.files} small files", small, ["worker", "tar", "sync"]),
        (f"one file of {options.random_mib} MiB that cannot be compressed", large, ["worker", "tar", "sync"]),
    ]:
        folder = bench.directory / name.replace(" ", "-")
        tree = [sys.executable, str(HERE / "transfer_tree.py"), str(folder), "--usual", *arguments]
        subprocess.run(tree, check=True)
        print(name)
        found = {}
        for peer in peers:
            rounds = [getattr(bench, peer)(folder) for _ in range(options.rounds)]
            walls, calls, memory = zip(*rounds)
            found[peer] = statistics.median(walls), max(calls)
            label = {"worker": "worker", "tar": "tar | aws s3 cp", "sync": "aws s3 sync"}[peer]
            print(f"  {label:<16} {found[peer][0]:7.2f} s  {found[peer][1]:6d} calls  {max(memory):4d} MiB")
        if arguments is small:
            if found["worker"][0] * 5 > found["sync"][0]:
                missed.append("small files: the worker is not five times as fast as aws s3 sync")
            if found["worker"][1] * 100 > found["sync"][1]:
                missed.append("small files: the worker makes more than a hundredth of the calls of aws s3 sync")
        elif found["worker"][0] * 3 > found["tar"][0] * 4:
            missed.append("a large file: the worker takes more than a third longer than tar | aws s3 cp")
    return missed


if __name__ == "__main__":
    main()
