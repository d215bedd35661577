"""Resources of a stack in the emulator: reads and restores their properties.

`read` returns the compared properties, or None for a deleted resource; `write` restores them. Other properties are not compared.
"""

import json
from dataclasses import dataclass
from urllib.request import urlopen

from botocore.exceptions import ClientError


@dataclass(frozen=True)
class Kind:
    """One type of resource. Both functions take the clients and the physical id; `write` also the result of `read`."""

    read: object
    write: object


def read(clients, kind, physical_id):
    """The properties of a resource, or None for a deleted resource or an unknown type."""
    if kind not in KINDS:
        return None
    try:
        return KINDS[kind].read(clients, physical_id)
    except (ClientError, IndexError, KeyError):
        return None


def write(clients, kind, physical_id, properties):
    KINDS[kind].write(clients, physical_id, properties)


def differences(expected, actual, path=""):
    """Pairs of values that differ, with their path."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return [
            found
            for key in sorted(expected.keys() | actual.keys())
            for found in differences(expected.get(key), actual.get(key), f"{path}/{key}")
        ]
    return [] if expected == actual else [(path or "/", expected, actual)]


def _input_of(client, operation, answer):
    """The members of a response that a request of this operation accepts."""
    members = client.meta.service_model.operation_model(operation).input_shape.members
    return {name: value for name, value in answer.items() if name in members and value is not None}


# ---- S3 ----


def _read_bucket(clients, name):
    s3 = clients("s3")
    s3.head_bucket(Bucket=name)
    found = {"VersioningConfiguration": {"Status": s3.get_bucket_versioning(Bucket=name).get("Status", "Suspended")}}
    try:
        found["PublicAccessBlockConfiguration"] = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    except ClientError:
        found["PublicAccessBlockConfiguration"] = None
    return found


def _write_bucket(clients, name, properties):
    s3 = clients("s3")
    try:
        s3.head_bucket(Bucket=name)
    except ClientError:
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=properties["VersioningConfiguration"])
    if properties["PublicAccessBlockConfiguration"]:
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=properties["PublicAccessBlockConfiguration"])


def _bucket_of(physical_id):
    """The emulator adds a suffix to the bucket's name; on AWS the id of a policy is the bucket's name."""
    return physical_id.removesuffix("-policy")


def _read_bucket_policy(clients, physical_id):
    return {"PolicyDocument": json.loads(clients("s3").get_bucket_policy(Bucket=_bucket_of(physical_id))["Policy"])}


def _write_bucket_policy(clients, physical_id, properties):
    clients("s3").put_bucket_policy(Bucket=_bucket_of(physical_id), Policy=json.dumps(properties["PolicyDocument"]))


# ---- the function ----


OF_FUNCTIONS = ("Description", "Handler", "MemorySize", "Role", "Runtime", "Timeout", "Environment")


def _read_function(clients, name):
    found = clients("lambda").get_function(FunctionName=name)
    configuration = found["Configuration"]
    properties = {key: configuration[key] for key in (*OF_FUNCTIONS, "Architectures", "CodeSha256") if configuration.get(key)}
    return properties | {"_code": _Code(found["Code"].get("Location"))}


class _Code:
    """The zip of a function; all are equal, as `CodeSha256` is what is compared."""

    def __init__(self, location):
        self.zip = b""
        if location:
            with urlopen(location) as answer:
                self.zip = answer.read()

    def __eq__(self, other):
        return isinstance(other, _Code)

    __hash__ = None


def _write_function(clients, name, properties):
    client, configuration = clients("lambda"), {key: properties[key] for key in OF_FUNCTIONS if key in properties}
    try:
        client.update_function_code(FunctionName=name, ZipFile=properties["_code"].zip)
        client.update_function_configuration(FunctionName=name, **configuration)
    except ClientError:
        made_for = {"Architectures": properties["Architectures"]} if "Architectures" in properties else {}
        client.create_function(FunctionName=name, Code={"ZipFile": properties["_code"].zip}, **configuration, **made_for)


def _of_invocations(physical_id):
    name, _, qualifier = physical_id.partition("|")
    return {"FunctionName": name} | ({"Qualifier": qualifier} if qualifier not in ("", "$LATEST") else {})


def _read_invocations(clients, physical_id):
    client = clients("lambda")
    answer = client.get_function_event_invoke_config(**_of_invocations(physical_id))
    return {key: value for key, value in _input_of(client, "PutFunctionEventInvokeConfig", answer).items() if key != "FunctionName"}


def _write_invocations(clients, physical_id, properties):
    clients("lambda").put_function_event_invoke_config(**_of_invocations(physical_id), **properties)


# ---- schedule and alarms ----


def _read_schedule(clients, physical_id):
    client = clients("scheduler")
    return _input_of(client, "UpdateSchedule", client.get_schedule(Name=physical_id.rpartition("/")[2].rpartition("|")[2]))


def _write_schedule(clients, _physical_id, properties):
    client = clients("scheduler")
    try:
        client.update_schedule(**properties)
    except ClientError:
        client.create_schedule(**properties)


def _read_alarm(clients, name):
    client = clients("cloudwatch")
    return _input_of(client, "PutMetricAlarm", client.describe_alarms(AlarmNames=[name])["MetricAlarms"][0])


def _read_rule(clients, physical_id):
    client = clients("events")
    answer = client.describe_rule(Name=physical_id.rpartition("/")[2].rpartition("|")[2])
    return _input_of(client, "PutRule", answer)


def _read_log_group(clients, name):
    groups = clients("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return {"RetentionInDays": [group for group in groups if group["logGroupName"] == name][0].get("retentionInDays")}


def _write_log_group(clients, name, properties):
    client = clients("logs")
    try:
        client.create_log_group(logGroupName=name)
    except ClientError:
        pass
    if properties["RetentionInDays"]:
        client.put_retention_policy(logGroupName=name, retentionInDays=properties["RetentionInDays"])


def _read_queue(clients, url):
    attributes = clients("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    settable = ("DelaySeconds", "MaximumMessageSize", "MessageRetentionPeriod", "VisibilityTimeout", "Policy", "SqsManagedSseEnabled")
    return {name: attributes[name] for name in settable if name in attributes}


def _write_queue(clients, url, properties):
    client = clients("sqs")
    try:
        client.create_queue(QueueName=url.rpartition("/")[2])
    except ClientError:
        pass
    client.set_queue_attributes(QueueUrl=url, Attributes=properties)


def _read_topic(clients, arn):
    attributes = clients("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
    return {name: attributes[name] for name in ("DisplayName", "KmsMasterKeyId") if attributes.get(name)}


def _write_topic(clients, arn, properties):
    client = clients("sns")
    client.create_topic(Name=arn.rpartition(":")[2])
    for name, value in properties.items():
        client.set_topic_attributes(TopicArn=arn, AttributeName=name, AttributeValue=value)


# ---- roles and the catalogue ----


def _read_role(clients, name):
    iam = clients("iam")
    role = iam.get_role(RoleName=name)["Role"]
    policies = {
        one: iam.get_role_policy(RoleName=name, PolicyName=one)["PolicyDocument"]
        for one in iam.list_role_policies(RoleName=name)["PolicyNames"]
    }
    return {"Path": role["Path"], "AssumeRolePolicyDocument": role["AssumeRolePolicyDocument"], "Policies": policies}


def _write_role(clients, name, properties):
    iam, trust = clients("iam"), json.dumps(properties["AssumeRolePolicyDocument"])
    try:
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=trust)
    except ClientError:
        iam.create_role(RoleName=name, Path=properties["Path"], AssumeRolePolicyDocument=trust)
    for one, document in properties["Policies"].items():
        iam.put_role_policy(RoleName=name, PolicyName=one, PolicyDocument=json.dumps(document))


def _read_database(clients, name):
    client = clients("glue")
    return {"DatabaseInput": {key: client.get_database(Name=name)["Database"].get(key) for key in ("Name", "Description")}}


def _write_database(clients, _name, properties):
    given = {key: value for key, value in properties["DatabaseInput"].items() if value}
    try:
        clients("glue").create_database(DatabaseInput=given)
    except ClientError:
        clients("glue").update_database(Name=given["Name"], DatabaseInput=given)


def _read_workgroup(clients, name):
    found = clients("athena").get_work_group(WorkGroup=name)["WorkGroup"]
    return {key: found.get(key) for key in ("Configuration", "State", "Description")}


def _write_workgroup(clients, name, properties):
    client = clients("athena")
    try:
        client.create_work_group(Name=name, Configuration=properties["Configuration"] or {})
    except ClientError:
        client.delete_work_group(WorkGroup=name, RecursiveDeleteOption=True)
        client.create_work_group(Name=name, Configuration=properties["Configuration"] or {})


KINDS = {
    "AWS::S3::Bucket": Kind(_read_bucket, _write_bucket),
    "AWS::S3::BucketPolicy": Kind(_read_bucket_policy, _write_bucket_policy),
    "AWS::Lambda::Function": Kind(_read_function, _write_function),
    "AWS::Lambda::EventInvokeConfig": Kind(_read_invocations, _write_invocations),
    "AWS::Scheduler::Schedule": Kind(_read_schedule, _write_schedule),
    "AWS::CloudWatch::Alarm": Kind(_read_alarm, lambda clients, _name, properties: clients("cloudwatch").put_metric_alarm(**properties)),
    "AWS::Events::Rule": Kind(_read_rule, lambda clients, _name, properties: clients("events").put_rule(**properties)),
    "AWS::Logs::LogGroup": Kind(_read_log_group, _write_log_group),
    "AWS::SQS::Queue": Kind(_read_queue, _write_queue),
    "AWS::SNS::Topic": Kind(_read_topic, _write_topic),
    "AWS::IAM::Role": Kind(_read_role, _write_role),
    "AWS::Glue::Database": Kind(_read_database, _write_database),
    "AWS::Athena::WorkGroup": Kind(_read_workgroup, _write_workgroup),
}
