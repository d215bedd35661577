//! How the process ends.

use std::process::ExitCode;

use kiro_deploy::step::ErrorCategory;

/// Exit codes are part of the interface: scripts branch on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything was done.
    Done,
    /// Something is wrong with the data: an export, a part, a folder.
    Data,
    /// Something is wrong with the command or the configuration.
    Usage,
    /// AWS refused, or could not be reached.
    Aws,
    /// The program has a bug.
    Bug,
    /// Ctrl-C, as shells report it.
    Interrupted,
}

impl Exit {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Data => 1,
            Self::Usage => 2,
            Self::Aws => 3,
            Self::Bug => 101,
            Self::Interrupted => 130,
        }
    }
}

impl From<ErrorCategory> for Exit {
    fn from(category: ErrorCategory) -> Self {
        match category {
            ErrorCategory::Data => Self::Data,
            ErrorCategory::Usage => Self::Usage,
            ErrorCategory::Aws => Self::Aws,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
