"""CloudFormation templates as data: read, changed for a test, and resolved for given parameters.

The resolver knows the functions our templates use and refuses any other, so that a test never passes on a text it did not understand.
"""

import json
import re
from pathlib import Path

import cfnlint.decode

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "cfn").glob("*.yaml"))
DATA_LAYER = ROOT / "cfn" / "01-data-layer.yaml"
IDENTITY_MAPPING = ROOT / "cfn" / "02-identity-mapping.yaml"
FOLLOW_UP = ROOT / "cfn" / "03-follow-up.yaml"
REPORTS = ROOT / "cfn" / "04-reports.yaml"

NO_VALUE = object()

# What a resource's attributes look like, as far as our templates name them.
ARNS = {
    "AWS::S3::Bucket": "arn:{partition}:s3:::{id}",
    "AWS::SQS::Queue": "arn:{partition}:sqs:{region}:{account}:{id}",
    "AWS::Lambda::Function": "arn:{partition}:lambda:{region}:{account}:function:{id}",
    "AWS::IAM::Role": "arn:{partition}:iam::{account}:role/{id}",
    "AWS::Events::Rule": "arn:{partition}:events:{region}:{account}:rule/{id}",
    "AWS::SNS::Topic": "arn:{partition}:sns:{region}:{account}:{id}",
    "AWS::KMS::Key": "arn:{partition}:kms:{region}:{account}:key/{id}",
}


def parse(path):
    """The template as plain dictionaries and lists, every short form (`!Ref`) spelled out."""
    template, matches = cfnlint.decode.decode(str(path))
    if template is None:
        raise ValueError(f"{path}: {matches}")
    return json.loads(json.dumps(template))


class Resolver:
    """Resolves the functions of a template, as CloudFormation would for these parameters."""

    def __init__(self, template, parameters, partition="aws", region="eu-central-1", stack="kiro-data"):
        self.template = template
        self.partition, self.region, self.account = partition, region, "123456789012"
        self.values = {
            "AWS::Partition": partition,
            "AWS::Region": region,
            "AWS::AccountId": self.account,
            "AWS::StackName": stack,
            "AWS::URLSuffix": "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com",
        }
        for name, declared in template["Parameters"].items():
            if name not in parameters and "Default" not in declared:
                raise KeyError(f"parameter `{name}` has no default and no value")
            value = parameters.get(name, declared.get("Default"))
            if declared["Type"] == "CommaDelimitedList":
                value = [item.strip() for item in str(value).split(",")]
            self.values[name] = value

    def resources(self):
        """The resources whose condition holds, resolved, by name."""
        return {
            name: self.resolve(resource)
            for name, resource in self.template["Resources"].items()
            if "Condition" not in resource or self.holds(resource["Condition"])
        }

    def holds(self, condition):
        return self.resolve(self.template["Conditions"][condition])

    def resolve(self, node):
        if isinstance(node, list):
            return [value for value in map(self.resolve, node) if value is not NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            (name, argument), = node.items()
            if name == "Ref" or name.startswith("Fn::"):
                return self.call(name.removeprefix("Fn::"), argument)
            if name == "Condition" and isinstance(argument, str):
                return self.holds(argument)
        resolved = {key: self.resolve(value) for key, value in node.items()}
        return {key: value for key, value in resolved.items() if value is not NO_VALUE}

    def call(self, function, argument):
        match function:
            case "Ref":
                return self.reference(argument)
            case "GetAtt":
                name, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
                return self.attribute(name, attribute)
            case "If":
                return self.resolve(argument[1] if self.holds(argument[0]) else argument[2])
            case "Not":
                return not self.resolve(argument[0])
            case "Or":
                return any(self.resolve(argument))
            case "And":
                return all(self.resolve(argument))
            case "Equals":
                left, right = self.resolve(argument)
                return str(left) == str(right)
            case "Join":
                delimiter, values = argument
                return delimiter.join(map(str, self.resolve(values)))
            case "Select":
                index, values = argument
                return self.resolve(values)[int(index)]
            case "Split":
                delimiter, text = argument
                return self.resolve(text).split(delimiter)
            case "Sub":
                text, local = argument if isinstance(argument, list) else (argument, {})
                local = self.resolve(local)
                return re.sub(r"\$\{([^!}][^}]*)\}", lambda match: self.substitute(match[1], local), text)
        raise NotImplementedError(f"function `{function}`")

    def substitute(self, name, local):
        if name in local:
            return str(local[name])
        if "." in name:
            return self.attribute(*name.split(".", 1))
        return str(self.reference(name))

    def reference(self, name):
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self.values:
            return self.values[name]
        kind = self.template["Resources"][name]["Type"]
        return self.attribute(name, "Arn") if kind == "AWS::SNS::Topic" else self.physical_id(name)

    def attribute(self, name, attribute):
        if attribute == "QueueName":
            return self.physical_id(name)
        if attribute != "Arn":
            raise NotImplementedError(f"attribute `{name}.{attribute}`")
        pattern = ARNS[self.template["Resources"][name]["Type"]]
        return pattern.format(partition=self.partition, region=self.region, account=self.account, id=self.physical_id(name))

    @staticmethod
    def physical_id(name):
        return "stack-" + name.lower()
