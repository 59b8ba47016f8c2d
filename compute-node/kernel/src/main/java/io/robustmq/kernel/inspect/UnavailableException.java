package io.robustmq.kernel.inspect;

/** The shard that was asked does not serve at present, or began anew while it was asked; a later attempt may succeed. */
public final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    public UnavailableException(int shard) {
        super("shard " + shard + " does not serve at present", null, false, false);
    }
}
