# The verbs of this project; "make help" lists them. Each finds a suitable JDK by itself (bin/find-jdk).

MVN = bin/maven
APP = standalone/target/quarkus-app/quarkus-run.jar
SEEDS ?= 10000
CLIENTS ?=
ROUNDS ?= 200
ARGS ?=

# What the packaged application is made of; a change here makes "make run" build again.
SOURCES = $(shell find pom.xml compute-node storage-node standalone \
	-path '*/target' -prune -o -type f \( -name pom.xml -o -path '*/src/main/*' \) -print)

.DEFAULT_GOAL := help
.PHONY: help run build test clients crash check fmt bench sim clean

help: ## this list
	@echo "usage: make VERB"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(APP) ## start a standalone platform, building it when needed; ARGS="--port-offset 1000" and the like go to it
	@exec bin/robustmq standalone $(ARGS)

build: ## compile and package everything, without tests
	$(MVN) package -DskipTests

test: ## the full test run: unit, simulation, integration and acceptance tests, and everything of "check"
	@tests/tools/install-clients
	@tests/clients/install quick
	$(MVN) verify

clients: $(APP) ## MQTT clients of eight libraries, feature by feature; CLIENTS="-Dclients.only=rumqttc" narrows them
	@tests/clients/install all
	$(MVN) verify -pl tests/acceptance -am -Dspotless.check.skip -Dtest='none' -Dsurefire.failIfNoSpecifiedTests=false \
		-Dit.test=ClientsIT -Dfailsafe.failIfNoSpecifiedTests=false -Dclients.all=true \
		-Drobustmq.docs.write=$(if $(CLIENTS),false,true) $(CLIENTS)

crash: $(APP) ## kill -9 under load: ROUNDS=200; the rounds of another seed: SEED=7
	$(MVN) verify -pl tests/acceptance -am -Dspotless.check.skip -Dtest='none' -Dit.test=CrashIT \
		-Dcrash.rounds=$(ROUNDS) -Dcrash.seed=$(or $(SEED),1)

check: ## compiler checks, formatting, dependency analysis and architecture rules, without the other tests
	$(MVN) verify -Dtest='io.robustmq.architecture.**' -DskipITs

fmt: ## repair the formatting
	$(MVN) --quiet spotless:apply

bench: ## JMH figures of the hot paths; ARGS="MatchBenchmark -prof gc" narrows them
	$(MVN) --quiet package -DskipTests -Dspotless.check.skip -pl benchmarks/micro -am
	@JAVA_HOME=$$(bin/find-jdk) && "$$JAVA_HOME/bin/java" -cp "benchmarks/micro/target/classes:$$(cat benchmarks/micro/target/classpath)" org.openjdk.jmh.Main $(ARGS)

sim: ## the simulation under many seeds: SEEDS=10000; one seed: SEED=42; one test: TEST=Class#method
	$(MVN) test -pl compute-node/kernel-testkit -am -Dspotless.check.skip -Dtest='$(or $(TEST),*SimTest)' \
		$(if $(SEED),-Dsim.seed=$(SEED),-Dsim.seeds=$(SEEDS))

clean: ## remove what builds made
	$(MVN) --quiet clean

$(APP): $(SOURCES)
	$(MVN) --quiet package -DskipTests -Dspotless.check.skip -pl standalone,compute-node/admin-cli -am
	@touch $@
	@bin/robustmq prepare
