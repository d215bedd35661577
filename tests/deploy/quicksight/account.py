"""An account with a subscription: its settings, and the assets in it."""

import time
from dataclasses import dataclass, field

from double import Refused, page

from .permissions import checked
from .switches import Switches

# Number of reads until a status is settled.
LOOKS = 2


@dataclass
class Settling:
    """A status that is reached after some reads."""

    doing: str
    looks: int
    errors: list = field(default_factory=list)
    # Lenient validation keeps errors of a version that does not fail.
    failed: bool = False

    def status(self):
        if self.looks > 0:
            return f"{self.doing}_IN_PROGRESS"
        return f"{self.doing}_{'FAILED' if self.failed else 'SUCCESSFUL'}"

    def look(self):
        status = self.status()
        self.looks = max(0, self.looks - 1)
        return status


@dataclass
class Asset:
    """One asset; `body` is the request of its creation or last update."""

    kind: str
    id: str
    arn: str
    body: dict
    settling: Settling
    created: float
    updated: float
    permissions: dict = field(default_factory=dict)
    tags: dict = field(default_factory=dict)
    # For dashboards and themes: all versions, and the published one.
    versions: list = field(default_factory=list)
    published: int = 1
    deleted: bool = False
    # Number of descriptions of its definition.
    descriptions: int = 0

    @property
    def name(self):
        return self.body["Name"]

    def summary(self):
        return {
            "Arn": self.arn,
            f"{self.kind}Id": self.id,
            "Name": self.name,
            "CreatedTime": self.created,
            "LastUpdatedTime": self.updated,
        }


class Account:
    """State, and the operations on the account itself."""

    def __init__(self, account_id="123456789012", region="eu-central-1", identity_region=None, looks=LOOKS):
        self.id, self.region, self.identity_region = account_id, region, identity_region or region
        self.looks, self.switches = looks, Switches()
        self.partition = "aws"
        self.subscription = {
            "AccountName": "example",
            "Edition": "ENTERPRISE",
            "NotificationEmail": "alice@example.com",
            "AuthenticationType": "IAM_AND_QUICKSIGHT",
            "AccountSubscriptionStatus": "ACCOUNT_CREATED",
        }
        self.users = [self._user("alice", "ADMIN"), self._user("bob", "AUTHOR"), self._user("carol", "READER")]
        self.groups = [self._principal("group", "kiro-viewers") | {"GroupName": "kiro-viewers", "PrincipalId": "group/1"}]
        self.assets = {}
        # Ingestions and refresh schedules, by data set.
        self.ingestions, self.schedules, self.refresh_properties = {}, {}, {}

    # ---- operations ----

    def describe_account_subscription(self, asked):
        self.at_home(asked)
        if self.subscription is None:
            raise Refused("ResourceNotFoundException", f"Account {self.id} is not signed up with QuickSight.")
        return {"AccountInfo": self.subscription}

    def describe_account_settings(self, asked):
        self.at_home(asked)
        self.signed_up()
        return {
            "AccountSettings": {
                "AccountName": self.subscription["AccountName"],
                "Edition": self.subscription["Edition"],
                "DefaultNamespace": "default",
                "NotificationEmail": self.subscription["NotificationEmail"],
                "PublicSharingEnabled": False,
                "TerminationProtectionEnabled": True,
            }
        }

    def list_namespaces(self, asked):
        self.at_home(asked)
        self.signed_up()
        return page([self._namespace()], asked, "Namespaces")

    def describe_namespace(self, asked):
        self.at_home(asked)
        self.in_namespace(asked)
        return {"Namespace": self._namespace()}

    # ---- shared by all kinds of assets ----

    def subscribed(self):
        """Without a subscription, calls about assets and calls about users are refused with different messages."""
        if self.subscription is None:
            raise Refused("UnsupportedUserEditionException", f"Account {self.id} is not subscribed for QuickSight")

    def signed_up(self):
        if self.subscription is None:
            message = f"Account {self.id} is not signed up with QuickSight with namespace default."
            raise Refused("ResourceNotFoundException", message)

    def at_home(self, asked):
        """Users and settings are in one Region, and only its endpoint returns them."""
        if asked.region != self.identity_region:
            raise Refused(
                "AccessDeniedException",
                f"Operation is being called from endpoint {asked.region}, but your identity region is {self.identity_region}. "
                f"Please use the {self.identity_region} endpoint.",
            )

    def in_namespace(self, asked):
        if asked["Namespace"] != "default":
            raise Refused("ResourceNotFoundException", f"Namespace {asked['Namespace']} not found.")

    def arn(self, what):
        return f"arn:{self.partition}:quicksight:{self.region}:{self.id}:{what}"

    def principals(self):
        """Users and groups, with the roles of users."""
        return {user["Arn"]: user["Role"] for user in self.users} | {group["Arn"]: None for group in self.groups}

    def namespaces(self):
        return {self._namespace()["Arn"], self._namespace()["Arn"].replace(f":{self.region}:", f":{self.identity_region}:")}

    def settle(self, doing, errors=(), failed=None):
        return Settling(doing, self.looks, list(errors), bool(errors) if failed is None else failed)

    def make(self, kind, segment, asked, errors=(), failed=None):
        """Adds an asset. Its id must be free: a failed creation and an analysis in the recycle bin also keep their ids."""
        self.subscribed()
        name = f"{kind}Id"
        if (kind, asked[name]) in self.assets:
            raise Refused("ResourceExistsException", f"{kind} {asked[name]} already exists.")
        permissions = checked(self, kind, asked.get("Permissions", []))
        now = time.time()
        asset = Asset(
            kind=kind,
            id=asked[name],
            arn=self.arn(f"{segment}/{asked[name]}"),
            body=dict(asked),
            settling=self.settle("CREATION", errors, failed),
            created=now,
            updated=now,
            permissions=permissions,
            tags={tag["Key"]: tag["Value"] for tag in asked.get("Tags", [])},
        )
        self.assets[kind, asset.id] = asset
        return asset

    def get(self, kind, asked):
        """The asset in a request."""
        self.subscribed()
        asset = self.assets.get((kind, asked[f"{kind}Id"]))
        if asset is None:
            raise Refused("ResourceNotFoundException", f"{kind} {asked[f'{kind}Id']} is not found.")
        return asset

    def get_settled(self, kind, asked):
        """The asset to change. One that is still being created cannot be changed."""
        asset = self.get(kind, asked)
        if asset.settling.looks > 0:
            raise Refused("ConflictException", f"Updating resource {asset.arn} would cause an internal conflict. Please try again later.")
        return asset

    def get_updatable(self, kind, asked):
        """The asset to update. A failed creation cannot be updated, only deleted and created again."""
        asset = self.get_settled(kind, asked)
        if asset.settling.status() == "CREATION_FAILED" and len(asset.versions) <= 1:
            raise Refused("ConflictException", f"{kind} {asset.id} is in the state CREATION_FAILED and cannot be updated.")
        return asset

    def creation(self, errors, failed, kind="INTERNAL_FAILURE"):
        """The errors of a creation and whether it fails; a switch may force the failure."""
        if not failed and self.switches.take("failed_creations"):
            return [*errors, {"Type": kind, "Message": "The creation failed on demand."}], True
        return errors, failed

    # ---- SPICE ----

    def update_spice_capacity_configuration(self, asked):
        self.at_home_or_here(asked)
        if asked["PurchaseMode"] == "AUTO_PURCHASE":
            self.switches.spice_gigabytes = max(self.switches.spice_gigabytes, 10)
        return {}

    def at_home_or_here(self, asked):
        """Capacity is bought for a Region."""
        self.subscribed()
        if asked.region not in (self.region, self.identity_region):
            raise Refused("ResourceNotFoundException", f"Quick Sight is not used in {asked.region}.")

    def reserve_spice(self):
        if self.switches.spice_gigabytes <= 0:
            raise Refused("LimitExceededException", "Insufficient SPICE capacity")

    def all(self, kind):
        return [asset for (of, _), asset in sorted(self.assets.items()) if of == kind]

    def by_arn(self, arn):
        return next((asset for asset in self.assets.values() if asset.arn == arn), None)

    def _namespace(self):
        return {
            "Name": "default",
            "Arn": self.arn("namespace/default"),
            "CapacityRegion": self.identity_region,
            "CreationStatus": "CREATED",
            "IdentityStore": "QUICKSIGHT",
        }

    def _principal(self, what, name):
        return {"Arn": f"arn:{self.partition}:quicksight:{self.identity_region}:{self.id}:{what}/default/{name}"}

    def _user(self, name, role):
        return self._principal("user", name) | {
            "UserName": name,
            "Email": f"{name}@example.com",
            "Role": role,
            "IdentityType": "QUICKSIGHT",
            "Active": True,
            "PrincipalId": f"user/{name}",
        }
