"""The templates pass every checker, and every checker and every rule of ours fails on a template broken for it."""

import re
import tempfile
import unittest
from pathlib import Path

from checkers import LARGEST_TEMPLATE_BYTES, cfn_lint, checkov, guard
from template import DATA_LAYER, ROOT, TEMPLATES

# Rule of ours -> what is written, and what breaks it. Only the first occurrence is replaced.
GUARD = {
    "buckets_belong_to_their_owner_alone": ("RestrictPublicBuckets: true", "RestrictPublicBuckets: false"),
    "buckets_are_encrypted_and_versioned": ("        Status: Enabled\n", "        Status: Suspended\n"),
    "data_outlives_the_stack": ("    DeletionPolicy: Retain\n", ""),
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
    "there_is_an_alarm_for_everything": ("MetricName: NewestActivityAgeDays", "MetricName: NewestExportAgeDays"),
    "alarms_decide_about_missing_data": ("      TreatMissingData: notBreaching\n", ""),
    "silence_is_an_alarm": ("      TreatMissingData: breaching\n", "      TreatMissingData: notBreaching\n"),
    "no_early_recovery": ("      EvaluationPeriods: !Ref MissedAfterHours\n", "      EvaluationPeriods: 1\n"),
    "alarms_can_be_published": ("      DisplayName: Kiro analytics\n", "      KmsMasterKeyId: alias/aws/sns\n"),
}

# The same for cfn-lint, by the rule's number.
CFN_LINT = {
    "E3002": ("      MemorySize: !Ref MemoryMegabytes\n", "      MemorySizeMegabytes: !Ref MemoryMegabytes\n"),
    "E1019": ("!Sub /aws/lambda/${AWS::StackName}-normalize-report\n", "!Sub /aws/lambda/${StackName}-normalize-report\n"),
    "E3030": ("      Runtime: provided.al2023\n", "      Runtime: provided.al3000\n"),
    "W3037": ("Action: lambda:InvokeFunction\n                Resource", "Action: lambda:InvokeFunktion\n                Resource"),
    "W2001": ("Parameters:\n  SourceBuckets:\n", "Parameters:\n  Unused:\n    Type: String\n  SourceBuckets:\n"),
}

# And for checkov.
CHECKOV = {
    "CKV_AWS_53": ("        BlockPublicAcls: true\n", "        BlockPublicAcls: false\n"),
    "CKV_AWS_21": ("        Status: Enabled\n", "        Status: Suspended\n"),
}


class Broken:
    """A copy of the data layer with one place changed."""

    def __init__(self, folder, name, written, instead):
        text = DATA_LAYER.read_text()
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

    def test_templates_name_no_partition_outside_the_lists(self):
        """`arn:aws:` is right in one of three partitions; the lists that are split again write all three."""
        for path in TEMPLATES:
            for number, line in enumerate(path.read_text().splitlines(), start=1):
                if "arn:aws:" in line:
                    self.assertIn("!Join", line, f"{path.name}:{number}")


class BrokenTemplates(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.scratch = scratch.name

    def test_every_rule_of_ours_is_tried(self):
        rules = set()
        for path in (ROOT / "cfn" / "rules").glob("*.guard"):
            rules |= set(re.findall(r"^rule (\w+)", path.read_text(), re.MULTILINE))
        self.assertEqual(set(GUARD), rules)

    def test_our_own_rules_find_what_is_broken_and_nothing_else(self):
        for rule, (written, instead) in GUARD.items():
            with self.subTest(rule):
                self.assertEqual(guard(Broken(self.scratch, rule, written, instead).path), {rule})

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
