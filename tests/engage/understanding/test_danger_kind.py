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
        had about 50 paracetamol with vodka feel ill now
        too much of me methadone and im going under
        left arms gone numb n my chest is like stone
        ive cut myself and its deep it wont stop
        hes not breathing right hes a funny colour
        me heads split open and theres blood all down me
        somebody spiked me cant feel my legs
        went over last night they brought me back with naloxone
        dwi di cymryd llwyth o baracetamol a dabledi mam
        mae gwaed ym mhobman
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
        i just want the pain to stop for good
        they would all be happier if i wasnt around
        been lookin up ways to do it and ive picked the day
        wont see another christmas and im fine wi that
        counted me tablets out on the table
        youll not have to bother with me again after tonight
        give my slot to somebody who wants to live
        wrote me letters for the bairns
        she took all her tablets with her and walked off
        byddai'n well i bawb taswn i ddim yma
        isio diflannu am byth
        jyst isio deud ta ta go iawn
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
        theyve said theyll do me legs if i dont pay
        lad i grassed on is back n hes lookin for me
        hes kickin the door in
        she wouldnt let me out the house and took my phone
        my brother says hell open my throat if i go home
        im hiding in the bathroom hes smashing the place up
        theres a car sat outside my yard waitin for me
        they want me to carry for them or theyll hurt me
        he follows me everywhere an im scared to go out
        mae fy nghyn yn dod allan dydd gwener, dwi ofn
        mae o'n aros amdana i tu allan
        ma nhw di bygwth saethu fi
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
        my lads been left on his own all night hes 5
        my daughter told me her step dad touches her
        the kids havent eaten for two days
        i hit my boy hard and theres a mark
        shes off her face and shes got the baby with her
        next doors bairn is on his own again screaming
        my ex wont give the little one back hes drunk and hes got my daughter in the car
        he locked the kids in the shed
        mae'r plant ar ben eu hunain ers bore ddoe
        mae hi'n gadael y babi ar ei ben ei hun
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
        tell pat to watch her back
        ill put my social worker in hospital
        hes gonna pay for what he did to our kid
        swear down ill break his jaw
        im going round there with a hammer
        ill set fire to her car
        if i see him il batter him
        gonna do time for that lad
        dwed wrthi am wylio'i chefn
        dwi am dorri ei goesau o
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
        hostel wont let me in and its dark
        lost my bed at the shelter what do i do tonight
        they shut the night shelter so im out in the rain
        been walking round since 6 nowhere to go
        sat in the bus station all night again its freezing
        tent got nicked nowhere to sleep now
        landlord locked me out wi all my stuff inside n nowhere to go
        im in the park on a bench tonight
        does gen i unlle i aros heno
        wedi cael fy nhaflu allan, ar y stryd heno
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
        please can someone help me now
        i dont feel right and im frightened
        im in trouble big trouble
        something bad has happened here
        im not safe where i am
        rhywun helpwch plis
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
