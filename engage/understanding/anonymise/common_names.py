"""Word lists for scrubbing: common first names, names that are also everyday words, and words that
have a capital without being names. Data only.
"""


def words(listed: str) -> frozenset[str]:
    """The words of a list that is written as plain text."""
    return frozenset(listed.split())


COMMON = words(
    """
    aaron abbie abdul adam ade ahmed aisha alan alex alice alison aled alun amanda amir amy andrea
    andrew andy angela angharad anita anna anne annie anthony anton antony ash ashley barry becky
    ben benny bernard beth bethan billy bob bobby bradley brandon brendan brian bryn callum cameron
    carl carla carly carole caroline carwyn catherine cath ceri charlene charlie charlotte chelsea
    cheryl chloe chris christine christopher claire clare cliff clive colin connor craig curtis
    cynthia daisy damian dan daniel danny darren dave david dawid dean debbie deborah declan delroy
    denise dennis derek dewi diane dilys dominic donna dorothy doug duncan dwayne dylan eddie edward
    eileen eira elaine eleri eleanor elin elizabeth ellie ellis elliot emily emlyn emma emyr eric
    erin euan evan ewan fatima fiona frances francis freddie gareth garry gary gavin gaz gemma geoff
    george georgia gerald gethin gill glen glyn gordon graeme graham greg gwen gwyn hannah harriet
    harry hassan hayley heather heledd helen helena henry huw hywel ian ibrahim ieuan imran iolo
    irene isaac isla iwan jackie jacob jacqueline jade jake jamal james jamie jan jane janet janice
    jason jasmine jayden jean jeff jen jenna jenny jeremy jermaine jess jessica jill jim jimmy joan
    joanna joanne jodie joe joel joey john johnny jon jonathan jordan joseph josh joshua joyce juan
    judith julia julian julie kai karen karl kate katherine kathleen kathryn kathy katie kay keith
    kelly ken kenny kerry kev kevin kieran kim kirsty kyle lauren laura leah leanne lee leigh len
    leon les lesley leslie lewis liam linda lindsay linzi lisa llinos lloyd lorraine louis louise
    lucas lucy luke lyn lynn lynne maggie maisie malcolm mandy mair marcin marcus margaret maria
    marie marilyn mario martin martyn mary matt matthew maureen meg megan mel melanie michael
    michelle mick mickey mike mohamed mohammed molly morgan muhammad myfanwy nadia naomi natalie
    natasha nathan neil nerys nia nick nicky nicola nicole nigel nikki noah noel norma norman olivia
    oliver oscar owain owen pam pamela patricia patrick paul paula pauline pawel pete peter phil
    philip phillip phoebe piotr rachel ralph rebecca reece rhian rhiannon rhodri rhys richard ricky
    rita robbie robert roger ron ronnie rory ross roy russell ruth ryan sally sam samantha samuel
    sandra sara sarah scott sean sharon shaun sheila shelley shirley sian simon sioned siobhan sonia
    sophie stacey stan stella stephanie stephen steve steven stewart stuart susan suzanne sylvia
    tariq taylor ted teresa terry thomas tina toby tom tomasz tommy tomos tony tracey tracy trevor
    tyler tyrone valerie vanessa vera veronica vicky victoria vincent wayne wendy wesley winston
    yasmin yusuf yvonne zac zach zack zahra zara zoe
    """
)
EVERYDAY = words(
    """
    art autumn april august baker ball banks bell best bill bird black bridge brook brown bush carol
    chance chase church cook dale dawn day dean don eve faith field fox frank gene good grace gray
    green grey guy hall hill hope hunter iris ivy jay joy june king lane lee les little long love
    mark may mel miles mills north page pat pearl penny pool power price ray reading rich rob robin
    rose ruby rush short small south stone street strong sue summer sunny sun van wells west white
    will wise wolf wood woods young
    """
)
"""Names that are also everyday words. They count as names only if a capital or the words before
them show it.
"""
CAPITALISED = words(
    """
    i ok okay mon monday tue tues tuesday wed weds wednesday thu thur thurs thursday fri friday sat
    saturday sun sunday january february march april may june july august september october november
    december jan feb mar apr jun jul aug sep sept oct nov dec dydd llun mawrth mercher iau gwener
    sadwrn sul nos ionawr chwefror ebrill mai mehefin gorffennaf awst medi hydref tachwedd rhagfyr
    xmas christmas easter eid ramadan diwali mum mam dad nan nana grandad god jesus christ sir miss
    madam english welsh cymraeg saesneg british polish facebook whatsapp google teams zoom uber
    universal credit jobcentre job centre covid tv pc uc x xx xxx yes no nah hi hello hey thanks
    cheers ta sorry please will can cant not and but so see ie na iawn diolch helo
    """
)
