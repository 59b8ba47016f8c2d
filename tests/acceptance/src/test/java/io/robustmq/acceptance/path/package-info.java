/**
 * The way of a new user: the README's tour as it is written, then the clients people bring along.
 */
@NullMarked
package io.robustmq.acceptance.path;

import org.jspecify.annotations.NullMarked;
