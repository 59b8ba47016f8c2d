package io.robustmq.acceptance.clients;

import java.util.Arrays;
import java.util.List;

/** What a client program tries, with the name it prints. */
enum Feature {
    CONNECT("connect", false),
    QOS_0("QoS 0", false),
    QOS_1("QoS 1", false),
    QOS_2("QoS 2", false),
    RETAINED("retained", false),
    WILL("will", false),
    PERSISTENT_SESSION("persistent session", false),
    SHARED_SUBSCRIPTION("shared subscription", false),
    WILDCARD("wildcard", false),
    LARGE_PAYLOAD("large payload", false),
    UNSUBSCRIBE("unsubscribe", false),
    TAKEOVER("takeover", false),
    USER_PROPERTIES("user properties", true),
    MESSAGE_EXPIRY("message expiry", true),
    REQUEST_RESPONSE("request/response", true),
    TOPIC_ALIAS("topic alias", true),
    SUBSCRIPTION_IDENTIFIER("subscription identifier", true),
    REASON_CODES("reason codes", true),
    RECEIVE_MAXIMUM("receive maximum", true),
    SERVER_DISCONNECT("server disconnect", false),
    PAGE("page", false);

    final String title;
    private final boolean onlyFive;

    Feature(String title, boolean onlyFive) {
        this.title = title;
        this.onlyFive = onlyFive;
    }

    /** What a program tries in one run; the shutdown has a run of its own, as it ends the broker. */
    static List<Feature> of(int version) {
        return Arrays.stream(values())
                .filter(feature -> feature != SERVER_DISCONNECT && feature != PAGE)
                .filter(feature -> version == 5 || !feature.onlyFive)
                .toList();
    }
}
