-- known_names: clients, tiers and models that are known by default or by the settings, and how they are shown
SELECT
    k.kind AS kind,  -- varchar: client, tier or model
    k.name AS name,  -- varchar: as in client_type, in a tier code or in model_name
    k.label AS label,  -- varchar: how it is shown; NULL: by its name, a tier by the words of its code
    k.is_routing_mode AS is_routing_mode  -- boolean: a way to choose a model, not a model
FROM (
    VALUES
        {known_name_rows}
) AS k (kind, name, label, is_routing_mode)
