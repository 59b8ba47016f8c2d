package io.robustmq.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Keeps {@code docs/reference/configuration.md} true. {@code -Drobustmq.docs.write=true} writes it anew. */
class ConfigurationReferenceTest {

    private static final Path PAGE = Path.of("../../docs/reference/configuration.md");

    private static final String BEGINNING = """
            # Configuration

            Made from the declarations in `io.robustmq.server.config`; a test fails when it is stale.

            A setting is given on the command line (`--set key=value`), in the environment (the key in capitals, other
            signs as `_`: `ROBUSTMQ_LISTENERS_MQTT_PORT`) or in a properties file (`--config FILE`). The command line comes before
            the environment, that before the file, that before the default. A key that does not exist or a value that
            does not fit ends the start with one sentence.

            `<name>` is the name of a listener: small letters, digits and dashes, without dashes in the environment.
            The one named `mqtt` is there without being asked for. [More on listeners](../guide/listeners.md).

            Sizes take `K`, `M`, `G` (1024-based), times `ms`, `s`, `m`, `h`, `d`.
            """;

    @Test
    void theReferencePageIsCurrent() throws IOException {
        String page = page();
        if (Boolean.getBoolean("robustmq.docs.write")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as("stale: write it anew with -Dtest=ConfigurationReferenceTest -Drobustmq.docs.write=true")
                .hasContent(page);
    }

    @Test
    void everySettingSaysWhatItDoes() {
        assertThat(ConfigurationKeys.all().values())
                .isNotEmpty()
                .allSatisfy(
                        setting -> assertThat(setting.meaning()).isNotBlank().doesNotEndWith("."));
    }

    private static String page() {
        StringBuilder page = new StringBuilder(BEGINNING);
        Map<String, ConfigurationKeys.Setting> all = ConfigurationKeys.all();
        for (String group : ConfigurationKeys.groups()) {
            page.append("\n## `").append(group).append("`\n\n| key | type | default | meaning |\n|---|---|---|---|\n");
            all.values().stream()
                    .filter(setting -> setting.key().lastIndexOf('.') == group.length()
                            && setting.key().startsWith(group + "."))
                    .forEach(setting -> page.append("| `")
                            .append(setting.key())
                            .append("` | ")
                            .append(type(setting.type()))
                            .append(" | ")
                            .append(setting.defaultValue()
                                    .map(value -> "`" + value + "`")
                                    .orElse(""))
                            .append(" | ")
                            .append(setting.meaning())
                            .append(" |\n"));
        }
        return page.toString();
    }

    private static String type(Class<?> type) {
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(value ->
                            "`" + value.toString().toLowerCase(Locale.ROOT).replace('_', '-') + "`")
                    .collect(Collectors.joining(", "));
        }
        return switch (type.getSimpleName()) {
            case "int", "long" -> "number";
            case "boolean" -> "`true`, `false`";
            case "MemorySize" -> "size";
            case "Duration" -> "time";
            case "Path" -> "file";
            case "String" -> "text";
            default -> throw new IllegalStateException("no word for " + type);
        };
    }
}
