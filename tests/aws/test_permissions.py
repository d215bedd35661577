"""The evaluation of requests agrees with IAM on everything that the template uses."""

import unittest

from permissions import admits, matches, refused

POLICY = {
    "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::b/logs/*"]},
        {
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": "arn:aws:s3:::b",
            "Condition": {"StringLike": {"s3:prefix": ["logs/*", "more/*"]}},
        },
    ]
}


class Permissions(unittest.TestCase):
    def test_a_star_is_anything_and_everything_else_is_itself(self):
        self.assertTrue(matches("arn:aws:s3:::b/logs/*", "arn:aws:s3:::b/logs/2026/07/a.csv"))
        self.assertTrue(matches("logs/*", "logs/"))
        self.assertFalse(matches("logs/*", "logs"))
        self.assertFalse(matches("a.c", "abc"))
        self.assertTrue(matches("a?c", "abc"))

    def test_what_is_below_the_folder_is_admitted_and_nothing_beside_it(self):
        asked = {("get", "/b/logs/a%20b.csv"), ("list", "/b?list-type=2&prefix=more%2F"), ("list", "/b?list-type=2&prefix=logs/2026")}
        self.assertEqual(refused(POLICY, asked), set())
        for request in (
            ("get", "/b/logs2/a.csv"),
            ("get", "/c/logs/a.csv"),
            ("put", "/b/logs/a.csv"),
            ("list", "/b?list-type=2"),
            ("list", "/b?list-type=2&prefix=log"),
            ("DELETE /b/logs/a.csv", "/b/logs/a.csv"),
        ):
            with self.subTest(request):
                self.assertEqual(len(refused(POLICY, {request})), 1)

    def test_an_unknown_condition_admits_nothing(self):
        statement = POLICY["Statement"][0] | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}
        self.assertFalse(admits({"Statement": [statement]}, "s3:GetObject", "arn:aws:s3:::b/logs/a", None))


if __name__ == "__main__":
    unittest.main()
