# papertriples: `make run` serves the demo graph, `make test` passes the tests; both set everything up in .venv.
PYTHON ?= python3
PORT ?= 8000
STORE ?= kgstore
KG_SHARED ?= ../shared
# Where an image of a container sets it, each process would compile every module again.
unexport PYTHONDONTWRITEBYTECODE
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
TEST_INSTALLED := $(VENV)/.test-installed
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: install run test pytest lint format bench bench-extract bench-graph train docs screenshots vendor clean

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(INSTALLED): setup.cfg pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(TEST_INSTALLED): setup.cfg pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --constraint constraints.txt --editable '.[test]'
	@touch $(INSTALLED) $@

install: $(INSTALLED)

run: install
	$(BIN)/papertriples build seeds/papers.jsonl --store $(STORE)
	exec $(BIN)/papertriples serve --store $(STORE) --port $(PORT)

lint: $(TEST_INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict -p kg
	$(BIN)/lint-imports

format: $(TEST_INSTALLED)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Whole files go to one process, the long ones of the first rooms first. Tests wait for servers and browsers, so there is
# a process more than cores, where these are few.
WORKERS ?= $(shell cores=$$(getconf _NPROCESSORS_ONLN); if [ $$cores -lt 4 ]; then echo $$((cores + 1)); else echo 4; fi)
PARALLEL := --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

# The linters run beside the tests: both are done in any case, and what they find is shown at once and fails the target.
test: $(TEST_INSTALLED)
	@mkdir -p .cache
	@{ $(MAKE) --no-print-directory lint >.cache/lint.txt 2>&1 || { cat .cache/lint.txt; exit 1; }; } & lint=$$!; \
	  $(MAKE) --no-print-directory pytest; tested=$$?; \
	  wait $$lint || { echo "make lint failed, see .cache/lint.txt"; exit 1; }; \
	  exit $$tested

pytest: $(TEST_INSTALLED)
	$(BIN)/coverage erase
	$(BIN)/python -m pytest --cov --cov-report= $(PARALLEL)
	$(BIN)/coverage report --fail-under=90

# Figures, not tests: ratios against a named peer or limit in the same run. Real corpora are found through KG_SHARED.
bench: $(TEST_INSTALLED) bench-extract bench-graph
	$(BIN)/python bench/build.py seeds/papers.jsonl
	$(BIN)/python bench/link.py
	$(BIN)/python bench/export.py --triples 200000
	$(BIN)/python bench/papers_with_code.py --papers 2000
	$(BIN)/python bench/writes.py
	@[ ! -d $(STORE) ] || $(BIN)/python bench/pages.py $(STORE)
	KG_SCENARIOS=2000 $(BIN)/python -m pytest tests/assemble/test_any_way.py
	rm -rf .cache/reason && mkdir -p .cache && $(BIN)/papertriples build seeds/papers.jsonl --store .cache/reason --quiet
	$(BIN)/python bench/reason.py .cache/reason
	$(BIN)/python bench/add.py .cache/reason --papers 1000 --add 50
	KG_KILLS=60 $(BIN)/python -m pytest tests/serve/test_kills.py
	rm -rf .cache/load && $(BIN)/papertriples build seeds/papers.jsonl --store .cache/load
	$(BIN)/python bench/serve_load.py --store .cache/load
	@[ ! -d $(KG_SHARED)/corpora ] || $(BIN)/python bench/build.py $(KG_SHARED)/corpora/acl/2021.conll.xml

# The table of docs/model-card.md: quality on development portions, speed, memory, size; the baseline in the same run.
bench-extract: $(TEST_INSTALLED)
	@[ -d $(KG_SHARED)/corpora ] || echo "bench-extract needs the shared data; set KG_SHARED to its folder"
	@[ ! -d $(KG_SHARED)/corpora ] || KG_SHARED=$(KG_SHARED) $(BIN)/python bench/extract.py

# Paper-level scores of the shipped extractor on the papers listing (development papers).
bench-graph: $(TEST_INSTALLED)
	@[ -d $(KG_SHARED)/corpora ] || echo "bench-graph needs the shared data; set KG_SHARED to its folder"
	@[ ! -d $(KG_SHARED)/corpora ] || { rm -rf .cache/listing && mkdir -p .cache && \
	  $(BIN)/papertriples build $(KG_SHARED)/corpora/hf-papers-listing.txt --store .cache/listing && \
	  $(BIN)/python $(KG_SHARED)/benchmarks/score_listing.py $(BIN)/papertriples .cache/listing \
	    $(KG_SHARED)/benchmarks/listing-dev.jsonl; }

# Trains the extractor's network again, on KG_SHARED; see train/README.md. Each step goes on from its last checkpoint.
RUNS := .cache/train
TRAIN := PYTHONPATH=. OMP_WAIT_POLICY=PASSIVE .venv-train/bin/python
FIT := $(TRAIN) train/fit.py --shared $(KG_SHARED) --base mpnet

.venv-train/.installed: setup.cfg train/requirements.txt train/requirements-base.txt
	$(PYTHON) -m venv .venv-train
	.venv-train/bin/python -m pip install --quiet --editable . --requirement train/requirements.txt
	.venv-train/bin/python -m pip install --quiet --no-deps --requirement train/requirements-base.txt
	@touch $@

train: .venv-train/.installed
	$(FIT) --epochs 4 --stop-after 2 --out $(RUNS)/teacher
	$(FIT) --teacher $(RUNS)/teacher --layers 0 1 2 3 4 5 6 7 8 9 10 11 --annotated train/annotations \
	  --rate 6e-5 --epochs 2 --seed 11 --out $(RUNS)/large
	$(FIT) --teacher $(RUNS)/teacher --layers 0 2 4 6 8 11 --annotated train/annotations \
	  --rate 1e-4 --epochs 3 --seed 7 --out $(RUNS)/student
	test -s $(RUNS)/silver.jsonl || $(TRAIN) train/silver.py --shared $(KG_SHARED) --teacher $(RUNS)/large \
	  --papers 2500 --out $(RUNS)/silver.jsonl
	$(FIT) --teacher $(RUNS)/student --layers 0 1 2 3 4 5 --inner 1536 --annotated train/annotations \
	  --silver $(RUNS)/silver.jsonl --epochs 1 --seed 21 --out $(RUNS)/fast
	test -s $(RUNS)/silver-of-two.jsonl || $(TRAIN) train/silver.py --shared $(KG_SHARED) --teacher $(RUNS)/large \
	  --with $(RUNS)/fast --papers 2500 --sentences 10000 --out $(RUNS)/silver-of-two.jsonl
	$(FIT) --teacher $(RUNS)/large --layers 0 1 2 3 4 5 6 7 8 9 10 11 --annotated train/annotations \
	  --annotated-share 1 --silver $(RUNS)/silver-of-two.jsonl --silver-share 0.55 --round 4 \
	  --rate 3e-5 --head-rate 3e-4 --epochs 1 --seed 31 --out $(RUNS)/rounded
	$(TRAIN) train/export.py --shared $(KG_SHARED) --run $(RUNS)/rounded --model best --bits 4 --with fast
	$(TRAIN) train/export.py --shared $(KG_SHARED) --run $(RUNS)/fast --model fast
	for model in fast best; do \
	  $(TRAIN) train/calibrate.py --shared $(KG_SHARED) --model $$model --threshold 0.45 && \
	  $(TRAIN) train/weigh_roles.py --shared $(KG_SHARED) --model $$model || exit 1; done

# Writes the pages that are made from the ontology and the recipes; the tests fail where one is stale.
docs: $(TEST_INSTALLED)
	$(BIN)/python docs/generate_ontology.py
	$(BIN)/python docs/generate_conformance.py
	$(BIN)/python docs/generate_serving.py

# Takes the pictures of docs/images anew, of the demo graph, by Debian's Chromium (ci/system-packages installs it).
screenshots: $(TEST_INSTALLED)
	$(PIP) install --constraint constraints.txt --editable '.[test,screenshots]'
	$(BIN)/papertriples build seeds/papers.jsonl --store .cache/screenshots
	$(BIN)/python -m docs.screenshots .cache/screenshots

# Builds the front-end packages of package.json into kg/serve/static/vendor (committed, with their licences and digests).
# The only target that needs npm.
vendor:
	npm ci --ignore-scripts --no-audit --no-fund
	npm run --silent vendor

clean:
	rm -rf $(VENV) .venv-train build dist *.egg-info .coverage* .pytest_cache .mypy_cache .ruff_cache .hypothesis
