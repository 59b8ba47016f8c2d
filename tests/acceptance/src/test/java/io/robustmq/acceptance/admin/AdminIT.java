package io.robustmq.acceptance.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.acceptance.broker.Broker;
import io.robustmq.acceptance.broker.Brokers;
import io.robustmq.acceptance.path.ForeignCommand;
import io.robustmq.acceptance.wire.Connect;
import io.robustmq.acceptance.wire.Disconnect;
import io.robustmq.acceptance.wire.Property;
import io.robustmq.acceptance.wire.Publish;
import io.robustmq.acceptance.wire.SubAck;
import io.robustmq.acceptance.wire.Subscription;
import io.robustmq.acceptance.wire.Version;
import io.robustmq.acceptance.wire.WireClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A platform that is administered with the token it made itself. */
class AdminIT {
    private static final int MQTT_PORT = 1883;
    private static final int MOUNTED_PORT = 1886;
    private static final int HTTP_PORT = 8080;
    private static final int NOT_AUTHORIZED = 0x87;
    private static final int ADMINISTRATIVE_ACTION = 0x98;

    @TempDir
    private static Path security;

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static Broker broker;
    private static String token;

    @BeforeAll
    static void start() throws IOException {
        Files.writeString(security.resolve("rules"), """
                deny  client nosy subscribe on $SYS/#
                allow all all
                """);
        broker = Brokers.create(
                "admin",
                "robustmq.security.directory=" + security,
                "robustmq.listeners.mounted.port=" + MOUNTED_PORT,
                "robustmq.listeners.mounted.mount-point=tenants/${clientid}/",
                "robustmq.sys.subscription-events=true");
        broker.start();
        token = Files.readString(tokenFile()).strip();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static Path tokenFile() {
        return broker.dataDirectory().resolve("admin").resolve("token");
    }

    private static String url() {
        return "http://127.0.0.1:" + (broker.mqttPort() - MQTT_PORT + HTTP_PORT);
    }

    private static HttpResponse<String> ask(
            String method, String path, @Nullable String shown, HttpRequest.BodyPublisher body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + "/api/v1" + path))
                .timeout(WireClient.PATIENCE)
                .method(method, body);
        if (shown != null) {
            request.header("Authorization", "Bearer " + shown);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> ask(String method, String path) throws IOException, InterruptedException {
        return ask(method, path, token, HttpRequest.BodyPublishers.noBody());
    }

    private static WireClient client(String clientId) {
        return WireClient.connect(broker.mqttPort(), Connect.transientSession(Version.V5, clientId));
    }

    private static WireClient mountedClient(String clientId) {
        return WireClient.connect(
                broker.mqttPort() - MQTT_PORT + MOUNTED_PORT, Connect.transientSession(Version.V5, clientId));
    }

    @Test
    void nobodyGetsInWithoutAToken() throws IOException, InterruptedException {
        for (String shown : new @Nullable String[] {null, "", "wrong", token + "x"}) {
            HttpResponse<String> answer = ask("GET", "/clients", shown, HttpRequest.BodyPublishers.noBody());
            assertThat(answer.statusCode()).as("with %s", shown).isEqualTo(401);
            assertThat(answer.body()).contains("BAD_TOKEN");
            assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
        }
        try (WireClient stays = client("stays")) {
            assertThat(ask("DELETE", "/clients/stays", "wrong", HttpRequest.BodyPublishers.noBody())
                            .statusCode())
                    .isEqualTo(401);
            stays.ping();
        }
        assertThat(Files.getPosixFilePermissions(tokenFile())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void clientsAreListedWithWhatTheyAreSubscribedTo() throws IOException, InterruptedException {
        try (WireClient plain = client("listed");
                WireClient mounted = mountedClient("mounted")) {
            plain.subscribe(
                    Subscription.of("a/+", 1), Subscription.of("$share/g/b", 1), Subscription.of("$queue/q", 1));
            mounted.subscribe(Subscription.of("a/+", 2));
            assertThat(ask("GET", "/clients?limit=1000").body())
                    .contains("\"clientid\":\"listed\"", "\"clientid\":\"mounted\"");
            assertThat(ask("GET", "/clients/listed").body())
                    .contains("\"listener\":\"mqtt\"", "\"mountpoint\":\"\"", "\"subscriptions_cnt\":3");
            assertThat(ask("GET", "/clients/mounted").body())
                    .contains("\"listener\":\"mounted\"", "\"mountpoint\":\"tenants/mounted/\"");
            assertThat(ask("GET", "/clients/listed/subscriptions").body())
                    .contains("\"topic\":\"a/+\"", "\"topic\":\"$share/g/b\"", "\"topic\":\"$queue/q\"");
            assertThat(ask("GET", "/subscriptions?match_topic=tenants/mounted/a/x")
                            .body())
                    .contains("\"clientid\":\"mounted\"", "\"topic\":\"tenants/mounted/a/+\"", "\"qos\":2")
                    .doesNotContain("\"clientid\":\"listed\"");
            assertThat(ask("GET", "/listeners").body())
                    .contains("\"id\":\"tcp:mounted\"", "\"mountpoint\":\"tenants/${clientid}/\"");
        }
    }

    @Test
    void aClientThatIsKickedIsToldWhyAndKeepsItsSession() throws IOException, InterruptedException {
        Connect connect = Connect.persistentSession(Version.V5, "kicked");
        try (WireClient client = WireClient.connect(broker.mqttPort(), connect)) {
            client.subscribe(Subscription.of("kicked/+", 1));
            assertThat(ask("DELETE", "/clients/kicked").statusCode()).isEqualTo(204);
            assertThat(client.await(Disconnect.class).reason()).isEqualTo(ADMINISTRATIVE_ACTION);
            client.awaitClosed();
        }
        assertThat(ask("DELETE", "/clients/kicked").statusCode()).isEqualTo(404);
        assertThat(ask("GET", "/sessions/kicked").body()).contains("\"topic\":\"kicked/+\"");
        assertThat(ask("GET", "/audit?limit=100").body())
                .contains("\"operation_id\":\"kickClient\"", "/api/v1/clients/kicked");
        try (WireClient back = WireClient.connect(broker.mqttPort(), connect)) {
            assertThat(back.connAck().sessionPresent()).isTrue();
        }
        assertThat(ask("DELETE", "/sessions/kicked").statusCode()).isEqualTo(204);
        try (WireClient back = WireClient.connect(broker.mqttPort(), connect)) {
            assertThat(back.connAck().sessionPresent()).isFalse();
        }
    }

    @Test
    void whatIsPublishedOverHttpReachesSubscribers() throws IOException, InterruptedException {
        try (WireClient client = client("reader")) {
            client.subscribe(Subscription.of("news/#", 1));
            HttpResponse<String> answer = ask("POST", "/publish", token, HttpRequest.BodyPublishers.ofString("""
                            {"topic": "news/today", "payload": "hello", "qos": 1,
                             "properties": {"content_type": "text/plain"}}
                            """));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            Publish got = client.awaitPublish("news/today");
            assertThat(got.payload()).isEqualTo("hello");
            assertThat(got.qos()).isEqualTo(1);
            assertThat(got.properties().text(Property.CONTENT_TYPE)).isEqualTo("text/plain");
        }
        assertThat(ask(
                                "POST",
                                "/publish",
                                token,
                                HttpRequest.BodyPublishers.ofString(
                                        "{\"topic\": \"$SYS/brokers\", \"payload\": \"x\"}"))
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void eventsOfClientsAreToldUnderSysToThoseWhomRulesLet() throws IOException, InterruptedException {
        try (WireClient watcher = client("watcher");
                WireClient nosy = client("nosy");
                WireClient mounted = mountedClient("behind")) {
            assertThat(watcher.subscribe(Subscription.of("$SYS/brokers/+/clients/watched/#", 0))
                            .reasons())
                    .containsExactly(0);
            SubAck refused = nosy.subscribe(
                    Subscription.of("$SYS/brokers/+/clients/watched/#", 0),
                    Subscription.of("$share/g/$SYS/#", 0),
                    Subscription.of("$queue/$SYS/#", 0));
            assertThat(refused.reasons()).containsExactly(NOT_AUTHORIZED, NOT_AUTHORIZED, NOT_AUTHORIZED);
            nosy.subscribe(Subscription.of("#", 0), Subscription.of("+/brokers/#", 0));
            mounted.subscribe(Subscription.of("$SYS/#", 0), Subscription.of("#", 0));

            try (WireClient watched = mountedClient("watched")) {
                watched.subscribe(Subscription.of("x", 0));
                watched.disconnect();
            }
            List<Publish> told = watcher.awaitPublishes(3);
            assertThat(told)
                    .extracting(Publish::topic)
                    .containsExactly(
                            "$SYS/brokers/robustmq@127.0.0.1/clients/watched/connected",
                            "$SYS/brokers/robustmq@127.0.0.1/clients/watched/subscribed",
                            "$SYS/brokers/robustmq@127.0.0.1/clients/watched/disconnected");
            assertThat(told.get(1).payload()).contains("\"topic\":\"tenants/watched/x\"");
            assertThat(told.get(2).payload()).contains("\"reason\":\"normal\"");

            publish("tenants/behind/last", "after");
            assertThat(mounted.awaitPublish("last").payload()).isEqualTo("after");
            assertThat(nosy.awaitPublish("tenants/behind/last").payload()).isEqualTo("after");
        }
    }

    private static void publish(String topic, String payload) throws IOException, InterruptedException {
        String body = "{\"topic\": \"" + topic + "\", \"payload\": \"" + payload + "\"}";
        assertThat(ask("POST", "/publish", token, HttpRequest.BodyPublishers.ofString(body))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aTraceOfATopicTellsWhoeverUsesItFromWhereverHeCame() throws IOException, InterruptedException {
        assertThat(ask(
                                "POST",
                                "/trace",
                                token,
                                HttpRequest.BodyPublishers.ofString(
                                        "{\"name\": \"t1\", \"type\": \"topic\", \"topic\": \"tenants/traced/a\"}"))
                        .statusCode())
                .isEqualTo(201);
        try (WireClient mounted = mountedClient("traced");
                WireClient plain = client("plain")) {
            mounted.subscribe(Subscription.of("$share/g/a", 1), Subscription.of("b", 1));
            plain.subscribe(Subscription.of("a", 1));
            mounted.publishAndAwait(Publish.of("b", "other").qos(1));
            plain.publishAndAwait(Publish.of("a", "other").qos(1));
            plain.publishAndAwait(Publish.of("tenants/traced/a", "secret").qos(1));
            assertThat(mounted.awaitPublishes(2)).extracting(Publish::topic).containsExactlyInAnyOrder("a", "b");
        }
        assertThat(ask("PUT", "/trace/t1/stop").statusCode()).isEqualTo(200);
        String trace = ask("GET", "/trace/t1/download").body();
        assertThat(trace.lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .contains("SUBSCRIBE received", "\"traced\"", "\"$share/g/tenants/traced/a\""),
                        line -> assertThat(line)
                                .contains("PUBLISH received", "\"plain\"", "topic=\"tenants/traced/a\""),
                        line -> assertThat(line).contains("PUBLISH sent", "\"traced\"", "topic=\"tenants/traced/a\""));
        assertThat(trace).doesNotContain("secret");
        assertThat(ask("DELETE", "/trace/t1").statusCode()).isEqualTo(204);
    }

    @Test
    void theCommandDoesTheSameFromATerminal() throws IOException, InterruptedException {
        try (WireClient client = client("terminal")) {
            client.ping();
            assertThat(command("clients", "list", "--json")).anyMatch(line -> line.contains("terminal"));
            assertThat(command("clients", "list")).anyMatch(line -> line.startsWith("terminal "));
            command("clients", "kick", "terminal");
            assertThat(client.await(Disconnect.class).reason()).isEqualTo(ADMINISTRATIVE_ACTION);
        }
    }

    private static List<String> command(String... arguments) {
        ProcessBuilder builder = new ProcessBuilder("../../bin/robustmq", "admin");
        builder.command().addAll(List.of(arguments));
        builder.command()
                .addAll(List.of("--url", url(), "--token-file", tokenFile().toString()));
        try (ForeignCommand command = new ForeignCommand(builder)) {
            return command.finish(Duration.ofSeconds(60));
        }
    }
}
