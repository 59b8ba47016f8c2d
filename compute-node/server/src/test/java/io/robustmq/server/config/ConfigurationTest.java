package io.robustmq.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.robustmq.kernel.KernelOptions;
import io.robustmq.protocol.mqtt.MqttLimits;
import io.robustmq.protocol.mqtt.MqttSettings;
import io.robustmq.security.node.SecuritySettings;
import io.robustmq.security.node.SourceKind;
import io.robustmq.security.user.PasswordFile;
import io.robustmq.storage.ledger.LedgerLogOptions;
import io.robustmq.transport.ListenerAddress;
import io.robustmq.transport.ListenerSettings;
import io.robustmq.transport.Transport;
import io.robustmq.transport.WriteLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {

    private static final int PROCESSORS = 6;

    private static Settings settings(String... keysAndValues) throws ConfigurationException {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            given.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return Settings.of(
                ConfigurationLoader.load(given, Optional.empty(), Map.of()).configuration(), PROCESSORS);
    }

    @Test
    void defaultsAreThoseOfTheParts() throws ConfigurationException {
        Settings settings = settings();

        assertThat(settings.loops()).isEqualTo(PROCESSORS);
        assertThat(settings.shards()).isEmpty();
        assertThat(settings.logLevel()).isEqualTo(LogConfiguration.Level.INFO);
        assertThat(settings.logFormat()).isEqualTo(LogConfiguration.Format.TEXT);
        assertThat(settings.kernel()).isEqualTo(KernelOptions.DEFAULTS);
        LedgerLogOptions logs = LedgerLogOptions.defaults("any");
        assertThat(settings.storage())
                .isEqualTo(new StorageSettings(
                        logs.appendsInFlightMax(), logs.rollBytes(), Duration.ofMillis(logs.rollAgeMillis())))
                .isEqualTo(new StorageSettings(4, 256L << 20, Duration.ofMinutes(10)));
        assertThat(settings.mqtt()).isEqualTo(MqttSettings.DEFAULTS);
        assertThat(settings.security().authentication().checksAtOnceMax())
                .isEqualTo(PasswordFile.DEFAULT_CHECKS_AT_ONCE_MAX);
        assertThat(settings.listeners())
                .containsExactly(ListenerSettings.tcp(
                        "mqtt",
                        "127.0.0.1",
                        1883,
                        4096,
                        100_000,
                        20_000,
                        MqttLimits.DEFAULTS.packetBytesMax(),
                        WriteLimits.DEFAULT));
        assertThat(settings.security().authentication())
                .isEqualTo(SecuritySettings.Authentication.of(List.of(SourceKind.ANONYMOUS)));
        assertThat(settings.security().authorization()).isEqualTo(SecuritySettings.Authorization.none());
        assertThat(settings.security().flapping()).isEqualTo(SecuritySettings.Flapping.OFF);
        assertThat(settings.security().rates().limited()).isFalse();
        assertThat(settings.httpHost()).isEqualTo("127.0.0.1");
        assertThat(settings.httpPort()).isEqualTo(8080);
        assertThat(settings.publishStopPercent()).isEqualTo(85);
        assertThat(settings.diskCheckInterval()).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.shutdown().drainLimit()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.shutdown().stepLimit()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.shutdown().farewellsPerSecondMax()).isEqualTo(20_000);
    }

    @Test
    void theStorageGroupHasTheseKeysAndTakesTheirValues() throws ConfigurationException {
        assertThat(ConfigurationKeys.all().keySet().stream().filter(key -> key.startsWith("robustmq.storage.")))
                .containsExactly(
                        "robustmq.storage.entries-in-flight",
                        "robustmq.storage.roll-age",
                        "robustmq.storage.roll-bytes");
        assertThat(settings(
                                "robustmq.storage.entries-in-flight",
                                "8",
                                "robustmq.storage.roll-bytes",
                                "3G",
                                "robustmq.storage.roll-age",
                                "1h")
                        .storage())
                .isEqualTo(new StorageSettings(8, 3L << 30, Duration.ofHours(1)));
    }

    @Test
    void portOffsetShiftsEveryFixedPort() throws ConfigurationException {
        Settings settings = settings("robustmq.port-offset", "1000");
        assertThat(internet(settings).port()).isEqualTo(2883);
        assertThat(settings.httpPort()).isEqualTo(9080);
        assertThat(internet(settings("robustmq.port-offset", "1000", "robustmq.listeners.mqtt.port", "0"))
                        .port())
                .isZero();
    }

    /** The address of the only listener. */
    private static ListenerAddress.Internet internet(Settings settings) {
        assertThat(settings.listeners()).hasSize(1);
        return (ListenerAddress.Internet) settings.listeners().getFirst().address();
    }

    @Test
    void theCommandLineComesBeforeTheEnvironmentAndThatBeforeTheFile(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("robustmq.properties");
        Files.writeString(
                file,
                "robustmq.listeners.mqtt.port=1\nrobustmq.listeners.mqtt.connections-max=1\nrobustmq.listeners.mqtt.backlog-max=1\n");
        ConfigurationLoader.Loaded loaded = ConfigurationLoader.load(
                Map.of("robustmq.listeners.mqtt.port", "3"),
                Optional.of(file),
                Map.of(
                        "ROBUSTMQ_LISTENERS_MQTT_PORT",
                        "2",
                        "ROBUSTMQ_LISTENERS_MQTT_CONNECTIONS_MAX",
                        "2",
                        "ROBUSTMQ_DATA",
                        "elsewhere"));
        ListenerConfiguration mqtt =
                Objects.requireNonNull(loaded.configuration().listeners().get("mqtt"));
        assertThat(mqtt.port()).hasValue(3);
        assertThat(mqtt.connectionsMax()).isEqualTo(2);
        assertThat(mqtt.backlogMax()).isEqualTo(1);
        assertThat(loaded.given())
                .containsEntry("robustmq.listeners.mqtt.port", "3")
                .containsEntry("robustmq.listeners.mqtt.connections-max", "1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "robustmq.listeners.mqtt.prot | 1 | There is no setting robustmq.listeners.mqtt.prot; did you mean robustmq.listeners.mqtt.port?",
                "robustmq.nothing-like-it.at-all | 1 | There is no setting robustmq.nothing-like-it.at-all",
                "robustmq.listeners.mqtt.port | many | robustmq.listeners.mqtt.port cannot be",
                "robustmq.listeners.mqtt.port | 70000 | robustmq.listeners.mqtt.port with the port offset must be 1..65535: 70000 + 0",
                "robustmq.listeners.mqtt.port | -1 | robustmq.listeners.mqtt.port with the port offset must be 1..65535: -1 + 0",
                "robustmq.http.port | 0 | robustmq.http.port with the port offset must be 1..65535: 0 + 0",
                "robustmq.port-offset | 64000 | robustmq.listeners.mqtt.port with the port offset must be 1..65535: 1883 + 64000",
                "robustmq.loops | -1 | robustmq.loops must be 0..64: -1",
                "robustmq.shards | -1 | robustmq.shards must be 0..1024: -1",
                "robustmq.listeners.mqtt.connections-max | 0 | robustmq.listeners.mqtt.connections-max of listener mqtt must be positive",
                "robustmq.listeners.mqtt.accepts-per-second-max | 0 | robustmq.listeners.mqtt.accepts-per-second-max of listener mqtt",
                "robustmq.listeners.mqtt.backlog-max | 0 | robustmq.listeners.mqtt.backlog-max of listener mqtt must be positive",
                "robustmq.listeners.mqtt.output.high-water-bytes | 1K | robustmq.listeners.mqtt.output: water marks must satisfy",
                "robustmq.listeners.mqtt.output.share-from-bytes | 0 | robustmq.listeners.mqtt.output.share-from-bytes must be positive",
                "robustmq.listeners.mqtt.output.buffer-bytes-min | 300 | robustmq.listeners.mqtt.output: buffer sizes must be powers of two",
                "robustmq.listeners.mqtt.output.buffer-bytes-max | 4G | robustmq.listeners.mqtt.output: a size must be below 2 GiB",
                "robustmq.listeners.mqtt.output.linger | -1s | robustmq.listeners.mqtt.output.linger",
                "robustmq.listeners.mqtt.host | 0.0.0.0 | robustmq.listeners.mqtt.host 0.0.0.0 is reachable from other machines: set",
                "robustmq.listeners.mqtt.host | :: | robustmq.listeners.mqtt.host :: is reachable from other machines: set",
                "robustmq.listeners.mqtt.host | no.such.host.invalid | robustmq.listeners.mqtt.host no.such.host.invalid is not a known",
                "robustmq.mqtt.limits.packet-bytes-max | 1 | robustmq.mqtt.limits.packet-bytes-max must be 1024..",
                "robustmq.mqtt.limits.keep-alive-max | 0s | robustmq.mqtt.limits.keep-alive-max must be 1..65535: 0",
                "robustmq.mqtt.limits.connect-timeout | 0s | robustmq.mqtt.limits.connect-timeout must be 1..3600000",
                "robustmq.mqtt.limits.receive-maximum | 0 | robustmq.mqtt.limits.receive-maximum must be 1..65535: 0",
                "robustmq.mqtt.password-checks-at-once-max | 0 | robustmq.mqtt.password-checks-at-once-max must be",
                "robustmq.mqtt.refused-publish | ignore | robustmq.mqtt.refused-publish cannot be",
                "robustmq.mqtt.limits.packet-bytes-max | 1 | robustmq.mqtt.limits.packet-bytes-max must be 1024..",
                "robustmq.mqtt.limits.keep-alive-max | 0s | robustmq.mqtt.limits.keep-alive-max must be 1..65535: 0",
                "robustmq.mqtt.limits.connect-timeout | 0s | robustmq.mqtt.limits.connect-timeout must be 1..3600000",
                "robustmq.mqtt.limits.receive-maximum | 0 | robustmq.mqtt.limits.receive-maximum must be 1..65535: 0",
                "robustmq.mqtt.password-checks-at-once-max | 0 | robustmq.mqtt.password-checks-at-once-max must be",
                "robustmq.mqtt.refused-publish | ignore | robustmq.mqtt.refused-publish cannot be",
                "robustmq.kernel.window-max | 0 | robustmq.kernel.window-max must be positive: 0",
                "robustmq.kernel.window-bytes-max | 0 | robustmq.kernel.window-bytes-max must be positive: 0",
                "robustmq.kernel.flush-bytes | 0 | robustmq.kernel.flush-bytes must be positive: 0",
                "robustmq.kernel.flush-age | 0s | robustmq.kernel.flush-age must be positive: 0",
                "robustmq.storage.entries-in-flight | 0 | robustmq.storage.entries-in-flight must be 1..1024: 0",
                "robustmq.storage.entries-in-flight | 1025 | robustmq.storage.entries-in-flight must be 1..1024: 1025",
                "robustmq.storage.roll-bytes | 1023K | robustmq.storage.roll-bytes must be 1M or more: 1047552",
                "robustmq.storage.roll-age | 999ms | robustmq.storage.roll-age must be 1s..365d: PT0.999S",
                "robustmq.storage.roll-age | 366d | robustmq.storage.roll-age must be 1s..365d: PT8784H",
                "robustmq.disk.publish-stop-percent | 101 | robustmq.disk.publish-stop-percent must be 1..100: 101",
                "robustmq.disk.check-interval | 0s | robustmq.disk.check-interval must be positive",
                "robustmq.shutdown.drain-limit | 0s | robustmq.shutdown.drain-limit must be positive",
                "robustmq.shutdown.step-limit | 0s | robustmq.shutdown.step-limit must be positive",
                "robustmq.shutdown.farewells-per-second-max | 0 | robustmq.shutdown.farewells-per-second-max must be",
                "robustmq.log.level | loud | robustmq.log.level cannot be",
            })
    void aBadValueIsToldByItsKeyInOneSentence(String key, String value, String sentence) {
        assertThatThrownBy(() -> settings(key, value))
                .isInstanceOf(ConfigurationException.class)
                .message()
                .contains(sentence)
                .doesNotContain("\n")
                .doesNotContain("SRCFG");
    }

    @Test
    void otherMachinesGetInWithALoginOrWithExplicitPermission() throws ConfigurationException {
        for (String[] permission : new String[][] {
            {"robustmq.mqtt.allow-anonymous-remote", "true"},
            {"robustmq.mqtt.password-file", "users"},
        }) {
            assertThat(internet(settings("robustmq.listeners.mqtt.host", "0.0.0.0", permission[0], permission[1]))
                            .host())
                    .isEqualTo("0.0.0.0");
        }
        assertThat(internet(settings("robustmq.listeners.mqtt.host", "::1")).host())
                .isEqualTo("::1");
        assertThat(internet(settings("robustmq.listeners.mqtt.host", "localhost"))
                        .host())
                .isEqualTo("localhost");
        assertThat(internet(settings(
                                "robustmq.listeners.mqtt.host", "0.0.0.0",
                                "robustmq.listeners.mqtt.transport", "tls",
                                "robustmq.listeners.mqtt.tls.certificate", "server.pem",
                                "robustmq.listeners.mqtt.tls.key", "server.key",
                                "robustmq.listeners.mqtt.tls.client-authentication", "require",
                                "robustmq.listeners.mqtt.tls.client-ca", "clients.pem"))
                        .host())
                .isEqualTo("0.0.0.0");
    }

    @Test
    void eachListenerHasItsOwnSettings() throws ConfigurationException {
        Settings settings = settings(
                "robustmq.listeners.mqtt.enabled", "false",
                "robustmq.listeners.secure.transport", "wss",
                "robustmq.listeners.secure.tls.certificate", "a.pem,b.pem",
                "robustmq.listeners.secure.tls.key", "a.key,b.key",
                "robustmq.listeners.secure.connections-max", "7",
                "robustmq.listeners.secure.packet-bytes-max", "2K",
                "robustmq.listeners.secure.mount-point", "t/${clientid}/",
                "robustmq.listeners.secure.proxy-protocol", "any",
                "robustmq.listeners.secure.proxy-trusted", "10.0.0.0/8,::1",
                "robustmq.listeners.secure.websocket.origins", "https://App.example",
                "robustmq.listeners.local.transport", "unix",
                "robustmq.listeners.local.path", "/run/mqtt.sock",
                "robustmq.listeners.local.permissions", "rw-rw----");
        assertThat(settings.listeners()).extracting(ListenerSettings::name).containsExactly("local", "secure");
        assertThat(settings.listeners().getFirst().address())
                .isEqualTo(new ListenerAddress.Unix(
                        Path.of("/run/mqtt.sock"), PosixFilePermissions.fromString("rw-rw----")));
        ListenerSettings secure = settings.listeners().getLast();
        assertThat(secure.transport()).isEqualTo(Transport.WSS);
        assertThat(secure.address()).isEqualTo(new ListenerAddress.Internet("127.0.0.1", 8084));
        assertThat(secure.connectionsMax()).isEqualTo(7);
        assertThat(secure.packetBytesMax()).isEqualTo(2048);
        assertThat(secure.mountPoint()).isEqualTo("t/${clientid}/");
        assertThat(secure.proxy().trusted().networks()).hasSize(2);
        assertThat(Objects.requireNonNull(secure.tls()).certificates())
                .containsExactly(Path.of("a.pem"), Path.of("b.pem"));
        assertThat(Objects.requireNonNull(secure.webSocket()).origins()).containsExactly("https://app.example");
        assertThat(Objects.requireNonNull(secure.webSocket()).path()).isEqualTo("/mqtt");
    }

    @Test
    void aListenerMayComeFromTheEnvironment() throws ConfigurationException {
        Settings settings = Settings.of(
                ConfigurationLoader.load(
                                Map.of(),
                                Optional.empty(),
                                Map.of(
                                        "ROBUSTMQ_LISTENERS_WEB_TRANSPORT", "ws",
                                        "ROBUSTMQ_LISTENERS_WEB_CONNECTIONS_MAX", "9",
                                        "ROBUSTMQ_LISTENERS_WEB_WEBSOCKET_ORIGINS", "*"))
                        .configuration(),
                PROCESSORS);
        assertThat(settings.listeners()).extracting(ListenerSettings::name).containsExactly("mqtt", "web");
        assertThat(settings.listeners().getLast().connectionsMax()).isEqualTo(9);
        assertThat(Objects.requireNonNull(settings.listeners().getLast().webSocket())
                        .origins())
                .containsExactly("*");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tls.certificate=a.pem | robustmq.listeners.x.tls is set and robustmq.listeners.x.transport is neither tls nor wss",
                "path=/mqtt | robustmq.listeners.x.path is set and robustmq.listeners.x.transport is none of",
                "websocket.forwarded-for=true | robustmq.listeners.x.websocket is set and",
                "transport=tls | robustmq.listeners.x.tls.certificate must name a file",
                "transport=tls;tls.certificate=a.pem | robustmq.listeners.x.tls.key must name as many files",
                "transport=tls;tls.certificate=a;tls.key=b;tls.protocols=SSLv3 | robustmq.listeners.x.tls.protocols must be of",
                "transport=tls;tls.certificate=a;tls.key=b;tls.client-authentication=require | robustmq.listeners.x.tls.client-ca must name",
                "transport=tls;tls.certificate=a;tls.key=b;tls.revoked=c | robustmq.listeners.x.tls.client-ca must name",
                "transport=tls;tls.certificate=a;tls.key=b;tls.key-password-file=/no/such/file | robustmq.listeners.x.tls.key-password-file /no/such/file cannot be read",
                "transport=unix | robustmq.listeners.x.path must say where the socket is",
                "transport=unix;path=s;permissions=660 | robustmq.listeners.x.permissions must have a form such as",
                "transport=unix;path=s;port=1 | robustmq.listeners.x.port is set and robustmq.listeners.x.transport is unix",
                "transport=ws;path=mqtt | robustmq.listeners.x.path must begin with /",
                "proxy-protocol=v2 | robustmq.listeners.x.proxy-trusted of listener x must name the proxies",
                "proxy-trusted=proxy.example | robustmq.listeners.x.proxy-trusted: ",
                "mount-point=tenant | robustmq.listeners.x.mount-point must end with /",
                "packet-bytes-max=10 | robustmq.listeners.x.packet-bytes-max must be 1024..",
                "handshake-timeout=0s | robustmq.listeners.x.handshake-timeout",
                "prot=1 | There is no setting robustmq.listeners.x.prot; did you mean robustmq.listeners.x.port?",
            })
    void aListenerThatCannotBeMeantIsTold(String settings, String sentence) {
        String[] given = settings.split("[;=]");
        for (int i = 0; i < given.length; i += 2) {
            given[i] = "robustmq.listeners.x." + given[i];
        }
        assertThatThrownBy(() -> settings(given))
                .isInstanceOf(ConfigurationException.class)
                .message()
                .contains(sentence)
                .doesNotContain("\n");
    }

    @Test
    void withoutAnyListenerThereIsNothingToStart() {
        assertThatThrownBy(() -> settings("robustmq.listeners.mqtt.enabled", "false"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("No listener is enabled");
        assertThatThrownBy(() -> settings("robustmq.listeners.BAD_NAME.port", "1"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("The name of a listener is made of small letters");
    }

    @Test
    void aFileThatCannotBeReadIsTold(@TempDir Path directory) {
        Path missing = directory.resolve("missing.properties");
        assertThatThrownBy(() -> ConfigurationLoader.load(Map.of(), Optional.of(missing), Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("The configuration file " + missing + " cannot be read:");
    }

    @Test
    void keysThatAreNotOursAreLeftToOthers() throws ConfigurationException {
        assertThat(settings("quarkus.log.level", "DEBUG").loops()).isEqualTo(PROCESSORS);
    }
}
