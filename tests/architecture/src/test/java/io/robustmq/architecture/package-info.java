/**
 * The directions between modules as tests: who may see whom, and what the kernel must not touch.
 */
@NullMarked
package io.robustmq.architecture;

import org.jspecify.annotations.NullMarked;
