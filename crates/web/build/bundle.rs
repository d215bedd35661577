//! Joins ES modules into one script, in the order of their imports, without import and export lines. Requires that modules
//! import by name, and that no two modules declare the same name at the top level; both are checked.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::Path;

/// Returns the text of `entry` and of all modules that it imports.
pub(crate) fn join(folder: &Path, entry: &str) -> Result<String, Box<dyn Error>> {
    let mut joined = Joined {
        folder,
        text: String::new(),
        done: BTreeSet::new(),
        owners: BTreeMap::new(),
    };
    joined.add(entry)?;
    Ok(joined.text)
}

struct Joined<'a> {
    folder: &'a Path,
    text: String,
    done: BTreeSet<String>,
    owners: BTreeMap<String, String>,
}

impl Joined<'_> {
    fn add(&mut self, name: &str) -> Result<(), Box<dyn Error>> {
        if !self.done.insert(name.to_owned()) {
            return Ok(());
        }
        let text = fs::read_to_string(self.folder.join(name))
            .map_err(|error| format!("{name}: {error}"))?;
        for line in text.lines() {
            if let Some(import) = line.strip_prefix("import ") {
                let from = import
                    .split('\'')
                    .nth(1)
                    .and_then(|path| path.strip_prefix("./"));
                let from = from.ok_or_else(|| {
                    format!("{name}: expected a path that begins with `./`, found `{line}`")
                })?;
                if import.contains(" as ") || !import.starts_with('{') {
                    return Err(
                        format!("{name}: expected an import by name, found `{line}`").into(),
                    );
                }
                self.add(from)?;
            }
        }
        for line in text.lines().filter(|line| !line.starts_with("import ")) {
            let line = line.strip_prefix("export ").unwrap_or(line);
            if let Some(top) = top_name(line)
                && let Some(other) = self.owners.insert(top.to_owned(), name.to_owned())
            {
                return Err(format!("`{top}` is declared by both {other} and {name}").into());
            }
            if !line.trim_start().starts_with("//") {
                self.text.push_str(line);
                self.text.push('\n');
            }
        }
        Ok(())
    }
}

/// The name that a line declares at the top level of its module.
fn top_name(line: &str) -> Option<&str> {
    let line = line.strip_prefix("async ").unwrap_or(line);
    let rest = ["function ", "class ", "const ", "let "]
        .iter()
        .find_map(|word| line.strip_prefix(word))?;
    let end = rest
        .find(|c: char| !c.is_alphanumeric() && c != '_' && c != '$')
        .unwrap_or(rest.len());
    rest.get(..end)
}
