# make demo    install what is needed, crawl the made-up county, open the dashboards
# make test    install what the tests need, check style and import directions, run the tests
# make bench   time both indices on 100,000 comments, side by side; SIZE=1000000 for more (docs/bench.md)
# make help    this list

.PHONY: help demo test bench lint lock documents

help:
	@sed -n 's/^# //p' Makefile

demo:
	@deploy/install.sh demo
	@.venv/bin/lianxin demo $(ARGS)

test:
	@deploy/install.sh test
	@$(MAKE) --no-print-directory lint
	@.venv/bin/pytest $(ARGS)

bench:
	@deploy/install.sh test
	@.venv/bin/python -m bench $(if $(SIZE),--size $(SIZE))

lint:
	@.venv/bin/ruff check --quiet
	@.venv/bin/ruff format --check --quiet
	@.venv/bin/lint-imports --no-cache > .venv/imports.txt || { cat .venv/imports.txt; exit 1; }

# make lock         resolve the dependencies anew; needs a network, changes the three lock files
# make documents    write the generated documents (docs/data.md, the table in docs/sources.md)
lock:
	@.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --extra browser --group build -o requirements.txt
	@.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --extra browser --group build --group dev -c requirements.txt -o requirements-dev.txt
	@echo uv | .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header - -o requirements-install.txt

documents:
	@.venv/bin/python -m pipelines.index.dictionary > docs/data.md
	@.venv/bin/python -m crawler.platforms.about
