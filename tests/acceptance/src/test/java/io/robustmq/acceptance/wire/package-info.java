/**
 * A small MQTT client that speaks in packets (3.1, 3.1.1 and 5), with an encoding of its own.
 *
 * <p>It shares nothing with the product's codec, so a mistake made there cannot be made here as well and cancel
 * out. It also sends what no decent client sends: any bytes at any moment. What a broker sends is decoded strictly,
 * so a broker that answers with a malformed packet fails the test that asked.
 */
@NullMarked
package io.robustmq.acceptance.wire;

import org.jspecify.annotations.NullMarked;
