//! The function with its log, its schedule and rule, its queue, topic and alarms.

use crate::permissions::scope::PolicyScope;
use crate::permissions::statement::{Grant, Resource, Statement};

const FUNCTION: &[Grant] = &[
    Grant::call(
        "running the function and comparing its code",
        &["lambda:GetFunctionConfiguration", "lambda:InvokeFunction"],
    ),
    Grant::cloudformation(
        "AWS::Lambda::Function, AWS::Lambda::EventInvokeConfig and AWS::Lambda::Permission",
        &[
            "lambda:AddPermission",
            "lambda:CreateFunction",
            "lambda:DeleteFunction",
            "lambda:DeleteFunctionEventInvokeConfig",
            "lambda:GetFunction",
            "lambda:GetFunctionCodeSigningConfig",
            "lambda:GetFunctionEventInvokeConfig",
            "lambda:GetFunctionRecursionConfig",
            "lambda:GetFunctionScalingConfig",
            "lambda:GetPolicy",
            "lambda:GetRuntimeManagementConfig",
            "lambda:ListTags",
            "lambda:PutFunctionEventInvokeConfig",
            "lambda:RemovePermission",
            "lambda:TagResource",
            "lambda:UntagResource",
            "lambda:UpdateFunctionCode",
            "lambda:UpdateFunctionConfiguration",
            "lambda:UpdateFunctionEventInvokeConfig",
        ],
    ),
];

const LOG_GROUP: &[Grant] = &[
    Grant::call("the log of the runs", &["logs:FilterLogEvents"]),
    Grant::cloudformation(
        "AWS::Logs::LogGroup",
        &[
            "logs:CreateLogGroup",
            "logs:DeleteDataProtectionPolicy",
            "logs:DeleteLogGroup",
            "logs:DeleteRetentionPolicy",
            "logs:GetDataProtectionPolicy",
            "logs:PutRetentionPolicy",
        ],
    ),
];

const LOG_GROUP_TAGS: &[Grant] = &[Grant::cloudformation(
    "AWS::Logs::LogGroup: its tags, which are on the ARN without `:*`",
    &[
        "logs:ListTagsForResource",
        "logs:TagResource",
        "logs:UntagResource",
    ],
)];

const SCHEDULE: &[Grant] = &[
    Grant::call(
        "whether the schedule is enabled",
        &["scheduler:GetSchedule"],
    ),
    Grant::cloudformation(
        "AWS::Scheduler::Schedule",
        &[
            "scheduler:CreateSchedule",
            "scheduler:DeleteSchedule",
            "scheduler:UpdateSchedule",
        ],
    ),
];

const RULE: &[Grant] = &[Grant::cloudformation(
    "AWS::Events::Rule: what follows a run; and where exports are read as they arrive",
    &[
        "events:DeleteRule",
        "events:DescribeRule",
        "events:ListTagsForResource",
        "events:ListTargetsByRule",
        "events:PutRule",
        "events:PutTargets",
        "events:RemoveTargets",
        "events:TagResource",
        "events:UntagResource",
    ],
)];

const QUEUE: &[Grant] = &[
    Grant::call(
        "the number of events in the queue",
        &["sqs:GetQueueAttributes"],
    ),
    Grant::cloudformation(
        "AWS::SQS::Queue and AWS::SQS::QueuePolicy",
        &[
            "sqs:CreateQueue",
            "sqs:DeleteQueue",
            "sqs:GetQueueUrl",
            "sqs:ListQueueTags",
            "sqs:SetQueueAttributes",
            "sqs:TagQueue",
            "sqs:UntagQueue",
        ],
    ),
];

const TOPIC: &[Grant] = &[Grant::cloudformation(
    "AWS::SNS::Topic and AWS::SNS::TopicPolicy, where alarms are sent to an address",
    &[
        "sns:CreateTopic",
        "sns:DeleteTopic",
        "sns:GetDataProtectionPolicy",
        "sns:GetTopicAttributes",
        "sns:ListSubscriptionsByTopic",
        "sns:ListTagsForResource",
        "sns:SetTopicAttributes",
        "sns:Subscribe",
        "sns:TagResource",
        "sns:Unsubscribe",
        "sns:UntagResource",
    ],
)];

const ALARMS: &[Grant] = &[
    Grant::call("which alarms are active", &["cloudwatch:DescribeAlarms"]),
    Grant::cloudformation(
        "AWS::CloudWatch::Alarm",
        &[
            "cloudwatch:DeleteAlarms",
            "cloudwatch:ListTagsForResource",
            "cloudwatch:PutMetricAlarm",
            "cloudwatch:TagResource",
            "cloudwatch:UntagResource",
        ],
    ),
];

pub(crate) fn function(scope: &PolicyScope) -> Vec<Statement> {
    let (owned, stack) = (scope.owned(), scope.data_stack());
    let function = format!("{stack}-normalize-report");
    let one = |service: &str, kind: &str, example: &str| {
        let pattern = scope.arn(service, &format!("{kind}{owned}"));
        let example = scope.arn(service, &format!("{kind}{example}"));
        vec![Resource::new(pattern, example)]
    };
    let logs = "log-group:/aws/lambda/";
    vec![
        Statement::new("Function", one("lambda", "function:", &function), FUNCTION),
        Statement::new(
            "LogGroup",
            one("logs", logs, &format!("{function}:*")),
            LOG_GROUP,
        ),
        Statement::new("LogGroupTags", one("logs", logs, &function), LOG_GROUP_TAGS),
        Statement::new(
            "Schedule",
            one(
                "scheduler",
                "schedule/default/",
                &format!("{stack}-Schedule-1"),
            ),
            SCHEDULE,
        ),
        Statement::new(
            "Rule",
            one("events", "rule/", &format!("{stack}-ArrivalRule-1")),
            RULE,
        ),
        Statement::new(
            "Queue",
            one("sqs", "", &format!("{stack}-DeadLetters-1")),
            QUEUE,
        ),
        Statement::new(
            "Topic",
            one("sns", "", &format!("{stack}-AlarmTopic-1")),
            TOPIC,
        ),
        Statement::new(
            "Alarms",
            one("cloudwatch", "alarm:", &format!("{stack}-FailedAlarm-1")),
            ALARMS,
        ),
    ]
}
