-- team_month: people, credits and cost per calendar month, team and cost centre: what to charge to whom
-- Everybody in user_month is in one row. People without a team or cost centre have rows of their own.
WITH months AS (
    SELECT
        m.month_start,
        COALESCE(m.team, 'No team') AS team,
        COALESCE(m.cost_center, 'No cost centre') AS cost_center,
        m.as_of_date,
        m.is_complete,
        m.active_days,
        m.total_messages,
        m.credits_used,
        m.overage_credits,
        m.overage_cost_usd,
        m.monthly_fee_usd,
        m.is_former,
        m.saving_usd
    FROM {database}.user_month AS m
),
sums AS (
    SELECT
        m.month_start,
        m.team,
        m.cost_center,
        MAX(m.as_of_date) AS as_of_date,
        BOOL_AND(m.is_complete) AS is_complete,
        COUNT(CASE WHEN NOT m.is_former THEN 1 END) AS people,
        COUNT(CASE WHEN m.active_days > 0 THEN 1 END) AS active_people,
        SUM(m.active_days) AS active_days,
        SUM(m.total_messages) AS total_messages,
        SUM(m.credits_used) AS credits_used,
        SUM(m.overage_credits) AS overage_credits,
        SUM(m.overage_cost_usd) AS overage_cost_usd,
        SUM(m.monthly_fee_usd) AS monthly_fee_usd,
        COUNT(CASE WHEN m.monthly_fee_usd IS NULL THEN 1 END) AS people_without_fee,
        SUM(CASE WHEN m.saving_usd > 0e0 THEN m.saving_usd ELSE 0e0 END) AS possible_saving_usd
    FROM months AS m
    GROUP BY m.month_start, m.team, m.cost_center
)
SELECT
    t.month_start AS month_start,  -- date: first day of the calendar month
    t.as_of_date AS as_of_date,  -- date: last day the row covers: the month's end, or the anchor day in the newest month
    t.is_complete AS is_complete,  -- boolean: whether the row covers the whole month
    t.team AS team,  -- varchar: team in the identity map; No team for people without one
    t.cost_center AS cost_center,  -- varchar: cost centre in the identity map; No cost centre for people without one
    t.people AS people,  -- bigint: people in user_month, former ones left out
    t.active_people AS active_people,  -- bigint: those with activity in the month
    t.active_days AS active_days,  -- bigint: sum of the people's active days
    t.total_messages AS total_messages,  -- bigint: messages to and from Kiro
    t.credits_used AS credits_used,  -- double: credits used
    t.overage_credits AS overage_credits,  -- double: overage credits by the configured reading
    t.overage_cost_usd AS overage_cost_usd,  -- double: overage credits x price
    t.monthly_fee_usd AS monthly_fee_usd,  -- double: configured fees of the plans; NULL if no fee is known
    t.people_without_fee AS people_without_fee,  -- bigint: people whose fee is unknown
    t.overage_cost_usd + COALESCE(t.monthly_fee_usd, 0e0) AS total_cost_usd,  -- double: overage cost and known fees
    t.possible_saving_usd AS possible_saving_usd  -- double: USD a month saved if all advice that saves is followed
FROM sums AS t
