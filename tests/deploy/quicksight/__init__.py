"""A double of Amazon Quick Sight's API (`quicksight`, 2018-04-01): small, with state, and as strict as AWS's model of it."""

from double import Double

from .account import Account
from .analyses import Analyses
from .dashboards import Dashboards
from .data_sets import DataSets
from .data_sources import DataSources
from .ingestions import Ingestions
from .people import People
from .permissions import Permissions
from .schedules import Schedules
from .switches import Switches
from .tags import Tags
from .themes import Themes
from .world import World


def quicksight(account=None, world=None):
    """The double, over the state of an account and its view of Athena."""
    account = account or Account()
    world = world or World()
    ingestions = Ingestions(account, world)
    nouns = [
        account,
        People(account),
        DataSources(account, world),
        DataSets(account, ingestions),
        ingestions,
        Schedules(account),
        Themes(account),
        Analyses(account),
        Dashboards(account),
        Permissions(account),
        Tags(account),
    ]
    return Double("quicksight", nouns, account.switches)


__all__ = ["Account", "Switches", "World", "quicksight"]
