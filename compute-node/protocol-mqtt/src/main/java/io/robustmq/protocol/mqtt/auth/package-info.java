/**
 * Who may connect. Enters: the {@link io.robustmq.protocol.mqtt.auth.Credentials} of a CONNECT; leaves: a
 * {@link io.robustmq.protocol.mqtt.auth.Verdict}, at once or later. Nothing here runs long on an event loop: what costs
 * time (a key derivation) runs on the executor it was given.
 */
@NullMarked
package io.robustmq.protocol.mqtt.auth;

import org.jspecify.annotations.NullMarked;
