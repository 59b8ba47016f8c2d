package io.robustmq.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Keeps {@code docs/reference/metrics.md} true. {@code -Drobustmq.docs.write=true} writes it anew. */
class MetricsReferenceTest {

    private static final Path PAGE = Path.of("../../docs/reference/metrics.md");

    private static final String BEGINNING = """
            # Metrics

            Made from `io.robustmq.server.metrics.MetricName`; a test fails when it is stale.

            Served in the Prometheus text format at `/q/metrics` on the HTTP port, together with the JVM's own (`jvm_*`,
            `process_*`, `system_*`). Labels are from bounded sets: nothing is labelled by topic or client.

            | metric | kind | label | meaning |
            |---|---|---|---|
            """;

    @Test
    void theReferencePageIsCurrent() throws IOException {
        StringBuilder page = new StringBuilder(BEGINNING);
        for (MetricName name : MetricName.values()) {
            page.append("| `")
                    .append(name.text())
                    .append("` | ")
                    .append(name.kind().name().toLowerCase(Locale.ROOT))
                    .append(" | ")
                    .append(name.label().map(label -> "`" + label + "`").orElse(""))
                    .append(" | ")
                    .append(name.meaning())
                    .append(" |\n");
        }
        if (Boolean.getBoolean("robustmq.docs.write")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as("stale: write it anew with -Dtest=MetricsReferenceTest -Drobustmq.docs.write=true")
                .hasContent(page.toString());
    }

    @Test
    void namesFollowThePrometheusRules() {
        assertThat(Arrays.stream(MetricName.values()).map(MetricName::text))
                .doesNotHaveDuplicates()
                .allMatch(text -> text.matches("robustmq(_[a-z]+)+"));
        assertThat(MetricName.values())
                .allSatisfy(name -> assertThat(name.text().endsWith("_total"))
                        .as(name.text())
                        .isEqualTo(name.kind() == MetricName.Kind.COUNTER));
    }
}
