//! One file of `athena/`: its header, its SQL with placeholders, the relations it reads.

use std::collections::BTreeSet;

use crate::error::CatalogueErrorKind;
use crate::nearest::nearest;
use crate::options::RenderOptions;

/// A file, split into its header and its body.
pub(crate) struct Template<'a> {
    pub(crate) name: &'a str,
    pub(crate) meaning: &'a str,
    /// Whether the second line is `-- by day: yes`.
    pub(crate) by_day: bool,
    /// The SELECT, comments and placeholders included.
    pub(crate) body: &'a str,
    /// Number of lines before the body.
    pub(crate) lines_before: usize,
}

/// A placeholder of a body: `{word}` or `{word(argument)}`.
struct Placeholder<'a> {
    start: usize,
    end: usize,
    word: &'a str,
    argument: Option<&'a str>,
}

impl<'a> Template<'a> {
    pub(crate) fn parse(text: &'a str) -> Result<Self, CatalogueErrorKind> {
        let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
        let (name, meaning) = first
            .strip_prefix("-- ")
            .and_then(|header| header.split_once(": "))
            .ok_or_else(|| CatalogueErrorKind::Header {
                found: first.to_owned(),
            })?;
        let (second, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let (by_day, body, lines_before) = match second.strip_prefix("-- by day:").map(str::trim) {
            None => (false, rest, 1),
            Some("yes") => (true, after, 2),
            Some(_) => {
                return Err(CatalogueErrorKind::ByDay {
                    found: second.to_owned(),
                });
            }
        };
        Ok(Self {
            name,
            meaning,
            by_day,
            body,
            lines_before,
        })
    }

    /// The relations that the body names as `{database}.name`.
    pub(crate) fn references(&self) -> BTreeSet<String> {
        self.body
            .split("{database}.")
            .skip(1)
            .map(|rest| {
                rest.chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                    .collect::<String>()
            })
            .collect()
    }

    /// The body with its placeholders replaced. `values` are the settings by name.
    pub(crate) fn render(
        &self,
        options: &RenderOptions,
        values: &[(&str, String)],
    ) -> Result<String, CatalogueErrorKind> {
        let mut rendered = String::with_capacity(self.body.len() * 2);
        let mut rest = self.body;
        while let Some(found) = next_placeholder(rest) {
            rendered.push_str(&rest[..found.start]);
            let replacement = match (found.word, found.argument) {
                ("database", None) => Some(options.database.clone()),
                ("address", Some(column)) => Some(options.address(column)),
                ("name", Some(column)) => Some(options.name(column)),
                ("free_text", Some(column)) => Some(options.free_text(column)),
                (word, None) => values
                    .iter()
                    .find(|(name, _)| *name == word)
                    .map(|(_, value)| value.clone()),
                _ => None,
            };
            let Some(replacement) = replacement else {
                let consumed = self.body.len() - rest.len() + found.start;
                let known = ["database", "address", "name", "free_text"];
                let candidates = known
                    .into_iter()
                    .chain(values.iter().map(|(name, _)| *name));
                return Err(CatalogueErrorKind::UnknownPlaceholder {
                    line: self.lines_before + 1 + self.body[..consumed].matches('\n').count(),
                    found: found.word.to_owned(),
                    nearest: nearest(found.word, candidates),
                });
            };
            rendered.push_str(&replacement);
            rest = &rest[found.end..];
        }
        rendered.push_str(rest);
        Ok(rendered)
    }
}

/// The next `{word}` or `{word(argument)}`. Other braces, such as `{8}` in a pattern, are plain text.
fn next_placeholder(text: &str) -> Option<Placeholder<'_>> {
    let mut from = 0;
    while let Some(open) = text[from..].find('{').map(|position| from + position) {
        let close = open + text[open..].find('}')?;
        let inner = &text[open + 1..close];
        let (word, argument) = match inner.split_once('(') {
            Some((word, rest)) => (word, rest.strip_suffix(')')),
            None => (inner, None),
        };
        let is_word = word.starts_with(|c: char| c.is_ascii_lowercase())
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if is_word && (argument.is_some() || !inner.contains('(')) {
            return Some(Placeholder {
                start: open,
                end: close + 1,
                word,
                argument,
            });
        }
        from = open + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Emails;

    fn render(text: &str, options: &RenderOptions) -> Result<String, CatalogueErrorKind> {
        Template::parse(text)?.render(options, &[("price", "4e-2".to_owned())])
    }

    #[test]
    fn the_first_line_names_the_view_and_says_what_it_means() {
        let template = Template::parse("-- a_view: what it: says\nSELECT 1").unwrap();
        assert_eq!(
            (template.name, template.meaning, template.body),
            ("a_view", "what it: says", "SELECT 1")
        );
        assert!(matches!(
            Template::parse("SELECT 1"),
            Err(CatalogueErrorKind::Header { .. })
        ));
    }

    #[test]
    fn the_second_line_may_declare_a_view_that_is_computed_by_day() {
        let template = Template::parse("-- v: m\n-- by day: yes\nSELECT 1,\n {prise}").unwrap();
        assert!(template.by_day);
        assert_eq!(template.body, "SELECT 1,\n {prise}");
        let error = template.render(&RenderOptions::default(), &[]).unwrap_err();
        assert!(error.to_string().starts_with("line 4: "), "{error}");
        let remark = Template::parse("-- v: m\n-- a remark\nSELECT 1").unwrap();
        assert!(!remark.by_day);
        assert_eq!(remark.body, "-- a remark\nSELECT 1");
        for line in ["-- by day: no", "-- by day:", "-- by day: Yes, please"] {
            let text = format!("-- v: m\n{line}\nSELECT 1");
            let error = Template::parse(&text).err().unwrap().to_string();
            let expected =
                format!("line 2: expected `-- by day: yes` or no such line, found `{line}`");
            assert_eq!(error, expected);
        }
    }

    #[test]
    fn placeholders_are_replaced_and_pattern_braces_are_not() {
        let sql = "-- v: m\nSELECT {price}, '[0-9]{12}' FROM {database}.t";
        let rendered = render(sql, &RenderOptions::default()).unwrap();
        assert_eq!(rendered, "SELECT 4e-2, '[0-9]{12}' FROM kiro_analytics.t");
    }

    #[test]
    fn an_unknown_placeholder_is_an_error_with_line_and_nearest_name() {
        let error = render("-- v: m\nSELECT 1,\n {prise}", &RenderOptions::default()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 3: unknown placeholder `{prise}`; did you mean `price`?"
        );
    }

    #[test]
    fn hashing_touches_addresses_names_and_free_text_and_escapes_the_salt() {
        let options = RenderOptions {
            emails: Emails::Hashed {
                salt: "a'b{price}".to_owned(),
            },
            ..RenderOptions::default()
        };
        assert_eq!(
            render("-- v: m\n{address(f.email)}", &options).unwrap(),
            "CASE WHEN trim(f.email) <> '' THEN lower(to_hex(sha256(to_utf8('a''b{price}' || lower(trim(f.email)))))) END"
        );
        assert!(
            render("-- v: m\n{name(i.n)}", &options)
                .unwrap()
                .contains("LIKE '%@%'")
        );
        assert_eq!(
            render("-- v: m\n{free_text(f.extra)}", &options).unwrap(),
            "CAST(NULL AS varchar)"
        );
    }

    #[test]
    fn references_are_read_from_the_text() {
        let template =
            Template::parse("-- v: m\nFROM {database}.b JOIN {database}.a USING (x)").unwrap();
        assert_eq!(
            template.references().into_iter().collect::<Vec<_>>(),
            ["a", "b"]
        );
    }
}
