"""Old responses of CloudFormation, whose reads are eventually consistent: recorded right before a change set is executed."""

import dataclasses
import re
from urllib.parse import urlencode

ABOUT_A_STACK = re.compile(rb"<StackName>([^<]+)</StackName>")


def keep_old_answers(faults, call, request, ask):
    """Before a change set is executed, records the responses that stale faults repeat after it."""
    if call.name != "cloudformation:ExecuteChangeSet":
        return
    for fault in faults.waiting_for_old_answers():
        stack = call.members.get("StackName") or _stack_of(call, request, ask)
        fault.old = _asked(fault.call.partition(":")[2], {"StackName": stack}, call, request, ask)


def _stack_of(call, request, ask):
    """The stack of a change set, from the change set's ARN."""
    answer = _asked("DescribeChangeSet", {"ChangeSetName": call.members["ChangeSetName"]}, call, request, ask)
    return ABOUT_A_STACK.search(answer.body)[1].decode()


def _asked(operation, members, call, request, ask):
    body = urlencode({"Action": operation, "Version": "2010-05-15"} | members).encode()
    return ask(call, dataclasses.replace(request, body=body, operation=operation))
