"""A comparison that cannot fail proves nothing: here it must."""

import unittest

from compare import compare

COLUMNS = [("name", "varchar"), ("flag", "boolean"), ("share", "double")]


class Compare(unittest.TestCase):
    def test_the_order_of_rows_and_the_last_bits_of_doubles_do_not_matter(self):
        one = [("a", True, 0.1 + 0.2), ("b", None, None), ("a", True, 7.0)]
        other = [("a", True, 7.0), ("b", None, None), ("a", True, 0.3)]
        self.assertEqual(compare(COLUMNS, one, other), [])

    def test_null_is_not_the_empty_string(self):
        problems = compare(COLUMNS, [(None, True, 1.0)], [("", True, 1.0)])
        self.assertIn("    name=None, flag=True, share=1.0", problems)
        self.assertIn("    name='', flag=True, share=1.0", problems)

    def test_null_is_not_zero_and_not_a_number_is_only_itself(self):
        self.assertTrue(compare(COLUMNS, [("a", True, None)], [("a", True, 0.0)]))
        self.assertTrue(compare(COLUMNS, [("a", True, float("nan"))], [("a", True, 0.0)]))
        self.assertEqual(compare(COLUMNS, [("a", True, float("nan"))], [("a", True, float("nan"))]), [])

    def test_a_row_that_is_there_twice_is_two_rows(self):
        self.assertTrue(compare(COLUMNS, [("a", True, 1.0)] * 2, [("a", True, 1.0)]))

    def test_a_small_difference_is_a_difference(self):
        self.assertTrue(compare(COLUMNS, [("a", True, 1.0)], [("a", True, 1.00001)]))


if __name__ == "__main__":
    unittest.main()
