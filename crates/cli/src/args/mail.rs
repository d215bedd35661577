//! Arguments for reports by mail.

use clap::Args;

/// Sending a report by mail.
#[derive(Debug, Args)]
pub(crate) struct MailArgs {
    /// Also mail the HTML report to these addresses, separated by commas, once; without one to those of the settings
    /// `mail_to` and `mail_teams`. It is attached up to 7 MB, else linked
    #[arg(long, value_name = "ADDRESS", num_args = 0.., value_delimiter = ',')]
    pub(crate) mail: Option<Vec<String>>,

    /// Mail a link instead: to a bucket for 7 days at most, else the path
    #[arg(long, requires = "mail")]
    pub(crate) mail_link: bool,

    /// Mail it even if it was mailed before
    #[arg(long, requires = "mail")]
    pub(crate) mail_again: bool,
}
