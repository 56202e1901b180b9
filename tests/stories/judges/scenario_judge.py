"""Judges the JSON Schema of scenarios: it takes what the sandbox takes, and refuses what the sandbox refuses.

scenario_judge.py PROGRAM DIRECTORY EXAMPLES
                                 DIRECTORY has schema.json, and is written into

Prints how many scenarios were judged by both.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from schema_judge import judge

HEAD = 'format = 1\n[[account]]\nid = "111122223333"\nregions = ["us-east-1"]\n'
NETWORK = HEAD + '[[network]]\nname = "n"\ncidr = "10.0.0.0/16"\n'
SUBNET = NETWORK + '[[network.subnet]]\nname = "s"\ncidr = "10.0.0.0/24"\n'
NOTEBOOK = NETWORK + '[[notebook]]\nname = "a"\n'
NOTEBOOKS = NETWORK + '[[notebooks]]\ncount = 4\nname = "a-{n}"\n'
FAULT = HEAD + '[[fault]]\nkind = "throttle"\n'

GOOD = [
    HEAD,
    HEAD + 'quotas = { "ml.t3.medium" = 1 }\nroles = ["a/B"]\nemail = "a@b"\nquota = 0\n',
    HEAD + "[organization]\n",
    HEAD + '[latency]\nstop = "3s"\nstart = ["1s", "2m"]\n',
    HEAD + '[[kms_key]]\nalias = "alias/k"\nenabled = false\n',
    HEAD + '[[lifecycle_config]]\nname = "l"\non_start = "true"\ntags = { a = "b" }\n',
    NETWORK + 'egress = "regional-nat"\nendpoints = []\ntenancy = "dedicated"\nowner = "999988887777"\n',
    NETWORK + 'acl = ["100 allow out tcp/443 0.0.0.0/0"]\nroute = [{ to = "192.0.0.0/8", via = "peering" }]\n',
    NETWORK + 'endpoint = [{ service = "kms", kind = "interface", state = "pending" }]\n',
    SUBNET + 'zone = "local"\nkind = "outpost"\nfree = 3\negress = "none"\n',
    NETWORK + '[[network.security_group]]\nname = "g"\nrules = ["out tcp/443 s3", "in icmp g", "in all ::/0"]\n',
    NOTEBOOK + 'network = "n"\nsecurity_groups = ["notebooks"]\nstatus = "Failed"\ntags = {}\nminimum_imds = "2"\n',
    NOTEBOOKS + 'stopped = "25%"\nfailed = 1\nvolumes = [5, 5]\nsubnets = "private-a"\nowners = { terraform = "all" }\n',
    NETWORK + '[[notebooks]]\nnames = ["a", "b"]\n',
    FAULT + 'operation = "ListTags"\nnames = ["a-*"]\npercent = 1\nafter = 0\ntimes = 1\nregions = ["us-east-1"]\n',
    HEAD + '[[fault]]\nkind = "outsider"\nact = "stop"\ndelay = "3s"\n',
]

BAD = [
    "",
    "format = 1\n",
    HEAD.replace("format = 1", "format = 2"),
    HEAD.replace("111122223333", "1"),
    HEAD.replace('["us-east-1"]', "[]"),
    HEAD.replace("[[account]]", "[account]"),
    "unknown = 1\n" + HEAD,
    'throttle = "no"\n' + HEAD,
    HEAD + "quota = -1\n",
    HEAD + "quotas = { t3 = 1 }\n",
    HEAD + 'roles = ["/x"]\n',
    HEAD + "[latency]\nstop = 9\n",
    HEAD + '[latency]\nstop = ["9s"]\n',
    HEAD + '[[kms_key]]\nalias = "a b"\n',
    HEAD + '[[kms_key]]\nalias = "k"\nstate = "deleted"\n',
    HEAD + "[[iam]]\n",
    NETWORK.replace("10.0.0.0/16", "10.0.0.0"),
    NETWORK + 'id = "subnet-1"\n',
    NETWORK + 'egress = "natt"\n',
    NETWORK + 'endpoints = ["s4"]\n',
    NETWORK + 'acl = ["100 alow out all 0.0.0.0/0"]\n',
    NETWORK + 'route = [{ to = "192.0.0.0/8" }]\n',
    NETWORK + 'load_balancer = [{ name = "x", security_groups = [] }]\n',
    SUBNET + 'zone = "d"\n',
    SUBNET + 'public = "yes"\n',
    SUBNET + "free = 70000\n",
    NETWORK + '[[network.security_group]]\nname = "g"\nrules = ["out sctp g"]\n',
    NOTEBOOK.replace('"a"', '"a_b"'),
    NOTEBOOK + 'status = "Running"\n',
    NOTEBOOK + "volume_size_in_gb = 4\n",
    NOTEBOOK + 'security_groups = ["1", "2", "3", "4", "5", "6"]\n',
    NOTEBOOK + 'platform_identifier = "notebook-al2-v9"\n',
    NOTEBOOK + "tags = { a = 1 }\n",
    NOTEBOOKS + 'stopped = "half"\n',
    NOTEBOOKS + "stopped = true\n",
    NOTEBOOKS + 'volumes = ["5"]\n',
    NOTEBOOKS + "owners = { pulumi = 1 }\n",
    NOTEBOOKS.replace("count = 4", "count = 0"),
    FAULT.replace("throttle", "trottle"),
    FAULT + "percent = 101\n",
    FAULT + 'names = ["a_*"]\n',
    FAULT + "times = 0\n",
]


def sandbox_takes(program: str, path: Path) -> bool:
    """It tells where it serves, unless it refuses the scenario."""
    with subprocess.Popen(
        [program, "sandbox", "--scenario", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        told = process.stdout.readline()
        process.terminate()
    return bool(told)


def main() -> None:
    program, directory, examples = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    paths = [path for path in sorted(examples.glob("*.toml")) if "policy" not in path.name]
    assert len(paths) >= 3, "there are no examples"
    cases = [(path.read_text(), True) for path in [*paths, Path(__file__).with_name("scenario.toml")]]
    cases += [(text, True) for text in GOOD] + [(text, False) for text in BAD]
    judge(directory, cases, lambda path: sandbox_takes(program, path))


if __name__ == "__main__":
    main()
