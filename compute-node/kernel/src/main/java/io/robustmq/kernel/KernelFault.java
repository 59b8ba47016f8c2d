package io.robustmq.kernel;

/** Why the kernel refuses something; each adapter maps these to its protocol's reason codes in one switch. */
public sealed interface KernelFault {
    /** One sentence for a log line or a reason string. */
    String reason();

    /** A named limit is reached. */
    record LimitReached(String limit) implements KernelFault {
        @Override
        public String reason() {
            return "the limit " + limit + " is reached";
        }
    }

    /** Storage does not answer, or the shard is moving; a later attempt may succeed. */
    record Unavailable(String reason) implements KernelFault {}
}
