package io.robustmq.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/robustmq} as a user meets it. */
class LauncherIT {

    @TempDir
    private Path directory;

    private static void assertSentence(String output, String beginning) {
        assertThat(output.lines().toList()).as("one line").hasSize(1);
        assertThat(output).startsWith(beginning).doesNotContain("\tat ");
    }

    private String failure(int portOffset, String... arguments) throws IOException, InterruptedException {
        try (LaunchedProcess process = LaunchedProcess.standalone(directory, portOffset, arguments)) {
            assertThat(process.awaitExit()).as("exit code").isEqualTo(1);
            return process.output();
        }
    }

    @Test
    void memoryStorageServesAndEndsInOrderOnSigterm() throws Exception {
        int offset = LaunchedProcess.freeOffset();
        try (LaunchedProcess process = LaunchedProcess.standalone(directory, offset, "--storage", "memory")) {
            process.awaitReady();
            assertThat(process.output())
                    .contains("RobustMQ " + ProductVersion.TEXT + " standalone")
                    .contains("mqtt  127.0.0.1:" + (1883 + offset))
                    .contains("http  http://127.0.0.1:" + (8080 + offset))
                    .contains("in memory")
                    .containsPattern("\nready in \\d+ ms\n");

            HttpResponse<String> ready = process.get("/q/health/ready");
            assertThat(ready.statusCode()).isEqualTo(200);
            assertThat(ready.body()).contains("\"status\": \"UP\"").contains("\"shards\": true");
            assertThat(process.get("/q/health/live").statusCode()).isEqualTo(200);

            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), process.mqttPort())) {
                // CONNECT of MQTT 3.1.1 with clean session and the identifier "a" (MQTT 3.1.1 §3.1).
                client.getOutputStream().write(new byte[] {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 1, 'a'});
                assertThat(client.getInputStream().readNBytes(4)).containsExactly(0x20, 2, 0, 0);

                assertThat(process.get("/q/metrics").body())
                        .contains("robustmq_mqtt_clients 1.0")
                        .contains("robustmq_connections{listener=\"mqtt\"} 1.0")
                        .contains("robustmq_mqtt_packets_received_total{type=\"connect\"} 1.0")
                        .contains("jvm_memory_used_bytes");

                assertThat(process.terminate()).as("exit code").isZero();
                assertThat(client.getInputStream().read()).as("closed").isEqualTo(-1);
            }
            assertThat(process.output()).doesNotContain("Exception").doesNotContain("ERROR");
            assertThat(directory.resolve("data")).doesNotExist();
        }
    }

    @Test
    void dataOnDiskIsHeldKeptAndChecked() throws Exception {
        int offset = LaunchedProcess.freeOffset();
        Path data = directory.resolve("data");
        try (LaunchedProcess process = LaunchedProcess.standalone(
                directory, offset, "--data", data.toString(), "--set", "robustmq.shards=3")) {
            process.awaitReady();
            assertThat(process.output()).contains("data  " + data + ", 3 shards");
            assertThat(process.get("/q/metrics").body())
                    .contains("robustmq_shards_serving 3.0")
                    .contains("robustmq_disk_takes_publishes 1.0");

            assertSentence(
                    failure(LaunchedProcess.freeOffset(), "--data", data.toString()),
                    "The data directory " + data + " is in use by process " + process.processId() + ".");
            assertSentence(
                    failure(offset, "--data", directory.resolve("other").toString()),
                    "HTTP cannot use 127.0.0.1:" + (8080 + offset) + " (");

            assertThat(process.terminate()).as("exit code").isZero();
            assertThat(process.output()).as("a first start and its end").doesNotContain("\tat ", "ERROR", "WARN");
        }

        try (LaunchedProcess process = LaunchedProcess.standalone(directory, offset, "--data", data.toString())) {
            process.awaitReady();
            assertThat(process.output()).contains("data  " + data + ", 3 shards");
            System.out.println("standalone on existing data: "
                    + process.output()
                            .lines()
                            .filter(line -> line.startsWith("ready in"))
                            .findFirst()
                            .orElse("")
                    + ", resident " + process.residentMebibytes() + " MiB");
            assertThat(process.terminate()).as("exit code").isZero();
        }

        assertThat(failure(offset, "--data", data.toString(), "--set", "robustmq.shards=5"))
                .contains("The data in " + data + " has 3 shards, which cannot change")
                .doesNotContain("\tat ");

        Path format = data.resolve("FORMAT");
        Files.writeString(format, Files.readString(format).replace("robustmq-standalone-1", "robustmq-standalone-9"));
        assertSentence(
                failure(offset, "--data", data.toString()),
                "The data directory " + data + " holds data of robustmq-standalone-9, this version reads");
    }

    @Test
    void whatIsInTheWayIsToldInOneSentence() throws Exception {
        int offset = LaunchedProcess.freeOffset();
        Path file = Files.createFile(directory.resolve("file"));
        assertSentence(
                failure(offset, "--data", file.resolve("data").toString()),
                "The data directory " + file.resolve("data") + " cannot be written");
        assertSentence(
                failure(offset, "--storage", "memory", "--set", "robustmq.listeners.mqtt.prot=1"),
                "There is no setting robustmq.listeners.mqtt.prot; did you mean robustmq.listeners.mqtt.port?");
        assertSentence(
                failure(offset, "--storage", "memory", "--set", "robustmq.listeners.mqtt.host=0.0.0.0"),
                "robustmq.listeners.mqtt.host 0.0.0.0 is reachable from other machines");
        assertSentence(
                failure(offset, "--storage", "memory", "--config", "missing.properties"),
                "The configuration file missing.properties cannot be read");
    }

    @Test
    void aTakenMqttPortIsToldInOneSentence() throws Exception {
        int offset = LaunchedProcess.freeOffset();
        try (ServerSocket taken = new ServerSocket(1883 + offset, 1, InetAddress.getLoopbackAddress())) {
            Path data = directory.resolve("data");
            String output = failure(offset, "--data", data.toString());
            assertSentence(output, "MQTT cannot use 127.0.0.1:" + taken.getLocalPort() + " (");
            assertThat(output).contains("set robustmq.listeners.mqtt.port, or shift all ports with --port-offset");
            assertThat(data).as("nothing was started").doesNotExist();
        }
    }

    /** {@code /proc/sys} is a directory that takes no files, also from the superuser. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aDataDirectoryThatTakesNoFilesIsToldInOneSentence() throws Exception {
        Path sealed = Path.of("/proc/sys/kernel");
        assumeTrue(Files.isDirectory(sealed), "there is a /proc file system");
        int offset = LaunchedProcess.freeOffset();
        assertSentence(
                failure(offset, "--data", sealed.toString()), "The data directory " + sealed + " cannot be written");
        assertSentence(
                failure(offset, "--data", sealed.resolve("data").toString()),
                "The data directory " + sealed.resolve("data") + " cannot be written");
    }

    @Test
    void versionHelpAndPasswordNeedNoPlatform() throws Exception {
        try (LaunchedProcess version = LaunchedProcess.command(directory, "version")) {
            assertThat(version.awaitExit()).isZero();
            assertThat(version.output()).matches("RobustMQ \\d+\\.\\d+.*\n");
        }
        try (LaunchedProcess help = LaunchedProcess.command(directory, "help")) {
            assertThat(help.awaitExit()).isZero();
            assertThat(help.output()).isEqualTo(CommandLine.USAGE);
        }
        try (LaunchedProcess mistake = LaunchedProcess.command(directory, "serve")) {
            assertThat(mistake.awaitExit()).isEqualTo(2);
            assertThat(mistake.output()).isEqualTo("There is no command serve.\n" + CommandLine.USAGE);
        }
        try (LaunchedProcess password = LaunchedProcess.command(directory, "password", "ann")) {
            password.type("secret\n");
            assertThat(password.awaitExit()).isZero();
            assertThat(List.of(password.output().strip().split(":"))).hasSize(2);
            assertThat(password.output()).startsWith("ann:$7$").doesNotContain("secret");
        }
        try (LaunchedProcess user = LaunchedProcess.command(directory, "user", "ann", "--superuser")) {
            user.type("secret\n");
            assertThat(user.awaitExit()).isZero();
            assertThat(user.output())
                    .startsWith("ann:$argon2id$v=19$")
                    .contains(":superuser:16384$")
                    .doesNotContain("secret");
        }
    }
}
