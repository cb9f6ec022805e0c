"""Earnings stories as machines write them: 80 to 150 words, one form, another company and other figures.

A family has one order and one wording of sentences, chosen once; all its stories differ in the facts alone. Several
families come from one set of sentences, so that stories of two families also share most of their words.
"""

# A form is one line, however long.
# ruff: noqa: E501

from dataclasses import dataclass
from random import Random

from tests.corpus.hard.facts import Facts, filled, worded
from tests.corpus.lexicon import phrases

FAMILIES = 14

# One line a sentence; a family takes them in order, leaving out some of those that begin with a question mark.
_FORMS = [
    """{city} -- {company} ({ticker}) on {weekday} reported [fiscal|first-quarter|second-quarter|third-quarter|fourth-quarter] [net income|earnings|profit] of ${n1:1.1-980.0} million.
    [On a per-share basis, the {base}-based company said it had [net income|profit] of {n:2-98} cents.|The {base}-based company said it had [net income|profit] of {n:2-98} cents [per|a] share.]
    ?Earnings, adjusted for [one-time gains and costs|non-recurring costs|stock option expense|pretax gains], [were|came to] {n:2-98} cents per share.
    ?The results [topped|missed|met|exceeded] Wall Street expectations. The average estimate of [four|five|six|seven|eight] analysts surveyed was for earnings of {n:2-98} cents per share.
    The [{trade} company|company|{trade} business] posted revenue of ${n:10.1-990.9} million in the period[, also beating forecasts||, which fell short of forecasts].
    ?[For the year, the company reported profit of ${n:10.1-990.9} million, or ${n:1.01-9.99} per share. Revenue was reported as ${n:1.01-9.99} billion.|{company} expects full-year earnings in the range of ${n:1.01-4.99} to ${n:5.01-9.99} per share, with revenue expected to be ${n:1.01-9.99} billion.]
    ?For the current quarter ending in {month}, {company} said it expects revenue in the range of ${n:10.1-490.9} million to ${n:491.1-990.9} million.
    {company} shares have [climbed|dropped|risen roughly|declined] {n:2-79} percent since the beginning of the year. In the final minutes of trading on {weekday}, shares hit ${n:2.01-399.99}, [a rise|a drop|an increase|a decline] of {n:2-79} percent in the last 12 months.
    ?This story was put together by software from data of {vendor}. [Read the full stock report on {ticker}.|The figures have not been audited.]""",
    """{company} ({exchange}: {ticker}) [came out with|delivered|just released] quarterly earnings of ${n:0.05-3.99} per share, [beating|missing|in line with] the consensus estimate of ${n:0.05-3.99} per share. This compares to earnings of ${n:0.05-3.99} per share a year ago.
    ?These figures are adjusted for [non-recurring items|items that do not recur].
    This quarterly report represents an earnings surprise of {n:1.01-49.99} percent. A quarter ago, it was expected that this {trade} company would post earnings of ${n:0.05-3.99} per share when it actually produced earnings of ${n:0.05-3.99}, delivering a surprise of {n:1.01-49.99} percent.
    ?Over the last four quarters, the company has [surpassed|beaten|topped] consensus per-share estimates [once|twice|three times|four times].
    {company}, which belongs to the {trade} industry, posted revenues of ${n:10.01-990.99} million for the quarter ended {month}, [surpassing|missing] the consensus estimate by {n:0.05-9.99} percent. This compares to year-ago revenues of ${n:10.01-990.99} million.
    ?The sustainability of the stock's immediate price movement based on the recently released numbers will mostly depend on management's commentary on the earnings call.
    {company} shares have [added|lost] about {n:1.1-59.9} percent since the beginning of the year versus the broader index's [gain|decline] of {n:1.1-19.9} percent.
    ?Ahead of this release, the trend of estimate revisions for {company} was [mixed|favorable|unfavorable], and the stock holds a rank of {n:1-5}.""",
    """{base} -- {company} said {weekday} its [quarterly|first-half|nine-month] [profit|loss] [widened|narrowed|grew|shrank] to ${n:1.1-890.9} million, or {n:2-98} cents a share, from ${n:1.1-890.9} million, or {n:2-98} cents a share, a year earlier.
    Sales [rose|fell|edged up|slipped] {n:1-39} percent to ${n:10.1-990.9} million.
    ?Analysts polled by {vendor} had expected, on average, {n:2-98} cents a share on sales of ${n:10.1-990.9} million.
    ?Gross margin [improved|slipped] to {n:11.1-69.9} percent from {n:11.1-69.9} percent as [freight|labor|raw material|energy] costs [eased|rose].
    "[We are pleased with|Our teams delivered|These numbers reflect] [the progress we made this quarter|steady demand in our core markets|discipline on costs in an uncertain economy]," Chief Executive {name} said in a statement.
    ?The company [repurchased|bought back] {n:1.1-9.9} million shares in the quarter and declared a dividend of {n:2-60} cents, payable {date}.
    ?It [ended the period with|had] ${n:10-900} million in cash and ${n:10-900} million in long-term debt.
    ?It now [sees|expects] earnings for the year of ${n:1.01-4.99} to ${n:5.01-9.99} a share. [Its earlier forecast was ${n:1.01-4.99} to ${n:5.01-9.99}.|The outlook leaves out the sale of its {town} unit.]
    Shares of {company} closed at ${n:2.01-399.99} on {weekday2}, [up|down] {n:0.1-9.9} percent.""",
    """[Net interest income|Operating income|Funds from operations] at {company} [rose|fell] {n:1.1-29.9} percent in the three months to {date}, the {base}-based [group|company] said in a filing, to ${n:10.1-890.9} million.
    ?Net profit for the quarter [was|came in at] ${n:1.1-490.9} million against ${n:1.1-490.9} million in the same quarter of the year before, and earnings per share were {n:2-98} cents against {n:2-98} cents.
    ?Total revenue reached ${n:10.1-990.9} million. [Expenses rose|Expenses fell|Costs were up] {n:1.1-19.9} percent to ${n:10.1-490.9} million.
    ?Return on equity was {n:4.1-19.9} percent, and the ratio of costs to income stood at {n:31.1-79.9} percent.
    ?The board [proposed|approved] an interim dividend of {n:2-90} cents a share, to be paid on {date2} to holders of record on {date3}.
    ?"[The second half has begun well|Credit quality remained sound|We keep our targets]," said {name}, who has led the company since {y:2009-2024}.
    For the full year the company [kept|raised|cut] its forecast of [net profit|revenue] between ${n:100-490} million and ${n:491-990} million.
    The stock, listed on the {exchange} under {ticker}, has [gained|lost] {n:1.1-49.9} percent in a year and traded at ${n:2.01-299.99} after the release. It is rated [a hold|a buy|neutral] by {n:2-9} of {n:10-20} brokers.""",
]
_TRADES = phrases(
    "software|biotechnology|shipping|specialty retail|equipment|banking|real estate|packaging|mining|staffing"
)


@dataclass(frozen=True)
class Family:
    """A wording that is used again for every company: `sentences` with open slots."""

    sentences: tuple[str, ...]
    vendor: str
    line_breaks: bool

    def story(self, rng: Random) -> tuple[str, str]:
        """Title and text of one company's story."""
        facts = Facts(rng, vendor=self.vendor, exchange=rng.choice(["NYSE", "Nasdaq"]), trade=rng.choice(_TRADES))
        facts["base"] = facts["town"]
        facts["city"] = f"{facts['base'].upper()}, {facts['state']}"
        text = ("\n\n" if self.line_breaks else " ").join(filled(line, facts) for line in self.sentences)
        company = facts["company"]
        return rng.choice([f"{company}: {{}} earnings snapshot", f"{company} posts {{}} results"]).format(
            facts["month2"]
        ), text


def families(rng: Random) -> list[Family]:
    """The families of one corpus; some of the same form, with some of its sentences left out or worded otherwise."""
    found = []
    for at in range(FAMILIES):
        lines = [line.strip() for line in _FORMS[at % len(_FORMS)].split("\n")]
        kept = [line.removeprefix("?") for line in lines if not line.startswith("?") or rng.random() < 0.4]
        vendor = rng.choice(["Marlow Data", "FactLine", "Tern Research", "Quill Analytics"])
        found.append(Family(tuple(worded(line, rng) for line in kept), vendor, rng.random() < 0.7))
    return found
