package io.robustmq.acceptance.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Keeps {@code docs/reference/mqtt-conformance.md} true and complete: every statement that binds a server is carried by a
 * test. {@code -Drobustmq.docs.write=true} writes the page anew.
 */
final class ConformancePageTest {
    private static final Path PAGE = Path.of("../../docs/reference/mqtt-conformance.md");

    private static final List<String> VERSIONS = List.of("3.1.1", "5.0");

    private static final String BEGINNING = """
            # MQTT conformance

            Made from the tags of the tests in `tests/acceptance`, which speak to a started platform over sockets; a test
            fails when this page is stale, when a statement that binds a server has no test, and when a tag names no
            statement.

            Each line is a normative statement of the specification by its identifier: MQTT 3.1.1 (`MQTT-`) and 5.0
            (`MQTT5-`), OASIS standards. *Client* statements bind clients only. *Absent* ones bind servers in a part of
            the protocol that is not offered here.
            """;

    private final Map<String, SortedSet<String>> tests = TaggedTests.byStatement();

    private static Stream<Statement> statements() {
        return VERSIONS.stream().flatMap(version -> Statement.of(version).stream());
    }

    private static boolean bindsServer(Statement statement) {
        return switch (statement.binding()) {
            case SERVER, BOTH -> true;
            case CLIENT, ABSENT -> false;
        };
    }

    @Test
    void everyStatementThatBindsAServerHasATest() {
        assertThat(statements()
                        .filter(ConformancePageTest::bindsServer)
                        .map(Statement::id)
                        .filter(id -> !tests.containsKey(id)))
                .as("statements without a test")
                .isEmpty();
    }

    @Test
    void everyTagNamesAStatement() {
        Set<String> known = statements().map(Statement::id).collect(Collectors.toSet());

        assertThat(tests.keySet().stream().filter(tag -> tag.startsWith("MQTT")))
                .isNotEmpty()
                .isSubsetOf(known);
    }

    @Test
    void whatIsAbsentHasNoTest() {
        assertThat(statements()
                        .filter(statement -> statement.binding() == Statement.Binding.ABSENT)
                        .map(Statement::id)
                        .filter(tests::containsKey))
                .as("tested, so not absent any more: the list of statements is to be changed")
                .isEmpty();
    }

    @Test
    void everyStatementIsListedOnce() {
        assertThat(statements().map(Statement::id)).doesNotHaveDuplicates().hasSize(390);
    }

    @Test
    void thePageIsCurrent() throws IOException {
        String page = page();
        if (Boolean.getBoolean("robustmq.docs.write")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as("stale: write it anew with -Dtest=ConformancePageTest -Drobustmq.docs.write=true")
                .hasContent(page);
    }

    private String page() {
        StringBuilder page = new StringBuilder(BEGINNING);
        for (String version : VERSIONS) {
            List<Statement> statements = Statement.of(version);
            page.append("\n## MQTT ").append(version).append("\n\n").append(summary(statements));
            page.append("\n| statement | binds | tests |\n|---|---|---|\n");
            for (Statement statement : statements) {
                page.append("| ")
                        .append(statement.id())
                        .append(" | ")
                        .append(whom(statement))
                        .append(" | ")
                        .append(tests.getOrDefault(statement.id(), Collections.emptySortedSet()).stream()
                                .map(test -> "`" + test + "`")
                                .collect(Collectors.joining("<br>")))
                        .append(" |\n");
            }
        }
        return page.toString();
    }

    private String summary(List<Statement> statements) {
        long server =
                statements.stream().filter(ConformancePageTest::bindsServer).count();
        long tested = statements.stream()
                .filter(ConformancePageTest::bindsServer)
                .filter(statement -> tests.containsKey(statement.id()))
                .count();
        long absent = statements.stream()
                .filter(statement -> statement.binding() == Statement.Binding.ABSENT)
                .count();
        return statements.size() + " statements: " + server + " bind a server, " + tested + " of these have tests; "
                + absent + " are absent, " + (statements.size() - server - absent) + " bind clients only.\n";
    }

    private static String whom(Statement statement) {
        return switch (statement.binding()) {
            case SERVER -> "server";
            case BOTH -> "both";
            case CLIENT -> "client only: " + statement.word();
            case ABSENT -> "absent: " + statement.word();
        };
    }
}
