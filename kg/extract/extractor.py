"""Fields -> Extraction: all that the extractor reads in one record, sentence by sentence."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.extract.reading import read
from kg.extract.relations import find_relations
from kg.extract.repositories import find_repositories
from kg.extract.results import find_results
from kg.extract.roles import find_roles
from kg.extract.tagger import Tagger, load_tagger
from kg.records import FIELD_NAMES, Extraction, ExtractorInfo, FieldName
from kg.resources import digest_of_files
from kg.settings import DEFAULT_MODEL, MODELS
from kg.text import abbreviations_in, main_language, other_languages, split_sentences
from kg.text.language import recogniser_version

NAME = "papertriples-extractor"
VERSION = "1.0"


@dataclass(frozen=True, slots=True)
class Extractor:
    """Reads papers. It keeps nothing between two texts, so their order and company change no answer."""

    info: ExtractorInfo
    tagger: Tagger

    def extract(self, fields: Mapping[FieldName, str]) -> Extraction:
        """What the fields of one record say: mentions, relations, roles, results, repositories, with their places.

        Sentences that are surely not English are kept, but nothing is read in them save addresses, which need no
        language; where they are the greater part, ``language`` names theirs.
        """
        named = [(name, fields[name]) for name in FIELD_NAMES if fields.get(name)]
        sentences = tuple(sentence for name, text in named for sentence in split_sentences(name, text))
        languages = other_languages(sentences)
        english = tuple(one for one, language in zip(sentences, languages, strict=True) if language is None)
        abbreviations = tuple(pair for sentence in english for pair in abbreviations_in(sentence))
        tagged = self.tagger.read(english)
        reading = read(english, tagged.mentions, abbreviations)
        results = find_results(reading)
        roles = find_roles(reading, results, tagged)
        return Extraction(
            extractor=self.info.digest,
            sentences=sentences,
            mentions=reading.mentions,
            relations=find_relations(reading, roles, tagged),
            roles=roles,
            results=results,
            repositories=find_repositories(sentences),
            abbreviations=abbreviations,
            language=main_language(sentences, languages),
        )


def model_of(info: ExtractorInfo) -> str:
    """The model that an extractor reads with; the default one where that is none of ours.

    >>> model_of(ExtractorInfo("papertriples-extractor best", "1.0", "0"))
    'best'
    >>> model_of(ExtractorInfo("another", "1.0", "0"))
    'fast'
    """
    model = info.name.removeprefix(NAME + " ")
    return model if model in MODELS else DEFAULT_MODEL


@cache
def load_extractor(threads: int | None = None, model: str = DEFAULT_MODEL) -> Extractor:
    """An extractor with a tagger that ships; its digest covers the code that reads and the tagger's files.

    ``threads``: how many read one text, None leaves it to the runtime (all cores); the answers are the same.
    ``model``: one of :data:`MODELS`.

    So a release that changes a rule extracts again, and no old extraction passes for one of the new rules.
    """
    tagger = load_tagger(threads, model)
    package = Path(__file__).resolve().parent.parent
    code = digest_of_files([*(package / "extract").glob("*.py"), *(package / "text").glob("*.py")])
    made = f"{NAME} {VERSION} {code} {tagger.digest} {recogniser_version()}"
    digest = hashlib.sha256(made.encode()).hexdigest()
    return Extractor(ExtractorInfo(f"{NAME} {model}", VERSION, digest), tagger)
