/*
 * Paho for C (its synchronous client) against a broker; tests/clients/README.md says how a client program is called and
 * what it prints.
 */
#define _GNU_SOURCE
#include <MQTTClient.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_SECONDS = 20, TEXT = 512, CLIENTS_MAX = 16, INBOX_MAX = 64 };

static const char *url;
static int version;
static const char *tag;
static char **arguments;

/* Why the feature under way failed; empty while it did not. */
static char failure[TEXT];

/* Ends a feature when something does not hold. What it opened is closed by run(). */
#define CHECK(holds, ...)                                              \
    do {                                                               \
        if (!(holds)) {                                                \
            snprintf(failure, sizeof failure, __VA_ARGS__);            \
            return;                                                    \
        }                                                              \
    } while (0)
#define STOP_IF_FAILED            \
    do {                          \
        if (failure[0] != '\0') { \
            return;               \
        }                         \
    } while (0)

struct message {
    char *topic;
    MQTTClient_message *content;
};

struct inbox {
    struct message messages[INBOX_MAX];
    int count;
};

/* Fields below "lock" are written by Paho's thread and read under the lock. */
struct client {
    MQTTClient handle;
    bool session_present;
    struct inbox *inbox;
    struct inbox own;
    bool lost;
    int reason;
};

struct options {
    bool keep;
    const char *will_topic;
    int receive_maximum;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct client *opened[CLIENTS_MAX];
static int opened_count;

static int arrived(void *context, char *topic, int length, MQTTClient_message *content) {
    (void) length;
    struct client *client = context;
    pthread_mutex_lock(&lock);
    bool taken = client->inbox->count < INBOX_MAX;
    if (taken) {
        client->inbox->messages[client->inbox->count++] = (struct message) {topic, content};
        pthread_cond_broadcast(&changed);
    }
    pthread_mutex_unlock(&lock);
    return taken;
}

static void end_connection(struct client *client, int reason) {
    pthread_mutex_lock(&lock);
    if (!client->lost) {
        client->lost = true;
        client->reason = reason;
    }
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static void connection_lost(void *context, char *cause) {
    (void) cause;
    end_connection(context, -1);
}

static void disconnected(void *context, MQTTProperties *properties, enum MQTTReasonCodes reason) {
    (void) properties;
    end_connection(context, reason);
}

static void delivered(void *context, MQTTClient_deliveryToken token) {
    /* Publishing waits for its token. */
    (void) context;
    (void) token;
}

static struct timespec deadline_in(int seconds) {
    struct timespec deadline;
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += seconds;
    return deadline;
}

/* A connected client, or NULL with the failure set. */
static struct client *open_client(const char *name, struct options options) {
    if (failure[0] != '\0') {
        return NULL;
    }
    if (opened_count == CLIENTS_MAX) {
        snprintf(failure, sizeof failure, "too many clients in one feature");
        return NULL;
    }
    struct client *client = calloc(1, sizeof *client);
    client->inbox = &client->own;
    char id[TEXT];
    snprintf(id, sizeof id, "%s-%s", tag, name);
    MQTTClient_createOptions creation = MQTTClient_createOptions_initializer;
    creation.MQTTVersion = version;
    int code = MQTTClient_createWithOptions(&client->handle, url, id, MQTTCLIENT_PERSISTENCE_NONE, NULL, &creation);
    opened[opened_count++] = client;
    if (code == MQTTCLIENT_SUCCESS) {
        code = MQTTClient_setCallbacks(client->handle, client, connection_lost, arrived, delivered);
    }
    if (code == MQTTCLIENT_SUCCESS && version == MQTTVERSION_5) {
        code = MQTTClient_setDisconnected(client->handle, client, disconnected);
    }
    if (code != MQTTCLIENT_SUCCESS) {
        snprintf(failure, sizeof failure, "creating a client: %d", code);
        return NULL;
    }
    MQTTClient_connectOptions connect3 = MQTTClient_connectOptions_initializer;
    MQTTClient_connectOptions connect5 = MQTTClient_connectOptions_initializer5;
    MQTTClient_connectOptions connect = version == MQTTVERSION_5 ? connect5 : connect3;
    MQTTClient_willOptions will = MQTTClient_willOptions_initializer;
    MQTTClient_SSLOptions tls = MQTTClient_SSLOptions_initializer;
    tls.trustStore = getenv("CLIENT_CA");
    if (strncmp(url, "mqtts:", 6) == 0) {
        connect.ssl = &tls;
    }
    connect.connectTimeout = PATIENCE_SECONDS;
    connect.keepAliveInterval = 60;
    if (options.will_topic != NULL) {
        will.topicName = options.will_topic;
        will.message = "gone";
        will.qos = 1;
        connect.will = &will;
    }
    if (version != MQTTVERSION_5) {
        connect.MQTTVersion = MQTTVERSION_3_1_1;
        connect.cleansession = !options.keep;
        code = MQTTClient_connect(client->handle, &connect);
        client->session_present = connect.returned.sessionPresent != 0;
    } else {
        connect.cleanstart = !options.keep;
        MQTTProperties properties = MQTTProperties_initializer;
        MQTTProperty expiry = {.identifier = MQTTPROPERTY_CODE_SESSION_EXPIRY_INTERVAL};
        expiry.value.integer4 = options.keep ? 600 : 0;
        MQTTProperties_add(&properties, &expiry);
        if (options.receive_maximum > 0) {
            MQTTProperty maximum = {.identifier = MQTTPROPERTY_CODE_RECEIVE_MAXIMUM};
            maximum.value.integer2 = (unsigned short) options.receive_maximum;
            MQTTProperties_add(&properties, &maximum);
        }
        MQTTResponse response = MQTTClient_connect5(client->handle, &connect, &properties, NULL);
        code = response.reasonCode;
        client->session_present = connect.returned.sessionPresent != 0;
        MQTTResponse_free(response);
        MQTTProperties_free(&properties);
    }
    if (code != MQTTCLIENT_SUCCESS) {
        snprintf(failure, sizeof failure, "connecting %.100s: %d", id, code);
        return NULL;
    }
    return client;
}

static void close_client(struct client *client) {
    if (version == MQTTVERSION_5) {
        MQTTClient_disconnect5(client->handle, 1000, MQTTREASONCODE_NORMAL_DISCONNECTION, NULL);
    } else {
        MQTTClient_disconnect(client->handle, 1000);
    }
}

static void subscribe_as(struct client *client, const char *filter, int qos, int identifier) {
    STOP_IF_FAILED;
    if (version == MQTTVERSION_5) {
        MQTTProperties properties = MQTTProperties_initializer;
        if (identifier > 0) {
            MQTTProperty property = {.identifier = MQTTPROPERTY_CODE_SUBSCRIPTION_IDENTIFIER};
            property.value.integer4 = (unsigned) identifier;
            MQTTProperties_add(&properties, &property);
        }
        MQTTResponse response = MQTTClient_subscribe5(client->handle, filter, qos, NULL, &properties);
        int code = response.reasonCode;
        MQTTResponse_free(response);
        MQTTProperties_free(&properties);
        CHECK(code == qos, "subscribing to %s: %d", filter, code);
    } else {
        int code = MQTTClient_subscribe(client->handle, filter, qos);
        CHECK(code == MQTTCLIENT_SUCCESS, "subscribing to %s: %d", filter, code);
    }
}

static void subscribe(struct client *client, const char *filter, int qos) {
    subscribe_as(client, filter, qos, 0);
}

/* The reason code of UNSUBACK; 0 in 3.1.1, which has none. */
static int unsubscribe(struct client *client, const char *filter) {
    if (version == MQTTVERSION_5) {
        MQTTResponse response = MQTTClient_unsubscribe5(client->handle, filter, NULL);
        int code = response.reasonCode;
        MQTTResponse_free(response);
        return code;
    }
    return MQTTClient_unsubscribe(client->handle, filter);
}

static void publish_bytes(struct client *client, const char *topic, const void *payload, int length, int qos,
        bool retain, MQTTProperties *properties) {
    STOP_IF_FAILED;
    MQTTClient_deliveryToken token;
    int code;
    if (version == MQTTVERSION_5) {
        MQTTResponse response =
            MQTTClient_publish5(client->handle, topic, length, payload, qos, retain, properties, &token);
        code = response.reasonCode;
        MQTTResponse_free(response);
    } else {
        code = MQTTClient_publish(client->handle, topic, length, payload, qos, retain, &token);
    }
    CHECK(code == MQTTCLIENT_SUCCESS, "publishing to %s: %d", topic, code);
    if (qos > 0) {
        code = MQTTClient_waitForCompletion(client->handle, token, PATIENCE_SECONDS * 1000UL);
        CHECK(code == MQTTCLIENT_SUCCESS, "no acknowledgement: %d", code);
    }
}

static void publish(struct client *client, const char *topic, const char *payload, int qos, bool retain) {
    publish_bytes(client, topic, payload, (int) strlen(payload), qos, retain, NULL);
}

static void publish_with(struct client *client, const char *topic, const char *payload, MQTTProperties *properties) {
    publish_bytes(client, topic, payload, (int) strlen(payload), 1, false, properties);
}

/* The next message; its memory is left to the end of the process, which is short. */
static struct message take(struct client *client) {
    struct message message = {NULL, NULL};
    if (failure[0] != '\0') {
        return message;
    }
    struct timespec deadline = deadline_in(PATIENCE_SECONDS);
    pthread_mutex_lock(&lock);
    int code = 0;
    while (client->inbox->count == 0 && code == 0) {
        code = pthread_cond_timedwait(&changed, &lock, &deadline);
    }
    if (client->inbox->count > 0) {
        message = client->inbox->messages[0];
        client->inbox->count--;
        memmove(client->inbox->messages, client->inbox->messages + 1,
            sizeof message * (size_t) client->inbox->count);
    }
    pthread_mutex_unlock(&lock);
    if (message.content == NULL) {
        snprintf(failure, sizeof failure, "no message came in time");
    }
    return message;
}

static MQTTClient_message *expect_bytes(struct client *client, const char *topic, const void *payload, int length) {
    struct message message = take(client);
    if (message.content == NULL) {
        return NULL;
    }
    if (strcmp(message.topic, topic) != 0 || message.content->payloadlen != length
        || memcmp(message.content->payload, payload, (size_t) length) != 0) {
        snprintf(failure, sizeof failure, "got %.100s %.*s instead of %.100s", message.topic,
            message.content->payloadlen < 80 ? message.content->payloadlen : 80, (char *) message.content->payload,
            topic);
        return NULL;
    }
    return message.content;
}

static MQTTClient_message *expect(struct client *client, const char *topic, const char *payload) {
    return expect_bytes(client, topic, payload, (int) strlen(payload));
}

static void expect_lost(struct client *client, int seconds, int reason) {
    struct timespec deadline = deadline_in(seconds);
    pthread_mutex_lock(&lock);
    int code = 0;
    while (!client->lost && code == 0) {
        code = pthread_cond_timedwait(&changed, &lock, &deadline);
    }
    bool lost = client->lost;
    int got = client->reason;
    pthread_mutex_unlock(&lock);
    CHECK(lost, "was not disconnected");
    CHECK(version != MQTTVERSION_5 || got == reason, "reason %d instead of %d", got, reason);
}

/* A text made of parts, never freed. */
__attribute__((format(printf, 1, 2))) static char *text(const char *format, ...) {
    char *made;
    va_list parts;
    va_start(parts, format);
    if (vasprintf(&made, format, parts) < 0) {
        abort();
    }
    va_end(parts);
    return made;
}

static const struct options CLEAN = {false, NULL, 0};
static const struct options KEEP = {true, NULL, 0};

static void connect_feature(const char *base) {
    (void) base;
    struct client *client = open_client("connect", CLEAN);
    STOP_IF_FAILED;
    CHECK(!client->session_present, "a session is present");
}

static void quality(const char *base, int qos) {
    struct client *client = open_client("qos", CLEAN);
    STOP_IF_FAILED;
    subscribe(client, base, 2);
    publish(client, base, "x", qos, false);
    MQTTClient_message *message = expect(client, base, "x");
    STOP_IF_FAILED;
    CHECK(message->qos == qos, "came with QoS %d", message->qos);
}

static void quality0(const char *base) { quality(base, 0); }
static void quality1(const char *base) { quality(base, 1); }
static void quality2(const char *base) { quality(base, 2); }

static void retained(const char *base) {
    struct client *publisher = open_client("publisher", CLEAN);
    struct client *first = open_client("first", CLEAN);
    struct client *second = open_client("second", CLEAN);
    STOP_IF_FAILED;
    publish(publisher, base, "kept", 1, true);
    subscribe(first, base, 1);
    MQTTClient_message *message = expect(first, base, "kept");
    STOP_IF_FAILED;
    CHECK(message->retained, "retain flag clear");
    publish(publisher, base, "", 1, true);
    subscribe(second, base, 1);
    publish(publisher, base, "live", 1, false);
    message = expect(second, base, "live");
    STOP_IF_FAILED;
    CHECK(!message->retained, "retain flag set");
}

static void will(const char *base) {
    int output[2];
    CHECK(pipe(output) == 0, "no pipe");
    pid_t mortal = fork();
    CHECK(mortal >= 0, "no process");
    if (mortal == 0) {
        dup2(output[1], STDOUT_FILENO);
        execl("/proc/self/exe", arguments[0], arguments[1], arguments[2], arguments[3], "mortal", base, (char *) NULL);
        _exit(127);
    }
    close(output[1]);
    struct client *watcher = open_client("watcher", CLEAN);
    if (watcher != NULL) {
        subscribe(watcher, base, 1);
    }
    char said[6] = "";
    ssize_t length = read(output[0], said, sizeof said);
    close(output[0]);
    kill(mortal, SIGKILL);
    waitpid(mortal, NULL, 0);
    STOP_IF_FAILED;
    CHECK(length == 6 && memcmp(said, "ready\n", 6) == 0, "the client to be killed did not connect");
    expect(watcher, base, "gone");
}

static void persistent_session(const char *base) {
    struct client *first = open_client("sleeper", KEEP);
    STOP_IF_FAILED;
    CHECK(!first->session_present, "a session is present");
    subscribe(first, base, 1);
    close_client(first);
    struct client *publisher = open_client("publisher", CLEAN);
    STOP_IF_FAILED;
    for (int i = 0; i < 10; i++) {
        publish(publisher, base, text("%d", i), 1, false);
    }
    struct client *second = open_client("sleeper", KEEP);
    STOP_IF_FAILED;
    /* For MQTT 5 the library reads the flag and does not hand it out. */
    CHECK(second->session_present || version == MQTTVERSION_5, "no session is present");
    for (int i = 0; i < 10; i++) {
        expect(second, base, text("%d", i));
    }
    close_client(second);
    open_client("sleeper", CLEAN);
}

static void shared_subscription(const char *base) {
    struct client *one = open_client("member0", CLEAN);
    struct client *two = open_client("member1", CLEAN);
    struct client *publisher = open_client("publisher", CLEAN);
    STOP_IF_FAILED;
    two->inbox = &one->own; /* Nothing arrives before it subscribes. */
    subscribe(one, text("$share/group/%s", base), 1);
    subscribe(two, text("$share/group/%s", base), 1);
    for (int i = 0; i < 10; i++) {
        publish(publisher, base, text("%d", i), 1, false);
    }
    bool seen[10] = {false};
    for (int i = 0; i < 10; i++) {
        struct message message = take(one);
        STOP_IF_FAILED;
        int number = message.content->payloadlen == 1 ? ((char *) message.content->payload)[0] - '0' : -1;
        CHECK(number >= 0 && number < 10 && !seen[number], "a message came twice");
        seen[number] = true;
    }
}

static void wildcard(const char *base) {
    struct client *client = open_client("wildcard", CLEAN);
    STOP_IF_FAILED;
    subscribe(client, text("%s/+/c/#", base), 1);
    const char *published[] = {"a/c", "a/c/d/e", "a/d", "z/c/end"};
    for (int i = 0; i < 4; i++) {
        publish(client, text("%s/%s", base, published[i]), published[i], 1, false);
    }
    const char *matching[] = {"a/c", "a/c/d/e", "z/c/end"};
    for (int i = 0; i < 3; i++) {
        expect(client, text("%s/%s", base, matching[i]), matching[i]);
    }
}

static void large_payload(const char *base) {
    enum { LENGTH = 512 * 1024 };
    static unsigned char payload[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
        payload[i] = (unsigned char) (i % 251);
    }
    struct client *client = open_client("large", CLEAN);
    STOP_IF_FAILED;
    subscribe(client, base, 1);
    publish_bytes(client, base, payload, LENGTH, 1, false, NULL);
    expect_bytes(client, base, payload, LENGTH);
}

static void unsubscribe_feature(const char *base) {
    struct client *client = open_client("unsubscribe", CLEAN);
    STOP_IF_FAILED;
    char *left = text("%s/left", base);
    char *kept = text("%s/kept", base);
    subscribe(client, left, 1);
    subscribe(client, kept, 1);
    int code = unsubscribe(client, left);
    CHECK(code == 0, "UNSUBACK %d", code);
    publish(client, left, "x", 1, false);
    publish(client, kept, "y", 1, false);
    expect(client, kept, "y");
}

static void takeover(const char *base) {
    struct client *first = open_client("same", CLEAN);
    struct client *second = open_client("same", CLEAN);
    STOP_IF_FAILED;
    expect_lost(first, PATIENCE_SECONDS, MQTTREASONCODE_SESSION_TAKEN_OVER);
    subscribe(second, base, 1);
    publish(second, base, "mine", 1, false);
    expect(second, base, "mine");
}

static void add_text(MQTTProperties *properties, enum MQTTPropertyCodes code, const char *name, const char *value) {
    MQTTProperty property = {.identifier = code};
    property.value.data = (MQTTLenString) {(int) strlen(name), (char *) name};
    if (value != NULL) {
        property.value.value = (MQTTLenString) {(int) strlen(value), (char *) value};
    }
    MQTTProperties_add(properties, &property);
}

static bool same(MQTTLenString got, const char *wanted, int length) {
    return got.len == length && memcmp(got.data, wanted, (size_t) length) == 0;
}

static void user_properties(const char *base) {
    const char *pairs[3][2] = {{"b", "1"}, {"a", "2"}, {"b", "3"}};
    struct client *client = open_client("user", CLEAN);
    STOP_IF_FAILED;
    subscribe(client, base, 1);
    MQTTProperties properties = MQTTProperties_initializer;
    for (int i = 0; i < 3; i++) {
        add_text(&properties, MQTTPROPERTY_CODE_USER_PROPERTY, pairs[i][0], pairs[i][1]);
    }
    publish_with(client, base, "x", &properties);
    MQTTClient_message *message = expect(client, base, "x");
    STOP_IF_FAILED;
    for (int i = 0; i < 3; i++) {
        MQTTProperty *got = MQTTProperties_getPropertyAt(&message->properties, MQTTPROPERTY_CODE_USER_PROPERTY, i);
        CHECK(got != NULL && same(got->value.data, pairs[i][0], 1) && same(got->value.value, pairs[i][1], 1),
            "pair %d differs", i);
    }
}

static void message_expiry(const char *base) {
    struct client *first = open_client("sleeper", KEEP);
    STOP_IF_FAILED;
    subscribe(first, base, 1);
    close_client(first);
    struct client *publisher = open_client("publisher", CLEAN);
    STOP_IF_FAILED;
    for (int i = 0; i < 2; i++) {
        MQTTProperties properties = MQTTProperties_initializer;
        MQTTProperty expiry = {.identifier = MQTTPROPERTY_CODE_MESSAGE_EXPIRY_INTERVAL};
        expiry.value.integer4 = i == 0 ? 1 : 100;
        MQTTProperties_add(&properties, &expiry);
        publish_with(publisher, base, i == 0 ? "short" : "long", &properties);
    }
    sleep(2); /* What is waited for is time itself. */
    struct client *second = open_client("sleeper", KEEP);
    STOP_IF_FAILED;
    MQTTClient_message *message = expect(second, base, "long");
    STOP_IF_FAILED;
    int left = MQTTProperties_getNumericValue(&message->properties, MQTTPROPERTY_CODE_MESSAGE_EXPIRY_INTERVAL);
    CHECK(left >= 1 && left <= 99, "expiry %d", left);
    close_client(second);
    open_client("sleeper", CLEAN);
}

static void request_response(const char *base) {
    static const char correlation[] = {0, (char) 255, 7};
    char *request = text("%s/request", base);
    char *answer = text("%s/answer", base);
    struct client *responder = open_client("responder", CLEAN);
    struct client *requester = open_client("requester", CLEAN);
    STOP_IF_FAILED;
    subscribe(responder, request, 1);
    subscribe(requester, answer, 1);
    MQTTProperties asking = MQTTProperties_initializer;
    add_text(&asking, MQTTPROPERTY_CODE_RESPONSE_TOPIC, answer, NULL);
    MQTTProperty token = {.identifier = MQTTPROPERTY_CODE_CORRELATION_DATA};
    token.value.data = (MQTTLenString) {sizeof correlation, (char *) correlation};
    MQTTProperties_add(&asking, &token);
    publish_with(requester, request, "question", &asking);
    MQTTClient_message *asked = expect(responder, request, "question");
    STOP_IF_FAILED;
    MQTTProperty *topic = MQTTProperties_getProperty(&asked->properties, MQTTPROPERTY_CODE_RESPONSE_TOPIC);
    MQTTProperty *data = MQTTProperties_getProperty(&asked->properties, MQTTPROPERTY_CODE_CORRELATION_DATA);
    CHECK(topic != NULL && data != NULL, "properties are missing");
    MQTTProperties answering = MQTTProperties_initializer;
    MQTTProperties_add(&answering, data);
    publish_with(responder, text("%.*s", topic->value.data.len, topic->value.data.data), "answer", &answering);
    MQTTClient_message *answered = expect(requester, answer, "answer");
    STOP_IF_FAILED;
    data = MQTTProperties_getProperty(&answered->properties, MQTTPROPERTY_CODE_CORRELATION_DATA);
    CHECK(data != NULL && same(data->value.data, correlation, sizeof correlation), "correlation data differ");
}

static void topic_alias(const char *base) {
    struct client *client = open_client("alias", CLEAN);
    STOP_IF_FAILED;
    subscribe(client, base, 1);
    MQTTProperties properties = MQTTProperties_initializer;
    MQTTProperty alias = {.identifier = MQTTPROPERTY_CODE_TOPIC_ALIAS};
    alias.value.integer2 = 3;
    MQTTProperties_add(&properties, &alias);
    publish_with(client, base, "named", &properties);
    publish_with(client, "", "aliased", &properties);
    expect(client, base, "named");
    expect(client, base, "aliased");
}

static void subscription_identifier(const char *base) {
    struct client *client = open_client("identifier", CLEAN);
    STOP_IF_FAILED;
    subscribe_as(client, base, 1, 268435455);
    publish(client, base, "x", 1, false);
    MQTTClient_message *message = expect(client, base, "x");
    STOP_IF_FAILED;
    int got = MQTTProperties_getNumericValue(&message->properties, MQTTPROPERTY_CODE_SUBSCRIPTION_IDENTIFIER);
    CHECK(got == 268435455, "identifier %d", got);
}

static void reason_codes(const char *base) {
    struct client *client = open_client("reasons", CLEAN);
    STOP_IF_FAILED;
    int absent = unsubscribe(client, base);
    CHECK(absent == MQTTREASONCODE_NO_SUBSCRIPTION_FOUND, "UNSUBACK %d without a subscription", absent);
    subscribe(client, base, 1);
    int present = unsubscribe(client, base);
    CHECK(present == MQTTREASONCODE_SUCCESS, "UNSUBACK %d", present);
}

static void receive_maximum(const char *base) {
    struct client *first = open_client("sleeper", KEEP);
    STOP_IF_FAILED;
    subscribe(first, base, 2);
    close_client(first);
    struct client *publisher = open_client("publisher", CLEAN);
    STOP_IF_FAILED;
    for (int i = 0; i < 20; i++) {
        publish(publisher, base, text("%d", i), 2, false);
    }
    struct client *second = open_client("sleeper", (struct options) {.keep = true, .receive_maximum = 2});
    STOP_IF_FAILED;
    for (int i = 0; i < 20; i++) {
        expect(second, base, text("%d", i));
    }
    close_client(second);
    open_client("sleeper", CLEAN);
}

static void await_shutdown(const char *base) {
    (void) base;
    struct client *client = open_client("waiting", CLEAN);
    STOP_IF_FAILED;
    puts("ready");
    fflush(stdout);
    expect_lost(client, 4 * PATIENCE_SECONDS, MQTTREASONCODE_SERVER_SHUTTING_DOWN);
}

static const struct feature {
    const char *name;
    void (*run)(const char *base);
    bool of5;
} features[] = {
    {"connect", connect_feature, false},
    {"QoS 0", quality0, false},
    {"QoS 1", quality1, false},
    {"QoS 2", quality2, false},
    {"retained", retained, false},
    {"will", will, false},
    {"persistent session", persistent_session, false},
    {"shared subscription", shared_subscription, false},
    {"wildcard", wildcard, false},
    {"large payload", large_payload, false},
    {"unsubscribe", unsubscribe_feature, false},
    {"takeover", takeover, false},
    {"user properties", user_properties, true},
    {"message expiry", message_expiry, true},
    {"request/response", request_response, true},
    {"topic alias", topic_alias, true},
    {"subscription identifier", subscription_identifier, true},
    {"reason codes", reason_codes, true},
    {"receive maximum", receive_maximum, true},
};

static void run(const char *name, void (*feature)(const char *base)) {
    char *base = text("%s/%s", tag, name);
    for (char *sign = base + strlen(tag) + 1; *sign != '\0'; sign++) {
        if (*sign == ' ' || *sign == '/') {
            *sign = '-';
        }
    }
    failure[0] = '\0';
    feature(base);
    while (opened_count > 0) {
        struct client *client = opened[--opened_count];
        close_client(client);
        MQTTClient_destroy(&client->handle);
    }
    printf("%s\t%s\t%s\n", name, failure[0] == '\0' ? "ok" : "failed", failure);
    fflush(stdout);
}

int main(int count, char **values) {
    if (count < 4) {
        fprintf(stderr, "usage: client URL VERSION TAG [await-shutdown]\n");
        return 2;
    }
    arguments = values;
    url = values[1];
    version = atoi(values[2]);
    tag = values[3];
    const char *mode = count > 4 ? values[4] : "features";
    if (strcmp(mode, "mortal") == 0) {
        open_client("mortal", (struct options) {.will_topic = values[5]});
        if (failure[0] != '\0') {
            fprintf(stderr, "%s\n", failure);
            return 1;
        }
        puts("ready");
        fflush(stdout);
        for (;;) {
            pause();
        }
    }
    if (strcmp(mode, "await-shutdown") == 0) {
        run("server disconnect", await_shutdown);
        return 0;
    }
    for (size_t i = 0; i < sizeof features / sizeof features[0]; i++) {
        if (!features[i].of5 || version == MQTTVERSION_5) {
            run(features[i].name, features[i].run);
        }
    }
    return 0;
}
