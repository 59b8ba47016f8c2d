package io.robustmq.cli;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The program. */
public final class AdminCommand {
    private static final String NAME = "robustmq-admin";

    private AdminCommand() {}

    /** See {@code bin/robustmq admin --help}. */
    public static void main(String... arguments) {
        int exitCode = commandLine().execute(arguments);
        System.out.flush();
        System.exit(exitCode);
    }

    static CommandLine commandLine() {
        CommandSpec root = group("robustmq admin", "Administers a running RobustMQ over its admin API.");
        Map<String, CommandSpec> groups = new HashMap<>();
        for (Operation operation : Operation.all()) {
            if (operation.name().isEmpty()) {
                root.addSubcommand(operation.group(), RequestCommand.of(operation));
                continue;
            }
            CommandSpec group = groups.computeIfAbsent(operation.group(), name -> {
                CommandSpec made = group(
                        name,
                        Operation.all().stream()
                                        .filter(one -> one.group().equals(name))
                                        .map(Operation::name)
                                        .collect(Collectors.joining(", "))
                                + ".");
                root.addSubcommand(name, made);
                return made;
            });
            group.addSubcommand(operation.name(), RequestCommand.of(operation));
        }
        root.addSubcommand("publish-bulk", new CommandLine(new BulkCommand()));
        root.addSubcommand("token", new CommandLine(new TokenCommand()));
        CommandSpec completion = CommandSpec.wrapWithoutInspection((Callable<Integer>) () -> {
            System.out.print(completionScript());
            return ExitCode.OK;
        });
        completion
                .usageMessage()
                .description("Prints a completion script for bash and zsh: source it, with alias " + NAME
                        + "='bin/robustmq admin'.");
        completion.mixinStandardHelpOptions(true);
        root.addSubcommand("completion", completion);
        return new CommandLine(root)
                .setExecutionExceptionHandler((failure, line, _) -> {
                    if (failure instanceof CommandFailure told) {
                        line.getErr().println(told.getMessage());
                        return told.exitCode();
                    }
                    throw failure;
                })
                .setExpandAtFiles(false);
    }

    static String completionScript() {
        return AutoComplete.bash(NAME, commandLine());
    }

    private static CommandSpec group(String name, String summary) {
        CommandSpec[] spec = new CommandSpec[1];
        spec[0] = CommandSpec.wrapWithoutInspection((Callable<Integer>) () -> {
            spec[0].commandLine().usage(spec[0].commandLine().getErr());
            return ExitCode.USAGE;
        });
        spec[0].name(name);
        spec[0].usageMessage().description(summary);
        spec[0].mixinStandardHelpOptions(true);
        return spec[0];
    }
}
