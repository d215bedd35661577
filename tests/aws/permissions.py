"""Whether a role's policy admits a request to S3: the emulator admits everything, an account does not.

It knows what our template uses: Allow statements with StringLike on `s3:prefix`, and StringEquals on `aws:ResourceAccount`, which always
fits: the emulator has one account.
"""

import re
from urllib.parse import parse_qs, unquote, urlsplit

from policies import listed

ACTIONS = {
    "list": "s3:ListBucket",
    "get": "s3:GetObject",
    "head": "s3:GetObject",
    "put": "s3:PutObject",
    "begin_upload": "s3:PutObject",
    "upload_part": "s3:PutObject",
    "complete_upload": "s3:PutObject",
    "abort_upload": "s3:AbortMultipartUpload",
}


def refused(policy, requests):
    """Of (kind, target) pairs, those that the policy does not admit, as (action, resource, prefix)."""
    asked = set()
    for kind, target in requests:
        parts = urlsplit(target)
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        prefix = parse_qs(parts.query).get("prefix", [""])[0]
        resource = f"arn:aws:s3:::{bucket}" + (f"/{key}" if key else "")
        asked.add((ACTIONS.get(kind, kind), resource, prefix if kind == "list" else None))
    return {request for request in asked if not admits(policy, *request)}


def admits(policy, action, resource, prefix):
    return any(
        statement["Effect"] == "Allow"
        and action in listed(statement["Action"])
        and any(matches(pattern, resource) for pattern in listed(statement["Resource"]))
        and prefix_fits(statement.get("Condition", {}), prefix)
        for statement in policy["Statement"]
    )


def prefix_fits(condition, prefix):
    for operator, keys in condition.items():
        for key, patterns in keys.items():
            if (operator, key) == ("StringEquals", "aws:ResourceAccount"):
                continue
            if operator != "StringLike" or key != "s3:prefix":
                return False
            if prefix is None or not any(matches(pattern, prefix) for pattern in listed(patterns)):
                return False
    return True


def matches(pattern, text):
    """As IAM does: `*` is anything, slashes included, `?` is one character."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), text, re.DOTALL) is not None
