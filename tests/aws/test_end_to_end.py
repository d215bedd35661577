"""The template and the function in an emulator of AWS, against the command line over the same files.

run.py runs it and sets its environment variables. The tests of a class build on each other, in the order of their names.
"""

import os
import re
import tempfile
import time
import unittest
import zipfile
from pathlib import Path
from urllib.parse import quote_plus

from cold_start import initialisation_milliseconds
from cost import Night, monthly
from counter import RequestCounter
from data_layer import FUNCTION, PREFIX, SOURCE, DataLayer, recorded
from emulator import ACCOUNT, Emulator, free_port
from fleet import Fleet
from parts import DATASETS, Parts, objects
from permissions import refused

# 256 MB are configured; half of them must be enough.
LARGEST_PEAK_BYTES = 128 * 2**20
ALARMS = 5

SCRATCH = tempfile.TemporaryDirectory()
FLEET = None


def setUpModule():
    global FLEET
    unittest.addModuleCleanup(SCRATCH.cleanup)
    users, days = os.environ["KIRO_E2E_USERS"], os.environ["KIRO_E2E_DAYS"]
    FLEET = Fleet(os.environ["KIRO_E2E_BINARY"], Path(SCRATCH.name), users, days)


def said(what, **figures):
    """A measured figure, on a line of its own in the log."""
    print(f"\nmeasured: {what}:", ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items()), flush=True)


class Deployment(unittest.TestCase):
    """An emulator with the stack, over the fleet's exports."""

    @classmethod
    def setUpClass(cls):
        folder = Path(tempfile.mkdtemp(dir=SCRATCH.name))
        port = free_port()
        cls.counter = RequestCounter(port)
        cls.addClassCleanup(cls.counter.stop)
        cls.emulator = Emulator(folder, port, cls.counter.endpoint)
        cls.addClassCleanup(cls.emulator.stop)
        cls.layer = DataLayer(cls.emulator, os.environ["KIRO_E2E_ZIP"], FLEET.exports)

    def written(self):
        return objects(self.layer.s3, self.layer.results, "normalized/")

    def parts(self, keys=None):
        return Parts.of_bucket(self.layer.s3, self.layer.results, "normalized/", keys)

    def call(self, event):
        """Calls the function with an event. Returns its response, seconds, requests to S3, and the keys of new parts."""
        before = self.written()
        self.counter.take()
        began = time.monotonic()
        answer = self.layer.invoke(event)
        seconds = time.monotonic() - began
        requests, after = self.counter.take(), self.written()
        self.assertEqual({key: after.get(key) for key in before}, before, "a part was written again or went away")
        # Beside parts there are records of versions, which no query reads.
        new = {key for key in after if key not in before and key.endswith(".parquet")}
        return answer, seconds, requests, new

    def assert_rows_of_the_command_line(self):
        expected, found = Parts.of_folder(FLEET.normalized), self.parts()
        self.assertEqual(found.schemas, expected.schemas)
        for dataset in DATASETS:
            self.assertEqual(len(found.rows[dataset]), len(expected.rows[dataset]), dataset)
            self.assertGreater(len(found.rows[dataset]), 0, dataset)
            # Not assertEqual on the lists: to describe a difference among a million rows takes hours.
            self.assertTrue(found.rows[dataset] == expected.rows[dataset], f"{dataset}: other rows than the command line's")
        self.assertEqual(set(found.part_of_export), set(expected.part_of_export))
        said("the same rows as the command line's", **{dataset: len(rows) for dataset, rows in found.rows.items()})


class Nights(Deployment):
    """The first run reads all exports, the next ones only new exports."""

    def test_1_the_first_run_gives_the_rows_of_the_command_line(self):
        answer, seconds, requests, _ = self.call(recorded("scheduled"))
        # The export that is broken on purpose fails the run, after everything else is done.
        (broken,) = FLEET.broken()
        self.assertTrue(answer.failed, answer)
        self.assertEqual(answer.body["errorType"], "ExportsFailed")
        self.assertIn(broken, answer.body["errorMessage"])
        peak = self.emulator.peak_memory_bytes()
        said("first run", exports=FLEET.summary["files_processed"], seconds=f"{seconds:.1f}", peak_MiB=f"{peak / 2**20:.0f}", requests=requests)
        self.assert_rows_of_the_command_line()
        self.assert_metrics_that_alarms_look_at(answer.metrics())
        self.assertNotIn("@", answer.log, "an address in the log")
        self.assertGreater(peak, 0)
        self.assertLess(peak, LARGEST_PEAK_BYTES)

    def test_2_a_night_without_news_lists_and_writes_nothing(self):
        _, seconds, requests, new = self.call(recorded("scheduled"))
        said("night without news", seconds=f"{seconds:.2f}", requests=requests)
        self.assertEqual(new, set())
        self.assert_only_lists_besides(requests, exports=0)

    def test_3_the_next_day_costs_its_own_exports(self):
        exports = FLEET.another_day("2026-10-01")
        for key, content in exports.items():
            self.layer.put_export(key, content)
        answer, seconds, requests, new = self.call(recorded("scheduled"))
        written = sum(self.written()[key][1] for key in new)
        said("next day", exports=len(exports), seconds=f"{seconds:.2f}", requests=requests, bytes_of_parts=written)
        self.assertEqual(set(self.parts(new).part_of_export), set(exports))
        # All but the namespace and the dimension.
        metrics = len(answer.metrics()) - 3
        night = Night(requests, seconds * 1000, logged_bytes=len(answer.log), metrics=metrics)
        stored = sum(size for _, size, _ in self.written().values())
        said("USD a month of such nights", **{item: f"{usd:.5f}" for item, usd in monthly(night, ALARMS, stored).items()})
        self.assertEqual(requests.pop("put"), len(new))
        self.assert_only_lists_besides(requests, exports=len(exports))

    def test_4_an_event_reads_the_export_it_names(self):
        export = next(content for key, content in FLEET.of_the_last_day().items() if "/user_report/" in key)
        folder = next(folder for folder in self.layer.folders if "/user_report/" in folder)
        for event, encode in (("s3-put", quote_plus), ("eventbridge-object-created", str)):
            with self.subTest(event):
                # It differs from its encoded form, as Kiro's own keys do not.
                key = f"{folder}us-east-1/2026/10/02/00/KIRO_IDE_{ACCOUNT}_user_report_202610020000 1+1=2 {event}.csv"
                self.layer.put_export(key, export)
                answer, _, requests, new = self.call(recorded(event, bucket=SOURCE, key=encode(PREFIX + key)))
                said(event, requests=requests)
                self.assertFalse(answer.failed, answer)
                self.assertEqual(set(self.parts(new).part_of_export), {key})

    def test_5_the_test_event_of_a_notification_is_no_failure(self):
        answer, _, _, new = self.call(recorded("s3-test", bucket=SOURCE))
        self.assertFalse(answer.failed, answer)
        self.assertEqual(new, set())

    def test_6_the_role_admits_all_that_was_asked_and_nothing_else_is_needed(self):
        role = self.layer.resources()["NormalizerRole"]
        policy = self.emulator.client("iam").get_role_policy(RoleName=role, PolicyName="normalize")["PolicyDocument"]
        self.assertEqual(refused(policy, self.counter.seen), set())
        # The check can also fail.
        neighbour = ("get", f"/{SOURCE}/{PREFIX}AWSLogs/{ACCOUNT}/KiroLogs/GenerateAssistantResponse/us-east-1/a.json.gz")
        everything = ("list", f"/{SOURCE}?list-type=2&prefix={PREFIX}")
        self.assertEqual(len(refused(policy, {neighbour, everything})), 2)

    def assert_metrics_that_alarms_look_at(self, metrics):
        """Names and dimensions are those of the template's alarms: an alarm on another name would never get data."""
        for name in ("FilesProcessed", "FilesFailed"):
            self.assertEqual(metrics[name], FLEET.summary[re.sub("(?<!^)([A-Z])", r"_\1", name).lower()], name)
        alarms = self.emulator.client("cloudwatch").describe_alarms()["MetricAlarms"]
        ours = [alarm for alarm in alarms if not alarm["Namespace"].startswith("AWS/")]
        self.assertEqual(len(ours), 2)
        for alarm in ours:
            self.assertEqual(alarm["Namespace"], metrics["namespace"])
            self.assertIn(alarm["MetricName"], metrics)
            self.assertEqual([[dimension["Name"] for dimension in alarm["Dimensions"]]], metrics["dimensions"])
            self.assertEqual({metrics[dimension["Name"]] for dimension in alarm["Dimensions"]}, {FUNCTION})

    def assert_only_lists_besides(self, requests, exports):
        """No request per old export: the list pages, and one read per new export and per broken one."""
        self.assertLessEqual(requests.pop("get", 0), exports + len(FLEET.broken()))
        self.assertEqual(set(requests), {"list"})
        sources = [objects(self.layer.s3, SOURCE, PREFIX + folder) for folder in self.layer.folders]
        pages = sum(max(1, -(-len(keys) // 1000)) for keys in [*sources, self.written()])
        # The destination may be listed once per dataset.
        self.assertLessEqual(requests["list"], pages + len(DATASETS))


class DrivenBackfill(Deployment):
    """A backfill in small steps, called until nothing remains."""

    def test_repeated_calls_end_with_the_rows_of_the_command_line(self):
        step = max(10, FLEET.summary["files_seen"] // 5)
        for calls in range(1, 20):
            answer, _, _, new = self.call({"max_files": step})
            self.assertLessEqual(len(set(self.parts(new).part_of_export)), step)
            if answer.failed or answer.body["files_remaining"] == 0:
                break
        said("driven backfill", calls=calls, files_per_call=step)
        # Calls succeed while exports are left; the broken export fails the last call.
        self.assertTrue(answer.failed, answer)
        self.assertGreater(calls, 4)
        self.assert_rows_of_the_command_line()


class Stack(Deployment):
    """The resources that CloudFormation created. Properties that the emulator does not keep (lifecycle, tags of buckets) are not checked."""

    def test_the_results_bucket_is_protected(self):
        s3, bucket = self.layer.s3, self.layer.results
        self.assertEqual(s3.get_bucket_versioning(Bucket=bucket)["Status"], "Enabled")
        self.assertEqual(set(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values()), {True})
        ownership = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
        self.assertEqual(ownership, [{"ObjectOwnership": "BucketOwnerEnforced"}])
        self.assertIn("aws:SecureTransport", s3.get_bucket_policy(Bucket=bucket)["Policy"])

    def test_queries_write_where_they_should_and_not_without_limit(self):
        athena = self.emulator.client("athena")
        settings = athena.get_work_group(WorkGroup=self.layer.outputs["WorkgroupName"])["WorkGroup"]["Configuration"]
        self.assertTrue(settings["EnforceWorkGroupConfiguration"])
        self.assertEqual(int(settings["BytesScannedCutoffPerQuery"]), 10_000_000_000)
        self.assertEqual(settings["ResultConfiguration"]["OutputLocation"], f"s3://{self.layer.results}/query-results/")
        glue = self.emulator.client("glue")
        self.assertEqual(glue.get_database(Name=self.layer.outputs["DatabaseName"])["Database"]["Name"], "kiro_analytics")

    def test_the_function_knows_its_places(self):
        function = self.layer.functions.get_function_configuration(FunctionName=FUNCTION)
        self.assertEqual(function["Runtime"], "provided.al2023")
        self.assertEqual(function["Timeout"], 900)
        self.assertEqual(function["MemorySize"], 256)
        variables = function["Environment"]["Variables"]
        self.assertEqual(variables["KIRO_SOURCES"].split(","), [f"s3://{SOURCE}/{PREFIX}{folder}" for folder in self.layer.folders])
        self.assertEqual(variables["KIRO_DESTINATION"], f"s3://{self.layer.results}/normalized/")
        logs = self.emulator.client("logs").describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{FUNCTION}")["logGroups"]
        self.assertEqual([group["retentionInDays"] for group in logs], [90])

    def test_it_runs_nightly_and_what_cannot_be_delivered_is_kept(self):
        schedule = self.emulator.client("scheduler").get_schedule(Name=self.layer.outputs["ScheduleName"])
        self.assertEqual(schedule["ScheduleExpression"], "cron(15 3 * * ? *)")
        self.assertEqual(schedule["State"], "ENABLED")
        self.assertEqual(schedule["Target"]["Arn"], self.layer.outputs["NormalizerArn"])
        self.assertIn("DeadLetterConfig", schedule["Target"])
        retries = self.layer.functions.get_function_event_invoke_config(FunctionName=FUNCTION, Qualifier="$LATEST")
        self.assertEqual(retries["MaximumRetryAttempts"], 1)

    def test_every_alarm_reaches_the_topic_and_the_topic_admits_alarms(self):
        topic = self.layer.outputs["AlarmTopicArn"]
        alarms = self.emulator.client("cloudwatch").describe_alarms()["MetricAlarms"]
        self.assertEqual(
            {alarm["MetricName"] for alarm in alarms},
            {"Errors", "Invocations", "NewestActivityAgeDays", "RejectedRows", "ApproximateNumberOfMessagesVisible"},
        )
        for alarm in alarms:
            self.assertEqual(alarm["AlarmActions"], [topic], alarm["AlarmName"])
        sns = self.emulator.client("sns")
        self.assertIn("cloudwatch.amazonaws.com", sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"])
        subscriptions = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        self.assertEqual([subscription["Endpoint"] for subscription in subscriptions], ["alice@example.com"])

    def test_the_data_outlives_the_stack_and_can_be_adopted(self):
        marker = "normalized/facts/export_date=2026-09-30/part-0123456789abcdef.parquet"
        self.layer.s3.put_object(Bucket=self.layer.results, Key=marker, Body=b"")
        self.layer.delete()
        self.assertIn(marker, objects(self.layer.s3, self.layer.results, "normalized/"))
        outputs = self.layer.create(ExistingResultsBucket=self.layer.results)
        self.assertEqual(outputs["ResultsBucketName"], self.layer.results)
        self.assertNotIn("ResultsBucket", self.layer.resources())


class Zip(unittest.TestCase):
    """The zip itself."""

    def test_it_starts_fast(self):
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(os.environ["KIRO_E2E_ZIP"]) as archive:
            self.assertEqual(archive.namelist(), ["bootstrap"])
            binary = Path(archive.extract("bootstrap", folder))
            binary.chmod(0o755)
            places = {"KIRO_SOURCES": f"s3://{SOURCE}/{PREFIX}", "KIRO_DESTINATION": "s3://example-results/normalized/"}
            milliseconds = initialisation_milliseconds(binary, places)
        said("start until the first event is asked for", milliseconds=f"{milliseconds:.0f}")


if __name__ == "__main__":
    unittest.main()
