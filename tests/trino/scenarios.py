"""The data that both engines are asked about: small folders of parts, each made from exports by the product itself."""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import duckdb
from embedded import REPOSITORY, Product

DATASETS = ("facts", "models", "code", "issues", "identity")
# The columns of the identity map, as in crates/report/src/identity_map_columns.rs.
IDENTITY = (
    "idc_user_id",
    "idc_username",
    "idc_display_name",
    "idc_email",
    "team",
    "cost_center",
    "manager",
    "status",
    "source",
    "is_seat",
    "attributes",
)
FIXTURES = REPOSITORY / "tests" / "views"
# Its settings make the largest plans.
COMPARED_WHOLE = ("readings",)
TRAPS = REPOSITORY / "tests" / "traps" / "exports"


@dataclass(frozen=True)
class Scenario:
    name: str
    data: Path
    options: dict = field(default_factory=dict)  # `salt` (e-mails are hashed), `settings`, `row_rules`
    relations: frozenset[str] = frozenset()  # those to compare; all if empty

    def first_day(self) -> str:
        """Where the data starts, as the partition projection needs it."""
        return next(iter(self._days()), "2026-01-01")

    def last_day(self) -> str | None:
        """The day after the newest export: a range of a single day is none."""
        newest = next(reversed(self._days()), None)
        return newest and str(date.fromisoformat(newest) + timedelta(days=1))

    def _days(self) -> list[str]:
        return sorted(folder.name.removeprefix("export_date=") for folder in self.data.glob("*/export_date=*"))

    def make_missing_folders(self) -> None:
        for dataset in DATASETS:
            (self.data / dataset).mkdir(parents=True, exist_ok=True)


def scenarios(product: Product, scratch: Path) -> Iterator[Scenario]:
    scratch.mkdir(parents=True)
    for source in sorted(folder for folder in FIXTURES.iterdir() if folder.is_dir()):
        yield _fixture(product, source, scratch / f"views-{source.name}")
    traps = scratch / "traps"
    product.normalize(TRAPS, traps)
    yield Scenario("traps", traps)
    # Some of its people have no names, and other fixtures show addresses as they are: one fleet has everything.
    fleet = product.demo(40, 45, scratch / "demo")
    _write_identity_map(fleet)
    yield Scenario("fleet, identity map, hashed e-mails", fleet, {"salt": "O'Brien's salt"})


def _fixture(product: Product, source: Path, data: Path) -> Scenario:
    """`exports`, then `again`, `identity.json` and `options.toml`: all but the expected answers may be absent.

    Trino takes a second or more to plan a view: a fixture compares the relations that its answers read, the larger scenarios
    compare all.
    """
    data.mkdir()
    for exports in ("exports", "again"):
        if (source / exports).is_dir():
            product.normalize(source / exports, data)
    if (source / "identity.json").is_file():
        (data / "identity").mkdir()
        people = json.loads((source / "identity.json").read_text())
        with duckdb.connect() as connection:
            connection.execute(f"CREATE TABLE people ({', '.join(f'{name} VARCHAR' for name in IDENTITY)})")
            connection.executemany(
                f"INSERT INTO people VALUES ({', '.join('?' * len(IDENTITY))})", [[p.get(n) for n in IDENTITY] for p in people]
            )
            connection.execute(f"COPY people TO '{data}/identity/people.parquet' (FORMAT parquet)")
    options = source / "options.toml"
    settings = tomllib.loads(options.read_text()) if options.is_file() else {}
    answers = "".join(answers.read_text() for answers in source.glob("*.slt"))
    read = frozenset(re.findall(r"kiro_analytics\.(\w+)", answers))
    return Scenario(f"views/{source.name}", data, settings, frozenset() if source.name in COMPARED_WHOLE else read)


def _write_identity_map(data: Path) -> None:
    """Most users of the fleet: some share a display name, some have no address, some stand there twice, some nowhere, some have
    left or are forgotten. And people of the roster who are not in the data."""
    (data / "identity").mkdir(exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute(
            """
            COPY (
                WITH users AS (
                    SELECT user_id, row_number() OVER (ORDER BY user_id) AS place
                    FROM (SELECT DISTINCT user_id FROM read_parquet($facts))
                )
                SELECT user_id AS idc_user_id,
                       'user' || place AS idc_username,
                       CASE WHEN place % 5 = 0 THEN 'Alex Example' WHEN place % 7 = 0 THEN ' ' ELSE 'Person ' || place END
                           AS idc_display_name,
                       CASE WHEN place % 4 > 0 THEN 'Person' || place || '@Example.com ' END AS idc_email,
                       CASE place % 3 WHEN 0 THEN 'Platform' WHEN 1 THEN 'Data, "AI" & Ärzte' END AS team,
                       CASE place % 5 WHEN 0 THEN '4711' WHEN 1 THEN ' 4712 ' END AS cost_center,
                       CASE place % 4 WHEN 0 THEN 'Boss@Example.com' WHEN 1 THEN 'The Boss' END AS manager,
                       CASE place % 9 WHEN 2 THEN 'left' WHEN 4 THEN 'forgotten' WHEN 5 THEN 'active' END AS status,
                       'roster' AS source,
                       CASE WHEN place % 10 > 0 THEN 'yes' END AS is_seat,
                       CAST(NULL AS VARCHAR) AS attributes
                FROM users
                WHERE place % 6 > 0
                UNION ALL
                SELECT user_id, 'twice' || place, NULL, NULL, 'Second team', NULL, NULL, NULL, NULL, NULL, NULL
                FROM users
                WHERE place % 8 = 1
                UNION ALL
                SELECT 'roster:new' || n || '@example.com', NULL, CASE n % 2 WHEN 0 THEN 'Alex Example' END,
                       'New' || n || '@Example.com', 'Platform', NULL, NULL, CASE WHEN n = 3 THEN 'left' END, 'roster', 'yes', NULL
                FROM range(5) AS r (n)
            ) TO $target (FORMAT parquet)
            """.replace("$facts", f"'{data}/facts/*/*.parquet'").replace("$target", f"'{data}/identity/map.parquet'")
        )
