/**
 * Topics that clients name and others that the platform uses instead, by rules with regular expressions: for devices whose topics cannot be changed any more. Enters: a topic name or filter as
 * sent, and who sent it. Leaves: the one to go on with. Pure functions of immutable rules; any thread.
 */
@NullMarked
package io.robustmq.protocol.mqtt.rewrite;

import org.jspecify.annotations.NullMarked;
