//! Whose data a page or a report shows.

use kiro_config::Config;
use kiro_people::Visibility;
use kiro_query::Engine;

use crate::args::{AudienceArgs, Window};
use crate::command_error::CommandError;
use crate::engine;
use crate::people_data::PeopleData;

/// Decides who is shown, by the map as it was last written.
pub(crate) async fn visibility(
    config: &Config,
    args: &AudienceArgs,
) -> Result<Visibility, CommandError> {
    if !args.is_restricted() {
        return Ok(Visibility::Everybody);
    }
    let data = PeopleData::open(config).await?;
    let rows = data.store.rows();
    let Some(viewer) = &args.viewer else {
        return Visibility::of_teams(&args.team, rows).ok_or_else(|| {
            let error = anyhow::anyhow!("no person is in this team");
            CommandError::usage(error).hint("`kiro-analytics people list` shows the teams")
        });
    };
    match Visibility::of_viewer(viewer, &config.viewer_admins, rows, &data.seen) {
        Visibility::Persons(persons) if persons.is_empty() => {
            let error = anyhow::anyhow!(
                "neither the identity map nor the data has a person with this id, e-mail address or user name"
            );
            Err(CommandError::usage(error).hint(
                "`kiro-analytics people list` lists the people; the setting `viewer_admins` has those who see everybody",
            ))
        }
        visibility => Ok(visibility),
    }
}

/// Opens the engine with the rows of these people alone.
pub(crate) fn open_engine(
    config: &Config,
    visibility: &Visibility,
) -> Result<Engine, CommandError> {
    let options = engine::options(config, Window::ALL);
    kiro_report_delivery::open_engine(options, visibility).map_err(engine::command_error)
}
