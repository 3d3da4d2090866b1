"""What a text is for, the kinds of text that Engage sends, and the ways of meeting, which change
the wording. No wording here.
"""

from enum import StrEnum


class Purpose(StrEnum):
    """What a text is for. It stands in the `context` of every text in the queue and decides which
    last looks the text gets: each purpose has a row in `engage/sending/registry.py`.
    """

    REMINDER = "reminder"
    """About an appointment: reminders, changes, cancellations and questions about an absence."""
    REPLY = "reply"
    """The automatic answer to a text."""
    STAFF = "staff"
    """A worker's own words."""
    NUMBER_CHECK = "number_check"
    """The question whose number it is."""
    CHECK_IN = "check_in"
    ACTION = "action"
    """The words of an action of the plan."""
    PRAISE = "praise"
    WORKER_CHANGED = "worker_changed"
    NOTICE = "notice"
    """To a member of staff: an item needs them."""


class TextKind(StrEnum):
    """Every kind of text. One named like a reminder (ReminderKind) is that reminder's text."""

    BOOKED = "booked"
    BOOKED_NO_PLACE = "booked_no_place"
    BOOKED_HOME = "booked_home"
    BOOKED_HOME_NO_PLACE = "booked_home_no_place"
    BOOKED_PHONE = "booked_phone"
    BOOKED_VIDEO = "booked_video"
    THREE_DAYS = "three_days"
    THREE_DAYS_NO_PLACE = "three_days_no_place"
    THREE_DAYS_HOME = "three_days_home"
    THREE_DAYS_HOME_NO_PLACE = "three_days_home_no_place"
    THREE_DAYS_PHONE = "three_days_phone"
    THREE_DAYS_VIDEO = "three_days_video"
    ONE_DAY = "one_day"
    ONE_DAY_NO_PLACE = "one_day_no_place"
    ONE_DAY_HOME = "one_day_home"
    ONE_DAY_HOME_NO_PLACE = "one_day_home_no_place"
    ONE_DAY_PHONE = "one_day_phone"
    ONE_DAY_VIDEO = "one_day_video"
    TWO_HOURS = "two_hours"
    TWO_HOURS_NO_PLACE = "two_hours_no_place"
    TWO_HOURS_HOME = "two_hours_home"
    TWO_HOURS_HOME_NO_PLACE = "two_hours_home_no_place"
    TWO_HOURS_PHONE = "two_hours_phone"
    TWO_HOURS_VIDEO = "two_hours_video"
    CHANGED = "changed"
    CHANGED_NO_PLACE = "changed_no_place"
    CHANGED_HOME = "changed_home"
    CHANGED_HOME_NO_PLACE = "changed_home_no_place"
    CHANGED_PHONE = "changed_phone"
    CHANGED_VIDEO = "changed_video"
    CALLED_OFF = "called_off"
    CALLED_OFF_HOME = "called_off_home"
    CALLED_OFF_CALL = "called_off_call"
    MISSED = "missed"
    MISSED_CALL = "missed_call"
    MISSED_ON = "missed_on"
    MISSED_ON_CALL = "missed_on_call"

    CHECK_IN = "check_in"
    CHECK_IN_NUDGE = "check_in_nudge"
    CHECK_IN_THANKS = "check_in_thanks"
    CHECK_IN_HELP = "check_in_help"
    CHECK_IN_HELP_NOW = "check_in_help_now"
    PRAISE = "praise"
    PRAISE_STEP = "praise_step"

    NUMBER_CHECK = "number_check"
    NUMBER_CHECK_THANKS = "number_check_thanks"
    NUMBER_CHANGED = "number_changed"
    WORKER_CHANGED = "worker_changed"

    WILL_ATTEND = "will_attend"
    WILL_ATTEND_HOME = "will_attend_home"
    WILL_ATTEND_PHONE = "will_attend_phone"
    WILL_ATTEND_VIDEO = "will_attend_video"
    CANNOT_ATTEND = "cannot_attend"
    NO_RECORDED = "no_recorded"
    NO_BECAUSE = "no_because"
    NO_SORRY = "no_sorry"
    LATE = "late"
    LATE_CALL = "late_call"
    LATE_ON = "late_on"
    LATE_ON_CALL = "late_on_call"
    HERE = "here"
    CALL = "call"
    ABSENCE_THANKS = "absence_thanks"
    NEXT = "next"
    NEXT_NONE = "next_none"
    WEEK = "week"
    WEEK_NONE = "week_none"
    ONE_BOOKED = "one_booked"
    ONE_BOOKED_NO_PLACE = "one_booked_no_place"
    ONE_BOOKED_HOME = "one_booked_home"
    ONE_BOOKED_PHONE = "one_booked_phone"
    ONE_BOOKED_VIDEO = "one_booked_video"
    IS_BOOKED = "is_booked"
    IS_BOOKED_NO_PLACE = "is_booked_no_place"
    IS_BOOKED_HOME = "is_booked_home"
    IS_BOOKED_PHONE = "is_booked_phone"
    IS_BOOKED_VIDEO = "is_booked_video"
    CLOSED = "closed"
    CLOSED_NONE = "closed_none"
    MISSED_ONE = "missed_one"
    MISSED_ONE_CALL = "missed_one_call"
    MISSED_NONE = "missed_none"
    LEFT = "left"
    LEFT_REACHED = "left_reached"
    HUB_ANSWER = "hub_answer"
    HUB_ANSWER_PLACE = "hub_answer_place"
    REST = "rest"
    QUESTION_PASSED = "question_passed"
    QUESTION_PASSED_AGAIN = "question_passed_again"
    PROGRESS = "progress"
    PROGRESS_KEPT = "progress_kept"
    PROGRESS_TOLD = "progress_told"
    PROGRESS_ALL = "progress_all"
    PROGRESS_KEPT_REACHED = "progress_kept_reached"
    PROGRESS_TOLD_REACHED = "progress_told_reached"
    PROGRESS_REACHED = "progress_reached"
    PROGRESS_NONE = "progress_none"
    WHO_SEES = "who_sees"
    GOOD_NEWS = "good_news"
    HARD_NEWS = "hard_news"
    NEWS = "news"
    LAPSE = "lapse"
    REBOOK = "rebook"
    REBOOK_AGAIN = "rebook_again"
    HELP = "help"
    START = "start"
    OPTED_OUT_ORDER = "opted_out_order"
    OPTED_OUT_VOLUNTARY = "opted_out_voluntary"
    WRONG_NUMBER = "wrong_number"
    CRISIS = "crisis"
    CRISIS_LINE = "crisis_line"
    SAFETY_LIFE = "safety_life"
    SAFETY_LIFE_LINE = "safety_life_line"
    SAFETY_INJURY = "safety_injury"
    SAFETY_VIOLENCE = "safety_violence"
    SAFETY_VIOLENCE_LINE = "safety_violence_line"
    SAFETY_CHILD = "safety_child"
    SAFETY_CHILD_LINE = "safety_child_line"
    SAFETY_BED = "safety_bed"
    SAFETY_BED_LINE = "safety_bed_line"
    SAFETY_AGAIN = "safety_again"
    AFTER_DANGER = "after_danger"
    HEARD = "heard"
    GET_WELL = "get_well"
    WHICH_ONE = "which_one"
    SEVERAL = "several"
    WHO = "who"
    NOT_SURE = "not_sure"
    NOT_SURE_UNNAMED = "not_sure_unnamed"
    NOT_SURE_MORE = "not_sure_more"
    NOT_SURE_AGAIN = "not_sure_again"
    GOT_IT = "got_it"
    TAKEN_BACK = "taken_back"
    UNDECIDED = "undecided"
    UNDECIDED_SOON = "undecided_soon"
    ASK_END_TEXTS = "ask_end_texts"
    ASK_WHOSE = "ask_whose"
    KEEP_TEXTS = "keep_texts"
    LIKE_ASKED = "like_asked"
    ASK_COMING = "ask_coming"
    FROM_OTHER = "from_other"
    WHO_WRITES = "who_writes"
    UNKNOWN_NUMBER = "unknown_number"
    PICTURE = "picture"

    NOTICE = "notice"


SAYS_NOTHING_NEW = frozenset(
    {
        TextKind.NOT_SURE,
        TextKind.NOT_SURE_UNNAMED,
        TextKind.NOT_SURE_MORE,
        TextKind.NOT_SURE_AGAIN,
        TextKind.ABSENCE_THANKS,
        TextKind.CANNOT_ATTEND,
        TextKind.CHECK_IN_THANKS,
        TextKind.GOOD_NEWS,
        TextKind.HARD_NEWS,
        TextKind.NEWS,
        TextKind.FROM_OTHER,
        TextKind.KEEP_TEXTS,
        TextKind.PICTURE,
        TextKind.GOT_IT,
    }
)
"""Thanks and "will read this": never the same words twice running to a number within a day."""


CHOICES = {TextKind.WHICH_ONE: 2, TextKind.REBOOK: 2, TextKind.REBOOK_AGAIN: 2}
"""The segments that a text with one choice a line may take. Every other text is one segment."""
SAFETY_TEXTS = frozenset(
    {
        TextKind.CRISIS,
        TextKind.CRISIS_LINE,
        TextKind.SAFETY_LIFE,
        TextKind.SAFETY_LIFE_LINE,
        TextKind.SAFETY_INJURY,
        TextKind.SAFETY_VIOLENCE,
        TextKind.SAFETY_VIOLENCE_LINE,
        TextKind.SAFETY_CHILD,
        TextKind.SAFETY_CHILD_LINE,
        TextKind.SAFETY_BED,
        TextKind.SAFETY_BED_LINE,
        TextKind.SAFETY_AGAIN,
    }
)
"""Safety advice. It names nobody and goes to whoever texts danger, before every other text."""


class MeetingWay(StrEnum):
    """How the person and the worker meet. It decides the wording, and whether a place is named."""

    IN_PERSON = "in_person"
    HOME = "home"
    PHONE = "phone"
    VIDEO = "video"


class Passed(StrEnum):
    """Whether a wording is approved. A draft still needs a translator's approval."""

    APPROVED = "approved"
    DRAFT = "draft"
