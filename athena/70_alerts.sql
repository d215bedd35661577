-- alerts: what is worth a message on the anchor day: people at a level of their allowance, overage, a forecast above the budget
-- A person has one row for the highest level of the allowance. A key stays the same within its cycle, so that each alert is sent
-- once. user_month is read once: Trino plans a relation again for every mention.
WITH months AS (
    SELECT
        m.user_id,
        m.user_label,
        m.team,
        m.cost_center,
        m.subscription_tier,
        m.month_start,
        m.as_of_date,
        m.is_complete,
        m.elapsed_days,
        m.credits_used,
        m.allowance,
        m.budget_level,
        m.run_out_date,
        m.overage_credits,
        COALESCE(m.overage_cost_usd, 0e0) AS overage_cost_usd,
        COALESCE(m.forecast_overage_cost_usd, 0e0) AS forecast_overage_cost_usd,
        COALESCE(m.monthly_fee_usd, 0e0) AS fee_usd,
        MAX(m.month_start) OVER () AS newest_month
    FROM {database}.user_month AS m
),
newest AS (
    SELECT
        n.*,
        substr(CAST(n.month_start AS varchar), 1, 7) AS cycle,
        SUM(n.fee_usd + n.overage_cost_usd) OVER () AS fleet_cost_usd,
        SUM(n.fee_usd + n.forecast_overage_cost_usd) OVER () AS fleet_forecast_usd,
        SUM(n.forecast_overage_cost_usd) OVER () AS fleet_overage_usd,
        ROW_NUMBER() OVER (ORDER BY n.user_id ASC NULLS LAST) AS place
    FROM months AS n
    WHERE n.month_start = n.newest_month
),
-- The fleet's row is that of the first user.
found AS (
    SELECT
        n.*,
        r.rule_group,
        r.rule_group = 'budget' AS is_fleet,
        CASE WHEN r.rule_group = 'allowance' THEN 'allowance_' || n.budget_level ELSE r.rule_group END AS rule,
        s.monthly_budget_usd
    FROM newest AS n
    CROSS JOIN (VALUES ('allowance'), ('overage'), ('budget')) AS r (rule_group)
    CROSS JOIN {database}.settings AS s
    WHERE
        (r.rule_group = 'allowance' AND n.budget_level IN ('at_risk', 'warning', 'full'))
        OR (r.rule_group = 'overage' AND n.overage_credits > 0e0)
        OR (
            r.rule_group = 'budget'
            AND n.place = 1
            AND s.monthly_budget_usd > 0e0
            AND (
                n.fleet_cost_usd > s.monthly_budget_usd
                OR ((n.is_complete OR n.elapsed_days >= s.forecast_after_days) AND n.fleet_forecast_usd > s.monthly_budget_usd)
            )
        )
)
SELECT
    f.rule AS rule,  -- varchar: allowance_at_risk, allowance_warning, allowance_full, overage or budget
    CASE WHEN f.is_fleet THEN 'fleet' ELSE 'person' END AS subject,  -- varchar: person, or fleet for all people together
    CASE WHEN NOT f.is_fleet THEN f.user_id END AS user_id,  -- varchar: canonical user id; NULL for the fleet
    CASE WHEN NOT f.is_fleet THEN f.user_label END AS user_label,  -- varchar: the user's label; NULL for the fleet
    CASE WHEN NOT f.is_fleet THEN f.team END AS team,  -- varchar: team in the identity map; NULL if none
    CASE WHEN NOT f.is_fleet THEN f.cost_center END AS cost_center,  -- varchar: cost centre in the identity map; NULL if none
    CASE WHEN NOT f.is_fleet THEN f.subscription_tier END AS subscription_tier,  -- varchar: tier of the month; NULL for the fleet
    f.cycle AS cycle,  -- varchar: month in which the alert is sent once, YYYY-MM
    f.rule || '/' || CASE WHEN f.is_fleet THEN 'fleet' ELSE f.user_id END || '/' || f.cycle AS alert_key,  -- varchar: rule, subject and cycle; unique, without names
    f.as_of_date AS as_of_date,  -- date: the anchor day
    CASE WHEN f.is_fleet THEN f.fleet_forecast_usd WHEN f.rule_group = 'overage' THEN f.overage_credits ELSE f.credits_used END AS value,  -- double: credits used, overage credits, or forecast cost of the month in USD
    CASE WHEN f.is_fleet THEN f.monthly_budget_usd WHEN f.rule_group = 'allowance' THEN f.allowance END AS limit_value,  -- double: allowance in credits, or budget in USD; NULL for overage
    CASE WHEN f.is_fleet THEN f.fleet_overage_usd ELSE f.overage_cost_usd END AS overage_cost_usd,  -- double: cost of overage so far, for the fleet its forecast
    CASE WHEN f.rule_group = 'allowance' THEN f.run_out_date END AS run_out_date  -- date: day on which the allowance ends at the present rate; NULL if it lasts the month or has ended
FROM found AS f
