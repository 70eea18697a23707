"""What the files of Papers with Code look like, as JSON schemas: written from the files that it published."""

from __future__ import annotations

from typing import Any, Final

Schema = dict[str, Any]
TEXT: Final[Schema] = {"type": "string"}
MAYBE: Final[Schema] = {"type": ["string", "null"]}
TEXTS: Final[Schema] = {"type": "array", "items": TEXT}
FLAG: Final[Schema] = {"type": "boolean"}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
YEAR: Final[Schema] = {"type": ["integer", "null"], "minimum": 1900}
DATE: Final[Schema] = {"type": ["string", "null"], "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"}  # as sure as it is known
ADDRESS: Final[Schema] = {"type": "string", "pattern": r"^https?://\S+$"}
MAYBE_ADDRESS: Final[Schema] = {"type": ["string", "null"], "pattern": r"^https?://\S+$"}


def entry(**properties: Schema) -> Schema:
    """An object with these properties, all of them and no others."""
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


def several(of: Schema, least: int = 0) -> Schema:
    return {"type": "array", "items": of, "minItems": least}


PAPER: Final = {"anyOf": [{"type": "null"}, entry(title=TEXT, url=ADDRESS)]}
LINK: Final = entry(title=TEXT, url=ADDRESS)
ROW: Final = entry(
    model_name=TEXT,
    metrics={"type": "object", "additionalProperties": TEXT, "minProperties": 1},
    paper_title=TEXT,
    paper_url=ADDRESS,
    paper_date=DATE,
    code_links=several(LINK),
    model_links=several(LINK),
    uses_additional_data=FLAG,
)
TABLE: Final = entry(
    dataset=TEXT,
    description=TEXT,
    dataset_links=several(LINK),
    dataset_citations=several(TEXT),
    subdatasets=several({"type": "object"}),
    sota=entry(metrics={**TEXTS, "minItems": 1}, rows=several(ROW, least=1)),
)
PAPERS_WITH_CODE: Final[dict[str, Schema]] = {
    "papers-with-abstracts": several(
        entry(
            paper_url=ADDRESS,
            arxiv_id=MAYBE,
            nips_id=MAYBE,
            openreview_id=MAYBE,
            title=TEXT,
            abstract=MAYBE,
            short_abstract=MAYBE,
            url_abs=MAYBE_ADDRESS,
            url_pdf=MAYBE_ADDRESS,
            proceeding=MAYBE,
            authors=TEXTS,
            tasks=TEXTS,
            date=DATE,
            conference_url_abs=MAYBE_ADDRESS,
            conference_url_pdf=MAYBE_ADDRESS,
            conference=MAYBE,
            reproduces_paper=MAYBE,
            methods=several(entry(name=TEXT, full_name=TEXT, url=ADDRESS)),
        )
    ),
    "links-between-papers-and-code": several(
        entry(
            paper_url=ADDRESS,
            paper_title=TEXT,
            paper_arxiv_id=MAYBE,
            paper_url_abs=MAYBE_ADDRESS,
            paper_url_pdf=MAYBE_ADDRESS,
            repo_url=ADDRESS,
            is_official=FLAG,
            mentioned_in_paper=FLAG,
            mentioned_in_github=FLAG,
            framework=TEXT,
        )
    ),
    "evaluation-tables": several(
        entry(
            task=TEXT,
            description=TEXT,
            categories=TEXTS,
            source_link=MAYBE_ADDRESS,
            synonyms=TEXTS,
            subtasks=several({"type": "object"}),
            datasets=several(TABLE, least=1),
        )
    ),
    "methods": several(
        entry(
            url=ADDRESS,
            name=TEXT,
            full_name=TEXT,
            description=TEXT,
            paper=PAPER,
            introduced_year=YEAR,
            source_url=MAYBE_ADDRESS,
            source_title=MAYBE,
            code_snippet_url=TEXT,
            num_papers=COUNT,
            collections=several({"type": "object"}),
        )
    ),
    "datasets": several(
        entry(
            url=ADDRESS,
            name=TEXT,
            full_name=MAYBE,
            homepage=TEXT,
            description=TEXT,
            paper=PAPER,
            introduced_date=DATE,
            warning=MAYBE,
            modalities=TEXTS,
            tasks=several(entry(task=TEXT, url=ADDRESS)),
            languages=TEXTS,
            variants=TEXTS,
            num_papers=COUNT,
            data_loaders=several({"type": "object"}),
        )
    ),
}
