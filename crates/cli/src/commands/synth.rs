//! `kiro-analytics synth`: everything that `deploy` would send, as files.

use std::fs;

use kiro_deploy::synth;

use crate::args::SynthArgs;
use crate::cloud::{Session, failure};
use crate::config::Config;
use crate::failure::{Failure, note};

pub(crate) async fn run(args: SynthArgs, config: &Config) -> Result<(), Failure> {
    let session = Session::open(&args.cloud, config).await?;
    let deployment = session.deployment(args.functions.as_deref())?;
    let files = synth::files(&deployment).await.map_err(failure)?;
    for file in &files {
        let path = args.out.join(&file.path);
        let folder = path.parent().unwrap_or(&args.out);
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, &file.content));
        written.map_err(|error| {
            let error =
                anyhow::Error::new(error).context(format!("could not write `{}`", path.display()));
            Failure::usage(error).hint("name another folder with --out")
        })?;
    }
    note(format!("{} files in `{}`", files.len(), args.out.display()));
    Ok(())
}
