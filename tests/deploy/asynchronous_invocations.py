"""Asynchronous invocations of functions, as AWS documents them: accepted at once, repeated after an error, and then reported to a destination.

The emulator runs them, but tells no destination of a success. Of destinations only an event bus is known here.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html has the members of a record, and
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html the retries; the waits between them are left out.
"""

import json
import re
import threading
import uuid
from datetime import UTC, datetime

from botocore.exceptions import ClientError

from double import Answer

INVOCATION = re.compile(r"^/2015-03-31/functions/(?P<name>[^/?]+)/invocations")
# Unless the function's configuration says otherwise.
RETRIES = 2


class AsynchronousInvocations:
    """The backend of Lambda: other calls go to the emulator as they are."""

    def __init__(self, emulator, pass_on):
        self.pass_on = pass_on
        self.functions, self.events = emulator.client("lambda"), emulator.client("events")
        self.running = []
        # The records that were sent, oldest first.
        self.records = []

    def answer(self, request):
        invocation = INVOCATION.match(request.target)
        if not invocation or request.headers.get("X-Amz-Invocation-Type") != "Event":
            return self.pass_on(request)
        request_id = str(uuid.uuid4())
        run = threading.Thread(target=self._run, args=(invocation["name"], request.body or b"{}", request_id), daemon=True)
        self.running.append(run)
        run.start()
        return Answer(202, {"x-amzn-RequestId": request_id}, b"")

    def wait(self):
        """Until all invocations have ended and their records are sent."""
        while self.running:
            self.running.pop().join()

    def _run(self, name, payload, request_id):
        config = self._config(name)
        for attempt in range(1, config.get("MaximumRetryAttempts", RETRIES) + 2):
            answer = self.functions.invoke(FunctionName=name, Payload=payload)
            said = json.loads(answer["Payload"].read() or b"null")
            error = answer.get("FunctionError")
            if not error:
                break
        condition, name_of_destination = ("RetriesExhausted", "OnFailure") if error else ("Success", "OnSuccess")
        destination = config.get("DestinationConfig", {}).get(name_of_destination, {}).get("Destination")
        if not destination:
            return
        arn = self.functions.get_function_configuration(FunctionName=name)["FunctionArn"]
        context = {"statusCode": 200, "executedVersion": "$LATEST"} | ({"functionError": error} if error else {})
        record = {
            "version": "1.0",
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "requestContext": {
                "requestId": request_id,
                "functionArn": f"{arn}:$LATEST",
                "condition": condition,
                "approximateInvokeCount": attempt,
            },
            "requestPayload": json.loads(payload),
            "responseContext": context,
            "responsePayload": said,
        }
        self.records.append(record)
        self.send(record, destination)

    def send(self, record, destination):
        """Puts a record on the event bus. Also what AWS does when it delivers one twice."""
        failed = record["requestContext"]["condition"] != "Success"
        entry = {
            "Source": "lambda",
            "DetailType": f"Lambda Function Invocation Result - {'Failure' if failed else 'Success'}",
            "Resources": [destination, record["requestContext"]["functionArn"]],
            "EventBusName": destination,
            "Detail": json.dumps(record),
        }
        self.events.put_events(Entries=[entry])

    def _config(self, name):
        try:
            return self.functions.get_function_event_invoke_config(FunctionName=name, Qualifier="$LATEST")
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            return {}
