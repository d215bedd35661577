//! The settings that are one of a few names.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use crate::value::{Kind, SettingType};

macro_rules! choices {
    ($($(#[$about:meta])* $name:ident { $($(#[$mark:meta])* $variant:ident = $text:literal,)+ })+) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
        pub enum $name {
            $($(#[$mark])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// The name in the file.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl SettingType for $name {
            const KIND: Kind = Kind::Choice(&[$($text),+]);
        }
    )+};
}

choices! {
    /// The processor of the function.
    Architecture {
        #[default]
        Arm64 = "arm64",
        X86 = "x86_64",
    }

    /// When access is granted in Lake Formation.
    LakeFormation {
        /// If it is in force.
        #[default]
        Auto = "auto",
        /// Always.
        On = "on",
        /// Never.
        Off = "off",
    }

    /// The colours of the dashboard.
    Theme {
        #[default]
        Light = "light",
        Dark = "dark",
    }

    /// What the user names of Quick Sight are, for rules that restrict rows.
    RowRules {
        /// There are no rules: everybody sees everybody.
        #[default]
        Off = "off",
        /// E-mail addresses.
        Email = "email",
        /// User names of the identity map.
        Username = "username",
    }

    /// What the webhook of alerts understands.
    WebhookFormat {
        /// An incoming webhook of Slack.
        #[default]
        Slack = "slack",
        /// A workflow of Microsoft Teams.
        Teams = "teams",
        /// One JSON object.
        Json = "json",
    }

    /// What takes the mails with reports.
    MailTransport {
        /// The program of this machine.
        #[default]
        Sendmail = "sendmail",
        /// Amazon SES.
        Ses = "ses",
    }

    /// The language of the dashboard or of reports.
    Language {
        #[default]
        English = "en",
        Chinese = "zh",
        Korean = "ko",
    }

    /// When reports are written in a deployment.
    ReportSchedule {
        /// On Mondays, for the week before.
        #[default]
        Weekly = "weekly",
        /// On the first, for the month before.
        Monthly = "monthly",
    }

    /// What a report is written as.
    ReportFormat {
        /// One page.
        #[default]
        Html = "html",
        /// A folder of tables.
        Csv = "csv",
    }
}

impl SettingType for Vec<ReportSchedule> {
    const KIND: Kind = Kind::List;
}

impl SettingType for Vec<ReportFormat> {
    const KIND: Kind = Kind::List;
}

/// The problem of a list with an item that is none of the names.
pub(crate) fn wrong_item<T: SettingType>(value: &Value) -> Option<String> {
    let Kind::Choice(names) = T::KIND else {
        return None;
    };
    let mut items = value.as_array()?.iter().filter_map(Value::as_str);
    let wrong = items.find(|item| !names.contains(item))?;
    Some(format!(
        "expected a list of `{}`, found `{wrong}`",
        names.join("`, `")
    ))
}
