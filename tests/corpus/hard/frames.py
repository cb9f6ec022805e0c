"""What a site prints around its stories: fixed for a domain but for lists that rotate.

Every domain has its own choice and wording of menus, consent notes, newsletter boxes, app promotion, social links,
policies, appeals, biographies and lists of other stories. Most of it stands below the story. Three sites of a chain
share the wording of their policies, as sites of one owner do. Some pages come without any line break. Feeds and text versions of sites print hardly anything around a story.
"""

# A form is one line, however long.
# ruff: noqa: E501

from dataclasses import dataclass
from random import Random

from tests.corpus.hard.facts import NICKS, STATES, Facts, filled, worded
from tests.corpus.lexicon import phrases, words

# Words of furniture on a page, by how much a site has; feeds and text versions of sites have next to none.
SIZES = {"heavy": (140, 200), "light": (25, 60), "plain": (0, 8)}
# The sites' sizes in turn, so that few sites are mixed as many are.
MIXTURE = ["heavy", "plain", "heavy", "light", "heavy", "plain", "light"]
CHAINS, CHAIN_SIZE = 2, 3
# How a page breaks its lines: between blocks, within them, or nowhere.
LAYOUTS = ["\n\n", "\n\n", "\n", " ", " "]
TITLED_SHARE = 0.3

_PAPERS = words("Argus Beacon Bulletin Chronicle Clarion Courier Dispatch Examiner Gazette Independent Ledger Mercury")
_PAPERS += words("Messenger Monitor Press Record Register Reporter Sentinel Standard Star Sun Telegram Times Tribune")

_MENU = phrases("""Home|Local|Sports|Obituaries|Opinion|Business|Lifestyle|Weather|Classifieds|E-edition|Jobs|Autos|Podcasts
Crime|Politics|Schools|Food|Travel|Puzzles|Calendar|Photos|Video|Letters|Health|Real Estate|Archives|Public Notices""")

_HEADS = """
    [Skip to main content|Jump to content] [Search|Menu] [Log in|Sign in] [Subscribe|Become a member] [E-paper|Newsletters]
    [Close this window|Dismiss] [We value your privacy.|Your choices about cookies.] [{site} and {n:20-600} partners|This site and its advertisers] [store|keep] and read [information|data] on your device to [measure traffic|show ads that fit you|remember your settings]. [You can change your mind|Adjust your choices] [at any time|whenever you like] under [Privacy|Preferences].
    [Email|Facebook|Twitter] [Facebook|WhatsApp|Email] [LinkedIn|Pinterest|SMS] [Print|Save|Copy article link] [Text size A A A|Leave a comment|]
    [You have {n:2-5} free stories left this month.|This is one of your free articles.] [Subscribers read without limits|A digital subscription costs ${n:1-9} for {n:3-26} weeks]. [Already a subscriber? Log in here.|Have an account?]
    [By|From] {site} [staff|newsroom|staff and wire reports] [Updated|Last updated|Posted] [{n:2-50} minutes ago|{n:2-20} hours ago]
    [Hear this story|Listen] [{n:1-3} min|{n:1-3} minutes]. [Audio is read by a machine|This voice is computer generated] [and may mispronounce names|and can make mistakes]."""
_FEET = """
    [Start|Begin|End] your [morning|day|week] with [{letter}|the {letter} letter]: [{site} reporters pick|our editors choose] [the stories|what] [you need|worth your time], [five|six] [days a week|mornings a week], [free of charge|at no cost]. [Type your email here|Enter your address below] [and press go|to join {n:2-90},000 readers]. [You can leave the list with one click.|We never pass addresses on.]
    [The {site} app|Our app] [puts|brings] [live scores, traffic cameras and radar|scores, alerts and the full print edition|local alerts] [in your pocket|on your phone]. [Find it|It is free] in the [App Store and on Google Play|usual stores], [then choose the topics you want to be told about|and turn on alerts for your town].
    [Like us on Facebook|Find {site} on Facebook], [see our pictures on Instagram|watch us on YouTube] [and talk to us on X|and join the group {town} Neighbors], [where|in which] [{n:2-90},000 people|readers] [trade tips|share news] [every day|around the clock].
    [We welcome comments that add to the story|Commenting is open to registered readers]. [Keep it clean, keep it civil and stay on the subject.|Insults, links to shops and shouting in capitals will be removed.] [Moderators read every post|{site} does not check comments in advance] [and may shut a thread|and is not liable for them]. [Report abuse with the flag.|Repeat offenders lose their accounts.]
    [{site} is a nonprofit newsroom|{site} has covered {town} since {y:1851-1989}]. [Two of every three dollars we spend|Most of our budget] [come from|is paid by] [people like you|members], [not from investors|not advertisers]. [If this report was useful|If you value work like this], [chip in ${n:5-50}|consider a gift] [today|before {month1} {n:10-28}], [and a foundation will match it|which is deductible from taxes].
    [{name1}|Reporter {name1}] [covers|writes about] [courts and public safety|growth and housing|county government|the outdoors] for {site}. [A graduate of {state1} State, {first1}|Before that, {first1}] [worked at papers in {state2} and {state3}|spent {n:3-19} years in radio]. [Reach {first1} at|Write to] {first1}.{last1}@{domain} [or 555-01{n:10-99}|or follow on X at @{first1}{last1}{n:10-99}].
    [{site} holds the rights to the text and pictures above|The contents of this page belong to {owner}|Words and pictures (c) {owner}]. [Do not copy, post elsewhere or sell any of it|No part may be printed again or stored] [unless we agree in writing|without a license]. [For reprints call 555-01{n:10-99}.|Requests go to rights@{domain}.]
    [Spotted a mistake?|See something wrong?] [Tell our standards editor, {name2}|Write to corrections@{domain}]. [We fix errors of fact in the open|Corrections are listed on page 2] [and note the time|and explain what changed]. [Our ethics code, ownership and staff list are online.|Read how we report.]
    [This newspaper is|{site} is] [a member of|part of] [the {owner} family|{owner}], [which publishes {n:4-90} papers|with newsrooms] in {state1}, {state2} and {state3}. [Advertise with us|Careers|Contact the newsroom] - [Terms of service|Subscriber agreement] - [Privacy notice|Your privacy rights] - [Do not sell my data|Accessibility] - [Site map|Help]
    [Print subscribers:|Home delivery:] [to stop the paper for a vacation|if your paper is late or wet], [call 555-01{n:10-99}|message us] [before {n:7-10} a.m.|on weekdays until 5]. [Carriers are wanted in {town} and {town2}.|Back copies cost ${n:2-6} at the front desk on {street}.]
    [Get tickets|Vote now] for the [{site} Best of {county} awards|Readers' Choice of {county}]: [more than {n:40-190} categories|from tacos to tax help], [one ballot a day|polls close in {month1}]. [Winners are announced at a dinner|The results fill a magazine] [in {month2}|sold at {n:9-60} shops].
    [Advertisement|Sponsored:] [{company} has openings for drivers|{nick1} season tickets are on sale|Refinance with {company} this {month1}]. [Terms apply.|See store for details.] [This content is paid for and was not written by the newsroom.|The advertiser chose these words.]"""
_LISTS = """[More on this site|Elsewhere on {site}|In other news|Stories our readers opened today|Keep reading|Also in {county}|The latest from our newsroom|Picked for you by our editors]"""


@dataclass(frozen=True)
class Frame:
    """A site: the headline stands in the text where `titled`; `head` and `foot` are its fixed blocks, `heading` stands over a rotating list of `listed` titles, and
    `joint` is printed between blocks."""

    domain: str
    name: str
    head: tuple[str, ...]
    foot: tuple[str, ...]
    heading: str
    listed: int
    joint: str
    list_last: bool
    size: str
    titled: bool

    def page(self, title: str, text: str, titles: list[str], rng: Random) -> str:
        """The text as this site prints it, with some of `titles` in its list of other stories."""
        listed = rng.sample(titles, min(self.listed, len(titles)))
        rotating = self.joint.replace("\n\n", "\n").join([self.heading, *listed]) if listed else ""
        foot = [*self.foot, rotating] if self.list_last else [rotating, *self.foot]
        body = text if self.joint != " " else " ".join(text.split())
        heading = [title] if self.titled else []
        return self.joint.join(block for block in [*self.head, *heading, body, *foot] if block)


def _blocks(text: str) -> list[str]:
    return [line.strip() for line in text.strip().split("\n")]


def _frame(rng: Random, name: str, size: str, policies: list[str], owner: str) -> Frame:
    ending = rng.choice([".com", ".com", ".net", ".org"])
    domain = "".join(letter for letter in name.lower() if letter.isalnum()) + ending
    letter = rng.choice(["Daybreak", "Front Porch", "Five to Know", "Early Edition", "Rundown", "Lowdown", "Catch-up"])
    facts = Facts(rng, site=name, domain=domain, letter=letter, owner=owner)

    def printed(form: str) -> str:
        return filled(worded(form, rng), facts)

    target = rng.randint(*SIZES[size])
    menu = " ".join(rng.sample(_MENU, rng.randint(6, 14)))
    heads = [menu, *map(printed, _blocks(_HEADS))]
    feet = [*policies, *map(printed, rng.sample(_blocks(_FEET), len(_blocks(_FEET))))]
    head: list[str] = []
    foot: list[str] = []
    for block in rng.sample(heads, len(heads)):
        if sum(len(part.split()) for part in head) < target * 0.25 and rng.random() < 0.6:
            head.append(block)
    listed = rng.randint(3, 6) if size == "heavy" else 0
    for block in feet:
        count = sum(len(part.split()) for part in [*head, *foot]) + 8 * listed
        if count + len(block.split()) / 2 < target:
            foot.append(block)
    joint = rng.choice(LAYOUTS)
    last, titled = rng.random() < 0.5, rng.random() < TITLED_SHARE
    return Frame(domain, name, tuple(head), tuple(foot), printed(_LISTS), listed, joint, last, size, titled)


def frames(count: int, rng: Random) -> list[Frame]:
    """`count` sites with domains of their own."""
    found: dict[str, Frame] = {}
    chains = []
    for _ in range(CHAINS):
        owner = f"{rng.choice(NICKS)[:-1]} Media {rng.choice(['Group', 'Partners', 'Newspapers'])}"
        facts = Facts(
            rng, site="This site", domain=owner.lower().replace(" ", "") + ".com", letter="Daily", owner=owner
        )
        chains.append((owner, [filled(worded(form, rng), facts) for form in rng.sample(_blocks(_FEET)[6:9], 2)]))
    while len(found) < count:
        town = Facts(rng)["town"]
        name = f"{rng.choice([f'The {town}', town, rng.choice(STATES)])} {rng.choice(_PAPERS)}"
        at = len(found)
        owner, policies = chains[at // CHAIN_SIZE] if at < CHAINS * CHAIN_SIZE else (f"{town} Publishing", [])
        frame = _frame(rng, name, MIXTURE[at % len(MIXTURE)], policies, owner)
        found.setdefault(frame.domain, frame)
    return list(found.values())
