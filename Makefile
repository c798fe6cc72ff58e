# Set-up, demo, tests and documentation. `make help` lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
REQUIREMENTS := setup.py $(wildcard requirements/*.txt)
DEMO := work_dirs/demo
DEMO_DATA := data/toy_sysu
DEMO_CONFIG := configs/agw/agw_r18-half_p8k4-demo_sysu-96x48.py

.DEFAULT_GOAL := help
.PHONY: help install demo test lint format docs clean

help: ## List the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(STAMP): $(REQUIREMENTS)
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; \
	  sys.exit(None if (3, 10) <= v <= (3, 12) else \
	  f"mmvireid needs Python 3.10 to 3.12, but $(PYTHON) is {v[0]}.{v[1]}. Name another: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --no-cache-dir -r requirements/mminstall.txt
	$(BIN)/python -m pip install -e '.[all,tests]'
	@touch $@

install: $(STAMP) ## Set up .venv with everything (once)

# A file of the data set would be there before its last image is.
$(DEMO_DATA)/.rendered: | $(STAMP)
	$(BIN)/python tools/dataset_converters/render_toy_vireid.py $(DEMO_DATA) --layout sysu --overwrite
	@touch $@

demo: $(STAMP) $(DEMO_DATA)/.rendered ## Render a toy SYSU-MM01, train AGW on it, test it, show the result
	SYSU_ROOT=$(DEMO_DATA) $(BIN)/python tools/train.py $(DEMO_CONFIG) --work-dir $(DEMO)
	SYSU_ROOT=$(DEMO_DATA) $(BIN)/python tools/test.py $(DEMO_CONFIG) "$$(cat $(DEMO)/last_checkpoint)" \
	  --work-dir $(DEMO) --out $(DEMO)/report.json --show-dir $(DEMO)
	@echo "Report: $(DEMO)/report.json   Ranked lists: $(DEMO)/ranking.png"

test: $(STAMP) ## Run the whole test suite; any skip but "no GPU" fails
	$(BIN)/python -m pytest --forbid-skips

lint: $(STAMP) ## Check style, docstrings and spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/interrogate -q mmvireid tools benchmarks
	$(BIN)/codespell

format: $(STAMP) ## Mend the style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(STAMP) ## Build the documentation; warnings fail
	$(BIN)/sphinx-build -W --keep-going -b html docs docs/_build/html

clean: ## Remove .venv, what was built, and the demo's data and training
	rm -rf $(VENV) build dist *.egg-info docs/_build $(DEMO) $(DEMO_DATA)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
