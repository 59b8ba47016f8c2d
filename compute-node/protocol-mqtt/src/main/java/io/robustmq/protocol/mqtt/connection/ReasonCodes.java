package io.robustmq.protocol.mqtt.connection;

import io.robustmq.kernel.CloseReason;
import io.robustmq.kernel.KernelFault;
import io.robustmq.kernel.PublishOutcome;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import io.robustmq.security.authentication.Refusal;
import org.jspecify.annotations.Nullable;

/** What the kernel and security say, in MQTT's words: the one table of it (MQTT 5.0 §2.4). */
final class ReasonCodes {
    private ReasonCodes() {}

    /** For PUBACK and PUBREC; null when nothing may be answered and the connection is closed, so that the client sends again. */
    static @Nullable ReasonCode ofPublish(PublishOutcome outcome) {
        return switch (outcome) {
            case DONE -> ReasonCode.SUCCESS;
            case NO_ROUTE -> ReasonCode.NO_MATCHING_SUBSCRIBERS;
            case OVERLOADED -> ReasonCode.QUOTA_EXCEEDED;
            case UNKNOWN -> null;
        };
    }

    /** For SUBACK. */
    static ReasonCode ofSubscribe(KernelFault fault) {
        return switch (fault) {
            case KernelFault.LimitReached _ -> ReasonCode.QUOTA_EXCEEDED;
            case KernelFault.Unavailable _ -> ReasonCode.UNSPECIFIED_ERROR;
        };
    }

    /** For CONNACK, when the session cannot be attached. */
    static ReasonCode ofAttach(KernelFault fault) {
        return switch (fault) {
            case KernelFault.LimitReached _ -> ReasonCode.QUOTA_EXCEEDED;
            case KernelFault.Unavailable _ -> ReasonCode.SERVER_UNAVAILABLE;
        };
    }

    /** For DISCONNECT, when the kernel ends the attachment. */
    static ReasonCode ofClose(CloseReason reason) {
        return switch (reason) {
            case TAKEN_OVER -> ReasonCode.SESSION_TAKEN_OVER;
            case ENDED -> ReasonCode.ADMINISTRATIVE_ACTION;
            case STATE_LOST -> ReasonCode.SERVER_BUSY;
            case SHUTTING_DOWN -> ReasonCode.SERVER_SHUTTING_DOWN;
        };
    }

    /** For CONNACK. */
    static ReasonCode ofRefusal(Refusal refusal) {
        return switch (refusal) {
            case BAD_CREDENTIALS -> ReasonCode.BAD_USER_NAME_OR_PASSWORD;
            case NOT_AUTHORIZED -> ReasonCode.NOT_AUTHORIZED;
            case BUSY -> ReasonCode.SERVER_BUSY;
            case UNAVAILABLE -> ReasonCode.SERVER_UNAVAILABLE;
            case BANNED -> ReasonCode.BANNED;
            case TOO_MANY_FAILURES -> ReasonCode.CONNECTION_RATE_EXCEEDED;
            case BAD_METHOD -> ReasonCode.BAD_AUTHENTICATION_METHOD;
        };
    }
}
