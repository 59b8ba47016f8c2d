/**
 * How much one client may send. Belongs to the loop of the connection.
 */
@NullMarked
package io.robustmq.security.rate;

import org.jspecify.annotations.NullMarked;
