package io.robustmq.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.server.admin.Endpoint.Parameter;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps {@code docs/reference/admin-api.md} and the OpenAPI document true. {@code -Drobustmq.docs.write=true} writes the page anew. */
class AdminReferenceTest {
    private static final Path PAGE = Path.of("../../docs/reference/admin-api.md");

    private static final String BEGINNING = """
            # Admin API

            Made from the resources in `io.robustmq.server.admin`; a test fails when it is stale.

            HTTP under `/api/v1` on the HTTP port, as JSON; `/api/v1/openapi` is this page as an OpenAPI 3.1 document. Every
            request shows a token (`Authorization: Bearer TOKEN`), from loopback too. What goes wrong is told as
            `application/problem+json` (RFC 9457) with a `code`:

            """;

    private static Stream<Endpoint> endpoints() {
        return AdminApi.RESOURCES.stream().flatMap(resource -> resource.endpoints().stream());
    }

    @Test
    void theReferencePageIsCurrent() throws IOException {
        StringBuilder page = new StringBuilder(BEGINNING).append("| status | code |\n|---|---|\n");
        for (Problem.Kind kind : Problem.Kind.values()) {
            page.append("| ")
                    .append(kind.status())
                    .append(" | `")
                    .append(kind.name())
                    .append("` |\n");
        }
        page.append("""

                Lists come in pages: `{"data": [...], "meta": {"count", "limit", "hasnext", "cursor"}}`; the next page begins
                at `cursor`. A list is a walk through what changes meanwhile: what is there all the time is in it.
                """);
        for (Resource resource : AdminApi.RESOURCES) {
            page.append("\n## ").append(resource.name()).append('\n');
            for (Endpoint endpoint : resource.endpoints()) {
                page.append("\n### ")
                        .append(endpoint.method())
                        .append(" `")
                        .append(endpoint.path())
                        .append("`\n\n")
                        .append(endpoint.summary())
                        .append(
                                endpoint.answer().equals("204")
                                        ? " Answers 204."
                                        : " Answers " + endpoint.answer() + ".")
                        .append('\n');
                table(page, "query", endpoint.parameters());
                table(page, "field", endpoint.body());
            }
        }
        if (Boolean.getBoolean("robustmq.docs.write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as("stale: write it anew with -Dtest=AdminReferenceTest -Drobustmq.docs.write=true")
                .hasContent(page.toString());
    }

    private static void table(StringBuilder page, String kind, List<Parameter> parameters) {
        if (parameters.isEmpty()) {
            return;
        }
        page.append("\n| ").append(kind).append(" | type | meaning |\n|---|---|---|\n");
        for (Parameter one : parameters) {
            page.append("| `")
                    .append(one.name())
                    .append("` | ")
                    .append(one.type().name().toLowerCase(Locale.ROOT))
                    .append(one.required() ? ", required" : "")
                    .append(" | ")
                    .append(one.meaning())
                    .append(" |\n");
        }
    }

    @Test
    void theOpenApiDocumentHasEveryEndpointAndNamesEachOperationOnce() {
        JsonObject document = OpenApi.document(AdminApi.RESOURCES, "1");
        Set<String> operations = new TreeSet<>();
        JsonObject paths = document.getJsonObject("paths");
        for (String path : paths.fieldNames()) {
            JsonObject methods = paths.getJsonObject(path);
            for (String method : methods.fieldNames()) {
                JsonObject operation = methods.getJsonObject(method);
                assertThat(operations.add(operation.getString("operationId"))).isTrue();
                assertThat(operation.getJsonArray("parameters").stream()
                                .map(JsonObject.class::cast)
                                .filter(one -> one.getString("in").equals("path"))
                                .map(one -> "{" + one.getString("name") + "}"))
                        .allMatch(path::contains);
            }
        }
        assertThat(operations)
                .containsExactlyElementsOf(
                        endpoints().map(Endpoint::operation).sorted().collect(Collectors.toList()));
    }

    @Test
    void pathsThatMatchTheSameRequestDoNotExist() {
        assertThat(endpoints().map(one -> one.method() + " " + one.path().replaceAll("\\{[^}]*}", "{}")))
                .doesNotHaveDuplicates();
    }

    @Test
    void variableSegmentsAreDecodedAndCannotBeginAnotherSegment() {
        assertThat(AdminApi.match("/clients/{clientid}", "/clients/a%2Fb+c")).containsEntry("clientid", "a/b+c");
        assertThat(AdminApi.match("/clients/{clientid}", "/clients/a/b")).isNull();
        assertThat(AdminApi.match("/clients/{clientid}", "/clients/%zz")).isNull();
        assertThat(AdminApi.match("/clients", "/clients/")).isNull();
    }
}
