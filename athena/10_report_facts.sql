-- report_facts: user_report rows that count: per key those of the latest export, one for each tier
-- by day: yes
SELECT
    f.activity_date AS activity_date,  -- date: day of the activity
    f.user_id AS user_id,  -- varchar: canonical user id
    f.client_type AS client_type,  -- varchar: KIRO_IDE, KIRO_CLI, PLUGIN, or what the export says
    f.subscription_tier AS subscription_tier,  -- varchar: canonical tier code of that day; NULL if blank
    f.chat_conversations AS chat_conversations,  -- bigint: conversations that day
    f.total_messages AS total_messages,  -- bigint: messages to and from Kiro: prompts, tool calls and responses
    f.credits_used AS credits_used,  -- double: credits used that day
    f.overage_cap AS overage_cap,  -- double: overage on: limit set by the administrator; off: a preset of the plan
    f.overage_credits_used AS overage_credits_used,  -- double: overage credits, of the day or of the month so far
    f.overage_enabled AS overage_enabled,  -- boolean: whether overage is on for the user
    f.usage_limit AS usage_limit,  -- double: the plan's credits per month
    f.new_user AS new_user,  -- boolean: the subscription was activated that day
    f.profile_id AS profile_id,  -- varchar: ARN of the Kiro profile
    f.is_abnormal AS is_abnormal,  -- boolean: more credits in a day than plan and cap allow by far; left out of sums of credits
    CASE WHEN g.user_id IS NULL THEN {address(f.email)} END AS email,  -- varchar: address of the row, or its digest; NULL if none, and for a forgotten user
    f.source_account AS source_account,  -- varchar: account of the row; '' if unknown
    f.source_region AS source_region,  -- varchar: Region of the row; '' if unknown
    CASE WHEN g.user_id IS NULL THEN {free_text(f.extra)} END AS extra,  -- varchar: cells of unknown columns, a JSON object; NULL when addresses are hashed, and for a forgotten user
    f.line AS line,  -- bigint: line in the export, from 1
    f.src_path AS src_path,  -- varchar: key of the export
    f.export_ts AS export_ts,  -- varchar: when the export was made, YYYYMMDDHHMM
    f.part_id AS part_id,  -- varchar: the part's 16 hexadecimal digits
    f.processed_ts AS processed_ts,  -- varchar: when the part was written, UTC, YYYYMMDDHHMMSS
    f.modified_ts AS modified_ts  -- varchar: when the export was last modified, UTC; NULL in parts of earlier versions
FROM (
    SELECT
        r.*,
        -- What a month may use: the limit of the export, else the preset where overage is off, else the plan; and the cap of the overage.
        COALESCE(
            s.abnormal_credits_factor > 0e0
            AND greatest(COALESCE(r.credits_used, 0e0), COALESCE(r.overage_credits_used, 0e0)) > greatest(
                s.abnormal_credits_floor,
                s.abnormal_credits_factor * (
                    COALESCE(
                        CASE WHEN r.usage_limit > 0e0 THEN r.usage_limit END,
                        CASE WHEN r.overage_enabled = FALSE AND r.overage_cap > 0e0 THEN r.overage_cap END,
                        CASE WHEN p.credits > 0e0 THEN p.credits END,
                        s.largest_plan_credits
                    )
                    + CASE
                        WHEN NOT COALESCE(r.overage_enabled, FALSE) THEN 0e0
                        WHEN r.overage_cap > 0e0 THEN r.overage_cap
                        ELSE s.largest_plan_credits
                    END
                )
            ),
            FALSE
        ) AS is_abnormal
    FROM {database}.report_facts_raw AS r
    CROSS JOIN {database}.settings AS s
    LEFT JOIN {database}.plans AS p ON p.tier_code = r.subscription_tier
) AS f
LEFT JOIN {database}.forgotten_users AS g ON g.user_id = f.user_id
WHERE NOT EXISTS (
    SELECT 1 FROM {database}.superseded AS s
    WHERE s.dataset = 'facts' AND s.part_id = f.part_id AND s.line = f.line
)
