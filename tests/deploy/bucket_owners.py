"""Owners of buckets: the emulator has one account, but names of buckets are shared with all other accounts."""

import re
from dataclasses import dataclass, field

from faults import Fault

_BUCKET = re.compile(rb"<Bucket>.*?</Bucket>", re.DOTALL)


@dataclass
class BucketOwners:
    """Buckets of other accounts, by name. They accept calls, as their policy may allow, except those that expect another owner."""

    account: str = "123456789012"
    owners: dict = field(default_factory=dict)

    def owner(self, bucket):
        return self.owners.get(bucket, self.account)

    def refusal(self, call, request):
        """The error of a refused call of S3, or None."""
        expected = request.headers.get("x-amz-expected-bucket-owner")
        if expected and expected != self.owner(call.members.get("Bucket")):
            return _denied(call)
        source = request.headers.get("x-amz-copy-source", "").lstrip("/").partition("/")[0]
        expected = request.headers.get("x-amz-source-expected-bucket-owner")
        if expected and source and expected != self.owner(source):
            return _denied(call)
        if call.operation == "CreateBucket" and self.owner(call.members["Bucket"]) != self.account:
            message = (
                "The requested bucket name is not available. The bucket namespace is shared by all users of the system. "
                "Please select a different name and try again."
            )
            return Fault(call.name, "BucketAlreadyExists", message, 409)
        return None

    def only_own(self, call, answer):
        """A list of buckets without those of others."""
        if call.operation == "ListBuckets" and self.owners:
            answer.body = _BUCKET.sub(self._kept, answer.body)
        return answer

    def _kept(self, match):
        name = re.search(rb"<Name>(.*?)</Name>", match[0])
        return b"" if name and name[1].decode() in self.owners else match[0]


def _denied(call):
    return Fault(call.name, "AccessDenied", "Access Denied", 403)
