"""Refresh schedules of data sets, and the properties that incremental ones need."""

import time

from double import Refused

MOST_OF_A_DATA_SET = 5
# Seconds that a request may take.
PAST = 300


class Schedules:
    """By data set."""

    def __init__(self, account):
        self.account = account

    def create_refresh_schedule(self, asked):
        data_set, schedules = self._of(asked)
        schedule = self._checked(asked, data_set)
        if schedule["ScheduleId"] in schedules:
            raise Refused("ResourceExistsException", f"Refresh schedule {schedule['ScheduleId']} already exists.")
        if len(schedules) >= MOST_OF_A_DATA_SET:
            raise Refused("LimitExceededException", f"A data set has at most {MOST_OF_A_DATA_SET} refresh schedules.")
        schedules[schedule["ScheduleId"]] = schedule
        return {"ScheduleId": schedule["ScheduleId"], "Arn": schedule["Arn"]}

    def update_refresh_schedule(self, asked):
        data_set, schedules = self._of(asked)
        self._get(schedules, asked["Schedule"]["ScheduleId"])
        schedule = self._checked(asked, data_set)
        schedules[schedule["ScheduleId"]] = schedule
        return {"ScheduleId": schedule["ScheduleId"], "Arn": schedule["Arn"]}

    def describe_refresh_schedule(self, asked):
        schedule = self._get(self._of(asked)[1], asked["ScheduleId"])
        return {"RefreshSchedule": schedule, "Arn": schedule["Arn"]}

    def list_refresh_schedules(self, asked):
        return {"RefreshSchedules": list(self._of(asked)[1].values())}

    def delete_refresh_schedule(self, asked):
        schedules = self._of(asked)[1]
        schedule = self._get(schedules, asked["ScheduleId"])
        del schedules[asked["ScheduleId"]]
        return {"ScheduleId": asked["ScheduleId"], "Arn": schedule["Arn"]}

    def put_data_set_refresh_properties(self, asked):
        data_set, _ = self._of(asked)
        self.account.refresh_properties[data_set.id] = asked["DataSetRefreshProperties"]

    def describe_data_set_refresh_properties(self, asked):
        data_set, _ = self._of(asked)
        if data_set.id not in self.account.refresh_properties:
            raise Refused("ResourceNotFoundException", f"Data set {data_set.id} has no refresh properties.")
        return {"DataSetRefreshProperties": self.account.refresh_properties[data_set.id]}

    def delete_data_set_refresh_properties(self, asked):
        data_set, _ = self._of(asked)
        self.account.refresh_properties.pop(data_set.id, None)

    def _of(self, asked):
        data_set = self.account.get("DataSet", asked)
        if data_set.body["ImportMode"] != "SPICE":
            raise Refused(
                "InvalidParameterValueException",
                f"The dataset {data_set.id} is not a SPICE dataset and is not supported for incremental refresh.",
            )
        return data_set, self.account.schedules.setdefault(data_set.id, {})

    def _checked(self, asked, data_set):
        schedule = dict(asked["Schedule"])
        if schedule["RefreshType"] == "INCREMENTAL_REFRESH" and data_set.id not in self.account.refresh_properties:
            raise Refused("PreconditionNotMetException", f"Data set {data_set.id} has no refresh properties for incremental refreshes.")
        if schedule.get("StartAfterDateTime", time.time()) < time.time() - PAST:
            raise Refused("InvalidParameterValueException", "Schedules cannot start in the past")
        frequency = schedule["ScheduleFrequency"]
        if frequency["Interval"] in ("WEEKLY", "MONTHLY") and "RefreshOnDay" not in frequency:
            raise Refused("InvalidParameterValueException", f"RefreshOnDay is needed for the interval {frequency['Interval']}.")
        return schedule | {"Arn": f"{data_set.arn}/refresh-schedule/{schedule['ScheduleId']}"}

    @staticmethod
    def _get(schedules, name):
        if name not in schedules:
            raise Refused("ResourceNotFoundException", f"Refresh schedule {name} is not found.")
        return schedules[name]
