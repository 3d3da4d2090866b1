"""Sorts danger by its words, for texts that fit no pattern of danger_kind.py. Pure.

Each kind has words in English and Welsh that weigh 2 or 1. A text has every kind whose words weigh
enough together, each counted once. Of two kinds the more urgent one decides the advice, so words of
a wish to die count early, and words of violence, a child or a bed only if they are several. The
words are normalised.
"""

from engage.understanding.safety.kinds import DangerKind

_ENOUGH = {
    DangerKind.OVERDOSE_OR_INJURY: 2,
    DangerKind.WISHES_TO_DIE: 2,
    DangerKind.VIOLENCE: 3,
    DangerKind.CHILD_AT_RISK: 3,
    DangerKind.NOWHERE_TO_SLEEP: 3,
}
_HEAVY = {
    DangerKind.OVERDOSE_OR_INJURY: """
        blood bleed bleeding bled gwaed waed gwaedu ambulance ambiwlans naloxone resus seizure
        stabbed stabd stbd stabbo shanked unconscious collapsed swallowed spiked overdosed
        paracetamol llyncu lyncu anadlu strips stroke fit ffit
        """,
    DangerKind.WISHES_TO_DIE: """
        die dying marw rope rhaff noose razor rasal ledge bridge bont bridges clogwyn cliff
        viaduct flyover tracks tracs goodbye goodbyes ffarwel alvida eulogy burden baich faich
        suicide voices lleisiau lleisie lleisia alive deffro diflannu hebdda heaven coffin grave
        bedd funeral angladd exist existing dyfodol jump jumping neidio river afon peaceful
        """,
    DangerKind.VIOLENCE: """
        knife knives cyllell gyllell chyllell machete gun shotgun strap axe hammers acid
        threatened threaten threatening threats bygwth mygwth beat beats battered punched
        slapped raped kidnapped trafficked assault assaulted attacked stalking airtag airtagged
        tracker gangmaster opps waldio nghuro nharo mwrw lladd debt kneecaps dishonour blade
        bats
        """,
    DangerKind.CHILD_AT_RISK: "nonce paedo pedo",
    DangerKind.NOWHERE_TO_SLEEP: """
        doorway tent pabell homeless digartref ddigartref rough evicted nowhere nunlle unlle
        bench bins stairwell
        """,
}
_LIGHT = {
    DangerKind.OVERDOSE_OR_INJURY: """
        tablets tabs pills dabledi tabledi insulin botel chest breathe breath breathing numb
        lips blue floor dizzy sleepy gysglyd pain choking wound
        """,
    DangerKind.WISHES_TO_DIE: """
        dead death peace world byd letter letters llythyr nodyn note notes wake woke end ends
        ending forever without reason point pwynt purpose train tren roof living byw bywyd life
        myself hun gone stop sleep heb ola ashes god notice sorry sori tried
        """,
    DangerKind.VIOLENCE: """
        he hes she shes they theyre theyve theyl o fo fe nhw scared frightened afraid ofn
        terrified shaking outside looking waiting followed following locked keys allweddi door
        drws police husband ex partner gwr ngwr boyfriend brothers lads men dealer dealers boss
        agent legs pay money man fella touch touched robbed hide hid hiding whilo chwilio amdana
        kill kills hit hits hurt hurts found smashed let
        """,
    DangerKind.CHILD_AT_RISK: """
        kids kid baby babi child children plant plentyn bairn bairns weans daughter daughters
        son toddler hungry alone asleep drunk drugs screams screaming bruises food milk hits
        """,
    DangerKind.NOWHERE_TO_SLEEP: """
        street streets sleep sleeping slept cysgu gysgu park shelter hostel tonight heno cold
        freezing rhewi oer outside allan bed gwely council station woods stay bag
        """,
}
_WEIGHTS = {
    kind: {
        **dict.fromkeys(_LIGHT[kind].split(), 1),
        **dict.fromkeys(_HEAVY[kind].split(), 2),
    }
    for kind in _ENOUGH
}


def kinds_by_words(line: str) -> set[DangerKind]:
    """The kinds of danger that the words of a normalised line suggest. Linear in its length."""
    words = set(line.split())
    return {
        kind
        for kind, weights in _WEIGHTS.items()
        if sum(weights[word] for word in words & weights.keys()) >= _ENOUGH[kind]
    }
