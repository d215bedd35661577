//! The dictionary of a column chunk: its distinct values and their codes.

use std::hash::{BuildHasher, Hash};

use hashbrown::{DefaultHashBuilder, HashTable};

/// Values in the order of their first occurrence. A value is its `PLAIN` bytes, without the length of a text.
#[derive(Debug)]
pub(super) struct Dictionary {
    content: Vec<u8>,
    /// The end of each value in `content`.
    ends: Vec<usize>,
    codes: HashTable<u32>,
    hasher: DefaultHashBuilder,
    last: Option<u32>,
}

impl Dictionary {
    pub(super) fn new() -> Self {
        Self {
            content: Vec::new(),
            ends: Vec::new(),
            codes: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
            last: None,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Approximate bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        self.content.len() + self.ends.len() * 16
    }

    pub(super) fn value(&self, code: u32) -> &[u8] {
        value(&self.content, &self.ends, code)
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, end)| &self.content[start..*end])
    }

    /// The code of a value, a new one for a new value. Most values are the same as in the row before.
    pub(super) fn intern(&mut self, target: &[u8]) -> u32 {
        if let Some(last) = self.last
            && is_same(self.value(last), target)
        {
            return last;
        }
        let hash = hash(&self.hasher, target);
        let found = self
            .codes
            .find(hash, |code| {
                is_same(value(&self.content, &self.ends, *code), target)
            })
            .copied();
        let code = found.unwrap_or_else(|| self.add(target, hash));
        self.last = Some(code);
        code
    }

    fn add(&mut self, target: &[u8], hash: u64) -> u32 {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a chunk has far fewer rows"
        )]
        let code = self.ends.len() as u32;
        self.content.extend_from_slice(target);
        self.ends.push(self.content.len());
        let (content, ends, hasher) = (&self.content, &self.ends, &self.hasher);
        self.codes.insert_unique(hash, code, |code| {
            self::hash(hasher, value(content, ends, *code))
        });
        code
    }
}

fn value<'a>(content: &'a [u8], ends: &[usize], code: u32) -> &'a [u8] {
    let code = code as usize;
    let start = if code == 0 { 0 } else { ends[code - 1] };
    &content[start..ends[code]]
}

/// Compares the first eight bytes in one step, because most values are no longer or differ there.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    match (one.split_first_chunk::<8>(), other.split_first_chunk::<8>()) {
        (Some((first, rest)), Some((other_first, other_rest))) => {
            u64::from_ne_bytes(*first) == u64::from_ne_bytes(*other_first)
                && (rest.is_empty() || rest == other_rest)
        }
        _ => one == other,
    }
}

fn hash(hasher: &DefaultHashBuilder, value: &[u8]) -> u64 {
    let mut state = hasher.build_hasher();
    value.hash(&mut state);
    std::hash::Hasher::finish(&state)
}
