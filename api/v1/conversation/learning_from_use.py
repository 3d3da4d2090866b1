"""`/v1/learning-from-use`: how often workers corrected what Engage had read, month by month."""

from marshmallow import Schema, fields

from api.access import allow, current_actor, scope
from api.database import now, transaction
from api.v1.cohort.statistics import IntervalOut
from api.v1.parsing import Resource
from engage.core.errors import Forbidden
from engage.queries.conversation import learning_from_use as queries

learning = Resource(
    "learning",
    __name__,
    url_prefix="/v1",
    description="How often workers corrected what Engage had read.",
)


class CorrectedTextsOut(Schema):
    """Texts that Engage acted on, how many of them were `corrected`, their `rate` and its interval
    (both null if it acted on none); texts `left` to a worker, how many of those were `given` a
    meaning, and how many of them the one that Engage had `guessed`.
    """

    acted = fields.Integer(required=True)
    corrected = fields.Integer(required=True)
    rate = fields.Float(required=True, allow_none=True)
    interval = fields.Nested(IntervalOut, required=True, allow_none=True)
    left = fields.Integer(required=True)
    given = fields.Integer(required=True)
    guessed = fields.Integer(required=True)


class MonthLineOut(Schema):
    """The texts of one month, given by its first day, that were read with one meaning by rules
    (`rule`) or by the classifier (`model`). `meaning` is `health` for every meaning about health,
    without the scope `health:read`.
    """

    month = fields.Date(required=True)
    meaning = fields.String(required=True)
    basis = fields.String(required=True)
    texts = fields.Nested(CorrectedTextsOut, required=True)


class RiseOut(Schema):
    """A rise in the latest full month, compared with the six months before: of `all` texts, of one
    basis, or of one meaning (`about`).
    """

    about = fields.String(required=True)
    recent = fields.Nested(CorrectedTextsOut, required=True)
    before = fields.Nested(CorrectedTextsOut, required=True)


class LearningOut(Schema):
    """The figures of the hub's thirteen latest months, the present one so far among them.

    `compared` is the first day of the latest full month, and `comparable` whether there are enough
    texts to compare it.
    """

    compared = fields.Date(required=True)
    comparable = fields.Boolean(required=True)
    rises = fields.List(fields.Nested(RiseOut), required=True)
    month_lines = fields.List(fields.Nested(MonthLineOut), required=True)


@learning.get("/learning-from-use")
@allow(scope("messages:read"))
@learning.answers(200, LearningOut)
def get_learning_from_use() -> queries.LearningFromUse:
    """Get how often workers corrected what Engage had read, in the key's hub.

    Texts count in the month in which they arrived, at the hub. Restricted records are not counted.
    """
    actor = current_actor()
    if actor.hub_id is None:
        raise Forbidden("Only a key of a hub can read these figures.")
    with transaction() as session:
        return queries.load(session, actor, actor.hub_id, now=now())
