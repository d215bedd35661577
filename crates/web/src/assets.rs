//! The page's files: compressed at build time, with a URL that contains the digest of their content.

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::response::accepts_gzip;

/// One file of the page.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) name: &'static str,
    pub(crate) plain: &'static [u8],
    pub(crate) gzip: &'static [u8],
}

mod built {
    use super::File;
    include!(concat!(env!("OUT_DIR"), "/files.rs"));
}

const PAGE: &str = include_str!("../assets/index.html");

/// Returns the file of this name.
pub(crate) fn file(name: &str) -> Option<&'static File> {
    built::FILES.iter().find(|file| file.name == name)
}

/// The HTML of the page, with the URLs of its files.
pub(crate) fn page() -> String {
    PAGE.replace("{assets}", &format!("/assets/{}", built::VERSION))
}

/// The page with an error for clients without JavaScript; the script explains it, too.
pub(crate) fn page_with_error(error: &str) -> String {
    let text = error
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let explanation = format!("<noscript>{text}</noscript>\n</body>");
    page().replace("</body>", &explanation)
}

/// Responds with a file. Clients may cache it forever, because its URL changes with its content.
pub(crate) fn serve(version: &str, name: &str, request: &HeaderMap) -> Response {
    let Some(file) = file(name).filter(|_| version == built::VERSION) else {
        return (StatusCode::NOT_FOUND, "no such file\n").into_response();
    };
    let tag = format!("\"{version}-{name}\"");
    if request
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes())
    {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    let kind = match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        _ => "image/svg+xml",
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (
            header::CACHE_CONTROL,
            "public, max-age=31536000, immutable".to_owned(),
        ),
        (header::ETAG, tag),
        (header::VARY, "Accept-Encoding".to_owned()),
    ];
    if accepts_gzip(request) {
        (
            headers,
            [(header::CONTENT_ENCODING, "gzip")],
            Body::from(file.gzip),
        )
            .into_response()
    } else {
        (headers, Body::from(file.plain)).into_response()
    }
}
