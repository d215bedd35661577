//! Keeps the rows of an export in a form that can be compared.

use std::collections::BTreeMap;

use kiro_report::{
    CodeRow, DateRules, FactRow, Issue, IssueKind, ReadError, ReadOptions, ReportReader, RowSink,
};

/// A row of either report.
#[derive(Debug, Clone, Default, PartialEq, PartialOrd)]
pub(crate) struct Fact {
    pub(crate) date: String,
    pub(crate) user: String,
    pub(crate) client: String,
    pub(crate) tier: Option<String>,
    pub(crate) credits: Option<f64>,
    pub(crate) messages: Option<i64>,
    pub(crate) profile: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) extra: Option<String>,
    pub(crate) models: BTreeMap<String, i64>,
}

#[derive(Debug, Default)]
pub(crate) struct Kept {
    models: Vec<String>,
    pub(crate) facts: Vec<Fact>,
    /// The counters that are not NULL, by their names.
    pub(crate) code: Vec<BTreeMap<&'static str, i64>>,
    pub(crate) issues: Vec<Issue>,
}

impl Kept {
    /// How many issues there are of a kind.
    pub(crate) fn count(&self, kind: IssueKind) -> usize {
        self.issues
            .iter()
            .filter(|issue| issue.kind == kind)
            .count()
    }

    /// Line, kind and column of every issue.
    pub(crate) fn issues(&self) -> Vec<String> {
        let issues = self.issues.iter().map(|issue| {
            let column = issue.column.as_deref().unwrap_or("-");
            format!("{} {} {column}", issue.line.unwrap_or(0), issue.kind.name())
        });
        issues.collect()
    }
}

impl RowSink for Kept {
    fn models(&mut self, names: Vec<String>) {
        self.models.extend(names);
    }

    fn fact(&mut self, row: &FactRow<'_>) {
        let text = |text: Option<&str>| text.map(str::to_owned);
        let named = |name: &str| {
            let debug = format!("{row:?}");
            let start = debug
                .find(&format!(" {name}: Some("))
                .map(|at| at + name.len() + 8);
            start.map(|start| {
                let rest = &debug[start..];
                rest[..rest.find(')').unwrap()].to_owned()
            })
        };
        let models = row.models.iter();
        self.facts.push(Fact {
            date: row.activity_date.to_string(),
            user: row.user_id.to_string(),
            client: row.client_type.to_owned(),
            tier: text(row.subscription_tier),
            credits: named("credits_used").map(|credits| credits.parse().unwrap()),
            messages: named("total_messages").map(|messages| messages.parse().unwrap()),
            profile: text(row.plain.texts[0]),
            email: text(row.plain.texts[1]),
            extra: text(row.extra),
            models: models
                .map(|model| (self.models[model.model].clone(), model.messages))
                .collect(),
        });
    }

    fn code(&mut self, row: &CodeRow<'_>) {
        let counters = kiro_report::CODE_COUNTERS.iter().zip(row.counters);
        let known = counters.filter_map(|(column, counter)| Some((column.name, (*counter)?)));
        self.code.push(known.collect());
    }

    fn issue(&mut self, issue: Issue) {
        self.issues.push(issue);
    }
}

fn read_once(
    content: &[u8],
    options: &ReadOptions,
    cuts: &[usize],
) -> Result<(Kept, ReportReader), ReadError> {
    let mut reader = ReportReader::new(options.clone());
    let mut kept = Kept::default();
    let mut rest = content;
    for cut in cuts {
        let (piece, tail) = rest.split_at((*cut).min(rest.len()));
        rest = tail;
        reader.read(piece, &mut kept)?;
    }
    reader.read(rest, &mut kept)?;
    reader.finish(&mut kept)?;
    Ok((kept, reader))
}

/// Reads an export, twice if its rows ask for that.
pub(crate) fn read_with(
    content: impl AsRef<[u8]>,
    options: &ReadOptions,
    cuts: &[usize],
) -> Result<Kept, ReadError> {
    let (kept, reader) = read_once(content.as_ref(), options, cuts)?;
    let Some(order) = reader.order_for_second_pass() else {
        return Ok(kept);
    };
    let dates = DateRules {
        order: Some(order),
        ..options.dates.clone()
    };
    let options = ReadOptions {
        dates,
        ..options.clone()
    };
    read_once(content.as_ref(), &options, cuts).map(|(kept, _)| kept)
}

/// Reads an export of which nothing else is known.
pub(crate) fn read(content: impl AsRef<[u8]>) -> Result<Kept, ReadError> {
    read_with(content, &ReadOptions::default(), &[])
}
