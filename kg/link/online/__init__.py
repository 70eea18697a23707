"""Services of others, asked when a person says so: OpenAlex, Semantic Scholar, Crossref, dblp, Wikidata, ORKG.

::

    knowing -> plan of a service -> gathering (lanes, cache, transport) -> rows -> slicing -> a catalogue file

Answers are kept on disk as they came, and make catalogue files that are read like any other: what is linked, and how,
is decided offline, by the same code. No build and no server comes here.
"""
