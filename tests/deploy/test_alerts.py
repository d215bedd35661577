"""Alerts of a deployment: an export arrives with a planted spike and somebody near the allowance, and the function `follow-up` sends one
message to the topic of the alarms and one to a webhook. Then its faults: unreachable, twice at once, killed.

The tests build on each other, in the order of their names. run.py runs them and sets their environment variables.
"""

import json
import os
import signal
import threading
import time
import unittest
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from checks import ALICE, Deployed
from cli import Cli
from environment import ACCOUNT, REGION, Environment
from exports import BUCKET, POLICY, PREFIX
from followed import followed_event
from webhook import SECRET, Webhook

BINARY, FUNCTIONS = Path(os.environ["KIRO_E2E_BINARY"]), os.environ["KIRO_E2E_FUNCTIONS"]
EVENTS = Path(__file__).resolve().parents[1] / "aws" / "events"
NAME = "kiro-analytics"
NORMALIZER, FUNCTION = f"{NAME}-data-normalize-report", f"{NAME}-follow-up"
LOG = f"/aws/lambda/{FUNCTION}"
STORED_SECRET = "kiro-analytics/webhook"
# How long the function may take until its log is there.
SECONDS = 60
LAST_DAY, DAYS = date(2026, 9, 30), 11
# Credits of a usual day and of the last day. Ann's last day is 40 times a usual one; Bo has used 880 of 1,000 before it, 920 with it.
CREDITS = {"Ann": (10, 400), "Bo": (88, 40), "Cy": (5, 5)}
# In every planted name, and nowhere else.
MARK = "lanted"
HEADER = (
    "Date,UserId,Client_Type,Chat_Conversations,Credits_Used,Overage_Cap,Overage_Credits_Used,Overage_Enabled,ProfileId,"
    "Subscription_Tier,Total_Messages,New_User,Usage_Limit\n"
)


def export(day, ids):
    """The key and the content of a day's export."""
    rows = "".join(
        f"{day},{ids[name]},KIRO_IDE,1,{of_days[day == LAST_DAY]},,,,"
        f"arn:aws:codewhisperer:us-east-1:{ACCOUNT}:profile/EXAMPLE,PRO,10,false,1000\n"
        for name, of_days in CREDITS.items()
    )
    name = f"KIRO_IDE_{ACCOUNT}_user_report_{day:%Y%m%d}0000.csv"
    return f"{PREFIX}AWSLogs/{ACCOUNT}/KiroLogs/user_report/us-east-1/{day:%Y/%m/%d}/00/{name}", (HEADER + rows).encode()


class Alerts(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        # All services that the function calls, so that its calls can be counted, held and refused.
        cls.aws = cls.enterClassContext(Environment(at_once=True, through_front=("S3", "SNS", "SECRETS_MANAGER")))
        cls.s3, cls.logs, cls.sqs, cls.secrets = (cls.aws.emulator.client(name) for name in ("s3", "logs", "sqs", "secretsmanager"))
        # Invocations that are asynchronous go through the front, others to the function itself.
        cls.lambda_, cls.function = cls.aws.client("lambda"), cls.aws.emulator.client("lambda")
        cls.webhook = Webhook()
        cls.addClassCleanup(cls.webhook.stop)
        cls.ids = {name: cls.make_user(name) for name in CREDITS}
        cls.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        cls.s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(POLICY))
        for ago in range(1, DAYS):
            key, content = export(LAST_DAY - timedelta(days=ago), cls.ids)
            cls.s3.put_object(Bucket=BUCKET, Key=key, Body=content)
        cls.secrets.create_secret(Name=STORED_SECRET, SecretString=json.dumps({"url": cls.webhook.url}))
        cls.cli = Cli(BINARY, cls.aws.scratch / "work", cls.aws)
        (cls.cli.folder / "kiro-analytics.toml").write_text(
            'alert_webhook_format = "json"\n'
            "[deployment]\n"
            f'exports = ["s3://{BUCKET}/{PREFIX.rstrip("/")}"]\n'
            f'architecture = "x86_64"\nfunctions = {json.dumps(FUNCTIONS)}\n'
            f'quicksight = false\nidentity_mapping = true\nowners = ["{ALICE}"]\n'
            f'alarm_email = "alice@example.com"\nsend_alerts = true\nalerts_webhook_secret = "{STORED_SECRET}"\n'
        )
        cls.run_cli(cls, "deploy", "--yes")
        cls.topic = cls.variables()["KIRO_TOPIC"]
        cls.results = cls.variables()["KIRO_ALERT_STATE"].removeprefix("s3://").partition("/")[0]
        cls.queue = cls.sqs.create_queue(QueueName="subscriber")["QueueUrl"]
        arn = cls.sqs.get_queue_attributes(QueueUrl=cls.queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        cls.aws.emulator.client("sns").subscribe(TopicArn=cls.topic, Protocol="sqs", Endpoint=arn)

    @classmethod
    def make_user(cls, name):
        store = cls.aws.emulator.client("identitystore", cls.aws.moto_endpoint)
        return store.create_user(
            IdentityStoreId=cls.aws.identity_store,
            UserName=f"planted-{name.lower()}",
            DisplayName=f"Planted {name}",
            Name={"GivenName": name, "FamilyName": "Planted"},
            Emails=[{"Value": f"planted-{name.lower()}@directory.example", "Primary": True}],
        )["UserId"]

    def setUp(self):
        self.addCleanup(self.aws.front.allow_all)
        self.addCleanup(self.aws.front.faults.clear)

    def run_cli(self, *arguments, code=0):
        outcome = self.cli.run(*arguments)
        if outcome.code != code:
            raise AssertionError(f"{outcome.command}: {outcome.code}\n{outcome.output}")
        return outcome

    # ---- the function ----

    @classmethod
    def variables(cls):
        return cls.function.get_function_configuration(FunctionName=FUNCTION)["Environment"]["Variables"]

    def arrive(self, key, content):
        """Puts an export into its bucket and runs the normalizer by its event. Returns the record of the run."""
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=content)
        event = (EVENTS / "eventbridge-object-created.json").read_text().replace("{{bucket}}", BUCKET).replace("{{key}}", key)
        self.assertEqual(self.lambda_.invoke(FunctionName=NORMALIZER, InvocationType="Event", Payload=event)["StatusCode"], 202)
        self.aws.invocations.wait()
        return self.aws.invocations.records[-1]

    def follow(self, run=None):
        """Runs the function for a run of the normalizer that has read something. Returns its response, or its error."""
        answer = self.function.invoke(FunctionName=FUNCTION, Payload=json.dumps(followed_event(run or str(uuid.uuid4()))))
        return json.loads(answer["Payload"].read())

    def sent(self, run=None):
        """The counts of a run that does not fail: alerts that are true, and those that were sent."""
        said = self.follow(run)
        self.assertNotIn("errorType", said)
        (task,) = said["tasks"]
        self.assertEqual(task["task"], "alerts")
        return task["alerts"], task["sent"]

    def failure(self, run=None):
        said = self.follow(run)
        self.assertEqual(said.get("errorType"), "TasksFailed", said)
        return said["errorMessage"]

    def lines(self):
        """What the function has logged, oldest first."""
        pages = self.logs.get_paginator("filter_log_events").paginate(logGroupName=LOG)
        lines = []
        for event in (event for page in pages for event in page["events"]):
            for text in event["message"].splitlines():
                try:
                    lines.append(json.loads(text))
                except ValueError:
                    continue
        return lines

    def followed(self, run, times=1):
        """The counts in the log of a run that was started by its event, after it has ended that often."""
        until, pause = time.monotonic() + SECONDS, threading.Event()
        while time.monotonic() < until:
            found = [line for line in self.lines() if line.get("message") == "Alerts followed." and line.get("run") == run]
            if len(found) >= times:
                return found
            pause.wait(0.1)
        raise AssertionError(f"{run} is not followed: {self.lines()}")

    def kill(self):
        """Ends all processes of the function at once, as Lambda does when their time is over. One of them is at work."""
        killed = 0
        for process in Path("/proc").glob("[0-9]*"):
            try:
                variables = (process / "environ").read_bytes().split(b"\0")
                is_function = os.readlink(process / "exe").endswith("/bootstrap")
            except OSError:
                continue
            of_this = f"AWS_ENDPOINT_URL_SNS={self.aws.front.endpoint}".encode()
            if is_function and of_this in variables and f"AWS_LAMBDA_FUNCTION_NAME={FUNCTION}".encode() in variables:
                os.kill(int(process.name), signal.SIGKILL)
                killed += 1
        self.assertGreater(killed, 0)

    def killed_at(self, when):
        """Kills the function while it publishes: before the topic has the message, or after."""
        held = self.aws.front.hold("sns:Publish", when)
        with ThreadPoolExecutor(1) as threads:
            run = threads.submit(self.follow)
            held.wait(SECONDS)
            self.kill()
            held.let_go()
            self.assertIn("errorType", run.result())

    # ---- the channels ----

    def published(self):
        """Takes the messages that the topic has delivered: subject and text."""
        found = []
        while messages := self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
                envelope = json.loads(message["Body"])
                self.assertEqual(envelope["TopicArn"], self.topic)
                found.append((envelope["Subject"], envelope["Message"]))
        return found

    def counts(self):
        """The number of messages to the topic and to the webhook since the last call."""
        return len(self.published()), len(self.webhook.accepted())

    # ---- what was sent ----

    def state(self, channel):
        return json.loads(self.s3.get_object(Bucket=self.results, Key=f"alerts/{channel}/2026-09.json")["Body"].read())

    def forget(self, *channels):
        """Everything is news again."""
        for channel in channels:
            self.s3.delete_object(Bucket=self.results, Key=f"alerts/{channel}/2026-09.json")
        self.counts()

    def age(self, channel):
        """Two hours pass for the claims of a channel."""
        state = self.state(channel)
        for message in state["messages"]:
            message["claimed_at"] = (datetime.fromisoformat(message["claimed_at"]) - timedelta(hours=2)).isoformat()
        self.s3.put_object(Bucket=self.results, Key=f"alerts/{channel}/2026-09.json", Body=json.dumps(state))

    # ---- the tests ----

    def test_1_the_first_run_belongs_to_deploy_and_sends_nothing(self):
        self.assertEqual(self.counts(), (0, 0))
        self.assertEqual(self.lines(), [])
        variables = self.variables()
        self.assertEqual(json.loads(variables["KIRO_DATA_SETS"]), [])
        self.assertEqual((variables["KIRO_WEBHOOK_SECRET"], variables["KIRO_WEBHOOK_FORMAT"]), (STORED_SECRET, "json"))
        self.assertIn("spike", json.loads(variables["KIRO_ALERTS"])["rules"])
        self.assertNotIn(SECRET, json.dumps(variables))

    def test_2_an_arrival_sends_one_message_to_each_channel(self):
        record = self.arrive(*export(LAST_DAY, self.ids))
        self.assertEqual(record["requestContext"]["condition"], "Success", record)
        (counts,) = self.followed(record["requestContext"]["requestId"])
        self.assertEqual((counts["alerts"], counts["sent"], counts["failed_channels"]), (3, 6, 0))
        days = (datetime.now(UTC).date() - LAST_DAY).days
        ((subject, text),) = self.published()
        self.assertEqual(subject, "Kiro 2026-09-30: 1 late source, 1 near allowance, 1 spike")
        self.assertEqual(
            text,
            "As of 2026-09-30\n\n"
            f"Late data\n- user_report of account {ACCOUNT}, Region us-east-1: the newest day is 2026-09-30, {days} days ago\n\n"
            "Near the allowance\n- Planted Bo (Pro): 92 % of the allowance, 920 of 1,000 credits\n\n"
            "Far more than usual\n- Planted Ann (Pro): 400 credits on 2026-09-30, on other days 10\n",
        )
        (body,) = self.webhook.accepted()
        self.assertEqual((body["version"], body["subject"], body["text"]), (1, subject, text))
        late, near, spike = body["alerts"]
        self.assertEqual((late["rule"], late["source"]["account"], late["newest_day"]), ("late_data", ACCOUNT, "2026-09-30"))
        self.assertEqual((near["rule"], near["level"], near["person"]["label"], near["credits_used"]), ("allowance", "warning", "Planted Bo", 920))
        self.assertEqual((spike["rule"], spike["person"]["user_id"], spike["credits_used"]), ("spike", self.ids["Ann"], 400))

    def test_3_an_event_that_comes_again_and_a_later_run_send_nothing(self):
        record = self.aws.invocations.records[-1]
        run = record["requestContext"]["requestId"]
        self.aws.front.taken()
        self.aws.invocations.send(record, f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default")
        self.assertEqual([one["sent"] for one in self.followed(run, times=2)], [6, 0])
        # The statements of the same run are not run again: Athena recognizes their tokens.
        known = len(self.aws.front.backends["athena"].executions)
        self.assertEqual(self.sent(run), (3, 0))
        self.assertEqual(len(self.aws.front.backends["athena"].executions), known)
        self.assertEqual(self.sent(), (3, 0))
        self.assertEqual(len(self.aws.front.backends["athena"].executions), known + 3)
        self.assertEqual(self.counts(), (0, 0))

    def test_4_a_webhook_that_fails_fails_the_run_and_gets_its_message_from_the_next(self):
        self.forget("topic", "webhook")
        self.webhook.statuses = [500, 503, 429, 500]
        said = self.failure()
        self.assertIn("webhook: the alerts could not be sent: the webhook at `127.0.0.1` did not accept the message: it answered with status 500", said)
        self.assertEqual(self.counts(), (1, 0))
        # A port that nothing listens to.
        closed = Webhook()
        closed.stop()
        self.secrets.put_secret_value(SecretId=STORED_SECRET, SecretString=closed.url)
        said = self.failure()
        self.assertIn("it could not be reached", said)
        self.assertNotIn(SECRET, said)
        self.assertEqual(self.counts(), (0, 0))
        # An address that is refused for good, in a secret that is a text.
        self.secrets.put_secret_value(SecretId=STORED_SECRET, SecretString=f"{self.webhook.url}\n")
        self.webhook.statuses = [404]
        self.assertIn("check the address in the secret", self.failure())
        self.assertEqual(self.counts(), (0, 0))
        self.assertEqual(self.sent(), (3, 3))
        self.assertEqual(self.counts(), (0, 1))

    def test_5_a_topic_that_refuses_takes_nothing_from_the_webhook(self):
        self.forget("topic", "webhook")
        self.aws.front.fail("sns:Publish", "AuthorizationError", "not authorized", status=403)
        self.assertIn("topic: the alerts could not be sent: sns:Publish: not allowed", self.failure())
        self.assertEqual(self.counts(), (0, 1))
        self.assertEqual(self.sent(), (3, 3))
        self.assertEqual(self.counts(), (1, 0))

    def test_6_of_runs_at_once_one_sends(self):
        self.forget("topic", "webhook")
        with ThreadPoolExecutor(4) as threads:
            sent = list(threads.map(lambda _: self.sent(), range(4)))
        self.assertEqual({alerts for alerts, _ in sent}, {3})
        self.assertEqual(sum(count for _, count in sent), 6, sent)
        self.assertEqual(self.counts(), (1, 1))

    def test_7_a_run_that_was_killed_before_its_message_delays_it_by_an_hour(self):
        self.forget("topic", "webhook")
        self.killed_at("before")
        (message,) = self.state("topic")["messages"]
        self.assertEqual((message["sent_at"], len(message["alerts"])), (None, 3))
        # Its claim holds; the other channel, which it has not reached, gets its message.
        self.assertEqual(self.sent(), (3, 3))
        self.assertEqual(self.counts(), (0, 1))
        self.age("topic")
        self.assertEqual(self.sent(), (3, 3))
        self.assertEqual(self.counts(), (1, 0))
        self.assertEqual(self.sent(), (3, 0))

    def test_8_a_run_that_was_killed_after_its_message_sends_it_twice(self):
        self.forget("topic")
        self.killed_at("after")
        self.assertEqual(self.counts(), (1, 0))
        self.assertEqual(self.sent(), (3, 0))
        self.age("topic")
        self.assertEqual(self.sent(), (3, 3))
        self.assertEqual(self.counts(), (1, 0))

    def test_9_the_role_of_the_function_allows_all_its_calls_and_a_night_has_few(self):
        self.forget("topic", "webhook")
        role = self.function.get_function_configuration(FunctionName=FUNCTION)["Role"].rpartition("/")[2]
        iam = self.aws.emulator.client("iam")
        (policy,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
        self.aws.enforce_function(iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"])
        self.aws.front.taken()
        self.assertEqual(self.sent(), (3, 6))
        calls = [call.name for call in self.aws.front.taken()]
        self.assertEqual(
            {name: calls.count(name) for name in sorted(set(calls))},
            {
                "athena:GetQueryExecution": 3,
                "athena:GetQueryResults": 3,
                "athena:StartQueryExecution": 3,
                "s3:GetObject": 4,
                "s3:PutObject": 4,
                "secretsmanager:GetSecretValue": 1,
                "sns:Publish": 1,
            },
        )
        # A policy without the topic is refused: the check above can fail.
        self.forget("topic")
        self.aws.enforce_function({"Statement": [{"Effect": "Allow", "Action": ["athena:*", "s3:*"], "Resource": "*"}]})
        self.assertIn("sns:Publish: not allowed", self.failure())

    def test_a_statement_that_athena_cancels_fails_the_run_with_the_limit_to_raise(self):
        self.forget("topic", "webhook")
        athena = self.aws.front.backends["athena"]
        known, run = set(athena.executions), str(uuid.uuid4())
        athena.cancels = True
        self.addCleanup(setattr, athena, "cancels", False)
        said = self.failure(run)
        self.assertRegex(said, r"the statement about \w+ was cancelled, query `[0-9a-f-]{36}`; .*`scan_limit_bytes`")
        self.assertEqual(len(set(athena.executions) - known), 3)
        athena.cancels = False
        self.assertEqual(self.counts(), (0, 0))
        self.assertEqual(self.sent(), (3, 6))

    def test_b_no_log_and_no_state_names_anybody_or_has_the_address(self):
        groups = [one["logGroupName"] for one in self.logs.describe_log_groups()["logGroups"]]
        self.assertIn(LOG, groups)
        for group in groups:
            for stream in self.logs.describe_log_streams(logGroupName=group)["logStreams"]:
                events = self.logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])["events"]
                self.assert_private(json.dumps(events))
        self.assertGreater(len(self.lines()), 20)
        for channel in ("topic", "webhook"):
            self.assert_private(json.dumps(self.state(channel)))
        for arguments in (("logs", "--all"), ("logs", "--output", "json"), ("status",), ("config", "show")):
            self.assert_private(self.cli.run(*arguments).output.replace("alice@example.com", ""))

    def assert_private(self, text):
        for private in (MARK, SECRET, "@directory.example", "alice@example.com", *self.ids.values()):
            self.assertNotIn(private, text)

    def test_c_the_commands_show_what_was_sent_and_why_not(self):
        log = self.cli.run("logs", "--output", "json").json()["follow_up"]
        first = [(one["channel"], one["alerts"]) for one in log["sent_alerts"][:2]]
        self.assertEqual(first, [("topic", 3), ("webhook", 3)])
        reasons = [failure["what"] for failure in log["failures"]]
        self.assertTrue(any("status 500" in reason for reason in reasons), reasons)
        self.assertRegex(self.cli.run("logs").output, r"last alerts .*: 3 alerts to the (topic|webhook)")
        status = self.cli.run("status", "--output", "json").json()
        self.assertIn(FUNCTION, [stack["name"] for stack in status["stacks"]])

    def test_d_imports_and_alerts_fit_into_one_environment(self):
        plan = self.run_cli("deploy", "--dry-run", "--set", "quicksight=true", "--output", "json").json()["plan"]
        (step,) = [step for step in plan["steps"] if step["name"] == "follow_up_stack"]
        changes = [(change["kind"], change["what"].partition(" (")[0]) for change in step["changes"]]
        self.assertEqual(changes, [("update", "parameter `DataSets`"), ("update", "`FollowUp`"), ("update", "`FollowUpRole`")])

    def test_e_off_takes_the_permissions_and_the_stack(self):
        self.run_cli("deploy", "--yes", "--set", "send_alerts=false")
        stacks = self.aws.emulator.client("cloudformation").describe_stacks()["Stacks"]
        living = {stack["StackName"] for stack in stacks if stack["StackStatus"] != "DELETE_COMPLETE"}
        self.assertNotIn(FUNCTION, living)
        self.assertIn(f"{NAME}-data", living)
        # What was sent stays until the end.
        self.assertEqual(len(self.state("topic")["messages"]), 1)
        self.run_cli("teardown", "--yes", "--delete-data")
        Deployed(self, self.aws, NAME).assert_gone()
        self.assertEqual(self.secrets.describe_secret(SecretId=STORED_SECRET)["Name"], STORED_SECRET)


if __name__ == "__main__":
    unittest.main()
