package io.robustmq.kernel;

/** The answer to one {@link SubscribeRequest}. */
public sealed interface SubscribeResult {
    /** In force: a publish sent after this answer was received reaches the subscription. */
    record Granted(Guarantee guarantee) implements SubscribeResult {}

    /** Not in force. */
    record Refused(KernelFault fault) implements SubscribeResult {}
}
