/** A platform with a listener of every kind, met by clients of that kind. */
@NullMarked
package io.robustmq.acceptance.transport;

import org.jspecify.annotations.NullMarked;
