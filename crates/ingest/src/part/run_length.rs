//! Two encodings of the Parquet format: the run-length and bit-packing hybrid of levels and dictionary indices, and
//! `DELTA_BINARY_PACKED` for rising numbers.
//!
//! Source: <https://parquet.apache.org/docs/file-format/data-pages/encodings/>.

/// Values in a group that is packed together.
const GROUP: usize = 8;
/// Shorter runs are cheaper packed.
const SHORTEST_RUN: usize = 8;

/// The number of bits that hold every code below `codes`.
pub(super) fn bits_for(codes: usize) -> u32 {
    usize::BITS - codes.saturating_sub(1).leading_zeros()
}

/// Appends codes of `bits` bits each.
pub(super) fn encode_codes(codes: &[u32], bits: u32, out: &mut Vec<u8>) {
    let mut packed_from = 0;
    let mut at = 0;
    while at < codes.len() {
        let code = codes[at];
        let run = codes[at..]
            .iter()
            .position(|other| *other != code)
            .unwrap_or(codes.len() - at);
        // A packed section holds whole groups, and takes missing values from the run.
        let borrowed = (at - packed_from).wrapping_neg() % GROUP;
        if run >= borrowed + SHORTEST_RUN {
            pack_groups(&codes[packed_from..at + borrowed], bits, out);
            encode_run(code, run - borrowed, bits, out);
            packed_from = at + run;
        }
        at += run;
    }
    pack_groups(&codes[packed_from..], bits, out);
}

/// Appends one code, repeated.
pub(super) fn encode_run(code: u32, repetitions: usize, bits: u32, out: &mut Vec<u8>) {
    if repetitions > 0 {
        push_varint((repetitions as u64) << 1, out);
        out.extend_from_slice(&code.to_le_bytes()[..bits.div_ceil(8) as usize]);
    }
}

fn pack_groups(codes: &[u32], bits: u32, out: &mut Vec<u8>) {
    if codes.is_empty() {
        return;
    }
    let groups = codes.len().div_ceil(GROUP);
    push_varint(((groups as u64) << 1) | 1, out);
    let end = out.len() + groups * bits as usize;
    pack_bits(codes.iter().map(|code| u64::from(*code)), bits, out);
    out.resize(end, 0);
}

/// Lowest bits first, the last byte filled with zeros.
fn pack_bits(values: impl Iterator<Item = u64>, bits: u32, out: &mut Vec<u8>) {
    let mut pending: u128 = 0;
    let mut pending_bits = 0;
    for value in values {
        pending |= u128::from(value) << pending_bits;
        pending_bits += bits;
        if pending_bits >= 64 {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "the low half is what is written"
            )]
            out.extend_from_slice(&(pending as u64).to_le_bytes());
            pending >>= 64;
            pending_bits -= 64;
        }
    }
    out.extend_from_slice(&pending.to_le_bytes()[..pending_bits.div_ceil(8) as usize]);
}

fn push_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

fn push_zigzag(value: i64, out: &mut Vec<u8>) {
    push_varint(((value << 1) ^ (value >> 63)).cast_unsigned(), out);
}

/// Values per block, and blocks split into mini-blocks with a width of their own.
const BLOCK: usize = 128;
const MINI_BLOCKS: usize = 4;

/// Appends numbers as `DELTA_BINARY_PACKED`.
pub(super) fn encode_deltas(numbers: &[i64], out: &mut Vec<u8>) {
    push_varint(BLOCK as u64, out);
    push_varint(MINI_BLOCKS as u64, out);
    push_varint(numbers.len() as u64, out);
    push_zigzag(numbers.first().copied().unwrap_or(0), out);
    let mut deltas = Vec::with_capacity(BLOCK);
    for pair in numbers.windows(2) {
        deltas.push(pair[1].wrapping_sub(pair[0]));
        if deltas.len() == BLOCK {
            encode_block(&deltas, out);
            deltas.clear();
        }
    }
    if !deltas.is_empty() {
        encode_block(&deltas, out);
    }
}

fn encode_block(deltas: &[i64], out: &mut Vec<u8>) {
    let least = deltas.iter().copied().min().unwrap_or(0);
    push_zigzag(least, out);
    let above = |delta: i64| delta.wrapping_sub(least).cast_unsigned();
    let mini_blocks = || deltas.chunks(BLOCK / MINI_BLOCKS);
    let widths: Vec<u32> = mini_blocks()
        .map(|mini| {
            64 - mini
                .iter()
                .map(|delta| above(*delta))
                .max()
                .unwrap_or(0)
                .leading_zeros()
        })
        .collect();
    out.extend(
        (0..MINI_BLOCKS).map(|mini| widths.get(mini).map_or(0, |width| width.to_le_bytes()[0])),
    );
    for (mini, width) in mini_blocks().zip(&widths) {
        let end = out.len() + BLOCK / MINI_BLOCKS * *width as usize / 8;
        pack_bits(mini.iter().map(|delta| above(*delta)), *width, out);
        out.resize(end, 0);
    }
}
