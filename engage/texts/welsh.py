"""The Welsh wording of every text: drafts until a translator has approved them (see PASSED in
catalogue.py).

Letters with a circumflex are not in GSM-7 and would cut a segment to 70 characters, so the wording
avoids them. The same rules as for English apply: one segment, plain words, nothing that tells a
stranger what the text is about.
"""

from engage.texts.kinds import TextKind as K

WELSH: dict[K, str] = {
    K.BOOKED: "Helo {first}. Byddwch yn gweld {worker}: {when}, {place}. Atebwch IE os gallwch ddod, NA os na. "
    "I stopio: STOP.",
    K.BOOKED_NO_PLACE: "Helo {first}. Byddwch yn gweld {worker}: {when}. Atebwch IE os gallwch ddod, NA os na. "
    "I stopio: STOP.",
    K.BOOKED_HOME: "Helo {first}. Bydd {worker} yn dod atoch: {when}, {place}. Atebwch IE os yn iawn, NA os na. "
    "I stopio: STOP.",
    K.BOOKED_HOME_NO_PLACE: "Helo {first}. Bydd {worker} yn dod atoch: {when}. Atebwch IE os yn iawn, NA os na. "
    "I stopio: STOP.",
    K.BOOKED_PHONE: "Helo {first}. Bydd {worker} yn eich ffonio: {when}. Atebwch IE os yn iawn, NA os na. "
    "I stopio: STOP.",
    K.BOOKED_VIDEO: "Helo {first}. Bydd {worker} yn eich gweld ar alwad fideo: {when}. "
    "Atebwch IE os yn iawn, NA os na. I stopio: STOP.",
    K.THREE_DAYS: "Helo {first}. Byddwch yn gweld {worker}: {when}, {place}. Atebwch IE neu NA. "
    "Angen help i deithio? Atebwch GALW.",
    K.THREE_DAYS_NO_PLACE: "Helo {first}. Byddwch yn gweld {worker}: {when}. Atebwch IE neu NA. "
    "Angen help i deithio? Atebwch GALW.",
    K.THREE_DAYS_HOME: "Helo {first}. Bydd {worker} yn dod atoch: {when}, {place}. Fyddwch chi yno? "
    "Atebwch IE neu NA, neu GALW.",
    K.THREE_DAYS_HOME_NO_PLACE: "Helo {first}. Bydd {worker} yn dod atoch: {when}. Fyddwch chi yno? "
    "Atebwch IE neu NA, neu GALW i siarad.",
    K.THREE_DAYS_PHONE: "Helo {first}. Bydd {worker} yn eich ffonio: {when}. Atebwch IE neu NA. "
    "Angen help? Atebwch GALW.",
    K.THREE_DAYS_VIDEO: "Helo {first}. Bydd {worker} yn eich gweld ar alwad fideo: {when}. Atebwch IE neu NA. "
    "Angen help? Atebwch GALW.",
    K.ONE_DAY: "Helo {first}. Yfory byddwch yn gweld {worker}, {time}, {place}. Atebwch IE os gallwch ddod. "
    "Os na, atebwch GALW i ni eich ffonio.",
    K.ONE_DAY_NO_PLACE: "Helo {first}. Yfory byddwch yn gweld {worker}, {time}. Atebwch IE os gallwch ddod. "
    "Os na, atebwch GALW i ni eich ffonio.",
    K.ONE_DAY_HOME: "Helo {first}. Yfory bydd {worker} yn dod atoch, {time}, {place}. Atebwch IE os yn iawn. "
    "Os na, atebwch GALW i ni eich ffonio.",
    K.ONE_DAY_HOME_NO_PLACE: "Helo {first}. Yfory bydd {worker} yn dod atoch, {time}. Atebwch IE os yn iawn. "
    "Os na, atebwch GALW i ni eich ffonio.",
    K.ONE_DAY_PHONE: "Helo {first}. Yfory bydd {worker} yn eich ffonio, {time}. Atebwch IE os yn iawn. "
    "Os na, atebwch GALW i siarad gyntaf.",
    K.ONE_DAY_VIDEO: "Helo {first}. Yfory bydd {worker} yn eich gweld ar alwad fideo, {time}. "
    "Atebwch IE os yn iawn. Os na, atebwch GALW i ni eich ffonio.",
    K.TWO_HOURS: "Helo {first}. Welwn ni chi heddiw, {time}, {place}. Yn hwyr? Atebwch HWYR. "
    "Methu dod? Atebwch GALW.",
    K.TWO_HOURS_NO_PLACE: "Helo {first}. Welwn ni chi heddiw, {time}. Yn hwyr? Atebwch HWYR. "
    "Methu dod? Atebwch GALW.",
    K.TWO_HOURS_HOME: "Helo {first}. Bydd {worker} yn dod atoch heddiw, {time}, {place}. Yn hwyr? Atebwch HWYR. "
    "Ddim yno? Atebwch GALW.",
    K.TWO_HOURS_HOME_NO_PLACE: "Helo {first}. Bydd {worker} yn dod atoch heddiw, {time}. Yn hwyr? Atebwch HWYR. "
    "Ddim yno? Atebwch GALW.",
    K.TWO_HOURS_PHONE: "Helo {first}. Bydd {worker} yn eich ffonio heddiw, {time}. Yn hwyr? Atebwch HWYR. "
    "Methu siarad? Atebwch GALW.",
    K.TWO_HOURS_VIDEO: "Helo {first}. Bydd {worker} yn eich gweld ar alwad fideo heddiw, {time}. "
    "Yn hwyr? Atebwch HWYR. Methu? Atebwch GALW.",
    K.CHANGED: "Helo {first}. Mae eich amser wedi newid. Amser newydd: {when}, {place}. "
    "Atebwch IE os yn iawn neu GALW i siarad.",
    K.CHANGED_NO_PLACE: "Helo {first}. Mae eich amser wedi newid. Amser newydd: {when}. "
    "Atebwch IE os yn iawn neu GALW i siarad.",
    K.CHANGED_HOME: "Helo {first}. Bydd {worker} yn dod atoch ar amser newydd: {when}, {place}. "
    "Atebwch IE os yn iawn, neu GALW.",
    K.CHANGED_HOME_NO_PLACE: "Helo {first}. Bydd {worker} yn dod atoch ar amser newydd: {when}. "
    "Atebwch IE os yn iawn neu GALW i siarad.",
    K.CHANGED_PHONE: "Helo {first}. Bydd {worker} yn eich ffonio ar amser newydd: {when}. "
    "Atebwch IE os yn iawn neu GALW i siarad.",
    K.CHANGED_VIDEO: "Helo {first}. Mae gan eich galwad fideo gyda {worker} amser newydd: {when}. "
    "Atebwch IE os yn iawn neu GALW i siarad.",
    K.CALLED_OFF: "Helo {first}. Nid oes angen i chi ddod {when}. Byddwn yn dweud yr amser nesaf. "
    "Cwestiwn? Atebwch GALW.",
    K.CALLED_OFF_HOME: "Helo {first}. Ni fydd {worker} yn dod atoch {when}. Byddwn yn dweud yr amser nesaf. "
    "Cwestiwn? Atebwch GALW.",
    K.CALLED_OFF_CALL: "Helo {first}. Ni fydd {worker} yn eich ffonio {when}. Byddwn yn dweud yr amser nesaf. "
    "Cwestiwn? Atebwch GALW.",
    K.MISSED: "Helo {first}. Ni welsom chi heddiw. Ydych chi'n iawn? Dywedwch pam erbyn {day}. "
    "Atebwch GALW neu ffoniwch {phone}.",
    K.MISSED_CALL: "Helo {first}. Ni chawsom siarad heddiw. Ydych chi'n iawn? Dywedwch pam erbyn {day}. "
    "Atebwch GALW neu ffoniwch {phone}.",
    K.MISSED_ON: "Helo {first}. Ni welsom chi {when}. Ydych chi'n iawn? Dywedwch pam erbyn {day}. "
    "Atebwch GALW i ni eich ffonio.",
    K.MISSED_ON_CALL: "Helo {first}. Ni chawsom siarad {when}. Ydych chi'n iawn? Dywedwch pam erbyn {day}. "
    "Atebwch GALW i ni eich ffonio.",
    K.CHECK_IN: "Helo {first}. Sut mae pethau? Atebwch 1 da, 2 iawn, 3 ddim yn dda, 4 angen help. "
    "Cewch ychwanegu mwy. Os nad ydych yn ddiogel ffoniwch 999.",
    K.CHECK_IN_NUDGE: "Helo {first}. Gofynnom sut mae pethau. Atebwch 1 da, 2 iawn, 3 ddim yn dda, 4 angen help. "
    "Mae dim ateb yn iawn hefyd.",
    K.CHECK_IN_THANKS: "Diolch {first}. Bydd {worker} yn gweld hwn.",
    K.CHECK_IN_HELP: "Diolch am ddweud {first}. Fyddai galwad yn help? Atebwch GALW i {worker} eich ffonio, "
    "neu NA os na. Os nad ydych yn ddiogel ffoniwch 999.",
    K.CHECK_IN_HELP_NOW: "Diolch {first}. Fyddai galwad yn help? Atebwch GALW i {worker} eich ffonio. Siarad nawr am ddim: "
    "116 123, neu SHOUT i 85258. Perygl: 999.",
    K.PRAISE: "Da iawn chi {first}. {n} wythnos o gadw at eich cynllun. Mae hynny'n waith caled. "
    "Bydd {worker} yn siarad am beth sydd nesaf.",
    K.PRAISE_STEP: "Da iawn chi {first}. {step}. Mae hynny'n waith caled. "
    "Bydd {worker} yn siarad am beth sydd nesaf.",
    K.NUMBER_CHECK: "Helo, ai rhif {first} yw hwn? Atebwch 1 am ie, 2 am na",
    K.NUMBER_CHECK_THANKS: "Diolch {first}. Byddwn yn tecstio beth sydd wedi ei drefnu. "
    "Atebwch STOP i orffen y negeseuon.",
    K.NUMBER_CHANGED: "Helo {first}. O hyn ymlaen byddwn yn tecstio'r rhif hwn. Ddim yn iawn? Atebwch GALW. "
    "I stopio: STOP.",
    K.WORKER_CHANGED: "Helo {first}. O hyn ymlaen {worker} yw eich gweithiwr. Mae beth sydd wedi ei drefnu yr un "
    "fath. Cwestiwn? Atebwch GALW.",
    K.WILL_ATTEND: "Diolch {first}. Welwn ni chi {when}.",
    K.WILL_ATTEND_HOME: "Diolch {first}. Bydd {worker} yn dod atoch {when}.",
    K.WILL_ATTEND_PHONE: "Diolch {first}. Bydd {worker} yn eich ffonio {when}.",
    K.WILL_ATTEND_VIDEO: "Diolch {first}. Welwn ni chi ar yr alwad fideo {when}.",
    K.CANNOT_ATTEND: "Diolch am ddweud {first}. Bydd {worker} yn cysylltu am amser arall.",
    K.NO_RECORDED: "Diolch {first}. Ni allwch ddod {when}. Bydd {worker} yn cysylltu am amser arall.",
    K.NO_BECAUSE: "Diolch {first}: ni allwch ddod {when} ({why}). Bydd {worker} yn chwilio am ffordd.",
    K.NO_SORRY: "Mae'n ddrwg gennym glywed {first}. Ni allwch ddod {when}. Bydd {worker} yn cysylltu.",
    K.LATE: "Diolch {first}. Bydd {worker} yn gweld eich bod yn hwyr. Dewch o hyd.",
    K.LATE_CALL: "Diolch {first}. Bydd {worker} yn gweld eich bod yn hwyr.",
    K.LATE_ON: "Diolch {first}. Bydd {worker} yn gweld y byddwch yn hwyr {when}. Dewch o hyd.",
    K.LATE_ON_CALL: "Diolch {first}. Bydd {worker} yn gweld y byddwch yn hwyr {when}.",
    K.HERE: "Diolch {first}. Bydd {worker} yn gweld eich bod yma.",
    K.CALL: "Diolch {first}. Rydym wedi gofyn i {worker} ffonio'r rhif hwn yn ystod oriau gwaith.",
    K.ABSENCE_THANKS: "Diolch am ddweud {first}. Bydd {worker} yn darllen hwn.",
    K.NEXT: "Helo {first}. Nesaf: {list}. Cwestiwn? Atebwch GALW.",
    K.NEXT_NONE: "Helo {first}. Does dim wedi ei drefnu nawr. Cwestiwn? Atebwch GALW.",
    K.WEEK: "Helo {first}. Y 7 diwrnod nesaf: {list}. Cwestiwn? Atebwch GALW.",
    K.WEEK_NONE: "Helo {first}. Does dim wedi ei drefnu yn y 7 diwrnod nesaf. NESAF am beth sydd wedyn. "
    "Cwestiwn? Atebwch GALW.",
    K.ONE_BOOKED: "Helo {first}. Byddwch yn gweld {worker}: {when}, {place}. Cwestiwn? Atebwch GALW.",
    K.ONE_BOOKED_NO_PLACE: "Helo {first}. Byddwch yn gweld {worker}: {when}. Cwestiwn? Atebwch GALW.",
    K.ONE_BOOKED_HOME: "Helo {first}. Bydd {worker} yn dod atoch: {when}. Cwestiwn? Atebwch GALW.",
    K.ONE_BOOKED_PHONE: "Helo {first}. Bydd {worker} yn eich ffonio: {when}. Cwestiwn? Atebwch GALW.",
    K.ONE_BOOKED_VIDEO: "Helo {first}. Bydd {worker} yn eich gweld ar alwad fideo: {when}. "
    "Cwestiwn? Atebwch GALW.",
    K.IS_BOOKED: "Helo {first}. Wedi ei drefnu: byddwch yn gweld {worker}, {when}, {place}. "
    "Cwestiwn? Atebwch GALW.",
    K.IS_BOOKED_NO_PLACE: "Helo {first}. Wedi ei drefnu: byddwch yn gweld {worker}, {when}. Cwestiwn? Atebwch GALW.",
    K.IS_BOOKED_HOME: "Helo {first}. Wedi ei drefnu: bydd {worker} yn dod atoch, {when}. Cwestiwn? Atebwch GALW.",
    K.IS_BOOKED_PHONE: "Helo {first}. Wedi ei drefnu: bydd {worker} yn eich ffonio, {when}. "
    "Cwestiwn? Atebwch GALW.",
    K.IS_BOOKED_VIDEO: "Helo {first}. Wedi ei drefnu: bydd {worker} yn eich gweld ar alwad fideo, {when}. "
    "Cwestiwn? Atebwch GALW.",
    K.CLOSED: "Helo {first}. Rydym ar gau ar {closed}. Nesaf: {list}. Cwestiwn? Atebwch GALW.",
    K.CLOSED_NONE: "Helo {first}. Rydym ar gau ar {closed}. Does dim wedi ei drefnu nawr. Cwestiwn? Atebwch GALW.",
    K.MISSED_ONE: "Helo {first}. Ni welsom chi ar {when}. Gallwch ddweud pam ar neges destun. "
    "Cwestiwn? Atebwch GALW.",
    K.MISSED_ONE_CALL: "Helo {first}. Ni fu sgwrs ar {when}. Gallwch ddweud pam ar neges destun. "
    "Cwestiwn? Atebwch GALW.",
    K.MISSED_NONE: "Helo {first}. Nid ydych wedi colli un yn y 4 wythnos diwethaf. NESAF am beth sydd wedi ei drefnu.",
    K.LEFT: "Helo {first}. Wedi ei drefnu o nawr: {n}. Bydd {worker} yn dweud y gweddill.",
    K.LEFT_REACHED: "Helo {first}. Wedi ei drefnu o nawr: {n}. Camau a gyflawnwyd: {k}. "
    "Bydd {worker} yn dweud y gweddill.",
    K.HUB_ANSWER: "Helo {first}. {words}",
    K.HUB_ANSWER_PLACE: "Helo {first}. {place}: {directions}",
    K.REST: "Bydd {worker} yn ateb y gweddill.",
    K.QUESTION_PASSED: "Diolch {first}. Bydd {worker} yn ateb hynny.",
    K.QUESTION_PASSED_AGAIN: "Diolch {first}. Rydym wedi pasio hwn ymlaen hefyd. Bydd {worker} yn cysylltu.",
    K.PROGRESS: "Da iawn chi {first}. Wedi cadw yn olynol: {n}. Newyddion da gennych: {m}. Daliwch ati.",
    K.PROGRESS_KEPT: "Da iawn chi {first}. Wedi cadw yn olynol: {n}. Daliwch ati.",
    K.PROGRESS_TOLD: "Da iawn chi {first}. Newyddion da gennych: {m}. Daliwch ati.",
    K.PROGRESS_ALL: "Da iawn chi {first}. Wedi cadw yn olynol: {n}. Newyddion da gennych: {m}. "
    "Camau a gyflawnwyd: {k}. Daliwch ati.",
    K.PROGRESS_KEPT_REACHED: "Da iawn chi {first}. Wedi cadw yn olynol: {n}. Camau a gyflawnwyd: {k}. Daliwch ati.",
    K.PROGRESS_TOLD_REACHED: "Da iawn chi {first}. Newyddion da gennych: {m}. Camau a gyflawnwyd: {k}. Daliwch ati.",
    K.PROGRESS_REACHED: "Da iawn chi {first}. Camau a gyflawnwyd: {k}. Daliwch ati.",
    K.PROGRESS_NONE: "Helo {first}. Does dim i'w gyfri eto. Mae pob tro y dewch yn cyfri. Cwestiwn? Atebwch GALW.",
    K.WHO_SEES: "Gall {worker}, eich gweithwyr a'r rhai sy'n gwirio ein gwaith ddarllen eich negeseuon. "
    "Nid teulu na ffrindiau. Os oes perygl i chi cawn help.",
    K.GOOD_NEWS: "Diolch am ddweud {first}. Dyna newyddion da. Da iawn chi, a daliwch ati.",
    K.HARD_NEWS: "Diolch am ddweud {first}. Mae hynny'n swnio'n anodd. Bydd {worker} yn gweld hwn ac yn cysylltu. "
    "I siarad atebwch GALW.",
    K.NEWS: "Diolch am ddweud {first}. Bydd {worker} yn darllen hwn.",
    K.LAPSE: "Diolch am ddweud {first}. Rydym yn falch i chi wneud. Bydd {worker} yn gofyn beth fyddai'n helpu. "
    "I siarad: GALW. Ddim yn ddiogel? Ffoniwch 999.",
    K.REBOOK: "Diolch {first}. Pa un?\n{choices}\n0 dim un\nMae'r hen amser yn sefyll tan hynny.",
    K.REBOOK_AGAIN: "Sori {first}. Aeth yr amser hwnnw. Pa un?\n{choices}\n0 dim un\n"
    "Mae'r hen un yn sefyll.",
    K.HELP: "Atebwch IE, NA, HWYR neu GALW i neges. NESAF am beth sydd wedi ei drefnu. STOP i orffen.",
    K.START: "Helo {first}. Byddwch yn cael ein negeseuon eto. Atebwch STOP i orffen.",
    K.OPTED_OUT_ORDER: "Ni chewch fwy o negeseuon testun. Mae angen i chi ddod fel y trefnwyd o hyd. "
    "Cawn ffordd arall i ddweud wrthych. I ailddechrau atebwch DECHRAU.",
    K.OPTED_OUT_VOLUNTARY: "Ni chewch fwy o negeseuon testun. I ailddechrau atebwch DECHRAU.",
    K.WRONG_NUMBER: "Mae'n ddrwg gennym. Rydym wedi tynnu'r rhif hwn o'n rhestr. Ni chewch fwy o negeseuon. "
    "Anwybyddwch y neges ddiwethaf.",
    K.CRISIS: "Diolch am ddweud. Os nad ydych yn ddiogel ffoniwch 999. I siarad am ddim: "
    "ffoniwch 116 123, tecstiwch SHOUT i 85258, neu ffoniwch 111 a dewis 2.",
    K.CRISIS_LINE: "Diolch am ddweud. Os nad ydych yn ddiogel ffoniwch 999. I siarad: {phone}, "
    "116 123, tecstiwch SHOUT i 85258, neu ffoniwch 111 a dewis 2.",
    K.SAFETY_LIFE: "Diolch am ddweud. Os nad ydych yn ddiogel ffoniwch 999. Rydych yn bwysig. I siarad am ddim: "
    "ffoniwch 116 123, SHOUT i 85258, neu 111 a dewis 2.",
    K.SAFETY_LIFE_LINE: "Diolch am ddweud. Os nad ydych yn ddiogel ffoniwch 999. Rydych yn bwysig. I siarad: "
    "{phone}, 116 123, SHOUT i 85258, neu 111 a dewis 2.",
    K.SAFETY_INJURY: "Ffoniwch 999 nawr a dweud beth sydd wedi digwydd. Arhoswch gyda rhywun, neu ewch at bobl. "
    "Cadwch eich symudol ymlaen. Bydd rhywun yn eich ffonio.",
    K.SAFETY_VIOLENCE: "Os ydych mewn perygl nawr ffoniwch 999. Methu siarad? Ffoniwch 999, yna pwyswch 55. "
    "Ewch at bobl os gallwch. Dywedwch pryd mae'n saff i ni ffonio.",
    K.SAFETY_VIOLENCE_LINE: "Os ydych mewn perygl nawr ffoniwch 999. Methu siarad? Ffoniwch 999, yna pwyswch 55. "
    "Am help: {phone}. Dywedwch pryd mae'n saff i ni ffonio.",
    K.SAFETY_CHILD: "Diolch am ddweud. Os oes plentyn mewn perygl nawr ffoniwch 999. "
    "Rydym yn dweud wrth weithiwr nawr, a bydd rhywun yn eich ffonio.",
    K.SAFETY_CHILD_LINE: "Diolch am ddweud. Os oes plentyn mewn perygl nawr ffoniwch 999, neu {phone}. "
    "Rydym yn dweud wrth weithiwr nawr. Bydd rhywun yn eich ffonio.",
    K.SAFETY_BED: "Diolch am ddweud. Am le i gysgu ffoniwch y cyngor, ddydd neu nos, a gofyn "
    "am dai. Bydd rhywun yn eich ffonio hefyd. Os nad ydych yn ddiogel ffoniwch 999.",
    K.SAFETY_BED_LINE: "Diolch am ddweud. Am le i gysgu ffoniwch {phone}, ddydd neu nos. "
    "Bydd rhywun yn eich ffonio hefyd. Os nad ydych yn ddiogel ffoniwch 999.",
    K.SAFETY_AGAIN: "Diolch am ddweud. Rydym wedi pasio hwn ymlaen hefyd. Os yw'n gwaethygu neu os nad ydych "
    "yn ddiogel ffoniwch 999 nawr.",
    K.AFTER_DANGER: "Diolch, rydym wedi nodi hynny. Bydd rhywun yn siarad gyda chi am y gweddill.",
    K.HEARD: "Diolch am ddweud. Bydd rhywun yn darllen hwn ac yn cysylltu.",
    K.GET_WELL: "Diolch am ddweud {first}. Gobeithio y byddwch yn well. Bydd {worker} yn cysylltu.",
    K.WHICH_ONE: "Diolch. Pa un?\n{choices}",
    K.SEVERAL: "Helo {first}. {n} ar {day}: {list}. Atebwch IE os gallwch ddod {all}, neu GALW i siarad.",
    K.WHO: "Diolch. Mae mwy nag un yn defnyddio'r rhif hwn. "
    "Atebwch gyda'ch enw cyntaf i ni wybod pwy sydd yno.",
    K.NOT_SURE: "Diolch {first}. Bydd {worker} yn darllen hwn yn ystod oriau gwaith ac yn cysylltu.",
    K.NOT_SURE_UNNAMED: "Diolch. Byddwn yn darllen hwn yn ystod oriau gwaith ac yn cysylltu.",
    K.NOT_SURE_AGAIN: "Diolch {first}. Bydd {worker} yn gweld hon hefyd.",
    K.GOT_IT: "Iawn {first}, diolch.",
    K.NOT_SURE_MORE: "Mae'r neges hon gennym hefyd {first}. Bydd {worker} yn ei gweld gyda'r llall.",
    K.TAKEN_BACK: "Sori {first}. Rydym wedi dileu hynny. Beth oeddech chi'n ei feddwl? Defnyddiwch eich geiriau eich hun, "
    "neu atebwch GALW.",
    K.UNDECIDED: "Dim brys {first}. Dywedwch erbyn {day}: IE os gallwch ddod, NA os na.",
    K.UNDECIDED_SOON: "Dim brys {first}. Dywedwch pan fyddwch yn gwybod: IE neu NA, neu GALW i siarad.",
    K.ASK_END_TEXTS: "Ydych chi am i ni stopio pob neges i'r rhif hwn? Atebwch 1 am ydw, 2 am na.",
    K.ASK_WHOSE: "Mae'n ddrwg gennym. Ai rhif {first} yw hwn? Atebwch 1 am ie, 2 am na.",
    K.KEEP_TEXTS: "Diolch. Byddwn yn dal i'ch tecstio. Mae STOP yn gorffen negeseuon unrhyw bryd.",
    K.ASK_COMING: "Diolch {first}. Allwch chi ddod {when}? Atebwch IE neu NA, neu GALW i siarad.",
    K.LIKE_ASKED: "Diolch {first}. Ydy hynny'n golygu y gallwch ddod {when}? Atebwch IE neu NA.",
    K.WHO_WRITES: "{sender} sydd yma. Rydym yn tecstio am beth sydd wedi ei drefnu a sut ydych chi. "
    "I wirio, ffoniwch {phone}.",
    K.FROM_OTHER: "Diolch am roi gwybod. Byddwn yn ei basio ymlaen.",
    K.UNKNOWN_NUMBER: "Diolch am eich neges. Nid ydym yn adnabod y rhif hwn. Os oes gennych weithiwr, ffoniwch nhw.",
    K.NOTICE: "Engage: mae rhywbeth yn aros amdanoch. Mewngofnodwch.",
    K.PICTURE: "Sori {first}. Ni allwn agor lluniau na negeseuon llais. Defnyddiwch eiriau, neu atebwch GALW.",
}
