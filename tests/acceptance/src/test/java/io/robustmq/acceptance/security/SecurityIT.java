package io.robustmq.acceptance.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.acceptance.broker.Broker;
import io.robustmq.acceptance.broker.Brokers;
import io.robustmq.acceptance.wire.Ack;
import io.robustmq.acceptance.wire.Auth;
import io.robustmq.acceptance.wire.ConnAck;
import io.robustmq.acceptance.wire.Connect;
import io.robustmq.acceptance.wire.PacketBytes;
import io.robustmq.acceptance.wire.Properties;
import io.robustmq.acceptance.wire.Property;
import io.robustmq.acceptance.wire.Publish;
import io.robustmq.acceptance.wire.Subscription;
import io.robustmq.acceptance.wire.Version;
import io.robustmq.acceptance.wire.Will;
import io.robustmq.acceptance.wire.WireClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A platform with users, tokens, rules and bans. */
class SecurityIT {
    private static final String METHOD = "SCRAM-SHA-256";
    private static final String TOKEN_SECRET = "a secret that is long enough for HS256";
    private static final int FLAPS_MAX = 3;
    private static final String RULES = """
            # devices have their own topics
            deny  user ann publish retain=true on own/${clientid}/volatile
            allow user ann all on own/${clientid}/#
            allow user ann publish qos=0 on cheap/#
            allow user ann subscribe on eq "literal/+"
            deny  all all on shop/secret
            allow user ann subscribe on shop/#
            """;

    @TempDir
    private static Path directory;

    private static Broker broker;

    @BeforeAll
    static void start() throws IOException {
        Files.writeString(
                directory.resolve("users"),
                Proofs.userLine("ann", "pencil", false) + "\n" + Proofs.userLine("root", "crayon", true) + "\n"
                        + Proofs.userLine("bad", "pencil", false) + "\n");
        Files.writeString(directory.resolve("rules"), RULES);
        Files.writeString(directory.resolve("token-secret"), TOKEN_SECRET + "\n");
        Files.writeString(
                directory.resolve("bans"),
                "client banned-client 0 " + Long.MAX_VALUE + " ops spam\n"
                        + "user bad 0 " + Long.MAX_VALUE + " ops spam\n"
                        + "client once-banned 0 1000 ops spam\n");
        broker = Brokers.create(
                "security",
                "robustmq.security.directory=" + directory,
                "robustmq.security.authentication.chain=users,jwt",
                "robustmq.security.jwt.secret-file=" + directory.resolve("token-secret"),
                "robustmq.security.jwt.leeway=0s",
                "robustmq.security.jwt.claims=device=%{clientid}",
                "robustmq.security.authorization.check-interval=100ms",
                "robustmq.security.guessing.failures-max=0",
                "robustmq.security.flapping.disconnects-max=" + FLAPS_MAX);
        broker.start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static Connect connect(Version version, String clientId) {
        return Connect.transientSession(version, clientId + "-" + version.word());
    }

    private static Connect ann(Version version, String clientId) {
        return connect(version, clientId).user("ann", "pencil");
    }

    private static int answer(Connect connect) {
        try (WireClient client = WireClient.attempt(broker.mqttPort(), connect)) {
            return client.connAck().reason();
        }
    }

    private static int expected(Version version, int reason, int returnCode) {
        return version.hasProperties() ? reason : returnCode;
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void wrongMissingAndUnknownCredentialsAreRefused(Version version) {
        assertThat(answer(ann(version, "in"))).isZero();
        assertThat(answer(connect(version, "wrong").user("ann", "Pencil"))).isEqualTo(expected(version, 0x86, 4));
        assertThat(answer(connect(version, "unknown").user("eve", "pencil"))).isEqualTo(expected(version, 0x86, 4));
        assertThat(answer(connect(version, "missing"))).isEqualTo(expected(version, 0x86, 4));
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void bannedClientsAndUsersAreRefused(Version version) {
        Connect client = Connect.transientSession(version, "banned-client").user("ann", "pencil");
        Connect over = Connect.transientSession(version, "once-banned").user("ann", "pencil");

        assertThat(answer(client)).isEqualTo(expected(version, 0x8A, 5));
        assertThat(answer(connect(version, "of-bad").user("bad", "pencil"))).isEqualTo(expected(version, 0x8A, 5));
        assertThat(answer(over)).as("a ban that ended").isZero();
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void filtersAreGrantedOneByOne(Version version) {
        try (WireClient client = WireClient.connect(broker.mqttPort(), ann(version, "sub"))) {
            String own = "own/sub-" + version.word();
            int denied = expected(version, 0x87, 0x80);

            assertThat(client.subscribe(
                                    Subscription.of(own + "/#", 1),
                                    Subscription.of("own/other/#", 1),
                                    Subscription.of("own/+/x", 0),
                                    Subscription.of("literal/+", 0),
                                    Subscription.of("literal/a", 0),
                                    Subscription.of("#", 0),
                                    Subscription.of("$share/g/" + own + "/q", 1),
                                    Subscription.of("$share/g/elsewhere", 1))
                            .reasons())
                    .containsExactly(1, denied, denied, 0, denied, denied, 1, denied);
        }
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void deniedTopicIsNotReachedThroughAWildcard(Version version) {
        try (WireClient client = WireClient.connect(broker.mqttPort(), ann(version, "shop"))) {
            int denied = expected(version, 0x87, 0x80);

            assertThat(client.subscribe(
                                    Subscription.of("shop/#", 0),
                                    Subscription.of("shop/+", 0),
                                    Subscription.of("shop/+/price", 0),
                                    Subscription.of("shop/secret", 0))
                            .reasons())
                    .containsExactly(denied, denied, 0, denied);
        }
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void systemTopicsAreClosedButForAFew(Version version) {
        int denied = expected(version, 0x87, 0x80);
        try (WireClient client = WireClient.connect(broker.mqttPort(), ann(version, "sys"));
                WireClient root = WireClient.connect(
                        broker.mqttPort(), connect(version, "root").user("root", "crayon"))) {
            Subscription all = Subscription.of("$SYS/#", 0);

            assertThat(client.subscribe(all, Subscription.of("$SYS/brokers/+/version", 0))
                            .reasons())
                    .containsExactly(denied, 0);
            assertThat(root.subscribe(all, Subscription.of("#", 0)).reasons()).containsExactly(0, 0);
        }
    }

    @Test
    void refusedPublishIsToldToAnMqtt5ClientAndTheOthersGoOn() {
        try (WireClient client = WireClient.connect(broker.mqttPort(), ann(Version.V5, "pub"))) {
            client.subscribe(Subscription.of("own/pub-v5/#", 0));

            assertThat(client.publishAndAwait(Publish.of("elsewhere", "x").qos(1))
                            .reason())
                    .isEqualTo(0x87);
            assertThat(client.publishAndAwait(Publish.of("elsewhere", "x").qos(2))
                            .reason())
                    .isEqualTo(0x87);
            assertThat(client.publishAndAwait(Publish.of("cheap/a", "x").qos(1)).reason())
                    .isEqualTo(0x87);
            assertThat(client.publishAndAwait(Publish.of("own/pub-v5/volatile", "x")
                                    .qos(1)
                                    .retained())
                            .reason())
                    .isEqualTo(0x87);
            client.publish(Publish.of("elsewhere", "lost"));
            assertThat(client.publishAndAwait(
                                    Publish.of("own/pub-v5/volatile", "kept").qos(1))
                            .reason())
                    .isZero();
            assertThat(client.awaitPublish("own/pub-v5/volatile").payload()).isEqualTo("kept");
        }
    }

    @ParameterizedTest
    @EnumSource(value = Version.class, names = "V5", mode = EnumSource.Mode.EXCLUDE)
    void refusedPublishOfAnOlderClientIsAcknowledgedAndDropped(Version version) {
        try (WireClient client = WireClient.connect(broker.mqttPort(), ann(version, "old"));
                WireClient root = WireClient.connect(
                        broker.mqttPort(), connect(version, "old-root").user("root", "crayon"))) {
            root.subscribe(Subscription.of("#", 0));

            assertThat(client.publishAndAwait(Publish.of("elsewhere", "x").qos(1))
                            .kind())
                    .isEqualTo(Ack.Kind.PUBACK);
            client.publishAndAwait(
                    Publish.of("own/old-" + version.word() + "/a", "kept").qos(1));

            assertThat(root.awaitPublish("own/old-" + version.word() + "/a").payload())
                    .isEqualTo("kept");
        }
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void willHasToBeAllowed(Version version) {
        assertThat(answer(ann(version, "will").will(Will.of("elsewhere", "x")))).isEqualTo(expected(version, 0x87, 5));
        assertThat(answer(ann(version, "will").will(Will.of("own/will-" + version.word() + "/x", "x"))))
                .isZero();
    }

    @Test
    void rulesAreReadAgainWhileTheClientStaysConnected() throws IOException {
        try (WireClient client = WireClient.connect(broker.mqttPort(), ann(Version.V5, "reload"))) {
            assertThat(client.publishAndAwait(Publish.of("new/topic", "x").qos(1))
                            .reason())
                    .isEqualTo(0x87);

            replaceRules(RULES + "allow user ann publish on new/#\n");
            awaitReason(client, 0x10);
            replaceRules("this is no rule\n");
            assertThat(client.publishAndAwait(Publish.of("new/topic", "x").qos(1))
                            .reason())
                    .as("what cannot be read changes nothing")
                    .isEqualTo(0x10);
            replaceRules(RULES);
            awaitReason(client, 0x87);
        }
    }

    private static void replaceRules(String text) throws IOException {
        Path draft = Files.writeString(directory.resolve("rules.new"), text);
        Files.move(
                draft, directory.resolve("rules"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The publish itself is the question whether the rules were read. */
    private static void awaitReason(WireClient client, int reason) {
        Instant deadline = Instant.now().plus(WireClient.PATIENCE);
        while (client.publishAndAwait(Publish.of("new/topic", "x").qos(1)).reason() != reason) {
            assertThat(Instant.now()).as("time for the rules to be read").isBefore(deadline);
        }
    }

    @Test
    void tokenOpensAConnectionWithItsRulesUntilItExpires() {
        long expiry = Instant.now().getEpochSecond() + 3;
        String claims = "{\"sub\":\"tom\",\"device\":\"jwt-1\",\"exp\":" + expiry
                + ",\"acl\":{\"pub\":[\"tok/${username}\"],\"sub\":[\"tok/#\"]}}";
        Connect connect =
                Connect.transientSession(Version.V5, "jwt-1").user("whoever", Proofs.token(TOKEN_SECRET, claims));
        try (WireClient client = WireClient.connect(broker.mqttPort(), connect)) {
            client.subscribe(Subscription.of("tok/#", 0));

            assertThat(client.publishAndAwait(Publish.of("tok/tom", "x").qos(1)).reason())
                    .isZero();
            assertThat(client.publishAndAwait(Publish.of("tok/whoever", "x").qos(1))
                            .reason())
                    .isEqualTo(0x87);
            assertThat(client.awaitDisconnect().reason()).isEqualTo(0xA0);
        }
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void forgedExpiredAndForeignTokensAreRefused(Version version) {
        long later = Instant.now().getEpochSecond() + 60;
        Connect connect = Connect.transientSession(version, "jwt-2");

        for (String token : new String[] {
            Proofs.token("another secret that is long enough for it", "{\"device\":\"jwt-2\",\"exp\":" + later + "}"),
            Proofs.token(TOKEN_SECRET, "{\"device\":\"jwt-2\",\"exp\":" + (later - 3_600) + "}"),
            Proofs.token(TOKEN_SECRET, "{\"device\":\"jwt-2\"}"),
            Proofs.token(TOKEN_SECRET, "{\"device\":\"jwt-9\",\"exp\":" + later + "}"),
        }) {
            assertThat(answer(connect.user("u", token))).isEqualTo(expected(version, 0x86, 4));
        }
    }

    @Test
    @Tag("MQTT5-4.12.0-2")
    @Tag("MQTT5-4.12.0-5")
    void scramProvesThePasswordWithoutSendingIt() {
        try (WireClient client = scram("ann", "scram-1", "pencil")) {
            ConnAck welcome = client.await(ConnAck.class);

            assertThat(welcome.reason()).isZero();
            assertThat(welcome.properties().text(Property.AUTHENTICATION_METHOD))
                    .isEqualTo(METHOD);
            assertThat(welcome.properties().text(Property.AUTHENTICATION_DATA)).startsWith("v=");
            assertThat(client.subscribe(Subscription.of("own/scram-1/#", 0)).reasons())
                    .containsExactly(0);
        }
    }

    @Test
    @Tag("MQTT5-4.12.0-4")
    void wrongPasswordAndUnknownUserFailAtTheSameStepOfScram() {
        try (WireClient wrong = scram("ann", "scram-2", "crayon");
                WireClient unknown = scram("nobody", "scram-3", "pencil")) {
            assertThat(wrong.await(ConnAck.class).reason()).isEqualTo(0x86);
            assertThat(unknown.await(ConnAck.class).reason()).isEqualTo(0x86);
            wrong.awaitClosed();
            unknown.awaitClosed();
        }
    }

    @Test
    @Tag("MQTT5-4.12.0-5")
    @Tag("MQTT5-4.12.1-2")
    void clientProvesItselfAnewWhileItIsConnected() {
        try (WireClient client = scram("ann", "scram-4", "pencil")) {
            assertThat(client.await(ConnAck.class).reason()).isZero();

            String first = "n=ann,r=again";
            client.send(auth(0x19, "n,," + first));
            Auth challenge = client.await(Auth.class);
            assertThat(challenge.reason()).isEqualTo(0x18);
            client.send(auth(0x18, Proofs.clientFinal("pencil", first, data(challenge))));
            Auth done = client.await(Auth.class);

            assertThat(done.reason()).isZero();
            assertThat(data(done)).startsWith("v=");
            client.ping();
            client.send(auth(0x19, "n,," + first));
            client.send(auth(0x18, Proofs.clientFinal("crayon", first, data(client.await(Auth.class)))));
            assertThat(client.awaitDisconnect().reason()).isEqualTo(0x87);
        }
    }

    @Test
    void packetInTheMiddleOfAnExchangeIsAProtocolError() {
        try (WireClient client = WireClient.open(Version.V5, broker.mqttPort())) {
            client.send(scramConnect("scram-5", "n=ann,r=abc").toBytes());
            client.await(Auth.class);
            client.send(PacketBytes.of(0xC0, 0));

            assertThat(client.await(ConnAck.class).reason()).isEqualTo(0x82);
            client.awaitClosed();
        }
    }

    @Test
    void unknownMethodIsRefused() {
        assertThat(answer(connect(Version.V5, "method").with(Property.of(Property.AUTHENTICATION_METHOD, "GS2-KRB5"))))
                .isEqualTo(0x8C);
    }

    @Test
    void clientThatComesAndGoesIsBannedAndStaysSoOverARestart() {
        Connect connect = ann(Version.V5, "flap");
        Instant deadline = Instant.now().plus(Duration.ofSeconds(50));
        int answered;
        int connects = 0;
        do {
            answered = answer(connect);
            connects += answered == 0 ? 1 : 0;
            assertThat(Instant.now()).as("time for the ban").isBefore(deadline);
        } while (answered == 0);

        assertThat(answered).isEqualTo(0x8A);
        assertThat(connects).isGreaterThan(FLAPS_MAX);
        assertThat(directory.resolve("bans"))
                .content()
                .contains("client flap-v5 ")
                .contains("client banned-client ");
        broker.kill();
        broker.start();
        assertThat(answer(connect)).isEqualTo(0x8A);
        assertThat(answer(ann(Version.V5, "other"))).isZero();
    }

    private static Connect scramConnect(String clientId, String clientFirstBare) {
        return Connect.transientSession(Version.V5, clientId)
                .with(Property.of(Property.AUTHENTICATION_METHOD, METHOD))
                .with(Property.of(Property.AUTHENTICATION_DATA, "n,," + clientFirstBare));
    }

    /** A client that sent its proof. */
    private static WireClient scram(String user, String clientId, String password) {
        WireClient client = WireClient.open(Version.V5, broker.mqttPort());
        String first = "n=" + user + ",r=fyko+d2lbbFgONRv9qkxdawL";
        client.send(scramConnect(clientId, first).toBytes());
        Auth challenge = client.await(Auth.class);
        assertThat(challenge.reason()).isEqualTo(0x18);
        String serverFirst = data(challenge);
        // For a user that does not exist salt and iterations are made up; the client cannot tell.
        client.send(auth(0x18, Proofs.clientFinal(password, first, serverFirst)));
        return client;
    }

    private static String data(Auth auth) {
        assertThat(auth.properties().text(Property.AUTHENTICATION_METHOD)).isEqualTo(METHOD);
        return String.valueOf(auth.properties().text(Property.AUTHENTICATION_DATA));
    }

    private static byte[] auth(int reason, String data) {
        Properties properties = Properties.of(
                Property.of(Property.AUTHENTICATION_METHOD, METHOD), Property.of(Property.AUTHENTICATION_DATA, data));
        return new Auth(reason, properties).toBytes();
    }
}
