/**
 * The kernel of the message platform. Protocol adapters enter here to publish, subscribe, attach, settle and
 * fetch; the kernel decides, commits through the storage contract and answers with values. It knows no protocol, no
 * socket and no clock of its own: time, randomness and threads arrive through constructors.
 */
@NullMarked
package io.robustmq.kernel;

import org.jspecify.annotations.NullMarked;
