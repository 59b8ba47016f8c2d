package io.robustmq.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** Carries out an {@link Operation}. */
final class RequestCommand implements Callable<Integer> {
    private final Operation operation;
    private final Connection connection = new Connection();
    private final CommandSpec spec;

    private RequestCommand(Operation operation) {
        this.operation = operation;
        this.spec = CommandSpec.wrapWithoutInspection(this);
    }

    static CommandSpec of(Operation operation) {
        RequestCommand command = new RequestCommand(operation);
        CommandSpec spec = command.spec;
        spec.usageMessage().description(operation.summary());
        spec.mixinStandardHelpOptions(true);
        spec.addMixin("connection", CommandSpec.forAnnotatedObject(command.connection));
        int index = 0;
        for (String argument : operation.arguments()) {
            spec.addPositional(PositionalParamSpec.builder()
                    .index(Integer.toString(index++))
                    .paramLabel(argument.toUpperCase(Locale.ROOT))
                    .type(String.class)
                    .required(true)
                    .build());
        }
        List<Operation.Field> options = new ArrayList<>(operation.query());
        options.addAll(operation.body());
        if (operation.paged()) {
            options.add(new Operation.Field("limit", Long.class, "entries of the page"));
            options.add(new Operation.Field("cursor", String.class, "where the page begins"));
            spec.addOption(OptionSpec.builder("--all")
                    .type(boolean.class)
                    .arity("0")
                    .description("all pages")
                    .build());
        }
        for (Operation.Field field : options) {
            spec.addOption(OptionSpec.builder(field.option())
                    .type(field.type() == Object.class ? String.class : field.type())
                    .arity("1")
                    .paramLabel(field.name().toUpperCase(Locale.ROOT))
                    .description(field.meaning())
                    .build());
        }
        return spec;
    }

    @Override
    public Integer call() throws CommandFailure {
        ParseResult parsed = spec.commandLine().getParseResult();
        PrintWriter out = spec.commandLine().getOut();
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        String path = path(parsed, body);
        for (Operation.Field field : operation.body()) {
            Object value = parsed.matchedOptionValue(field.option(), null);
            if (value != null) {
                body.put(field.name(), field.type() == Object.class ? json(field, value.toString()) : value);
            }
        }
        Map<String, String> query = new LinkedHashMap<>();
        for (Operation.Field field : operation.query()) {
            put(parsed, field.name(), field.option(), query);
        }
        if (operation.paged()) {
            put(parsed, "limit", "--limit", query);
            put(parsed, "cursor", "--cursor", query);
        }
        String answer = connection.send(operation.method(), path, query, body.isEmpty() ? null : body);
        if (path.endsWith("/download")) {
            out.print(answer);
        } else if (!answer.isEmpty()) {
            Object value = parse(answer);
            if (operation.paged() && parsed.matchedOptionValue("--all", false)) {
                value = allPages(path, query, value);
            }
            print(out, value);
        }
        out.flush();
        return ExitCode.OK;
    }

    private String path(ParseResult parsed, Map<String, @Nullable Object> body) {
        String path = operation.path();
        for (int i = 0; i < operation.arguments().size(); i++) {
            String name = operation.arguments().get(i);
            String value = parsed.matchedPositionalValue(i, "");
            if (path.contains("{" + name + "}")) {
                path = path.replace("{" + name + "}", Connection.encoded(value));
            } else {
                // The only argument of a body that is no text.
                body.put(name, name.equals("enable") ? (Object) Boolean.valueOf(value) : value);
            }
        }
        return path;
    }

    private static void put(ParseResult parsed, String name, String option, Map<String, String> query) {
        Object value = parsed.matchedOptionValue(option, null);
        if (value != null) {
            query.put(name, value.toString());
        }
    }

    private static @Nullable Object json(Operation.Field field, String text) throws CommandFailure {
        try {
            return JsonTree.read(text);
        } catch (IOException none) {
            throw new CommandFailure(ExitCode.USAGE, field.option() + " is no JSON: " + none.getMessage());
        }
    }

    private static @Nullable Object parse(String answer) throws CommandFailure {
        try {
            return JsonTree.read(answer);
        } catch (IOException none) {
            throw new CommandFailure(ExitCode.UNREACHABLE, "The answer is no JSON: " + none.getMessage());
        }
    }

    private @Nullable Object allPages(String path, Map<String, String> query, @Nullable Object first)
            throws CommandFailure {
        List<@Nullable Object> all = new ArrayList<>();
        Object page = first;
        while (page instanceof Map<?, ?> fields && fields.get("data") instanceof List<?> rows) {
            all.addAll(rows);
            Object cursor = fields.get("meta") instanceof Map<?, ?> meta ? meta.get("cursor") : null;
            if (cursor == null) {
                break;
            }
            query.put("cursor", cursor.toString());
            page = parse(connection.send(operation.method(), path, query, null));
        }
        Map<String, @Nullable Object> whole = new LinkedHashMap<>();
        whole.put("data", all);
        return whole;
    }

    private void print(PrintWriter out, @Nullable Object value) {
        if (connection.json) {
            out.println(JsonTree.write(value, true));
            return;
        }
        out.print(Table.of(value, operation.columns()));
        if (value instanceof Map<?, ?> fields
                && fields.get("meta") instanceof Map<?, ?> meta
                && meta.get("cursor") != null) {
            out.println(
                    "more: --cursor '" + meta.get("cursor").toString().replaceAll("\\p{Cntrl}", "?") + "', or --all");
        }
    }
}
