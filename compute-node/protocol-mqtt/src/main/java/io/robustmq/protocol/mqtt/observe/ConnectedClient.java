package io.robustmq.protocol.mqtt.observe;

import io.robustmq.kernel.AttachmentInfo;

/**
 * A connected client at one moment.
 *
 * @param client who it is
 * @param attachment how it stands with its session
 */
public record ConnectedClient(ClientDescription client, AttachmentInfo attachment) {}
