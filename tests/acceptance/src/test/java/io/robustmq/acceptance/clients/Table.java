package io.robustmq.acceptance.clients;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was found: a result per line and feature, or why a line was not tried. Used by one thread. */
final class Table {
    /**
     * One cell.
     *
     * @param word {@code ok}, {@code failed} or {@code not supported}
     * @param detail why, where it is not ok
     */
    record Result(String word, String detail) {
        boolean failed() {
            return word.equals("failed");
        }
    }

    private final Map<Line, Map<Feature, Result>> results = new LinkedHashMap<>();
    private final Map<Line, String> skipped = new LinkedHashMap<>();

    void put(Line line, Feature feature, Result result) {
        results.computeIfAbsent(line, _ -> new EnumMap<>(Feature.class)).put(feature, result);
    }

    void skip(Line line, String reason) {
        skipped.put(line, reason);
    }

    /** Reads what a program printed; a feature it did not get to has failed. */
    void read(Line line, List<Feature> expected, List<String> printed) {
        for (Feature feature : expected) {
            Result result = printed.stream()
                    .map(text -> text.split("\t", 3))
                    .filter(parts -> parts.length == 3 && parts[0].equals(feature.title))
                    .map(parts -> new Result(parts[1], parts[2]))
                    .findFirst()
                    .orElseGet(() -> new Result("failed", "the program told nothing about it: " + printed));
            put(line, feature, result);
        }
    }

    List<String> failures(Line line) {
        return results.getOrDefault(line, Map.of()).entrySet().stream()
                .filter(entry -> entry.getValue().failed())
                .map(entry -> entry.getKey().title + ": " + entry.getValue().detail())
                .toList();
    }

    /** One row per client and feature: {@code client | feature | result}. */
    String rows() {
        List<String> rows = new ArrayList<>();
        results.forEach((line, cells) -> cells.forEach((feature, result) -> rows.add("%-34s | %-23s | %s %s"
                .formatted(line.name(), feature.title, result.word(), result.detail())
                .strip())));
        skipped.forEach(
                (line, reason) -> rows.add("%-34s | %-23s | skipped: %s".formatted(line.name(), "all", reason)));
        return String.join(System.lineSeparator(), rows);
    }

    /** The page for {@code docs/reference}. */
    String page() {
        StringBuilder page = new StringBuilder("""
                # Clients

                What MQTT clients do with a standalone platform. Made by `make clients`; `tests/clients/README.md` says what
                each feature tries and which versions of the libraries are taken.
                """);
        section(page, 4, "MQTT 3.1.1");
        section(page, 5, "MQTT 5");
        page.append("\n## Notes\n\n");
        results.forEach((line, cells) -> cells.forEach((feature, result) -> {
            if (!result.word().equals("ok")) {
                page.append("- %s, %s: %s, %s\n".formatted(line.name(), feature.title, result.word(), result.detail()));
            }
        }));
        skipped.forEach((line, reason) -> page.append("- %s: skipped, %s\n".formatted(line.name(), reason)));
        return page.toString();
    }

    private void section(StringBuilder page, int version, String title) {
        List<Line> lines = results.keySet().stream()
                .filter(line -> line.version() == version)
                .toList();
        page.append("\n## ").append(title).append("\n\n| |");
        lines.forEach(line -> page.append(' ').append(line.title()).append(" |"));
        page.append("\n|---|").append("---|".repeat(lines.size())).append('\n');
        Arrays.stream(Feature.values())
                .filter(feature -> lines.stream().anyMatch(line -> cells(line).containsKey(feature)))
                .forEach(feature -> {
                    page.append("| ").append(feature.title).append(" |");
                    for (Line line : lines) {
                        Result result = cells(line).get(feature);
                        page.append(' ')
                                .append(result == null ? "" : result.word())
                                .append(" |");
                    }
                    page.append('\n');
                });
    }

    private Map<Feature, Result> cells(Line line) {
        return results.getOrDefault(line, Map.of());
    }
}
