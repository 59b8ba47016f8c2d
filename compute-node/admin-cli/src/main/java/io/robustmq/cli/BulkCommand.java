package io.robustmq.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Publishes many messages. */
@Command(
        name = "publish-bulk",
        mixinStandardHelpOptions = true,
        description = "Publishes the messages of a file: a JSON array of what POST /publish takes.")
final class BulkCommand implements Callable<Integer> {
    @Mixin
    Connection connection = new Connection();

    @Parameters(paramLabel = "FILE", description = "the file, or - for standard input")
    String file = "-";

    @Override
    public Integer call() throws CommandFailure {
        Object messages;
        Object answer;
        try {
            messages = JsonTree.read(
                    file.equals("-")
                            ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                            : Files.readString(Path.of(file)));
        } catch (IOException unreadable) {
            throw new CommandFailure(ExitCode.USAGE, file + " cannot be read: " + unreadable.getMessage());
        }
        try {
            answer = JsonTree.read(connection.send("POST", "/publish/bulk", Map.of(), messages));
        } catch (IOException none) {
            throw new CommandFailure(ExitCode.UNREACHABLE, "The answer is no JSON: " + none.getMessage());
        }
        System.out.print(connection.json ? JsonTree.write(answer, true) + "\n" : Table.of(answer, List.of()));
        return ExitCode.OK;
    }
}
