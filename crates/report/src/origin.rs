//! Account and Region: what they look like, and what a row says of them.

use std::ops::Range;

use crate::key_set::KeyHash;

/// An account id: 12 digits.
pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A Region's name, such as `us-gov-west-1`, in any letter case.
pub(crate) fn is_region(text: &str) -> bool {
    let mut words = text.split('-');
    let last = words.next_back().unwrap_or_default();
    let are_letters = |word: &str| word.bytes().all(|byte| byte.is_ascii_alphabetic());
    let mut count = 0;
    let is_named = words.all(|word| {
        count += 1;
        !word.is_empty() && are_letters(word)
    });
    is_named && count >= 2 && !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit())
}

/// The columns that say where a row is from, by their positions in the file.
#[derive(Debug, Default)]
pub(crate) struct OriginColumns {
    pub(crate) profile: Option<usize>,
    pub(crate) account: Option<usize>,
    pub(crate) region: Option<usize>,
}

/// What a row says of its account and Region.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin<'a> {
    /// Empty if the row does not say it.
    pub(crate) account: &'a str,
    /// In lower case. Empty if the row does not say it.
    pub(crate) region: &'a str,
    /// The cell of the account column is no account.
    pub(crate) is_other_account: bool,
    /// The cell of the Region column is no Region.
    pub(crate) is_other_region: bool,
    /// The hash of account and Region.
    pub(crate) key: KeyHash,
    /// The hash of account, Region and profile.
    pub(crate) profile_key: KeyHash,
}

/// Reads account and Region of a row from its profile, else from columns of their own.
///
/// Most rows say the same as the row before: nothing but the cells is compared then.
#[derive(Debug, Default)]
pub(crate) struct OriginReader {
    /// The cells of the row before: profile, account, Region.
    cells: Vec<u8>,
    ends: [usize; 3],
    account: String,
    region: String,
    is_other_account: bool,
    is_other_region: bool,
    key: KeyHash,
    profile_key: KeyHash,
}

impl OriginReader {
    /// `cells`: the trimmed cells of profile, account and Region, empty if the file has no such column.
    pub(crate) fn read(&mut self, cells: [&[u8]; 3]) -> Origin<'_> {
        if !self.is_same(cells) {
            self.resolve(cells);
        }
        Origin {
            account: &self.account,
            region: &self.region,
            is_other_account: self.is_other_account,
            is_other_region: self.is_other_region,
            key: self.key,
            profile_key: self.profile_key,
        }
    }

    fn is_same(&self, cells: [&[u8]; 3]) -> bool {
        let mut start = 0;
        self.ends.iter().zip(cells).all(|(end, cell)| {
            let range: Range<usize> = start..*end;
            start = *end;
            // Two of the three are empty in most files.
            range.len() == cell.len() && (cell.is_empty() || self.cells[range] == *cell)
        })
    }

    fn resolve(&mut self, cells: [&[u8]; 3]) {
        self.cells.clear();
        for (end, cell) in self.ends.iter_mut().zip(cells) {
            self.cells.extend_from_slice(cell);
            *end = self.cells.len();
        }
        let [profile, account, region] =
            cells.map(|cell| std::str::from_utf8(cell).map_or("", unquoted));
        let own_account = account.replace('-', "");
        let own_account = Some(own_account.as_str()).filter(|account| is_account(account));
        let own_region = Some(region).filter(|region| is_region(region));
        self.is_other_account = !cells[1].is_empty() && own_account.is_none();
        self.is_other_region = !cells[2].is_empty() && own_region.is_none();
        let (profile_account, profile_region) = parse_profile(profile).unzip();
        self.account.clear();
        self.account
            .push_str(profile_account.or(own_account).unwrap_or_default());
        self.region.clear();
        self.region
            .push_str(profile_region.or(own_region).unwrap_or_default());
        self.region.make_ascii_lowercase();
        self.key = KeyHash::default()
            .text(self.account.as_bytes())
            .text(self.region.as_bytes());
        self.profile_key = self.key.text(profile.as_bytes());
    }
}

/// Account and Region in the ARN of a profile: `arn:<partition>:<service>:<region>:<account>:profile/…`. `None` unless both have
/// their form.
fn parse_profile(arn: &str) -> Option<(&str, &str)> {
    let mut parts = arn.splitn(6, ':');
    let starts_as_arn = parts.next()?.eq_ignore_ascii_case("arn");
    let (partition, service) = (parts.next()?, parts.next()?);
    let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
    let is_profile = resource
        .split_once('/')
        .is_some_and(|(kind, _)| kind.eq_ignore_ascii_case("profile"));
    let has_form = starts_as_arn
        && !partition.is_empty()
        && !service.is_empty()
        && is_profile
        && is_region(region)
        && is_account(account);
    has_form.then_some((account, region))
}

fn unquoted(cell: &str) -> &str {
    cell.trim_matches(|letter: char| letter == '"' || letter.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::{OriginReader, is_region};

    #[test]
    fn regions_of_every_partition_have_the_form() {
        for region in [
            "us-east-1",
            "us-gov-west-1",
            "cn-northwest-1",
            "us-iso-east-1",
            "eusc-de-east-1",
            "EU-Central-1",
            "ap-southeast-12",
        ] {
            assert!(is_region(region), "{region}");
        }
        for other in [
            "",
            "2026",
            "EMEA",
            "us-1",
            "us-east",
            "us-east-",
            "us--1",
            "us east 1",
        ] {
            assert!(!is_region(other), "{other}");
        }
    }

    #[test]
    fn the_profile_comes_before_columns_and_only_whole() {
        let cases = [
            (
                [
                    "arn:aws:codewhisperer:us-east-1:123456789012:profile/X",
                    "",
                    "",
                ],
                ("123456789012", "us-east-1"),
            ),
            (
                [
                    "arn:aws-us-gov:codewhisperer:us-gov-west-1:123456789012:profile/X",
                    "",
                    "",
                ],
                ("123456789012", "us-gov-west-1"),
            ),
            (
                [
                    "\"arn:aws-cn:kiro:CN-NORTH-1:123456789012:profile/X\"",
                    "1",
                    "2",
                ],
                ("123456789012", "cn-north-1"),
            ),
            (
                [
                    "arn:aws:codewhisperer:us-east-1:123456789012:profile/X",
                    "210987654321",
                    "eu-west-1",
                ],
                ("123456789012", "us-east-1"),
            ),
            // One part without its form, or another resource: nothing of the ARN counts.
            (
                ["arn:aws:codewhisperer::123456789012:profile/X", "", ""],
                ("", ""),
            ),
            (
                ["arn:aws:codewhisperer:us-east-1:1234:profile/X", "", ""],
                ("", ""),
            ),
            (
                ["arn:aws:iam:us-east-1:123456789012:role/X", "", ""],
                ("", ""),
            ),
            (
                ["EXAMPLEPROFILE", "2109-8765-4321", "EU-WEST-1"],
                ("210987654321", "eu-west-1"),
            ),
            (["", "2.1E+11", "EMEA"], ("", "")),
        ];
        let mut reader = OriginReader::default();
        for (cells, (account, region)) in cases {
            for _ in 0..2 {
                let origin = reader.read(cells.map(str::as_bytes));
                assert_eq!(
                    (origin.account, origin.region),
                    (account, region),
                    "{cells:?}"
                );
            }
        }
    }

    #[test]
    fn what_is_neither_an_account_nor_a_region_is_told() {
        let mut reader = OriginReader::default();
        let origin = reader.read([b"", b"Acme", b"\xff"]);
        assert_eq!((origin.account, origin.region), ("", ""));
        assert!(origin.is_other_account && origin.is_other_region);
        let origin = reader.read([b"", b"123456789012", b""]);
        assert_eq!(
            (origin.account, origin.is_other_account),
            ("123456789012", false)
        );
        assert!(!origin.is_other_region);
    }
}
