"""What the alerts of one night cost over an invented fleet, as JSON: statements, requests, bytes, and the function's own time.

    alert_cost.py BINARY FUNCTIONS [--users 300] [--days 60]

BINARY is kiro-analytics, FUNCTIONS the output folder of scripts/build-lambda for x86_64. The double of Athena bills nothing: `bytes` are
all parts that the statements read, each as often as they mention it and with all columns, which Athena does not exceed. The function's
time is that of its processor: how long it waits for Athena only an account can tell.
"""

import argparse
import json
import os
from collections import Counter
from pathlib import Path

from sqlglot import exp

from athena.catalogue import view_of
from athena.dialect import parsed
from cli import Cli
from environment import ACCOUNT, Environment
from exports import BUCKET, LAST_DAY, PREFIX, Exports
from followed import followed_event

NAME = "kiro-analytics"
FUNCTION = f"{NAME}-follow-up"
# Athena bills at least this much of a statement.
LEAST_BYTES = 10_000_000
PER_TERABYTE = 5.00


class OfThisAccount(Exports):
    """The sound exports."""

    def files(self):
        return {key: path for key, path in super().files().items() if f"AWSLogs/{ACCOUNT}/" in key}


def mentions(sql, within=None):
    """The relations of a query, each as often as Trino plans it: a CTE is planned again wherever it is mentioned."""
    statement = parsed(sql)
    ctes = {cte.alias: cte for cte in statement.find_all(exp.CTE)}

    def of(scope):
        for table in statement.find_all(exp.Table):
            if table.find_ancestor(exp.CTE) is scope and isinstance(table.this, exp.Identifier):
                yield from of(ctes[table.name]) if table.name in ctes and not table.db else [table.name]

    return of(within)


def scans(sql, tables):
    """The tables that a query scans, by number of scans."""
    found = Counter()
    for name in mentions(sql):
        view = view_of(tables[name])
        found.update(scans(view["originalSql"], tables) if view else [name])
    return found


def bytes_of(s3, table):
    bucket, _, prefix = table["StorageDescriptor"]["Location"].removeprefix("s3://").partition("/")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix.rstrip("/") + "/")
    return sum(one["Size"] for page in pages for one in page.get("Contents", []))


def processor_milliseconds():
    """The time that the function's process has computed."""
    ticks = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"AWS_LAMBDA_FUNCTION_NAME={FUNCTION}".encode() in (process / "environ").read_bytes().split(b"\0"):
                fields = (process / "stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
        except OSError:
            continue
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def measure(aws, binary, functions, users, days):
    s3, function = aws.emulator.client("s3"), aws.emulator.client("lambda")
    OfThisAccount(binary, aws.scratch / "fleet", users=users, days=days).upload(s3)
    cli = Cli(binary, aws.scratch / "work", aws)
    (cli.folder / "kiro-analytics.toml").write_text(
        f'[deployment]\nexports = ["s3://{BUCKET}/{PREFIX.rstrip("/")}"]\narchitecture = "x86_64"\nfunctions = {json.dumps(functions)}\n'
        'quicksight = false\nalarm_email = "alice@example.com"\nsend_alerts = true\n'
    )
    deployed = cli.run("deploy", "--yes")
    if deployed.code != 0:
        raise RuntimeError(deployed.output)
    aws.front.taken()
    answer = function.invoke(FunctionName=FUNCTION, Payload=json.dumps(followed_event("night")))
    said = json.loads(answer["Payload"].read())
    calls = Counter(call.name for call in aws.front.taken())
    tables = aws.catalogue.all_of(NAME.replace("-", "_"))
    sizes = {name: bytes_of(s3, table) for name, table in tables.items() if not view_of(table)}
    statements = [one.sql for one in aws.front.backends["athena"].executions.values() if one.sql.lstrip().startswith("SELECT")][-3:]
    scanned = [sum(sizes[name] * times for name, times in scans(sql, tables).items()) for sql in statements]
    return {
        "users": users,
        "days": days,
        "last_day": LAST_DAY,
        "alerts": said["tasks"][0]["alerts"],
        "requests": dict(sorted(calls.items())),
        "bytes_of_parts": sum(sizes.values()),
        "bytes": scanned,
        "usd_athena": round(sum(max(one, LEAST_BYTES) for one in scanned) / 1e12 * PER_TERABYTE, 6),
        "processor_milliseconds": processor_milliseconds(),
        "peak_megabytes": round(aws.emulator.peak_memory_bytes() / 1e6),
    }


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("binary", type=Path)
    arguments.add_argument("functions", type=Path)
    arguments.add_argument("--users", type=int, default=300)
    arguments.add_argument("--days", type=int, default=60)
    chosen = arguments.parse_args()
    with Environment(at_once=True, through_front=("S3", "SNS")) as aws:
        print(json.dumps(measure(aws, chosen.binary.resolve(), str(chosen.functions.resolve()), chosen.users, chosen.days), indent=2))


if __name__ == "__main__":
    main()
