/**
 * What strangers do to an open port, while ordinary clients want to go on undisturbed.
 */
@NullMarked
package io.robustmq.acceptance.abuse;

import org.jspecify.annotations.NullMarked;
