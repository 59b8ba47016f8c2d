package io.robustmq.protocol.mqtt.auth;

import java.util.concurrent.CompletionStage;

/** Decides who may connect. */
@FunctionalInterface
public interface Authenticator {

    /**
     * Checks a client. Called on an event loop, so it must return at once; the stage may be complete already and may
     * complete on any thread. A stage that completes exceptionally counts as {@link Verdict#UNAVAILABLE}.
     */
    CompletionStage<Verdict> authenticate(Credentials credentials);

    /** Takes everyone, whatever they show. Where it may be used is the server's decision (loopback only by default). */
    static Authenticator anonymous() {
        return _ -> Accepted.STAGE;
    }
}
