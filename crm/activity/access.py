"""Permissions of follow-ups, tasks and notes. Whether the record itself is within reach, its area says."""

FOLLOW = "activity:followup:add"
TASK = "activity:task:manage"
NOTE = "activity:note:add"
