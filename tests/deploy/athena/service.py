"""Athena's API for queries. All other calls go to the emulator."""

import csv
import io
import json
import threading
import time
import uuid
from dataclasses import dataclass, field

from botocore.exceptions import ClientError
from sqlglot import exp
from sqlglot.errors import SqlglotError

from double import Answer

from .dialect import parsed, spelled
from .engine import QueryFailed

MOST_ROWS = 1000


@dataclass
class Execution:
    """One query. The first `looks` reads show it running."""

    id: str
    sql: str
    database: str
    workgroup: str
    output: str
    looks: int
    began: float = field(default_factory=time.time)
    columns: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    failure: str = ""
    cancelled: bool = False

    def state(self):
        if self.cancelled:
            return "CANCELLED"
        if self.looks > 0:
            return "RUNNING"
        return "FAILED" if self.failure else "SUCCEEDED"

    def shown(self):
        state = self.state()
        status = {"State": state, "SubmissionDateTime": self.began}
        if state != "RUNNING":
            status["CompletionDateTime"] = self.began
        if state == "CANCELLED":
            status["StateChangeReason"] = "Query cancelled!"
        if state == "FAILED":
            status |= {
                "StateChangeReason": self.failure,
                "AthenaError": {"ErrorCategory": 2, "ErrorType": 1006, "Retryable": False, "ErrorMessage": self.failure},
            }
        return {
            "QueryExecutionId": self.id,
            "Query": self.sql,
            "StatementType": "DML" if self.columns else "DDL",
            "ResultConfiguration": {"OutputLocation": self.output},
            "QueryExecutionContext": {"Database": self.database, "Catalog": "awsdatacatalog"},
            "Status": status,
            "Statistics": {"EngineExecutionTimeInMillis": 1, "DataScannedInBytes": 0, "TotalExecutionTimeInMillis": 2},
            "WorkGroup": self.workgroup,
        }


class Athena:
    """Queries. `emulator` creates clients of the emulator, `pass_on` sends it a request; the first `looks` reads show a query running."""

    def __init__(self, engine, emulator, pass_on, looks=1):
        self.engine, self.pass_on, self.looks = engine, pass_on, looks
        self.athena, self.s3 = emulator.client("athena"), emulator.client("s3")
        self.executions = {}
        # The query of each request token, with its statement.
        self.tokens, self.starting = {}, threading.Lock()
        # Cancels each query, as the service does with one that reads more than its workgroup allows.
        self.cancels = False

    def answer(self, request):
        asked = json.loads(request.body or b"{}")
        if request.operation == "StartQueryExecution":
            with self.starting:
                return self._start_once(request, asked)
        if request.operation == "GetWorkGroup":
            return _with_numbers(self.pass_on(request))
        execution = self.executions.get(asked.get("QueryExecutionId"))
        if execution is None:
            return self.pass_on(request)
        match request.operation:
            case "GetQueryExecution":
                shown = execution.shown()
                execution.looks = max(0, execution.looks - 1)
                return _said({"QueryExecution": shown})
            case "GetQueryResults":
                return self._results(execution, asked)
            case "StopQueryExecution":
                execution.cancelled = execution.looks > 0
                return _said({})
        return self.pass_on(request)

    def _start_once(self, request, asked):
        """A known token gets the answer that it got before."""
        token, sql = asked.get("ClientRequestToken"), asked.get("QueryString", "")
        if token in self.tokens:
            known, answer = self.tokens[token]
            return answer if known == sql else _refused("Idempotent parameters do not match")
        answer = self._start(request, asked)
        if token and answer.status == 200:
            self.tokens[token] = sql, answer
        return answer

    def _start(self, request, asked):
        sql = asked.get("QueryString", "")
        try:
            statement = parsed(sql)
        except SqlglotError as error:
            return _refused(f"line 1:1: {str(error).splitlines()[0]}", {"AthenaErrorCode": "MALFORMED_QUERY"})
        if isinstance(statement, exp.Create | exp.Drop) and statement.kind != "VIEW" or isinstance(statement, exp.Command | exp.Alter):
            return self.pass_on(request)
        workgroup = asked.get("WorkGroup", "primary")
        try:
            configured = self.athena.get_work_group(WorkGroup=workgroup)["WorkGroup"]
        except ClientError:
            return _refused(f"WorkGroup {workgroup} is not found.")
        if configured.get("State") == "DISABLED":
            return _refused(f"WorkGroup {workgroup} is disabled.")
        location = configured.get("Configuration", {}).get("ResultConfiguration", {}).get("OutputLocation") or asked.get(
            "ResultConfiguration", {}
        ).get("OutputLocation")
        if not location:
            return _refused(
                "No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input."
            )
        name = str(uuid.uuid4())
        database = asked.get("QueryExecutionContext", {}).get("Database", "default")
        execution = Execution(name, sql, database, workgroup, f"{location.rstrip('/')}/{name}.csv", self.looks, cancelled=self.cancels)
        try:
            execution.columns, execution.rows = self.engine.run(sql, database)
            self._write(execution)
        except (QueryFailed, SqlglotError) as error:
            execution.failure = str(error)
        self.executions[name] = execution
        return _said({"QueryExecutionId": name})

    def _results(self, execution, asked):
        state = execution.state()
        if state != "SUCCEEDED":
            return _refused(
                f"Query has not yet finished. Current state: {state}"
                if state == "RUNNING"
                else f"Query did not finish successfully. Final query state: {state}"
            )
        rows = [[name for name, _ in execution.columns], *execution.rows] if execution.columns else []
        start, size = int(asked.get("NextToken") or 0), min(asked.get("MaxResults", MOST_ROWS), MOST_ROWS)
        told = [
            {"Data": [{} if value is None else {"VarCharValue": spelled(value)} for value in row]} for row in rows[start : start + size]
        ]
        columns = [
            {
                "CatalogName": "hive",
                "SchemaName": "",
                "TableName": "",
                "Name": name,
                "Label": name,
                "Type": kind,
                "Precision": 0,
                "Scale": 0,
                "Nullable": "UNKNOWN",
                "CaseSensitive": kind == "varchar",
            }
            for name, kind in execution.columns
        ]
        said = {"UpdateCount": 0, "ResultSet": {"Rows": told, "ResultSetMetadata": {"ColumnInfo": columns}}}
        if start + size < len(rows):
            said["NextToken"] = str(start + size)
        return _said(said)

    def _write(self, execution):
        """The result file that Athena writes and does not delete."""
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL)
        writer.writerows([[name for name, _ in execution.columns], *([spelled(value) for value in row] for row in execution.rows)])
        bucket, _, key = execution.output.removeprefix("s3://").partition("/")
        try:
            self.s3.put_object(Bucket=bucket, Key=key, Body=text.getvalue().encode())
        except ClientError as error:
            raise QueryFailed(f"Unable to verify/create output bucket {bucket}") from error


def _with_numbers(answer):
    """The emulator keeps a stack's parameter as text; the service returns a number."""
    said = json.loads(answer.body)
    configuration = said.get("WorkGroup", {}).get("Configuration", {})
    if isinstance(configuration.get("BytesScannedCutoffPerQuery"), str):
        configuration["BytesScannedCutoffPerQuery"] = int(configuration["BytesScannedCutoffPerQuery"])
        answer.body = json.dumps(said).encode()
    return answer


def _said(members):
    return Answer(200, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(members).encode())


def _refused(message, more=None):
    body = {"__type": "InvalidRequestException", "message": message, "Message": message} | (more or {})
    return Answer(
        400, {"Content-Type": "application/x-amz-json-1.1", "x-amzn-ErrorType": "InvalidRequestException"}, json.dumps(body).encode()
    )
