"""Each merge says why: the rule, what it rests on, papers that bear it out."""

from __future__ import annotations

from dataclasses import replace

from kg.records import Abbreviation, Concept, ConceptType, Extraction, Mention
from kg.resolve import Catalogue, PaperNames, Resolver, load_catalogue, paper_names

CATALOGUE = load_catalogue()


def paper(key: str, type: ConceptType, *names: str, **defined: str) -> PaperNames:
    mentions = tuple(Mention("abstract", 50 * i, 50 * i + len(name), name, type, 0.9) for i, name in enumerate(names))
    short_forms = tuple(
        Abbreviation("abstract", 900, 900 + len(short), 800, 800 + len(long), short, long.replace("_", " "))
        for short, long in defined.items()
    )
    return replace(paper_names(Extraction("x", mentions=mentions, abbreviations=short_forms)), paper=key)


def concepts(*papers: PaperNames, catalogue: Catalogue = CATALOGUE) -> dict[str, Concept]:
    return {concept.key: concept for concept in Resolver(papers, catalogue).concepts()}


def rules(concept: Concept) -> list[tuple[str, str, tuple[str, ...], str]]:
    return [(merge.rule, merge.form, merge.names, merge.joined) for merge in concept.merges]


def test_spellings_share_a_form() -> None:
    found = concepts(paper("a", "Method", "Swan-Net"), paper("b", "Method", "SwanNet", "the SwanNet framework"))
    assert rules(found["swan net"]) == [
        ("spelling", "swan net", ("Swan-Net", "SwanNet", "SwanNet framework"), "swan net")
    ]


def test_a_name_alone_is_no_merge() -> None:
    assert concepts(paper("a", "Method", "SwanNet"))["swannet"].merges == ()
    assert concepts(paper("a", "Dataset", "COCO"))["coco"].merges == ()


def test_the_catalogue_is_named() -> None:
    (merge,) = concepts(paper("a", "Dataset", "COCO"), paper("b", "Dataset", "MS COCO"))["coco"].merges
    assert (merge.rule, merge.names, merge.joined) == ("catalogue", ("MS COCO",), "COCO")
    assert "COCO" in merge.evidence


def test_abbreviations_name_the_papers_that_define_them() -> None:
    defining = [
        paper(key, "Method", "swan counting network", "SCN", SCN="swan_counting_network")
        for key in ("d", "c", "b", "a")
    ]
    found = concepts(*defining, paper("z", "Method", "SCN"))
    short, shared = found["scn"].merges
    assert (short.rule, short.names, short.joined, short.papers) == (
        "abbreviation",
        ("SCN",),
        "swan counting network",
        ("a", "b", "c"),
    )
    assert "4 papers" in short.evidence
    assert (shared.rule, shared.names, shared.joined) == ("sharedDefinition", ("SCN",), "swan counting network")
    assert shared.papers == ("a", "b", "c")
    assert "4 of the 4 papers" in shared.evidence


def test_further_rules() -> None:
    found = concepts(
        paper("a", "Method", "SwanNet", "a graph convolution network", GCN="graph_convolution_network"),
        paper("b", "Method", "SwanNet library", "Bayesian NN", "Bayesian neural network"),
        paper("c", "Task", "recognition of swan sounds", "swan sound recognition"),
        paper("d", "Dataset", "MNIST handwritten digits"),
    )
    by_rule = {merge.rule: merge for concept in found.values() for merge in concept.merges}
    assert by_rule["typeWord"].joined == "MNIST"
    assert by_rule["knownLongForm"].joined == "Graph Convolutional Network"
    assert (by_rule["writtenOut"].names, by_rule["writtenOut"].joined) == (("Bayesian NN",), "bayesian neural network")
    assert (by_rule["turned"].form, by_rule["turned"].joined) == ("recognition of swan sound", "swan sound recognition")
    assert all(merge.evidence and merge.names for concept in found.values() for merge in concept.merges)


def test_what_an_ambiguous_short_form_means_is_linked_and_left_apart() -> None:
    found = concepts(
        paper("a", "Method", "spatial attention mechanism", "SAM", SAM="spatial_attention_mechanism"),
        paper("b", "Method", "swan appearance matrix", "SAM", SAM="swan_appearance_matrix"),
        paper("c", "Method", "SAM"),
        catalogue=Catalogue(),
    )
    assert set(found) == {"sam", "spatial attention mechanism", "swan appearance matrix"}
    for key, concept in found.items():
        assert set(concept.same_name_as) == {("Method", other) for other in found if other != key}


def test_a_method_and_a_dataset_of_one_name_are_linked() -> None:
    found = Resolver([paper("a", "Method", "CLIP"), paper("b", "Dataset", "CLIP")], Catalogue()).concepts()
    assert {(one.type, one.same_name_as) for one in found} == {
        ("Dataset", (("Method", "clip"),)),
        ("Method", (("Dataset", "clip"),)),
    }
