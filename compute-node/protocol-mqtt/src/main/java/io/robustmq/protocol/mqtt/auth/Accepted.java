package io.robustmq.protocol.mqtt.auth;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The one answer that needs no work. */
final class Accepted {
    static final CompletionStage<Verdict> STAGE = CompletableFuture.completedStage(Verdict.ACCEPTED);

    private Accepted() {}
}
