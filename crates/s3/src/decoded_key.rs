//! Keys in listings and notifications.

use percent_encoding::percent_decode_str;

/// Decodes a key of a listing with `encoding-type=url` or of a notification: percent signs, and `+` for a blank.
///
/// ```
/// assert_eq!(kiro_s3::decoded_key("a%2Bb+c/%C3%BC%25.csv"), "a+b c/ü%.csv");
/// assert_eq!(kiro_s3::decoded_key("plain/key_1-2.csv"), "plain/key_1-2.csv");
/// ```
pub fn decoded_key(key: &str) -> String {
    let key = key.replace('+', " ");
    percent_decode_str(&key).decode_utf8_lossy().into_owned()
}
