"""Every rule of the lint finds what it is there for."""

import unittest

from catalogue import Relation
from lint import problems

SCHEMA = {"d": {"t": {"a": "bigint", "b": "varchar"}}}


def lint(select: str) -> list[str]:
    return problems(Relation("v", "d", "view", [("a", "bigint")], f"CREATE OR REPLACE VIEW d.v AS\n{select}"), SCHEMA)


class Lint(unittest.TestCase):
    def test_a_plain_view_passes(self):
        self.assertEqual(lint("SELECT t.a AS a FROM d.t AS t WHERE t.b <> 'a::b \"c\" 0.5'"), [])

    def test_what_does_not_parse_or_does_not_exist_is_found(self):
        for select in ("SELECT a FROM FROM d.t", "SELECT t.nothing AS a FROM d.t AS t", "SELECT t.b AS b FROM d.t AS t"):
            self.assertEqual(len(lint(select)), 1, select)

    def test_an_order_that_leaves_nulls_to_the_engine_is_found(self):
        order = "SELECT SUM(t.a) OVER (ORDER BY t.b DESC{}) AS a FROM d.t AS t"
        self.assertEqual(len(lint(order.format(""))), 1)
        self.assertEqual(lint(order.format(" NULLS LAST")), [])

    def test_decimal_literals_are_found(self):
        self.assertEqual(len(lint("SELECT t.a AS a FROM d.t AS t WHERE t.a > 0.5")), 1)
        self.assertEqual(lint("SELECT t.a AS a FROM d.t AS t WHERE t.a > CAST(0.5 AS double)"), [])
        self.assertEqual(lint("SELECT t.a AS a FROM d.t AS t WHERE t.a > 5e-1"), [])

    def test_words_of_one_engine_are_found(self):
        for condition in ("t.a::varchar = ''", "t.b ILIKE ''", "TRY(t.a) = 1", "current_date = current_date"):
            self.assertGreaterEqual(len(lint(f"SELECT t.a AS a FROM d.t AS t WHERE {condition}")), 1, condition)


if __name__ == "__main__":
    unittest.main()
