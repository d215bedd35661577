"""The templates pass every checker, and every checker and every rule of ours fails on a template broken for it."""

import json
import re
import tempfile
import unittest
from pathlib import Path

from checkers import LARGEST_TEMPLATE_BYTES, cfn_lint, checkov, guard
from template import DATA_LAYER, FOLLOW_UP, IDENTITY_MAPPING, REPORTS, ROOT, TEMPLATES, Resolver, parse

# Rule of ours -> what is written, and what breaks it. Only the first occurrence is replaced.
GUARD = {
    "buckets_belong_to_their_owner_alone": ("RestrictPublicBuckets: true", "RestrictPublicBuckets: false"),
    "buckets_are_encrypted_and_versioned": ("        Status: Enabled\n", "        Status: Suspended\n"),
    "data_outlives_the_stack": ("    DeletionPolicy: RetainExceptOnCreate\n", ""),
    "parts_never_expire": (
        "            Prefix: normalized/\n",
        "            Prefix: normalized/\n            ExpirationInDays: 400\n",
    ),
    "query_results_and_old_versions_expire": ("            ExpirationInDays: !Ref QueryResultDays\n", ""),
    "buckets_answer_over_tls_alone": ("            Condition:\n              Bool:\n                aws:SecureTransport: \"false\"\n", ""),
    "queries_obey_the_workgroup": ("EnforceWorkGroupConfiguration: true", "EnforceWorkGroupConfiguration: false"),
    "logs_end": ("      RetentionInDays: !Ref LogRetentionDays\n", ""),
    "queues_are_encrypted": ("      SqsManagedSseEnabled: true\n", ""),
    "functions_deploy_in_every_account": ("      Timeout: 900\n", "      Timeout: 900\n      ReservedConcurrentExecutions: 1\n"),
    "functions_are_ours": ("      Timeout: 900\n", "      Timeout: 60\n"),
    "runs_are_not_repeated_in_vain": ("      MaximumRetryAttempts: 1\n", "      MaximumRetryAttempts: 2\n"),
    "schedules_retry_and_keep_what_fails": ("      ScheduleExpressionTimezone: !Ref ScheduleTimeZone\n", ""),
    "rules_retry_and_keep_what_fails": (
        "          Arn: !GetAtt Normalizer.Arn\n          RetryPolicy:",
        "          Arn: !GetAtt Normalizer.Arn\n          NoRetryPolicy:",
    ),
    "nobody_else_starts_functions": ("      SourceArn: !GetAtt ArrivalRule.Arn\n", ""),
    "roles_can_be_bounded": (
        "      PermissionsBoundary: !If [HasBoundary, !Ref PermissionsBoundaryArn, !Ref AWS::NoValue]\n",
        "",
    ),
    "roles_delete_nothing": ("Action: [s3:PutObject, s3:AbortMultipartUpload]", "Action: [s3:PutObject, s3:DeleteObject]"),
    "roles_have_no_resource_of_everything": ("                Resource: !Ref SourceKmsKeyArns\n", "                Resource: \"*\"\n"),
    "there_is_an_alarm_for_everything": ("      MetricName: Errors\n", "      MetricName: Throttles\n"),
    "there_is_an_alarm_for_missing_runs": ("      MetricName: Invocations\n", "      MetricName: Throttles\n"),
    "there_is_an_alarm_for_the_data": ("MetricName: NewestActivityAgeDays", "MetricName: NewestExportAgeDays"),
    "alarms_decide_about_missing_data": ("      TreatMissingData: notBreaching\n", ""),
    "silence_is_an_alarm": ("      TreatMissingData: breaching\n", "      TreatMissingData: notBreaching\n"),
    "no_early_recovery": ("      EvaluationPeriods: !Ref MissedAfterHours\n", "      EvaluationPeriods: 1\n"),
    "alarms_can_be_published": ("      DisplayName: Kiro analytics\n", "      KmsMasterKeyId: alias/aws/sns\n"),
}

# The same for rules about names, in the template of the identity mapping.
IDENTITY_GUARD = {
    "names_are_encrypted_with_their_own_key": ("      PendingWindowInDays: 7\n", "      PendingWindowInDays: 30\n"),
}

# The same for the role that sends alerts, in the template of the follow-up: one action has no resources, no other one.
FOLLOW_UP_GUARD = {
    "roles_have_no_resource_of_everything": ("                  Action: lakeformation:GetDataAccess\n", "                  Action: lakeformation:ListPermissions\n"),
    "roles_delete_nothing": ("Action: [s3:GetObject, s3:PutObject]", "Action: [s3:GetObject, s3:DeleteObject]"),
}

# The same for the bucket and the schedules of reports.
REPORTS_GUARD = {
    "parts_never_expire": ("            Prefix: reports/\n", "            Prefix: normalized/\n"),
    "query_results_and_old_versions_expire": ("            ExpirationInDays: !Ref ReportExpireDays\n", ""),
    "data_outlives_the_stack": ("    DeletionPolicy: RetainExceptOnCreate\n", "    DeletionPolicy: Delete\n"),
    "schedules_retry_and_keep_what_fails": ("      ScheduleExpressionTimezone: !Ref ScheduleTimeZone\n", ""),
}

# The same for cfn-lint, by the rule's number.
CFN_LINT = {
    "E3002": ("      MemorySize: !Ref MemoryMegabytes\n", "      MemorySizeMegabytes: !Ref MemoryMegabytes\n"),
    "E1019": ("!Sub /aws/lambda/${AWS::StackName}-normalize-report\n", "!Sub /aws/lambda/${StackName}-normalize-report\n"),
    "E3030": ("      Runtime: provided.al2023\n", "      Runtime: provided.al3000\n"),
    "W3037": ("Action: sqs:SendMessage\n                Resource", "Action: sqs:SendMesage\n                Resource"),
    "W2001": ("Parameters:\n  SourceBuckets:\n", "Parameters:\n  Unused:\n    Type: String\n  SourceBuckets:\n"),
}

# And for checkov.
CHECKOV = {
    "CKV_AWS_53": ("        BlockPublicAcls: true\n", "        BlockPublicAcls: false\n"),
    "CKV_AWS_21": ("        Status: Enabled\n", "        Status: Suspended\n"),
}


class Broken:
    """A copy of a template, the data layer by default, with one place changed."""

    def __init__(self, folder, name, written, instead, template=DATA_LAYER):
        text = template.read_text()
        if written not in text:
            raise AssertionError(f"{name}: the template does not say {written!r} any more")
        self.path = Path(folder) / f"{name}.yaml"
        self.path.write_text(text.replace(written, instead, 1))


class Templates(unittest.TestCase):
    def test_templates_fit_into_a_request(self):
        for path in TEMPLATES:
            self.assertLess(path.stat().st_size, LARGEST_TEMPLATE_BYTES, path.name)

    def test_templates_pass_cfn_lint(self):
        for path in TEMPLATES:
            self.assertEqual(cfn_lint(path), set(), path.name)

    def test_templates_pass_our_own_rules(self):
        for path in TEMPLATES:
            self.assertEqual(guard(path), set(), path.name)

    def test_templates_pass_checkov(self):
        for path, found in zip(TEMPLATES, checkov(TEMPLATES).values()):
            self.assertEqual(found, set(), path.name)

    def test_every_suppression_is_needed(self):
        with tempfile.TemporaryDirectory() as scratch:
            bare = [Path(scratch) / path.name for path in TEMPLATES]
            for path, copy in zip(TEMPLATES, bare):
                copy.write_text(path.read_text().replace("- id: CKV_AWS_", "- id: CKV_NONE_"))
            for path, found in zip(TEMPLATES, checkov(bare).values()):
                self.assertEqual(found, set(re.findall(r"- id: (CKV_AWS_\d+)", path.read_text())), path.name)

    def test_every_suppression_says_why(self):
        for path in TEMPLATES:
            lines = path.read_text().splitlines()
            for number, line in enumerate(lines):
                if re.search(r"- id: CKV", line):
                    self.assertRegex(lines[number + 1], r"comment: \S", f"{path.name}:{number + 1}")

    def test_names_come_from_somewhere(self):
        (assertion,) = parse(IDENTITY_MAPPING)["Rules"]["NamesHaveASource"]["Assertions"]
        for store, roster, expected in (("d-1234567890", "", True), ("", "people/roster.csv", True), ("", "", False)):
            given = {"IdentityStoreId": store, "RosterObject": roster, "ResultsBucket": "r-1", "CodeBucket": "c-1", "CodeKey": "a.zip"}
            self.assertIs(Resolver(parse(IDENTITY_MAPPING), given).resolve(assertion["Assert"]), expected)

    def test_alerts_go_somewhere(self):
        (assertion,) = parse(FOLLOW_UP)["Rules"]["AlertsHaveAChannel"]["Assertions"]
        topic, secret = "arn:aws:sns:eu-central-1:123456789012:topic", "kiro/webhook"
        for topic, secret, expected in ((topic, "", True), ("", secret, True), (topic, secret, True), ("", "", False)):
            given = {"AlarmTopicArn": topic, "WebhookSecret": secret, "DataSets": "[]", "DataSetPrefix": "kiro", "ResultsBucket": "r-1"}
            given |= {"NormalizerArn": "arn", "CodeBucket": "c-1", "CodeKey": "a.zip", "SendAlerts": "true"}
            self.assertIs(Resolver(parse(FOLLOW_UP), given).resolve(assertion["Assert"]), expected)

    def test_reports_are_weekly_or_monthly(self):
        (assertion,) = parse(REPORTS)["Rules"]["ReportsHaveASchedule"]["Assertions"]
        weekly, monthly = "cron(0 6 ? * MON *)", "cron(0 6 1 * ? *)"
        for first, second, expected in ((weekly, "", True), ("", monthly, True), ("", "", False)):
            given = {"WeeklyExpression": first, "MonthlyExpression": second, "ResultsBucket": "r-1", "CodeBucket": "c-1", "CodeKey": "a.zip"}
            resolver = Resolver(parse(REPORTS), given)
            self.assertIs(resolver.resolve(assertion["Assert"]), expected)
            schedules = {name for name in resolver.resources() if name.endswith("Schedule")}
            self.assertEqual(schedules, {name for name, given in (("WeeklySchedule", first), ("MonthlySchedule", second)) if given})

    def test_each_schedule_asks_for_its_period(self):
        resources = Resolver(parse(REPORTS), {"ResultsBucket": "r-1", "CodeBucket": "c-1", "CodeKey": "a.zip"}).resources()
        asked = {name: json.loads(resources[name]["Properties"]["Target"]["Input"]) for name in ("WeeklySchedule", "MonthlySchedule")}
        self.assertEqual(asked, {"WeeklySchedule": {"period": "last-week"}, "MonthlySchedule": {"period": "last-month"}})

    def test_templates_name_no_partition_outside_the_lists(self):
        """`arn:aws:` is right in one of eight partitions; the lists that are split again write all eight."""
        for path in TEMPLATES:
            for number, line in enumerate(path.read_text().splitlines(), start=1):
                if "arn:aws:" in line:
                    self.assertIn("!Join", line, f"{path.name}:{number}")


class Exports(unittest.TestCase):
    """What the function reads and its role may read."""

    ROOT = "example-kiro-reports/kiro-logs"
    FOLDERS = [f"AWSLogs/????????????/{log}/{report}/" for log in ("KiroLogs", "QDeveloperLogs") for report in ("by_user_analytic", "user_report")]

    def resolved(self, partition="aws", **parameters):
        folders = [f"kiro-logs/{folder}" for folder in self.FOLDERS]
        given = {
            "SourceBuckets": "example-kiro-reports",
            "SourcePrefixes": ",".join(f"example-kiro-reports/{folder}" for folder in folders),
            "SourceKeyPrefixes": ",".join(folders),
            "CodeBucket": "example-code",
            "CodeKey": "normalize-report.zip",
        }
        return Resolver(parse(DATA_LAYER), given | parameters, partition).resources()

    @staticmethod
    def statement(resources, sid):
        (policy,) = resources["NormalizerRole"]["Properties"]["Policies"]
        return next(found for found in policy["PolicyDocument"]["Statement"] if found["Sid"] == sid)

    def test_every_partition_has_its_own_arns(self):
        for partition in ("aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"):
            with self.subTest(partition):
                resources = self.resolved(partition)
                for sid in ("ReadExports", "ListExports"):
                    for arn in self.statement(resources, sid)["Resource"]:
                        self.assertTrue(arn.startswith(f"arn:{partition}:s3:::example-kiro-reports"), arn)

    def test_fifty_accounts_fit_into_the_function_and_its_role(self):
        accounts = ",".join(str(100_000_000_000 + number) for number in range(50))
        resources = self.resolved(
            SourceRoots=self.ROOT, SourceAccounts=accounts, SourceOwner="123456789012", ResultsKmsKeyArn="arn:aws:kms:eu-central-1:1:key/k"
        )
        variables = resources["Normalizer"]["Properties"]["Environment"]["Variables"]
        self.assertEqual((variables["KIRO_SOURCES"], variables["KIRO_ACCOUNTS"]), (f"s3://{self.ROOT}", accounts))
        self.assertLess(len(json.dumps(variables)), 4096)
        (policy,) = resources["NormalizerRole"]["Properties"]["Policies"]
        self.assertLess(len(json.dumps(policy["PolicyDocument"], separators=(",", ":"))), 10_240)

    def test_the_policy_without_its_lists_is_as_large_as_the_settings_reckon(self):
        """`OTHER_POLICY_BYTES` in crates/deploy/src/settings/sources.rs."""
        resources = self.resolved(
            "aws-us-gov",
            SourceOwner="123456789012",
            SourceKmsKeyArns="k",
            ResultsKmsKeyArn="arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/12345678-1234-1234-1234-123456789012",
            ExistingResultsBucket="b" * 63,
        )
        for sid in ("ReadExports", "ListExports", "DecryptExports"):
            self.statement(resources, sid)["Resource"] = []
        self.statement(resources, "ListExports")["Condition"]["StringLike"]["s3:prefix"] = []
        (policy,) = resources["NormalizerRole"]["Properties"]["Policies"]
        text = json.dumps(policy["PolicyDocument"], separators=(",", ":"))
        reckoned = int(re.search(r"OTHER_POLICY_BYTES: usize = (\d+)", (ROOT / "crates/deploy/src/settings/sources.rs").read_text())[1])
        # The name of the stack may be longer than the one of this test.
        self.assertLess(len(text) + 100, reckoned)

    def test_a_bucket_that_somebody_else_has_made_again_is_not_read(self):
        resources = self.resolved(SourceOwner="123456789012")
        for sid in ("ReadExports", "ListExports"):
            condition = self.statement(resources, sid)["Condition"]
            self.assertEqual(condition["StringEquals"], {"aws:ResourceAccount": "123456789012"})
        resources = self.resolved()
        self.assertNotIn("Condition", self.statement(resources, "ReadExports"))
        self.assertEqual(list(self.statement(resources, "ListExports")["Condition"]), ["StringLike"])


class Replacements(unittest.TestCase):
    def test_a_database_or_workgroup_under_another_name_leaves_the_old_one(self):
        resources = parse(DATA_LAYER)["Resources"]
        for name in ("Database", "Workgroup", "ResultsBucket"):
            self.assertEqual(resources[name]["UpdateReplacePolicy"], "Retain", name)

    def test_the_role_of_the_schedule_does_not_wait_for_the_function(self):
        resources = parse(DATA_LAYER)["Resources"]
        self.assertNotIn("Normalizer.Arn", str(resources["ScheduleRole"]))
        self.assertNotIn("'Normalizer', 'Arn'", str(resources["ScheduleRole"]))
        self.assertIn("NormalizerRetries", resources["Schedule"]["DependsOn"])

    def test_an_alarm_of_a_queue_that_sleeps_stays_as_it_was(self):
        resources = parse(DATA_LAYER)["Resources"]
        self.assertEqual(resources["DeadLettersAlarm"]["Properties"]["TreatMissingData"], "ignore")


class BrokenTemplates(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.scratch = scratch.name

    def test_every_rule_of_ours_is_tried(self):
        rules = set()
        for path in (ROOT / "cfn" / "rules").glob("*.guard"):
            rules |= set(re.findall(r"^rule (\w+)", path.read_text(), re.MULTILINE))
        self.assertEqual(set(GUARD) | set(IDENTITY_GUARD), rules)

    def test_our_own_rules_find_what_is_broken_and_nothing_else(self):
        for rule, (written, instead) in GUARD.items():
            with self.subTest(rule):
                self.assertEqual(guard(Broken(self.scratch, rule, written, instead).path), {rule})

    def test_rules_about_names_find_what_is_broken_and_nothing_else(self):
        for rule, (written, instead) in IDENTITY_GUARD.items():
            with self.subTest(rule):
                self.assertEqual(guard(Broken(self.scratch, rule, written, instead, IDENTITY_MAPPING).path), {rule})

    def test_rules_about_roles_find_what_is_broken_in_conditional_statements(self):
        for rule, (written, instead) in FOLLOW_UP_GUARD.items():
            with self.subTest(rule):
                self.assertEqual(guard(Broken(self.scratch, rule, written, instead, FOLLOW_UP).path), {rule})

    def test_rules_find_what_is_broken_in_the_reports(self):
        for rule, (written, instead) in REPORTS_GUARD.items():
            with self.subTest(rule):
                self.assertEqual(guard(Broken(self.scratch, rule, written, instead, REPORTS).path), {rule})

    def test_cfn_lint_finds_what_is_broken(self):
        for rule, (written, instead) in CFN_LINT.items():
            with self.subTest(rule):
                found = cfn_lint(Broken(self.scratch, rule, written, instead).path)
                self.assertIn(rule, {match.split(":")[0] for match in found})

    def test_checkov_finds_what_is_broken(self):
        broken = {rule: Broken(self.scratch, rule, *change).path for rule, change in CHECKOV.items()}
        found = checkov(list(broken.values()))
        for rule, path in broken.items():
            with self.subTest(rule):
                self.assertIn(rule, found[path.name])


if __name__ == "__main__":
    unittest.main()
