/**
 * What others may watch of MQTT clients: their life as events, and single packets while somebody asks for them.
 *
 * <p>Enters: a {@link io.robustmq.protocol.mqtt.observe.ClientListener} for the time of the process, a {@link io.robustmq.protocol.mqtt.observe.TrafficObserver} per home loop for as long as
 * there is something to observe. Both are called on home loops and must return at once.
 */
@NullMarked
package io.robustmq.protocol.mqtt.observe;

import org.jspecify.annotations.NullMarked;
