/**
 * What the specifications demand of a server, seen on the wire.
 *
 * <p>Each test carries the identifiers of the normative statements it is about as tags: {@code MQTT-3.3.1-5} is a
 * statement of MQTT 3.1.1, {@code MQTT5-3.3.1-5} one of MQTT 5.0. Where a specification leaves a choice, the test
 * accepts every permitted answer, and says so.
 */
@NullMarked
package io.robustmq.acceptance.conformance;

import org.jspecify.annotations.NullMarked;
