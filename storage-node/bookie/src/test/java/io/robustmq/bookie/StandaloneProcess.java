package io.robustmq.bookie;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own that runs standalone storage and appends to one ledger as fast as it is acknowledged, telling each acknowledgement in a file.
 */
final class StandaloneProcess implements AutoCloseable {
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Process process;
    private final Path output;

    private StandaloneProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    static StandaloneProcess start(Path directory) throws IOException {
        Path output = Files.createTempFile("standalone", ".out");
        List<String> command = List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dio.netty.noUnsafe=true",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                StandaloneMain.class.getName(),
                directory.toString());
        return new StandaloneProcess(
                new ProcessBuilder(command)
                        .redirectOutput(output.toFile())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start(),
                output);
    }

    /** Waits for a line that starts with {@code prefix} and gives the rest of the last such line. */
    String await(String prefix) throws Exception {
        long start = System.nanoTime();
        while (true) {
            Optional<String> line = last(prefix);
            if (line.isPresent()) {
                return line.get();
            }
            if (!process.isAlive() || System.nanoTime() - start > WAIT_NANOS) {
                throw new AssertionError("the process did not say: " + prefix);
            }
            process.waitFor(10, TimeUnit.MILLISECONDS);
        }
    }

    /** Kills it as {@code kill -9} does and gives the rest of the last line that starts with {@code prefix}. */
    String kill(String prefix) throws Exception {
        process.destroyForcibly().waitFor();
        return last(prefix).orElse("");
    }

    /** Only whole lines count: the last one may be cut off in the middle. */
    private Optional<String> last(String prefix) throws IOException {
        String text = Files.readString(output);
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()))
                .reduce((_, later) -> later);
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        Files.deleteIfExists(output);
    }
}
