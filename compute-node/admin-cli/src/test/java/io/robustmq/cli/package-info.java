/** Tests of the admin command line. */
@NullMarked
package io.robustmq.cli;

import org.jspecify.annotations.NullMarked;
