"""The three checkers, each as a function from a template's file to the names of the rules it breaks."""

import json
import os
import re
import subprocess

import cfn_guard_rs
from cfnlint.api import ManualArgs, lint
from template import ROOT, parse

# CloudFormation takes no larger template in a request; a larger one would need a bucket first.
LARGEST_TEMPLATE_BYTES = 51_200

# One per partition, so that what does not exist in China or GovCloud is found.
REGIONS = ["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1"]


def cfn_lint(path):
    """Errors and warnings. Informational rules are left out: I3042 wants AWS::Partition where Fn::Join takes no function."""
    return {f"{match.rule.id}: {match.message}" for match in lint(path.read_text(), config=ManualArgs(regions=REGIONS))}


def guard(path):
    """Our own rules: cfn/rules/*.guard, each by itself together with the file's variables."""
    template = parse(path)
    broken = set()
    for rules in sorted((ROOT / "cfn" / "rules").glob("*.guard")):
        variables, *bodies = re.split(r"^(?=rule )", rules.read_text(), flags=re.MULTILINE)
        for body in bodies:
            try:
                holds = not cfn_guard_rs.run_checks(template, variables + body).not_compliant
            except json.JSONDecodeError:
                # The library cuts its report when it quotes a long resource; of a rule that holds it quotes nothing.
                holds = False
            if not holds:
                broken.add(body.split()[1])
    return broken


def checkov(paths):
    """For each file by name, the checks it fails; one process for all, as most of its time is its start."""
    command = [os.environ["CHECKOV"], "--framework", "cloudformation", "--skip-download", "--output", "json"]
    for path in paths:
        command += ["--file", str(path)]
    # It looks for modules and settings in the working directory: let that be the folder of the first file.
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=paths[0].parent)
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr)
    failed = {path.name: set() for path in paths}
    for check in json.loads(done.stdout)["results"]["failed_checks"]:
        failed[os.path.basename(check["file_path"])].add(check["check_id"])
    return failed
