"""The event that starts the function `follow-up`: a run of the normalizer has read something new."""

from datetime import UTC, datetime


def followed_event(run):
    """The event of the run with this id, from the event bus."""
    return {
        "source": "lambda",
        "detail-type": "Lambda Function Invocation Result - Success",
        "detail": {
            "version": "1.0",
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "requestContext": {"requestId": run, "condition": "Success"},
            "responsePayload": {"files_processed": 1},
        },
    }
