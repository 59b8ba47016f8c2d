package io.robustmq.server.health;

import io.robustmq.server.node.ComputeNode;
import io.robustmq.server.node.CurrentNode;
import io.robustmq.transport.NettyLoop;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Alive is a process whose home loops still run what is handed to them. A node that is starting or stopping is alive. */
@Liveness
@ApplicationScoped
class LoopsTurn implements HealthCheck {

    private static final long LIMIT_MILLIS = 5_000;

    private final CurrentNode current;

    LoopsTurn(CurrentNode current) {
        this.current = current;
    }

    @Override
    public HealthCheckResponse call() {
        ComputeNode node = current.get().orElse(null);
        return HealthCheckResponse.named("loops")
                .status(node == null || allTurn(node))
                .build();
    }

    private static boolean allTurn(ComputeNode node) {
        CompletableFuture<?>[] turns =
                node.loops().loops().stream().map(LoopsTurn::turnOf).toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(turns).get(LIMIT_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException stuck) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static CompletableFuture<Void> turnOf(NettyLoop loop) {
        return CompletableFuture.runAsync(() -> {}, loop);
    }
}
