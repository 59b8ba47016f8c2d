/** Tests of the program: its command line, and the process that the launcher starts. */
@NullMarked
package io.robustmq.standalone;

import org.jspecify.annotations.NullMarked;
