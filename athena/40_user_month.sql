-- user_month: credits, allowance, pace, forecast and advice per user and calendar month, months without activity too
-- Quotas and caps are per month, rows are per day and client: sums per user, month and subscription (account, Region and
-- profile) come before any division.
-- The allowance of a subscription is the limit in the export, else the preset where overage is off, else the configured plan.
WITH subscriptions AS (
    SELECT
        m.*,
        COALESCE(m.usage_limit, m.cap_preset, CASE WHEN p.credits > 0e0 THEN p.credits END) AS allowance,
        CASE
            WHEN m.usage_limit IS NOT NULL THEN 'usage_limit'
            WHEN m.cap_preset IS NOT NULL THEN 'overage_cap'
            WHEN p.credits > 0e0 THEN 'plan'
            ELSE 'unknown'
        END AS allowance_source,
        p.monthly_fee_usd
    FROM {database}.subscription_months AS m
    LEFT JOIN {database}.tier_labels AS l ON l.tier_rank = m.day_and_tier % 1000
    LEFT JOIN {database}.plans AS p ON p.tier_code = l.tier_code
),
money AS (
    SELECT
        a.user_id,
        a.month_start,
        COUNT(*) AS subscriptions,
        SUM(a.credits_used) AS credits_used,
        SUM(a.overage_credits_daily) AS overage_sum,
        SUM(a.overage_credits_cumulative) AS overage_max,
        SUM(a.overage_credits) AS overage_credits,
        BOOL_OR(a.overage_enabled) AS overage_enabled,
        SUM(a.overage_limit) AS overage_limit,
        CASE WHEN COUNT(a.allowance) = COUNT(*) THEN SUM(a.allowance) END AS allowance,
        CASE
            WHEN COUNT(a.allowance) < COUNT(*) THEN 'unknown'
            WHEN MIN(a.allowance_source) = MAX(a.allowance_source) THEN MIN(a.allowance_source)
            ELSE 'mixed'
        END AS allowance_source,
        CASE WHEN COUNT(a.monthly_fee_usd) = COUNT(*) THEN SUM(a.monthly_fee_usd) END AS monthly_fee_usd,
        MAX(a.day_and_tier) AS day_and_tier
    FROM subscriptions AS a
    GROUP BY a.user_id, a.month_start
),
activity AS (
    SELECT
        u.user_id,
        CAST(date_trunc('month', u.activity_date) AS date) AS month_start,
        COUNT(*) AS active_days,
        MAX(u.activity_date) AS last_active_date,
        SUM(u.total_messages) AS total_messages,
        SUM(u.chat_conversations) AS total_conversations
    FROM {database}.user_days AS u
    JOIN {database}.data_window AS w ON u.activity_date <= w.anchor_day
    GROUP BY u.user_id, CAST(date_trunc('month', u.activity_date) AS date)
),
-- Every month from the first of a user to the newest of the data, so that users who stopped are included.
months AS (
    SELECT
        d.user_id,
        d.user_label,
        d.team,
        d.cost_center,
        d.subscription_tier AS user_tier,
        c.month_start,
        c.days_in_month,
        CASE
            WHEN c.month_start = CAST(date_trunc('month', c.anchor_day) AS date)
            THEN date_diff('day', c.month_start, c.anchor_day) + 1
            ELSE c.days_in_month
        END AS elapsed_days
    FROM {database}.user_dim AS d
    JOIN {database}.calendar AS c
        ON c.calendar_date = c.month_start
        AND c.month_start >= CAST(date_trunc('month', d.first_active_date) AS date)
        AND c.month_start <= c.anchor_day
    WHERE d.first_active_date <= c.anchor_day
),
joined AS (
    SELECT
        t.user_id,
        t.user_label,
        t.team,
        t.cost_center,
        t.user_tier,
        t.month_start,
        t.days_in_month,
        t.elapsed_days,
        date_add('day', t.elapsed_days - 1, t.month_start) AS as_of_date,
        t.elapsed_days = t.days_in_month AS is_complete,
        COALESCE(m.subscriptions, CAST(0 AS bigint)) AS subscriptions,
        COALESCE(m.credits_used, 0e0) AS credits_used,
        COALESCE(m.overage_sum, 0e0) AS overage_sum,
        COALESCE(m.overage_max, 0e0) AS overage_max,
        COALESCE(m.overage_credits, 0e0) AS overage_credits,
        COALESCE(m.overage_enabled, FALSE) AS overage_enabled,
        m.overage_limit,
        m.allowance,
        m.allowance_source,
        m.monthly_fee_usd,
        COALESCE(a.active_days, CAST(0 AS bigint)) AS active_days,
        COALESCE(a.total_messages, CAST(0 AS bigint)) AS total_messages,
        COALESCE(a.total_conversations, CAST(0 AS bigint)) AS total_conversations,
        MAX(a.last_active_date) OVER (
            PARTITION BY t.user_id ORDER BY t.month_start ASC NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS last_active_date,
        MAX(m.day_and_tier) OVER (
            PARTITION BY t.user_id ORDER BY t.month_start ASC NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) % 1000 AS last_tier_rank,
        m.day_and_tier % 1000 AS tier_rank,
        LAG(COALESCE(m.credits_used, 0e0)) OVER (
            PARTITION BY t.user_id ORDER BY t.month_start ASC NULLS LAST
        ) AS previous_credits_used
    FROM months AS t
    LEFT JOIN money AS m ON m.user_id = t.user_id AND m.month_start = t.month_start
    LEFT JOIN activity AS a ON a.user_id = t.user_id AND a.month_start = t.month_start
),
-- A month without rows keeps the last known tier, and with it the configured plan.
allowed AS (
    SELECT
        j.*,
        l.tier_label AS subscription_tier,
        CASE WHEN j.active_days = 0 THEN CASE WHEN p.credits > 0e0 THEN p.credits END ELSE j.allowance END AS month_allowance,
        CASE
            WHEN j.active_days > 0 THEN j.allowance_source
            WHEN p.credits > 0e0 THEN 'plan'
            ELSE 'unknown'
        END AS month_allowance_source,
        CASE WHEN j.active_days = 0 THEN p.monthly_fee_usd ELSE j.monthly_fee_usd END AS fee_usd,
        CASE
            WHEN j.is_complete THEN j.credits_used
            ELSE j.credits_used / CAST(j.elapsed_days AS double) * CAST(j.days_in_month AS double)
        END AS forecast_credits,
        date_diff('day', j.last_active_date, j.as_of_date) AS days_since_last_activity
    FROM joined AS j
    LEFT JOIN {database}.tier_labels AS l
        ON l.tier_rank = CASE WHEN j.active_days = 0 THEN COALESCE(j.last_tier_rank, 0) ELSE COALESCE(j.tier_rank, 0) END
    LEFT JOIN {database}.plans AS p ON p.tier_code = l.tier_code
),
ratios AS (
    SELECT
        a.*,
        a.credits_used / NULLIF(a.month_allowance, 0e0) AS utilisation,
        a.forecast_credits / NULLIF(a.month_allowance, 0e0) AS forecast_utilisation,
        a.month_allowance * CAST(a.elapsed_days AS double) / CAST(a.days_in_month AS double) AS allowed_to_date,
        CASE
            WHEN a.is_complete THEN a.overage_credits
            WHEN a.month_allowance IS NULL
            THEN a.overage_credits / CAST(a.elapsed_days AS double) * CAST(a.days_in_month AS double)
            WHEN a.overage_enabled THEN greatest(a.overage_credits, a.forecast_credits - a.month_allowance)
            ELSE a.overage_credits
        END AS forecast_overage_credits,
        CAST(30 AS double) / CAST(a.elapsed_days AS double) AS scale_to_30_days,
        a.is_complete OR a.elapsed_days >= s.forecast_after_days AS is_forecast_firm,
        s.overage_usd_per_credit,
        s.at_risk_share,
        s.warning_share,
        s.full_share,
        s.under_use_share,
        s.idle_after_days,
        s.pace_tolerance_credits,
        s.very_high_share,
        s.high_share,
        s.normal_share,
        s.lower_share,
        s.intensive_days,
        s.intensive_messages,
        s.regular_days,
        s.high_volume_messages,
        s.high_volume_conversations,
        s.medium_volume_messages,
        s.medium_volume_conversations
    FROM allowed AS a
    CROSS JOIN {database}.settings AS s
),
-- The plans that advice may suggest, each with the range of credits for which it is the smallest sufficient plan.
ladder AS (
    SELECT
        p.tier_code,
        l.tier_label,
        p.credits,
        COALESCE(LAG(p.credits) OVER (ORDER BY p.credits ASC NULLS LAST, l.tier_rank ASC NULLS LAST), -1e0) AS above
    FROM {database}.plans AS p
    JOIN {database}.tier_labels AS l ON l.tier_code = p.tier_code
    WHERE p.suggest AND p.credits > 0e0
),
advised AS (
    SELECT
        r.*,
        f.tier_label AS fitting_tier,
        f.credits AS fitting_credits,
        CASE
            WHEN r.is_complete AND r.active_days = 0 THEN 'idle'
            WHEN r.days_since_last_activity >= r.idle_after_days THEN 'idle'
            WHEN r.overage_credits > 0e0 OR r.credits_used > r.month_allowance THEN 'upgrade'
            WHEN r.month_allowance IS NULL THEN 'unknown'
            WHEN r.utilisation >= r.at_risk_share THEN 'at_risk'
            WHEN r.is_forecast_firm AND r.forecast_credits > r.month_allowance THEN 'upgrade'
            WHEN r.is_forecast_firm AND r.forecast_utilisation < r.under_use_share AND f.credits < r.month_allowance THEN 'downgrade'
            ELSE 'right_sized'
        END AS advice
    FROM ratios AS r
    -- The current plan is not suggested.
    LEFT JOIN ladder AS f
        ON r.forecast_credits > f.above AND r.forecast_credits <= f.credits AND f.tier_label <> r.subscription_tier
)
SELECT
    v.user_id AS user_id,  -- varchar: canonical user id
    v.user_label AS user_label,  -- varchar: the user's label
    v.team AS team,  -- varchar: team in the identity map; NULL if none
    v.cost_center AS cost_center,  -- varchar: cost centre in the identity map; NULL if none
    v.month_start AS month_start,  -- date: first day of the calendar month
    v.as_of_date AS as_of_date,  -- date: last day the row covers: the month's end, or the anchor day in the newest month
    v.is_complete AS is_complete,  -- boolean: whether the row covers the whole month
    v.elapsed_days AS elapsed_days,  -- bigint: days covered
    v.days_in_month AS days_in_month,  -- bigint: days of the month
    v.subscription_tier AS subscription_tier,  -- varchar: tier of the latest day of the month with a tier; the last known where no activity
    v.user_tier AS user_tier,  -- varchar: the user's current tier
    v.subscriptions AS subscriptions,  -- bigint: accounts, Regions and profiles with activity; allowances of several are added up
    v.active_days AS active_days,  -- bigint: days with activity
    v.last_active_date AS last_active_date,  -- date: last active day up to as_of_date
    v.days_since_last_activity AS days_since_last_activity,  -- bigint: from there to as_of_date
    v.total_messages AS total_messages,  -- bigint: messages to and from Kiro
    v.total_conversations AS total_conversations,  -- bigint: conversations
    v.credits_used AS credits_used,  -- double: credits used
    v.previous_credits_used AS previous_credits_used,  -- double: credits of the month before; NULL in the first month
    v.month_allowance AS allowance,  -- double: credits included in the month; NULL if unknown, never 0
    v.month_allowance_source AS allowance_source,  -- varchar: usage_limit, overage_cap, plan, mixed or unknown
    v.month_allowance_source <> 'usage_limit' AND v.month_allowance IS NOT NULL AS allowance_is_estimate,  -- boolean: whether the allowance does not come from the export's own limit
    v.utilisation AS utilisation,  -- double: credits used / allowance
    CASE WHEN v.month_allowance IS NOT NULL THEN greatest(v.month_allowance - v.credits_used, 0e0) END AS credits_left,  -- double: allowance less credits used, never below zero; NULL if unknown
    CASE
        WHEN v.utilisation IS NULL THEN 'unknown'
        WHEN v.utilisation >= v.full_share THEN 'full'
        WHEN v.utilisation >= v.warning_share THEN 'warning'
        WHEN v.utilisation >= v.at_risk_share THEN 'at_risk'
        ELSE 'below'
    END AS budget_level,  -- varchar: below, at_risk, warning or full, by the configured shares of the allowance, or unknown
    CASE
        WHEN v.credits_used = 0e0 THEN 'inactive'
        WHEN v.utilisation IS NULL THEN 'unknown'
        WHEN v.utilisation >= v.very_high_share THEN 'very high'
        WHEN v.utilisation >= v.high_share THEN 'high'
        WHEN v.utilisation >= v.normal_share THEN 'normal'
        WHEN v.utilisation >= v.lower_share THEN 'lower'
        ELSE 'low'
    END AS usage_level,  -- varchar: very high (80 %), high (50 %), normal (10 %), lower (5 %), low, inactive or unknown
    v.overage_enabled AS overage_enabled,  -- boolean: whether overage was on in any row of the month
    v.overage_limit AS overage_limit,  -- double: the administrator's limit of overage credits; NULL where overage is off
    v.overage_credits AS overage_credits,  -- double: overage credits of the month by the configured reading
    v.overage_sum AS overage_credits_daily,  -- double: the same if the export's figure is the day's: the sum
    v.overage_max AS overage_credits_cumulative,  -- double: the same if it is the month's so far: the largest
    v.overage_credits * v.overage_usd_per_credit AS overage_cost_usd,  -- double: overage credits x price
    v.allowed_to_date AS allowed_to_date,  -- double: allowance x elapsed days / days of the month
    v.credits_used - v.allowed_to_date AS pace_difference,  -- double: credits used less allowed to date
    CASE
        WHEN v.allowed_to_date IS NULL THEN 'unknown'
        WHEN v.credits_used - v.allowed_to_date > v.pace_tolerance_credits THEN 'above'
        WHEN v.credits_used - v.allowed_to_date < -v.pace_tolerance_credits THEN 'below'
        ELSE 'on'
    END AS pace,  -- varchar: above, on or below the even pace, or unknown
    v.forecast_credits AS forecast_credits,  -- double: credits used / elapsed days x days of the month; complete months: credits used
    v.forecast_utilisation AS forecast_utilisation,  -- double: forecast credits / allowance
    v.forecast_overage_credits AS forecast_overage_credits,  -- double: overage so far, or what the forecast exceeds the allowance by where overage is on
    v.forecast_overage_credits * v.overage_usd_per_credit AS forecast_overage_cost_usd,  -- double: forecast overage credits x price
    CASE
        WHEN NOT v.is_complete AND v.credits_used < v.month_allowance AND v.forecast_credits > v.month_allowance
        THEN date_add('day', TRY_CAST(ceil(v.month_allowance * CAST(v.elapsed_days AS double) / NULLIF(v.credits_used, 0e0)) AS bigint) - 1, v.month_start)
    END AS run_out_date,  -- date: day on which the allowance ends at the present rate; NULL if it lasts the month
    v.fee_usd AS monthly_fee_usd,  -- double: configured fee of the plan; NULL if not configured
    CASE
        WHEN v.active_days = 0 THEN 'Idle'
        WHEN CAST(v.active_days AS double) * v.scale_to_30_days >= CAST(v.intensive_days AS double)
            OR CAST(v.total_messages AS double) * v.scale_to_30_days >= CAST(v.intensive_messages AS double)
        THEN 'Intensive'
        WHEN CAST(v.active_days AS double) * v.scale_to_30_days >= CAST(v.regular_days AS double) THEN 'Regular'
        ELSE 'Light'
    END AS engagement_segment,  -- varchar: Intensive, Regular, Light or Idle by active days and messages per 30 days
    CASE
        WHEN v.total_messages >= v.high_volume_messages OR v.total_conversations >= v.high_volume_conversations THEN 'High'
        WHEN v.total_messages >= v.medium_volume_messages OR v.total_conversations >= v.medium_volume_conversations THEN 'Medium'
        WHEN v.total_messages > 0 OR v.total_conversations > 0 THEN 'Low'
        ELSE 'None'
    END AS volume_segment,  -- varchar: High, Medium, Low or None by messages or conversations
    v.advice AS advice,  -- varchar: idle, upgrade, at_risk, downgrade, right_sized or unknown, the first that holds
    CASE
        WHEN v.advice = 'downgrade' THEN v.fitting_tier
        WHEN v.advice IN ('upgrade', 'at_risk') AND v.fitting_credits > v.month_allowance THEN v.fitting_tier
    END AS suggested_tier  -- varchar: smallest plan that the forecast fits, where it differs by the advice; NULL if none
FROM advised AS v
