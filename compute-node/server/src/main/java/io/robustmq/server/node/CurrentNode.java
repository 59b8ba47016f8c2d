package io.robustmq.server.node;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The node of this process, once it runs: where health looks. Set by the program that starts it. */
@ApplicationScoped
public class CurrentNode {

    private volatile @Nullable ComputeNode node;

    /** The node now serves. */
    public void started(ComputeNode running) {
        node = running;
    }

    /** The node begins to stop. */
    public void stopping() {
        node = null;
    }

    /** The node while it serves. */
    public Optional<ComputeNode> get() {
        return Optional.ofNullable(node);
    }
}
