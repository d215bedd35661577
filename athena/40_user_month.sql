-- user_month: credits, allowance, pace, forecast and advice per user and calendar month, months without activity too
-- Quotas and caps are per month, rows are per day and client: sums per user, month and subscription (account, Region and
-- profile) come before any division.
WITH money AS (
    SELECT
        a.user_id,
        a.month_start,
        MAX(a.days_in_month) AS days_in_month,
        MAX(a.elapsed_days) AS elapsed_days,
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
        CASE WHEN COUNT(a.plan_credits) = COUNT(*) THEN SUM(a.plan_credits) END AS plan_credits,
        CASE WHEN COUNT(a.monthly_fee_usd) = COUNT(*) THEN SUM(a.monthly_fee_usd) END AS fee_usd,
        -- The label of the tier with the latest day: both numbers have nine digits.
        substr(MAX(CAST(COALESCE(a.day_and_tier, CAST(100000000 AS bigint)) AS varchar) || a.tier_label), 10) AS subscription_tier
    FROM {database}.subscription_allowances AS a
    GROUP BY a.user_id, a.month_start
),
days AS (
    SELECT
        f.user_id,
        f.activity_date,
        SUM(COALESCE(f.total_messages, CAST(0 AS bigint))) AS total_messages,
        SUM(COALESCE(f.chat_conversations, CAST(0 AS bigint))) AS total_conversations,
        SUM(CASE WHEN f.is_abnormal THEN 0e0 ELSE COALESCE(f.credits_used, 0e0) END) AS credits_used
    FROM {database}.report_facts AS f
    GROUP BY f.user_id, f.activity_date
),
activity AS (
    SELECT
        u.user_id,
        CAST(date_trunc('month', u.activity_date) AS date) AS month_start,
        COUNT(*) AS active_days,
        MAX(u.activity_date) AS last_active_date,
        SUM(u.total_messages) AS total_messages,
        SUM(u.total_conversations) AS total_conversations,
        -- Up to the anchor's day of the month, to compare the running month with.
        SUM(CASE WHEN EXTRACT(DAY FROM u.activity_date) <= EXTRACT(DAY FROM w.anchor_day) THEN u.credits_used ELSE 0e0 END) AS credits_to_anchor
    FROM days AS u
    JOIN {database}.data_window AS w ON u.activity_date <= w.anchor_day
    GROUP BY u.user_id, CAST(date_trunc('month', u.activity_date) AS date)
),
joined AS (
    SELECT
        m.*,
        d.user_label,
        d.team,
        d.cost_center,
        d.person_status,
        d.subscription_tier AS user_tier,
        date_add('day', m.elapsed_days - 1, m.month_start) AS as_of_date,
        m.elapsed_days = m.days_in_month AS is_over,
        d.data_from,
        d.data_from <= m.month_start AS is_covered,
        greatest(m.month_start, d.first_active_date) AS covered_from,
        date_diff('day', greatest(m.month_start, d.first_active_date), m.month_start) + m.elapsed_days AS covered_days,
        -- What may be used beyond the plan.
        CASE WHEN m.overage_enabled THEN COALESCE(m.overage_limit, 1e300) ELSE 0e0 END AS beyond,
        COALESCE(a.active_days, CAST(0 AS bigint)) AS active_days,
        COALESCE(a.total_messages, CAST(0 AS bigint)) AS total_messages,
        COALESCE(a.total_conversations, CAST(0 AS bigint)) AS total_conversations,
        MAX(a.last_active_date) OVER (
            PARTITION BY m.user_id ORDER BY m.month_start ASC NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS last_active_date,
        LAG(m.credits_used) OVER (PARTITION BY m.user_id ORDER BY m.month_start ASC NULLS LAST) AS previous_credits_used,
        LAG(COALESCE(a.credits_to_anchor, 0e0)) OVER (PARTITION BY m.user_id ORDER BY m.month_start ASC NULLS LAST) AS previous_credits_to_anchor
    FROM money AS m
    JOIN {database}.user_dim AS d ON d.user_id = m.user_id
    LEFT JOIN activity AS a ON a.user_id = m.user_id AND a.month_start = m.month_start
),
-- Credits a day since the user's first day, what is still to come at that rate, and what a whole month would take.
-- Where plan and overage are used up, use stops: its rate is that of the days until then.
rated AS (
    SELECT
        j.*,
        j.is_over AND j.is_covered AS is_complete,
        j.days_in_month - j.elapsed_days AS days_left,
        date_diff('day', j.last_active_date, j.as_of_date) AS days_since_last_activity,
        j.credits_used / CAST(j.covered_days AS double) AS credits_a_day,
        CASE
            WHEN j.credits_used >= j.plan_credits + j.beyond
            THEN j.credits_used / CAST(date_diff('day', j.covered_from, j.last_active_date) + 1 AS double) * CAST(j.days_in_month AS double)
            WHEN j.covered_days = j.days_in_month THEN j.credits_used
            ELSE j.credits_used / CAST(j.covered_days AS double) * CAST(j.days_in_month AS double)
        END AS monthly_credits,
        j.covered_days >= s.forecast_after_days AS is_firm,
        s.overage_usd_per_credit,
        s.at_risk_share,
        s.warning_share,
        s.full_share,
        s.under_use_share,
        s.idle_after_days,
        s.former_after_days,
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
    FROM joined AS j
    CROSS JOIN {database}.settings AS s
),
forecast AS (
    SELECT
        r.*,
        r.credits_used + r.credits_a_day * CAST(r.days_left AS double) AS forecast_credits,
        r.credits_used / NULLIF(r.allowance, 0e0) AS utilisation,
        -- The allowance is for the days of the month that the user has. Of a user of before the data began, that is all of it.
        r.allowance * CAST(r.covered_days AS double) / CAST(
            CASE WHEN r.covered_from > r.data_from OR r.is_covered THEN r.covered_days + r.days_left ELSE r.days_in_month END AS double
        ) AS allowed_to_date,
        r.active_days = 0 AND (COALESCE(r.person_status, '') = 'left' OR r.days_since_last_activity >= r.former_after_days) AS is_former,
        -- Early in a month, advice keeps to the month before.
        CASE
            WHEN r.is_firm THEN r.monthly_credits
            WHEN LAG(r.is_firm) OVER (PARTITION BY r.user_id ORDER BY r.month_start ASC NULLS LAST)
            THEN LAG(r.monthly_credits) OVER (PARTITION BY r.user_id ORDER BY r.month_start ASC NULLS LAST)
        END AS basis_credits
    FROM rated AS r
),
fitted AS (
    SELECT
        f.*,
        p.tier_label AS fitting_tier,
        p.credits AS fitting_credits,
        p.is_largest AS fitting_is_largest,
        f.fee_usd + CASE WHEN f.basis_credits > f.plan_credits THEN least(f.basis_credits - f.plan_credits, f.beyond) WHEN f.basis_credits <= f.plan_credits THEN 0e0 END * f.overage_usd_per_credit AS cost_usd,
        p.monthly_fee_usd + CASE WHEN f.basis_credits > p.credits THEN least(f.basis_credits - p.credits, f.beyond) WHEN f.basis_credits <= p.credits THEN 0e0 END * f.overage_usd_per_credit AS fitting_cost_usd,
        CASE WHEN f.basis_credits > f.plan_credits + f.beyond THEN f.basis_credits - f.plan_credits - f.beyond WHEN f.basis_credits <= f.plan_credits + f.beyond THEN 0e0 END AS unserved_credits
    FROM forecast AS f
    -- The smallest plan that is the cheapest and sufficient.
    LEFT JOIN {database}.plan_ladder AS p
        ON f.basis_credits <= p.cheapest_up_to
        AND (f.basis_credits - f.beyond <= p.credits OR p.is_largest)
        AND (f.basis_credits > p.smaller_cheapest_up_to OR f.basis_credits - f.beyond > p.smaller_credits)
),
-- The plans that the two months before would have needed: a single month that differs is no reason to change.
compared AS (
    SELECT
        f.*,
        f.cost_usd - f.fitting_cost_usd AS fitting_saving_usd,
        -- A user of several subscriptions could change any of them.
        f.subscriptions = 1 AND f.fitting_tier <> f.subscription_tier AS is_other_plan,
        LAG(f.fitting_credits) OVER (PARTITION BY f.user_id ORDER BY f.month_start ASC NULLS LAST) AS needed_before,
        LAG(f.fitting_credits, 2) OVER (PARTITION BY f.user_id ORDER BY f.month_start ASC NULLS LAST) AS needed_earlier
    FROM fitted AS f
),
advised AS (
    SELECT
        c.*,
        CASE
            WHEN c.is_over AND c.active_days = 0 THEN 'idle'
            WHEN c.days_since_last_activity >= c.idle_after_days THEN 'idle'
            WHEN c.plan_credits IS NULL OR c.allowance IS NULL THEN 'unknown'
            WHEN c.basis_credits IS NULL
            THEN CASE
                WHEN NOT c.is_over AND c.utilisation >= c.at_risk_share AND c.forecast_credits > c.allowance THEN 'at_risk'
                ELSE 'too_early'
            END
            WHEN c.subscriptions > 1 AND c.fitting_saving_usd > 0e0 THEN 'paid_twice'
            WHEN c.basis_credits > c.plan_credits AND c.fitting_is_largest AND c.fitting_credits <= c.plan_credits THEN 'review_cap'
            -- Overage is off, or at its limit: the month's credits do not suffice.
            WHEN c.is_other_plan AND c.unserved_credits > 0e0 AND c.fitting_credits > c.plan_credits THEN 'upgrade'
            WHEN c.is_other_plan
                AND c.fitting_credits > c.plan_credits
                AND c.fitting_saving_usd > 0e0
                AND COALESCE(c.needed_before > c.plan_credits OR c.needed_earlier > c.plan_credits, TRUE)
            THEN 'upgrade'
            WHEN c.basis_credits > c.plan_credits AND c.unserved_credits = 0e0 AND c.fitting_saving_usd IS NULL THEN 'unknown'
            WHEN c.is_other_plan
                AND c.fitting_credits < c.plan_credits
                AND CASE
                    WHEN c.fitting_saving_usd IS NULL THEN c.basis_credits < c.under_use_share * c.plan_credits
                    ELSE c.fitting_saving_usd > 0e0
                END
                AND (c.beyond > 0e0 OR c.basis_credits <= c.warning_share * c.fitting_credits)
                AND COALESCE(c.needed_before < c.plan_credits, TRUE)
                AND COALESCE(c.needed_earlier < c.plan_credits, TRUE)
            THEN 'downgrade'
            WHEN NOT c.is_over AND c.utilisation >= c.at_risk_share AND c.forecast_credits > c.allowance THEN 'at_risk'
            ELSE 'right_sized'
        END AS advice
    FROM compared AS c
),
-- Numbers as text: whole credits, USD to the cent.
told AS (
    SELECT
        a.*,
        CAST(TRY_CAST(round(a.basis_credits) AS bigint) AS varchar) || ' credits a month' AS basis_text,
        CAST(TRY_CAST(round(a.plan_credits) AS bigint) AS varchar) AS plan_text,
        CAST(TRY_CAST(round(a.unserved_credits) AS bigint) AS varchar) AS unserved_text,
        CAST(TRY_CAST(round(a.cost_usd, 2) AS decimal(18, 2)) AS varchar) || ' USD' AS cost_text,
        CAST(TRY_CAST(round(a.fitting_cost_usd, 2) AS decimal(18, 2)) AS varchar) || ' USD on ' || a.fitting_tier AS fitting_text,
        CASE
            WHEN a.advice = 'idle' AND NOT a.is_former THEN a.fee_usd
            WHEN a.advice IN ('upgrade', 'downgrade', 'paid_twice') THEN a.fitting_saving_usd
        END AS saving_usd
    FROM advised AS a
)
SELECT
    v.user_id AS user_id,  -- varchar: canonical user id
    v.user_label AS user_label,  -- varchar: the user's label
    v.team AS team,  -- varchar: team in the identity map; NULL if none
    v.cost_center AS cost_center,  -- varchar: cost centre in the identity map; NULL if none
    v.month_start AS month_start,  -- date: first day of the calendar month
    v.as_of_date AS as_of_date,  -- date: last day the row covers: the month's end, or the anchor day in the newest month
    v.is_complete AS is_complete,  -- boolean: whether the data cover the whole month: it is over, and they began before it
    v.elapsed_days AS elapsed_days,  -- bigint: days of the month up to as_of_date
    v.covered_days AS covered_days,  -- bigint: those from the user's first day in the data on
    v.days_in_month AS days_in_month,  -- bigint: days of the month
    v.subscription_tier AS subscription_tier,  -- varchar: tier of the latest day of the month with a tier; the last known where no activity
    v.user_tier AS user_tier,  -- varchar: the user's current tier
    v.subscriptions AS subscriptions,  -- bigint: accounts, Regions and profiles that the user has; allowances and fees of several are added up
    v.active_days AS active_days,  -- bigint: days with activity
    v.last_active_date AS last_active_date,  -- date: last active day up to as_of_date
    v.days_since_last_activity AS days_since_last_activity,  -- bigint: from there to as_of_date
    v.total_messages AS total_messages,  -- bigint: messages to and from Kiro
    v.total_conversations AS total_conversations,  -- bigint: conversations
    v.credits_used AS credits_used,  -- double: credits used
    v.previous_credits_used AS previous_credits_used,  -- double: credits of the month before; NULL in the first month
    CASE WHEN v.is_over THEN v.previous_credits_used ELSE v.previous_credits_to_anchor END AS previous_credits_same_days,  -- double: credits of the same days of the month before; NULL in the first month
    v.allowance AS allowance,  -- double: credits included in the month; NULL if unknown, never 0
    v.allowance_source AS allowance_source,  -- varchar: usage_limit, overage_cap, tier_limit, plan, mixed or unknown
    v.allowance_source <> 'usage_limit' AND v.allowance IS NOT NULL AS allowance_is_estimate,  -- boolean: whether the allowance does not come from the export's own limit
    v.utilisation AS utilisation,  -- double: credits used / allowance
    CASE WHEN v.allowance IS NOT NULL THEN greatest(v.allowance - v.credits_used, 0e0) END AS credits_left,  -- double: allowance less credits used, never below zero; NULL if unknown
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
    v.allowed_to_date AS allowed_to_date,  -- double: allowance x days covered / days of the month that the user has
    v.credits_used - v.allowed_to_date AS pace_difference,  -- double: credits used less allowed to date
    CASE
        WHEN v.allowed_to_date IS NULL THEN 'unknown'
        WHEN v.credits_used - v.allowed_to_date > v.pace_tolerance_credits THEN 'above'
        WHEN v.credits_used - v.allowed_to_date < -v.pace_tolerance_credits THEN 'below'
        ELSE 'on'
    END AS pace,  -- varchar: above, on or below the even pace, or unknown
    v.forecast_credits AS forecast_credits,  -- double: credits used, and the days to come at the rate of the days covered
    v.forecast_credits / NULLIF(v.allowance, 0e0) AS forecast_utilisation,  -- double: forecast credits / allowance
    v.forecast_overage_credits AS forecast_overage_credits,  -- double: overage so far, or what the forecast exceeds the allowance by where overage is on, up to its limit
    v.forecast_overage_credits * v.overage_usd_per_credit AS forecast_overage_cost_usd,  -- double: forecast overage credits x price
    CASE
        WHEN NOT v.is_over AND v.credits_used < v.allowance AND v.forecast_credits > v.allowance
        THEN date_add('day', TRY_CAST(ceil((v.allowance - v.credits_used) / NULLIF(v.credits_a_day, 0e0)) AS bigint), v.as_of_date)
    END AS run_out_date,  -- date: day on which the allowance ends at the present rate; NULL if it lasts the month
    CASE WHEN v.is_former THEN 0e0 ELSE v.fee_usd END AS monthly_fee_usd,  -- double: configured fee of the plan, of several subscriptions added up; 0 for a former user, NULL if unknown
    v.is_former AS is_former,  -- boolean: no activity in the month, and left, or none for a long time before
    CASE
        WHEN v.active_days = 0 THEN 'Idle'
        WHEN NOT v.is_firm THEN 'Too early'
        WHEN CAST(v.active_days AS double) * v.scale_to_30_days >= CAST(v.intensive_days AS double)
            OR CAST(v.total_messages AS double) * v.scale_to_30_days >= CAST(v.intensive_messages AS double)
        THEN 'Intensive'
        WHEN CAST(v.active_days AS double) * v.scale_to_30_days >= CAST(v.regular_days AS double) THEN 'Regular'
        ELSE 'Light'
    END AS engagement_segment,  -- varchar: Intensive, Regular, Light or Idle by active days and messages per 30 days; Too early in the first days
    CASE
        WHEN v.total_messages = 0 AND v.total_conversations = 0 THEN 'None'
        WHEN NOT v.is_firm THEN 'Too early'
        WHEN CAST(v.total_messages AS double) * v.scale_to_30_days >= CAST(v.high_volume_messages AS double)
            OR CAST(v.total_conversations AS double) * v.scale_to_30_days >= CAST(v.high_volume_conversations AS double)
        THEN 'High'
        WHEN CAST(v.total_messages AS double) * v.scale_to_30_days >= CAST(v.medium_volume_messages AS double)
            OR CAST(v.total_conversations AS double) * v.scale_to_30_days >= CAST(v.medium_volume_conversations AS double)
        THEN 'Medium'
        ELSE 'Low'
    END AS volume_segment,  -- varchar: High, Medium, Low or None by messages or conversations per 30 days; Too early in the first days
    v.basis_credits AS basis_credits,  -- double: credits a whole month takes at the user's rate, on which advice is based; of the month before where the days covered are few; NULL if too early
    v.cost_usd AS basis_cost_usd,  -- double: USD a month that basis_credits cost on the present plan: fee and overage; NULL if the fee is unknown
    v.unserved_credits AS unserved_credits,  -- double: those of basis_credits that the present plan does not give, as overage is off or at its limit
    v.advice AS advice,  -- varchar: idle, unknown, at_risk, too_early, paid_twice, review_cap, upgrade, downgrade or right_sized, the first that holds
    CASE WHEN v.advice IN ('upgrade', 'downgrade', 'paid_twice') THEN v.fitting_tier END AS suggested_tier,  -- varchar: plan to take; NULL if none
    CASE WHEN v.advice IN ('upgrade', 'downgrade', 'paid_twice') THEN v.fitting_cost_usd END AS suggested_cost_usd,  -- double: USD a month that basis_credits cost on the suggested plan; NULL if none
    v.saving_usd AS saving_usd,  -- double: USD a month saved by the advice; negative where a larger plan costs more and is needed; NULL without a change
    CASE
        WHEN v.advice = 'upgrade' THEN date_add('day', 1, v.as_of_date)
        WHEN v.advice IN ('downgrade', 'paid_twice') OR v.saving_usd IS NOT NULL THEN date_add('day', v.days_in_month, v.month_start)
    END AS advice_from,  -- date: when the change takes effect: a larger plan at once, all else with the next month
    CASE
        WHEN v.advice NOT IN ('upgrade', 'downgrade') THEN CAST(NULL AS varchar)
        WHEN v.needed_before IS NULL THEN 'first month'
        WHEN v.needed_earlier IS NULL THEN CASE WHEN (v.needed_before > v.plan_credits) = (v.advice = 'upgrade') THEN 'two months' ELSE 'one month of two' END
        WHEN v.advice = 'downgrade' OR (v.needed_before > v.plan_credits AND v.needed_earlier > v.plan_credits) THEN 'three months'
        WHEN v.needed_before > v.plan_credits OR v.needed_earlier > v.plan_credits THEN 'two months of three'
        ELSE 'one month of three'
    END AS advice_firmness,  -- varchar: in how many of the last three months the same change was right; NULL without a change of plan
    CASE v.advice
        WHEN 'idle' THEN 'No activity for ' || CAST(v.days_since_last_activity AS varchar) || ' days'
        WHEN 'unknown' THEN CASE WHEN v.plan_credits IS NULL THEN 'The credits of the plan are unknown' ELSE 'The fee of a plan is unknown' END
        WHEN 'too_early' THEN 'Only ' || CAST(v.covered_days AS varchar) || ' days of data this month'
        WHEN 'at_risk' THEN CAST(TRY_CAST(round(v.utilisation * 100e0) AS bigint) AS varchar) || ' % of the credits used'
        WHEN 'paid_twice' THEN CAST(v.subscriptions AS varchar) || ' subscriptions, ' || v.basis_text || ': ' || v.cost_text || ', alone ' || v.fitting_text
        WHEN 'review_cap' THEN v.basis_text || ', the largest plan includes ' || v.plan_text
        WHEN 'right_sized' THEN COALESCE(v.basis_text || ': ' || v.cost_text || ' on ' || v.subscription_tier, v.basis_text)
        ELSE CASE
            WHEN v.unserved_credits > 0e0
            THEN v.basis_text || ', ' || v.unserved_text || ' more than ' || v.subscription_tier || ' gives' || COALESCE('; ' || v.fitting_text, '')
            ELSE COALESCE(
                v.basis_text || ': ' || v.cost_text || ' on ' || v.subscription_tier || ', ' || v.fitting_text,
                v.basis_text || ', included in ' || v.fitting_tier
            )
        END
    END AS advice_reason  -- varchar: why, in one sentence
FROM (
    SELECT
        t.*,
        CAST(30 AS double) / CAST(t.covered_days AS double) AS scale_to_30_days,
        CASE
            WHEN t.is_over THEN t.overage_credits
            WHEN t.overage_enabled
            THEN greatest(
                t.overage_credits,
                least(
                    COALESCE(t.forecast_credits - t.allowance, t.overage_credits + t.overage_credits / CAST(t.covered_days AS double) * CAST(t.days_left AS double)),
                    COALESCE(t.overage_limit, 1e300)
                )
            )
            ELSE t.overage_credits
        END AS forecast_overage_credits
    FROM told AS t
) AS v
