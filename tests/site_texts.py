"""Twelve short stories, one wire story, and the furniture of a site, as they might stand on a page."""

from __future__ import annotations

STORIES = [
    "The village school in Ardley will stay open for another year after parents raised enough money to repair its "
    "roof. Headteacher Ruth Calloway said the builders would start during the summer holidays. Forty pupils had been "
    "taught in the church hall since a storm in January. The county has promised to pay half of the bill.",
    "A ship carrying grain from Odessa ran aground near the Bosporus on Friday and blocked traffic for six hours. "
    "Tugs freed the vessel shortly before dusk. No one was hurt and no oil was spilled, the coast guard said. Eleven "
    "tankers had to wait outside the strait while divers looked for damage to the hull.",
    "Researchers in Uppsala have found that beetles navigate by the Milky Way even on nights with thin cloud. They "
    "put tiny caps on the insects and watched them walk in circles. The team believes that drones could use the same "
    "trick when satellites fail. Its next experiment will take place in the Kalahari desert.",
    "The central bank of Norway left its interest rate unchanged on Thursday, as economists had predicted. Governor "
    "Ida Bache told reporters that inflation was falling more slowly than hoped. The krone gained slightly against the "
    "euro. Two of the nine members of the committee had voted for a cut.",
    "Police in Leeds are looking for a man who stole a bronze heron from a park and dragged it behind his van. Sparks "
    "set fire to a hedge on the way. Witnesses described the van as white, old and very loud. The sculptor has offered "
    "to make another one if the thief brings back the beak.",
    "A court in Lisbon ordered a developer to tear down two storeys of a hotel that was built higher than allowed. "
    "Neighbours had sued because their vineyard lay in the shade. The judge gave the company ninety days. Its lawyer "
    "announced an appeal and called the ruling a punishment for success.",
    "Striker Amara Diallo scored three times in eleven minutes as the Foxes came back to beat Rovers four to three. "
    "The visitors had led by two goals at half time. Their coach blamed the wind and a change of shoes. The Foxes are "
    "now level on points with the leaders, who play on Sunday.",
    "Heavy rain washed away a railway bridge in the hills of Kerala, leaving thousands of commuters without trains. "
    "Soldiers put up a temporary crossing for pedestrians overnight. Engineers doubt that the old piers can be saved. "
    "The minister of transport will visit the site tomorrow and meet the families.",
    "An orchestra made up of nurses gave its first concert in the canteen of a hospital in Graz. The players had "
    "rehearsed between shifts for almost two years. Patients listened from their beds by radio. The oldest violinist, "
    "who is sixty four, said that her hands had stopped shaking at the second bar.",
    "Farmers in Iowa planted less corn this spring because fertiliser has become too expensive. Many have turned to "
    "soybeans, which need far less of it. Traders in Chicago were surprised by the figures. A bushel cost more on "
    "Monday evening than at any time since the drought of the previous decade.",
    "The museum of natural history in Vienna has returned a carved door to the Solomon Islands. A collector had bought "
    "it for two axes in the year the canal opened. Chiefs sang as the crate was lowered from the plane. The door will "
    "hang in a new meeting house beside the lagoon.",
    "A start up from Tallinn wants to send parcels through disused gas pipes under the Baltic. Its capsules reach the "
    "speed of a sprinting dog and need no driver. Investors gave the founders nine million euros last week. Critics "
    "wonder who will fetch a capsule that gets stuck halfway to Helsinki.",
]

WIRE = [
    "The government of Valmira said on Tuesday that it would withdraw its troops from the border by the end of the "
    "month.",
    "Foreign Minister Petra Solano announced the decision after a night of talks in Geneva with her colleague from "
    "neighbouring Ostania.",
    "“We have chosen the harder road, which is the road home,” Solano told reporters outside the hotel.",
    "Both countries have claimed the Lemra valley since a treaty left its exact course open ninety years ago.",
    "At least two hundred people were killed in fighting there last autumn, according to observers.",
    "Under the agreement, farmers may return to their fields before the first snow.",
    "Observers from nine countries will count the soldiers as they leave.",
    "The opposition in Ostania called the deal a surrender and demanded new elections.",
    "Markets in the region rose, and the Valmiran crown gained two percent against the dollar.",
    "A second round of talks, on water and electricity, is planned for the spring.",
]

HEADER = [
    "Skip to navigation Skip to main content",
    "The Brookfield Courier serves the people of seven valleys",
    "News Sport Weather Obituaries Gardening Crosswords",
]
FOOTER = [
    "Ring the night desk of our newsroom in Brookfield with what you saw",
    "More voices from the valleys every Thursday in our printed weekend edition",
    "The Brookfield Courier is owned by its readers and printed on recycled paper",
]


def page(story: str, header: list[str], footer: list[str], *, breaks: bool = True) -> str:
    """A page with one block a line, or all in one line."""
    return ("\n" if breaks else " ").join([*header, story, *footer])


def paragraphs(sentences: list[str], *, breaks: bool = True) -> str:
    pairs = [" ".join(sentences[i : i + 2]) for i in range(0, len(sentences), 2)]
    return ("\n" if breaks else " ").join(pairs)
