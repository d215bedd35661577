"""Users and groups, which exist only in the identity Region."""

from double import Refused, page


class People:
    """Users, groups and memberships."""

    def __init__(self, account):
        self.account = account

    def list_users(self, asked):
        self._here(asked)
        return page(self.account.users, asked, "UserList")

    def describe_user(self, asked):
        self._here(asked)
        return {"User": self._named(self.account.users, "UserName", asked["UserName"])}

    def list_groups(self, asked):
        self._here(asked)
        return page(self.account.groups, asked, "GroupList")

    def describe_group(self, asked):
        self._here(asked)
        return {"Group": self._named(self.account.groups, "GroupName", asked["GroupName"])}

    def list_user_groups(self, asked):
        self._here(asked)
        self._named(self.account.users, "UserName", asked["UserName"])
        return page([], asked, "GroupList")

    def _here(self, asked):
        self.account.at_home(asked)
        self.account.signed_up()
        self.account.in_namespace(asked)

    @staticmethod
    def _named(those, key, name):
        found = next((one for one in those if one[key] == name), None)
        if found is None:
            raise Refused("ResourceNotFoundException", f"{key.removesuffix('Name')} {name} not found.")
        return found
