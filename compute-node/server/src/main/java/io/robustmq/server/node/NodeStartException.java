package io.robustmq.server.node;

/** The node cannot start; the message is one sentence for the person who started it. */
public final class NodeStartException extends Exception {

    private static final long serialVersionUID = 1L;

    public NodeStartException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
