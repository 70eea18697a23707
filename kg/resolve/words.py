"""The words that mean little in a name: articles, words that repeat the type, words that name nothing."""

from __future__ import annotations

import re

from kg.records import ConceptType


def word_set(text: str) -> frozenset[str]:
    """The words of a text between blanks."""
    return frozenset(text.split())


NOT_BEFORE_A_NUMBER = word_set("and at by for from in of on or than the to versus vs with")
DIMENSIONS = frozenset({"2d", "3d", "4d"})

DETERMINERS = word_set(
    "a an another any both each every its many most our several some such that the their these this those various"
)
ADJECTIVES: dict[ConceptType, frozenset[str]] = {
    "Task": frozenset(),
    "Method": word_set("conventional existing new novel original plain popular proposed standard typical vanilla"),
    "Dataset": word_set("existing original popular proposed standard"),
    "Metric": word_set("standard"),
}
# "Novel View Synthesis", "New York": there the adjective is part of the name
ADJECTIVE_KEPT_BEFORE = word_set("category class concept england object view york zealand")

SUFFIXES: dict[ConceptType, frozenset[str]] = {
    "Task": word_set("problem task"),
    "Method": word_set(
        "algorithm approach architecture backbone baseline framework method methodology model network paradigm "
        "pipeline scheme system technique toolkit library"
    ),
    "Dataset": word_set("benchmark collection corpus dataset database"),
    "Metric": word_set("measure metric score value"),
}
# "COCO val set", "ADE20K validation split"
SPLITS = re.compile(
    r"(?: (?:(?:mini)?val|validation|(?:mini)?test|train|training|dev|development|test dev|test std))? (?:set|split)"
)
BARE_SPLITS = re.compile(
    r" (?:test dev|test std|minival|mini val|val|validation|(?:test|dev) (?:clean|other)|test ?[ab])(?: 20\d\d)?"
    r"| (?:train|test) 20\d\d"
)
# what may stand between the name of a dataset and "dataset" and says no more than everybody knows of it
DESCRIPTIONS = (
    "action",
    "action recognition",
    "challenge",
    "face",
    "handwritten digit",
    "image",
    "image classification",
    "object detection",
    "passage ranking",
    "question answering",
    "reading comprehension",
)
# a suffix stays after these: "LLM-based method"; and after words that mean nothing alone: "multi-task"
SUFFIX_KEPT_AFTER = word_set(
    "agnostic and aware based driven free guided inspired level like multi of oriented series shared single specific "
    "style"
)

# words that name no concept of their own, alone or with each other
GENERIC = word_set("""
    a ability above accurate additional advanced advance all alternative analysis and another application approach
    architecture art aspect author available average backbone baseline basic benchmark best better block both building
    candidate case challenge challenging classical collection common comparison compared competing competitive complex
    component comprehensive conference consistent conventional core corpus current data database dataset deep demo
    demonstration design designed development different difficult diverse domain downstream each effect effective
    effectiveness efficiency efficient empirical end ensemble evaluation evaluate example existing experiment
    experimental extensive extension extra fast feature field final finding first following for framework full fully
    function further general generic given good ground group high higher highly human idea image implementation
    important improved improvement in independent individual information initial innovative input insight instance
    instead inter intra issue it its item key known label labeled large larger last later layer leading
    learned learner learning less level lightweight limited line literature low lower main major many measure
    mechanism method methodology metric model modern modified module more most much multi multiple name network neural
    new next novel number object of one open optimal original other our output overall paper paradigm parameter part
    performance performing pipeline popular possible powerful pretext prior previous principled problem procedure
    process project prominent proposed prototype proxy public publicly quality quantitative qualitative real recent
    recently related release report representative research respective result robust robustness sample scale scheme
    second section select selected series set setting setup several shared significant similar simple simpler
    single small smaller so solution source space specialized specific split stage standard state step strategy strong
    structure student study subset such suitable superior supplementary system table target task teacher technique
    technology test text the their theory these they third this three time tool toolkit top traditional train trained
    training two type typical unified unseen use used useful user using value variant various vanilla version very
    video vision visual way we weight well whole wide widely with work world
    """)

# Words for what any paper does, when they stand alone; "classification" and "retrieval" are tasks to those who do them.
GENERIC_TASKS = word_set(
    "alignment detection generation inference prediction recognition reconstruction tagging understanding"
)
# Keys of tasks that name a field of study: papers belong to one, and work on something narrower.
FIELDS = frozenset({
    "artificial intelligence", "audio processing", "computational linguistics", "computer graphics", "computer science",
    "computer vision", "data mining", "data science", "deep learning", "image processing", "language processing",
    "language technology", "machine learning", "natural language processing", "robotics", "signal processing",
    "software engineering", "speech processing", "text mining",
})  # fmt: skip
# Words for tasks that say what is done and not to what: names only where the paper works on just that.
WIDE_TASKS = word_set("classification regression retrieval segmentation")
# what stands in texts in the place of something else: "[MASK]", "(CITATION)"
PLACEHOLDERS = word_set("citation mask")
