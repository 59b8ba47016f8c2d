/**
 * A leaked buffer fails the test class that leaked it. A module opts in by having this module in test scope; JUnit finds
 * the extension by itself, and Netty's leak detector runs at the level the build sets (paranoid).
 */
@NullMarked
package io.robustmq.leaks;

import org.jspecify.annotations.NullMarked;
