"""Signs of danger are found whatever the classifier thinks; what only sounds like one is not."""

import pytest

from engage.understanding.language.normalise import normalise
from engage.understanding.safety.find_danger import by_rule
from engage.understanding.safety.kinds import DangerKind
from engage.understanding.safety.signs import signs

FOUND = {
    DangerKind.OVERDOSE_OR_INJURY: """
        my mate's gone over, his lips are blue, what do i do
        her lips have gone a bit purple and shes cold
        he isnt breathing right someone come
        shes unconscious on the bathroom floor
        my brother wont wake up theres a needle next to him
        cant wake my mam shes took her sleepers
        dads just collapsed in the kitchen
        im bleeding really bad from my leg
        we cant stop the bleeding
        dwi'n gwaedu'n ddrwg
        mae ei gwefusau hi'n las
        dyw e ddim yn anadlu
        methu deffro mam
        had about 50 paracetamol with vodka feel ill now
        took 30 tablets an hour ago
    """,
    DangerKind.WISHES_TO_DIE: """
        grace has gone missing she said we'd be better off without her. this is her partner
        she left this phone behind with a note saying sorry to all of us. her dad
        he said the kids would be better off without him then walked out
        shes wrote letters for the kids and gone
        my sons gone missing, hes not been himself and we've rung the police
        she has left her wedding ring on the side
        i think hes going to do something to himself
        im scared shes gonna do something stupid to herself
        im gonna jump
        he left a note for his mum saying goodbye
        mae hi wedi mynd ar goll, dwi'n poeni amdani
        mae fo wedi diflannu a gadael nodyn
    """,
    DangerKind.NOWHERE_TO_SLEEP: """
        sat in the bus station all night again its freezing
        im in the park on a bench tonight
        been in the doorway of greggs overnight
        spent the night in the bus shelter overnight with all my bags
        stuck in mcdonalds till morning
        laid in the subway all night soaked through
        been under the bridge all night
        stopping in a tent again tonight
        lying on a bench til it opens
        dwi ar fainc heno
        mewn safle bws drwy'r nos
    """,
    DangerKind.CHILD_AT_RISK: """
        she shakes the baby when it cries
        he burns the kids with his fag if they answer back
        he slaps the toddler every time she cries
        i threw the baby on the bed i couldnt cope
        she locks the kids in their room all day
        i lost it and hit my boy hard, theres a mark
        i smacked my lass across the face i feel sick
        my daughter told me her step dad touches her
        the kids havent eaten for two days theres nothing in
        my lads been left on his own all night hes 5
        kids are home alone every night when shes out working
        mae o'n ysgwyd y babi
        mae'r plant ar ben eu hunain ers bore ddoe
        plant heb fwyta ers dydd sul
    """,
    DangerKind.THREATS_TO_OTHERS: """
        tell pat to watch her back
        he wants to watch his back from now on
        you better watch your back
        tell him to sleep with one eye open
        ill put my social worker in hospital if she takes them
        gonna put that landlord in a wheelchair
        swear ill break his legs
        il snap her neck
        shes gonna pay for what she did to my family
        ill throw acid in his face
        ill set fire to his car
        dwed wrthi am wylio'i chefn
        mi ro i o yn yr ysbyty
        dwi am dorri ei goesau
    """,
}
HARMLESS = {
    DangerKind.OVERDOSE_OR_INJURY: """
        my lips are blue from that slush lol
        not breathing a word of it to anyone
        the bleeding bus is late again
        bleeding heck its cold
        doing a breathing exercise then ill come
        my lad wont wake up for school so running late
        cant wake him before 10 so make it later
        the shed collapsed in the wind cant come
        he collapsed laughing
        unconscious bias training on thursday so cant come
        had 20 tablets left and the chemist is shut
        took 2 paracetamol for my head
        prawf gwaed bore fory felly methu dod
        dyw'r trwyn ddim yn gwaedu rwan
    """,
    DangerKind.WISHES_TO_DIE: """
        im better off without him tbh
        left a note on your desk
        she left a letter from the council for you
        he left his phone behind so im texting from mine
        i left a note for the postman
        my bus pass has gone missing
        dogs gone missing cant find him anywhere im worried sick
        he left a note saying sorry we missed you, parcel is at yours
        left my ring at the gym
        gonna jump in the shower then ill come
        gonna jump on the bus now
        she said the kids are better off with me
        mae fy ngherdyn i wedi mynd ar goll
    """,
    DangerKind.NOWHERE_TO_SLEEP: """
        sat in the bus station for an hour, be there soon
        im in the park with the kids
        meet me on the bench outside
        parked in the car park waiting for you
        been at the gym all night
        went night fishing, been on the bank till late
        stuck at the station, train cancelled
        had a mcdonalds tonight lol
        got a tent for the festival
        up all night with the baby
        dwi yn y parc efo'r plant
        eistedd ar y fainc tu allan i'r swyddfa
    """,
    DangerKind.CHILD_AT_RISK: """
        kids havent eaten their tea yet can i come later
        the baby hasnt eaten for 2 days shes got a bug so cant come
        baby shook with laughter
        hit my lad up for a lift, be there at 2
        shook the kids hands at the school thing
        my lad lives on his own now
        watched home alone with the kids
        i burnt the kids tea so running late
        throws the baby in the air and she giggles
        my daughter says the dog touched her foot
        he smacked my lad at fifa
        mae'r plant yn yr ysgol ar ben eu hunain
        heb fwyta eto, bydda i yna wedyn
    """,
    DangerKind.THREATS_TO_OTHERS: """
        watch your back when lifting that lol
        tell him to watch his back lifting them boxes
        you best watch your back mate its icy out there
        hurt my back so cant come
        the curry will put you in hospital haha
        il put the dog in the car
        gonna put my mum in hospital for her op on thursday
        id break my neck to be there
        hes gonna pay for what i ordered
        gonna pay for my bus
        il break the news to her thursday
        got petrol in the car so il be there
        she'll do her windows friday
        wedi torri ei choes hi, methu dod
    """,
}


def _rows(table: dict[DangerKind, str]) -> list[tuple[DangerKind, str]]:
    return [
        (kind, text.strip()) for kind, block in table.items() for text in block.strip().splitlines()
    ]


@pytest.mark.parametrize(("kind", "text"), _rows(FOUND))
def test_a_sign_is_found_with_its_kind(kind: DangerKind, text: str) -> None:
    """In English and Welsh, about the writer and about others."""
    line = normalise(text).line
    assert kind in signs(line)
    assert by_rule(line)


@pytest.mark.parametrize(("kind", "text"), _rows(HARMLESS))
def test_what_only_sounds_like_a_sign_is_none(kind: DangerKind, text: str) -> None:
    """A figure of speech, a joke, a thing or an illness."""
    line = normalise(text).line
    assert signs(line) == {}, kind


def test_there_are_ten_of_each() -> None:
    """Signs and near misses of each kind that has signs."""
    assert set(FOUND) == set(HARMLESS)
    for table in (FOUND, HARMLESS):
        assert all(len(block.strip().splitlines()) >= 10 for block in table.values())
