//! Invented names, e-mail addresses at example.com and user ids. None is of a real person.

use crate::rng::Rng;

const GIVEN: [&str; 101] = [
    "aaliyah",
    "abena",
    "adrian",
    "aiko",
    "alejandra",
    "amara",
    "amir",
    "ana",
    "anders",
    "anika",
    "anton",
    "arjun",
    "astrid",
    "ayesha",
    "beatriz",
    "bilal",
    "bjorn",
    "bruno",
    "camila",
    "carlos",
    "catalina",
    "chen",
    "chiara",
    "chidi",
    "chloe",
    "daichi",
    "daniela",
    "dariusz",
    "deepa",
    "diego",
    "dmitri",
    "eamon",
    "elena",
    "elif",
    "emeka",
    "emil",
    "esra",
    "esther",
    "farid",
    "fatima",
    "felix",
    "fiona",
    "freya",
    "gabriel",
    "giulia",
    "grace",
    "hana",
    "haruto",
    "hassan",
    "helena",
    "henrik",
    "hiroshi",
    "ibrahim",
    "ines",
    "ingrid",
    "isabel",
    "ivana",
    "jakub",
    "jamal",
    "jana",
    "jin",
    "joao",
    "jonas",
    "julia",
    "kaito",
    "karim",
    "katarzyna",
    "kavya",
    "kofi",
    "lars",
    "laura",
    "leila",
    "liam",
    "linh",
    "lucia",
    "mai",
    "malik",
    "marta",
    "mateo",
    "mei",
    "mina",
    "nadia",
    "naomi",
    "nikhil",
    "noor",
    "olga",
    "omar",
    "paolo",
    "petra",
    "priya",
    "rafael",
    "ravi",
    "rosa",
    "sakura",
    "samuel",
    "sofia",
    "tariq",
    "thandiwe",
    "tomas",
    "yusuf",
    "zoe",
];

const FAMILY: [&str; 103] = [
    "abbasi",
    "achebe",
    "aguilar",
    "ahmed",
    "almeida",
    "andersen",
    "antonov",
    "asante",
    "bakker",
    "banerjee",
    "barbosa",
    "becker",
    "bianchi",
    "bondarenko",
    "boateng",
    "campbell",
    "castillo",
    "cohen",
    "costa",
    "dang",
    "demir",
    "diallo",
    "dubois",
    "dvorak",
    "ekstrom",
    "eriksen",
    "esposito",
    "farah",
    "fernandez",
    "fischer",
    "fontaine",
    "fujita",
    "garcia",
    "georgiou",
    "ghosh",
    "gonzalez",
    "greene",
    "gupta",
    "hansen",
    "haddad",
    "hashimoto",
    "hoang",
    "horvat",
    "hussain",
    "ito",
    "ivanova",
    "jansen",
    "johansson",
    "joshi",
    "kamau",
    "kaplan",
    "kaur",
    "kim",
    "kimura",
    "kovacs",
    "kowalski",
    "kumar",
    "larsen",
    "laurent",
    "lee",
    "lindgren",
    "lopez",
    "mahlangu",
    "makinen",
    "marino",
    "mbeki",
    "mehta",
    "mendoza",
    "moreau",
    "morales",
    "mori",
    "murphy",
    "nair",
    "nakamura",
    "ndiaye",
    "nguyen",
    "novak",
    "nowak",
    "obrien",
    "okafor",
    "okoye",
    "oliveira",
    "osei",
    "park",
    "patel",
    "pereira",
    "petrov",
    "popescu",
    "quispe",
    "rahman",
    "reyes",
    "ricci",
    "rossi",
    "saito",
    "schmidt",
    "silva",
    "singh",
    "suzuki",
    "tanaka",
    "tran",
    "vargas",
    "weber",
    "yilmaz",
];

/// Given name and family name, in lower case, and the round: all pairs are used once per round, counted from 1.
fn names(index: u32) -> (&'static str, &'static str, usize) {
    let (given, family) = (GIVEN.len(), FAMILY.len());
    let number = index as usize;
    // The list lengths have no common factor, so this walk meets every pair once.
    let first = GIVEN[(number * 37) % given];
    let last = FAMILY[(number * 45) % family];
    (first, last, number / (given * family) + 1)
}

/// `given.family`, one user name per user; numbered from the second round on.
pub(crate) fn username(index: u32) -> String {
    match names(index) {
        (first, last, 1) => format!("{first}.{last}"),
        (first, last, round) => format!("{first}.{last}{round}"),
    }
}

/// The user name at example.com.
pub(crate) fn email(index: u32) -> String {
    format!("{}@example.com", username(index))
}

/// `Given Family`. People of different rounds share one.
pub(crate) fn display_name(index: u32) -> String {
    let (first, last, _) = names(index);
    let last = match last {
        "obrien" => "O'Brien".to_owned(),
        other => capitalized(other),
    };
    format!("{} {last}", capitalized(first))
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// An Identity Center user id: a version-4 UUID, or, for about one in 25, the older form with ten hex digits in front.
pub(crate) fn user_id(rng: &mut Rng) -> String {
    let (high, low) = (rng.number(), rng.number());
    let uuid = format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        0x8000 | ((low >> 48) & 0x3fff),
        low & 0xffff_ffff_ffff
    );
    if rng.chance(0.04) {
        format!("{:010x}-{uuid}", rng.number() >> 24)
    } else {
        uuid
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::rng::Purpose;

    #[test]
    fn addresses_are_unique_and_plain() {
        let all: HashSet<String> = (0..25_000).map(email).collect();
        assert_eq!(all.len(), 25_000);
        assert!(
            all.iter()
                .all(|address| address.is_ascii() && address.ends_with("@example.com"))
        );
    }

    #[test]
    fn names_are_those_of_the_address() {
        assert_eq!(username(0), "aaliyah.abbasi");
        assert_eq!(email(0), "aaliyah.abbasi@example.com");
        assert_eq!(display_name(0), "Aaliyah Abbasi");
        let round = u32::try_from(GIVEN.len() * FAMILY.len()).unwrap();
        assert_eq!(username(round), "aaliyah.abbasi2");
        assert_eq!(display_name(round), display_name(0));
    }

    #[test]
    fn ids_look_like_identity_center_ids() {
        let mut lengths = HashSet::new();
        for index in 0..500 {
            let id = user_id(&mut Rng::new(1, Purpose::Profile, index, 0));
            lengths.insert(id.len());
            assert!(
                id.bytes()
                    .all(|byte| byte.is_ascii_hexdigit() || byte == b'-'),
                "{id}"
            );
        }
        assert_eq!(lengths, HashSet::from([36, 47]));
    }
}
