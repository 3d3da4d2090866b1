"""The English wording of every text: one GSM-7 segment (two at most with choices), a reading age of
about 9, one question.

No surname, agency, official place or other word that would tell a stranger what the text is about.
A test checks every wording with the linter in discreet.py.
"""

from engage.texts.kinds import TextKind as K

ENGLISH: dict[K, str] = {
    K.BOOKED: "Hi {first}. You see {worker}: {when}, {place}. Reply YES if you can come, NO if not. "
    "Reply STOP to end texts.",
    K.BOOKED_NO_PLACE: "Hi {first}. You see {worker}: {when}. Reply YES if you can come, NO if not. "
    "Reply STOP to end texts.",
    K.BOOKED_HOME: "Hi {first}. {worker} will come to you: {when}, {place}. Reply YES if that is OK, NO if not. "
    "STOP ends texts.",
    K.BOOKED_HOME_NO_PLACE: "Hi {first}. {worker} will come to you: {when}. Reply YES if that is OK, NO if not. "
    "Reply STOP to end texts.",
    K.BOOKED_PHONE: "Hi {first}. {worker} will ring you: {when}. Reply YES if that is OK, NO if not. "
    "Reply STOP to end texts.",
    K.BOOKED_VIDEO: "Hi {first}. {worker} will see you by video call: {when}. Reply YES if that is OK, NO if not. "
    "Reply STOP to end texts.",
    K.THREE_DAYS: "Hi {first}. You see {worker} on {when}, {place}. How will you get there? "
    "Reply YES or NO, or CALL if you need help.",
    K.THREE_DAYS_NO_PLACE: "Hi {first}. You see {worker} on {when}. How will you get there? "
    "Reply YES or NO, or CALL if you need help.",
    K.THREE_DAYS_HOME: "Hi {first}. {worker} will come to you on {when}, {place}. Will you be in? "
    "Reply YES or NO, or CALL to talk.",
    K.THREE_DAYS_HOME_NO_PLACE: "Hi {first}. {worker} will come to you on {when}. Will you be in? "
    "Reply YES or NO, or CALL to talk.",
    K.THREE_DAYS_PHONE: "Hi {first}. {worker} will ring you on {when}. Will your phone be on? "
    "Reply YES or NO, or CALL if you need help.",
    K.THREE_DAYS_VIDEO: "Hi {first}. {worker} will see you by video call on {when}. Can you get online then? "
    "Reply YES or NO, or CALL if you need help.",
    K.ONE_DAY: "Hi {first}. You see {worker} tomorrow, {time}, {place}. Reply YES if you can come. "
    "If not, reply CALL and we will ring you.",
    K.ONE_DAY_NO_PLACE: "Hi {first}. You see {worker} tomorrow, {time}. Reply YES if you can come. "
    "If not, reply CALL and we will ring you.",
    K.ONE_DAY_HOME: "Hi {first}. {worker} will come to you tomorrow, {time}, {place}. Reply YES if you will be in. "
    "If not, reply CALL and we will ring you.",
    K.ONE_DAY_HOME_NO_PLACE: "Hi {first}. {worker} will come to you tomorrow, {time}. Reply YES if you will be in. "
    "If not, reply CALL and we will ring you.",
    K.ONE_DAY_PHONE: "Hi {first}. {worker} will ring you tomorrow, {time}. Reply YES if that is OK. "
    "If not, reply CALL to talk first.",
    K.ONE_DAY_VIDEO: "Hi {first}. {worker} will see you by video call tomorrow, {time}. Reply YES if that is OK. "
    "If not, reply CALL and we will ring you.",
    K.TWO_HOURS: "Hi {first}. See you today, {time}, {place}. Running late? Reply LATE. Can't come? Reply CALL.",
    K.TWO_HOURS_NO_PLACE: "Hi {first}. See you today, {time}. Running late? Reply LATE. Can't come? Reply CALL.",
    K.TWO_HOURS_HOME: "Hi {first}. {worker} will come to you today, {time}, {place}. Running late? Reply LATE. "
    "Won't be in? Reply CALL.",
    K.TWO_HOURS_HOME_NO_PLACE: "Hi {first}. {worker} will come to you today, {time}. Running late? Reply LATE. "
    "Won't be in? Reply CALL.",
    K.TWO_HOURS_PHONE: "Hi {first}. {worker} will ring you today, {time}. Please keep your phone on. "
    "Running late? Reply LATE. Can't talk then? Reply CALL.",
    K.TWO_HOURS_VIDEO: "Hi {first}. {worker} will see you by video call today, {time}. "
    "Running late? Reply LATE. Can't do it? Reply CALL.",
    K.CHANGED: "Hi {first}. Your time has changed to {when}, {place}. Do not come at the old time. "
    "Reply YES if OK, or CALL to talk.",
    K.CHANGED_NO_PLACE: "Hi {first}. Your time has changed to {when}. Do not come at the old time. "
    "Reply YES if OK, or CALL to talk.",
    K.CHANGED_HOME: "Hi {first}. New time: {worker} will come to you {when}, {place}. Not the old time. "
    "Reply YES if OK, or CALL to talk.",
    K.CHANGED_HOME_NO_PLACE: "Hi {first}. New time: {worker} will come to you {when}. Not the old time. "
    "Reply YES if OK, or CALL to talk.",
    K.CHANGED_PHONE: "Hi {first}. {worker} will ring you at a new time: {when}. "
    "Not the old time. Reply YES if OK, or CALL to talk.",
    K.CHANGED_VIDEO: "Hi {first}. Your video call with {worker} has a new time: {when}. "
    "Not the old time. Reply YES if OK, or CALL to talk.",
    K.CALLED_OFF: "Hi {first}. You do not need to come on {when}. We will tell you the next time. "
    "Questions? Reply CALL.",
    K.CALLED_OFF_HOME: "Hi {first}. {worker} will not come to you on {when}. We will tell you the next time. "
    "Questions? Reply CALL.",
    K.CALLED_OFF_CALL: "Hi {first}. {worker} will not call you on {when}. We will tell you the next time. "
    "Questions? Reply CALL.",
    K.MISSED: "Hi {first}. We did not see you today. Are you OK? Please tell us why by {day}. "
    "Reply CALL and we will ring you, or ring {phone}.",
    K.MISSED_CALL: "Hi {first}. We did not talk to you today. Are you OK? Please tell us why by {day}. "
    "Reply CALL and we will ring you, or ring {phone}.",
    K.MISSED_ON: "Hi {first}. We did not see you on {when}. Are you OK? Please tell us why by {day}. "
    "Reply CALL and we will ring you.",
    K.MISSED_ON_CALL: "Hi {first}. We did not talk on {when}. Are you OK? Please tell us why by {day}. "
    "Reply CALL and we will ring you.",
    K.CHECK_IN: "Hi {first}. How are things this week? Reply 1 good, 2 OK, 3 not great, 4 need help. "
    "You can add more words. If you are not safe call 999.",
    K.CHECK_IN_NUDGE: "Hi {first}. We asked how things are. Reply 1 good, 2 OK, 3 not great, 4 need help. "
    "No answer is fine too.",
    K.CHECK_IN_THANKS: "Thanks {first}. {worker} will see this.",
    K.CHECK_IN_HELP: "Thanks for telling us {first}. Would a call help? Reply CALL and {worker} will ring you, "
    "or NO if not. If you are not safe call 999.",
    K.CHECK_IN_HELP_NOW: "Thanks {first}. Would a call help? Reply CALL and {worker} will ring you. To talk now, free: "
    "116 123, or text SHOUT to 85258. Not safe: 999.",
    K.PRAISE: "Well done {first}. {n} weeks of keeping to your plan. That takes hard work. "
    "{worker} will talk with you about what comes next.",
    K.PRAISE_STEP: "Well done {first}. {step}. That takes hard work. "
    "{worker} will talk with you about what comes next.",
    K.NUMBER_CHECK: "Hi, is this {first}'s phone? Reply 1 for yes, 2 for no",
    K.NUMBER_CHECK_THANKS: "Thanks {first}. We will text you about what is booked. Reply STOP to end texts.",
    K.NUMBER_CHANGED: "Hi {first}. From now we will text you on this number. Not right? Reply CALL. "
    "Reply STOP to end texts.",
    K.WORKER_CHANGED: "Hi {first}. From now {worker} is your worker. What is booked stays the same. "
    "Questions? Reply CALL.",
    K.WILL_ATTEND: "Thanks {first}. See you {when}.",
    K.WILL_ATTEND_HOME: "Thanks {first}. {worker} will come to you {when}.",
    K.WILL_ATTEND_PHONE: "Thanks {first}. {worker} will ring you {when}.",
    K.WILL_ATTEND_VIDEO: "Thanks {first}. See you on the video call {when}.",
    K.CANNOT_ATTEND: "Thanks for telling us {first}. {worker} will be in touch about another time.",
    K.NO_RECORDED: "Thanks {first}. You can't make {when}. {worker} will be in touch about another time.",
    K.NO_BECAUSE: "Thanks {first}: you can't make {when} ({why}). {worker} will look for a way.",
    K.NO_SORRY: "Sorry to hear that {first}. You can't make {when}. {worker} will be in touch.",
    K.LATE: "Thanks {first}. {worker} will see that you are late. Please still come.",
    K.LATE_CALL: "Thanks {first}. {worker} will see that you are late.",
    K.LATE_ON: "Thanks {first}. {worker} will see that you will be late on {when}. Please still come.",
    K.LATE_ON_CALL: "Thanks {first}. {worker} will see that you will be late on {when}.",
    K.HERE: "Thanks {first}. {worker} will see that you are here.",
    K.CALL: "Thanks {first}. We have asked {worker} to ring you on this number in working hours.",
    K.ABSENCE_THANKS: "Thanks for telling us {first}. {worker} will read this.",
    K.NEXT: "Hi {first}. Next: {list}. Questions? Reply CALL.",
    K.NEXT_NONE: "Hi {first}. You have nothing booked now. Questions? Reply CALL.",
    K.WEEK: "Hi {first}. Next 7 days: {list}. Questions? Reply CALL.",
    K.WEEK_NONE: "Hi {first}. You have nothing booked in the next 7 days. NEXT shows what comes after. "
    "Questions? Reply CALL.",
    K.ONE_BOOKED: "Hi {first}. You see {worker}: {when}, {place}. Questions? Reply CALL.",
    K.ONE_BOOKED_NO_PLACE: "Hi {first}. You see {worker}: {when}. Questions? Reply CALL.",
    K.ONE_BOOKED_HOME: "Hi {first}. {worker} will come to you: {when}. Questions? Reply CALL.",
    K.ONE_BOOKED_PHONE: "Hi {first}. {worker} will ring you: {when}. Questions? Reply CALL.",
    K.ONE_BOOKED_VIDEO: "Hi {first}. {worker} will see you by video call: {when}. Questions? Reply CALL.",
    K.IS_BOOKED: "Hi {first}. This is booked: you see {worker}, {when}, {place}. Questions? Reply CALL.",
    K.IS_BOOKED_NO_PLACE: "Hi {first}. This is booked: you see {worker}, {when}. Questions? Reply CALL.",
    K.IS_BOOKED_HOME: "Hi {first}. This is booked: {worker} will come to you, {when}. Questions? Reply CALL.",
    K.IS_BOOKED_PHONE: "Hi {first}. This is booked: {worker} will ring you, {when}. Questions? Reply CALL.",
    K.IS_BOOKED_VIDEO: "Hi {first}. This is booked: {worker} will see you by video call, {when}. "
    "Questions? Reply CALL.",
    K.CLOSED: "Hi {first}. We are closed on {closed}. Next: {list}. Questions? Reply CALL.",
    K.CLOSED_NONE: "Hi {first}. We are closed on {closed}. You have nothing booked now. Questions? Reply CALL.",
    K.MISSED_ONE: "Hi {first}. We did not see you on {when}. You can tell us why by text. Questions? Reply CALL.",
    K.MISSED_ONE_CALL: "Hi {first}. We did not talk on {when}. You can tell us why by text. Questions? Reply CALL.",
    K.MISSED_NONE: "Hi {first}. You have not missed any in the last 4 weeks. NEXT shows what is booked.",
    K.LEFT: "Hi {first}. Booked from now: {n}. {worker} will tell you the rest.",
    K.LEFT_REACHED: "Hi {first}. Booked from now: {n}. Steps reached: {k}. {worker} will tell you the rest.",
    K.HUB_ANSWER: "Hi {first}. {words}",
    K.HUB_ANSWER_PLACE: "Hi {first}. {place}: {directions}",
    K.REST: "{worker} will answer the rest.",
    K.QUESTION_PASSED: "Thanks {first}. {worker} will answer that.",
    K.QUESTION_PASSED_AGAIN: "Thanks {first}. We have passed this on too. {worker} will get back to you.",
    K.PROGRESS: "Well done {first}. Kept in a row: {n}. Good news from you: {m}. Keep going.",
    K.PROGRESS_KEPT: "Well done {first}. Kept in a row: {n}. Keep going.",
    K.PROGRESS_TOLD: "Well done {first}. Good news from you: {m}. Keep going.",
    K.PROGRESS_ALL: "Well done {first}. Kept in a row: {n}. Good news from you: {m}. Steps reached: {k}. Keep going.",
    K.PROGRESS_KEPT_REACHED: "Well done {first}. Kept in a row: {n}. Steps reached: {k}. Keep going.",
    K.PROGRESS_TOLD_REACHED: "Well done {first}. Good news from you: {m}. Steps reached: {k}. Keep going.",
    K.PROGRESS_REACHED: "Well done {first}. Steps reached: {k}. Keep going.",
    K.PROGRESS_NONE: "Hi {first}. There is nothing to count yet. Each time you come counts. Questions? Reply CALL.",
    K.WHO_SEES: "{worker}, the team who work with you and people who check our work can read your texts. "
    "Not family or friends. If you may be in danger we get help.",
    K.GOOD_NEWS: "Thanks for telling us {first}. That is good news. Well done, and keep going.",
    K.HARD_NEWS: "Thanks for telling us {first}. That sounds hard. {worker} will see this and be in touch. "
    "To talk reply CALL.",
    K.NEWS: "Thanks for telling us {first}. {worker} will read this.",
    K.LAPSE: "Thank you for telling us {first}. We are glad you did. {worker} will ask what would help you now. "
    "To talk reply CALL. If not safe call 999.",
    K.REBOOK: "Thanks {first}. Which suits you?\n{choices}\n0 none of these\nYour old time stands until you pick.",
    K.REBOOK_AGAIN: "Sorry {first}. That time has gone. Which suits you?\n{choices}\n0 none of these\n"
    "Your old time stands.",
    K.HELP: "Reply YES, NO, LATE or CALL to a reminder, in your own words if you like. "
    "NEXT shows what is booked. STOP ends texts.",
    K.START: "Hi {first}. You will get our texts again. Reply STOP to end texts.",
    K.OPTED_OUT_ORDER: "You will get no more texts from us. You still need to come to what is booked. "
    "We will find another way to tell you. To start again reply START.",
    K.OPTED_OUT_VOLUNTARY: "You will get no more texts from us. To start again reply START.",
    K.WRONG_NUMBER: "Sorry. We have taken this number off our list. You will get no more texts from us. "
    "Please delete our last text.",
    K.CRISIS: "Thank you for telling us. If you are not safe call 999. To talk, free, day or night: "
    "call 116 123, or text SHOUT to 85258, or call 111 and pick 2.",
    K.CRISIS_LINE: "Thank you for telling us. If you are not safe call 999. To talk to somebody ring {phone}, "
    "or call 116 123, or text SHOUT to 85258, or call 111 and pick 2.",
    K.SAFETY_LIFE: "Thank you for telling us. If you are not safe call 999. You matter. To talk now, free: "
    "call 116 123, text SHOUT to 85258, or call 111 and pick 2.",
    K.SAFETY_LIFE_LINE: "Thank you for telling us. If you are not safe call 999. You matter. To talk now: "
    "{phone}, or call 116 123, text SHOUT to 85258, or 111 and pick 2.",
    K.SAFETY_INJURY: "Ring 999 now and say what has happened. Stay with someone, or go where people are. "
    "Keep this phone on. A person will ring you.",
    K.SAFETY_VIOLENCE: "If you are in danger now call 999. If you cannot talk, call 999 and press 55. "
    "Go where people are if you can. Tell us when it is safe to ring you.",
    K.SAFETY_VIOLENCE_LINE: "If you are in danger now call 999. If you cannot talk, call 999 and press 55. "
    "For help ring {phone}. Tell us when it is safe to ring you.",
    K.SAFETY_CHILD: "Thank you for telling us. If a child is in danger now call 999. "
    "We are telling a worker now, and a person will ring you.",
    K.SAFETY_CHILD_LINE: "Thank you for telling us. If a child is in danger now call 999, or ring {phone}. "
    "We are telling a worker now, and a person will ring you.",
    K.SAFETY_BED: "Thank you for telling us. For somewhere to sleep ring the council, day or night, "
    "and ask for housing. A person will ring you too. If you are not safe call 999.",
    K.SAFETY_BED_LINE: "Thank you for telling us. For somewhere to sleep ring {phone}, day or night. "
    "A person will ring you too. If you are not safe call 999.",
    K.SAFETY_AGAIN: "Thank you for saying so. We have passed this on too. If it gets worse or you are not "
    "safe, call 999 now.",
    K.AFTER_DANGER: "Thanks, we have noted that. A person will talk with you about the rest.",
    K.HEARD: "Thank you for telling us. A person will read this and get back to you.",
    K.GET_WELL: "Thanks for telling us {first}. We hope you feel better. {worker} will be in touch.",
    K.WHICH_ONE: "Thanks. Which do you mean?\n{choices}",
    K.SEVERAL: "Hi {first}. {n} on {day}: {list}. Reply YES if you can make {all}, or CALL to talk.",
    K.WHO: "Thanks. More than one person uses this phone. Reply with your first name so we know who this is.",
    K.NOT_SURE: "Thanks {first}. {worker} will read this when next at work and get back to you.",
    K.NOT_SURE_UNNAMED: "Thanks. We will read this in working hours and get back to you.",
    K.NOT_SURE_AGAIN: "Thanks {first}. {worker} will see this one too.",
    K.GOT_IT: "Got it {first}, thanks.",
    K.NOT_SURE_MORE: "Got this one too {first}. {worker} will see it together with your other text.",
    K.TAKEN_BACK: "Sorry {first}. We have taken that back. What did you mean? Use your own words, or reply CALL.",
    K.UNDECIDED: "No rush {first}. Please tell us by {day}: YES if you can come, NO if not.",
    K.UNDECIDED_SOON: "No rush {first}. Please tell us when you know: YES or NO, or CALL to talk.",
    K.ASK_END_TEXTS: "Do you want us to stop all texts to this phone? Reply 1 for yes, 2 for no.",
    K.ASK_WHOSE: "Sorry. Is this {first}'s phone? Reply 1 for yes, 2 for no.",
    K.KEEP_TEXTS: "Thanks. We will keep texting you. STOP ends texts at any time.",
    K.ASK_COMING: "Thanks {first}. Can you come {when}? Reply YES or NO, or CALL to talk.",
    K.LIKE_ASKED: "Thanks {first}. Does that mean you can come {when}? Reply YES or NO.",
    K.WHO_WRITES: "This is {sender}. We text about what is booked for you and how you are. "
    "To check that it is us, ring {phone}.",
    K.FROM_OTHER: "Thanks for letting us know. We will pass it on.",
    K.UNKNOWN_NUMBER: "Thanks for your text. We do not know this number. If you have a worker, please ring them.",
    K.NOTICE: "Engage: an item needs you. Please sign in.",
    K.PICTURE: "Sorry {first}. We cannot open pictures or voice notes. Please use words, or reply CALL.",
}
