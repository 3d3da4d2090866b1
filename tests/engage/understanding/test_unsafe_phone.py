"""Signs that somebody else reads the phone are found in both languages and in any spelling. A
broken phone is no such sign.
"""

import time

import pytest

from engage.understanding.safety.unsafe_phone import shows_other_reader

FOUND = """
he checks my phone
He reads all my texts
dont text this number he reads it
not safe to text
its not safe to text me on this
isnt safe to ring this phone
please stop texting he goes mad when he sees them
my ex goes thru my fone
my boyfriend looks through my messages every night
my mum has my phone
hes got my phone
she took my phone off me and reads it
dnt msg me on ere my bf checks my fone
someone else reads this phone
cant talk hes listening
cant text now hes here
if he sees this hes gonna kill me
he doesnt know im texting you
be careful what you put in these texts
she sees everything on my phone
my partner monitors my phone
don't ring me on this one, he'll see it
my texts are being read
this phone isn't private
its not just me who reads these
hes reading this over my shoulder
delete these texts before he gets back
my dad goes on my phone
they check my phone in the house
my husband knows my pin and looks at my messages
Do not text. He is looking at my phone
he has the phone, i have ten minutes while hes out. please do not answer
he took my shoes n phone
hes gt me phone 22 hrs a day
its him who texts from this phone usually
mae o'n darllen fy negeseuon
mae hi'n edrych ar fy ffôn
peidiwch tecstio'r rhif hwn mae o'n ei ddarllen
ddim yn saff i decstio
mae rhywun yn checio fy ffon
paid â thecstio mae e'n gweld popeth
dydi'r ffon ddim yn saff
""".strip().splitlines()

NOT_FOUND = """
my phone is broke
she has a new phone
this is his mum he dont have this phone now
why do you not reply
my phone died sorry
lost my phone, got a new one
yes
yes il be there
dont text me im at work
stop texting me
stop
can you check my number
il check my phone later
who is this
he rang my phone last night
she has my number
he has my number
my support worker has my phone number
police have my phone
the shop has my phone to fix
cant talk at work
cant talk now in a meeting
not safe to walk home from there
im not safe text me
i dont feel safe in the hostel
ring me
call me on this number please
dont ring before 10 hes asleep
she read my text and said its fine
mum says ok
my phone was off
no credit on my phone
he checks in with me every week
they are checking my tag tomorrow
not able to call
told not to call
my lad took me to hospital
is it safe to text you
my phone screen is cracked cant see the text
we share this phone its katrina
texting off my mates phone
he got my phone back for me
i cant read the text
il see you there
mae fy ffon wedi torri
byddaf yna
na dim diolch
mae gen i ffon newydd
""".strip().splitlines()


@pytest.mark.parametrize("text", FOUND)
def test_another_reader_is_found(text: str) -> None:
    """Each of these texts shows one."""
    assert shows_other_reader(text)


@pytest.mark.parametrize("text", NOT_FOUND)
def test_no_other_reader_is_found(text: str) -> None:
    """None of these texts shows one."""
    assert not shows_other_reader(text)


@pytest.mark.parametrize(
    "text", ["", " ", "👍🏽", "\ud800", "he " * 800, "he reads my " * 200, "dont text " * 160]
)
def test_any_text_is_searched_quickly(text: str) -> None:
    """Empty texts, signs, half characters and long repetitions neither fail nor take long."""
    started = time.process_time()
    shows_other_reader(text)
    assert time.process_time() - started < 0.5
