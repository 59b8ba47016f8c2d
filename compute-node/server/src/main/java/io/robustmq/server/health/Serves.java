package io.robustmq.server.health;

import io.robustmq.server.node.ComputeNode;
import io.robustmq.server.node.CurrentNode;
import io.robustmq.server.node.DiskGuard;
import io.robustmq.storage.CoordStore;
import io.robustmq.transport.Listener;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Ready is a node whose shards serve, whose storage answers, whose listeners are bound and whose disk takes publishes. */
@Readiness
@ApplicationScoped
class Serves implements HealthCheck {

    private final CurrentNode current;

    Serves(CurrentNode current) {
        this.current = current;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response = HealthCheckResponse.named("node");
        ComputeNode node = current.get().orElse(null);
        if (node == null) {
            return response.down().withData("reason", "starting or stopping").build();
        }
        boolean shards = node.kernel().ready();
        boolean storage = node.storage().coordination().state() == CoordStore.SessionState.CONNECTED;
        boolean listeners = node.loops().listeners().stream().allMatch(Listener::isListening);
        DiskGuard guard = node.disk();
        boolean disk = guard == null || guard.hasRoom();
        return response.status(shards && storage && listeners && disk)
                .withData("shards", shards)
                .withData("storage", storage)
                .withData("listeners", listeners)
                .withData("disk", disk)
                .build();
    }
}
