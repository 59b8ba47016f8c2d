/**
 * How home loops hand work to each other: one batch per pair of loops and tick, one wake-up per batch.
 *
 * <p>Enters: frames written by a loop during its tick. Leaves: the same frames, in order, on the loop they are for. A frame is bytes (a kind, numbers, an encoded message) plus
 * references to objects that only the receiving loop touches. Batches are recycled to the loop that filled them, so that passing a message on allocates nothing.
 */
@NullMarked
package io.robustmq.kernel.link;

import org.jspecify.annotations.NullMarked;
