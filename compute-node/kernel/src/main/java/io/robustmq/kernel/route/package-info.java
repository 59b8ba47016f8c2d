/**
 * The name space: names, patterns over names, and the index that finds the patterns a name matches.
 *
 * <p>A name is a list of levels separated by {@code /}; empty levels count. A pattern is the same with two tokens: a level
 * {@code +} stands for exactly one level, a level {@code #} for any number of levels, none included. Names whose first
 * character is {@code $} are reserved: a pattern whose first level is a token does not match them (MQTT 5.0 §4.7.2).
 * Adapters translate their own syntax and check their own restrictions before they come here.
 *
 * <p>Enters: the pattern table of a node, written by one thread. Leaves: matches, asked for by every home loop without
 * locks. {@link io.robustmq.kernel.route.NameCache} belongs to one loop.
 */
@NullMarked
package io.robustmq.kernel.route;

import org.jspecify.annotations.NullMarked;
