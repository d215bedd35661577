"""The data layer in the emulator: puts exports into a bucket, creates the stack, calls the function."""

import base64
import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "cfn" / "01-data-layer.yaml"
EVENTS = Path(__file__).resolve().parent / "events"

STACK = "kiro-data"
FUNCTION = f"{STACK}-normalize-report"
SOURCE, CODE = "example-kiro-reports", "example-code"
PREFIX = "kiro-logs/"
REPORT_FOLDER = re.compile(r"^AWSLogs/\d{12}/(?:KiroLogs|QDeveloperLogs)/(?:user_report|by_user_analytic)/")


class DataLayer:
    """A deployed stack over the exports of a folder."""

    def __init__(self, emulator, zip_file, exports):
        self.emulator = emulator
        self.s3 = emulator.client("s3")
        self.functions = emulator.client("lambda")
        self.cloudformation = emulator.client("cloudformation")
        for bucket in (SOURCE, CODE):
            self.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        self.s3.put_object(Bucket=CODE, Key="normalize-report.zip", Body=Path(zip_file).read_bytes())
        self.folders = self._upload(Path(exports))
        self.outputs = self.create()
        self.results = self.outputs["ResultsBucketName"]

    def _upload(self, exports):
        files = {path.relative_to(exports).as_posix(): path for path in exports.rglob("*") if path.is_file()}
        # Threads may share a client, but not a session.
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda key: self.put_export(key, files[key].read_bytes()), sorted(files)))
        return sorted({match[0] for match in map(REPORT_FOLDER.match, files) if match})

    def put_export(self, key, content):
        self.s3.put_object(Bucket=SOURCE, Key=PREFIX + key, Body=content)

    def parameters(self):
        return {
            "SourceBuckets": SOURCE,
            "SourcePrefixes": ",".join(f"{SOURCE}/{PREFIX}{folder}" for folder in self.folders),
            "SourceKeyPrefixes": ",".join(PREFIX + folder for folder in self.folders),
            "CodeBucket": CODE,
            "CodeKey": "normalize-report.zip",
            # The emulator runs the zip as a process of this machine.
            "Architecture": "x86_64",
            "ReadOnArrival": "true",
            "AlarmEmail": "alice@example.com",
            "TagKey": "CostCenter",
        }

    def create(self, **parameters):
        """Creates the stack and waits for it: its outputs."""
        parameters = self.parameters() | parameters
        self.cloudformation.create_stack(
            StackName=STACK,
            TemplateBody=TEMPLATE.read_text(),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            Capabilities=["CAPABILITY_IAM"],
        )
        self._wait("stack_create_complete")
        stack = self.cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def delete(self):
        self.cloudformation.delete_stack(StackName=STACK)
        self._wait("stack_delete_complete")

    def _wait(self, state):
        self.cloudformation.get_waiter(state).wait(StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 120})

    def resources(self):
        """Physical id of every resource, by its name in the template."""
        described = self.cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
        return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in described}

    def invoke(self, event):
        """Calls the function and waits: the answer, or what it failed with."""
        answer = self.functions.invoke(FunctionName=FUNCTION, LogType="Tail", Payload=json.dumps(event).encode())
        log = base64.b64decode(answer.get("LogResult", "")).decode()
        return Answer("FunctionError" in answer, json.loads(answer["Payload"].read()), log)


@dataclass(frozen=True)
class Answer:
    """What an invocation ended with, and the end of its log."""

    failed: bool
    body: dict
    log: str

    def metrics(self):
        """The figures of the line in CloudWatch's embedded metric format."""
        lines = [line[line.index("{") :] for line in self.log.splitlines() if '"_aws"' in line]
        metrics = json.loads(lines[-1])
        declared = metrics["_aws"]["CloudWatchMetrics"][0]
        return {"namespace": declared["Namespace"], "dimensions": declared["Dimensions"]} | {
            name: metrics[name] for name in [*declared["Dimensions"][0], *(metric["Name"] for metric in declared["Metrics"])]
        }


def recorded(name, **instead):
    """An event as AWS sends it, from events/, with `{{word}}` replaced."""
    text = (EVENTS / f"{name}.json").read_text()
    for word, value in instead.items():
        text = text.replace("{{" + word + "}}", value)
    return json.loads(text)
