# Needs GNU make, bash, JDK 25 and Maven 3.8.6 or newer; `images` and `cluster` need Docker as well.
SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help build libraries demo test test-classes check-types simulate bench bench-guard bench-operator bench-plugin interop interop-outages interop-servers manifests clean images cluster cluster-down force

MVN ?= mvn
mvn = JAVA_HOME="$$(scripts/find-jdk.sh)" && export JAVA_HOME && scripts/need-maven.sh $(firstword $(MVN)) && $(MVN) -B -ntp -Dstyle.color=never

# Everything that a build reads: make builds again only when something of it is newer than the last build.
modules := bom libraries protocol testing cli server-core console server legacy launcher sdk sdk-micrometer sdk-opentelemetry sdk-test spring-boot-starter standalone quarkus quarkus-deployment operator kubectl worker-image client-job demo bench
sources := pom.xml $(shell find $(wildcard $(modules)) -name target -prune -o -type f \( -path '*/src/main/*' -o -name pom.xml \) -print)
# ... or when what it made is gone.
jars = $(foreach module,$(1),$(module)/target/baton-$(module).jar)
gone = $(if $(filter-out $(wildcard $(jars)),$(jars)),force)
played := launcher worker-image client-job demo

##@ On one machine

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: target/build.stamp launcher/target/baton.aot ## Compile and package every module, without tests

target/build.stamp: $(sources) $(call gone,$(played) kubectl)
	@echo "Building Baton (the first time this also downloads its libraries)"
	@$(mvn) -q package -Dmaven.test.skip=true -pl '!console-tests,!e2e,!libraries-tests,!guides,!spring-example,!quarkus-example'
	@mkdir -p target && touch $@

# The server's classes, loaded and linked, in a file: with it the server starts in half the time.
launcher/target/baton.aot: target/build.stamp
	@scripts/aot-cache.sh

libraries: ## Put the libraries, with sources and Javadoc, into the Maven repository target/repository
	@$(mvn) -q deploy -Prelease -Dmaven.test.skip=true -pl bom,spring-boot-starter,quarkus-deployment -am -DaltDeploymentRepository=here::file://$(CURDIR)/target/repository

demo: target/demo.stamp ## See it work: server, three workers, six calls; the busiest worker is killed (SERVERS=3: three servers on a PostgreSQL, one of which is killed, too; ARGS=--watch: watch it on the console)
	@scripts/demo.sh $(if $(SERVERS),--servers=$(SERVERS)) $(ARGS)

# Only what the demo runs; the operator's libraries are not needed. Where all is built, this is, too.
target/demo.stamp: $(sources) $(call gone,$(played))
	@$(MAKE) -sq --no-print-directory target/build.stamp || { echo "Building what the demo runs (the first time this also downloads its libraries)" && \
	  $(mvn) -q package -Dmaven.test.skip=true -pl $$(echo $(played) | tr ' ' ,) -am; }
	@mkdir -p target && touch $@

test: ## Run every test; those that need Docker are skipped where it is absent
	@. scripts/docker-env.sh && $(mvn) verify

# Nothing is measured meanwhile, so modules are compiled side by side; "make test" and "make build" find them done.
test-classes: ## Compile and package every module with its tests, and run none
	@$(mvn) -q -T 1C package -DskipTests
	@mkdir -p target && touch target/build.stamp

check-types: ## Check the types of the console's modules (needs npm; skipped without)
	@scripts/check-types.sh

SEEDS ?= 10000
FROM ?= 0

simulate: ## Run histories of the server on virtual time: SEEDS of them (one is printed in full), beginning with seed FROM
	@$(mvn) -q -pl launcher -am package -DskipTests
	@"$$(scripts/find-jdk.sh)/bin/java" -cp "server/target/test-classes:server/target/classes:launcher/target/app/lib/*" \
	  dev.baton.server.simulation.Simulate $(SEEDS) $(FROM)

interop: target/demo.stamp ## Run the server with the public SDKs of other languages; SDKS="typescript python" picks some
	@python3 e2e/interop/driver $(INTEROP_OPTIONS) $(SDKS)

interop-outages: target/demo.stamp ## Kill, pause and restart the server under workers of other languages, which lose nothing
	@python3 e2e/interop/driver --outages $(INTEROP_OPTIONS) $(or $(SDKS),java typescript python)

interop-servers: target/demo.stamp ## Roll three servers over one PostgreSQL, and kill their owner twenty times, under workers of other languages
	@python3 e2e/interop/driver --servers $(INTEROP_OPTIONS) $(or $(SDKS),java typescript python)

bench: build ## Measure the server beside what this machine allows; ARGS="--list", ARGS="--quick --only closed-loop"
	@scripts/bench.sh $(ARGS)

bench-guard: ## Fail if a task or a request allocates or computes more than the kept baseline
	@$(mvn) -q -pl bench -am test -Dtest=RegressionGuardIT -Dsurefire.failIfNoSpecifiedTests=false

bench-operator: target/build.stamp ## Measure the operator with 1,000 WorkerGroups of 5,000 pods on a real API server (needs Docker, some 20 minutes)
	@. scripts/docker-env.sh && $(mvn) -q -pl operator -am test -Dtest=FleetBench -Dsurefire.failIfNoSpecifiedTests=false $(ARGS)

bench-plugin: target/build.stamp ## Measure how long "kubectl baton groups" takes, of an API server on this machine; ARGS="-Dplugin.kubeconfig=FILE" of a cluster
	@$(mvn) -q -pl kubectl -am test -Dtest=PluginBench -Dsurefire.failIfNoSpecifiedTests=false $(ARGS)

manifests: ## Write anew what is generated: the CRD, deploy/, the chart's kept outputs (needs helm)
	@$(mvn) -q -pl operator test -Dtest=WorkerGroupCrdTest -Dcrd.write=true
	@scripts/render-chart.sh

clean: ## Remove what was built
	rm -rf target e2e/interop/target $(foreach module,$(modules) charts e2e,$(module)/target)

##@ On Kubernetes (these need Docker)

images: target/build.stamp ## Build the images baton-server, baton-operator, baton-worker and baton-client
	@scripts/images.sh

cluster: images ## Start a Kubernetes in Docker, for trying out, and load the images into it
	@scripts/cluster.sh up

cluster-down: ## Remove that Kubernetes
	@scripts/cluster.sh down
