"""Normalizes `user_report` exports with other tools, as `kiro-analytics normalize` does; one process per measurement.

    peer_normalizers.py duckdb|polars|polars-streaming|python SOURCE DESTINATION

Reads every CSV file below SOURCE, writes facts and models into DESTINATION, and prints their numbers of rows as JSON. A peer
does a part of the work: ids, tiers and places are cleaned, but all exports must have the header of the first, and nothing is
checked: no issues, no unknown columns, no superseded exports, no increments.
"""

import csv
import json
import re
import sys
from pathlib import Path

THREADS = 2
MODEL_SUFFIX = "_messages"

# Header -> column and type.
COLUMNS = {
    "Date": ("activity_date", "date"),
    "UserId": ("user_id", "text"),
    "Client_Type": ("client_type", "text"),
    "Subscription_Tier": ("subscription_tier", "text"),
    "Chat_Conversations": ("chat_conversations", "count"),
    "Total_Messages": ("total_messages", "count"),
    "Credits_Used": ("credits_used", "amount"),
    "Overage_Cap": ("overage_cap", "amount"),
    "Overage_Credits_Used": ("overage_credits_used", "amount"),
    "Overage_Enabled": ("overage_enabled", "boolean"),
    "Usage_Limit": ("usage_limit", "amount"),
    "New_User": ("new_user", "boolean"),
    "ProfileId": ("profile_id", "text"),
    "User_Email": ("email", "text"),
}
# What a model row has of its fact.
KEY = ["activity_date", "user_id", "client_type", "subscription_tier"]
# Column -> what it is in an export's key.
ORIGIN = {
    "source_account": r"AWSLogs/([0-9]+)/",
    "source_region": r"/user_report/([a-z0-9-]+)/",
    "export_ts": r"_user_report_([0-9]{12})",
}
STORE_PREFIX = r"^d-[0-9a-f]+\."


def header_of(path: Path) -> tuple[list[str], list[str], list[str]]:
    """All headers, those of COLUMNS, and those of models."""
    with path.open(newline="", encoding="utf-8") as file:
        names = next(csv.reader(file))
    known = [name for name in COLUMNS if name in names]
    return names, known, [name for name in names if name.endswith(MODEL_SUFFIX) and name not in COLUMNS]


def quoted(name: str) -> str:
    return f'"{name}"'


def with_duckdb(exports: list[Path], destination: Path) -> tuple[int, int]:
    import duckdb

    names, known, models = header_of(exports[0])
    types = {"date": "DATE", "text": "VARCHAR", "count": "BIGINT", "amount": "DOUBLE", "boolean": "BOOLEAN"}
    declared = ", ".join(
        f"'{name}': '{types[COLUMNS[name][1]] if name in COLUMNS else 'BIGINT' if name in models else 'VARCHAR'}'" for name in names
    )
    clean = {
        "user_id": f"lower(regexp_replace(trim({{}}, ' \"'), '{STORE_PREFIX}', ''))",
        "client_type": "upper(trim({}))",
        "subscription_tier": "replace(upper(replace(replace(trim({}), '+', '_PLUS'), ' ', '_')), 'PROPLUS', 'PRO_PLUS')",
    }
    facts = [clean.get(COLUMNS[name][0], "{}").format(quoted(name)) + f" AS {COLUMNS[name][0]}" for name in known]
    facts += [f"regexp_extract(filename, '{pattern}', 1) AS {name}" for name, pattern in ORIGIN.items()] + ["filename AS src_path"]
    of_models = ", ".join(f"{quoted(name)} AS {quoted(name.removesuffix(MODEL_SUFFIX))}" for name in models)
    connection = duckdb.connect()
    connection.execute(f"SET threads = {THREADS}; SET preserve_insertion_order = false")
    listed = ", ".join(f"'{path}'" for path in exports)
    connection.execute(
        f"CREATE TEMP TABLE raw AS SELECT * FROM read_csv([{listed}], auto_detect = false, header = true, filename = true, "
        f"delim = ',', quote = '\"', escape = '\"', columns = {{{declared}}})"
    )
    connection.execute(f"CREATE TEMP VIEW cleaned AS SELECT {', '.join(facts)}, {of_models} FROM raw")
    in_models = ", ".join(quoted(name.removesuffix(MODEL_SUFFIX)) for name in models)
    origin = ", ".join([*ORIGIN, "src_path"])
    columns = ", ".join([COLUMNS[name][0] for name in known])
    rows = []
    for name, query in (
        ("facts", f"SELECT {columns}, {origin} FROM cleaned"),
        (
            "models",
            f"SELECT {', '.join(KEY)}, model_name, messages, {origin} FROM "
            f"(UNPIVOT (SELECT {', '.join(KEY)}, {origin}, {in_models} FROM cleaned) ON {in_models} INTO NAME model_name VALUE messages) "
            "WHERE messages > 0",
        ),
    ):
        target = destination / f"{name}.parquet"
        rows.append(connection.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet, COMPRESSION snappy)").fetchone()[0])
    return rows[0], rows[1]


def with_polars(exports: list[Path], destination: Path, *, streaming: bool) -> tuple[int, int]:
    import polars as pl

    names, known, models = header_of(exports[0])
    types = {"date": pl.String, "text": pl.String, "count": pl.Int64, "amount": pl.Float64, "boolean": pl.Boolean}
    schema = {name: types[COLUMNS[name][1]] if name in COLUMNS else pl.Int64 if name in models else pl.String for name in names}
    raw = pl.scan_csv(exports, schema=schema, include_file_paths="src_path")
    clean = {
        "activity_date": lambda column: column.str.to_date("%Y-%m-%d"),
        "user_id": lambda column: column.str.strip_chars(' "').str.replace(STORE_PREFIX, "").str.to_lowercase(),
        "client_type": lambda column: column.str.strip_chars().str.to_uppercase(),
        "subscription_tier": lambda column: column.str.strip_chars()
        .str.replace_all("+", "_PLUS", literal=True)
        .str.replace_all(" ", "_", literal=True)
        .str.to_uppercase()
        .str.replace("PROPLUS", "PRO_PLUS", literal=True),
    }
    facts = [clean.get(COLUMNS[name][0], lambda column: column)(pl.col(name)).alias(COLUMNS[name][0]) for name in known]
    origin = [pl.col("src_path").str.extract(pattern, 1).alias(name) for name, pattern in ORIGIN.items()]
    of_models = [pl.col(name).alias(name.removesuffix(MODEL_SUFFIX)) for name in models]
    cleaned = raw.select(*facts, *origin, "src_path", *of_models)
    if not streaming:
        cleaned = cleaned.collect().lazy()
    places = [*ORIGIN, "src_path"]
    wide = [name.removesuffix(MODEL_SUFFIX) for name in models]
    tables = {
        "facts": cleaned.select(*(COLUMNS[name][0] for name in known), *places),
        "models": cleaned.select(*KEY, *places, *wide)
        .unpivot(on=wide, index=[*KEY, *places], variable_name="model_name", value_name="messages")
        .filter(pl.col("messages") > 0),
    }
    for name, table in tables.items():
        target = destination / f"{name}.parquet"
        if streaming:
            table.sink_parquet(target, compression="snappy")
        else:
            table.collect().write_parquet(target, compression="snappy")
    facts_rows, model_rows = (pl.scan_parquet(destination / f"{name}.parquet").select(pl.len()).collect().item() for name in tables)
    return facts_rows, model_rows


def with_python(exports: list[Path], destination: Path) -> tuple[int, int]:
    """The standard library alone: one facts and one models file per export, as CSV, row by row."""
    numbers = {"count": int, "amount": float, "boolean": lambda text: text.lower() == "true", "text": str, "date": str}
    prefix = re.compile(STORE_PREFIX)
    facts = models = 0
    for number, path in enumerate(exports):
        _, known, model_headers = header_of(path)
        found = (re.search(pattern, str(path)) for pattern in ORIGIN.values())
        origin = [*(match[1] if match else "" for match in found), str(path)]
        with (
            path.open(newline="", encoding="utf-8") as source,
            (destination / f"facts-{number}.csv").open("w", newline="", encoding="utf-8") as facts_file,
            (destination / f"models-{number}.csv").open("w", newline="", encoding="utf-8") as models_file,
        ):
            write_fact, write_model = csv.writer(facts_file).writerow, csv.writer(models_file).writerow
            write_fact([*(COLUMNS[name][0] for name in known), *ORIGIN, "src_path"])
            write_model([*KEY, "model_name", "messages", *ORIGIN, "src_path"])
            for row in csv.DictReader(source):
                row["UserId"] = prefix.sub("", row["UserId"].strip(' "')).lower()
                row["Client_Type"] = row["Client_Type"].strip().upper()
                tier = row["Subscription_Tier"].strip().replace("+", "_PLUS").replace(" ", "_").upper()
                row["Subscription_Tier"] = tier.replace("PROPLUS", "PRO_PLUS")
                cells = [numbers[COLUMNS[name][1]](row[name]) if row[name] != "" else None for name in known]
                write_fact([*cells, *origin])
                facts += 1
                key = [row["Date"], row["UserId"], row["Client_Type"], row["Subscription_Tier"]]
                for header in model_headers:
                    messages = int(row[header] or 0)
                    if messages > 0:
                        write_model([*key, header.removesuffix(MODEL_SUFFIX), messages, *origin])
                        models += 1
    return facts, models


PEERS = {
    "duckdb": with_duckdb,
    "polars": lambda exports, destination: with_polars(exports, destination, streaming=False),
    "polars-streaming": lambda exports, destination: with_polars(exports, destination, streaming=True),
    "python": with_python,
}


def main() -> None:
    peer, source, destination = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    destination.mkdir(parents=True)
    facts, models = PEERS[peer](sorted(source.rglob("*.csv")), destination)
    print(json.dumps({"fact_rows": facts, "model_rows": models}))


if __name__ == "__main__":
    main()
