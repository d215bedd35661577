"""Tags of assets."""

from double import Refused


class Tags:
    """By the asset's ARN."""

    def __init__(self, account):
        self.account = account

    def tag_resource(self, asked):
        self._asset(asked).tags.update({tag["Key"]: tag["Value"] for tag in asked["Tags"]})

    def untag_resource(self, asked):
        tags = self._asset(asked).tags
        for key in asked["TagKeys"]:
            tags.pop(key, None)

    def list_tags_for_resource(self, asked):
        return {"Tags": [{"Key": key, "Value": value} for key, value in sorted(self._asset(asked).tags.items())]}

    def _asset(self, asked):
        self.account.subscribed()
        asset = self.account.by_arn(asked["ResourceArn"])
        if asset is None:
            raise Refused("ResourceNotFoundException", f"Resource {asked['ResourceArn']} is not found.")
        return asset
