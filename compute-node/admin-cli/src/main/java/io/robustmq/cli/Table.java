package io.robustmq.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** JSON as a table for people: a list of objects becomes rows, an object becomes two columns. */
final class Table {
    private Table() {}

    /** @param columns those wanted, in their order; empty for all that occur */
    static String of(@Nullable Object value, List<String> columns) {
        if (value instanceof Map<?, ?> fields && fields.get("data") instanceof List<?> rows) {
            return rows(rows, columns);
        }
        if (value instanceof Map<?, ?> fields) {
            List<List<String>> lines = new ArrayList<>();
            fields.forEach((name, one) -> lines.add(List.of(String.valueOf(name), cell(one))));
            return aligned(lines);
        }
        return cell(value) + "\n";
    }

    private static String rows(List<?> rows, List<String> wanted) {
        Set<String> columns = new LinkedHashSet<>(wanted);
        if (columns.isEmpty()) {
            rows.forEach(row -> {
                if (row instanceof Map<?, ?> fields) {
                    fields.keySet().forEach(name -> columns.add(String.valueOf(name)));
                }
            });
        }
        if (columns.isEmpty()) {
            return "";
        }
        List<List<String>> lines = new ArrayList<>();
        lines.add(columns.stream().map(name -> name.toUpperCase(Locale.ROOT)).toList());
        for (Object row : rows) {
            if (row instanceof Map<?, ?> fields) {
                lines.add(columns.stream().map(name -> cell(fields.get(name))).toList());
            }
        }
        return aligned(lines);
    }

    private static String cell(@Nullable Object value) {
        return switch (value) {
            case null -> "-";
            // What a client chose must not move the cursor of the terminal.
            case String text -> text.replaceAll("\\p{Cntrl}", "?");
            case Map<?, ?> _, List<?> _ -> JsonTree.write(value, false);
            default -> value.toString();
        };
    }

    private static String aligned(List<List<String>> lines) {
        int columns = lines.isEmpty() ? 0 : lines.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> line : lines) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            for (int i = 0; i < columns; i++) {
                String cell = line.get(i);
                text.append(cell);
                if (i + 1 < columns) {
                    text.append(" ".repeat(widths[i] - cell.length() + 2));
                }
            }
            text.append('\n');
        }
        return text.toString();
    }
}
