-- plans: what each configured plan includes
SELECT
    p.tier_code AS tier_code,  -- varchar: canonical tier code
    p.credits AS credits,  -- double: credits per user and calendar month; NULL if unknown
    p.monthly_fee_usd AS monthly_fee_usd,  -- double: USD per user and month; NULL if unknown
    p.suggest AS suggest  -- boolean: whether advice may suggest the plan
FROM (
    VALUES
        {plan_rows}
) AS p (tier_code, credits, monthly_fee_usd, suggest)
