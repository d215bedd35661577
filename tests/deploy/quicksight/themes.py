"""Themes and their versions."""

import time

from double import Refused, page


STARTERS = {"CLASSIC", "MIDNIGHT", "SEASIDE", "RAINIER"}


class Themes:
    """Custom themes; those of AWS can only be base themes."""

    def __init__(self, account):
        self.account = account

    def create_theme(self, asked):
        self._check(asked)
        asset = self.account.make("Theme", "theme", asked)
        asset.versions.append((dict(asked), asset.settling, asset.created))
        return {
            "Status": 202,
            "Arn": asset.arn,
            "VersionArn": f"{asset.arn}/version/1",
            "ThemeId": asset.id,
            "CreationStatus": "CREATION_IN_PROGRESS",
        }

    def update_theme(self, asked):
        asset = self.account.get_settled("Theme", asked)
        self._check(asked)
        asset.body |= asked
        asset.settling, asset.updated = self.account.settle("UPDATE"), time.time()
        asset.versions.append((dict(asset.body), asset.settling, asset.updated))
        return {
            "Status": 202,
            "ThemeId": asset.id,
            "Arn": asset.arn,
            "VersionArn": f"{asset.arn}/version/{len(asset.versions)}",
            "CreationStatus": "CREATION_IN_PROGRESS",
        }

    def describe_theme(self, asked):
        asset = self.account.get("Theme", asked)
        number = asked.get("VersionNumber", len(asset.versions))
        if not 1 <= number <= len(asset.versions):
            raise Refused("ResourceNotFoundException", f"Version {number} of theme {asset.id} is not found.")
        body, settling, created = asset.versions[number - 1]
        version = {
            "VersionNumber": number,
            "Arn": f"{asset.arn}/version/{number}",
            "Status": settling.look(),
            "BaseThemeId": body["BaseThemeId"],
            "CreatedTime": created,
            "Configuration": body.get("Configuration", {}),
        }
        return {"Theme": asset.summary() | {"Version": version, "Type": "CUSTOM"}}

    def list_themes(self, asked):
        self.account.subscribed()
        summaries = [asset.summary() | {"LatestVersionNumber": len(asset.versions)} for asset in self.account.all("Theme")]
        return page(summaries, asked, "ThemeSummaryList")

    def list_theme_versions(self, asked):
        asset = self.account.get("Theme", asked)
        versions = [
            {"VersionNumber": number, "Arn": f"{asset.arn}/version/{number}", "CreatedTime": created, "Status": settling.status()}
            for number, (_, settling, created) in enumerate(asset.versions, 1)
        ]
        return page(versions, asked, "ThemeVersionSummaryList")

    def delete_theme(self, asked):
        asset = self.account.get("Theme", asked)
        users = [
            f"{user.kind} {user.id}"
            for kind in ("Analysis", "Dashboard")
            for user in self.account.all(kind)
            if user.body.get("ThemeArn") == asset.arn and not user.deleted
        ]
        if users:
            raise Refused("ConflictException", f"Theme {asset.id} is in use by {', '.join(users)}.")
        del self.account.assets["Theme", asset.id]
        return {"Arn": asset.arn, "ThemeId": asset.id}

    def _check(self, asked):
        if asked["BaseThemeId"] not in STARTERS and ("Theme", asked["BaseThemeId"]) not in self.account.assets:
            raise Refused("ResourceNotFoundException", f"Theme {asked['BaseThemeId']} is not found.")
