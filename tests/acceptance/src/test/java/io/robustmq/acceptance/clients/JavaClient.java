package io.robustmq.acceptance.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The client program of the libraries for Java: {@code JavaClient LIBRARY URL VERSION TAG [MODE]}, where LIBRARY is
 * {@code paho} or {@code hivemq}. The README of {@code tests/clients} says what the rest means.
 */
final class JavaClient {
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final int LARGE_BYTES = 512 * 1024;
    private static final int TAKEN_OVER = 0x8E;
    private static final int SHUTTING_DOWN = 0x8B;
    private static final int NO_SUBSCRIPTION_EXISTED = 0x11;
    private static final int IDENTIFIER_MAX = 268_435_455;

    private final List<String> arguments;
    private final Library.Opener opener;
    private final boolean showsProperties;
    private final URI broker;
    private final boolean five;
    private final String tag;

    private JavaClient(List<String> arguments) {
        this.arguments = List.copyOf(arguments);
        this.broker = URI.create(arguments.get(1));
        this.five = arguments.get(2).equals("5");
        this.tag = arguments.get(3);
        boolean paho = arguments.getFirst().equals("paho");
        this.showsProperties = paho;
        if (paho) {
            this.opener = five ? PahoFive::open : PahoThree::open;
        } else {
            this.opener = five ? HiveFive::open : HiveThree::open;
        }
    }

    public static void main(String[] arguments) throws Exception {
        JavaClient program = new JavaClient(List.of(arguments));
        if (program.broker.getScheme().equals("mqtts")) {
            Trust.install();
        }
        switch (arguments.length > 4 ? arguments[4] : "features") {
            case "mortal" -> program.waitToBeKilled(arguments[5]);
            case "await-shutdown" -> report("server disconnect", program::awaitShutdown);
            case "features" -> program.features().forEach(JavaClient::report);
            default -> throw new IllegalArgumentException(arguments[4]);
        }
        // The libraries' threads would keep the process.
        System.exit(0);
    }

    /** The address in the words of a library that has its own. */
    static String transport(URI broker, String plain, String secure) {
        String scheme = switch (broker.getScheme()) {
            case "mqtt" -> plain;
            case "mqtts" -> secure;
            default -> throw new IllegalArgumentException(broker.toString());
        };
        return scheme + "://" + broker.getAuthority();
    }

    private interface Feature {
        void run() throws Exception;
    }

    private static void report(String name, Feature feature) {
        String result;
        try {
            feature.run();
            result = "ok\t";
        } catch (UnsupportedOperationException e) {
            result = "not supported\t" + e.getMessage();
        } catch (Exception | AssertionError e) {
            // A feature's failure is its result; the next ones are still tried.
            result = "failed\t" + e.toString().replaceAll("\\s+", " ");
        }
        System.out.println(name + "\t" + result);
    }

    private Map<String, Feature> features() {
        Map<String, Feature> features = new LinkedHashMap<>();
        features.put("connect", this::connect);
        for (int qos = 0; qos <= 2; qos++) {
            int quality = qos;
            features.put("QoS " + qos, () -> quality(quality));
        }
        features.put("retained", this::retained);
        features.put("will", this::will);
        features.put("persistent session", this::persistentSession);
        features.put("shared subscription", this::sharedSubscription);
        features.put("wildcard", this::wildcard);
        features.put("large payload", this::largePayload);
        features.put("unsubscribe", this::unsubscribe);
        features.put("takeover", this::takeover);
        if (five) {
            features.put("user properties", this::userProperties);
            features.put("message expiry", this::messageExpiry);
            features.put("request/response", this::requestResponse);
            features.put("topic alias", this::topicAlias);
            features.put("subscription identifier", this::subscriptionIdentifier);
            features.put("reason codes", this::reasonCodes);
            features.put("receive maximum", this::receiveMaximum);
        }
        return features;
    }

    /** A connected client whose messages wait in a queue. */
    private final class Client implements AutoCloseable, Library.Listener {
        private final BlockingQueue<Message> messages;
        private final BlockingQueue<Integer> losses = new LinkedBlockingQueue<>();
        private final Library library;

        Client(Options options, BlockingQueue<Message> messages) throws Exception {
            this.messages = messages;
            this.library = opener.open(options, this);
        }

        @Override
        public void arrived(Message message) {
            messages.add(message);
        }

        @Override
        public void lost(int reason) {
            losses.add(reason);
        }

        Client subscribe(String filter, int qos) throws Exception {
            assertThat(library.subscribe(filter, qos, 0)).as("SUBACK").isEqualTo(qos);
            return this;
        }

        void publish(String topic, String payload) throws Exception {
            library.publish(Message.of(topic, payload));
        }

        Message take() throws InterruptedException {
            Message message = messages.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (message == null) {
                throw new AssertionError("no message came in " + PATIENCE);
            }
            return message;
        }

        Message expect(String topic, String payload) throws InterruptedException {
            Message message = take();
            assertThat(message.topic() + " " + message.text()).isEqualTo(topic + " " + payload);
            return message;
        }

        void expectLost(Duration patience, int reason) throws InterruptedException {
            Integer got = losses.poll(patience.toSeconds(), TimeUnit.SECONDS);
            assertThat(got).as("reason of the lost connection").isNotNull();
            if (five) {
                assertThat(got).as("reason code of DISCONNECT").isEqualTo(reason);
            }
        }

        @Override
        public void close() {
            try {
                library.disconnect();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            } catch (Exception e) {
                throw new IllegalStateException("disconnecting", e);
            }
        }
    }

    private Options options(String name, boolean keep, @Nullable String willTopic, OptionalInt receiveMaximum) {
        return new Options(broker, tag + "-" + name, keep, willTopic, receiveMaximum);
    }

    private Client open(String name) throws Exception {
        return open(name, new LinkedBlockingQueue<>());
    }

    private Client open(String name, BlockingQueue<Message> messages) throws Exception {
        return new Client(options(name, false, null, OptionalInt.empty()), messages);
    }

    private Client keep(String name) throws Exception {
        return new Client(options(name, true, null, OptionalInt.empty()), new LinkedBlockingQueue<>());
    }

    /** Ends a session that was kept. */
    private void forget(String name) throws Exception {
        open(name).close();
    }

    private String topic(String feature) {
        return tag + "/" + feature;
    }

    private void waitToBeKilled(String willTopic) throws Exception {
        Client unused =
                new Client(options("mortal", false, willTopic, OptionalInt.empty()), new LinkedBlockingQueue<>());
        System.out.println("ready");
        new CountDownLatch(1).await();
        unused.close();
    }

    private void awaitShutdown() throws Exception {
        Client client = open("waiting");
        System.out.println("ready");
        client.expectLost(PATIENCE.multipliedBy(4), SHUTTING_DOWN);
    }

    private void connect() throws Exception {
        try (Client client = open("connect")) {
            assertThat(client.library.sessionPresent()).isFalse();
        }
    }

    private void quality(int qos) throws Exception {
        String topic = topic("qos");
        try (Client client = open("qos").subscribe(topic, 2)) {
            client.library.publish(Message.of(topic, "x").withQos(qos));
            assertThat(client.expect(topic, "x").qos()).isEqualTo(qos);
        }
    }

    private void retained() throws Exception {
        String topic = topic("retained");
        try (Client publisher = open("publisher");
                Client first = open("first");
                Client second = open("second")) {
            publisher.library.publish(Message.of(topic, "kept").retained());
            first.subscribe(topic, 1);
            assertThat(first.expect(topic, "kept").retain()).isTrue();
            publisher.library.publish(Message.of(topic, "").retained());
            second.subscribe(topic, 1);
            publisher.publish(topic, "live");
            assertThat(second.expect(topic, "live").retain()).isFalse();
        }
    }

    private void will() throws Exception {
        String topic = topic("will");
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                JavaClient.class.getName()));
        command.addAll(arguments.subList(0, 4));
        command.add("mortal");
        command.add(topic);
        Process mortal = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (Client watcher = open("watcher").subscribe(topic, 1);
                BufferedReader output = mortal.inputReader(StandardCharsets.UTF_8)) {
            assertThat(output.readLine()).isEqualTo("ready");
            mortal.destroyForcibly();
            watcher.expect(topic, "gone");
        } finally {
            mortal.destroyForcibly();
        }
    }

    private void persistentSession() throws Exception {
        String topic = topic("persistent-session");
        try (Client first = keep("sleeper")) {
            assertThat(first.library.sessionPresent()).isFalse();
            first.subscribe(topic, 1);
        }
        try (Client publisher = open("publisher")) {
            for (int i = 0; i < 10; i++) {
                publisher.publish(topic, Integer.toString(i));
            }
        }
        try (Client second = keep("sleeper")) {
            assertThat(second.library.sessionPresent()).isTrue();
            for (int i = 0; i < 10; i++) {
                second.expect(topic, Integer.toString(i));
            }
        }
        forget("sleeper");
    }

    private void sharedSubscription() throws Exception {
        String topic = topic("shared-subscription");
        BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
        try (Client one = open("member0", messages).subscribe("$share/group/" + topic, 1);
                Client other = open("member1", messages).subscribe("$share/group/" + topic, 1);
                Client publisher = open("publisher")) {
            assertThat(other.losses).isEmpty();
            List<String> payloads = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                publisher.publish(topic, Integer.toString(i));
            }
            for (int i = 0; i < 10; i++) {
                payloads.add(one.take().text());
            }
            assertThat(payloads)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, 10).mapToObj(Integer::toString).toList());
        }
    }

    private void wildcard() throws Exception {
        String topic = topic("wildcard");
        try (Client client = open("wildcard").subscribe(topic + "/+/c/#", 1)) {
            for (String level : List.of("a/c", "a/c/d/e", "a/d", "z/c/end")) {
                client.publish(topic + "/" + level, level);
            }
            for (String level : List.of("a/c", "a/c/d/e", "z/c/end")) {
                client.expect(topic + "/" + level, level);
            }
        }
    }

    private void largePayload() throws Exception {
        String topic = topic("large-payload");
        byte[] payload = new byte[LARGE_BYTES];
        for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) (i % 251);
        }
        try (Client client = open("large").subscribe(topic, 1)) {
            client.library.publish(new Message(topic, ByteBuffer.wrap(payload), 1, false, Extra.NONE));
            assertThat(client.take().bytes()).isEqualTo(payload);
        }
    }

    private void unsubscribe() throws Exception {
        String left = topic("unsubscribe/left");
        String kept = topic("unsubscribe/kept");
        try (Client client = open("unsubscribe").subscribe(left, 1).subscribe(kept, 1)) {
            assertThat(client.library.unsubscribe(left)).as("UNSUBACK").isZero();
            client.publish(left, "x");
            client.publish(kept, "y");
            client.expect(kept, "y");
        }
    }

    private void takeover() throws Exception {
        String topic = topic("takeover");
        Client first = open("same");
        try (Client second = open("same").subscribe(topic, 1)) {
            first.expectLost(PATIENCE, TAKEN_OVER);
            second.publish(topic, "mine");
            second.expect(topic, "mine");
        }
        first.close();
    }

    private void userProperties() throws Exception {
        String topic = topic("user-properties");
        List<Map.Entry<String, String>> pairs = List.of(Map.entry("b", "1"), Map.entry("a", "2"), Map.entry("b", "3"));
        try (Client client = open("user").subscribe(topic, 1)) {
            client.library.publish(Message.of(topic, "x").with(Extra.user(pairs)));
            assertThat(client.expect(topic, "x").extra().user()).isEqualTo(pairs);
        }
    }

    private void messageExpiry() throws Exception {
        String topic = topic("message-expiry");
        keep("sleeper").subscribe(topic, 1).close();
        try (Client publisher = open("publisher")) {
            publisher.library.publish(Message.of(topic, "short").with(Extra.expiry(1)));
            publisher.library.publish(Message.of(topic, "long").with(Extra.expiry(100)));
        }
        // What is waited for is time itself.
        Thread.sleep(Duration.ofSeconds(2));
        try (Client second = keep("sleeper")) {
            assertThat(second.expect(topic, "long").extra().expirySeconds().orElseThrow())
                    .isBetween(1L, 99L);
        }
        forget("sleeper");
    }

    private void requestResponse() throws Exception {
        String request = topic("request");
        String answer = topic("answer");
        try (Client responder = open("responder").subscribe(request, 1);
                Client requester = open("requester").subscribe(answer, 1)) {
            requester.library.publish(Message.of(request, "question").with(Extra.request(answer, "token 7")));
            Extra asked = responder.expect(request, "question").extra();
            assertThat(asked.responseTopic()).isEqualTo(answer);
            responder.library.publish(Message.of(answer, "answer").with(Extra.request(null, asked.correlation())));
            assertThat(requester.expect(answer, "answer").extra().correlation()).isEqualTo("token 7");
        }
    }

    private void topicAlias() throws Exception {
        // Neither library lets its user leave the topic out: both do it by themselves once the alias is known.
        String topic = topic("topic-alias");
        try (Client client = open("alias").subscribe(topic, 1)) {
            client.library.publish(Message.of(topic, "named").with(Extra.alias(3)));
            client.library.publish(Message.of(topic, "aliased").with(Extra.alias(3)));
            client.expect(topic, "named");
            client.expect(topic, "aliased");
        }
    }

    private void subscriptionIdentifier() throws Exception {
        if (!showsProperties) {
            throw new UnsupportedOperationException("the library keeps the identifiers to itself");
        }
        String topic = topic("subscription-identifier");
        try (Client client = open("identifier")) {
            assertThat(client.library.subscribe(topic, 1, IDENTIFIER_MAX)).isEqualTo(1);
            client.publish(topic, "x");
            assertThat(client.expect(topic, "x").extra().subscriptions()).containsExactly(IDENTIFIER_MAX);
        }
    }

    private void reasonCodes() throws Exception {
        String topic = topic("reason-codes");
        try (Client client = open("reasons")) {
            assertThat(client.library.unsubscribe(topic)).isEqualTo(NO_SUBSCRIPTION_EXISTED);
            client.subscribe(topic, 1);
            assertThat(client.library.unsubscribe(topic)).isZero();
        }
    }

    private void receiveMaximum() throws Exception {
        String topic = topic("receive-maximum");
        keep("sleeper").subscribe(topic, 2).close();
        try (Client publisher = open("publisher")) {
            for (int i = 0; i < 20; i++) {
                publisher.library.publish(Message.of(topic, Integer.toString(i)).withQos(2));
            }
        }
        Options few = options("sleeper", true, null, OptionalInt.of(2));
        try (Client second = new Client(few, new LinkedBlockingQueue<>())) {
            for (int i = 0; i < 20; i++) {
                second.expect(topic, Integer.toString(i));
            }
        }
        forget("sleeper");
    }
}
