"""Hard negatives: pages that look alike to any tool that compares pages, and hold different stories.

Short news items in much more furniture, earnings stories of one form, service notes with fixed wording, stories
that share a standing paragraph or a long quotation; among them true copies, so that recall is measured too.
`corpus` writes them, and says in what proportions. `facts` holds the vocabulary and fills forms; `briefs`,
`earnings`, `notices` and `shared` are the forms; `frames` makes what a site prints around a story; `reprints`
makes the copies. The texts are written for this package, by hand, without a look at the phrases any tool knows.
"""
