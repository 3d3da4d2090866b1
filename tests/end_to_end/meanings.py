"""Every meaning that a text can have: the text, what was asked before it, and its effects."""

from dataclasses import dataclass

SAFETY = {"en": "116 123", "cy": "ffoniwch 116 123"}


TOLD = "Thanks for telling us"


@dataclass(frozen=True)
class MeaningCase:
    """One text, what was asked before it, and its effects. `answer` is part of the reply to the
    person, None if there is none.
    """

    meaning: str
    text: str
    answer: str | None
    asked: str = "none"
    language: str = "en"
    said: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    report: tuple[str, str] | None = None
    human: bool = False
    cause: str | None = None
    value: int | None = None


CASES = (
    MeaningCase(
        "crisis",
        "i dont want to live anymore",
        SAFETY["en"],
        "appointment",
        signals=("crisis",),
        human=True,
    ),
    MeaningCase(
        "crisis",
        "dwi isio marw",
        SAFETY["cy"],
        "appointment",
        "cy",
        signals=("crisis",),
        human=True,
    ),
    MeaningCase(
        "harm_to_others",
        "i am going to kill him",
        None,
        "appointment",
        signals=("harm_to_others",),
        human=True,
    ),
    MeaningCase(
        "opt_out",
        "please stop sending me messages",
        "You still need to come",
        "appointment",
        signals=("opted_out",),
    ),
    MeaningCase(
        "opt_out",
        "peidiwch a tecstio fi eto",
        "Ni chewch fwy",
        "appointment",
        "cy",
        signals=("opted_out",),
    ),
    MeaningCase(
        "wrong_number",
        "you have got the wrong number mate",
        "taken this number off",
        "appointment",
        signals=("wrong_number",),
    ),
    MeaningCase(
        "wrong_number",
        "rhif anghywir",
        "tynnu'r rhif",
        "appointment",
        "cy",
        signals=("wrong_number",),
    ),
    MeaningCase(
        "call_me",
        "can you ring me please",
        "asked Pat to ring you",
        "appointment",
        signals=("call_requested",),
    ),
    MeaningCase(
        "call_me",
        "allwch chi ffonio fi",
        "i Pat ffonio",
        "appointment",
        "cy",
        signals=("call_requested",),
    ),
    MeaningCase(
        "reschedule",
        "can we change it to another day please",
        "about another time",
        "appointment",
        signals=("cannot_attend",),
    ),
    MeaningCase(
        "reschedule",
        "can we change it to another day please",
        "1 Wed 24 Mar",
        "rebook",
        signals=("cannot_attend",),
    ),
    MeaningCase(
        "decline",
        "cant make it no bus fare",
        "look for a way",
        "appointment",
        said=("cannot_attend",),
        signals=("barrier", "cannot_attend"),
        cause="transport",
    ),
    MeaningCase(
        "decline",
        "methu dod fory",
        "am amser arall",
        "appointment",
        "cy",
        said=("cannot_attend",),
        signals=("cannot_attend",),
    ),
    MeaningCase(
        "running_late",
        "running 10 mins late",
        "see that you are late",
        "soon",
        said=("late",),
        value=10,
    ),
    MeaningCase(
        "running_late", "dwin rhedeg yn hwyr", "eich bod yn hwyr", "soon", "cy", said=("late",)
    ),
    MeaningCase("arrived", "im here", "see that you are here", "soon", said=("here",)),
    MeaningCase("arrived", "dwi yma", "eich bod yma", "soon", "cy", said=("here",)),
    MeaningCase(
        "progress_housing",
        "got the keys to my flat",
        "That is good news",
        report=("housing", "got_home"),
    ),
    MeaningCase(
        "progress_housing",
        "i got kicked out of my flat",
        "That sounds hard",
        report=("housing", "lost_home"),
        signals=("housing_loss",),
    ),
    MeaningCase(
        "progress_course",
        "started my college course today",
        "That is good news",
        report=("course", "started_course"),
    ),
    MeaningCase(
        "progress_group",
        "been to group today it was good",
        "That is good news",
        report=("group", "attended_group"),
    ),
    MeaningCase(
        "progress_work",
        "i got the job start monday",
        "That is good news",
        report=("work", "got_work"),
    ),
    MeaningCase(
        "progress_work",
        "lost my job today",
        "That sounds hard",
        report=("work", "lost_work"),
        signals=("work_loss",),
    ),
    MeaningCase(
        "progress_health", "30 days clean today", "That is good news", report=("health", "clean")
    ),
    MeaningCase(
        "lapse",
        "i slipped up and used last night",
        "We are glad you did",
        report=("lapse", ""),
        signals=("lapse_told",),
    ),
    MeaningCase(
        "absence_reason",
        "sorry i was ill in bed all day",
        TOLD,
        "absence",
        signals=("no_show",),
        human=True,
    ),
    MeaningCase(
        "question", "where is it", "3pm, the centre on Bridge St. Questions?", "appointment"
    ),
    MeaningCase(
        "question",
        "pryd mae'r apwyntiad nesaf",
        "3yp, the centre on Bridge St",
        "appointment",
        "cy",
    ),
    MeaningCase(
        "question",
        "will i get my travel paid back",
        "Pat will answer that",
        "appointment",
        human=True,
    ),
    MeaningCase(
        "slot_choice",
        "the second one please",
        "Your time has changed to Thu 25 March, 11am",
        "offer",
    ),
    MeaningCase(
        "checkin_answer",
        "not great this week",
        "Would a call help?",
        "checkin",
        signals=("feeling_low",),
        value=3,
    ),
    MeaningCase("checkin_answer", "1", "Bydd Pat yn gweld hwn", "checkin", "cy", value=1),
    MeaningCase(
        "confirm",
        "yes ill be there",
        "See you Tue 23 March, 3pm",
        "appointment",
        said=("will_attend",),
    ),
    MeaningCase("confirm", "ok", "See you Tue 23 March, 3pm", "appointment", said=("will_attend",)),
    MeaningCase(
        "confirm", "byddaf yna", "Welwn ni chi", "appointment", "cy", said=("will_attend",)
    ),
    MeaningCase("opt_in", "please text me again", "You will get our texts again", "stopped"),
    MeaningCase("help", "how does this work", "in your own words if you like"),
    MeaningCase("help", "sut mae hyn yn gweithio", "NESAF am beth", "none", "cy"),
    MeaningCase("thanks", "thank you", None),
    MeaningCase("other", "did u see the match last night", "Pat will read this", human=True),
)
