"""Judges the JSON Schema of policies: it takes what the program takes, and refuses what the program refuses.

schema_judge.py PROGRAM DIRECTORY EXAMPLES
                                 DIRECTORY has schema.json, and is written into

Prints how many policies were judged by both.
"""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, Callable, Iterator

import jsonschema

HEAD = 'format = 1\nscope.regions = "all"\n'
TARGET = HEAD + '[[target]]\nname = "t"\nsubnets = ["subnet-1"]\nsecurity_groups = ["sg-1"]\n'
EXEMPT = HEAD + '[[exempt]]\nmatch.names = ["a"]\nreason = "r"\nexpires = 2027-03-31\n'
OWNER = HEAD + '[[owner]]\nby = "x"\n'

GOOD = [
    HEAD,
    TARGET,
    EXEMPT,
    'format = 1\n[scope]\nregions = ["us-east-1"]\naccounts = ["123456789012"]\n',
    HEAD + "[limits]\ncanary = 0\n",
    HEAD + '[severity]\nin-vpc = "critical"\n',
    HEAD + '[hazards]\nlong-name = "withhold"\n',
    HEAD + '[plan]\nexempt_by_tag = false\nexpires_after = "1h"\n',
    HEAD + '[plan]\nexempt_by_tag = { at_most = "30d" }\n',
    HEAD + '[rules]\nplatform = "off"\napproved_subnets = ["subnet-1"]\nsupported_platforms = ["notebook-al2-v3"]\n',
    OWNER + 'tags = { ManagedBy = "terraform*" }\nnamed_by = "m"\nadvice = "a"\n',
    TARGET + 'require = ["egress", "s3"]\nunknown = "withhold"\nplacement = "first"\n',
    TARGET + "require = []\n",
    TARGET + 'platform = { notebook-al2-v1 = "notebook-al2023-v1" }\nallow_one_way = true\nmanaged = "allow"\n',
    TARGET + 'kms_key = "alias/x"\nroot_access = "Disabled"\nimds = "keep"\ndelete_source = "cleanup"\non_failure = "leave"\n',
    TARGET + 'replacement_name = "vpc-{name}"\nstrategy = "side-by-side"\ndata = "none"\n',
    TARGET + 'data = "s3"\n[transfer]\nby = "hand"\nbucket = "acme-moves-{region}"\n',
    TARGET + 'match = { types = ["ml.g*"], roles = ["x"], platforms = ["notebook-al2-*"], statuses = ["Stopped"] }\n',
    TARGET + 'match = { accounts = ["123456789012"], regions = ["eu-west-1"], names = ["a-*"], tags = { A = "*" } }\n',
    EXEMPT + 'ticket = "T-1"\n',
]

BAD = [
    "",
    "format = 1\n",
    'scope.regions = "all"\n',
    'format = 2\nscope.regions = "all"\n',
    "format = 1\nscope = {}\n",
    'format = 1\nscope.regions = "some"\n',
    "format = 1\nscope.regions = []\n",
    'format = 1\nscope.regions = ["mars"]\n',
    HEAD + "extra = 1\n",
    HEAD + "scope.accounts = ['12']\n",
    HEAD + "scope.assume_role = 'x'\n",
    HEAD + '[rules]\nin-vpc = "maybe"\n',
    HEAD + '[rules]\nunknown-rule = "off"\n',
    HEAD + "[rules]\napproved_subnets = []\n",
    HEAD + '[severity]\nin-vpc = "bad"\n',
    HEAD + '[hazards]\nkey-unusable = "warn"\n',
    HEAD + '[hazards]\nlong-name = "ignore"\n',
    HEAD + "[limits]\nmax_percent = 0\n",
    HEAD + "[limits]\nmax_percent = 101\n",
    HEAD + "[limits]\nconcurrency = 65\n",
    HEAD + "[limits]\nconcurrency = '4'\n",
    HEAD + "[limits]\npoll_interval = 15\n",
    HEAD + "[limits]\ncanaries = 1\n",
    HEAD + "[plan]\nexempt_by_tag = 'no'\n",
    HEAD + "[plan]\nexempt_by_tag = { at_most = 90 }\n",
    HEAD + "[[target]]\nname = 't'\n",
    HEAD + "[[target]]\nname = 't'\nsubnets = []\nsecurity_groups = ['sg-1']\n",
    HEAD + "[[target]]\nname = 't'\nsubnets = ['sg-1']\nsecurity_groups = ['sg-1']\n",
    HEAD + "[[target]]\nname = 't'\nsubnets = ['subnet-1']\nsecurity_groups = []\n",
    HEAD + "[[target]]\nname = 't'\nsubnets = ['subnet-1']\nsecurity_groups = ['sg-1','sg-2','sg-3','sg-4','sg-5','sg-6']\n",
    HEAD + "[target]\nname = 't'\n",
    TARGET + "placement = 'best'\n",
    TARGET + "require = ['mail']\n",
    TARGET + "require = ['s3', 's3']\n",
    TARGET + "unknown = 'ignore'\n",
    TARGET + "platform = 'al2'\n",
    TARGET + "platform = {}\n",
    TARGET + "platform = { al2 = 'notebook-al2023-v1' }\n",
    TARGET + "platform = { notebook-al2-v1 = 'keep' }\n",
    TARGET + "allow_one_way = 1\n",
    TARGET + "managed = 'yes'\n",
    TARGET + "kms_key = 'a key'\n",
    TARGET + "imds = 2\n",
    TARGET + "root_access = 'Enabled'\n",
    TARGET + "delete_source = 'always'\n",
    TARGET + "on_failure = 'halt'\n",
    TARGET + "replacement_name = 'vpc'\n",
    TARGET + "replacement_name = '{name}_vpc'\n",
    TARGET + "strategy = 'same-name'\n",
    TARGET + "data = 'discard'\n",
    HEAD + "[transfer]\nby = 'night'\n",
    HEAD + "[transfer]\nby_hand_max_age = 24\n",
    TARGET + "match = { name = ['x'] }\n",
    TARGET + "match = { names = ['a_b'] }\n",
    TARGET + "match = { names = [] }\n",
    TARGET + "match = { statuses = ['Running'] }\n",
    TARGET + "match = { accounts = ['x'] }\n",
    TARGET + "match = { tags = {} }\n",
    TARGET + "match = { tags = { A = 1 } }\n",
    HEAD + "[[exempt]]\nreason = 'r'\nexpires = 2027-03-31\n",
    HEAD + "[[exempt]]\nmatch = {}\nreason = 'r'\nexpires = 2027-03-31\n",
    HEAD + "[[exempt]]\nmatch.names = ['a']\nexpires = 2027-03-31\n",
    HEAD + "[[exempt]]\nmatch.names = ['a']\nreason = 'r'\n",
    HEAD + "[[exempt]]\nmatch.names = ['a']\nreason = ''\nexpires = 2027-03-31\n",
    HEAD + "[[exempt]]\nmatch.names = ['a']\nreason = 'r'\nexpires = 'never'\n",
    OWNER,
    OWNER + "tags = {}\n",
]


def as_json(value: Any) -> Any:
    """TOML as editors hand it to a schema: dates are texts."""
    if isinstance(value, dict):
        return {key: as_json(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_json(one) for one in value]
    if isinstance(value, (datetime.date, datetime.datetime, datetime.time)):
        return value.isoformat()
    return value


def program_takes(program: str, path: Path) -> bool:
    done = subprocess.run([program, "policy", "check", str(path)], capture_output=True, text=True)
    assert done.returncode in (0, 20), f"{path}: {done.returncode}\n{done.stderr}"
    return done.returncode == 0


def keys(schema: Any) -> Iterator[tuple[str, Any]]:
    """Every property, with its schema."""
    if isinstance(schema, dict):
        for name, one in schema.get("properties", {}).items():
            yield name, one
        for one in schema.values():
            yield from keys(one)
    elif isinstance(schema, list):
        for one in schema:
            yield from keys(one)


def judge(directory: Path, cases: list[tuple[str, bool]], takes: Callable[[Path], bool]) -> None:
    """Each text is taken, or refused, by the program and by directory/schema.json alike."""
    schema = json.loads((directory / "schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)
    for text, good in cases:
        path = directory / "case.toml"
        path.write_text(text)
        taken = takes(path)
        assert taken == good, f"the program takes it: {taken}\n{text}"
        errors = list(validator.iter_errors(as_json(tomllib.loads(text))))
        assert (not errors) == good, f"the schema: {[error.message for error in errors]}\n{text}"
    # Editors show these.
    for name, one in keys(schema):
        assert one.get("description"), f"{name} is not described"
    print(len(cases))


def main() -> None:
    program, directory, examples = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    cases = [(path.read_text(), True) for path in sorted(examples.glob("*policy*.toml"))]
    assert len(cases) >= 3, "there are no examples"
    cases += [(text, True) for text in GOOD] + [(text, False) for text in BAD]
    judge(directory, cases, lambda path: program_takes(program, path))


if __name__ == "__main__":
    main()
