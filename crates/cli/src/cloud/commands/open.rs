//! `kiro-analytics open`: the dashboard's address, in the browser.

use std::io::Write;

use kiro_deploy::assets::{AssetKind, Assets};
use kiro_deploy::status::dashboard_address;

use crate::cloud::args::OpenArgs;
use crate::cloud::deployed;
use crate::cloud::session::{Session, command_error};
use crate::command_error::{CommandError, note};
use crate::context::CommandContext;
use crate::output;

pub(crate) async fn run(args: OpenArgs, context: &CommandContext<'_>) -> Result<(), CommandError> {
    let layers = &context.layers(&args.cloud)?;
    let session = Session::open(layers).await?;
    deployed::needed(&session)?;
    let assets = Assets::find_kinds(&session.aws, &session.names, &[AssetKind::Dashboard]).await;
    let assets = assets.map_err(|error| command_error(error.into()))?;
    let Some(dashboard) = assets.of(AssetKind::Dashboard).next() else {
        let error = anyhow::anyhow!("deployment `{}` has no dashboard", session.names.prefix);
        return Err(CommandError::usage(error).hint(
            "`kiro-analytics deploy` makes it; `kiro-analytics serve s3://BUCKET/PREFIX` shows it on this machine, without Quick Sight",
        ));
    };
    let address = dashboard_address(&session.aws, &dashboard.id);
    let mut out = output::stdout();
    writeln!(out, "{address}")?;
    out.flush()?;
    if !args.print_only
        && let Err(error) = opener::open_browser(&address)
    {
        note(format_args!(
            "could not open a browser ({error}): open the address yourself"
        ));
    }
    Ok(())
}
