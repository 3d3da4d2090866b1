"""Which kind of danger a text reports, and what only sounds like one."""

import pytest

from engage.understanding.language.normalise import normalise
from engage.understanding.safety.danger_kind import kind_of_danger
from engage.understanding.safety.kinds import DangerKind
from engage.understanding.vocabulary import Intent

EXAMPLES = {
    DangerKind.OVERDOSE_OR_INJURY: """
        took all my tablets
        tuk 40 paracetamols bout an hour ago
        necked the lot feel rank
        ive swallowed a whole box of pills
        i od'd
        think im going over. pins still in
        cant breathe an me chest is on fire
        got stabbed in me leg cant stop the bleeding
        just cut my wrists
        been shanked outside lidl
        drank bleach
        i need an ambulance
        lips are blue she wont wake come quick
        wedi cymryd gormod o dabledi
        nes i gymryd 30 o dabledi bora ma
        dwi angen ambiwlans
        methu anadlu
        dwi'n gwaedu lot
    """,
    DangerKind.WISHES_TO_DIE: """
        i want to die
        wanna kms
        gonna top meself tonite
        dont wanna be here no more
        oh il be there alright. in a box
        u were kind to me so i wanted to say ta ra properly
        stood on the bridge lookin down
        every1 would be better off without me
        whats the point in living
        im on the ledge
        he walked out and left his ring and a note
        cant go on like this
        thinking of ending it
        im just a burden
        dwi isio marw
        dwi ddim isio bod yma
        fi moyn marw
        dwi am ladd fy hun neu lladd fy hun
        sdim pwynt byw
        bydda pawb well off hebdda i
    """,
    DangerKind.VIOLENCE: """
        he hit me again
        my ex gets out friday n hes gonna find me
        my ex is released on friday and i am scared
        hes outside bangin on the door
        theres lads after me they know where i live
        he said hel kill me
        she battered me last nite
        he wont let me out the house
        theyve put a price on my head
        im terrified of him
        got jumped by 3 of em
        he put a knife to my throat
        been threatened by a dealer, they said theyl do me
        mae o wedi bygwth lladd fi
        mae fy ngwr yn dod allan dydd gwener a dwi ofn
        ma fe wedi bwrw fi
        mae e'n curo ar y drws efo cyllell
        ofn fo
    """,
    DangerKind.CHILD_AT_RISK: """
        hes hitting the kids
        my sister leaves her kids on there own all nite
        the baby has bruises all up her arm
        scared il hurt the baby
        her bf is a nonce n hes round the kids
        dad keeps slapping my little brother
        hes taken my daughter and hes off his head
        shes seeing a 14 yr old
        kids have had nothing to eat since thurs
        he screams at the kids n locks them in
        feel like i could shake the baby
        my ex left the baby alone with him
        mae o'n brifo'r plant
        ma hi'n gadael y plant ar ben eu hun
        mae e wedi taro fy mab i
        cleisiau ar y babi
    """,
    DangerKind.THREATS_TO_OTHERS: """
        im gonna stab him
        il smash his face in
        gonna batter my neighbour
        hes dead when i find him
        il kill her i swear down
        gonna burn his house down
        going round there with a bat
        got a blade for him
        swear il do time for him
        il put him in the ground
        thinking about hurting people
        someones gonna get stabbed
        dwi am ladd o
        fi'n mynd i frifo fe
        nai ladd nhw
    """,
    DangerKind.NOWHERE_TO_SLEEP: """
        got nowhere to sleep tonight
        nowhere to go
        mums kicked me out
        sleepin rough again
        been slung out the hostel
        hostel is full
        kippin in me car its freezing
        im on the streets now
        in a doorway on the high st sleeping outside
        they evicted me today
        landlord chucked me out wiv all my stuff
        no roof over my head
        homeless again
        dim lle i gysgu heno
        nunlle i fynd
        dwi'n cysgu allan heno
        cysgu yn y car
        ma mam wedi taflu fi allan
        dwi'n ddigartref
    """,
    DangerKind.UNCLEAR: """
        im not ok
        not safe
        help me please
        im in danger
        in a really dark place
        at breaking point
        please send someone
        im scared
        really struggling need someone now
        something bad is gonna happen
        dwi ddim yn saff
        helpwch fi
        mae ofn arna i
    """,
}
ROWS = [
    (kind, text.strip()) for kind, block in EXAMPLES.items() for text in block.strip().splitlines()
]


@pytest.mark.parametrize(("kind", "text"), ROWS)
def test_each_kind_is_told_by_its_words(kind: DangerKind, text: str) -> None:
    """English and Welsh, plain and slang. At least a dozen of each kind."""
    intents = {Intent.HARM_TO_OTHERS if kind.is_to_others else Intent.CRISIS}
    assert kind_of_danger(normalise(text).line, intents) is kind


def test_there_are_a_dozen_examples_of_each_kind() -> None:
    """No kind is left to luck."""
    assert set(EXAMPLES) == set(DangerKind)
    assert all(sum(kind is one for one, _ in ROWS) >= 12 for kind in DangerKind)
