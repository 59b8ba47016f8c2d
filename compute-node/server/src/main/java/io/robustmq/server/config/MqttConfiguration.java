package io.robustmq.server.config;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** What MQTT allows, whatever listener a client came through. */
public interface MqttConfiguration {

    @Meaning("File with one user:hash line per user, made by bin/robustmq password; with it, every client must log in")
    Optional<Path> passwordFile();

    @Meaning("Whether clients without a login may connect from other machines")
    @WithDefault("false")
    boolean allowAnonymousRemote();

    @Meaning("Passwords that are checked or wait to be checked at once; further logins are told to try again")
    @WithDefault("64")
    int passwordChecksAtOnceMax();

    @Meaning("Whether MQTT 3.1 clients are held to identifiers of 1 to 23 characters, as that version says")
    @WithDefault("false")
    boolean shortClientIds();

    @Meaning("What an MQTT 3 client meets that publishes where it may not")
    @WithDefault("acknowledge-and-drop")
    RefusedPublish refusedPublish();

    /** MQTT 3 has no negative acknowledgement, so either of these. */
    enum RefusedPublish {
        ACKNOWLEDGE_AND_DROP,
        DISCONNECT
    }

    @Meaning("Base for response topics, told to MQTT 5 clients that ask")
    Optional<String> responseInformation();

    @Meaning("Whether payloads that are said to be UTF-8 are looked at; others are refused with reason code 0x99")
    @WithDefault("false")
    boolean validatePayloadFormat();

    @Meaning("Parts of the protocol that may be withheld; announced to MQTT 5 clients and refused to all")
    OfferConfiguration offer();

    /** What MQTT leaves to the server to offer. */
    interface OfferConfiguration {

        @Meaning("Best quality of service to publish with and to be granted, 0 to 2")
        @WithDefault("2")
        int qosMax();

        @Meaning("Whether clients may publish retained messages")
        @WithDefault("true")
        boolean retainedMessages();

        @Meaning("Whether clients may subscribe with wildcards")
        @WithDefault("true")
        boolean wildcardSubscriptions();

        @Meaning("Whether clients may share subscriptions ($share/, $queue/)")
        @WithDefault("true")
        boolean sharedSubscriptions();

        @Meaning("Whether clients may give identifiers to subscriptions")
        @WithDefault("true")
        boolean subscriptionIdentifiers();
    }

    @Meaning("Sends clients elsewhere")
    RedirectConfiguration redirect();

    /** For a node that should not serve clients any more. */
    interface RedirectConfiguration {

        @Meaning("Server or servers, separated by spaces, that every client is told to use instead of this one")
        Optional<String> to();

        @Meaning("Whether clients should remember it: reason code 0x9D in place of 0x9C")
        @WithDefault("false")
        boolean permanent();
    }

    @Meaning("What one connection may do")
    LimitsConfiguration limits();

    /** Limits of one connection. */
    interface LimitsConfiguration {

        @Meaning("Largest packet that is taken, header included; announced as Maximum Packet Size")
        @WithDefault("1088K")
        MemorySize packetBytesMax();

        @Meaning("Longest topic name or filter, in bytes of UTF-8")
        @WithDefault("4096")
        int topicBytesMax();

        @Meaning("Levels of a topic name or filter")
        @WithDefault("128")
        int topicLevelsMax();

        @Meaning("Longest client identifier, in bytes of UTF-8")
        @WithDefault("1024")
        int clientIdBytesMax();

        @Meaning("Filters in one SUBSCRIBE or UNSUBSCRIBE")
        @WithDefault("1000")
        int subscriptionsPerPacketMax();

        @Meaning("SUBSCRIBE and UNSUBSCRIBE packets that may be unanswered before reading pauses")
        @WithDefault("64")
        int requestsPendingMax();

        @Meaning("Longest keep alive; an MQTT 5 client that asks for more, or for none, is told to use this")
        @WithDefault("65535s")
        Duration keepAliveMax();

        @Meaning("Time from accepting a connection to its CONNECT; then it is closed")
        @WithDefault("10s")
        Duration connectTimeout();

        @Meaning("Publishes of QoS 1 and 2 that an MQTT 5 client may have under way; announced as Receive Maximum")
        @WithDefault("1024")
        int receiveMaximum();

        @Meaning("Publishes of QoS 1 and 2 under way at which reading from any client pauses")
        @WithDefault("1024")
        int unansweredPublishesMax();

        @Meaning("Bytes of such publishes at which reading pauses")
        @WithDefault("16M")
        MemorySize unansweredBytesMax();

        @Meaning("Unsettled deliveries towards one client, whatever larger it announces")
        @WithDefault("1024")
        int deliveriesInFlightMax();

        @Meaning("Topic aliases that an MQTT 5 client may set; announced as Topic Alias Maximum")
        @WithDefault("64")
        int topicAliasMaximum();

        @Meaning("Topic aliases used towards one MQTT 5 client, whatever more it allows; 0 for none")
        @WithDefault("16")
        int topicAliasesToClientMax();

        @Meaning("Longest session expiry that is granted")
        @WithDefault("30d")
        Duration sessionExpiryMax();

        @Meaning("Log lines per second and loop about clients that were turned away")
        @WithDefault("20")
        int rejectionsLoggedPerSecondMax();
    }
}
