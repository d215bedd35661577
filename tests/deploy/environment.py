"""AWS as `kiro-analytics deploy` sees it, on this machine: everything starts itself on free ports and is stopped at the end.

One address takes every call (`front`), logs it, and passes it on: Quick Sight and Lake Formation to the doubles, Athena's queries to
DuckDB, identities to moto, all else to ministack, behind small corrections where that is less strict than AWS.
"""

import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The emulator's process and its clients are the same as in tests/aws.
sys.path.append(str(HERE.parent / "aws"))

from moto.server import ThreadedMotoServer  # noqa: E402

from athena import Athena, Engine, QueryFailed  # noqa: E402
from athena.catalogue import Catalogue  # noqa: E402
from corrections import Corrected  # noqa: E402
from emulator import ACCOUNT, REGION, Emulator, free_port  # noqa: E402
from front import Connections, Front  # noqa: E402
from lake_formation import lake_formation  # noqa: E402
from quicksight import Account, World, quicksight  # noqa: E402
from quicksight.world import Unreadable  # noqa: E402

SERVICE_ROLE = "aws-quicksight-service-role-v0"
MOTO = ("identitystore", "sso", "sso-admin")


class Environment:
    """A context manager; inside it `variables` are what a command needs to find all this."""

    def __init__(self, identity_region=REGION):
        self.identity_region = identity_region

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="kiro-deploy-")
        self.scratch = Path(self.folder.name)
        self.undo = [self.folder.cleanup]
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for step in reversed(self.undo):
            step()
        self.undo = []

    def _start(self):
        port = free_port()
        # Functions call the emulator itself: the log is of the deployer's calls.
        self.emulator = Emulator(self.scratch, port, f"http://127.0.0.1:{port}")
        self.undo.append(self.emulator.stop)
        self.moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self.moto.start()
        self.undo.append(self.moto.stop)
        moto_address = "{}:{}".format(*self.moto.get_host_and_port())

        connections = Connections()
        self.undo.append(connections.close)
        emulator_address = f"127.0.0.1:{port}"
        self.catalogue = InGlue(self.emulator, self.scratch / "athena")
        self.engine = Engine(self.catalogue)
        lake, self.grants = lake_formation(self.catalogue, caller=f"arn:aws:iam::{ACCOUNT}:root", account=ACCOUNT)
        self.account = Account(ACCOUNT, REGION, self.identity_region)
        self.world = AsServiceRole(self)
        self.front = Front(
            {
                "quicksight": quicksight(self.account, self.world),
                "lakeformation": lake,
                "athena": Athena(self.engine, self.emulator, lambda request: Connections().pass_on(emulator_address, request)),
                **dict.fromkeys(MOTO, moto_address),
                "*": Corrected(emulator_address),
            }
        )
        self.undo.append(self.front.stop)
        self.make_service_role()

    def client(self, service, region=REGION):
        """A client whose calls go the way of the product's."""
        return self.emulator.client(service, self.front.endpoint, region)

    def make_service_role(self):
        """The role that signing up makes, with the policy that the console attaches."""
        iam = self.emulator.client("iam")
        trust = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"quicksight.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
        iam.create_role(Path="/service-role/", RoleName=SERVICE_ROLE, AssumeRolePolicyDocument=trust)

    @property
    def service_role_arn(self):
        return f"arn:aws:iam::{ACCOUNT}:role/service-role/{SERVICE_ROLE}"

    @property
    def variables(self):
        """For a command's environment, instead of every other variable of AWS."""
        bare = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "KIRO_ANALYTICS_"))}
        return bare | {
            "AWS_ENDPOINT_URL": self.front.endpoint,
            "AWS_ACCESS_KEY_ID": "example",
            "AWS_SECRET_ACCESS_KEY": "example",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def rows(self, sql, database):
        """The columns and rows of a query in Athena."""
        columns, rows = self.engine.run(sql, database)
        return [name for name, _ in columns], rows


class InGlue(Catalogue):
    """The emulator's catalogue, also as what there is to grant on."""

    def __init__(self, emulator, folder):
        super().__init__(emulator.client("glue"), emulator.client("s3"), folder)
        self.iam = emulator.client("iam")

    def has_role(self, arn):
        roles = (role["Arn"] for page in self.iam.get_paginator("list_roles").paginate() for role in page["Roles"])
        return arn in roles


class AsServiceRole(World):
    """Athena as Quick Sight's service role may use it."""

    def __init__(self, environment):
        self.environment, self.athena = environment, environment.emulator.client("athena")

    def has_workgroup(self, name):
        return name in {group["Name"] for group in self.athena.list_work_groups()["WorkGroups"]}

    def rows(self, sql):
        role = self.environment.service_role_arn
        for database, table in sorted(self.environment.engine.reads(sql, "default")):
            if not self.environment.grants.allows(role, "SELECT", database, table):
                raise Unreadable("PERMISSION_DENIED", f"Insufficient Lake Formation permission(s): Required SELECT on {table}")
        try:
            return len(self.environment.engine.run(sql, "default")[1])
        except QueryFailed as error:
            raise Unreadable("SQL_EXCEPTION", str(error)) from error
