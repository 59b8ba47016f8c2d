package io.robustmq.transport.websocket;

import org.jspecify.annotations.Nullable;

/**
 * User event: the upgrade is done and frames follow.
 *
 * @param subProtocol that was agreed on
 * @param forwardedFor the headers X-Forwarded-For of the request, joined by commas; null if there was none; anybody can send it
 */
public record WebSocketOpened(String subProtocol, @Nullable String forwardedFor) {}
