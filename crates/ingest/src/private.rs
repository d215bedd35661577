//! New files and folders that only their owner can read: exports name people, and other users share the machine.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;

/// Creates a folder and all missing folders above it, readable by their owner only. Existing folders stay as they are.
///
/// # Errors
///
/// If a folder cannot be created.
pub fn create_private_folder(path: impl AsRef<Path>) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Creates a file, readable by its owner only.
///
/// # Errors
///
/// If it cannot be created, or exists.
pub fn create_private_file(path: impl AsRef<Path>) -> io::Result<File> {
    private_options().create_new(true).open(path)
}

/// Writes a file. A new one is readable by its owner only; an existing one keeps its permissions.
///
/// # Errors
///
/// If it cannot be written.
pub fn write_private_file(path: impl AsRef<Path>, content: impl AsRef<[u8]>) -> io::Result<()> {
    let mut file = private_options().create(true).truncate(true).open(path)?;
    io::Write::write_all(&mut file, content.as_ref())
}

fn private_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn new_things_are_private_and_existing_ones_stay_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let given = folder.path().join("given");
        fs::create_dir(&given).unwrap();
        fs::set_permissions(&given, fs::Permissions::from_mode(0o755)).unwrap();
        let inner = given.join("a/b");
        create_private_folder(&inner).unwrap();
        create_private_folder(&inner).unwrap();
        assert_eq!(
            [&given, &given.join("a"), &inner].map(|path| mode(path)),
            [0o755, 0o700, 0o700]
        );
        create_private_file(inner.join("c")).unwrap();
        assert!(create_private_file(inner.join("c")).is_err());
        let given_file = inner.join("d");
        fs::write(&given_file, "long before").unwrap();
        fs::set_permissions(&given_file, fs::Permissions::from_mode(0o644)).unwrap();
        write_private_file(&given_file, "x").unwrap();
        write_private_file(inner.join("e"), "y").unwrap();
        let files = ["c", "d", "e"].map(|name| mode(&inner.join(name)));
        assert_eq!(files, [0o600, 0o644, 0o600]);
        assert_eq!(fs::read(&given_file).unwrap(), b"x");
    }
}
