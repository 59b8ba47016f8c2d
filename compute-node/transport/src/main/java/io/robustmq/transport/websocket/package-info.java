/**
 * MQTT over WebSocket (MQTT 5.0 and 3.1.1, section 6): the upgrade request, then frames whose content is the stream of bytes that protocols expect. Everything on the
 * connection's loop.
 */
@NullMarked
package io.robustmq.transport.websocket;

import org.jspecify.annotations.NullMarked;
