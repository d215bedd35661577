//! Bytes as text.

use std::fmt::Write as _;

/// Lower-case hexadecimal digits, two per byte.
///
/// ```
/// assert_eq!(kiro_report::hex(&[0x0f, 0xa0]), "0fa0");
/// ```
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        write!(text, "{byte:02x}").ok();
    }
    text
}
