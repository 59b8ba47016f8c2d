package io.robustmq.protocol.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.kernel.CloseReason;
import io.robustmq.kernel.KernelFault;
import io.robustmq.kernel.PublishOutcome;
import io.robustmq.protocol.mqtt.codec.PacketType;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import io.robustmq.protocol.mqtt.codec.Sender;
import io.robustmq.security.authentication.Refusal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** One test per cell of the table, and that every cell can be sent where it goes. */
class ReasonCodesTest {
    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "DONE, SUCCESS",
                "NO_ROUTE, NO_MATCHING_SUBSCRIBERS",
                "OVERLOADED, QUOTA_EXCEEDED",
                "UNKNOWN, none",
            })
    void outcomeOfAPublishHasItsReasonCode(PublishOutcome outcome, @Nullable ReasonCode reason) {
        assertThat(ReasonCodes.ofPublish(outcome)).isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource({
        "TAKEN_OVER, SESSION_TAKEN_OVER",
        "ENDED, ADMINISTRATIVE_ACTION",
        "STATE_LOST, SERVER_BUSY",
        "SHUTTING_DOWN, SERVER_SHUTTING_DOWN",
    })
    void endOfAnAttachmentHasItsReasonCode(CloseReason close, ReasonCode reason) {
        assertThat(ReasonCodes.ofClose(close)).isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource({
        "BAD_CREDENTIALS, BAD_USER_NAME_OR_PASSWORD",
        "NOT_AUTHORIZED, NOT_AUTHORIZED",
        "BUSY, SERVER_BUSY",
        "UNAVAILABLE, SERVER_UNAVAILABLE",
        "BANNED, BANNED",
        "TOO_MANY_FAILURES, CONNECTION_RATE_EXCEEDED",
        "BAD_METHOD, BAD_AUTHENTICATION_METHOD",
    })
    void refusalHasItsReasonCode(Refusal refusal, ReasonCode reason) {
        assertThat(ReasonCodes.ofRefusal(refusal)).isEqualTo(reason);
    }

    @Test
    void reachedLimitIsAQuota() {
        KernelFault fault = new KernelFault.LimitReached("subscriptionsMax");

        assertThat(ReasonCodes.ofSubscribe(fault)).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
        assertThat(ReasonCodes.ofAttach(fault)).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
    }

    @Test
    void unavailableStorageIsAnUnavailableServerOrAnUnspecifiedError() {
        KernelFault fault = new KernelFault.Unavailable("moving");

        assertThat(ReasonCodes.ofSubscribe(fault)).isEqualTo(ReasonCode.UNSPECIFIED_ERROR);
        assertThat(ReasonCodes.ofAttach(fault)).isEqualTo(ReasonCode.SERVER_UNAVAILABLE);
    }

    @ParameterizedTest
    @EnumSource(CloseReason.class)
    void everyEndCanBeToldInDisconnect(CloseReason close) {
        assertThat(ReasonCodes.ofClose(close).isLegalIn(PacketType.DISCONNECT, Sender.SERVER))
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(Refusal.class)
    void everyRefusalCanBeToldInConnack(Refusal refusal) {
        assertThat(ReasonCodes.ofRefusal(refusal).isLegalIn(PacketType.CONNACK, Sender.SERVER))
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(value = Refusal.class, mode = EnumSource.Mode.EXCLUDE, names = "BAD_METHOD")
    void everyRefusalButThatOfAMethodHasAReturnCodeOfTheOlderVersions(Refusal refusal) {
        assertThat(ReasonCodes.ofRefusal(refusal).connectReturnCode()).isNotEqualTo(ReasonCode.NO_RETURN_CODE);
    }

    @ParameterizedTest
    @EnumSource(value = PublishOutcome.class, mode = EnumSource.Mode.EXCLUDE, names = "UNKNOWN")
    void everyAnsweredOutcomeCanBeToldInPubackAndPubrec(PublishOutcome outcome) {
        ReasonCode reason = ReasonCodes.ofPublish(outcome);

        assertThat(reason).isNotNull();
        assertThat(reason.isLegalIn(PacketType.PUBACK, Sender.SERVER)).isTrue();
        assertThat(reason.isLegalIn(PacketType.PUBREC, Sender.SERVER)).isTrue();
    }
}
