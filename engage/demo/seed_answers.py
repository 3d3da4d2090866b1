"""The answers of the small demonstration's hub to common questions, in both languages. Written and
approved through the use cases. Of two topics the Welsh is left out or a draft, as in a real hub.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from engage.agencies import hub_answers
from engage.agencies.hub_answers import NewAnswer
from engage.agencies.hub_answers_model import AnswerLanguage, HubTopic
from engage.agencies.model import Hub

_EN, _CY = AnswerLanguage.ENGLISH, AnswerLanguage.WELSH
_T = HubTopic

OFFICE_DIRECTIONS = {
    _EN: "Bus 10 or 12 from the station to Bridge St. Walk 2 minutes towards the river.",
    _CY: "Bws 10 neu 12 o'r orsaf i Bridge St. Yna 2 funud ar droed at yr afon.",
}
HALL_DIRECTIONS = {
    _EN: "Bus 7 from town to Mill Lane. It is next to the shop.",
    _CY: "Bws 7 o'r dref i Mill Lane. Mae wrth ymyl y siop.",
}
ANSWERS: dict[HubTopic, dict[AnswerLanguage, str]] = {
    _T.PARKING: {
        _EN: "There is no car park. You can park on Bridge St for 2 hours.",
        _CY: "Does dim maes parcio. Gallwch barcio ar Bridge St am 2 awr.",
    },
    _T.BRING: {
        _EN: "You do not need ID. Bring your phone, and any letters you want help with.",
        _CY: "Does dim angen ID. Dewch a'ch rhif, ac unrhyw lythyrau i gael help gyda nhw.",
    },
    _T.CHILD: {
        _EN: "Yes, you can bring your child. There are some toys.",
        _CY: "Gallwch, cewch ddod a'ch plentyn. Mae teganau yma.",
    },
    _T.COMPANION: {
        _EN: "Yes, someone can come with you. They may wait outside while you talk.",
        _CY: "Gall, caiff rhywun ddod gyda chi. Efallai y bydd yn aros tu allan.",
    },
    _T.DOG: {_EN: "Sorry, no dogs inside, but guide dogs are welcome."},
    _T.IF_LATE: {
        _EN: "If you are late, reply LATE and still come. We will do our best to see you.",
        _CY: "Os ydych yn hwyr, atebwch HWYR a dewch o hyd. Gwnawn ein gorau i'ch gweld.",
    },
    _T.COST: {
        _EN: "Yes, it is free. You never pay to see us.",
        _CY: "Ydy, mae am ddim. Nid ydych byth yn talu i'n gweld.",
    },
    _T.FARE: {
        _EN: "We can help with bus fares. Ask before you come, and keep your ticket.",
        _CY: "Gallwn helpu gyda thocyn bws. Gofynnwch cyn dod, a chadwch eich tocyn.",
    },
    _T.ON_RECORD: {
        _EN: "What you text is kept with your notes. The people who work with you can read it.",
    },
}
WELSH_DRAFT = (
    _T.ON_RECORD,
    "Cedwir eich negeseuon gyda'ch nodiadau. Gall y rhai sy'n gweithio gyda chi eu darllen.",
)


def write(session: Session, hub: Hub, *, office: str, hall: str, actor: str, now: datetime) -> None:
    """Write the answers. `office` and `hall` are what texts call the two places."""
    approved = [
        *(NewAnswer(_T.DIRECTIONS, one, words, office) for one, words in OFFICE_DIRECTIONS.items()),
        *(NewAnswer(_T.DIRECTIONS, one, words, hall) for one, words in HALL_DIRECTIONS.items()),
        *(
            NewAnswer(topic, language, words)
            for topic, by_language in ANSWERS.items()
            for language, words in by_language.items()
        ),
    ]
    for new in approved:
        answer = hub_answers.write(session, hub, new, actor=actor, now=now)
        hub_answers.approve(session, hub, answer.id, answer.words, actor=actor, now=now)
    topic, words = WELSH_DRAFT
    hub_answers.write(session, hub, NewAnswer(topic, _CY, words), actor=actor, now=now)
