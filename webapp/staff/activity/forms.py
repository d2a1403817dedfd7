"""Forms of follow-ups, tasks, notes and files: shape and wording only."""

from datetime import datetime
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, Optional

from core import clock
from core.clock import SHANGHAI
from core.i18n import lazy as _l
from crm.activity import rules
from crm.activity.rules import FollowUpValues
from webapp.web import uploads
from webapp.web.choices import RadioField, SelectField
from webapp.web.fields import DayField
from webapp.web.forms import BaseForm


class FollowUpForm(BaseForm):
    """When, who, what, what next: a follow-up without them does not count."""

    on = DayField(_l("日期"), validators=[InputRequired()])
    at = TimeField(_l("时间"), validators=[InputRequired()])
    how = RadioField(_l("方式"), choices=list(rules.HOW_LABELS.items()), validators=[InputRequired()])
    their_people = StringField(_l("对方人员"), validators=[InputRequired(), Length(max=200)])
    our_people = StringField(_l("我方人员"), validators=[InputRequired(), Length(max=200)])
    summary = TextAreaField(_l("谈了什么"), validators=[InputRequired(), Length(max=2000)])
    next_step = StringField(_l("下一步"), validators=[InputRequired(), Length(max=300)])
    next_on = DayField(_l("下一步日期"), validators=[Optional()])
    files = uploads.UploadsField(
        _l("附件"), description=_l("纪要、照片、对方材料，可选几个；涉密材料不得上传。")
    )

    def __init__(self, *args: Any, me: str = "", **kwargs: Any) -> None:
        now = clock.local(clock.now())
        kwargs.setdefault("on", now.date())
        kwargs.setdefault("at", now.time().replace(second=0, microsecond=0))
        kwargs.setdefault("our_people", me)
        super().__init__(*args, **kwargs)

    def values(self) -> FollowUpValues:
        day, hour = self.on.data, self.at.data
        assert day is not None and hour is not None
        return FollowUpValues(
            at=datetime.combine(day, hour, SHANGHAI),
            how=str(self.how.data),
            our_people=rules.people(self.our_people.data or ""),
            their_people=rules.people(self.their_people.data or ""),
            summary=self.summary.data or "",
            next_step=self.next_step.data or "",
            next_on=self.next_on.data,
        )


class TaskForm(BaseForm):
    """Something to be done, or a problem, with an owner and a day."""

    sort = RadioField(_l("类别"), choices=list(rules.SORT_LABELS.items()), default="todo")
    title = StringField(_l("事项"), validators=[InputRequired(), Length(max=200)])
    owner_id = SelectField(_l("责任人"), coerce=int, validators=[Optional()])
    owner_text = StringField(_l("或责任单位"), validators=[Optional(), Length(max=120)])
    due_on = DayField(_l("期限"), validators=[InputRequired()])

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner_id.choices = [(0, _l("不在本单位")), *people]


class ProgressForm(BaseForm):
    """What has happened to a task; a new day needs a word."""

    progress = TextAreaField(_l("进展"), validators=[Optional(), Length(max=2000)])
    due_on = DayField(_l("期限"), validators=[InputRequired()])
    done = BooleanField(_l("已办完"))

    def __init__(self, *args: Any, said: str = "", **kwargs: Any) -> None:
        self._said = said
        super().__init__(*args, **kwargs)

    def texts(self) -> dict[str, str]:
        """The box is empty when it is opened, but a new word takes the place of the last one (`said`)."""
        return {**super().texts(), "progress": self._said}


class NoteForm(BaseForm):
    text = TextAreaField(_l("备注"), validators=[InputRequired(), Length(max=2000)])


class FileForm(BaseForm):
    file = FileField(_l("文件"), validators=[FileRequired(_l("请选择文件。"))])


class FeedForm(BaseForm):
    """A new calendar address."""

    named = BooleanField(
        _l("日历里同时显示企业和项目名称"),
        description=_l("不勾选时只写事项；日历存放在平台之外，涉及商业秘密的请不要勾选。"),
    )
