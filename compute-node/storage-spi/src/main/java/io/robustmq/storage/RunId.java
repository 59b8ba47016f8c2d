package io.robustmq.storage;

/**
 * Names an immutable run.
 *
 * @param value chosen by the store, not negative
 */
public record RunId(long value) {
    @Override
    public String toString() {
        return "run-" + value;
    }
}
