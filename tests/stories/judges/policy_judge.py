"""What policy_sentry, which has AWS's Service Authorization Reference, finds wrong with the IAM policies of a file, a line each.

An action must exist; a resource must be of a kind that the action is judged on; a condition key must be one that the action
knows; and a statement on everything must be of actions that know no narrower resource.
"""

import json
import re
import sys

from policy_sentry.querying.actions import get_action_data

ANYWHERE = ("aws:RequestedRegion",)


def kind(pattern):
    """An ARN format as a pattern for ARNs, in which any part may be a star."""
    parts = re.split(r"(\$\{[^}]*\})", pattern)
    return re.compile("".join("[^:]*" if part.startswith("${") else re.escape(part) for part in parts) + r"\Z")


def same(key, known):
    known = re.sub(r"\$\{[^}]*\}", ".+", re.sub(r"([.])", r"\\\1", known))
    return re.fullmatch(known, key) is not None


def judge(statement):
    resources = statement["Resource"]
    keys = [key for operator in statement.get("Condition", {}).values() for key in operator]
    for action in statement["Action"]:
        service, name = action.split(":")
        rows = (get_action_data(service, name) or {}).get(service)
        if not rows:
            yield f"{action} does not exist"
            continue
        narrow = [row for row in rows if row["resource_arn_format"] != "*"]
        if resources == ["*"]:
            if narrow:
                yield f"{action} could be narrower than everything"
            judged = rows
        else:
            judged = [row for row in narrow if any(kind(row["resource_arn_format"]).match(arn) for arn in resources)]
            if not judged:
                yield f"{action} is not judged on {resources[0]}"
        known = {key for row in judged for key in row["condition_keys"]}
        for key in keys:
            if key not in ANYWHERE and not any(same(key, one) for one in known):
                yield f"{action} knows no {key}"


with open(sys.argv[1], encoding="utf-8") as file:
    documents = json.load(file)
for document in documents if isinstance(documents, list) else [documents]:
    for statement in document["Statement"]:
        for problem in judge(statement):
            print(problem)
