"""The vocabulary of the forms, and how a form becomes a text.

A form is a sentence with choices and slots. `[rose|climbed [a bit|sharply]]` chooses one of its wordings, once when
the form is `worded`. `{town}` is a fact: the same throughout one text, another one under another number
(`{last2}`). `{n:3-40}` is a fresh number between the two, printed with the decimals of the first; `{n1:3-40}` one
that stays, `{y:1990-2020}` a year.
"""

import re
from collections.abc import Callable
from random import Random
from typing import Any

from tests.corpus.lexicon import WEEKDAYS, phrases, words

FIRST = words("""Aaron Abigail Adrian Alan Albert Alejandra Alice Amara Amy Andre Angela Anita Anna Anthony Arturo
    Barbara Beatriz Ben Bernard Beth Brenda Brian Brooke Caleb Camille Carla Carlos Carol Cassandra Catherine Cedric
    Charles Cheryl Chloe Chris Clara Colin Connor Cynthia Damon Daniel Darius Deborah Denise Derek Diana Dominic Donna
    Doris Dylan Edith Eduardo Elaine Eli Elena Emily Eric Esther Ethan Eugene Evelyn Faith Felix Fiona Frances Frank
    Gail George Gloria Gordon Grace Graham Greg Hannah Harold Heather Hector Helen Henry Holly Ian Ingrid Irene Isaac
    Ivan Jacob Janet Jared Jasmine Jean Jerome Jill Joan Joel Jordan Joyce Juan Julia Karen Keith Kelly Kenneth Kyle
    Lamar Laura Leah Leon Linda Lorraine Lucas Luis Lydia Malik Marcus Margaret Maria Martin Maya Megan Miguel Monica
    Nadia Nathan Nina Noah Nora Oscar Pamela Patrick Paula Peter Priya Rachel Ramon Raymond Rebecca Renee Rita Robin
    Roger Rosa Russell Samuel Sandra Sean Sharon Simone Sofia Stephen Susan Tamika Teresa Tina Tyler Valerie Vanessa
    Victor Vivian Walter Wendy Wesley Yolanda Zachary""")
LAST = words("""Abbott Acosta Aguilar Albright Amaya Anders Archer Arnett Ashby Atwood Bachman Baines Ballard Banerjee
    Barlow Barrera Bauer Beckett Bellamy Benitez Bergstrom Bianchi Blackwood Bland Boone Bowden Brandt Briggs Brockman
    Bryant Buckley Burgess Cabrera Caldwell Camacho Cantrell Carmichael Castillo Chambers Chavez Chung Clayborn
    Cochran Coleman Compton Conway Cordova Crane Crowley Cummings Dalton Daniels Davila Delacruz Dempsey Denton
    Dillard Dobbs Donahue Dorsey Drummond Duarte Dubois Duffy Eastman Eckert Ellison Emery Esparza Fairchild Farrell
    Faulkner Figueroa Finley Fitch Flanagan Foley Fontaine Forsythe Frazier Fuentes Gaines Gallardo Garrity Gentry
    Gillespie Goddard Goldman Gorman Granger Greer Griffith Guerrero Gupta Haas Hadley Halvorsen Hammond Hargrove
    Harmon Hatfield Hayden Heller Hendricks Herrera Hickman Hobart Holcomb Hollis Horvath Huang Huffman Ibarra Ingram
    Jablonski Jamison Jefferies Kaplan Kearney Keller Kessler Kilgore Kimball Kirkland Knox Kowalski Kramer Lancaster
    Landry Larkin Lawson Leighton Lindqvist Livingston Lockhart Lombardi Lozano Lunsford Maddox Maldonado Mancini
    Marsh Mathis Mayfield McAllister McBride McCabe McCullough Mehta Mendez Mercado Merritt Middleton Molina Monroe
    Montoya Moreau Mullins Nakamura Navarro Nesbitt Newell Nguyen Norwood Novak Ochoa Oduya Olsen Ortega Osborne
    Pacheco Padgett Palermo Parrish Patel Paxton Pennington Petrov Pham Pickett Pollard Prescott Pruitt Quigley
    Quintero Radcliffe Ramsey Rasmussen Redmond Reyes Rhodes Riddle Rinaldi Rivas Roche Romero Rosario Rowland
    Rutledge Salazar Sanborn Sandoval Sauer Schaefer Schroeder Segura Sexton Shepard Sheridan Silva Sizemore Slater
    Solis Sorensen Spence Stafford Stanton Steele Stokes Strickland Sutherland Talbot Tanaka Thackeray Thornton
    Tillman Tran Trevino Truitt Underhill Valdez Vance Vargas Vaughn Velasco Villarreal Vogel Wadsworth Waller Weaver
    Webber Weeks Whitaker Wickham Wilder Winslow Woodard Wyatt Yamada Yates Yoder Zamora Zeller Zimmerman""")
_TOWN_STARTS = words("""Alder Amber Apple Ash Bar Beacon Bell Birch Black Bloom Bridge Brook Burn Cedar Chester Clay
    Clear Cold Copper Cross Dane Deer Dover East Edge Elm Fair Falcon Fern Flint Fox Glen Gold Grand Green Grey Hamp
    Harp Hart Hazel Hill Holly Iron Kings Lake Lark Laurel Lin Long Maple Marsh Mid Mill Moss New North Oak Orchard Ox
    Pine Prairie Quarry Raven Red River Rock Rose Sand Shel Silver South Spring Stan Stone Summer Sun Thorn Timber Wal
    West Wheat White Wild Willow Win Wood""")
_TOWN_ENDS = words("""ford ville ton burg wood field dale bury port brook mont mere haven ridge view land ham hurst
    crest water""")
STATES = words("""Alabama Arizona Arkansas Colorado Connecticut Delaware Georgia Idaho Illinois Indiana Iowa Kansas
    Kentucky Louisiana Maine Maryland Michigan Minnesota Missouri Montana Nebraska Nevada Ohio Oklahoma Oregon
    Tennessee Utah Vermont Virginia Wisconsin Wyoming""")
MONTHS = words("January February March April May June July August September October November December")
_STREETS = words("""Adams Bayview Beech Chestnut Church Dogwood Elm Franklin Front Grove Hickory Jackson Jefferson
    Juniper Liberty Locust Madison Magnolia Main Market Mill Monroe Orchard Pearl Pine Poplar Prospect Railroad School
    Sycamore Union Vine Walnut Washington Water Willow""")
_STREET_KINDS = words("Street Avenue Road Drive Lane Boulevard Court Parkway")
_COMPANY_STARTS = phrases("""Ardent|Axion|Bayline|Bluestem|Brightwater|Cadence|Calder|Canyon|Capstan|Cascade|Cobalt
Corvia|Crestline|Datamere|Delphi|Dunmore|Eastgate|Elara|Enveric|Evergreen|Fairlead|Fenwick
First Harbor|Fortuna|Gladstone|Granite Peak|Halcyon|Harrow|Helix|Highland|Inovax|Ironbridge
Juniper Hill|Keystar|Lakeland|Lattice|Lumina|Mariner|Meridian|Montclair|Nexora|Northpoint
Novara|Oakmark|Omnira|Orbis|Pallas|Paragon|Pinnacle West|Polaris|Quantus|Redwood|Ridgeway
Riverstone|Sable|Sentry|Silverline|Solara|Southwind|Sterling|Summit Ridge|Tidewater|Titan
Trivex|Unity|Valence|Vantage|Verdant|Vertex|Wellspring|Westbrook|Xenova|Yellowtail|Zephyr""")
_COMPANY_ENDS = phrases("""Bancorp|Financial|Energy|Resources|Therapeutics|Pharmaceuticals|Biosciences|Medical|Devices
Software|Systems|Networks|Semiconductor|Holdings|Industries|Materials|Chemical|Foods|Brands|Apparel|Logistics|Airlines
Realty Trust|Properties|Insurance|Capital|Partners|Entertainment|Media|Wireless|Water|Gas|Mining|Steel|Motors
Education|Restaurants|Homes|Aerospace|Instruments""")
NICKS = words("""Badgers Bears Blazers Bobcats Broncos Bruins Bulldogs Cardinals Chargers Chiefs Colts Comets Cougars
    Crusaders Eagles Falcons Flyers Foxes Gators Hawks Hornets Hurricanes Huskies Jets Knights Lancers Lions Mariners
    Mustangs Owls Panthers Pioneers Raiders Rams Rebels Rockets Royals Saints Spartans Stallions Storm Thunder Tigers
    Titans Trojans Vikings Warriors Wildcats Wolves""")
TRADES = phrases("""teacher|truck driver|nurse|carpenter|farmer|librarian|plumber|retired machinist|college student|cook
delivery driver|electrician|former mayor|school bus driver|mechanic|roofer|security guard|cashier|accountant|pastor""")


def _town(rng: Random) -> str:
    prefix = rng.choice(["", "", "", "", "", "Port ", "Fort ", "Mount ", "Lake ", "Upper ", "St. "])
    return prefix + rng.choice(_TOWN_STARTS) + rng.choice(_TOWN_ENDS)


def _clock(rng: Random) -> str:
    minutes = rng.choice(["", ":15", ":30", ":45", f":{rng.randint(10, 59)}"])
    return f"{rng.randint(1, 12)}{minutes} {rng.choice(['a.m.', 'p.m.'])}"


def _road(rng: Random) -> str:
    name = rng.choice(["Highway", "Interstate", "Route", "County Road", "State Route", "U.S."])
    return f"{name} {rng.randint(2, 499)}"


SORTS: dict[str, Callable[[Random], str]] = {
    "first": lambda rng: rng.choice(FIRST),
    "last": lambda rng: rng.choice(LAST),
    "town": _town,
    "county": lambda rng: f"{rng.choice(LAST)} County",
    "state": lambda rng: rng.choice(STATES),
    "month": lambda rng: rng.choice(MONTHS),
    "weekday": lambda rng: rng.choice(WEEKDAYS),
    "date": lambda rng: f"{rng.choice(MONTHS)} {rng.randint(1, 28)}",
    "clock": _clock,
    "street": lambda rng: f"{rng.choice(_STREETS)} {rng.choice(_STREET_KINDS)}",
    "road": _road,
    "company": lambda rng: f"{rng.choice(_COMPANY_STARTS)} {rng.choice(_COMPANY_ENDS)}",
    "ticker": lambda rng: "".join(rng.choices("ABCDEFGHIKLMNOPRSTUVWXYZ", k=rng.choice([3, 4]))),
    "nick": lambda rng: rng.choice(NICKS),
    "trade": lambda rng: rng.choice(TRADES),
}

_CHOICE = re.compile(r"\[([^\[\]]*)\]")


class _Number:
    """Prints itself as a number between the bounds that its format names."""

    def __init__(self, facts: "Facts", name: str) -> None:
        self.facts = facts
        self.name = name

    def __format__(self, bounds: str) -> str:
        if self.name in self.facts.numbers:
            return self.facts.numbers[self.name]
        low, high = bounds.split("-")
        places, rng = len(low.partition(".")[2]), self.facts.rng
        if self.name == "y":
            text = str(rng.randint(int(low), int(high)))
        elif places:
            text = f"{rng.uniform(float(low), float(high)):,.{places}f}"
        else:
            text = f"{rng.randint(int(low), int(high)):,}"
        if self.name not in ("n", "y"):
            self.facts.numbers[self.name] = text
        return text


class Facts(dict[str, Any]):
    """Answers the slots of one text; facts known beforehand are given as `known`."""

    def __init__(self, rng: Random, **known: str) -> None:
        super().__init__(known)
        self.rng = rng
        self.numbers: dict[str, str] = {}

    def __missing__(self, name: str) -> Any:
        sort = name.rstrip("0123456789")
        if sort in ("n", "y"):
            return _Number(self, name)
        if sort == "name":
            # `{last}` is the last name of `{name}`.
            number = name.removeprefix("name")
            self[name] = f"{self[f'first{number}']} {self[f'last{number}']}"
        else:
            self[name] = SORTS[sort](self.rng)
        return self[name]


def worded(form: str, rng: Random) -> str:
    """The form with its choices made, the innermost first; its slots stay."""
    while "[" in form:
        form = _CHOICE.sub(lambda choice: rng.choice(choice[1].split("|")), form)
    return form


def filled(form: str, facts: Facts) -> str:
    """The worded form with its slots filled, and large letters where sentences begin."""
    text = " ".join(form.format_map(facts).split())
    # A fact may bring the article or the full stop that the form has as well.
    text = text.replace("the The ", "the ").replace("..", ".")
    return text[0].upper() + text[1:]


def written(form: str, facts: Facts) -> str:
    """A form used once: worded and filled."""
    return filled(worded(form, facts.rng), facts)
