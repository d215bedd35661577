"""The prices in the code are those in docs/cost.md."""

import unittest
from pathlib import Path

import cost

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "cost.md").read_text()


class Cost(unittest.TestCase):
    def test_the_document_shows_the_prices_counted_with(self):
        for price in (
            f"{cost.PER_GB_SECOND['arm64']:.10f} ({cost.PER_GB_SECOND['x86_64']:.10f}) per GB-second",
            f"{cost.PER_INVOCATION * 1e6:.2f} per million calls",
            f"{cost.PER_WRITE_OR_LIST * 1000:.3f} per 1,000",
            f"{cost.PER_READ * 1000:.4f} per 1,000",
            f"{cost.PER_GB_MONTH_STORED} per GB and month",
            f"| {cost.PER_ALARM:.2f} a month |",
            f"| {cost.PER_METRIC_HOUR * 730:.2f} a month, by the hour",
            f"| {cost.PER_GB_LOGGED:.2f} per GB |",
            f"| {cost.PER_SCHEDULED_CALL * 1e6:.2f} per million calls |",
        ):
            self.assertIn(price, DOCUMENT)

    def test_a_month_adds_up(self):
        night = cost.Night({"list": 2, "put": 6, "get": 3, "head": 1}, milliseconds=1000, memory_megabytes=1769, metrics=10, logged_bytes=1000)
        bill = cost.monthly(night, alarms=5, stored_bytes=2_000_000_000)
        self.assertAlmostEqual(bill["S3 requests"], 30.4 * (8 * 0.000005 + 4 * 0.0000004))
        self.assertAlmostEqual(bill["S3 storage"], 0.046)
        self.assertAlmostEqual(bill["Lambda"], 30.4 * (1769 / 1024 * 0.0000133334 + 0.0000002))
        self.assertAlmostEqual(bill["Metrics"], 30.4 * 10 * 0.3 / 730)
        self.assertAlmostEqual(bill["Alarms"], 0.5)

    def test_a_share_of_a_processor_takes_longer(self):
        self.assertAlmostEqual(cost.Night({}, milliseconds=256).billed_seconds(), 1.769)
        self.assertAlmostEqual(cost.Night({}, milliseconds=256, memory_megabytes=3008).billed_seconds(), 0.256)


if __name__ == "__main__":
    unittest.main()
