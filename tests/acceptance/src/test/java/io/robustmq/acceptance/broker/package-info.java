/**
 * Brokers as processes: started, asked for their memory, stopped politely or killed.
 *
 * <p>The tests are about the product's launcher. Mosquitto is here so that the tests themselves can be tried on a
 * broker that is known to be right about most of the specification: {@code -Dacceptance.broker=mosquitto}.
 */
@NullMarked
package io.robustmq.acceptance.broker;

import org.jspecify.annotations.NullMarked;
