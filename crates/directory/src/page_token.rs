//! The token of the next page.
//!
//! The SDK's paginators end silently at a token that repeats. A listing that ends too early looks like a smaller directory,
//! so here a repeated token is an error.

/// Starts without a token, at the first page.
#[derive(Debug, Default)]
pub(crate) struct PageToken(Option<String>);

/// What follows a page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NextPage {
    Another,
    None,
    /// The service returned the token of the page before.
    Repeated,
}

impl PageToken {
    /// The token of the next request.
    pub(crate) fn get(&self) -> Option<String> {
        self.0.clone()
    }

    /// Takes the token of a response.
    pub(crate) fn advance(&mut self, next: Option<String>) -> NextPage {
        let next = next.filter(|token| !token.is_empty());
        if next.is_none() {
            return NextPage::None;
        }
        if next == self.0 {
            return NextPage::Repeated;
        }
        self.0 = next;
        NextPage::Another
    }
}

#[cfg(test)]
mod tests {
    use super::{NextPage, PageToken};

    #[test]
    fn pages_end_without_a_token_and_never_repeat() {
        let mut token = PageToken::default();
        assert_eq!(token.get(), None);
        assert_eq!(token.advance(Some("a".to_owned())), NextPage::Another);
        assert_eq!(token.get().as_deref(), Some("a"));
        assert_eq!(token.advance(Some("a".to_owned())), NextPage::Repeated);
        assert_eq!(token.advance(Some(String::new())), NextPage::None);
        assert_eq!(token.advance(None), NextPage::None);
    }
}
