/**
 * The MQTT clients people bring along, in every language that is installed: one program per library, all of them
 * trying the same features. {@link io.robustmq.acceptance.clients.ClientsIT} runs them and prints what it found; the
 * programs in other languages are in {@code tests/clients}, whose README says how one is called.
 *
 * <p>The two libraries for Java are programs too ({@link io.robustmq.acceptance.clients.JavaClient}), so that one can be
 * killed like the others.
 */
@NullMarked
package io.robustmq.acceptance.clients;

import org.jspecify.annotations.NullMarked;
