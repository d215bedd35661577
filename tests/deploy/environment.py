"""AWS for `kiro-analytics deploy`, on this machine: starts all servers on free ports, and stops them at the end.

One address receives all calls (`front`), logs them, and forwards them: Quick Sight and Lake Formation to the doubles, Athena's queries to
DuckDB, identities to moto, all others to ministack, with small corrections where ministack is less strict than AWS.
"""

import json
import logging
import os
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

HERE = Path(__file__).resolve().parent
# The emulator's process and its clients are the same as in tests/aws.
sys.path.append(str(HERE.parent / "aws"))

from moto.server import ThreadedMotoServer

from athena import Athena, Engine
from asynchronous_invocations import AsynchronousInvocations
from athena.catalogue import Catalogue
from corrections import Corrected
from emulator import ACCOUNT, REGION, Emulator, free_port
from front import Front
from lake_formation import lake_formation
from quicksight import Account, quicksight
from service_role import AsServiceRole

# The deployer: a session of a role, as Identity Center creates.
DEPLOYER = "deployer"
# The access key of functions.
FUNCTION_KEY = ACCOUNT
SERVICE_ROLE = "aws-quicksight-service-role-v0"
MOTO = ("identitystore", "sso", "sso-admin")


class Environment:
    """A context manager; inside it, `variables` is the environment of a command.

    A query, an import or an asset is seen under way some times before it has ended: `at_once` leaves that out, and saves the waits.
    Functions call these services (`S3`, as in `AWS_ENDPOINT_URL_S3`) through the front as well, signed with `FUNCTION_KEY`.
    """

    def __init__(self, identity_region=REGION, at_once=False, through_front=()):
        self.identity_region, self.looks, self.through_front = identity_region, {"looks": 0} if at_once else {}, through_front

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
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        self.moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self.moto.start()
        self.undo.append(self.moto.stop)
        moto_address = "{}:{}".format(*self.moto.get_host_and_port())
        self.moto_endpoint = f"http://{moto_address}"
        # The state of moto outlives its servers.
        urlopen(Request(f"{self.moto_endpoint}/moto-api/reset", method="POST")).close()
        port, front_port = free_port(), free_port()
        # Functions call the emulators directly: the log contains only the deployer's calls, and those to the doubles.
        others = dict.fromkeys(("IDENTITYSTORE", "SSO_ADMIN"), self.moto_endpoint)
        others |= dict.fromkeys(("QUICKSIGHT", "ATHENA", *self.through_front), f"http://127.0.0.1:{front_port}")
        self.emulator = Emulator(self.scratch, port, f"http://127.0.0.1:{port}", others)
        self.undo.append(self.emulator.stop)

        corrected = Corrected(f"127.0.0.1:{port}")
        self.catalogue = InGlue(self.emulator, self.scratch / "athena")
        self.engine = Engine(self.catalogue)
        lake, self.grants = lake_formation(self.catalogue, caller=f"arn:aws:iam::{ACCOUNT}:role/{DEPLOYER}", account=ACCOUNT)
        self.account = Account(ACCOUNT, REGION, self.identity_region, **self.looks)
        self.world = AsServiceRole(self)
        self.invocations = AsynchronousInvocations(self.emulator, corrected.answer)
        self.front = Front(
            {
                "lambda": self.invocations,
                "quicksight": quicksight(self.account, self.world),
                "lakeformation": lake,
                "athena": Athena(self.engine, self.emulator, corrected.pass_on, **self.looks),
                **dict.fromkeys(MOTO, moto_address),
                "*": corrected,
            },
            front_port,
        )
        self.undo.append(self.front.stop)
        self._make_roles()
        self._make_identities()

    def client(self, service, region=REGION):
        """A client whose calls go through the front, as the product's."""
        return self.emulator.client(service, self.front.endpoint, region)

    def allow(self, policy):
        """Replaces the deployer's permissions."""
        self.emulator.client("iam").put_role_policy(RoleName=DEPLOYER, PolicyName="deploy", PolicyDocument=json.dumps(policy))

    def enforce(self, document):
        """From now on, refuses all calls of the deployer that a policy document does not allow."""
        return self.front.enforce(document, access_key=self.credentials["AccessKeyId"], output_bucket=self._output_bucket)

    def enforce_function(self, document):
        """From now on, refuses all calls of functions that a policy document does not allow."""
        return self.front.enforce(document, caller="assumed-role/function/function", access_key=FUNCTION_KEY, output_bucket=self._output_bucket)

    def _output_bucket(self, workgroup):
        configured = self.emulator.client("athena").get_work_group(WorkGroup=workgroup)["WorkGroup"].get("Configuration", {})
        return urlsplit(configured.get("ResultConfiguration", {}).get("OutputLocation", "")).netloc

    def _make_roles(self):
        iam, sts = self.emulator.client("iam"), self.emulator.client("sts")
        # Created by the sign-up for Quick Sight.
        iam.create_role(
            Path="/service-role/", RoleName=SERVICE_ROLE, AssumeRolePolicyDocument=_trust({"Service": "quicksight.amazonaws.com"})
        )
        iam.create_role(RoleName=DEPLOYER, AssumeRolePolicyDocument=_trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}))
        self.allow({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
        self.credentials = sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{DEPLOYER}", RoleSessionName="alice")["Credentials"]

    def _make_identities(self):
        (instance,) = self.emulator.client("sso-admin", self.moto_endpoint).list_instances()["Instances"]
        self.identity_store = instance["IdentityStoreId"]
        store = self.emulator.client("identitystore", self.moto_endpoint)
        for name in ("alice", "bob", "carol"):
            store.create_user(
                IdentityStoreId=self.identity_store,
                UserName=name,
                DisplayName=f"{name.title()} Example",
                Name={"GivenName": name.title(), "FamilyName": "Example"},
                Emails=[{"Value": f"{name}@example.com", "Primary": True}],
            )

    @property
    def service_role_arn(self):
        return f"arn:aws:iam::{ACCOUNT}:role/service-role/{SERVICE_ROLE}"

    @property
    def variables(self):
        """Environment of a command; replaces all other variables of AWS."""
        bare = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "KIRO_ANALYTICS_"))}
        return bare | {
            "AWS_ENDPOINT_URL": self.front.endpoint,
            "AWS_ACCESS_KEY_ID": self.credentials["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": self.credentials["SecretAccessKey"],
            "AWS_SESSION_TOKEN": self.credentials["SessionToken"],
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


def _trust(principal):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]})


class InGlue(Catalogue):
    """The emulator's catalogue, also as the resources of grants."""

    def __init__(self, emulator, folder):
        super().__init__(emulator.client("glue"), emulator.client("s3"), folder)
        self.iam = emulator.client("iam")

    def has_role(self, arn):
        roles = (role["Arn"] for page in self.iam.get_paginator("list_roles").paginate() for role in page["Roles"])
        return arn in roles
