package io.robustmq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class AdminCommandTest {
    private final StringWriter told = new StringWriter();

    private int run(String... arguments) {
        CommandLine line = AdminCommand.commandLine();
        PrintWriter writer = new PrintWriter(told, true);
        line.setErr(writer);
        line.setOut(writer);
        return line.execute(arguments);
    }

    @Test
    void aCommandLineThatIsNotUnderstoodShowsTheUsage() {
        assertThat(run("clients", "lisst")).isEqualTo(ExitCode.USAGE);
        assertThat(run("clients", "show")).isEqualTo(ExitCode.USAGE);
        assertThat(run("publish", "t", "p", "--qos", "many")).isEqualTo(ExitCode.USAGE);
        assertThat(run()).isEqualTo(ExitCode.USAGE);
        assertThat(told.toString()).contains("Usage:");
    }

    @Test
    void aMissingTokenFileIsToldInOneSentence(@TempDir Path directory) {
        Path file = directory.resolve("token");
        assertThat(run("stats", "--token-file", file.toString())).isEqualTo(ExitCode.TOKEN);
        assertThat(told.toString())
                .startsWith("The token file " + file + " cannot be read")
                .doesNotContain("\tat ");
    }

    @Test
    void aServerThatIsNotThereIsToldInOneSentence() {
        assertThat(run("stats", "--token", "x", "--url", "http://127.0.0.1:1")).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(told.toString()).startsWith("The server at http://127.0.0.1:1 cannot be reached");
    }

    @Test
    void everyCommandIsInTheCompletionScript() {
        String script = AdminCommand.completionScript();
        assertThat(Operation.all())
                .allSatisfy(operation -> assertThat(script).contains(operation.group(), operation.name()));
    }

    @Test
    void listsBecomeRowsAndControlCharactersOfClientsStayOut() throws IOException {
        Object answer = JsonTree.read("""
                {"data":[{"clientid":"a","qos":1,"x":null},{"clientid":"b\\u001b[2J","qos":20,"x":[1]}],"meta":{}}""");
        assertThat(Table.of(answer, List.of())).isEqualTo("""
                CLIENTID  QOS  X
                a         1    -
                b?[2J     20   [1]
                """);
    }

    @Test
    void jsonComesOutAsItWentIn() throws IOException {
        String text = "{\"a\":[1,2.5,true,null,\"x\\\"y\"],\"b\":{}}";
        assertThat(JsonTree.write(JsonTree.read(text), false)).isEqualTo(text);
    }
}
